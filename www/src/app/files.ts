/** Files that a person drops on the page or picks, told apart by what they hold; and the one to save. */
import { OPENED_BYTES, SAVED_FILES } from "../engine/limits.ts";
import type { ContractFile, OpenedBatch, Problem } from "../engine/report.ts";
import { download } from "../lib/download.ts";
import { fileName } from "../lib/format.ts";
import { sameTexts, sizeProblem, withEditorLines } from "../model/files.ts";
import { isSolidity } from "../model/solidity.ts";
import { FILE_ENDING, fileOf, readSavedFile } from "../share/file.ts";
import type { Opened } from "../share/saved.ts";
import { Unreadable } from "../share/unreadable.ts";
import { replaceScript, startOver } from "./actions.ts";
import { openFiles } from "./contracts.ts";
import { engine } from "./engine.ts";
import { bringBack, current, here, keepEarlier, open, putBack, putTexts, refuse, rememberTexts } from "./open.ts";
import { settleSoon } from "./settle.ts";
import { app } from "./state.svelte.ts";

const SCRIPT = /\.rhai$/i;
const MOST_NAME_CHARS = 60;

/** How often a batch of a file was chosen. */
let choices = 0;

/** A file as it was read. */
type Read =
  | { kind: "script"; text: string }
  | { kind: "saved"; opened: Opened }
  /** What it is, the engine knows. */
  | ({ kind: "other"; file: File } & ContractFile);

/** Takes saved files, scripts, batches of other tools, and what belongs beside them. */
export async function takeFiles(list: Iterable<File>): Promise<void> {
  const files = [...list];
  const solidity = files.filter(({ name }) => isSolidity(name));
  try {
    if (files.length > SAVED_FILES) throw new Unreadable(`there are more than ${SAVED_FILES} files`);
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    const large = sizeProblem(bytes, 2 * OPENED_BYTES);
    if (large !== null) throw new Unreadable(`together the files are ${large}`);
    const read: Read[] = [];
    for (const file of files) if (!solidity.includes(file)) read.push(await readFile(file));
    const others = read.filter((each) => each.kind === "other");
    const found = others.length > 0 ? await ask(others, 0) : null;
    // All of them are known now, so nothing is taken by half.
    for (const each of read) {
      if (each.kind === "script") takeScript(each.text);
      if (each.kind === "saved") open(each.opened, "file");
    }
    if (found?.batch) takeBatch(found.batch, others);
    const beside = others.filter(({ name }) => found?.beside.includes(name));
    if (beside.length > 0) await openFiles(beside.map(({ file }) => file));
    // Where one was refused it says why.
    if (found?.batch && app.refusal === null) app.tab = "script";
  } catch (error) {
    refuse("file", error);
    return;
  }
  if (solidity.length > 0) await openFiles(solidity);
}

async function readFile(file: File): Promise<Read> {
  try {
    const large = sizeProblem(file.size);
    if (large !== null) throw new Unreadable(`it is ${large}`);
    const read = await file.text().catch(() => {
      throw new Unreadable("it cannot be read");
    });
    const text = withEditorLines(read);
    if (SCRIPT.test(file.name)) return { kind: "script", text };
    const opened = readSavedFile(text);
    if (opened !== null) return { kind: "saved", opened };
    return { kind: "other", name: file.name, text, file };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new Unreadable(`${error.message} (${file.name.slice(0, MOST_NAME_CHARS)})`);
  }
}

/** Puts a script into the editor; undo brings back what was there. */
function takeScript(script: string): void {
  app.tab = "script";
  app.side = "script";
  app.opening = null;
  replaceScript(script);
}

/** Shows a batch that these files hold, and keeps what it takes the place of. */
function takeBatch(batch: OpenedBatch, files: ContractFile[]): void {
  const replaced = here();
  const { madeOf, before } = app;
  if (replaced.whose === "own" && !sameTexts(replaced, { script: batch.text, files: [] })) {
    keepEarlier(replaced);
  }
  const made = files.filter(({ name }) => batch.files.includes(name));
  app.foreign = true;
  show(batch, made.map(({ name, text }) => ({ name, text })), []);
  // Another file that was open is on the reader's disk; what it took the place of is not.
  const after = replaced.script === madeOf?.script && before?.by === replaced.script;
  app.before = { by: batch.text, here: after ? before.here : replaced };
  app.opening = { kind: "opened", what: "file", newer: false, lacks: [] };
}

/** Shows another batch of the file that is open. */
export async function chooseCase(number: number): Promise<void> {
  const { madeOf } = app;
  if (madeOf === null) return;
  const mine = ++choices;
  try {
    const { batch } = await ask(madeOf.files, number);
    // Whatever came meanwhile stays; of several choices the last one.
    if (batch === null || mine !== choices || app.madeOf?.files !== madeOf.files) return;
    if (app.before?.by === app.script) app.before = { ...app.before, by: batch.text };
    show(batch, madeOf.files, app.files);
  } catch (error) {
    refuse("file", error);
  }
}

async function ask(given: ContractFile[], number: number) {
  const files = given.map(({ name, text }) => ({ name, text }));
  const reply = await engine.ask("open", { files, case: number });
  if (reply.kind === "gone") throw new Unreadable("the engine stopped before it was read; try again");
  if (reply.kind === "failed") throw new Unreadable(reply.message);
  const problem = reply.value.problems[0];
  if (problem !== undefined) throw new Unreadable(sentence(problem));
  return reply.value;
}

/** What is wrong, of which file, and where. */
function sentence({ message, file, place }: Problem): string {
  const name = file?.slice(0, MOST_NAME_CHARS);
  const where = place === null ? "" : `line ${place.line}, column ${place.column}`;
  const both = [name, where].filter((part) => part).join(", ");
  return both === "" ? message : `${message} (${both})`;
}

/** Makes the batch what is run. */
function show(batch: OpenedBatch, made: ContractFile[], beside: ContractFile[]): void {
  app.due = null;
  app.held = false;
  app.tab = "script";
  app.side = "script";
  putTexts({ script: batch.text, files: beside });
  app.example = null;
  const { files: names, cases, batches, case: number, text: script } = batch;
  app.madeOf = { files: made, names, cases, batches, case: number, script };
  rememberTexts();
  settleSoon("script");
}

/** Puts the file away: what was here before it comes back, else the first script. */
export function closeFile(): void {
  const { before, script, earlier } = app;
  app.madeOf = null;
  app.opening = null;
  if (before?.by === script && before.here.script !== "") putBack(before.here);
  // After a reload the page knows the reader's own texts alone.
  else if (before?.by !== script && earlier !== null) bringBack();
  else startOver();
}

/** Saves the page's state as a file of the person's. */
export function saveFile(): void {
  const title = app.outcome && !app.stale ? app.outcome.report.title : "batch";
  download(`${fileName(title)}${FILE_ENDING}`, fileOf(current()), "application/json");
}
