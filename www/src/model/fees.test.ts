import { expect, test } from "vitest";
import type { Fees } from "../engine/report.ts";
import { assumptionsOf, feesChart, feesTable, settledText, supposed } from "./fees.ts";
import { report } from "./fixture.ts";

const fees = (baseFeeGwei: number[], waitSeconds: (number | null)[]): Fees => ({
  assumptions: assumptionsOf(supposed(report, {}), 1),
  rules: [],
  gasLimit: 2e6,
  gasTarget: 1e6,
  targetPerSecond: 1111,
  settled: { baseFeeGwei: 12.345, fullness: 0.5, perSecond: 1100, waitSeconds: 7.251, gaveUp: 0.2 },
  blocks: {
    baseFeeGwei,
    fullness: baseFeeGwei.map(() => 1),
    executed: baseFeeGwei.map(() => 10),
    waitSeconds,
    waiting: baseFeeGwei.map(() => 0),
    gaveUp: baseFeeGwei.map(() => 0),
  },
});
const [slow, fast] = [fees([1, 1.125, 10], [6, 6, null]), fees([1, 0.875, 0.5], [6, 6, 6])];

test("what is supposed follows the batch, until a person says otherwise", () => {
  expect(supposed(report, {})).toMatchObject({ sequentialMgas: 100, gasPerTransaction: 45_000, demand: 1700 });
  expect(supposed(report, { demand: 5 }).demand).toBe(5);
  const summary = { ...report.summary, gasPerSecond: 250e6, speedup: 2 };
  expect(supposed({ ...report, summary }, {}).sequentialMgas).toBe(130);
});

test("the speedup of the run multiplies the throughput", () => {
  expect(assumptionsOf(supposed(report, {}), 3).gasPerSecond).toBe(300e6);
});

test("where it settles is said in words", () => {
  expect(settledText(slow)).toBe(
    "room for 1,111 transactions a second; 1,100 are executed, in blocks 50 % full; the base fee settles at 12.3 gwei, who is executed waits 7.25 s, 20 % give up.",
  );
  const { settled } = slow;
  const none = { ...slow, settled: { ...settled, waitSeconds: null, gaveUp: 0 } };
  expect(settledText(none)).toContain("and nothing is executed, nobody gives up.");
});

test("a base fee that has fallen to next to nothing is in wei", () => {
  const { settled } = fast;
  const low = { ...fast, settled: { ...settled, baseFeeGwei: 0.000000522 } };
  expect(settledText(low)).toContain("the base fee settles at 522 wei");
});

test("chart and table have both throughputs", () => {
  const chart = feesChart(slow, fast, 3.84);
  expect(chart.lines.map(({ name, text }) => `${name}: ${text(2)}`)).toEqual([
    "Sequential: 10 gwei",
    "At 3.84×: 0.5 gwei",
  ]);
  expect(chart.top).toBeCloseTo(11);
  const table = feesTable(slow, fast);
  expect(table.row(2).map(({ text }) => text)).toEqual(["3", "10 gwei", "0.5 gwei", "100 %", "100 %", "nobody", "6 s"]);
  expect(table.row(2)).toHaveLength(table.columns.length);
});
