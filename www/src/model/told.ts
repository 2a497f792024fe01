/** What happened at an event, in words. */
import type { Cause, Report } from "../engine/report.ts";
import { txName } from "../lib/format.ts";

/** Words, and names of locations among them. */
export type Part = { text: string; code?: boolean };

/** One sentence; nothing for an event that there is not. */
export function told(report: Report, event: number): Part[] {
  const { events, spans } = report;
  const of = events.of[event] ?? 0;
  const tx = txName(events.tx[event] ?? 0);
  const worker = `worker ${spans.worker[of] ?? 0}`;
  switch (events.kind[event]) {
    case "started": {
      const incarnation = spans.incarnation[of] ?? 0;
      return words(
        incarnation === 0
          ? `${tx} starts on ${worker}.`
          : `${tx} runs again on ${worker}, as incarnation ${incarnation}.`,
      );
    }
    case "executed":
      return words(`${tx} ran to its end; others can now read what it wrote.`);
    case "cancelled":
      return words(`This incarnation of ${tx} came to nothing; ${worker} drops its result.`);
    case "validated":
      return words(`${tx} was validated: it would read the same again.`);
    case "committed":
      return words(`${tx} is committed: its result can no longer change.`);
    case "blocked":
      return blocked(tx, spans.writer[of] ?? null, name(report, spans.location[of] ?? null));
    case "aborted":
      return aborted(report, of);
    default:
      return [];
  }
}

/** The sentence as plain text. */
export function plain(parts: Part[]): string {
  return parts.map(({ text, code }) => (code ? `\`${text}\`` : text)).join("");
}

function blocked(tx: string, writer: number | null, where: string): Part[] {
  const by = writer === null ? "an earlier transaction" : txName(writer);
  return [
    { text: `${tx} came to ` },
    { text: where, code: true },
    { text: `, which ${by} has yet to write, so ${tx} stops and waits.` },
  ];
}

function aborted(report: Report, abort: number): Part[] {
  const { aborts } = report;
  const tx = txName(aborts.tx[abort] ?? 0);
  const writer = aborts.writer[abort] ?? null;
  const by = writer === null ? "an earlier transaction" : txName(writer);
  const because: Record<Cause, string> = {
    overtaken: `, which ${by} wrote after ${tx} had started`,
    withdrawn: ` from ${by}; ${by} was aborted`,
    unsettled: `; ${by}, which wrote it meanwhile, was aborted`,
    pending: `, which ${by} has yet to write`,
    changed: `, which has changed since`,
  };
  const cause = because[aborts.cause[abort] ?? "changed"];
  return [
    { text: `${tx} read ` },
    { text: name(report, aborts.location[abort] ?? null), code: true },
    { text: `${cause}, so ${tx} must run again.` },
  ];
}

function name(report: Report, location: number | null): string {
  return report.locations[location ?? -1]?.name ?? "a location";
}

function words(text: string): Part[] {
  return [{ text }];
}
