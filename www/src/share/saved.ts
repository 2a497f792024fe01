/**
 * What a link or a file holds: texts, options, and what is shown of the result. Version 1.
 *
 * The promise: what was saved once opens for ever. So a field never changes its meaning and is never
 * required later; a new field may be added, and readers that do not know it leave it out. What older
 * readers must not leave out is a new version.
 */
import { SAVED_CHARS, SAVED_FILES, SAVED_NAME_CHARS } from "../engine/limits.ts";
import type { ContractFile, Fault, RunOptions } from "../engine/report.ts";
import { nameProblem, withEditorLines } from "../model/files.ts";
import { isOption, OPTIONS } from "../model/options.ts";
import { type Fields, field, fields, list, share, text, whole, wrong } from "./json.ts";
import { Unreadable } from "./unreadable.ts";

export type Saved = {
  texts: Texts;
  options: SavedOptions;
  shown: Shown;
};

/** With no faults named, those that belong to the example: `null`. */
export type SavedOptions = Omit<RunOptions, "faults"> & { faults: Fault[] | null };

/** What is run: texts of one's own, or an example by its id. */
export type Texts =
  { kind: "own"; script: string; files: ContractFile[] } | { kind: "example"; id: string };

/** What is shown, all by name, since what there is to show changes. */
export type Shown = {
  tab?: "script" | "contracts" | undefined;
  file?: string | undefined;
  panel?: string | undefined;
  select?: Select | undefined;
  /** The part of the timeline that is in sight, as shares of its length. */
  window?: Span | undefined;
};

export type Select =
  { kind: "tx"; tx: number } | { kind: "line"; line: number } | { kind: "location"; name: string };

export type Span = { from: number; to: number };

/** What was read, and whether there was something that this version does not know. */
export type Opened = { saved: Saved; newer: boolean };

/** What an option is that a link does not name. It must not follow the page's own defaults. */
export const UNNAMED: RunOptions = {
  strategy: "block-stm",
  runner: "simulated",
  workers: 8,
  seed: 0,
  hints: "dry-run",
  unit: "split",
  deferredFees: true,
  commutativeBalances: false,
  expectedNonces: false,
  shards: 4,
  costs: "gas",
  overhead: {},
  faults: [],
};

const MOST_INDEX = 2 ** 32 - 1;

const KNOWN = new Set([
  ..."script files example options tab file panel tx line location from to".split(" "),
  // In a file alone: its version.
  "interleave",
]);

/** As plain data, to be written as JSON. */
export function plain({ texts, options, shown }: Saved): Record<string, unknown> {
  const { select, window, ...rest } = shown;
  const { faults, ...others } = options;
  return {
    ...(texts.kind === "example"
      ? { example: texts.id }
      : { script: texts.script, ...(texts.files.length > 0 ? { files: texts.files } : {}) }),
    options: faults === null ? others : options,
    ...rest,
    ...plainSelect(select),
    ...window,
  };
}

export function plainSelect(select: Select | undefined): Record<string, string | number> {
  switch (select?.kind) {
    case "tx":
      return { tx: select.tx };
    case "line":
      return { line: select.line };
    case "location":
      return { location: select.name };
    case undefined:
      return {};
  }
}

/** Reads plain data; throws `Unreadable` with the place of what is wrong. */
export function readSaved(value: unknown): Opened {
  const from = fields(value, "");
  const texts = readTexts(from);
  const named = field(from, "options", readOptions) ?? { options: {}, newer: false };
  const options = { ...UNNAMED, faults: texts.kind === "example" ? null : UNNAMED.faults, ...named.options };
  const newer = named.newer || [...from.values.keys()].some((name) => !KNOWN.has(name));
  return { saved: { texts, options, shown: readShown(from) }, newer };
}

function readTexts(from: Fields): Texts {
  const script = field(from, "script", text(SAVED_CHARS));
  const files = field(from, "files", list(SAVED_FILES, readFile)) ?? [];
  if (script !== undefined) {
    files.forEach(({ name }, i) => {
      const taken = files.slice(0, i).map((file) => file.name);
      const problem = nameProblem(name, taken);
      if (problem !== null) throw new Unreadable(`/files/${i}/name cannot be used. ${problem}`);
    });
    return { kind: "own", script: withEditorLines(script), files };
  }
  const id = field(from, "example", text(SAVED_NAME_CHARS));
  if (id === undefined) throw new Unreadable("it names neither a script nor an example");
  return { kind: "example", id };
}

function readFile(value: unknown, at: string): ContractFile {
  const from = fields(value, at);
  const name = field(from, "name", text(SAVED_NAME_CHARS));
  const content = field(from, "text", text(SAVED_CHARS));
  if (name === undefined || content === undefined) wrong(at, "a file with name and text");
  return { name, text: withEditorLines(content) };
}

/** Options that are named. */
function readOptions(value: unknown, at: string): { options: Partial<RunOptions>; newer: boolean } {
  const from = fields(value, at);
  const options: Partial<RunOptions> = {};
  const take = <Name extends keyof RunOptions>(name: Name) => {
    const found = from.values.get(name);
    if (found === undefined) return;
    const { is, means } = OPTIONS[name];
    if (!is(found)) wrong(`${at}/${name}`, means);
    options[name] = found;
  };
  const names = [...from.values.keys()];
  names.filter(isOption).forEach((name) => take(name));
  return { options, newer: !names.every(isOption) };
}

function readShown(from: Fields): Shown {
  const tab = field(from, "tab", (value, at) => {
    return value === "script" || value === "contracts" ? value : wrong(at, "a tab of the editor");
  });
  const file = field(from, "file", text(SAVED_NAME_CHARS));
  const panel = field(from, "panel", text(SAVED_NAME_CHARS));
  const start = field(from, "from", share);
  const end = field(from, "to", share);
  const window =
    start === undefined || end === undefined || start >= end ? undefined : { from: start, to: end };
  return { tab, file, panel, select: readSelect(from), window };
}

function readSelect(from: Fields): Select | undefined {
  const tx = field(from, "tx", whole(MOST_INDEX));
  if (tx !== undefined) return { kind: "tx", tx };
  const line = field(from, "line", whole(MOST_INDEX));
  if (line !== undefined) return { kind: "line", line };
  const name = field(from, "location", text(SAVED_NAME_CHARS));
  return name === undefined ? undefined : { kind: "location", name };
}
