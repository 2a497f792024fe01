/** Asks the fee model about the throughput of sequential execution and of the result. */
import type { Report } from "../engine/report.ts";
import { assumptionsOf, type Supposed, supposed } from "../model/fees.ts";
import { engine } from "./engine.ts";
import { app } from "./state.svelte.ts";

let turn = 0;

export function suppose(change: Partial<Supposed>): void {
  app.supposed = { ...app.supposed, ...change };
}

/** What was changed goes back to what follows from the result. */
export function supposeNothing(): void {
  app.supposed = {};
}

/** Brings the fees up to date with what is supposed. */
export async function askFees(report: Report): Promise<void> {
  const mine = ++turn;
  const wanted = supposed(report, app.supposed);
  const [sequential, parallel] = await Promise.all(
    [1, report.summary.speedup].map((speedup) =>
      engine.ask("fees", { assumptions: assumptionsOf(wanted, speedup) }),
    ),
  );
  // A newer question is on its way, or the engine is gone and asked again when it is back.
  if (mine !== turn || sequential?.kind !== "done" || parallel?.kind !== "done") return;
  const [one, other] = [sequential.value, parallel.value];
  if (one.kind === "fees" && other.kind === "fees") {
    app.fees = { kind: "done", sequential: one.fees, parallel: other.fees };
    return;
  }
  const problems = [one, other].flatMap((it) => (it.kind === "problems" ? it.problems : []));
  app.fees = { kind: "problems", messages: [...new Set(problems.map(({ message }) => message))] };
}
