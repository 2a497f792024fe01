import { expect, test } from "vitest";
import type { EngineStatus } from "../engine/client.ts";
import { progressShare, progressText } from "./progress.ts";

const ready: EngineStatus = {
  kind: "ready",
  engine: {
    catalog: {
      strategies: [],
      examples: [],
      verbs: [],
      limits: { transactions: 1, scriptChars: 1, scriptOperations: 1, simulatedWorkers: 1 },
    },
    threads: 1,
    memoryMiB: 128,
  },
};

test("a run says how far it is", () => {
  const run = {
    kind: "running",
    progress: { phase: "strategy", committed: 1200, total: 10_000 },
  } as const;
  expect(progressText(ready, run)).toBe("Executing, 1,200 of 10,000");
  expect(progressShare(ready, run)).toBeCloseTo(0.12);
});

test("where nothing is counted there is no share", () => {
  const run = { kind: "running", progress: { phase: "analysis", committed: 0, total: 0 } } as const;
  expect(progressText(ready, run)).toBe("Analysing…");
  expect(progressShare(ready, run)).toBeNull();
  expect(progressText({ kind: "loading" }, { kind: "waiting" })).toBe("Loading the engine…");
  expect(progressText(ready, { kind: "idle" })).toBe("");
});
