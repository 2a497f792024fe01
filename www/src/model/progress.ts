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
    case "running": {
      const { phase, committed, total } = run.progress;
      if (!counts(run.progress)) return `${DOING[phase]}…`;
      return `${DOING[phase]}, ${count(committed)} of ${count(total)}`;
    }
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
  if (engine.kind !== "ready" || run.kind !== "running" || !counts(run.progress)) return null;
  return Math.min(run.progress.committed / run.progress.total, 1);
}

function counts({ phase, total }: Progress): boolean {
  return total > 0 && (phase === "oracle" || phase === "strategy");
}
