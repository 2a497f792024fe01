/** One transaction with all that the report says about it. */
import type { Place, Report, SpanKind, TxStatus } from "../engine/report.ts";
import { duration, gas, short } from "../lib/format.ts";
import { partition } from "../lib/search.ts";
import type { TxIdx } from "./selection.ts";
import { causeOf, KINDS } from "./timeline.ts";

export type Inspected = {
  tx: TxIdx;
  call: string;
  from: string;
  to: string;
  status: TxStatus;
  reason: string;
  place: Place | null;
  facts: { name: string; value: string }[];
  /** What it returned or created; `null` where there is nothing. */
  result: { name: "Returned" | "Created"; value: string } | null;
  logs: Log[];
  incarnations: Incarnation[];
  reads: Read[];
  writes: string[];
};

/** A log, by the contract that made it. */
export type Log = { from: string; text: string };

export type Incarnation = {
  incarnation: number;
  /** How each of its spans ended, in order: the execution, then its validations. */
  steps: { kind: SpanKind; name: string; worker: number; when: string; took: string }[];
  /** What aborted or blocked it; empty for the one that committed. */
  cause: string;
  /** The transaction whose write was in the way. */
  writer: TxIdx | null;
};

export type Read = { name: string; origin: TxIdx | null };

/** What a status is called. */
export const STATUS: Record<TxStatus, string> = {
  success: "succeeded",
  revert: "reverted",
  halt: "halted",
  skipped: "skipped",
};

export function inspectorModel(report: Report, tx: TxIdx): Inspected | null {
  const { txs, summary } = report;
  const status = txs.status[tx];
  if (status === undefined) return null;
  const at = (time: number | null | undefined) =>
    time === null || time === undefined ? "not known" : duration(time, summary.clock);
  return {
    tx,
    call: txs.label[tx] ?? "",
    from: short(txs.from[tx] ?? ""),
    to: short(txs.to[tx] ?? "") || "a new contract",
    status,
    reason: txs.reason[tx] ?? "",
    place: txs.place[tx] ?? null,
    facts: [
      { name: "Gas used", value: gas(txs.gasUsed[tx] ?? 0) },
      { name: "Depth", value: `${txs.depth[tx] ?? 0}${txs.critical[tx] ? ", critical path" : ""}` },
      { name: "Chain up to here", value: gas(txs.pathGas[tx] ?? 0) },
      { name: "Queued until", value: at(txs.startedAt[tx]) },
      { name: "Executed at", value: at(txs.executedAt[tx]) },
      { name: "Committed at", value: at(txs.committedAt[tx]) },
    ],
    result: resultOf(report, tx),
    logs: logsOf(report, tx),
    incarnations: incarnationsOf(report, tx),
    ...accessesOf(report, tx),
  };
}

/** What a transaction returned or created. */
export function resultOf({ txs }: Report, tx: TxIdx): Inspected["result"] {
  const value = txs.returned[tx] ?? "";
  if (value === "") return null;
  return { name: txs.to[tx] === "" ? "Created" : "Returned", value };
}

function logsOf({ logs }: Report, tx: TxIdx): Log[] {
  const found: Log[] = [];
  for (let i = firstLog(logs.tx, tx); logs.tx[i] === tx; i++) {
    found.push({ from: short(logs.from[i] ?? ""), text: logs.text[i] ?? "" });
  }
  return found;
}

/** Where the logs of a transaction begin: logs are ordered by transaction. */
export function firstLog(txs: readonly number[], tx: TxIdx): number {
  return partition(0, txs.length, (at) => (txs[at] ?? 0) < tx);
}

/** The spans of a transaction as they began; the report has them by worker. */
function spansOf({ spans }: Report, tx: TxIdx): number[] {
  const found = spans.tx.flatMap((owner, span) => (owner === tx ? [span] : []));
  return found.sort((a, b) => (spans.start[a] ?? 0) - (spans.start[b] ?? 0));
}

function incarnationsOf(report: Report, tx: TxIdx): Incarnation[] {
  const { spans, locations, summary } = report;
  const found = new Map<number, Incarnation>();
  for (const span of spansOf(report, tx)) {
    const incarnation = spans.incarnation[span] ?? 0;
    const entry = found.get(incarnation) ?? { incarnation, steps: [], cause: "", writer: null };
    found.set(incarnation, entry);
    const kind = spans.kind[span] ?? "committed";
    const start = spans.start[span] ?? 0;
    entry.steps.push({
      kind,
      name: KINDS[kind].name,
      worker: spans.worker[span] ?? 0,
      when: duration(start, summary.clock),
      took: duration((spans.end[span] ?? start) - start, summary.clock),
    });
    const writer = spans.writer[span] ?? null;
    const location = spans.location[span] ?? null;
    if (writer !== null || location !== null) {
      const name = location === null ? null : (locations[location]?.name ?? null);
      entry.cause = causeOf(writer, name);
      entry.writer = writer;
    }
  }
  addAborts(report, tx, found);
  return [...found.values()].sort((a, b) => a.incarnation - b.incarnation);
}

/** Spans of aborted executions carry no cause: the list of aborts does. */
function addAborts(report: Report, tx: TxIdx, found: Map<number, Incarnation>): void {
  const { aborts, locations } = report;
  aborts.tx.forEach((owner, i) => {
    const entry = owner === tx ? found.get(aborts.incarnation[i] ?? -1) : undefined;
    if (!entry || entry.cause !== "") return;
    const location = aborts.location[i] ?? null;
    const name = location === null ? null : (locations[location]?.name ?? null);
    entry.writer = aborts.writer[i] ?? null;
    entry.cause = causeOf(entry.writer, name);
  });
}

function accessesOf(report: Report, tx: TxIdx): { reads: Read[]; writes: string[] } {
  const { accesses } = report;
  const reads: Read[] = [];
  const writes: string[] = [];
  accesses.tx.forEach((owner, i) => {
    if (owner !== tx) return;
    const name = accesses.names[accesses.name[i] ?? -1] ?? "";
    if (accesses.write[i]) writes.push(name);
    else reads.push({ name, origin: accesses.origin[i] ?? null });
  });
  return { reads, writes };
}
