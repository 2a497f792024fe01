import { expect, test } from "vitest";
import type { EngineStatus } from "../engine/client.ts";
import { catalog } from "./fixture.ts";
import { compilerText, type Pace, paceOf, progressShare, progressText } from "./progress.ts";

const ready: EngineStatus = {
  kind: "ready",
  engine: { catalog, threads: 1, memoryMiB: 128 },
};

test("a run says how far it is", () => {
  const run = {
    kind: "running",
    progress: { phase: "strategy", committed: 1200, total: 10_000 },
  } as const;
  expect(progressText(ready, run)).toBe("Executing, 1,200 of 10,000");
  expect(progressShare(ready, run)).toBeCloseTo(0.12);
});

test("a run says how long it has left, once that can be said", () => {
  const steps = [
    { committed: 0, nowMs: 0, left: "" },
    { committed: 10, nowMs: 400, left: "" },
    { committed: 100, nowMs: 2000, left: ", 18 s left" },
    { committed: 500, nowMs: 5000, left: ", 5 s left" },
    { committed: 1000, nowMs: 9000, left: ", 1 s left" },
  ];
  let pace: Pace | undefined;
  for (const { committed, nowMs, left } of steps) {
    const progress = { phase: "strategy", committed, total: 1000 } as const;
    pace = paceOf(pace, progress, nowMs);
    const text = progressText(ready, { kind: "running", progress, pace });
    expect(text).toMatch(new RegExp(`of 1,000${left}$`));
  }
  // The next phase begins anew, and one that counts nothing says nothing.
  const analysis = { phase: "analysis", committed: 0, total: 0 } as const;
  pace = paceOf(pace, analysis, 9100);
  expect(paceOf(pace, analysis, 20_000).leftMs).toBeNull();
  const slow = { phase: "strategy", committed: 1, total: 1000 } as const;
  const slowly = paceOf({ phase: "strategy", sinceMs: 0, leftMs: null }, slow, 1000);
  expect(progressText(ready, { kind: "running", progress: slow, pace: slowly })).toMatch(/17 min left$/);
});

test("where nothing is counted there is no share", () => {
  const run = { kind: "running", progress: { phase: "analysis", committed: 0, total: 0 } } as const;
  expect(progressText(ready, run)).toBe("Analysing…");
  expect(progressShare(ready, run)).toBeNull();
  expect(progressText({ kind: "loading" }, { kind: "waiting" })).toBe("Loading the engine…");
  expect(progressText(ready, { kind: "idle" })).toBe("");
});

test("a run that was stopped says whether something of it is still to come", () => {
  expect(progressText(ready, { kind: "stopping", next: "show" })).toBe("Stopping…");
  expect(progressText(ready, { kind: "reporting" })).toBe("Stopped; analysing what there is…");
});

test("a run that waits for the compiler says so", () => {
  const loading = { kind: "loading", share: 0.428 } as const;
  expect(progressText(ready, { kind: "waiting" }, loading)).toBe(
    "Loading the Solidity compiler, 42 %…",
  );
  expect(compilerText({ kind: "loading", share: null })).toBe("Loading the Solidity compiler…");
  expect(progressText(ready, { kind: "waiting" }, { kind: "compiling" })).toBe("Compiling…");
  expect(progressText(ready, { kind: "waiting" }, { kind: "idle" })).toBe(
    "Waiting for the engine…",
  );
});
