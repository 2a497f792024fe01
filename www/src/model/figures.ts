/** The key figures of a run: a value, what it is called, and what it means. */
import type { ListUsed, OverheadUsed, Report, VerdictLink } from "../engine/report.ts";
import { amount, count, counted, duration, gas, percent, times } from "../lib/format.ts";

export type Figure = {
  name: string;
  value: string;
  /** Written small after the value. */
  unit?: string;
  /** The line below the value. */
  note: string;
  /** What the word means, for whoever hovers over it. */
  meaning: string;
  link: VerdictLink;
};

/** Parts of the overhead that are shares of other times. */
const shares = new Set(["sharing", "crowding"]);

/** What virtual workers were taken to lose beside executing. */
function machinery(overhead: OverheadUsed | null): string {
  const parts = overhead?.value.flatMap((value, at) => {
    const name = overhead.name[at];
    if (value === 0 || name === undefined) return [];
    return [shares.has(name) ? `${name} ${percent(value)}` : `${name} ${value} µs`];
  });
  return parts?.length ? ` Overhead: ${parts.join(", ")}.` : "";
}

/** What of a block access list is part of the time. */
function compared(list: ListUsed | null): string {
  if (!list) return "";
  const given = list.source === "given" ? " that came with the block" : "";
  return ` Comparing what is done with the ${count(list.values)} values of the block access list${given} is part of it.`;
}

export function figuresModel(report: Report): Figure[] {
  const { summary } = report;
  const { clock } = summary;
  const spread = summary.wall
    ? `, ${duration(summary.wall.fastest, clock)} to ${duration(summary.wall.slowest, clock)}`
    : "";
  return [
    {
      name: "Speedup",
      value: times(summary.speedup),
      note: `of at most ${times(summary.idealSpeedup)}${summary.partial ? " (part)" : ""}`,
      meaning: `${summary.partial ? "The run was stopped, and this is of the part that is final. " : ""}Sequential execution took ${duration(summary.oracleTime, clock)}, this run ${duration(summary.makespan, clock)}${spread}.${compared(summary.list)}${machinery(summary.overhead)}`,
      link: { view: "timeline" },
    },
    {
      name: "Aborts",
      value: count(summary.aborts),
      note: `and ${count(summary.blocked)} blocked`,
      meaning: `Incarnations that ran to their end and then had to run again, of ${counted(summary.incarnations, "incarnation")} in all.`,
      link: { view: "timeline" },
    },
    {
      name: "Wasted",
      value: amount(summary.wastedGas),
      unit: "gas",
      note: `beside ${gas(summary.gasUsed)} used`,
      meaning: "Gas of incarnations that did not commit.",
      link: { view: "timeline" },
    },
    {
      name: "Critical path",
      value: times(summary.criticalPathBound),
      note: `${gas(summary.criticalPathGas)} in one chain`,
      meaning:
        "The heaviest chain of dependencies. However many workers there are, no strategy that has to compute these values gains more; a block access list gives them beforehand, and can.",
      link: { view: "dependencies" },
    },
    {
      name: "Utilisation",
      value: percent(summary.utilisation),
      note: `of ${counted(summary.workers, "worker")}`,
      meaning: "Share of the workers' time spent executing what was committed.",
      link: { view: "timeline" },
    },
  ];
}
