/** What holds the batch back, as tables: by location, by contract, by function. */
import type { Example, LocationFacts, Report, SourceLine } from "../engine/report.ts";
import { count, counted, gas, percent } from "../lib/format.ts";
import { PATTERNS } from "./patterns.ts";
import type { TxIdx } from "./selection.ts";
import type { Cell, Column, Table } from "./tables.ts";

const LOSS = "Lost speedup that goes away";

export function locationsTable(report: Report): Table {
  const { locations } = report;
  const numbers = (of: (facts: LocationFacts) => number) => (row: number) => {
    const facts = locations[row];
    return facts ? of(facts) : 0;
  };
  return {
    columns: [
      { name: "Location", grow: 2, chars: 22, key: (row) => locations[row]?.name ?? "" },
      {
        name: "Loss, cumulative",
        chars: 18,
        numeric: true,
        meaning: `${LOSS} without this location and the worse ones above it.`,
        // The order of the report: later rows only add to the share of the first.
        key: (row) => -row,
      },
      { name: "Known as", chars: 17, key: (row) => patternName(locations[row]) },
      { name: "Readers", numeric: true, chars: 10, key: numbers(({ readers }) => readers) },
      { name: "Writers", numeric: true, chars: 10, key: numbers(({ writers }) => writers) },
      {
        name: "Dependencies",
        numeric: true,
        chars: 15,
        key: numbers(({ dependencies }) => dependencies),
      },
      {
        name: "Aborts",
        numeric: true,
        chars: 9,
        meaning: "Aborts and blocks it caused.",
        key: numbers(({ aborts }) => aborts),
      },
      { name: "Kind", chars: 10, key: (row) => locations[row]?.kind ?? "" },
      { name: "Written at", chars: 24, key: (row) => sourceName(locations[row]?.writtenAt) },
      { name: "Read at", chars: 24, key: (row) => sourceName(locations[row]?.readAt) },
    ],
    length: locations.length,
    row: (index) => {
      const facts = locations[index];
      if (!facts) return [];
      return [
        { text: facts.name, code: true },
        share(facts.lossShare),
        { text: patternName(facts) },
        { text: count(facts.readers) },
        { text: count(facts.writers) },
        { text: count(facts.dependencies) },
        { text: count(facts.aborts) },
        { text: facts.kind, tone: "quiet" },
        { text: sourceName(facts.writtenAt), code: true },
        { text: sourceName(facts.readAt), code: true },
      ];
    },
    subject: (location) => ({ kind: "location", location }),
  };
}

export function contractsTable(report: Report): Table {
  const { contracts } = report;
  return {
    columns: [
      { name: "Contract", grow: 2, chars: 18, key: (row) => contracts[row]?.name ?? "" },
      lossColumn("when dependencies through its state are ignored", contracts),
      ...sufferedColumns(contracts),
    ],
    length: contracts.length,
    row: (index) => {
      const facts = contracts[index];
      if (!facts) return [];
      return [{ text: facts.name, code: true }, share(facts.lossShare), ...sufferedCells(facts)];
    },
    subject: () => ({ kind: "nothing" }),
  };
}

export function functionsTable(report: Report): Table {
  const { functions } = report;
  return {
    columns: [
      { name: "Function", grow: 2, chars: 24, key: (row) => functionName(report, row) },
      lossColumn("when nobody depends on what its calls wrote", functions),
      ...sufferedColumns(functions),
      {
        name: "Caused",
        numeric: true,
        chars: 9,
        meaning: "Aborts and blocks of any transaction for what its calls wrote.",
        key: (row) => (functions[row]?.abortsCaused ?? 0) + (functions[row]?.blockedCaused ?? 0),
      },
    ],
    length: functions.length,
    row: (index) => {
      const facts = functions[index];
      if (!facts) return [];
      return [
        { text: functionName(report, index), code: true },
        share(facts.lossShare),
        ...sufferedCells(facts),
        { text: count(facts.abortsCaused + facts.blockedCaused) },
      ];
    },
    subject: (index) => ({ kind: "function", index }),
  };
}

/** What contracts and functions have in common. */
type Suffered = {
  transactions: number;
  gas: number;
  incarnations: number;
  aborts: number;
  blocked: number;
  wastedGas: number;
  wastedShare: number;
  lossShare: number;
};

function lossColumn(when: string, rows: readonly Suffered[]): Column {
  return {
    name: "Loss",
    chars: 15,
    numeric: true,
    meaning: `${LOSS} ${when}.`,
    key: (row) => rows[row]?.lossShare ?? 0,
  };
}

function sufferedColumns(rows: readonly Suffered[]): Column[] {
  const key = (of: (facts: Suffered) => number) => (row: number) => {
    const facts = rows[row];
    return facts ? of(facts) : 0;
  };
  return [
    { name: "Transactions", numeric: true, chars: 14, key: key((it) => it.transactions) },
    { name: "Gas", numeric: true, chars: 14, key: key((it) => it.gas) },
    { name: "Runs", numeric: true, chars: 8, meaning: "Incarnations of these transactions.", key: key((it) => it.incarnations) },
    { name: "Aborts", numeric: true, chars: 9, key: key((it) => it.aborts) },
    { name: "Blocked", numeric: true, chars: 10, key: key((it) => it.blocked) },
    { name: "Wasted", numeric: true, chars: 15, meaning: "Gas of incarnations that did not commit.", key: key((it) => it.wastedGas) },
    { name: "of all", numeric: true, chars: 9, meaning: "Share of all wasted gas.", key: key((it) => it.wastedShare) },
  ];
}

function sufferedCells(facts: Suffered): Cell[] {
  return [
    { text: count(facts.transactions) },
    { text: gas(facts.gas) },
    { text: count(facts.incarnations) },
    { text: count(facts.aborts) },
    { text: count(facts.blocked) },
    { text: gas(facts.wastedGas) },
    { text: percent(facts.wastedShare) },
  ];
}

function share(of: number): Cell {
  return { text: percent(of), bar: of };
}

function patternName(facts: LocationFacts | undefined): string {
  return facts?.pattern ? PATTERNS[facts.pattern].name : "";
}

/** `Airdrop.sol:34`; empty when it is not known. */
export function sourceName(line: SourceLine | null | undefined): string {
  return line ? `${line.file}:${line.place.line}` : "";
}

/** `airdrop.claim(uint256)`; a payment has no contract. */
export function functionName(report: Report, index: number): string {
  const facts = report.functions[index];
  if (!facts) return "";
  return facts.contract === "" ? facts.function : `${facts.contract}.${facts.function}`;
}

/** One location with all that the report says about it. */
export type Hot = {
  name: string;
  /** What it is known as, and why that hurts; absent where nobody knows. */
  pattern: { name: string; meaning: string } | null;
  remedy: string | null;
  facts: { name: string; value: string }[];
  lines: { what: "Written" | "Read"; line: SourceLine }[];
};

export function hotModel(report: Report, location: number): Hot | null {
  const facts = report.locations[location];
  if (!facts) return null;
  const lines: Hot["lines"] = [];
  if (facts.writtenAt) lines.push({ what: "Written", line: facts.writtenAt });
  if (facts.readAt) lines.push({ what: "Read", line: facts.readAt });
  return {
    name: facts.name,
    pattern: facts.pattern ? PATTERNS[facts.pattern] : null,
    remedy: facts.remedy,
    facts: [
      {
        name: location === 0 ? "Share of the loss" : "Loss, with worse ones",
        value: percent(facts.lossShare),
      },
      { name: "Written by", value: counted(facts.writers, "transaction") },
      { name: "Read by", value: counted(facts.readers, "transaction") },
      { name: "Dependencies", value: count(facts.dependencies) },
      { name: "Aborts caused", value: count(facts.aborts) },
    ],
    lines,
  };
}

/** The example that shows what to do, where the script is an example that shows what not to do. */
export function remedied(examples: readonly Example[], script: string): Example | null {
  const shown = examples.find((example) => example.script === script);
  return examples.find(({ id }) => id === shown?.remedy) ?? null;
}

/** The transactions that call a function. */
export function callsOf({ txs, functions }: Report, index: number): TxIdx[] {
  const facts = functions[index];
  if (!facts) return [];
  // Payments and creations have no contract, whoever is paid.
  const called = new Set(functions.map((it) => `${it.contract} ${it.function}`));
  return txs.label.flatMap((label, tx) => {
    if (label !== facts.function) return [];
    const to = txs.to[tx] ?? "";
    const contract = called.has(`${to} ${label}`) ? to : "";
    return contract === facts.contract ? [tx] : [];
  });
}
