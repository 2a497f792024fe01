/**
 * What comes from elsewhere, a link or a saved file: takes the place of what is here, and can be sent
 * back.
 *
 * Someone else may have written it. So its texts are shown and wait: until the reader presses Run or
 * edits them, not even the engine looks at them.
 */
import type { Fault, RunOptions } from "../engine/report.ts";
import { exampleOf } from "../model/examples.ts";
import { possible, sameOption } from "../model/options.ts";
import { NOTHING, selectLine, selectLocation, selectTx } from "../model/selection.ts";
import { sources } from "../model/solidity.ts";
import { type Opened, type Saved, type Shown, type Span, type Texts, UNNAMED } from "../share/saved.ts";
import { Unreadable } from "../share/unreadable.ts";
import { PANELS } from "../views/panels.ts";
import * as memory from "./memory.ts";
import { app, type OwnTexts, type Source } from "./state.svelte.ts";

/** All that a link or a file keeps of the page as it is. */
export function current(): Saved {
  const { options, tab, file, panel, wanted, exampleAlone } = app;
  const texts: Texts =
    exampleAlone === null
      ? { kind: "own", script: app.script, files: app.files }
      : { kind: "example", id: exampleAlone };
  const shown: Shown = {
    tab: tab === "script" ? undefined : tab,
    file: tab === "contracts" ? (file ?? undefined) : undefined,
    panel: panel === PANELS[0].id ? undefined : panel,
    // What the next result is to show goes before what this one does.
    ...(wanted ?? { select: selected(), window: rounded(app.window) }),
  };
  return { texts, options: { ...options, faults: namedFaults(exampleAlone) }, shown };
}

/** What goes wrong, where that is not what belongs to the example. */
function namedFaults(id: string | null): Fault[] | null {
  if (app.due !== null) return app.due.faults;
  const example = app.catalog?.examples.find((each) => each.id === id);
  // As long as nobody knows, it is as with most examples.
  return sameOption("faults", example ?? UNNAMED, app.options) ? null : app.options.faults;
}

/** More digits than a screen has pixels would only make the address longer. */
function rounded(window: Span | null): Span | undefined {
  if (window === null) return undefined;
  return { from: Number(window.from.toFixed(7)), to: Number(window.to.toFixed(7)) };
}

function selected(): Shown["select"] {
  const { selection, outcome } = app;
  switch (selection.kind) {
    case "none":
    // A function has no name of its own that a link could carry.
    case "function":
      return undefined;
    case "tx":
      return { kind: "tx", tx: selection.tx };
    case "line":
      return { kind: "line", line: selection.line };
    case "location": {
      const name = outcome?.report.locations[selection.location]?.name;
      return name === undefined ? undefined : { kind: "location", name };
    }
  }
}

/** Shows what the link or file holds, and keeps what it takes the place of. */
export function open({ saved, newer }: Opened, what: Source, lacks: string[] = []): void {
  const before = { script: app.script, files: app.files };
  const own = app.exampleAlone === null;
  app.opening = null;
  put(saved);
  const replaced = own && before.script !== "" && before.script !== app.script;
  if (replaced) keepEarlier(before);
  if (before.script !== app.script) app.before = { by: app.script, texts: before };
  app.held = saved.texts.kind === "own";
  if (app.held) runNothingNext();
  if (app.opening === null && (app.held || newer || replaced)) {
    app.opening = { kind: "opened", what, newer, lacks };
  }
}

/** What was about to run was what was here before, and not what waits for Run. */
function runNothingNext(): void {
  if (app.run.kind === "waiting") app.run = { kind: "idle" };
  else if (app.run.kind === "stopping") app.run = { kind: "stopping", again: false };
}

/** Says why it was not opened; what is no reason of ours is none that helps. */
export function refuse(what: Source, why: unknown): void {
  const message = why instanceof Unreadable ? why.message : "it cannot be read";
  app.opening = { kind: "refused", what, message };
}

export function dismissOpening(): void {
  app.opening = null;
}

/** Puts back what a link or file took the place of: the reader's own texts, or others that were here. */
export function bringBack(texts: OwnTexts | null = app.earlier): void {
  if (texts === null) return;
  putTexts(texts);
  app.example = exampleOf(texts.script, app.catalog);
  app.held = false;
  app.opening = null;
  app.before = null;
  if (app.earlier?.script === texts.script) keepEarlier(null);
  memory.rememberScript(texts.script, app.example);
  memory.rememberFiles(texts.files);
}

/** Keeps texts that something takes the place of, over a reload too. */
export function keepEarlier(texts: OwnTexts | null): void {
  app.earlier = texts && { script: texts.script, files: texts.files };
  memory.rememberEarlier(app.earlier);
}

/** Makes the page what was saved. */
export function put({ texts, options, shown }: Saved): void {
  app.run = app.run.kind === "waiting" ? { kind: "idle" } : app.run;
  app.due = null;
  putOptions({ ...options, faults: options.faults ?? [] });
  if (texts.kind === "own") {
    putTexts(texts);
    app.example = null;
  } else {
    app.due = { id: texts.id, faults: options.faults };
    putDue();
  }
  if (app.files.some(({ name }) => name === shown.file)) app.file = shown.file ?? null;
  app.tab = shown.tab ?? "script";
  app.panel = PANELS.find(({ id }) => id === shown.panel)?.id ?? PANELS[0].id;
  app.wanted = { select: shown.select, window: shown.window };
}

/** Puts the example that a link names into the editor, as soon as examples are known. */
export function putDue(): void {
  const { due, catalog } = app;
  if (due === null) return;
  if (catalog === null) {
    // What is here is of another text.
    if (app.example !== due.id) putTexts({ script: "", files: [] });
    app.example = due.id;
    return;
  }
  app.due = null;
  const example = catalog.examples.find(({ id }) => id === due.id);
  if (example) {
    putTexts({ script: example.script, files: [] });
    app.example = due.id;
    putOptions({ ...app.options, faults: due.faults ?? example.faults });
    return;
  }
  refuse("link", new Unreadable(`there is no example called ${due.id.slice(0, 60)}`));
  if (app.example !== due.id) return;
  const last = memory.rememberedScript();
  putTexts({ script: last?.script ?? "", files: memory.rememberedFiles() });
  app.example = last?.example ?? null;
}

export function putTexts({ script, files }: OwnTexts): void {
  app.script = script;
  app.replacement = { text: script };
  app.files = files;
  app.file = files[0]?.name ?? null;
  app.checked = null;
  if (sources(files).length === 0) app.compiled = null;
}

function putOptions(options: RunOptions): void {
  app.options = possible(options, app.threads, app.catalog);
}

/** Selects in a new result what a link wants, and shows that part of it. */
export function showWanted(): void {
  const { wanted, outcome } = app;
  app.wanted = null;
  app.window = wanted?.window ?? null;
  app.selection = NOTHING;
  if (!outcome || !wanted?.select) return;
  const { report } = outcome;
  const { select } = wanted;
  switch (select.kind) {
    case "tx":
      app.selection = selectTx(report, select.tx);
      return;
    case "line":
      app.selection = selectLine(report, select.line);
      return;
    case "location": {
      const at = report.locations.findIndex(({ name }) => name === select.name);
      if (at >= 0) app.selection = selectLocation(report, at);
    }
  }
}
