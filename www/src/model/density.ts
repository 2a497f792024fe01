/**
 * How much of each kind lies between two spans of a lane, without looking at those between: what a
 * timeline draws where spans are narrower than a pixel.
 *
 * Made when a picture first needs it.
 */
import { type Lane, SPAN_KINDS, type SpanIdx, type Timeline } from "./timeline.ts";
import type { TxIdx } from "./selection.ts";

export type Density = {
  lane: Lane;
  /** By kind that occurs in the lane: the time of all its spans before a position of the lane. */
  before: { kind: number; time: Float64Array; count: Uint32Array }[];
};

const NOBODY: Lane = new Uint32Array();

const made = new WeakMap<Timeline, (Density | undefined)[]>();

export function densityOf(timeline: Timeline, worker: number): Density {
  const all = made.get(timeline) ?? [];
  made.set(timeline, all);
  const found = (all[worker] ??= density(timeline, timeline.lanes[worker] ?? NOBODY));
  return found;
}

function density({ kinds, spans: { start, end } }: Timeline, lane: Lane): Density {
  const { length } = lane;
  const present = new Set<number>();
  for (const span of lane) present.add(kinds[span] ?? 0);
  const before = [...SPAN_KINDS.keys()].flatMap((kind) => {
    if (!present.has(kind)) return [];
    return { kind, time: new Float64Array(length + 1), count: new Uint32Array(length + 1) };
  });
  for (const { kind, time, count } of before) {
    let [sum, many] = [0, 0];
    for (let at = 0; at < length; at++) {
      const span = lane[at] ?? 0;
      if (kinds[span] === kind) {
        sum += (end[span] ?? 0) - (start[span] ?? 0);
        many += 1;
      }
      time[at + 1] = sum;
      count[at + 1] = many;
    }
  }
  return { lane, before };
}

/** The first position after `at` whose span starts at or after a time; `last` if there is none. */
export function nextFrom(timeline: Timeline, lane: Lane, at: number, last: number, time: number): number {
  const { start } = timeline.spans;
  const early = (position: number) => (start[lane[position] ?? 0] ?? 0) < time;
  // What is sought is mostly near.
  let low = at + 1;
  let step = 1;
  while (low + step < last && early(low + step - 1)) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, last);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (early(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the spans of some transactions are in a lane, in order. */
export function positionsOf(timeline: Timeline, worker: number, txs: ReadonlySet<TxIdx>): number[] {
  const { tx } = timeline.spans;
  const known = found.get(txs);
  const lanes = known?.timeline === timeline ? known.lanes : [];
  if (lanes !== known?.lanes) found.set(txs, { timeline, lanes });
  return (lanes[worker] ??= placesOf(timeline.lanes[worker] ?? NOBODY, (span) => txs.has(tx[span] ?? -1)));
}

function placesOf(lane: Lane, wanted: (span: SpanIdx) => boolean): number[] {
  const places: number[] = [];
  for (let at = 0; at < lane.length; at++) if (wanted(lane[at] ?? 0)) places.push(at);
  return places;
}

const found = new WeakMap<ReadonlySet<TxIdx>, { timeline: Timeline; lanes: (number[] | undefined)[] }>();
