/** Which execution hit which: the arrows of the timeline. */
import type { Report } from "../engine/report.ts";
import type { TxIdx } from "./selection.ts";
import type { SpanIdx } from "./timeline.ts";

export type Conflict = {
  /** The index in `Report.aborts`. */
  abort: number;
  /** The writer's execution. */
  from: SpanIdx;
  /** The execution that came to nothing. */
  to: SpanIdx;
  /** Did it happen to what is selected, rather than to others through it? */
  suffered: boolean;
};

/** More arrows than this are a tangle. */
const MOST = 60;

/** What hit a transaction, and then what it hit, as far as a picture can show it. */
export function conflictsOf(report: Report, tx: TxIdx | null): Conflict[] {
  if (tx === null) return [];
  const { aborts } = report;
  const suffered: Conflict[] = [];
  const caused: Conflict[] = [];
  aborts.tx.forEach((reader, abort) => {
    const isReader = reader === tx;
    if (!isReader && aborts.writer[abort] !== tx) return;
    const from = aborts.writerSpan[abort] ?? null;
    const to = aborts.span[abort] ?? null;
    if (from === null || to === null) return;
    (isReader ? suffered : caused).push({ abort, from, to, suffered: isReader });
  });
  // Those it caused lie below.
  return [...caused.slice(0, Math.max(MOST - suffered.length, 0)), ...suffered.slice(0, MOST)];
}

/** The span of a transaction that ended last; the report has them by worker. */
export function lastSpan({ spans }: Report, tx: TxIdx): SpanIdx | null {
  let last: SpanIdx | null = null;
  spans.tx.forEach((owner, span) => {
    if (owner === tx && (last === null || (spans.end[span] ?? 0) >= (spans.end[last] ?? 0))) last = span;
  });
  return last;
}

/** The abort before or after a span's end (or of all), in time; none where there is none. */
export function neighbourAbort(report: Report, from: SpanIdx | null, by: 1 | -1): number | null {
  const { aborts, spans } = report;
  if (aborts.at.length === 0) return null;
  if (from === null) return by === 1 ? 0 : aborts.at.length - 1;
  const here = aborts.span.indexOf(from);
  if (here >= 0) {
    const next = here + by;
    return next >= 0 && next < aborts.at.length ? next : null;
  }
  const time = spans.end[from] ?? 0;
  if (by === 1) {
    const next = aborts.at.findIndex((at) => at > time);
    return next < 0 ? null : next;
  }
  const last = aborts.at.findLastIndex((at) => at < time);
  return last < 0 ? null : last;
}
