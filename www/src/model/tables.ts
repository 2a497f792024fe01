/** Tables as data: the rows of each list of the report, ready to be written. */
import type { Report } from "../engine/report.ts";
import { amount, count, duration, percent, short, txName } from "../lib/format.ts";
import { STATUS } from "./inspector.ts";
import type { TxIdx } from "./selection.ts";
import { spanFacts } from "./timeline.ts";

export type Column = {
  name: string;
  /** Numbers stand at the end of their cell. */
  numeric?: boolean;
  /** Share of the spare width; 0 for a column as wide as its content needs. */
  grow?: number;
  /** Width in characters. */
  chars: number;
  /** A meaning to show on the heading. */
  meaning?: string;
};

export type Cell = {
  text: string;
  /** `bar` draws a share of the cell; `tone` colours the text. */
  bar?: number;
  tone?: "good" | "bad" | "quiet";
  code?: boolean;
};

export type Subject = { kind: "tx"; tx: TxIdx } | { kind: "location"; location: number };

export type Table = {
  columns: Column[];
  length: number;
  /** The cells of one row; only asked for rows in sight. */
  row: (index: number) => Cell[];
  /** What a row is about: choosing it selects that. */
  subject: (index: number) => Subject;
};

export function transactionsTable(report: Report): Table {
  const { txs, summary } = report;
  return {
    columns: [
      { name: "Tx", numeric: true, chars: 7 },
      { name: "Call", grow: 2, chars: 13 },
      { name: "From", grow: 1, chars: 10 },
      { name: "To", grow: 1, chars: 10 },
      { name: "Status", chars: 10 },
      { name: "Runs", numeric: true, chars: 6, meaning: "Times it was executed." },
      { name: "Gas", numeric: true, chars: 9 },
      { name: "Depth", numeric: true, chars: 7, meaning: "Longest chain that ends with it." },
      { name: "Committed", numeric: true, chars: 13, meaning: "When it could no longer change." },
    ],
    length: txs.label.length,
    row: (tx) => [
      { text: txName(tx) },
      { text: txs.label[tx] ?? "", code: true },
      { text: short(txs.from[tx] ?? ""), code: true },
      { text: short(txs.to[tx] ?? "") || "new contract", code: true },
      {
        text: STATUS[txs.status[tx] ?? "success"],
        tone: txs.status[tx] === "success" ? "quiet" : "bad",
      },
      { text: count(txs.incarnations[tx] ?? 0) },
      { text: count(txs.gasUsed[tx] ?? 0) },
      { text: count(txs.depth[tx] ?? 0) },
      { text: duration(txs.committedAt[tx] ?? 0, summary.clock) },
    ],
    subject: (tx) => ({ kind: "tx", tx }),
  };
}

export function locationsTable(report: Report): Table {
  const { locations } = report;
  return {
    columns: [
      { name: "Location", grow: 2, chars: 22 },
      { name: "Kind", chars: 10 },
      {
        name: "Loss, cumulative",
        chars: 18,
        meaning: "Lost speedup that goes away without this location and the worse ones above it.",
      },
      { name: "Readers", numeric: true, chars: 9 },
      { name: "Writers", numeric: true, chars: 9 },
      { name: "Dependencies", numeric: true, chars: 14 },
      { name: "Aborts", numeric: true, chars: 8, meaning: "Aborts and blocks it caused." },
    ],
    length: locations.length,
    row: (index) => {
      const facts = locations[index];
      if (!facts) return [];
      return [
        { text: facts.name, code: true },
        { text: facts.kind, tone: "quiet" },
        { text: percent(facts.lossShare), bar: facts.lossShare },
        { text: count(facts.readers) },
        { text: count(facts.writers) },
        { text: count(facts.dependencies) },
        { text: count(facts.aborts) },
      ];
    },
    subject: (location) => ({ kind: "location", location }),
  };
}

/** The table twin of the dependency graph. */
export function dependenciesTable(report: Report): Table {
  const { dependencies, locations } = report;
  return {
    columns: [
      { name: "Reader", numeric: true, chars: 8 },
      { name: "Writer", numeric: true, chars: 8 },
      { name: "Location", grow: 2, chars: 22 },
      { name: "Critical path", chars: 14 },
    ],
    length: dependencies.reader.length,
    row: (edge) => [
      { text: txName(dependencies.reader[edge] ?? 0) },
      { text: txName(dependencies.writer[edge] ?? 0) },
      { text: locations[dependencies.location[edge] ?? -1]?.name ?? "", code: true },
      { text: dependencies.critical[edge] ? "yes" : "", tone: "quiet" },
    ],
    subject: (edge) => ({ kind: "tx", tx: dependencies.reader[edge] ?? 0 }),
  };
}

/** The table twin of the timeline. */
export function spansTable(report: Report): Table {
  const { spans } = report;
  return {
    columns: [
      { name: "Worker", numeric: true, chars: 8 },
      { name: "Tx", numeric: true, chars: 7 },
      { name: "Incarnation", numeric: true, chars: 12 },
      { name: "What it was", chars: 12 },
      { name: "Start", numeric: true, chars: 14 },
      { name: "Took", numeric: true, chars: 13 },
      { name: "Cause", grow: 2, chars: 20 },
    ],
    length: spans.worker.length,
    row: (span) => {
      const facts = spanFacts(report, span);
      if (!facts) return [];
      return [
        { text: amount(spans.worker[span] ?? 0) },
        { text: txName(facts.tx) },
        { text: count(spans.incarnation[span] ?? 0) },
        facts.kind === "committed" ? { text: facts.kind, tone: "quiet" } : { text: facts.kind },
        { text: facts.when },
        { text: facts.took },
        { text: facts.cause },
      ];
    },
    subject: (span) => ({ kind: "tx", tx: spans.tx[span] ?? 0 }),
  };
}
