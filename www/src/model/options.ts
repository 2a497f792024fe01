/** What a person may choose for a run. */
import type { Catalog, RunnerKind, RunOptions } from "../engine/report.ts";

/** What may be chosen while the engine has not yet said what it can do. */
const UNKNOWN = 64;

/** The most workers that a runner offers; a thread each, or the engine's limit. */
export function mostWorkers(runner: RunnerKind, threads: number | null, catalog: Catalog | null) {
  if (runner === "threads") return threads ?? UNKNOWN;
  return catalog?.limits.simulatedWorkers ?? UNKNOWN;
}

/** The options made possible: a known strategy, and as many workers as there can be. */
export function possible(
  options: RunOptions,
  threads: number | null,
  catalog: Catalog | null,
): RunOptions {
  const known = catalog?.strategies.some(({ id }) => id === options.strategy) ?? true;
  const strategy = known ? options.strategy : (catalog?.strategies[0]?.id ?? options.strategy);
  const most = mostWorkers(options.runner, threads, catalog);
  const workers = Math.min(Math.max(Math.round(options.workers) || 1, 1), most);
  const seed = Math.min(Math.max(Math.round(options.seed) || 0, 0), 2 ** 32 - 1);
  return { ...options, strategy, workers, seed };
}
