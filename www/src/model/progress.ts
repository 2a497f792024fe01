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
  | { kind: "running"; progress: Progress }
  | { kind: "stopping" };

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
    case "running":
      return workText(run.progress);
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
