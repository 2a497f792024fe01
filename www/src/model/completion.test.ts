import { expect, test } from "vitest";
import { completeAt, type Facts, verbAt } from "./completion.ts";

const contract = (name: string, ...signatures: string[]) => ({
  name,
  file: `${name}.sol`,
  constructor: `${name}(uint256 supply)`,
  functions: signatures.map((signature) => ({ signature, detail: signature })),
});

const verb = (signature: string, help: string) => ({
  name: signature.replace(/\(.*/, ""),
  group: "",
  signature,
  help,
  example: "",
  options: [],
});

const facts: Facts = {
  verbs: [
    verb("send(from, to, call)", "A transaction of the block."),
    verb("deploy(contract)", "Deploys a contract."),
  ],
  contracts: [
    contract("Token", "old()"),
    contract("Token", "mint(address)"),
    contract("Pool", "swap()"),
  ],
};

/** What is offered at the mark `|` of a text. */
function offered(marked: string, explicit = false): string[] | null {
  const at = marked.indexOf("|");
  const text = marked.slice(0, at) + marked.slice(at + 1);
  return completeAt(text, at, explicit, facts, ["let"])?.offers.map(({ label }) => label) ?? null;
}

test("verbs are offered with their help, and variables of the text", () => {
  expect(offered("let pool = 1;\nse|")).toEqual(["send", "deploy", "pool", "let"]);
  expect(offered("|")).toBeNull();
  expect(offered("|", true)).toEqual(["send", "deploy", "let"]);
  const [send] = completeAt("s", 1, false, facts, [])?.offers ?? [];
  expect(send).toMatchObject({ detail: "(from, to, call)", help: "A transaction of the block." });
});

test("the string of deploy is the name of a contract", () => {
  expect(offered('let t = deploy("|")')).toEqual(["Token", "Pool"]);
  expect(offered('let t = deploy("To|')).toEqual(["Token", "Pool"]);
  expect(offered('let t = deploy("To|\nsend(1)')).toEqual(["Token", "Pool"]);
  expect(offered('let t = deploy("Token", "|")')).toBeNull();
});

test("the string of a call is a function of the receiver's contract", () => {
  const text = 'let t = deploy("Token");\nfor a in accounts("a", 3) { send(a, t, "|", [1]); }';
  expect(offered(text)).toEqual(["mint(address)"]);
  expect(offered('let p = deploy("Pool"); watch("label", p, "|")')).toEqual(["swap()"]);
  expect(offered('send(a, unknown, "|")')).toEqual(["mint(address)", "swap()"]);
  expect(offered('send(list[f(1, 2)], other, "|")')).toEqual(["mint(address)", "swap()"]);
  expect(offered('account("|")')).toBeNull();
});

test("comments and other strings are left alone", () => {
  expect(offered("// se|")).toBeNull();
  expect(offered("/* a /* b */ se|")).toBeNull();
  expect(offered('let x = "se|')).toBeNull();
  expect(offered("/* a */ se|")).not.toBeNull();
});

test("a verb is recognised anywhere in its name", () => {
  expect(verbAt("send(a)", 2, facts)).toMatchObject({ from: 0, to: 4, verb: { name: "send" } });
  expect(verbAt("resend(a)", 4, facts)).toBeNull();
  expect(verbAt('"send"', 3, facts)).toBeNull();
});

test("a word without an end takes no time", () => {
  const start = performance.now();
  expect(offered(`${"a".repeat(200_000)}; |`)).toBeNull();
  expect(offered(`${"a".repeat(200_000)}|`)).not.toBeNull();
  // Tried from every letter anew, it would be minutes.
  expect(performance.now() - start).toBeLessThan(5000);
});
