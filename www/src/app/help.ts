/** What a person can do with the help: its pages, and the tour. */
import { sameOptions } from "../model/options.ts";
import { selectTx } from "../model/selection.ts";
import { showpiece, TOUR } from "../model/tour.ts";
import { type Saved, UNNAMED } from "../share/saved.ts";
import { dropRun, FIRST_EXAMPLE, run, showSide } from "./actions.ts";
import * as memory from "./memory.ts";
import { current, here, keepEarlier, put, showWanted } from "./open.ts";
import { closeReplay } from "./replay.ts";
import { settleSoon } from "./settle.ts";
import { keepStudies } from "./studies.ts";
import { app, type HelpTopic, type Outcome, type Shown, type Texts } from "./state.svelte.ts";

/** What the tour took the place of; nothing where all was as the tour has it. */
let before: { saved: Saved; shown: Shown; outcome: Outcome | null; earlier: Texts | null } | null = null;

export function showHelp(topic: HelpTopic | null): void {
  app.help = topic;
}

/** Starts the tour, on the first example; what is there comes back when it ends. */
export function startTour(): void {
  if (app.tour !== null) return;
  app.offered = false;
  memory.rememberTour();
  const ready = app.exampleAlone === FIRST_EXAMPLE && asTheTourHasIt();
  if (!ready) {
    before = { saved: current(), shown: here(), outcome: app.outcome, earlier: app.earlier };
    if (before.shown.whose === "own") keepEarlier(before.shown);
    put({ texts: { kind: "example", id: FIRST_EXAMPLE }, options: UNNAMED, shown: {} });
    app.held = false;
    app.foreign = false;
  }
  app.opening = null;
  if (!ready || app.outcome === null || app.stale) run();
  goTo(0);
}

/** Is what is shown a run with the tour's options? */
function asTheTourHasIt(): boolean {
  const { options, outcome } = app;
  return sameOptions(options, UNNAMED) && (!outcome || sameOptions(outcome.options, UNNAMED));
}

export function stepTour(by: 1 | -1): void {
  if (app.tour === null) return;
  const next = app.tour + by;
  if (next >= TOUR.length) endTour();
  else goTo(Math.max(next, 0));
}

function goTo(step: number): void {
  app.tour = step;
  const { outcome } = app;
  // From where the tour speaks of aborts, one is selected.
  if (outcome && !app.stale && step >= 3) {
    const tx = showpiece(outcome.report);
    if (tx !== null) app.selection = selectTx(outcome.report, tx);
  }
  const side = TOUR[step]?.side;
  if (side) showSide(side);
}

/** Ends the tour, wherever it is; what was there comes back with its result. */
export function endTour(): void {
  app.tour = null;
  const kept = before;
  before = null;
  // What the reader has changed on the way stays.
  if (kept === null || app.exampleAlone !== FIRST_EXAMPLE) return;
  dropRun();
  closeReplay();
  put(kept.saved);
  app.held = kept.shown.held;
  app.foreign = kept.shown.whose === "foreign";
  keepEarlier(kept.earlier);
  keepStudies(app.outcome, kept.outcome);
  app.outcome = kept.outcome;
  app.notice = null;
  showWanted();
  settleSoon("script");
}

/** The offer of the tour is made once. */
export function dismissOffer(): void {
  app.offered = false;
  memory.rememberTour();
}
