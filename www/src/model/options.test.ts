import { expect, test } from "vitest";
import { DEFAULTS, type Catalog, type RunOptions } from "../engine/report.ts";
import { catalog as empty } from "./fixture.ts";
import { mostWorkers, needsHints, possible } from "./options.ts";

const catalog: Catalog = {
  ...empty,
  strategies: [
    { id: "sequential", name: "Sequential", summary: "", needs: "nothing" },
    { id: "block-stm", name: "Block-STM", summary: "", needs: "nothing" },
  ],
};
const options: RunOptions = { ...DEFAULTS, strategy: "block-stm", runner: "simulated", workers: 64 };

test("only a strategy that needs something is asked where it comes from", () => {
  const [sequential] = catalog.strategies;
  expect(needsHints(sequential)).toBe(false);
  expect(needsHints(sequential && { ...sequential, needs: "hints" })).toBe(true);
  expect(needsHints(undefined)).toBe(false);
});

test("threads are as many as the pool has, simulated workers as many as the engine allows", () => {
  expect(mostWorkers("threads", 8)).toBe(8);
  expect(mostWorkers("threads", 1)).toBe(1);
  expect(mostWorkers("simulated", 8)).toBe(1024);
});

test("nothing that was chosen is lost while the engine loads", () => {
  expect(possible({ ...options, runner: "threads" }, null, null).workers).toBe(64);
});

test("options that cannot be are brought to the nearest that can", () => {
  expect(possible(options, 8, catalog)).toEqual(options);
  expect(possible({ ...options, runner: "threads" }, 8, catalog).workers).toBe(8);
  expect(possible({ ...options, workers: Number.NaN }, 8, catalog).workers).toBe(1);
  expect(possible({ ...options, workers: -3, seed: -1, shards: 99 }, 8, catalog)).toMatchObject({
    workers: 1,
    seed: 0,
    shards: 64,
  });
  expect(possible({ ...options, strategy: "gone" }, 8, catalog).strategy).toBe("sequential");
});
