/** All state of the page. Views read it; only the files beside this one write it, each its part. */
import type { EngineStatus } from "../engine/client.ts";
import type { Progress } from "../engine/messages.ts";
import {
  type Catalog,
  type Comparison,
  type ContractEntry,
  type ContractFile,
  type Curve,
  DEFAULTS,
  type Fault,
  type Fees,
  type Problem,
  type Report,
  type RunOptions,
} from "../engine/report.ts";
import { artifacts, sameTexts } from "../model/files.ts";
import type { Supposed } from "../model/fees.ts";
import type { RunState } from "../model/progress.ts";
import { NOTHING, type Selection } from "../model/selection.ts";
import type { Compiled } from "../solidity/compile.ts";
import type { CompilerStatus } from "../solidity/compiler.ts";
import type { Progress as NodeProgress } from "../node/messages.ts";
import type { Shown as SavedView, Span } from "../share/saved.ts";
import type { PanelId } from "../views/panels.ts";

/** A report together with what it is a report of. */
export type Outcome = {
  report: Report;
  script: string;
  files: ContractFile[];
  /** What the engine was given beside the script. */
  given: ContractFile[];
  options: RunOptions;
};

/** What else can be asked about a batch that ran. */
export type StudyId = "compare" | "curve";

export type Study<T> =
  | { kind: "none" }
  | { kind: "running"; progress: Progress }
  | { kind: "done"; value: T }
  | { kind: "stopped" }
  | { kind: "failed"; message: string };

/** What the fee model says of two throughputs; the last answer stays while another is asked for. */
export type FeesState =
  | { kind: "none" }
  | { kind: "done"; sequential: Fees; parallel: Fees }
  | { kind: "problems"; messages: string[] };

export type Studies = { compare: Study<Comparison>; curve: Study<Curve> };

/** Why the last run brought no report. */
export type Notice =
  | { kind: "stopped" }
  | { kind: "problems" }
  /** What came with the block is false, so nothing of the run counts. */
  | { kind: "rejected"; message: string }
  /** `restarted`: the engine was. */
  | { kind: "failed"; message: string; restarted: boolean }
  /** The engine broke in a run, which then came to the result that is shown. */
  | { kind: "recovered"; message: string }
  /** It took too long; what it came to by then is shown. */
  | { kind: "late"; message: string }
  /** The engine broke while nothing ran. */
  | { kind: "restarted"; message: string };

export type Theme = "system" | "light" | "dark";

/** Which half of the page a narrow screen shows. */
export type Side = "script" | "result";

export type HelpTopic = "words" | "keys" | "language" | "limits" | "about";

/** What the editor shows. */
export type EditorTab = "script" | "contracts";

/** What the engine said of a script and the contracts it was given beside it. */
export type Checked = {
  script: string;
  given: ContractFile[];
  problems: Problem[];
  transactions: number;
  /** What the batch is called, and what else is said of it. */
  title: string;
  description: string;
};

/** Files that the script was made of. */
export type MadeOf = {
  files: ContractFile[];
  names: string[];
  /** Titles of the batches that one can be chosen of. */
  cases: string[];
  /** How many batches there are. */
  batches: number;
  case: number;
  /** The script that was made. */
  script: string;
};

/** A place to bring the editor to, in the script or in a file. */
export type Reveal = { file: string | null; line: number; column: number };

/** A script and the files beside it. */
export type Texts = { script: string; files: ContractFile[] };

/** Whose texts are: the reader wrote them or changed them, they are an example, or they came from elsewhere. */
export type Whose = "own" | "example" | "foreign";

/** Texts as they were in the editor. */
export type Shown = Texts & { whose: Whose; held: boolean };

/** What came of a link or file that was opened. */
export type Opening =
  /**
   * Its texts are shown. `newer`: there was something that this version does not know. `lacks`: what it
   * could have had and is without, in sentences that go on after "Note that".
   */
  | { kind: "opened"; what: Source; newer: boolean; lacks: string[] }
  | { kind: "refused"; what: Source; message: string };

/** Where texts come from that the reader did not write here. */
export type Source = "link" | "file" | "node";

/** The window that asks a node for a block. */
export type NodeState =
  | { kind: "closed" }
  | { kind: "open" }
  | { kind: "asking"; progress: NodeProgress | null }
  /** Why there is no block, in a sentence that begins with the host, if there is one. */
  | { kind: "failed"; host: string; message: string };

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
  /** Where the script comes from, if it is a file that was opened on this page. */
  madeOf = $state.raw<MadeOf | null>(null);

  /** Files of Solidity and of compiled contracts beside the script. */
  files = $state.raw<ContractFile[]>([]);
  /** The file that the contracts tab shows. */
  file = $state<string | null>(null);
  tab = $state<EditorTab>("script");
  compiler = $state.raw<CompilerStatus>({ kind: "idle" });
  compiled = $state.raw<Compiled | null>(null);
  /** The EVM that contracts are compiled for; unknown until the engine has seen a script. */
  evmVersion = $state<string | null>(null);
  /** The contracts of the files, as far as they are known. */
  contracts = $state.raw<ContractEntry[]>([]);
  /** The file that has the batch's block access list. */
  accessList = $state<string | null>(null);
  /** Why a file could not be taken. */
  refusal = $state<string | null>(null);
  /** The file that was removed last, and where among the others it was, until they change again. */
  removed = $state.raw<{ file: ContractFile; at: number } | null>(null);

  /** Always replaced as a whole: the engine takes no proxies. */
  options = $state.raw<RunOptions>({ ...DEFAULTS, workers: 8 });
  run = $state.raw<RunState>({ kind: "idle" });
  outcome = $state.raw<Outcome | null>(null);
  notice = $state.raw<Notice | null>(null);
  /** What else was asked about the batch of the outcome. */
  studies = $state.raw<Studies>({ compare: { kind: "none" }, curve: { kind: "none" } });
  /** A result that is kept, to compare the next ones with it. */
  pinned = $state.raw<Outcome | null>(null);
  /** What the fee model assumes, where a person has changed it. */
  supposed = $state.raw<Partial<Supposed>>({});
  fees = $state.raw<FeesState>({ kind: "none" });
  /** What the panel of comparisons shows: all strategies, or the kept result beside this one. */
  compared = $state<"strategies" | "changes">("strategies");

  selection = $state.raw<Selection>(NOTHING);
  /** The moment of the run that the pictures show; none while they show all of it. */
  replay = $state.raw<{ position: number; time: number; playing: boolean } | null>(null);
  replaySpeed = $state(1);
  panel = $state<PanelId>("dependencies");
  side = $state<Side>("script");
  theme = $state<Theme>("system");
  /** A place to bring the editor to; each request is a new object. */
  reveal = $state.raw<Reveal | null>(null);
  /** What came of the last link or file, until the reader has done with it. */
  opening = $state.raw<Opening | null>(null);
  /** Texts from elsewhere wait for Run; until then the engine does not look at them. */
  held = $state(false);
  /** The texts came from elsewhere, and the reader has not changed them. */
  foreign = $state(false);
  /** Texts of the reader that a link or file took the place of. */
  earlier = $state.raw<Texts | null>(null);
  /** What was here before `by`, a script that was opened, came into the editor. */
  before = $state.raw<{ by: string; here: Shown } | null>(null);
  /** An example that a link names, until examples are known; and what goes wrong, if it names that. */
  due = $state.raw<{ id: string; faults: Fault[] | null } | null>(null);
  /** What the next result is to show. */
  wanted = $state.raw<Pick<SavedView, "select" | "window"> | null>(null);
  /** The part of the timeline in sight, as shares of its length; `null` is all of it. */
  window = $state.raw<Span | null>(null);
  node = $state.raw<NodeState>({ kind: "closed" });
  /** The last node that was asked. It may hold a key, so nothing keeps it beyond this page. */
  endpoint = $state("");
  /** The page of help that is open. */
  help = $state<HelpTopic | null>(null);
  /** The step of the tour that is shown. */
  tour = $state<number | null>(null);
  /** Is the tour offered? */
  offered = $state(false);
  /** Text to put into the editor, as one step that can be undone. */
  replacement = $state.raw<{ text: string } | null>(null);

  /** Does the report speak of older texts? */
  readonly stale = $derived(this.outcome !== null && !sameTexts(this.outcome, this));
  /** The example that is all there is; none where the reader's own texts are. */
  readonly exampleAlone = $derived(this.files.length === 0 ? this.example : null);
  readonly whose = $derived.by<Whose>(() => {
    if (this.exampleAlone !== null) return "example";
    // Where there is nothing, nobody's work can be lost.
    return this.foreign || (this.script === "" && this.files.length === 0) ? "foreign" : "own";
  });
  readonly busy = $derived(this.run.kind !== "idle");
  /** What the engine is given beside the script: what the compiler made, and files as they are. */
  readonly given = $derived([
    ...(this.compiled?.output ? [this.compiled.output] : []),
    ...artifacts(this.files),
  ]);
  /** All problems of script and contracts, as far as they are known. */
  readonly problems = $derived<Problem[]>([
    // What is wrong with a script may only follow from what is wrong with its contracts.
    ...(this.compiled?.problems ?? []),
    ...(this.checked?.problems ?? []),
  ]);
}

export const app = new AppState();
