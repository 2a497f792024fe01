/** Speedup over the number of workers, as curves and as a table. */
import type { Curve, CurvePoint } from "../engine/report.ts";
import { clockName, count, counted, times } from "../lib/format.ts";
import type { Chart, Line } from "./chart.ts";
import type { Table } from "./tables.ts";

/** Room above the highest line that matters. */
const HEADROOM = 1.2;

export function speedupChart(curve: Curve): Chart {
  const { points } = curve;
  const measured = points.map((point) => point.measured);
  const line = (rest: Omit<Line, "text">): Line => ({
    ...rest,
    text: (index) => {
      const value = rest.values[index] ?? null;
      return value === null ? "not measured" : times(value);
    },
  });
  const lines = [
    line({
      role: "ideal",
      name: "Ideal",
      meaning: "If nothing depended on anything, and every worker was always busy.",
      values: points.map(({ workers }) => workers),
    }),
    line({
      role: "bound",
      name: "Critical path",
      meaning: "The most that the batch's dependencies allow on so many workers.",
      values: points.map(({ bound }) => bound),
    }),
    line({
      role: "simulated",
      name: "Simulated",
      meaning: `What the strategy reaches with virtual workers, in ${clockName(curve.clock)}.`,
      values: points.map(({ simulated }) => simulated),
    }),
  ];
  if (points.some(({ ceiling }) => ceiling !== null)) {
    lines.push(
      line({
        role: "ceiling",
        name: "This machine",
        meaning: "Sequential executions side by side, a copy of the batch for each: the most that threads reach here.",
        values: points.map(({ ceiling }) => ceiling),
      }),
    );
  }
  if (measured.some((it) => it !== null)) {
    const text = (index: number) => {
      const it = measured[index];
      if (!it) return "not measured";
      const spread = it.runs > 1 ? ` (${times(it.slowest)} to ${times(it.fastest)})` : "";
      return `${times(it.median)}${spread}`;
    };
    lines.push({
      role: "measured",
      name: "Measured",
      meaning: "What threads reach on this machine, in wall time: the median, and its spread.",
      values: measured.map((it) => it?.median ?? null),
      text,
    });
  }
  const highest = Math.max(
    1,
    // The spread of a busy machine may be as wide as it likes.
    ...points.map(({ bound, simulated, measured: it }) => Math.max(bound, simulated, it?.median ?? 0)),
  );
  return {
    x: points.map(({ workers }) => workers),
    xName: "Workers",
    yName: "Speedup",
    logarithmic: true,
    top: highest * HEADROOM,
    lines,
    spread: {
      role: "measured",
      least: measured.map((it) => it?.slowest ?? null),
      most: measured.map((it) => it?.fastest ?? null),
    },
    xText: (workers) => counted(workers, "worker"),
    yText: (speedup) => `${Number(speedup.toPrecision(3))}×`,
  };
}

/** The table twin. */
export function speedupTable({ points }: Curve): Table {
  const numbers = (of: (point: CurvePoint) => number) => (row: number) => {
    const point = points[row];
    return point ? of(point) : 0;
  };
  return {
    columns: [
      { name: "Workers", numeric: true, chars: 9, key: numbers(({ workers }) => workers) },
      { name: "Ideal", numeric: true, chars: 9, key: numbers(({ workers }) => workers) },
      { name: "Critical path", numeric: true, chars: 14, key: numbers(({ bound }) => bound) },
      { name: "Simulated", numeric: true, chars: 11, key: numbers(({ simulated }) => simulated) },
      {
        name: "This machine",
        numeric: true,
        chars: 13,
        meaning: "What as many threads give at most, with nothing shared.",
        key: numbers(({ ceiling }) => ceiling ?? -1),
      },
      {
        name: "Measured",
        numeric: true,
        chars: 11,
        meaning: "Median of the runs on threads.",
        key: numbers(({ measured }) => measured?.median ?? -1),
      },
      { name: "Spread", grow: 1, chars: 18, meaning: "Slowest to fastest run." },
    ],
    length: points.length,
    row: (index) => {
      const point = points[index];
      if (!point) return [];
      const { workers, bound, simulated, measured, ceiling } = point;
      return [
        { text: count(workers) },
        { text: times(workers) },
        { text: times(bound) },
        { text: times(simulated) },
        ceiling === null ? { text: "not measured", tone: "quiet" } : { text: times(ceiling) },
        measured ? { text: times(measured.median) } : { text: "not measured", tone: "quiet" },
        { text: measured ? `${times(measured.slowest)} to ${times(measured.fastest)}` : "" },
      ];
    },
    subject: () => ({ kind: "nothing" }),
  };
}

/** Which clock the lines are on, and what is missing and why. */
export function speedupNotes(curve: Curve, threads: number | null): string[] {
  const runs = Math.max(0, ...curve.points.map(({ measured }) => measured?.runs ?? 0));
  const notes = [`Simulated in ${clockName(curve.clock)}.`];
  if (runs > 0) {
    const most = Math.max(...curve.points.map(({ workers, measured }) => (measured ? workers : 0)));
    notes.push(
      `Measured in wall time, the median of ${counted(runs, "run")}, up to the ${counted(most, "thread")} there are.`,
    );
    const last = curve.points.findLast(({ ceiling }) => ceiling !== null && ceiling !== 1);
    if (last && last.ceiling !== null) {
      notes.push(`${counted(last.workers, "thread")} of this machine do ${times(last.ceiling)} the work of one.`);
    }
  } else if ((threads ?? 1) > 1) {
    notes.push("Not measured: the clock of this page is too coarse for it.");
  } else {
    notes.push("Not measured: this page has no threads.");
  }
  if (curve.leftOut > 0) {
    notes.push(`The block is large, so ${counted(curve.leftOut, "point")} were left out.`);
  }
  return notes;
}
