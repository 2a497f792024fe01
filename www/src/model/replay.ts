/**
 * A run as a film: which events have happened at a position, and what that makes of spans and
 * transactions.
 *
 * A position is a number of events: at `p`, those before `p` have happened. Everything is a function
 * of the position, so that a film runs backwards as well.
 */
import type { EventKind, Report } from "../engine/report.ts";
import { partition } from "../lib/search.ts";
import type { SpanIdx } from "./timeline.ts";
import type { TxIdx } from "./selection.ts";

/** What a transaction is at a moment. */
export const STATES = ["waiting", "running", "executed", "aborted", "committed"] as const;
export type TxState = (typeof STATES)[number];

/** What a span is at a moment: not there yet, under way, or ended; its fate may come later. */
export type SpanState = "unborn" | "running" | "executed" | "settled";

export type Replay = {
  report: Report;
  /** How many events there are. */
  length: number;
  /** Where each transaction's steps begin in `steps`; one entry more than there are transactions. */
  first: Int32Array;
  /** Events that change what a transaction is, by transaction. */
  steps: Int32Array;
  /** By span: the events that begin it, end it, and decide its fate. */
  begins: Int32Array;
  ends: Int32Array;
  settles: Int32Array;
  /** By entry of `Report.aborts`: the event that it is. */
  falls: Int32Array;
};

/** A moment of a replay. */
export type Moment = { replay: Replay; position: number; time: number };

const NEVER = 2 ** 31 - 1;

/** What a transaction is after an event; a passed validation changes nothing. */
const AFTER: Partial<Record<EventKind, TxState>> = {
  started: "running",
  executed: "executed",
  blocked: "waiting",
  aborted: "aborted",
  committed: "committed",
};

const made = new WeakMap<Report, Replay>();

export function replayOf(report: Report): Replay {
  const found = made.get(report) ?? replayModel(report);
  made.set(report, found);
  return found;
}

export function replayModel(report: Report): Replay {
  const { events, spans, aborts, txs } = report;
  const begins = new Int32Array(spans.tx.length).fill(NEVER);
  const ends = new Int32Array(spans.tx.length).fill(NEVER);
  const settles = new Int32Array(spans.tx.length).fill(NEVER);
  const falls = new Int32Array(aborts.tx.length).fill(NEVER);
  const committed = new Int32Array(txs.label.length).fill(NEVER);
  const first = new Int32Array(txs.label.length + 1);

  events.kind.forEach((kind, event) => {
    const of = events.of[event] ?? 0;
    if (AFTER[kind]) add(first, (events.tx[event] ?? 0) + 1, 1);
    if (kind === "started") begins[of] = event;
    else if (kind === "committed") committed[of] = event;
    else if (kind === "aborted") {
      const span = aborts.span[of] ?? null;
      falls[of] = event;
      if (span !== null) settles[span] = event;
    } else ends[of] = event;
  });
  for (let tx = 0; tx < txs.label.length; tx++) add(first, tx + 1, first[tx] ?? 0);

  const next = first.slice();
  const steps = new Int32Array(first[txs.label.length] ?? 0);
  events.kind.forEach((kind, event) => {
    if (AFTER[kind]) steps[add(next, events.tx[event] ?? 0, 1)] = event;
  });

  spans.kind.forEach((kind, span) => {
    if (kind === "validated" || kind === "rejected") {
      // Not all of them are events: they go with the last event before them.
      begins[span] = positionOf(report, spans.start[span] ?? 0) - 1;
      ends[span] = positionOf(report, spans.end[span] ?? 0) - 1;
      settles[span] = ends[span] ?? NEVER;
    } else if (kind === "committed") settles[span] = committed[spans.tx[span] ?? 0] ?? NEVER;
    else if (kind !== "aborted") settles[span] = ends[span] ?? NEVER;
    // Without a reason of its own it came to nothing when it ended.
    else if (settles[span] === NEVER) settles[span] = ends[span] ?? NEVER;
  });
  aborts.blocked.forEach((blocked, abort) => {
    const span = aborts.span[abort] ?? null;
    if (blocked && span !== null) falls[abort] = ends[span] ?? NEVER;
  });
  return { report, length: events.at.length, first, steps, begins, ends, settles, falls };
}

/** The position after all events up to a time. */
export function positionAt(replay: Replay, time: number): number {
  return positionOf(replay.report, time);
}

function positionOf({ events }: Report, time: number): number {
  return partition(0, events.at.length, (event) => (events.at[event] ?? 0) <= time);
}

/** The time of the last event before a position. */
export function timeAt(replay: Replay, position: number): number {
  return replay.report.events.at[position - 1] ?? 0;
}

export function spanState({ replay, position }: Moment, span: SpanIdx): SpanState {
  if ((replay.begins[span] ?? NEVER) >= position) return "unborn";
  if ((replay.ends[span] ?? NEVER) >= position) return "running";
  return (replay.settles[span] ?? NEVER) >= position ? "executed" : "settled";
}

export function txState({ replay, position }: Moment, tx: TxIdx): TxState {
  const { first, steps, report } = replay;
  const start = first[tx] ?? 0;
  const end = first[tx + 1] ?? start;
  const next = partition(start, end, (step) => (steps[step] ?? 0) < position);
  if (next === start) return "waiting";
  return AFTER[report.events.kind[steps[next - 1] ?? 0] ?? "started"] ?? "waiting";
}

/** How many transactions are in each state. */
export function countStates(moment: Moment): Record<TxState, number> {
  const counts = { waiting: 0, running: 0, executed: 0, aborted: 0, committed: 0 };
  const { label } = moment.replay.report.txs;
  for (let tx = 0; tx < label.length; tx++) counts[txState(moment, tx)] += 1;
  return counts;
}

/** Adds to an entry, and gives what it was before. */
function add(counts: Int32Array, at: number, by: number): number {
  const before = counts[at] ?? 0;
  counts[at] = before + by;
  return before;
}
