/**
 * Transactions by locations: who read and wrote what, where that was a conflict, what it aborted.
 *
 * Rows are the locations of the report in its order, worst first. A location that no two transactions
 * conflict on has no row.
 */
import type { Report } from "../engine/report.ts";
import { txName } from "../lib/format.ts";
import { partition } from "../lib/search.ts";
import type { TxIdx } from "./selection.ts";
import type { Table } from "./tables.ts";

/** What a transaction did at a location, as bits. */
export const READ = 1;
export const WRITE = 2;
/** It read what another transaction of the block wrote. */
export const CONFLICT = 4;
/** An incarnation of it came to nothing because of this location. */
export const ABORT = 8;

/** The marks from the plainest to the worst, as legends list them. */
export const MARKS = [
  { bit: READ, id: "read", name: "read", meaning: "Read what the block began with." },
  { bit: WRITE, id: "write", name: "write", meaning: "Wrote there." },
  {
    bit: CONFLICT,
    id: "dependent",
    name: "read of another's write",
    meaning: "Read what an earlier transaction of the block wrote, so it had to come after that.",
  },
  {
    bit: ABORT,
    id: "abort",
    name: "abort",
    meaning: "An incarnation of it was aborted because of this location, or stopped there since its value was about to be written again.",
  },
] as const;

export type HeatRow = {
  location: number;
  name: string;
  /** Transactions that touched it, in block order, and what they did. */
  txs: TxIdx[];
  marks: number[];
  /** The first abort of each there, as an index in `Report.aborts`; -1 for none. */
  aborts: number[];
};

export type Heatmap = { rows: HeatRow[]; transactions: number };

type Cell = { marks: number; abort: number };

export function heatmapModel(report: Report): Heatmap {
  const { accesses, dependencies, aborts, locations, txs } = report;
  const cells: Map<TxIdx, Cell>[] = locations.map(() => new Map());
  const mark = (location: number | null | undefined, tx: TxIdx, bit: number, abort = -1) => {
    const row = cells[location ?? -1];
    if (!row) return;
    const cell = row.get(tx) ?? { marks: 0, abort: -1 };
    cell.marks |= bit;
    if (cell.abort < 0) cell.abort = abort;
    row.set(tx, cell);
  };
  accesses.tx.forEach((tx, i) => {
    const location = accesses.listed[accesses.name[i] ?? -1];
    mark(location, tx, accesses.write[i] ? WRITE : READ);
  });
  dependencies.reader.forEach((tx, i) => mark(dependencies.location[i], tx, READ | CONFLICT));
  aborts.tx.forEach((tx, i) => mark(aborts.location[i], tx, ABORT, i));
  const rows = cells.map((row, location) => {
    const sorted = [...row].sort(([a], [b]) => a - b);
    return {
      location,
      name: locations[location]?.name ?? "",
      txs: sorted.map(([tx]) => tx),
      marks: sorted.map(([, cell]) => cell.marks),
      aborts: sorted.map(([, cell]) => cell.abort),
    };
  });
  return { rows, transactions: txs.label.length };
}

/** The place of a transaction among those of a row, or of the first one after it. */
export function placeOf({ txs }: HeatRow, tx: number): number {
  return partition(0, txs.length, (at) => (txs[at] ?? 0) < tx);
}

/** What a transaction did at a location, in words. */
export function markText(report: Report, marks: number, abort: number): string {
  const did = [];
  if (marks & CONFLICT) did.push("read what another wrote");
  else if (marks & READ) did.push("read");
  if (marks & WRITE) did.push("wrote");
  if (marks & ABORT) {
    const writer = report.aborts.writer[abort] ?? null;
    did.push(writer === null ? "was aborted" : `was aborted by ${txName(writer)}`);
  }
  return did.join(", ");
}

/** The table twin: one row a mark of the picture. */
export function heatmapTable(report: Report, heatmap: Heatmap): Table {
  const first: number[] = [];
  let length = 0;
  for (const { txs } of heatmap.rows) {
    first.push(length);
    length += txs.length;
  }
  const at = (index: number) => {
    const row = Math.max(0, partition(0, first.length, (at) => (first[at] ?? 0) <= index) - 1);
    return { row: heatmap.rows[row], cell: index - (first[row] ?? 0) };
  };
  return {
    columns: [
      { name: "Location", grow: 2, chars: 22 },
      { name: "Tx", numeric: true, chars: 7 },
      { name: "Call", grow: 1, chars: 13 },
      { name: "What it did", grow: 2, chars: 20 },
    ],
    length,
    row: (index) => {
      const { row, cell } = at(index);
      const tx = row?.txs[cell] ?? 0;
      const marks = row?.marks[cell] ?? 0;
      const text = markText(report, marks, row?.aborts[cell] ?? -1);
      return [
        { text: row?.name ?? "", code: true },
        { text: txName(tx) },
        { text: report.txs.label[tx] ?? "", code: true },
        marks & ABORT ? { text, tone: "bad" } : { text },
      ];
    },
    subject: (index) => {
      const { row, cell } = at(index);
      return { kind: "tx", tx: row?.txs[cell] ?? 0 };
    },
  };
}
