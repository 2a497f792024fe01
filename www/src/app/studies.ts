/**
 * What else is asked about the batch of the result: the same under every strategy, and on more workers.
 *
 * A study runs in the engine like any run, and makes room for one.
 */
import type { Progress } from "../engine/messages.ts";
import type { Comparison, Curve, RunOptions } from "../engine/report.ts";
import { sameFiles } from "../model/files.ts";
import { sameOptions } from "../model/options.ts";
import { engine } from "./engine.ts";
import { app, type Outcome, type Study, type StudyId } from "./state.svelte.ts";

const NONE = { kind: "none" } as const;
const BEGUN: Progress = { phase: "idle", committed: 0, total: 0 };

/** Counts studies, so that the answer to one that was put aside is recognised. */
let turn = 0;

/** Begins a study of the result; another one makes room. */
export function study(id: StudyId): void {
  const { outcome } = app;
  if (outcome === null || app.busy || app.studies[id].kind === "running") return;
  putStudyAside();
  if (id === "compare") void compare(outcome);
  else void curve(outcome);
}

async function compare({ script, given, options }: Outcome): Promise<void> {
  const heard = listener("compare");
  const reply = await engine.work("compare", { script, contracts: given, options }, heard.progress);
  if (reply.kind !== "done") return heard.end(unanswered(reply));
  const result = reply.value;
  switch (result.kind) {
    case "comparison":
      return heard.end({ kind: "done", value: result.comparison });
    case "problems":
      return heard.end(refused(result.problems));
    case "stopped":
      return heard.end({ kind: "stopped" });
  }
}

async function curve({ script, given, options }: Outcome): Promise<void> {
  const heard = listener("curve");
  const asked = { script, contracts: given, options: { run: options, workers: [] } };
  const reply = await engine.work("curve", asked, heard.progress);
  if (reply.kind !== "done") return heard.end(unanswered(reply));
  const result = reply.value;
  switch (result.kind) {
    case "curve":
      return heard.end({ kind: "done", value: result.curve });
    case "problems":
      return heard.end(refused(result.problems));
    case "stopped":
      return heard.end({ kind: "stopped" });
  }
}

/** Writes down what becomes of a study, as long as it is the one that is waited for. */
function listener<Id extends StudyId>(id: Id) {
  const mine = ++turn;
  const end = (state: Study<{ compare: Comparison; curve: Curve }[Id]>) => {
    if (mine === turn) app.studies = { ...app.studies, [id]: state };
  };
  end({ kind: "running", progress: BEGUN });
  return { end, progress: (progress: Progress) => end({ kind: "running", progress }) };
}

function unanswered(reply: { kind: "gone" } | { kind: "failed"; message: string }) {
  return reply.kind === "gone" ? ({ kind: "stopped" } as const) : reply;
}

function refused(problems: { message: string }[]) {
  const message = problems.map((problem) => problem.message).join("; ");
  return { kind: "failed", message } as const;
}

/** Stops a study, which is begun again only when somebody asks for it. */
export function stopStudy(): void {
  end({ kind: "stopped" });
}

/** Stops a study for something more urgent. */
export function putStudyAside(): void {
  end(NONE);
}

function end(state: { kind: "none" } | { kind: "stopped" }): void {
  const { compare, curve } = app.studies;
  if (compare.kind !== "running" && curve.kind !== "running") return;
  turn++;
  app.studies = {
    compare: compare.kind === "running" ? state : compare,
    curve: curve.kind === "running" ? state : curve,
  };
  void engine.stop();
}

/** Another result: studies of the same batch in the same way stay. */
export function keepStudies(before: Outcome | null, after: Outcome | null): void {
  const alike = (change: Partial<RunOptions>) =>
    before !== null &&
    after !== null &&
    before.script === after.script &&
    sameFiles(before.given, after.given) &&
    sameOptions({ ...before.options, ...change }, { ...after.options, ...change });
  app.studies = {
    // These differ in strategy themselves, and those in runner and workers.
    compare: alike({ strategy: "" }) ? app.studies.compare : NONE,
    curve: alike({ runner: "simulated", workers: 1 }) ? app.studies.curve : NONE,
  };
}
