import { expect, test } from "vitest";
import type { Reply } from "./client.ts";
import { climb, recoveredText, rungs } from "./ladder.ts";
import { DEFAULTS, type RunOptions } from "./report.ts";

const OPTIONS: RunOptions = { ...DEFAULTS, workers: 4, faults: [{ kind: "slow", worker: 3, factor: 2 }] };

function breaking(times: number, broke = true) {
  const ran: string[] = [];
  const run = ({ strategy, workers }: RunOptions): Promise<Reply<string>> => {
    ran.push(`${strategy} ${workers}`);
    const failed = { kind: "failed", message: "unreachable", broke, restarted: true } as const;
    return Promise.resolve(ran.length <= times ? failed : { kind: "done", value: "right" });
  };
  return { ran, run };
}

test("fewer workers, then one transaction after another", async () => {
  expect(rungs(OPTIONS).map(({ faults }) => faults)).toEqual([[], []]);
  const { ran, run } = breaking(2);
  const ended = await climb(OPTIONS, () => true, run);
  expect(ran).toEqual(["block-stm 4", "block-stm 3", "sequential 1"]);
  expect(ended.reply).toEqual({ kind: "done", value: "right" });
  expect(recoveredText(ended)).toContain("2 times (unreachable) and was replaced");
});

test("at the end of the ladder there is an error, and no endless loop", async () => {
  const { ran, run } = breaking(99);
  const ended = await climb(OPTIONS, () => true, run);
  expect(ran).toHaveLength(3);
  expect(ended.reply.kind).toBe("failed");
});

test("what the engine refuses is not tried again, and nor is what nobody wants any more", async () => {
  const refused = breaking(99, false);
  await climb(OPTIONS, () => true, refused.run);
  expect(refused.ran).toHaveLength(1);
  const unwanted = breaking(99);
  await climb(OPTIONS, () => false, unwanted.run);
  expect(unwanted.ran).toHaveLength(1);
});
