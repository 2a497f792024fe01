/** What the page remembers of the last visit: text, contracts, options, theme. */
import type { ContractFile, RunOptions } from "../engine/report.ts";
import { optionsFrom } from "../model/options.ts";
import { remember, remembered } from "../lib/storage.ts";
import type { Texts, Theme } from "./state.svelte.ts";

const OPTIONS = "options";
const SCRIPT = "script";
const EXAMPLE = "example";
const FOREIGN = "foreign";
const CONTRACTS = "contracts";
const EARLIER = "earlier";
const TOUR = "tour";
const THEME = "theme";
const SPLIT = "split";

/** `foreign`: it came from elsewhere, and the reader has not changed it. */
export function rememberScript(script: string, example: string | null, foreign: boolean): void {
  remember(SCRIPT, script);
  remember(EXAMPLE, example);
  remember(FOREIGN, foreign ? "yes" : null);
}

export function rememberedScript(): { script: string; example: string | null; foreign: boolean } | null {
  const script = remembered(SCRIPT);
  if (script === null) return null;
  return { script, example: remembered(EXAMPLE), foreign: remembered(FOREIGN) !== null };
}

export function rememberFiles(files: ContractFile[]): void {
  remember(CONTRACTS, files.length === 0 ? null : JSON.stringify(files));
}

/** The files of contracts of the last visit; none if what is found is something else. */
export function rememberedFiles(): ContractFile[] {
  try {
    return filesFrom(JSON.parse(remembered(CONTRACTS) ?? "[]"));
  } catch {
    return [];
  }
}

function filesFrom(found: unknown): ContractFile[] {
  if (!Array.isArray(found) || !found.every(isFile)) return [];
  const names = new Set(found.map(({ name }) => name));
  return names.size === found.length ? found.map(({ name, text }) => ({ name, text })) : [];
}

/** What a link or a file took the place of. */
export function rememberEarlier(texts: Texts | null): void {
  remember(EARLIER, texts && JSON.stringify(texts));
}

export function rememberedEarlier(): Texts | null {
  try {
    const found: unknown = JSON.parse(remembered(EARLIER) ?? "null");
    if (typeof found !== "object" || found === null) return null;
    const { script, files } = found as Record<string, unknown>;
    return typeof script === "string" ? { script, files: filesFrom(files) } : null;
  } catch {
    return null;
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
    return optionsFrom(JSON.parse(remembered(OPTIONS) ?? "null"), otherwise);
  } catch {
    return otherwise;
  }
}

/** That the tour was offered, which is done once. */
export function rememberTour(): void {
  remember(TOUR, "offered");
}

export function rememberedTour(): boolean {
  return remembered(TOUR) !== null;
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
