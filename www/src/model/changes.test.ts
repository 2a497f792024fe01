import { expect, test } from "vitest";
import type { Report } from "../engine/report.ts";
import { besides, changes } from "./changes.ts";
import { report as before } from "./fixture.ts";

/** The same batch without its counter. */
const after: Report = {
  ...before,
  summary: {
    ...before.summary,
    speedup: 1.8,
    criticalPathGas: 50_000,
    criticalPathBound: 3.6,
    aborts: 0,
    blocked: 0,
    failed: 0,
    succeeded: 4,
    wastedGas: 0,
    utilisation: 0.9,
  },
  locations: [],
};

const said = (a: Report, b: Report) => changes(a, b).map(({ text, tone }) => `${tone}: ${text}`);

test("the same result twice has changed in nothing", () => {
  expect(said(before, { ...before, locations: [] }).length).toBeGreaterThan(0);
  expect(said({ ...before, locations: [] }, { ...before, locations: [] })).toEqual([]);
  expect(said(before, before)).toEqual(["plain: Airdrop.claimed still is the worst location."]);
});

test("a remedy is said in words", () => {
  expect(said(before, after)).toEqual([
    "better: 0 transactions failed or were skipped, before 1.",
    "better: Its speedup over sequential execution is 1.80×, before 1.13×.",
    "better: The critical path is 50,000 gas of 180,000 gas, before 150,000 gas of 180,000 gas: dependencies allow 3.60×, before 1.20×.",
    "better: Airdrop.claimed is no longer hot.",
    "better: 0 incarnations ended in vain, before 2.",
  ]);
});

test("the other way round it is worse", () => {
  expect(said(after, before)).toContain(
    "worse: Airdrop.claimed holds the batch back now, written by 2 transactions.",
  );
  expect(said(after, before)).toContain("worse: Its speedup over sequential execution is 1.13×, before 1.80×.");
});

test("a location that is still touched, and holds nobody back, is said so", () => {
  const harmless = before.locations.map((facts) => ({ ...facts, lossShare: 0 }));
  expect(said(before, { ...before, locations: harmless })).toEqual([
    "better: Airdrop.claimed no longer holds the batch back.",
  ]);
});

test("of many locations the first are named", () => {
  const many = [1, 2, 3, 4, 5].flatMap((i) =>
    before.locations.map((facts) => ({ ...facts, name: `slot ${i}` })),
  );
  expect(said({ ...before, locations: [] }, { ...before, locations: many })).toEqual([
    "worse: slot 1 holds the batch back now, written by 2 transactions.",
    "worse: slot 2 holds the batch back now, written by 2 transactions.",
    "worse: slot 3 holds the batch back now, written by 2 transactions.",
    "worse: 2 more locations hold the batch back now.",
  ]);
});

test("another way to run is said, and is neither better nor worse", () => {
  const summary = { ...before.summary, strategy: "dag", workers: 4, clock: "wall" as const };
  expect(said(before, { ...before, summary }).slice(0, 3)).toEqual([
    "plain: It was timed in wall time, before in gas time.",
    "plain: It ran under dag, before under block-stm.",
    "plain: It had 4 workers, before 2.",
  ]);
});

test("numbers stand side by side", () => {
  const rows = besides(before, after);
  const row = (name: string) => rows.find((each) => each.name === name);
  expect(row("Speedup")).toEqual({ name: "Speedup", before: "1.13×", after: "1.80×", tone: "better" });
  expect(row("Gas used")?.tone).toBe("plain");
  expect(row("Worst location")).toMatchObject({ before: "Airdrop.claimed", after: "none" });
});

test("a part is not taken for the whole", () => {
  const whole = { ...before, locations: [] };
  const summary = { ...whole.summary, transactions: 2, partial: { committed: 2, transactions: 4 } };
  const part = { ...whole, summary };
  const stopped = "is of the first 2 of 4 transactions alone: the run was stopped.";
  expect(said(whole, part)).toEqual([`plain: This result ${stopped}`]);
  expect(said(part, whole)).toEqual([`plain: The one before ${stopped}`]);
});
