/** What the page and the engine worker say to each other. */
import type { Catalog, Check, ContractFile, RunOptions, RunResult } from "./report.ts";

/** To the engine. The first message is `start`; every request has an id that its answer repeats. */
export type ToEngine =
  | { kind: "start"; module: WebAssembly.Module | null }
  | { kind: "check"; id: number; script: string; contracts: ContractFile[] }
  | {
      kind: "run";
      id: number;
      script: string;
      contracts: ContractFile[];
      options: RunOptions;
    };

/** From the engine. */
export type FromEngine =
  | { kind: "ready"; engine: EngineFacts; module: WebAssembly.Module; control: Control | null }
  | { kind: "checked"; id: number; check: Check }
  | { kind: "ran"; id: number; result: RunResult }
  /** Sent where the page cannot read the progress from shared memory. */
  | { kind: "progress"; id: number; progress: Progress }
  /** With an id: this request. Without: the engine itself. */
  | { kind: "failed"; id: number | null; message: string };

/** What the page shows about an engine. */
export type EngineFacts = {
  catalog: Catalog;
  /** Threads of the pool; 1 where the page is not isolated. */
  threads: number;
  memoryMiB: number;
};

/** The words of the engine that the page reads and writes while the engine worker is busy. */
export type Control = { memory: WebAssembly.Memory; offset: number };

/** How far a run is. */
export type Progress = { phase: Phase; committed: number; total: number };

export type Phase = "idle" | "reading" | "oracle" | "strategy" | "analysis";

const PHASES: Phase[] = ["idle", "reading", "oracle", "strategy", "analysis"];

/** The engine counts phases from 0. */
export function phaseOf(word: number): Phase {
  return PHASES[word] ?? "idle";
}

/** The words of `Control`, in order. */
export const WORD = { stop: 0, committed: 1, total: 2, phase: 3 } as const;
export const WORDS = 4;
