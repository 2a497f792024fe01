/** All state of the page. Views read it; only `actions.ts` writes it. */
import type { EngineStatus } from "../engine/client.ts";
import { DEFAULTS, type Catalog, type Problem, type Report, type RunOptions } from "../engine/report.ts";
import type { RunState } from "../model/progress.ts";
import { NOTHING, type Selection } from "../model/selection.ts";
import type { PanelId } from "../views/panels.ts";

/** A report together with what it is a report of. */
export type Outcome = { report: Report; script: string; options: RunOptions };

/** Why the last run brought no report. */
export type Notice =
  { kind: "stopped" } | { kind: "problems" } | { kind: "failed"; message: string };

export type Theme = "system" | "light" | "dark";

/** Which half of the page a narrow screen shows. */
export type Side = "script" | "result";

export type Checked = { script: string; problems: Problem[]; transactions: number };

class AppState {
  engine = $state.raw<EngineStatus>({ kind: "loading" });
  /** The last catalog, which outlives a restart of the engine. */
  catalog = $state.raw<Catalog | null>(null);
  /** Threads of the last engine; `null` until the first one is ready. */
  threads = $state<number | null>(null);

  script = $state("");
  /** The example that the script is, unchanged. */
  example = $state<string | null>(null);
  checked = $state.raw<Checked | null>(null);

  options = $state<RunOptions>({ ...DEFAULTS, workers: 8 });
  run = $state.raw<RunState>({ kind: "idle" });
  outcome = $state.raw<Outcome | null>(null);
  notice = $state.raw<Notice | null>(null);

  selection = $state.raw<Selection>(NOTHING);
  panel = $state<PanelId>("dependencies");
  side = $state<Side>("script");
  theme = $state<Theme>("system");
  /** A place to bring the editor to; each request is a new object. */
  reveal = $state.raw<{ line: number; column: number } | null>(null);
  /** Text to put into the editor, as one step that can be undone. */
  replacement = $state.raw<{ text: string } | null>(null);

  /** Does the report speak of an older text? */
  readonly stale = $derived(this.outcome !== null && this.outcome.script !== this.script);
  readonly busy = $derived(this.run.kind !== "idle");
  /** The problems of the text as it is; empty while it is being checked. */
  readonly problems = $derived(this.checked?.problems ?? []);
}

export const app = new AppState();
