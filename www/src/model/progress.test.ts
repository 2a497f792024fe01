import { expect, test } from "vitest";
import type { EngineStatus } from "../engine/client.ts";
import { catalog } from "./fixture.ts";
import { compilerText, progressShare, progressText } from "./progress.ts";

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

test("where nothing is counted there is no share", () => {
  const run = { kind: "running", progress: { phase: "analysis", committed: 0, total: 0 } } as const;
  expect(progressText(ready, run)).toBe("Analysing…");
  expect(progressShare(ready, run)).toBeNull();
  expect(progressText({ kind: "loading" }, { kind: "waiting" })).toBe("Loading the engine…");
  expect(progressText(ready, { kind: "idle" })).toBe("");
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
