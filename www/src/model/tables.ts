/** Tables as data: the rows of each list of the report, ready to be written. */
import type { Place, Report } from "../engine/report.ts";
import { amount, count, txName } from "../lib/format.ts";
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
  /** What rows are sorted by when the heading is chosen. */
  key?: (row: number) => number | string;
};

export type Cell = {
  text: string;
  /** `bar` draws a share of the cell; `tone` colours the text. */
  bar?: number;
  tone?: "good" | "bad" | "quiet";
  code?: boolean;
};

export type Subject =
  | { kind: "tx"; tx: TxIdx }
  | { kind: "location"; location: number }
  /** The calls of a function, by its place in the report. */
  | { kind: "function"; index: number }
  /** A place of the script. */
  | { kind: "place"; place: Place }
  | { kind: "nothing" };

export type Table = {
  columns: Column[];
  length: number;
  /** The cells of one row; only asked for rows in sight. */
  row: (index: number) => Cell[];
  /** What a row is about: choosing it selects that. */
  subject: (index: number) => Subject;
};

/** The table twin of the dependency graph. */
export function dependenciesTable(report: Report): Table {
  const { dependencies, locations } = report;
  const nameOf = (edge: number) => locations[dependencies.location[edge] ?? -1]?.name ?? "";
  return {
    columns: [
      { name: "Reader", numeric: true, chars: 9, key: (edge) => dependencies.reader[edge] ?? 0 },
      { name: "Writer", numeric: true, chars: 9, key: (edge) => dependencies.writer[edge] ?? 0 },
      { name: "Location", grow: 2, chars: 22, key: nameOf },
      {
        name: "Critical path",
        chars: 15,
        key: (edge) => (dependencies.critical[edge] ? "yes" : ""),
      },
    ],
    length: dependencies.reader.length,
    row: (edge) => [
      { text: txName(dependencies.reader[edge] ?? 0) },
      { text: txName(dependencies.writer[edge] ?? 0) },
      { text: nameOf(edge), code: true },
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
      { name: "Worker", numeric: true, chars: 9, key: (span) => spans.worker[span] ?? 0 },
      { name: "Tx", numeric: true, chars: 7, key: (span) => spans.tx[span] ?? 0 },
      { name: "Incarnation", numeric: true, chars: 13, key: (span) => spans.incarnation[span] ?? 0 },
      { name: "What it was", chars: 13, key: (span) => spans.kind[span] ?? "" },
      { name: "Start", numeric: true, chars: 14, key: (span) => spans.start[span] ?? 0 },
      {
        name: "Took",
        numeric: true,
        chars: 13,
        key: (span) => (spans.end[span] ?? 0) - (spans.start[span] ?? 0),
      },
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
