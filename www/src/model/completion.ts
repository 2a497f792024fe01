/** What can follow at a place of a script: verbs, contracts, and the functions of a contract. */
import type { ContractEntry, VerbEntry } from "../engine/report.ts";

/** What completion knows. */
export type Facts = {
  verbs: VerbEntry[];
  /** Contracts of the examples and of the page; a later one hides an earlier one of its name. */
  contracts: ContractEntry[];
};

export type Offer = {
  label: string;
  detail: string;
  help: string;
  kind: "function" | "keyword" | "class" | "method" | "variable";
};

/** Offers for the text from `from` on; they stay good while that text fits `validFor`. */
export type Offers = { from: number; offers: Offer[]; validFor: RegExp };

/** Where in a script a place is. */
type Spot =
  /** In a string that is an argument of a call; `before` are the arguments before it, as written. */
  | { kind: "string"; from: number; call: string | null; before: string[] }
  | { kind: "code" }
  | { kind: "comment" };

/** Verbs whose string is a function of whatever contract the argument before it is. */
const CALLS = new Set(["send", "prepare"]);

/** Longer words are not completed. */
const MOST_NAME_CHARS = 200;

export function completeAt(
  text: string,
  at: number,
  explicit: boolean,
  facts: Facts,
  keywords: string[],
): Offers | null {
  const spot = spotAt(text, at);
  if (spot.kind === "string") return inString(text, spot, facts);
  if (spot.kind === "comment") return null;
  // A name is short; a long line without a space would take minutes.
  const start = Math.max(0, at - MOST_NAME_CHARS);
  const word = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(text.slice(start, at));
  if (word === null && !explicit) return null;
  const from = word ? start + word.index : at;
  const variables = names(text).filter((name) => name !== word?.[0]);
  return {
    from,
    offers: [
      ...facts.verbs.map(verbOffer),
      ...variables.map((label): Offer => ({ label, detail: "", help: "", kind: "variable" })),
      ...keywords.map((label): Offer => ({ label, detail: "", help: "", kind: "keyword" })),
    ],
    validFor: /^[\p{L}\p{N}_]*$/u,
  };
}

/** The verb whose name is at this place. */
export function verbAt(
  text: string,
  at: number,
  { verbs }: Facts,
): { from: number; to: number; verb: VerbEntry } | null {
  if (spotAt(text, at).kind !== "code") return null;
  const from = at - (/\w*$/.exec(text.slice(Math.max(0, at - 40), at))?.[0].length ?? 0);
  const name = /^\w*/.exec(text.slice(from, from + 40))?.[0] ?? "";
  const verb = verbs.find((each) => each.name === name);
  return verb ? { from, to: from + name.length, verb } : null;
}

function verbOffer({ name, signature, help }: VerbEntry): Offer {
  return { label: name, detail: signature.slice(name.length), help, kind: "function" };
}

function inString(
  text: string,
  { from, call, before }: Extract<Spot, { kind: "string" }>,
  facts: Facts,
): Offers | null {
  const contracts = [...new Map(facts.contracts.map((each) => [each.name, each])).values()];
  if (call === "deploy" && before.length === 0) {
    return {
      from,
      offers: contracts.map(({ name, constructor, file }) => ({
        label: name,
        detail: constructor.slice(name.length),
        help: file,
        kind: "class",
      })),
      validFor: /^[\w$]*$/,
    };
  }
  const receiver = deployed(text).get(before.at(-1) ?? "");
  const known = contracts.filter(({ name }) => name === receiver);
  const anyOf = CALLS.has(call ?? "") && before.length === 2 ? contracts : [];
  const functions = (known.length > 0 ? known : anyOf).flatMap((contract) =>
    contract.functions.map(({ signature, detail }): [string, Offer] => [
      signature,
      { label: signature, detail: "", help: `${contract.name}: ${detail}`, kind: "method" },
    ]),
  );
  if (functions.length === 0) return null;
  return { from, offers: [...new Map(functions).values()], validFor: /^[^"]*$/ };
}

/** Which variable holds which contract, as far as the text says so plainly. */
function deployed(text: string): Map<string, string> {
  const found = text.matchAll(/\b(?:let|const)\s+(\w+)\s*=\s*deploy\s*\(\s*"([^"\n]*)"/g);
  return new Map([...found].map(([, variable = "", contract = ""]) => [variable, contract]));
}

/** The variables and functions that the text declares. */
function names(text: string): string[] {
  const found = text.matchAll(/\b(?:let|const|for|fn)\s+([\p{L}_][\p{L}\p{N}_]*)/gu);
  return [...new Set([...found].map(([, name = ""]) => name))];
}

/** An open bracket; of a call, its name and its arguments so far. */
type Open = { call: string | null; args: string[]; from: number };

/** Reads the text up to a place, as far as brackets, strings and comments go. */
function spotAt(text: string, at: number): Spot {
  const open: Open[] = [];
  for (let i = 0; i < at; ) {
    const rest = text.slice(i, i + 2);
    const c = text[i] ?? "";
    if (rest === "//" || rest === "/*") {
      const end = rest === "//" ? text.indexOf("\n", i) : commentEnd(text, i);
      if (end === -1 || end > at) return { kind: "comment" };
      i = end;
    } else if (c === '"' || c === "`") {
      const end = stringEnd(text, i);
      if (end === -1 || end > at) {
        const { call = null, args = [] } = open.at(-1) ?? {};
        return { kind: "string", from: i + 1, call, before: args };
      }
      i = end;
    } else {
      bracket(text, i, open);
      i += 1;
    }
  }
  return { kind: "code" };
}

function bracket(text: string, i: number, open: Open[]): void {
  const c = text[i] ?? "";
  const top = open.at(-1);
  if ("([{".includes(c)) {
    const called = c === "(" ? /(\w+)\s*$/.exec(text.slice(Math.max(0, i - 60), i)) : null;
    open.push({ call: called?.[1] ?? null, args: [], from: i + 1 });
  } else if (")]}".includes(c)) {
    open.pop();
  } else if (c === "," && top) {
    top.args.push(text.slice(top.from, i).trim());
    top.from = i + 1;
  }
}

/** Where a string ends that begins at `i`: with its quote or its line; -1 where the text ends before. */
function stringEnd(text: string, i: number): number {
  const quote = text[i];
  for (let end = i + 1; end < text.length; end++) {
    const c = text[end];
    if (c === "\\") end += 1;
    else if (c === quote) return end + 1;
    else if (c === "\n" && quote === '"') return end + 1;
  }
  return -1;
}

/** Where a comment ends that begins at `i`; comments nest. */
function commentEnd(text: string, i: number): number {
  let depth = 0;
  for (let end = i; end < text.length; ) {
    const two = text.slice(end, end + 2);
    if (two === "/*" || two === "*/") {
      depth += two === "/*" ? 1 : -1;
      end += 2;
      if (depth === 0) return end;
    } else {
      end += 1;
    }
  }
  return -1;
}
