/** What a person can do with a batch and its result, and what then happens. */
import firstScript from "../../../examples/hot-counter.rhai?raw";
import type { EngineStatus } from "../engine/client.ts";
import { climb, recoveredText } from "../engine/ladder.ts";
import type { Progress } from "../engine/messages.ts";
import type { RunOptions, VerdictLink } from "../engine/report.ts";
import type { EmbedSettings } from "../model/embed.ts";
import { exampleOf } from "../model/examples.ts";
import { withEditorLines } from "../model/files.ts";
import { faultsFor, withPossibleFaults } from "../model/faults.ts";
import { possible } from "../model/options.ts";
import { paceOf, type RunState } from "../model/progress.ts";
import {
  neighbour,
  type Selection,
  selectFunction,
  selectLine,
  selectLocation,
  selectTx,
  type TxIdx,
} from "../model/selection.ts";
import type { PanelId } from "../views/panels.ts";
import { sources } from "../model/solidity.ts";
import type { Span } from "../share/saved.ts";
import { followAddress, readAddress } from "./address.svelte.ts";
import { showFile } from "./contracts.ts";
import { engine, startEngine } from "./engine.ts";
import * as memory from "./memory.ts";
import { makeOwn, putDue, showWanted } from "./open.ts";
import { closeReplay } from "./replay.ts";
import { isSettled, settle, settleSoon } from "./settle.ts";
import { keepStudies, putStudyAside } from "./studies.ts";
import { app, type EditorTab, type Outcome, type Reveal, type Side, type Theme } from "./state.svelte.ts";

/** What a first visitor sees. */
export const FIRST_EXAMPLE = "hot-counter";

/** What is known of a batch that cannot run. */
const NOTHING_KNOWN = { transactions: 0, title: "", description: "" };

/** Brings the page to life. */
export async function start(embedded: EmbedSettings | null): Promise<void> {
  app.options = memory.rememberedOptions(app.options);
  setTheme(embedded?.theme ?? memory.rememberedTheme());
  const last = memory.rememberedScript();
  app.script = last?.script ?? firstScript;
  app.example = last ? last.example : FIRST_EXAMPLE;
  app.foreign = last?.foreign ?? false;
  app.files = memory.rememberedFiles();
  app.file = app.files[0]?.name ?? null;
  app.earlier = memory.rememberedEarlier();
  const linked = await readAddress();
  app.offered = embedded === null && last === null && !linked && !memory.rememberedTour();
  const unasked = embedded?.autorun ?? true;
  // An example is ours, so it may run unasked; texts of one's own wait for Run.
  if (unasked && app.exampleAlone !== null) app.run = { kind: "waiting" };
  void followAddress(() => {
    if (app.exampleAlone !== null) runInstead();
  });
  startEngine(heard);
}

export function restartEngine(): void {
  engine.start();
}

/** Starts the engine again with so much memory at the most. */
export function limitMemory(mostMiB: number): void {
  engine.limitMemory(mostMiB);
}

/** The text of the editor changed. */
export function edit(script: string): void {
  if (script === app.script) return;
  app.script = script;
  app.due = null;
  app.example = exampleOf(script, app.catalog);
  makeOwn();
  memory.rememberScript(script, app.example, false);
  settleSoon("script");
}

/** Puts another text into the editor; undo brings back what was there. */
export function replaceScript(script: string): void {
  const text = withEditorLines(script);
  app.replacement = { text };
  edit(text);
}

/** Puts the script that a first visitor sees into the editor. */
export function startOver(): void {
  app.tab = "script";
  replaceScript(firstScript);
}

/** Puts an example into the editor and runs it. */
export function chooseExample(id: string): void {
  const example = app.catalog?.examples.find((each) => each.id === id);
  if (!example) return;
  const { faults } = app.options;
  const before = app.catalog?.examples.find((each) => each.id === app.exampleAlone);
  setOptions({ faults: faultsFor(example.faults, before?.faults ?? [], faults) });
  app.tab = "script";
  replaceScript(example.script);
  runInstead();
}

export function setOptions(change: Partial<RunOptions>): void {
  app.options = possible({ ...app.options, ...change }, app.threads, app.catalog);
  memory.rememberOptions(app.options);
}

/** Runs the script, or notes that it is to be run when engine and contracts are ready. */
export function run(): void {
  if (app.run.kind !== "idle" || app.engine.kind === "failed") return;
  putStudyAside();
  app.run = { kind: "waiting" };
  app.held = false;
  if (app.engine.kind === "ready") void executeWhenSettled();
}

/** Runs the script as it is now; what runs already makes room for it. */
function runInstead(): void {
  switch (app.run.kind) {
    case "running":
    case "stopping":
    case "reporting":
      app.run = { kind: "stopping", next: "run" };
      void engine.stop();
      return;
    default:
      run();
  }
}

/** Runs the script once its contracts are compiled as they are. */
async function executeWhenSettled(): Promise<void> {
  while (app.run.kind === "waiting") {
    if (sources(app.files).length === 0 || isSettled()) return execute();
    // A new engine asks again.
    if ((await settle()) === "gone") return;
  }
}

/** Stops a run: what it has come to by then is shown, unless that is stopped too. */
export async function stop(): Promise<void> {
  switch (app.run.kind) {
    case "waiting":
      app.run = { kind: "idle" };
      return;
    case "running":
      app.run = { kind: "stopping", next: "show" };
      if (!(await engine.stop("enough"))) return;
      if (app.run.kind === "stopping" && app.run.next === "show") app.run = { kind: "reporting" };
      return;
    case "reporting":
      app.run = { kind: "stopping", next: "show" };
      await engine.stop();
  }
}

/** Stops a run, whatever it would come to. */
export function dropRun(): void {
  if (app.run.kind === "waiting") app.run = { kind: "idle" };
  if (app.run.kind === "idle") return;
  app.run = { kind: "stopping", next: "nothing" };
  void engine.stop();
}

const nextAfter = (run: RunState) => (run.kind === "stopping" ? run.next : "show");

async function execute(): Promise<void> {
  const { script, files, given } = app;
  app.run = { kind: "running", progress: { phase: "idle", committed: 0, total: 0 } };
  const heardOf = (progress: Progress) => {
    if (app.run.kind !== "running") return;
    const pace = paceOf(app.run.pace, progress, performance.now());
    app.run = { kind: "running", progress, pace };
  };
  const ended = await climb(
    withPossibleFaults(app.options),
    () => app.run.kind === "running" && app.engine.kind !== "failed",
    (options) => engine.work("run", { script, contracts: given, options }, heardOf),
  );
  const { reply, options } = ended;
  const next = nextAfter(app.run);
  app.run = { kind: "idle" };
  if (next === "run") {
    run();
    return;
  }
  if (next === "nothing") {
    if (!isSettled()) void settle();
    return;
  }
  if (reply.kind === "gone") {
    app.notice = { kind: "stopped" };
  } else if (reply.kind === "failed") {
    app.notice = { kind: "failed", message: reply.message, restarted: reply.restarted };
  } else {
    const result = reply.value;
    if (result.kind === "stopped") {
      app.notice = { kind: "stopped" };
    } else if (result.kind === "rejected") {
      const { problem, problems } = result;
      // Nothing is wrong with the batch itself.
      const known = app.checked?.script === script ? app.checked : NOTHING_KNOWN;
      app.checked = { ...known, script, given, problems: [problem, ...problems] };
      app.notice = { kind: "rejected", message: problem.message };
    } else if (result.kind === "problems") {
      app.checked = { script, given, problems: result.problems, ...NOTHING_KNOWN };
      app.notice = { kind: "problems" };
    } else {
      const { report, problems } = result;
      const { title, description } = report;
      const { transactions } = report.summary.partial ?? report.summary;
      app.checked = { script, given, problems, transactions, title, description };
      closeReplay();
      const outcome = { report, script, files, given, options };
      keepStudies(app.outcome, outcome);
      app.outcome = outcome;
      const recovered = ended.broke.length > 0;
      app.notice = recovered ? { kind: "recovered", message: recoveredText(ended) } : null;
      if (reply.late !== undefined) app.notice = { kind: "late", message: reply.late };
      showWanted();
      app.side = "result";
    }
  }
  if (!isSettled()) void settle();
}

function heard(status: EngineStatus): void {
  app.engine = status;
  if (status.kind === "ready") {
    app.catalog = status.engine.catalog;
    app.evmVersion ??= app.catalog.evmVersion;
    app.threads = status.engine.threads;
    app.options = possible(app.options, app.threads, app.catalog);
    putDue();
    // What was an example at the last visit may be another one now.
    app.example = exampleOf(app.script, app.catalog);
    if (app.run.kind === "waiting") void executeWhenSettled();
    else if (!isSettled()) void settle();
  } else if (status.kind === "failed") {
    app.run = { kind: "idle" };
  } else if (status.broke !== undefined) {
    app.notice = { kind: "restarted", message: status.broke };
  }
}

function select(selection: Selection): void {
  app.selection = selection;
}

export function chooseTx(tx: TxIdx): void {
  if (app.outcome) select(selectTx(app.outcome.report, tx));
}

export function chooseLocation(location: number): void {
  if (app.outcome) select(selectLocation(app.outcome.report, location));
}

/** Keeps the result, to compare the next ones with it; or lets go of it. */
export function pin(outcome: Outcome | null): void {
  app.pinned = outcome;
}

/** Shows this result beside the one that is kept, or all strategies. */
export function showCompared(what: "strategies" | "changes"): void {
  app.compared = what;
  showPanel("compare");
}

/** Chooses a strategy, and runs it. */
export function runStrategy(strategy: string): void {
  setOptions({ strategy });
  run();
}

/** Selects the calls of a function. */
export function chooseFunction(index: number): void {
  if (app.outcome) select(selectFunction(app.outcome.report, index));
}

/** Selects the transaction after or before the selected one. */
export function step(by: 1 | -1): void {
  if (app.outcome) select(neighbour(app.outcome.report, app.selection, by));
}

/** The cursor moved to another line of the editor. */
export function chooseLine(line: number): void {
  if (!app.outcome || app.stale) return;
  const selection = selectLine(app.outcome.report, line);
  if (selection.kind !== "none") select(selection);
}

/** Follows a link of the verdict. */
export function follow(link: VerdictLink): void {
  if (!app.outcome) return;
  switch (link.view) {
    case "dependencies":
      showPanel("dependencies");
      return;
    case "location":
      showPanel("locations");
      chooseLocation(link.location);
      return;
    case "timeline":
    case "oracle":
      document.getElementById(link.view)?.scrollIntoView({ block: "nearest" });
      document.getElementById(link.view)?.focus();
  }
}

export function showPanel(panel: PanelId): void {
  app.panel = panel;
  document.getElementById("details")?.scrollIntoView({ block: "nearest" });
}

/** Another part of the timeline came into sight. */
export function showWindow(window: Span | null): void {
  app.window = window;
}

export function showSide(side: Side): void {
  app.side = side;
}

/** Opens the window that asks a node for a block. */
export function showNode(): void {
  app.node = { kind: "open" };
}

export function hideNode(): void {
  app.node = { kind: "closed" };
}

export function showTab(tab: EditorTab): void {
  app.tab = tab;
}

/** Brings the editor to a place of the script or of a file. */
export function reveal(place: Reveal): void {
  app.side = "script";
  if (place.file === null) app.tab = "script";
  else if (app.files.some(({ name }) => name === place.file)) showFile(place.file);
  else app.tab = "contracts";
  app.reveal = place;
}

export function setTheme(theme: Theme): void {
  app.theme = theme;
  memory.rememberTheme(theme);
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
