/** What the page remembers of the last visit: text, contracts, options, theme. */
import type { ContractFile, RunOptions } from "../engine/report.ts";
import { COSTS, HINTS, SWITCHES, UNITS } from "../model/options.ts";
import { remember, remembered } from "../lib/storage.ts";
import type { Theme } from "./state.svelte.ts";

const OPTIONS = "options";
const SCRIPT = "script";
const EXAMPLE = "example";
const CONTRACTS = "contracts";
const THEME = "theme";
const SPLIT = "split";

export function rememberScript(script: string, example: string | null): void {
  remember(SCRIPT, script);
  remember(EXAMPLE, example);
}

export function rememberedScript(): { script: string; example: string | null } | null {
  const script = remembered(SCRIPT);
  return script === null ? null : { script, example: remembered(EXAMPLE) };
}

export function rememberFiles(files: ContractFile[]): void {
  remember(CONTRACTS, files.length === 0 ? null : JSON.stringify(files));
}

/** The files of contracts of the last visit; none if what is found is something else. */
export function rememberedFiles(): ContractFile[] {
  try {
    const found: unknown = JSON.parse(remembered(CONTRACTS) ?? "[]");
    if (!Array.isArray(found) || !found.every(isFile)) return [];
    const names = new Set(found.map(({ name }) => name));
    return names.size === found.length ? found.map(({ name, text }) => ({ name, text })) : [];
  } catch {
    return [];
  }
}

function isFile(value: unknown): value is ContractFile {
  if (typeof value !== "object" || value === null) return false;
  const { name, text } = value as Record<string, unknown>;
  return typeof name === "string" && typeof text === "string";
}

export function rememberOptions(options: RunOptions): void {
  remember(OPTIONS, JSON.stringify(options));
}

/** The options of the last visit, as far as they still make sense. */
export function rememberedOptions(otherwise: RunOptions): RunOptions {
  try {
    const found: unknown = JSON.parse(remembered(OPTIONS) ?? "null");
    if (typeof found !== "object" || found === null) return otherwise;
    const { strategy, runner, workers, seed, hints, shards, unit, costs } = found as Record<
      string,
      unknown
    >;
    return {
      strategy: typeof strategy === "string" ? strategy : otherwise.strategy,
      runner: runner === "threads" || runner === "simulated" ? runner : otherwise.runner,
      workers: isCount(workers) && workers > 0 ? workers : otherwise.workers,
      seed: isCount(seed) ? seed : otherwise.seed,
      unit: UNITS.find(({ id }) => id === unit)?.id ?? otherwise.unit,
      ...rememberedSwitches(found as Record<string, unknown>, otherwise),
      shards: isCount(shards) ? shards : otherwise.shards,
      hints: HINTS.find(({ id }) => id === hints)?.id ?? otherwise.hints,
      costs: COSTS.find(({ id }) => id === costs)?.id ?? otherwise.costs,
      overhead: otherwise.overhead,
    };
  } catch {
    return otherwise;
  }
}

function rememberedSwitches(found: Record<string, unknown>, otherwise: RunOptions) {
  const { deferredFees, commutativeBalances, expectedNonces } = otherwise;
  const switches = { deferredFees, commutativeBalances, expectedNonces };
  for (const { id } of SWITCHES) {
    const value = found[id];
    if (typeof value === "boolean") switches[id] = value;
  }
  return switches;
}

export function rememberTheme(theme: Theme): void {
  remember(THEME, theme === "system" ? null : theme);
}

export function rememberedTheme(): Theme {
  const theme = remembered(THEME);
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** Share of the width that the editor takes. */
export function rememberSplit(share: number): void {
  remember(SPLIT, share.toFixed(3));
}

export function rememberedSplit(): number | null {
  const share = Number.parseFloat(remembered(SPLIT) ?? "");
  return Number.isFinite(share) ? share : null;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}
