/**
 * The timeline without pixels: one row per worker, one bar per span, in report units.
 *
 * Bars keep the index they have in the report, so that a click finds its facts.
 */
import type { Clock, Report, SpanKind } from "../engine/report.ts";
import { clockName, duration, txName } from "../lib/format.ts";
import { partition } from "../lib/search.ts";
import type { TxIdx } from "./selection.ts";

/** A place in the columns of `Report.spans`. */
export type SpanIdx = number;

/** The spans of a worker, ordered by start. */
export type Lane = Uint32Array;

export type Timeline = {
  clock: Clock;
  axis: string;
  /** Where the axis ends. */
  length: number;
  /** The spans of each worker, ordered by start. */
  lanes: Lane[];
  spans: Pick<Report["spans"], "worker" | "tx" | "start" | "end">;
  /** By span: its kind, as a place in `SPAN_KINDS`. */
  kinds: Uint8Array;
  /** The kinds that occur, in the order of the legend. */
  present: SpanKind[];
  /** By transaction: what it calls. */
  labels: string[];
  /** By transaction: when it could no longer change. */
  committedAt: number[];
  /** When workers did not work, since they failed or stood still. */
  gaps: Gap[];
};

/** A stretch of a worker's time in which it was not there. */
export type Gap = { worker: number; from: number; to: number };

/** What a kind of span is called, and what it means. */
export const KINDS: Record<SpanKind, { name: string; meaning: string }> = {
  committed: { name: "committed", meaning: "An execution whose result was committed." },
  aborted: { name: "aborted", meaning: "An execution that ran to its end and was aborted." },
  blocked: { name: "blocked", meaning: "An execution that came to a value which an aborted transaction is about to write again (an ESTIMATE), and stopped." },
  cancelled: { name: "cancelled", meaning: "An execution that was told to stop." },
  validated: { name: "validated", meaning: "A validation that passed." },
  rejected: { name: "rejected", meaning: "A validation that failed and aborted its incarnation." },
};

/** All kinds, in the order of the legend. */
export const SPAN_KINDS = Object.keys(KINDS) as SpanKind[];

export function timelineModel(report: Report): Timeline {
  const { summary, txs } = report;
  const { worker, tx, start, end, kind } = report.spans;
  const codes = new Map(SPAN_KINDS.map((name, i) => [name, i]));
  const kinds = new Uint8Array(kind.length);
  const seen = new Set<SpanKind>();
  let length = summary.makespan;
  let [last, code]: [SpanKind | undefined, number] = [undefined, 0];
  for (let span = 0; span < kinds.length; span++) {
    const name = kind[span] ?? "committed";
    if (name !== last) {
      [last, code] = [name, codes.get(name) ?? 0];
      seen.add(name);
    }
    kinds[span] = code;
    length = Math.max(length, end[span] ?? 0);
  }
  return {
    clock: summary.clock,
    axis: clockName(summary.clock),
    length,
    lanes: lanesOf(worker, summary.workers),
    // As they are: on the way through the report each of millions of looks takes longer.
    spans: { worker, tx, start, end },
    kinds,
    present: SPAN_KINDS.filter((name) => seen.has(name)),
    labels: txs.label,
    committedAt: txs.committedAt,
    gaps: gapsOf(report, length),
  };
}

/** The spans of each worker: the report has them in the order of their start. */
function lanesOf(worker: number[], workers: number): Lane[] {
  const counts = new Uint32Array(workers);
  for (const each of worker) counts[each] = (counts[each] ?? 0) + 1;
  const lanes = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (let span = 0; span < worker.length; span++) {
    const each = worker[span] ?? 0;
    const at = counts[each] ?? 0;
    const lane = lanes[each];
    if (lane) lane[at] = span;
    counts[each] = at + 1;
  }
  return lanes;
}

function gapsOf({ faults }: Report, length: number): Gap[] {
  if (!faults) return [];
  return faults.kind.flatMap((kind, i) => {
    if (kind !== "failed" && kind !== "paused") return [];
    const from = faults.at[i] ?? 0;
    return [{ worker: faults.worker[i] ?? 0, from, to: faults.until[i] ?? length }];
  });
}

/** The part of a lane that may overlap a stretch of time, as positions in the lane. */
export function visibleSpans(timeline: Timeline, worker: number, from: number, to: number) {
  const lane = timeline.lanes[worker] ?? new Uint32Array();
  const { start, end } = timeline.spans;
  // Spans of one worker do not overlap, so their ends are in order too.
  const first = partition(0, lane.length, (at) => (end[lane[at] ?? -1] ?? 0) < from);
  const last = partition(0, lane.length, (at) => (start[lane[at] ?? -1] ?? 0) <= to);
  return { lane, first, last };
}

/** The span of a worker at a time; `slack` (report units) makes thin spans easier to hit. */
export function spanAt(
  timeline: Timeline,
  worker: number,
  time: number,
  slack: number,
): SpanIdx | null {
  const { lane, first, last } = visibleSpans(timeline, worker, time - slack, time + slack);
  let best: SpanIdx | null = null;
  let distance = Infinity;
  for (const span of lane.slice(first, last)) {
    const start = timeline.spans.start[span] ?? 0;
    const end = timeline.spans.end[span] ?? 0;
    const away = Math.max(start - time, time - end, 0);
    if (away < distance) [best, distance] = [span, away];
  }
  return best;
}

/** From the first start to the last end of a transaction's spans. */
export function extent(timeline: Timeline, tx: TxIdx): { from: number; to: number } | null {
  const { tx: owners, start, end } = timeline.spans;
  let from = Infinity;
  let to = -Infinity;
  for (let span = owners.indexOf(tx); span >= 0; span = owners.indexOf(tx, span + 1)) {
    from = Math.min(from, start[span] ?? 0);
    to = Math.max(to, end[span] ?? 0);
  }
  return from <= to ? { from, to } : null;
}

/** A span in words, for its tooltip and its row of the table. */
export type SpanFacts = {
  span: SpanIdx;
  tx: TxIdx;
  kind: SpanKind;
  title: string;
  call: string;
  when: string;
  took: string;
  cause: string;
};

export function spanFacts(report: Report, span: SpanIdx): SpanFacts | null {
  const { spans, txs, locations, summary } = report;
  const tx = spans.tx[span];
  const kind = spans.kind[span];
  const start = spans.start[span];
  const end = spans.end[span];
  if (tx === undefined || kind === undefined || start === undefined || end === undefined) {
    return null;
  }
  // Of an execution that was aborted, the list of aborts knows why.
  const abort = kind === "aborted" ? report.aborts.span.indexOf(span) : -1;
  const location = spans.location[span] ?? report.aborts.location[abort] ?? null;
  const writer = spans.writer[span] ?? report.aborts.writer[abort] ?? null;
  const where = location === null ? null : (locations[location]?.name ?? null);
  return {
    span,
    tx,
    kind,
    title: `${txName(tx)} incarnation ${spans.incarnation[span] ?? 0}, ${KINDS[kind].name}`,
    call: txs.label[tx] ?? "",
    when: duration(start, summary.clock),
    took: duration(end - start, summary.clock),
    cause: causeOf(writer, where),
  };
}

/** `#3 wrote Airdrop.claimed`; empty when nothing is known. */
export function causeOf(writer: TxIdx | null, location: string | null): string {
  if (writer !== null && location !== null) return `${txName(writer)} wrote ${location}`;
  if (writer !== null) return `a write of ${txName(writer)}`;
  return location ?? "";
}
