/** What a person can do with the help: its pages, and the tour. */
import { sameOptions } from "../model/options.ts";
import { selectTx } from "../model/selection.ts";
import { showpiece, TOUR } from "../model/tour.ts";
import { type Saved, UNNAMED } from "../share/saved.ts";
import { FIRST_EXAMPLE, run, showSide } from "./actions.ts";
import * as memory from "./memory.ts";
import { current, keepEarlier, put, showWanted } from "./open.ts";
import { keepStudies } from "./studies.ts";
import { app, type HelpTopic, type Outcome } from "./state.svelte.ts";

/** What the tour took the place of. */
let before: { saved: Saved; outcome: Outcome | null; held: boolean } | null = null;

export function showHelp(topic: HelpTopic | null): void {
  app.help = topic;
}

/** Starts the tour, on the first example; what is there comes back when it ends. */
export function startTour(): void {
  if (app.tour !== null) return;
  app.offered = false;
  memory.rememberTour();
  before = { saved: current(), outcome: app.outcome, held: app.held };
  const ready = app.exampleAlone === FIRST_EXAMPLE && asTheTourHasIt();
  if (!ready) {
    if (before.saved.texts.kind === "own") keepEarlier(before.saved.texts);
    put({ texts: { kind: "example", id: FIRST_EXAMPLE }, options: UNNAMED, shown: {} });
    app.held = false;
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

/** Ends the tour, wherever it is; texts of the reader's own come back with their result. */
export function endTour(): void {
  app.tour = null;
  const { saved, outcome, held } = before ?? {};
  before = null;
  if (saved?.texts.kind !== "own") return;
  put(saved);
  keepEarlier(null);
  app.held = held ?? false;
  if (!outcome) return;
  keepStudies(app.outcome, outcome);
  app.outcome = outcome;
  app.notice = null;
  showWanted();
}

/** The offer of the tour is made once. */
export function dismissOffer(): void {
  app.offered = false;
  memory.rememberTour();
}
