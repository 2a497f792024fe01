/** What a person may choose for a run. */
import { SIMULATED_WORKERS } from "../engine/limits.ts";
import {
  SHARDS,
  type Catalog,
  type ConflictUnit,
  type CostModel,
  type HintSource,
  type RunnerKind,
  type RunOptions,
  type StrategyEntry,
} from "../engine/report.ts";
import { isFaults } from "./faults.ts";

/** Threads that may be chosen while the engine has not yet said how many there are. */
const UNKNOWN = 64;

/** Where a strategy that needs hints may get them. */
export const HINTS: readonly { id: HintSource; name: string; meaning: string }[] = [
  { id: "dry-run", name: "Dry run", meaning: "Each transaction executed alone, before the block" },
  { id: "access-lists", name: "Access lists", meaning: "What transactions declare (EIP-2930)" },
  { id: "script", name: "Script", meaning: "What the script says in its options reads and writes" },
  { id: "perfect", name: "Perfect", meaning: "What sequential execution read and wrote" },
];

/** What two transactions can conflict on. */
export const UNITS: readonly { id: ConflictUnit; name: string; meaning: string }[] = [
  { id: "split", name: "Fields and slots", meaning: "Balance, nonce, code and every slot apart" },
  { id: "account", name: "Whole accounts", meaning: "An account with all its storage as one" },
];

/** What the clock of virtual workers counts. */
export const COSTS: readonly { id: CostModel; name: string; meaning: string }[] = [
  { id: "gas", name: "Gas", meaning: "The same on every machine: compares strategies, and is no forecast of real time" },
  {
    id: "measured",
    name: "Measured time",
    meaning: "What each transaction takes alone on this machine, timed before the run",
  },
];

/** What is kept out of conflicts. */
export const SWITCHES: readonly {
  id: "deferredFees" | "commutativeBalances" | "expectedNonces";
  name: string;
  meaning: string;
}[] = [
  {
    id: "deferredFees",
    name: "Deferred fees",
    meaning: "The beneficiary is paid at commit. Off, each transaction depends on the one before.",
  },
  {
    id: "commutativeBalances",
    name: "Commutative balances",
    meaning: "Payments add up in any order. Only code that asks for a balance depends on others.",
  },
  {
    id: "expectedNonces",
    name: "Expected nonces",
    meaning: "A sender's next nonce is assumed, and validated like any read.",
  },
];

/** More parameters than there are. */
const MOST_OVERHEADS = 50;

/** Are these the same options? */
export function sameOptions(one: RunOptions, other: RunOptions): boolean {
  return OPTION_NAMES.every((name) => sameOption(name, one, other));
}

export function sameOption<Name extends keyof RunOptions>(
  name: Name,
  one: Pick<RunOptions, Name>,
  other: Pick<RunOptions, Name>,
): boolean {
  return JSON.stringify(one[name]) === JSON.stringify(other[name]);
}

/** What each option may be where it comes from elsewhere: a link, a file, the last visit. */
export const OPTIONS: { readonly [Name in keyof RunOptions]: Check<RunOptions[Name]> } = {
  strategy: { is: isName, means: "a strategy" },
  runner: { is: (value) => value === "threads" || value === "simulated", means: "a runner" },
  workers: { is: isWorkers, means: "a number of workers" },
  seed: { is: isCount, means: "a seed" },
  hints: { is: isOneOf(HINTS), means: "where hints come from" },
  unit: { is: isOneOf(UNITS), means: "what conflicts are on" },
  deferredFees: { is: isSwitch, means: "true or false" },
  commutativeBalances: { is: isSwitch, means: "true or false" },
  expectedNonces: { is: isSwitch, means: "true or false" },
  shards: { is: isCount, means: "a number of shards" },
  costs: { is: isOneOf(COSTS), means: "what the clock counts" },
  overhead: { is: isOverhead, means: "what the machinery costs, by name" },
  faults: { is: isFaults, means: "what goes wrong" },
};

export const OPTION_NAMES = Object.keys(OPTIONS) as (keyof RunOptions)[];

type Check<T> = { is: (value: unknown) => value is T; means: string };

export function isOption(name: string): name is keyof RunOptions {
  return Object.hasOwn(OPTIONS, name);
}

/** `otherwise`, with what is found and makes sense in its place. */
export function optionsFrom(found: unknown, otherwise: RunOptions): RunOptions {
  const options = { ...otherwise };
  if (typeof found !== "object" || found === null) return options;
  const take = <Name extends keyof RunOptions>(name: Name) => {
    const value: unknown = Reflect.get(found, name);
    if (OPTIONS[name].is(value)) options[name] = value;
  };
  OPTION_NAMES.forEach((name) => take(name));
  return options;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{1,100}$/.test(value);
}

function isOneOf<Id>(entries: readonly { id: Id }[]) {
  return (value: unknown): value is Id => entries.some(({ id }) => id === value);
}

function isWorkers(value: unknown): value is number {
  return isCount(value) && value > 0;
}

function isOverhead(value: unknown): value is RunOptions["overhead"] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const entries: [string, unknown][] = Object.entries(value);
  const fits = ([name, cost]: [string, unknown]) =>
    isName(name) && typeof cost === "number" && Number.isFinite(cost) && cost >= 0;
  return entries.length <= MOST_OVERHEADS && entries.every(fits);
}

function isSwitch(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}

/** Must the strategy know beforehand what transactions will touch? */
export function needsHints(strategy: StrategyEntry | undefined): boolean {
  return strategy?.needs === "hints";
}

/** The most workers that a runner offers; a thread each, or the engine's limit. */
export function mostWorkers(runner: RunnerKind, threads: number | null) {
  if (runner === "threads") return threads ?? UNKNOWN;
  return SIMULATED_WORKERS;
}

/** The options made possible: a known strategy, and as many workers as there can be. */
export function possible(
  options: RunOptions,
  threads: number | null,
  catalog: Catalog | null,
): RunOptions {
  const known = catalog?.strategies.some(({ id }) => id === options.strategy) ?? true;
  const strategy = known ? options.strategy : (catalog?.strategies[0]?.id ?? options.strategy);
  const most = mostWorkers(options.runner, threads);
  const workers = Math.min(Math.max(Math.round(options.workers) || 1, 1), most);
  const seed = Math.min(Math.max(Math.round(options.seed) || 0, 0), 2 ** 32 - 1);
  const shards = Math.min(Math.max(Math.round(options.shards) || SHARDS.fewest, SHARDS.fewest), SHARDS.most);
  return { ...options, strategy, workers, seed, shards };
}
