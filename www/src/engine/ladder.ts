/**
 * What is done when the engine breaks in a run: the same batch runs again, with fewer workers, and at
 * last one transaction after another.
 *
 * The result is right or there is none; the page says what happened.
 */
import { withPossibleFaults } from "../model/faults.ts";
import type { Reply } from "./client.ts";
import type { RunOptions } from "./report.ts";

/** What to run after a run with these options broke the engine; the more careful ones last. */
export function rungs(options: RunOptions): RunOptions[] {
  const alone = { ...options, strategy: "sequential", workers: 1 };
  const fewer = options.workers > 1 ? [{ ...options, workers: options.workers - 1 }] : [];
  return [...fewer, alone].map(withPossibleFaults);
}

export type Ended<T> = {
  reply: Reply<T>;
  /** How it ran at last. */
  options: RunOptions;
  /** Why it ran again, each time. */
  broke: string[];
};

/** Runs until the engine holds, or until there is nothing left to try or `wanted` says so. */
export async function climb<T>(
  options: RunOptions,
  wanted: () => boolean,
  run: (options: RunOptions) => Promise<Reply<T>>,
): Promise<Ended<T>> {
  const broke: string[] = [];
  let last: Ended<T> = { reply: await run(options), options, broke };
  for (const rung of rungs(options)) {
    const { reply } = last;
    if (reply.kind !== "failed" || !reply.broke || !wanted()) break;
    broke.push(reply.message);
    const again = await run(rung);
    // An engine that is not started any more has nothing to say; why it broke has.
    last = again.kind === "gone" && wanted() ? last : { reply: again, options: rung, broke };
  }
  return last;
}

/** What happened, in plain words. */
export function recoveredText({ options, broke }: Ended<unknown>): string {
  const how =
    options.strategy === "sequential"
      ? "one transaction after another"
      : `with ${options.workers} ${options.workers === 1 ? "worker" : "workers"}`;
  const times = broke.length === 1 ? "" : `, ${broke.length} times`;
  return `The engine stopped working${times} (${broke.at(-1) ?? ""}) and was replaced; the batch ran again ${how}.`;
}
