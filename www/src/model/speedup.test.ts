import { expect, test } from "vitest";
import type { Curve } from "../engine/report.ts";
import { speedupChart, speedupNotes, speedupTable } from "./speedup.ts";

const curve: Curve = {
  title: "One hot counter",
  strategy: "block-stm",
  clock: "gas",
  matches: true,
  leftOut: 0,
  points: [
    { workers: 1, bound: 1, simulated: 0.95, measured: { median: 0.8, slowest: 0.7, fastest: 0.9, runs: 5 }, ceiling: 1 },
    { workers: 2, bound: 1.5, simulated: 1.4, measured: { median: 1.2, slowest: 1.1, fastest: 1.3, runs: 5 }, ceiling: 1.6 },
    { workers: 64, bound: 1.5, simulated: 1.45, measured: null, ceiling: null },
  ],
};
const unmeasured = { ...curve, points: curve.points.map((point) => ({ ...point, measured: null, ceiling: null })) };

test("the ideal leaves through the top, so that the other lines can be told apart", () => {
  const chart = speedupChart(curve);
  expect(chart.x).toEqual([1, 2, 64]);
  expect(chart.top).toBeCloseTo(1.8);
  expect(chart.lines.map(({ name }) => name)).toEqual([
    "Ideal",
    "Critical path",
    "Simulated",
    "This machine",
    "Measured",
  ]);
  expect(chart.lines[3]?.values).toEqual([1, 1.6, null]);
  expect(chart.lines[4]?.values).toEqual([0.8, 1.2, null]);
  expect(chart.spread?.most).toEqual([0.9, 1.3, null]);
});

test("a point is read in words", () => {
  const [ideal, , , machine, measured] = speedupChart(curve).lines;
  expect(ideal?.text(2)).toBe("64.0×");
  expect(measured?.text(1)).toBe("1.20× (1.10× to 1.30×)");
  expect(measured?.text(2)).toBe("not measured");
  expect(machine?.text(1)).toBe("1.60×");
});

test("without threads there is no measured line, and a note says so", () => {
  expect(speedupChart(unmeasured).lines).toHaveLength(3);
  expect(speedupNotes(unmeasured, 1)).toEqual([
    "Simulated in gas time.",
    "Not measured: this page has no threads.",
  ]);
});

test("notes say the clock, the runs and what was left out", () => {
  expect(speedupNotes({ ...curve, leftOut: 2 }, 8)).toEqual([
    "Simulated in gas time.",
    "Measured in wall time, the median of 5 runs, up to the 2 threads there are.",
    "2 threads of this machine do 1.60× the work of one.",
    "The block is large, so 2 points were left out.",
  ]);
});

test("the table has the same values", () => {
  const table = speedupTable(curve);
  expect(table.row(1).map(({ text }) => text)).toEqual(["2", "2.00×", "1.50×", "1.40×", "1.60×", "1.20×", "1.10× to 1.30×"]);
  expect(table.row(2)[5]).toEqual({ text: "not measured", tone: "quiet" });
});
