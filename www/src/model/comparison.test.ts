import { expect, test } from "vitest";
import { type Comparison, DEFAULTS, type Sketch, type StrategyEntry } from "../engine/report.ts";
import { badge, boundRows, COMPARED, comparedRows, longest } from "./comparison.ts";
import { catalog, report } from "./fixture.ts";

const entry = (id: string, needs: StrategyEntry["needs"]): StrategyEntry => ({
  id,
  name: id.toUpperCase(),
  summary: `What ${id} does.`,
  needs,
});
const strategies = [entry("sequential", "nothing"), entry("dag", "hints"), entry("bal", "list")];
const sketch = (end: number): Sketch => ({ lanes: 2, end, lane: [0], kind: ["committed"], start: [0], length: [end] });
const run = (strategy: string, speedup: number, preparation: number) => ({
  ...report.summary,
  strategy,
  speedup,
  preparation,
  makespan: 180_000 / speedup,
});
const comparison: Comparison = {
  title: "One hot counter",
  bounds: report.bounds,
  runs: [run("sequential", 1, 0), run("dag", 2, 90_000), run("bal", 4, 180_000)],
  sketches: [sketch(180_000), sketch(90_000), sketch(45_000)],
  rejected: [],
};
const rows = (column: number, descending: boolean) =>
  comparedRows(comparison, { ...catalog, strategies }, DEFAULTS, { column, descending });

test("rows are in the order of a column, and rows alike in the order of the menu", () => {
  expect(rows(0, true).map(({ id }) => id)).toEqual(["bal", "dag", "sequential"]);
  expect(rows(2, false).map(({ id }) => id)).toEqual(["sequential", "dag", "bal"]);
  const aborts = COMPARED.findIndex(({ name }) => name === "Aborts");
  expect(rows(aborts, true).map(({ id }) => id)).toEqual(["sequential", "dag", "bal"]);
});

test("a row says what the strategy is, what it needs and what it came to", () => {
  const [first] = rows(0, true);
  expect(first).toMatchObject({ name: "BAL", summary: "What bal does.", share: 1, matches: true });
  expect(first?.badge.text).toBe("a list");
  expect(first?.cells).toEqual(["4.00×", "45,000 gas", "180,000 gas", "1", "1", "60,000 gas", "56 %"]);
  expect(first?.sketchLabel).toBe("Timeline of BAL: 2 workers, 45,000 gas");
  const wide = { ...comparison, runs: comparison.runs.map((each) => ({ ...each, workers: 64 })) };
  const [row] = comparedRows(wide, { ...catalog, strategies }, DEFAULTS, { column: 0, descending: true });
  expect(row?.sketchLabel).toBe("Timeline of BAL: the first 2 of 64 workers, 45,000 gas");
});

test("hints make the badge", () => {
  const of = (hints: (typeof DEFAULTS)["hints"]) => badge(strategies[1], { ...DEFAULTS, hints }).text;
  expect(of("dry-run")).toBe("a dry run");
  expect(of("access-lists")).toBe("declared access");
  expect(of("perfect")).toBe("perfect hints");
  expect(badge(strategies[0], DEFAULTS).text).toBe("needs nothing");
});

test("timelines share the axis of the slowest", () => {
  expect(longest(comparison)).toBe(180_000);
});

test("bounds are told apart by what counts as a conflict", () => {
  expect(boundRows(report)[0]).toMatchObject({ name: "Accounts and fees", value: "1.00×" });
  expect(boundRows(report).at(-1)?.share).toBe(1);
});
