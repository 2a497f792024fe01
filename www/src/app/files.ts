/** Files that a person drops on the page or picks, told apart by what they hold; and the one to save. */
import { OPENED_BYTES, SAVED_FILES } from "../engine/limits.ts";
import type { ContractFile, OpenedBatch, Problem } from "../engine/report.ts";
import { download } from "../lib/download.ts";
import { fileName } from "../lib/format.ts";
import { sizeProblem } from "../model/files.ts";
import { isSolidity } from "../model/solidity.ts";
import { FILE_ENDING, fileOf, readSavedFile } from "../share/file.ts";
import type { Opened } from "../share/saved.ts";
import { Unreadable } from "../share/unreadable.ts";
import { replaceScript, startOver } from "./actions.ts";
import { openFiles } from "./contracts.ts";
import { engine } from "./engine.ts";
import * as memory from "./memory.ts";
import { bringBack, current, keepEarlier, open, putTexts, refuse } from "./open.ts";
import { settleSoon } from "./settle.ts";
import { app } from "./state.svelte.ts";

const SCRIPT = /\.rhai$/i;
const MOST_NAME_CHARS = 60;

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
    const text = await file.text().catch(() => {
      throw new Unreadable("it cannot be read");
    });
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
  const { script, madeOf, before } = app;
  // Another file that is open is on the reader's disk; what it took the place of is not.
  const isFile = script === madeOf?.script;
  const own = app.exampleAlone === null && script !== "" && !isFile;
  const here = { script, files: app.files };
  if (own && script !== batch.text) keepEarlier(here);
  const made = files.filter(({ name }) => batch.files.includes(name));
  show(batch, made.map(({ name, text }) => ({ name, text })), []);
  app.before = { by: batch.text, texts: isFile && before?.by === script ? before.texts : here };
  app.opening = { kind: "opened", what: "file", newer: false, lacks: [] };
}

/** Shows another batch of the file that is open. */
export async function chooseCase(number: number): Promise<void> {
  const { madeOf } = app;
  if (madeOf === null) return;
  try {
    const { batch } = await ask(madeOf.files, number);
    // Whatever came meanwhile stays.
    if (batch === null || app.madeOf !== madeOf) return;
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
  memory.rememberScript(script, null);
  memory.rememberFiles(beside);
  settleSoon("script");
}

/** Puts the file away: what was here before it comes back, else the first script. */
export function closeFile(): void {
  const { before, script, earlier } = app;
  // After a reload the page knows the reader's own texts alone.
  const texts = before?.by === script ? before.texts : earlier;
  app.madeOf = null;
  app.opening = null;
  if (texts === null || texts.script === "") startOver();
  else bringBack(texts);
}

/** Saves the page's state as a file of the person's. */
export function saveFile(): void {
  const title = app.outcome && !app.stale ? app.outcome.report.title : "batch";
  download(`${fileName(title)}${FILE_ENDING}`, fileOf(current()), "application/json");
}
