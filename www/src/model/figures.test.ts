import { expect, test } from "vitest";
import { figuresModel } from "./figures.ts";
import { report } from "./fixture.ts";

test("the key figures are those of the summary", () => {
  const figures = figuresModel(report).map(({ name, value }) => [name, value]);
  expect(figures).toEqual([
    ["Speedup", "1.13×"],
    ["Aborts", "1"],
    ["Wasted", "60,000"],
    ["Critical path", "1.20×"],
    ["Utilisation", "56 %"],
  ]);
});

test("a measured speedup tells its spread", () => {
  const wall = { runs: 5, fastest: 900, slowest: 1500, oracleFastest: 1, oracleSlowest: 2 };
  const measured = { ...report, summary: { ...report.summary, clock: "wall", wall } as const };
  expect(figuresModel(measured)[0]?.meaning).toContain("900 µs to 1.50 ms");
});

test("a speedup of a part says so", () => {
  const summary = { ...report.summary, partial: { committed: 4, transactions: 10 } };
  const [speedup] = figuresModel({ ...report, summary });
  expect(speedup?.note).toMatch(/ \(part\)$/);
  expect(speedup?.meaning).toMatch(/^The run was stopped, and this is of the part that is final\. Sequential/);
});
