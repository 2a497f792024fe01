/** What the page and the engine worker say to each other. */
import type { Packed } from "./columns.ts";
import { MEMORY_MIB } from "./limits.ts";
import type {
  Assembled,
  Catalog,
  Check,
  CompareResult,
  ContractFile,
  CurveOptions,
  CurveResult,
  ExportResult,
  FeeAssumptions,
  FeesResult,
  MeasureOptions,
  MeasureResult,
  NodeAnswers,
  OpenedFiles,
  RunOptions,
  RunResult,
} from "./report.ts";

/** A script with the contracts beside it. */
export type Texts = { script: string; contracts: ContractFile[] };

/** What each verb of the engine is asked about. */
export type Questions = {
  check: Texts;
  run: Texts & { options: RunOptions };
  compare: Texts & { options: RunOptions };
  curve: Texts & { options: CurveOptions };
  measure: Texts & { options: MeasureOptions };
  fees: { assumptions: FeeAssumptions };
  assemble: NodeAnswers;
  export: Texts & { format: string };
  /** Of a file with several batches, which one. */
  open: { files: ContractFile[]; case: number };
};

/** What each verb answers. */
export type Answers = {
  check: Check;
  run: RunResult;
  compare: CompareResult;
  curve: CurveResult;
  measure: MeasureResult;
  fees: FeesResult;
  assemble: Assembled;
  export: ExportResult;
  open: OpenedFiles;
};

export type Verb = keyof Questions;

/** Verbs that run a batch: they say how far they are, and can be stopped. */
export type Work = "run" | "compare" | "curve" | "measure";

export type Question = { [V in Verb]: { verb: V; about: Questions[V] } }[Verb];

export type Answer = { [V in Verb]: { verb: V; value: Answers[V] } }[Verb];

/** To the engine. The first message is `start`; every question has an id that its answer repeats. */
export type ToEngine =
  | { kind: "start"; module: WebAssembly.Module | null; lock: string; mostMiB: number }
  /** Are you there? An engine that works on something hears it when it is done with that. */
  | { kind: "ping" }
  | { kind: "ask"; id: number; question: Question };

/** From the engine. */
export type FromEngine =
  /** Its code is here and compiled; what is left to do needs no network. */
  | { kind: "compiled" }
  /** `held`: it has the lock that it was given, until it ends. */
  | { kind: "ready"; engine: EngineFacts; module: WebAssembly.Module; control: Control | null; held: boolean }
  | { kind: "pong" }
  /** The long columns of the answer go beside it. */
  | { kind: "answer"; id: number; answer: Answer; columns: Packed[] }
  /** Sent where the page cannot read the progress from shared memory. */
  | { kind: "progress"; id: number; progress: Progress }
  /** It begins with this question. */
  | { kind: "begun"; id: number }
  /** With an id: this question. Without: the engine itself. `broke`: not refused, but failed. */
  | { kind: "failed"; id: number | null; message: string; broke: boolean };

/** What the engine may reserve: the first, and where a device refuses that, less. */
export const MEMORIES_MIB = [MEMORY_MIB, MEMORY_MIB / 2, MEMORY_MIB / 4, MEMORY_MIB / 8];

/** What the page shows about an engine. */
export type EngineFacts = {
  catalog: Catalog;
  /** Threads of the pool; 1 where the page is not isolated. */
  threads: number;
  memoryMiB: number;
};

/** The words of the engine that the page reads and writes while the engine worker is busy. */
export type Control = { memory: WebAssembly.Memory; offset: number; exhausted: number };

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

/** What the first may say: `enough` asks for the report of what there is, and the engine takes it back. */
export const STOP = { goOn: 0, stop: 1, enough: 2 } as const;

/** After them come the pulses of workers, this many words apart: beats, and how long the next may take. */
export const PULSE = { first: 16, apart: 16, count: 65, beats: 0, patience: 1 } as const;
export const WORDS = PULSE.first + PULSE.count * PULSE.apart;
