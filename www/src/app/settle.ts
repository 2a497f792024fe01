/**
 * Brings what is known of the texts up to date: contracts compiled, problems found.
 *
 * The compiler follows the hard fork of the script, and the script uses what the compiler makes, so
 * the two take turns until nothing changes.
 */
import type { ContractFile } from "../engine/report.ts";
import { sameFiles } from "../model/files.ts";
import { sources } from "../model/solidity.ts";
import { compileAll, type Compiled } from "../solidity/compile.ts";
import { compiler, engine } from "./engine.ts";
import { app } from "./state.svelte.ts";
import { putStudyAside } from "./studies.ts";

/** What it came to. `replaced`: something newer is on its way; `gone`: the engine is. */
export type Settled = "done" | "replaced" | "gone";

/** How long after the last keystroke the text is checked, and contracts are compiled. */
const CHECK_AFTER_MS = 200;
const COMPILE_AFTER_MS = 500;

/** A hard fork asks for other code once; a script that goes on asking is taken as it is. */
const MOST_TURNS = 3;

/** What is being compiled. */
type Job = { sources: ContractFile[]; evmVersion: string; done: Promise<Compiled | null> };

let job: Job | null = null;
let turn = 0;
let timer = 0;

/** Looks at the texts when they have rested for a moment. */
export function settleSoon(changed: "script" | "contracts"): void {
  clearTimeout(timer);
  const after = changed === "contracts" ? COMPILE_AFTER_MS : CHECK_AFTER_MS;
  timer = window.setTimeout(() => {
    // A run looks at the texts itself.
    if (app.run.kind !== "idle") return;
    putStudyAside();
    void settle();
  }, after);
}

/** Is all that is known of the texts about the texts as they are? */
export function isSettled(): boolean {
  const { checked } = app;
  return (
    checked !== null &&
    checked.script === app.script &&
    sameFiles(checked.given, app.given) &&
    isCompiled()
  );
}

export async function settle(): Promise<Settled> {
  clearTimeout(timer);
  if (app.held) return "replaced";
  const mine = ++turn;
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    if (!(await compile()) || mine !== turn) return "replaced";
    const { script, given } = app;
    const reply = await engine.ask("check", { script, contracts: given });
    if (mine !== turn) return "replaced";
    if (reply.kind !== "done" || reply.value.stopped) return "gone";
    const { problems, transactions, title, description, contracts, evmVersion } = reply.value;
    app.checked = { script, given, problems, transactions, title, description };
    app.accessList = reply.value.accessList;
    app.contracts = contracts;
    if (evmVersion !== null) app.evmVersion = evmVersion;
    if (isCompiled()) return "done";
  }
  return "done";
}

/** Are the contracts compiled as they are, for the EVM that is wanted? */
function isCompiled(): boolean {
  const wanted = sources(app.files);
  if (wanted.length === 0) return app.compiled === null;
  const { compiled } = app;
  return (
    compiled !== null &&
    compiled.evmVersion === app.evmVersion &&
    sameFiles(compiled.sources, wanted)
  );
}

/** Compiles what is not; false if something newer is being compiled instead. */
async function compile(): Promise<boolean> {
  const wanted = sources(app.files);
  if (wanted.length === 0) {
    compiler.cancel();
    app.compiled = null;
  }
  const { catalog, evmVersion } = app;
  if (isCompiled() || catalog === null || evmVersion === null) return true;
  if (job?.evmVersion !== evmVersion || !sameFiles(job.sources, wanted)) {
    const ask = (input: string) => compiler.compile(input);
    const done = compileAll(wanted, evmVersion, ask);
    job = { sources: wanted, evmVersion, done };
  }
  const mine = job;
  const compiled = await mine.done;
  if (job === mine) job = null;
  if (compiled === null) return false;
  if (sameFiles(compiled.sources, sources(app.files))) app.compiled = compiled;
  return true;
}
