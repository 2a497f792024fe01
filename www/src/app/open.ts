/**
 * What comes from elsewhere, a link or a saved file: takes the place of what is here, and can be sent
 * back.
 *
 * Someone else may have written it. So its texts are shown and wait: until the reader presses Run or
 * edits them, not even the engine looks at them.
 */
import type { Fault, RunOptions } from "../engine/report.ts";
import { exampleOf } from "../model/examples.ts";
import { sameTexts } from "../model/files.ts";
import { possible, sameOption } from "../model/options.ts";
import { NOTHING, selectLine, selectLocation, selectTx } from "../model/selection.ts";
import { sources } from "../model/solidity.ts";
import { type Opened, type Saved, type Shown as SavedView, type Span, type Texts as SavedTexts, UNNAMED } from "../share/saved.ts";
import { Unreadable } from "../share/unreadable.ts";
import { PANELS } from "../views/panels.ts";
import * as memory from "./memory.ts";
import { settleSoon } from "./settle.ts";
import { app, type Shown, type Source, type Texts } from "./state.svelte.ts";

/** All that a link or a file keeps of the page as it is. */
export function current(): Saved {
  const { options, tab, file, panel, wanted, exampleAlone } = app;
  const texts: SavedTexts =
    exampleAlone === null
      ? { kind: "own", script: app.script, files: app.files }
      : { kind: "example", id: exampleAlone };
  const shown: SavedView = {
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

function selected(): SavedView["select"] {
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
  const before = here();
  app.opening = null;
  put(saved);
  const changed = !sameTexts(before, app);
  const replaced = changed && before.whose === "own";
  if (replaced) keepEarlier(before);
  if (before.script !== app.script) app.before = { by: app.script, here: before };
  app.held = saved.texts.kind === "own";
  // Texts that were here already are whose they were.
  if (changed) app.foreign = app.held;
  if (app.held) runNothingNext();
  if (app.opening === null && (app.held || newer || replaced)) {
    app.opening = { kind: "opened", what, newer, lacks };
  }
}

/** What is in the editor. */
export function here(): Shown {
  const { script, files, whose, held } = app;
  return { script, files, whose, held };
}

/** What was about to run was what was here before, and not what waits for Run. */
function runNothingNext(): void {
  if (app.run.kind === "waiting") app.run = { kind: "idle" };
  else if (app.run.kind === "stopping") app.run = { kind: "stopping", next: "show" };
}

/** Says why it was not opened; what is no reason of ours is none that helps. */
export function refuse(what: Source, why: unknown): void {
  const message = why instanceof Unreadable ? why.message : "it cannot be read";
  app.opening = { kind: "refused", what, message };
}

export function dismissOpening(): void {
  app.opening = null;
}

/** Puts back the reader's own texts, which a link or file took the place of. */
export function bringBack(): void {
  if (app.earlier !== null) putBack({ ...app.earlier, whose: "own", held: false });
}

/** Puts back what was in the editor. */
export function putBack(texts: Shown): void {
  putTexts(texts);
  app.example = exampleOf(texts.script, app.catalog);
  app.foreign = texts.whose === "foreign";
  app.held = texts.held;
  app.opening = null;
  app.before = null;
  if (app.earlier !== null && sameTexts(app.earlier, texts)) keepEarlier(null);
  rememberTexts();
  settleSoon("script");
}

/** Keeps texts that something takes the place of, over a reload too. */
export function keepEarlier(texts: Texts | null): void {
  app.earlier = texts && { script: texts.script, files: texts.files };
  memory.rememberEarlier(app.earlier);
}

/** Keeps what is in the editor over a reload. */
export function rememberTexts(): void {
  memory.rememberScript(app.script, app.example, app.foreign);
  memory.rememberFiles(app.files);
}

/** The reader changed the texts: what came from elsewhere is theirs now. */
export function makeOwn(): void {
  app.held = false;
  if (!app.foreign) return;
  app.foreign = false;
  rememberTexts();
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
    // What is here is of another text, or has files beside it that the example has not.
    putTexts({ script: app.example === due.id ? app.script : "", files: [] });
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

export function putTexts({ script, files }: Texts): void {
  app.script = script;
  app.replacement = { text: script };
  app.files = files;
  app.file = files[0]?.name ?? null;
  app.removed = null;
  // What is known is of other texts.
  app.checked = null;
  app.contracts = [];
  app.accessList = null;
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
