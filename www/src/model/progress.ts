/** How far the engine and a run are, in words and as a share. */
import type { EngineStatus } from "../engine/client.ts";
import type { Phase, Progress } from "../engine/messages.ts";
import { count } from "../lib/format.ts";
import type { CompilerStatus } from "../solidity/compiler.ts";

/** What the run bar shows. */
export type RunState =
  | { kind: "idle" }
  /** Asked for, and due as soon as the engine is ready and the contracts are compiled. */
  | { kind: "waiting" }
  | { kind: "running"; progress: Progress; pace?: Pace }
  /** `again`: the script as it is then runs next. */
  | { kind: "stopping"; next: "show" | "run" | "nothing" }
  /** It was stopped on the way, and the report of what there is takes a while. */
  | { kind: "reporting" };

/** How fast what is counted goes: when its phase began, and how long is left of it, if that can be said. */
export type Pace = { phase: Phase; sinceMs: number; leftMs: number | null };

/** Before that much of a phase has passed, nobody can say how long it will take. */
const SOONEST_MS = 1000;

/** The pace after some progress, from the one before it. */
export function paceOf(before: Pace | undefined, progress: Progress, nowMs: number): Pace {
  const { phase, committed, total } = progress;
  if (before?.phase !== phase) return { phase, sinceMs: nowMs, leftMs: null };
  const { sinceMs } = before;
  const passedMs = nowMs - sinceMs;
  const known = counts(progress) && committed > 0 && passedMs >= SOONEST_MS;
  const leftMs = known ? (passedMs / committed) * Math.max(total - committed, 0) : null;
  return { phase, sinceMs, leftMs };
}

/** `, 12 s left`, in steps that do not flicker; empty while nobody knows. */
function leftText(leftMs: number | null): string {
  if (leftMs === null) return "";
  const seconds = Math.ceil(leftMs / 1000);
  if (seconds <= 1) return ", 1 s left";
  return seconds < 90 ? `, ${seconds} s left` : `, ${Math.ceil(seconds / 60)} min left`;
}

const DOING: Record<Phase, string> = {
  idle: "Starting",
  reading: "Reading the script",
  oracle: "Executing sequentially, to compare",
  strategy: "Executing",
  analysis: "Analysing",
};

/** What is going on; empty when nothing is. */
export function progressText(
  engine: EngineStatus,
  run: RunState,
  compiler: CompilerStatus = { kind: "idle" },
): string {
  if (engine.kind === "loading") return "Loading the engine…";
  if (engine.kind === "failed") return "";
  switch (run.kind) {
    case "idle":
      return "";
    case "waiting":
      return compilerText(compiler) || "Waiting for the engine…";
    case "stopping":
      return "Stopping…";
    case "reporting":
      return "Stopped; analysing what there is…";
    case "running":
      return workText(run.progress) + leftText(run.pace?.leftMs ?? null);
  }
}

/** What the Solidity compiler is doing; empty when it does nothing. */
export function compilerText(compiler: CompilerStatus): string {
  switch (compiler.kind) {
    case "idle":
      return "";
    case "compiling":
      return "Compiling…";
    case "loading": {
      const share = compiler.share === null ? "" : `, ${Math.floor(compiler.share * 100)} %`;
      return `Loading the Solidity compiler${share}…`;
    }
  }
}

/** From 0 to 1, or `null` while nobody knows. */
export function progressShare(engine: EngineStatus, run: RunState): number | null {
  return engine.kind === "ready" && run.kind === "running" ? workShare(run.progress) : null;
}

/** What the engine does with a batch. */
export function workText(progress: Progress): string {
  const { phase, committed, total } = progress;
  if (!counts(progress)) return `${DOING[phase]}…`;
  return `${DOING[phase]}, ${count(committed)} of ${count(total)}`;
}

/** From 0 to 1, or `null` while nobody knows. */
export function workShare(progress: Progress): number | null {
  return counts(progress) ? Math.min(progress.committed / progress.total, 1) : null;
}

function counts({ phase, total }: Progress): boolean {
  return total > 0 && (phase === "oracle" || phase === "strategy");
}
