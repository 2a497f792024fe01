/** Solidity as the compiler takes it, and its answer as the page shows it. */
import type { ContractFile, Problem } from "../engine/report.ts";
import { lineEnd, placeAt } from "../lib/places.ts";
import type { Mark } from "./problems.ts";

/** A problem of a file of Solidity, with the stretch of it in UTF-16 units, as editors count. */
export type SourceProblem = Problem & { from: number; to: number };

/** One run of the compiler: which files compiled, and what is wrong. */
export type Answer = {
  problems: SourceProblem[];
  /** Files that have errors of their own. */
  broken: string[];
  /** Is there no error at all? */
  whole: boolean;
};

/** Members of the compiler's output that the engine needs. */
const WANTED = [
  "abi",
  "evm.bytecode.object",
  "evm.bytecode.linkReferences",
  "evm.deployedBytecode.object",
  "evm.deployedBytecode.sourceMap",
  "storageLayout",
];

/**
 * "No licence" and "no version" are for what is published and kept; here a contract is tried out, and
 * there is one compiler.
 */
const NOT_SHOWN = new Set(["1878", "3420"]);

/** The compiler's code for an import that it was not given. */
const NO_SOURCE = "6275";

export function isSolidity(name: string): boolean {
  return name.endsWith(".sol");
}

/** The files that the compiler is given: those with Solidity in them. */
export function sources(files: ContractFile[]): ContractFile[] {
  return files.filter(({ name, text }) => isSolidity(name) && text.trim() !== "");
}

/** The compiler's input. The settings are those of the examples' contracts. */
export function standardInput(files: ContractFile[], evmVersion: string): string {
  return JSON.stringify({
    language: "Solidity",
    sources: Object.fromEntries(files.map(({ name, text }) => [name, { content: text }])),
    settings: {
      optimizer: { enabled: true, runs: 200 },
      evmVersion,
      metadata: { bytecodeHash: "none" },
      outputSelection: { "*": { "*": WANTED } },
    },
  });
}

/** What the compiler said about the files. `left`: files it was not given, since they are broken. */
export function readAnswer(output: string, files: ContractFile[], left: string[]): Answer {
  const texts = new Map(files.map(({ name, text }) => [name, text]));
  const problems: SourceProblem[] = [];
  const broken = new Set<string>();
  let whole = true;
  for (const error of errorsOf(output)) {
    const severity = error.severity === "error" ? "error" : "warning";
    const text = texts.get(error.file ?? "");
    const file = text === undefined ? null : error.file;
    if (severity === "error") {
      whole = false;
      if (file !== null) broken.add(file);
    }
    if (NOT_SHOWN.has(error.code) && severity === "warning") continue;
    const range = text === undefined || error.start < 0 ? null : rangeOf(text, error);
    problems.push({
      severity,
      message: explained(error, left),
      place: text === undefined || range === null ? null : placeAt(text, range.from),
      file,
      from: range?.from ?? 0,
      to: range?.to ?? 0,
    });
  }
  return { problems, broken: [...broken], whole };
}

/** What to underline in a file: what the compiler says, or the first line for the whole file. */
export function fileMarks(problems: SourceProblem[], { name, text }: ContractFile): Mark[] {
  return problems
    .filter(({ file }) => file === name)
    .map(({ from, to, place, severity, message }) => ({
      from: place ? from : 0,
      to: place ? to : lineEnd(text, 0),
      severity,
      message,
    }));
}

/** A problem that concerns no file, or a whole one. */
export function wholeProblem(message: string, file: string | null = null): SourceProblem {
  return { severity: "error", message, place: null, file, from: 0, to: 0 };
}

/** How many characters there are, as the limit counts them. */
export function size(files: ContractFile[]): number {
  return files.reduce((sum, { text }) => sum + text.length, 0);
}

type SolcError = {
  severity: string;
  message: string;
  code: string;
  file: string | null;
  /** In bytes of UTF-8; negative where the compiler does not say. */
  start: number;
  end: number;
};

/** The errors of the output; only what has the form that is known. */
function errorsOf(output: string): SolcError[] {
  const parsed = parse(output);
  if (parsed === null) {
    return [solcError({ severity: "error", message: "The compiler's answer cannot be read." })];
  }
  const { errors } = parsed;
  return Array.isArray(errors) ? errors.filter(isObject).map(solcError) : [];
}

function parse(output: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(output);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function solcError(error: Record<string, unknown>): SolcError {
  const location = isObject(error["sourceLocation"]) ? error["sourceLocation"] : {};
  const { file, start, end } = location;
  return {
    severity: text(error["severity"]) ?? "error",
    message: text(error["message"]) ?? "The compiler says no reason.",
    code: text(error["errorCode"]) ?? "",
    file: text(file),
    start: typeof start === "number" ? start : -1,
    end: typeof end === "number" ? end : -1,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The compiler's message, or what it means on this page. */
function explained({ code, message }: SolcError, left: string[]): string {
  const missing = code === NO_SOURCE ? /^Source "(.*?)" not found/s.exec(message)?.[1] : undefined;
  if (missing === undefined) return message;
  if (left.includes(missing)) return `\`${missing}\` does not compile, so what imports it cannot.`;
  return `There is no file \`${missing}\` here: add one of this name to the contracts.`;
}

/** The stretch in UTF-16 units, up to the end of its first line. */
function rangeOf(text: string, { start, end }: SolcError): { from: number; to: number } {
  const from = unitsAt(text, start);
  const to = Math.max(unitsAt(text, end), from);
  return { from, to: Math.min(to, lineEnd(text, from)) };
}

/** How many UTF-16 units the first `bytes` bytes of a text in UTF-8 are. */
export function unitsAt(text: string, bytes: number): number {
  let left = bytes;
  for (let units = 0; units < text.length; ) {
    if (left <= 0) return units;
    const point = text.codePointAt(units) ?? 0;
    left -= point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    units += point > 0xffff ? 2 : 1;
  }
  return text.length;
}
