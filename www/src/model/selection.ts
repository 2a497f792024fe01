/** The one selection that runs through editor, timeline, graph, tables and inspector. */
import type { Report } from "../engine/report.ts";
import { callsOf } from "./contention.ts";

/** A transaction's place in block order. */
export type TxIdx = number;

export type Selection =
  | { kind: "none" }
  | { kind: "tx"; tx: TxIdx }
  /** A line of the script and the transactions it made. */
  | { kind: "line"; line: number; txs: TxIdx[] }
  /** A location and the transactions that touched it. */
  | { kind: "location"; location: number; txs: TxIdx[] }
  /** A function and the transactions that call it. */
  | { kind: "function"; index: number; txs: TxIdx[] };

export const NOTHING: Selection = { kind: "none" };

export function selectTx(report: Report, tx: TxIdx): Selection {
  return tx >= 0 && tx < report.txs.label.length ? { kind: "tx", tx } : NOTHING;
}

/** The transactions that the call on this line of the script made. */
export function selectLine(report: Report, line: number): Selection {
  const txs = indices(report.txs.place, (place) => place?.line === line);
  return txs.length > 0 ? { kind: "line", line, txs } : NOTHING;
}

export function selectLocation(report: Report, location: number): Selection {
  const name = report.locations[location]?.name;
  if (name === undefined) return NOTHING;
  const { accesses } = report;
  const txs = new Set<TxIdx>();
  accesses.name.forEach((index, i) => {
    const tx = accesses.tx[i];
    if (accesses.names[index] === name && tx !== undefined) txs.add(tx);
  });
  return { kind: "location", location, txs: [...txs] };
}

export function selectFunction(report: Report, index: number): Selection {
  const txs = callsOf(report, index);
  return txs.length > 0 ? { kind: "function", index, txs } : NOTHING;
}

/** The transaction that the inspector shows. */
export function inspected(selection: Selection): TxIdx | null {
  switch (selection.kind) {
    case "none":
      return null;
    case "tx":
      return selection.tx;
    case "line":
    case "location":
    case "function":
      return selection.txs[0] ?? null;
  }
}

/** All transactions that stand out. */
export function highlighted(selection: Selection): ReadonlySet<TxIdx> {
  switch (selection.kind) {
    case "none":
      return new Set();
    case "tx":
      return new Set([selection.tx]);
    case "line":
    case "location":
    case "function":
      return new Set(selection.txs);
  }
}

/** The transaction after (or before) the inspected one, in block order. */
export function neighbour(report: Report, selection: Selection, step: 1 | -1): Selection {
  const tx = inspected(selection);
  const last = report.txs.label.length - 1;
  if (last < 0) return NOTHING;
  if (tx === null) return { kind: "tx", tx: step === 1 ? 0 : last };
  return { kind: "tx", tx: Math.min(Math.max(tx + step, 0), last) };
}

/** The line of the script that made what is selected. */
export function selectedLine(report: Report, selection: Selection): number | null {
  if (selection.kind === "line") return selection.line;
  const tx = selection.kind === "tx" ? selection.tx : null;
  return tx === null ? null : (report.txs.place[tx]?.line ?? null);
}

function indices<T>(list: T[], keep: (item: T) => boolean): number[] {
  return list.flatMap((item, i) => (keep(item) ? [i] : []));
}
