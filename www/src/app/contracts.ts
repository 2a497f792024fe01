/** What a person can do with the files of contracts. */
import { CONTRACT_FILES } from "../engine/limits.ts";
import type { ContractFile } from "../engine/report.ts";
import { counted } from "../lib/format.ts";
import { freeName, nameFor, nameProblem, sizeProblem, withEditorLines, withFiles } from "../model/files.ts";
import * as memory from "./memory.ts";
import { makeOwn } from "./open.ts";
import { settleSoon } from "./settle.ts";
import { app } from "./state.svelte.ts";

/** Adds a file of Solidity, and shows it. */
export function addSolidity(text = ""): void {
  const name = freeName(
    nameFor(text),
    app.files.map((file) => file.name),
  );
  put(withFiles(app.files, [{ name, text: withEditorLines(text) }]));
  showFile(name);
}

/** Takes files that a person chose or dropped; one that has the name of another takes its place. */
export async function openFiles(list: Iterable<File>): Promise<void> {
  app.refusal = null;
  const added: ContractFile[] = [];
  for (const file of list) {
    const large = sizeProblem(file.size);
    const wrong = nameProblem(file.name, []) ?? (large && `It is ${large}.`);
    if (wrong !== null) {
      app.refusal = `${file.name.slice(0, 80)} was not opened. ${wrong}`;
      continue;
    }
    try {
      added.push({ name: file.name, text: withEditorLines(await file.text()) });
    } catch {
      app.refusal = `${file.name} was not opened. It cannot be read.`;
    }
  }
  const files = withFiles(app.files, added);
  if (files.length > CONTRACT_FILES) {
    app.refusal = `There can be at most ${counted(CONTRACT_FILES, "file")} of contracts.`;
    return;
  }
  put(files);
  const last = added.at(-1);
  if (last) showFile(last.name);
}

/** The text of a file changed. */
export function editFile(name: string, text: string): void {
  const file = app.files.find((each) => each.name === name);
  if (!file || file.text === text) return;
  put(app.files.map((each) => (each === file ? { name, text } : each)));
}

/** Gives a file another name, or says why it cannot have it. */
export function renameFile(name: string, wanted: string): string | null {
  if (name === wanted) return null;
  const others = app.files.map((file) => file.name).filter((other) => other !== name);
  const wrong = nameProblem(wanted, others);
  if (wrong !== null) return wrong;
  put(app.files.map((file) => (file.name === name ? { name: wanted, text: file.text } : file)));
  app.file = wanted;
  return null;
}

export function removeFile(name: string): void {
  const at = app.files.findIndex((file) => file.name === name);
  if (at < 0) return;
  const file = app.files[at];
  const files = app.files.toSpliced(at, 1);
  put(files);
  app.file = (files[at] ?? files.at(-1))?.name ?? null;
  if (file) app.removed = { file, at };
}

/** Puts back the file that was removed last. */
export function putFileBack(): void {
  const { removed } = app;
  if (removed === null) return;
  put(app.files.toSpliced(removed.at, 0, removed.file));
  showFile(removed.file.name);
}

export function showFile(name: string): void {
  app.tab = "contracts";
  app.file = name;
}

function put(files: ContractFile[]): void {
  app.files = files;
  app.removed = null;
  makeOwn();
  memory.rememberFiles(files);
  settleSoon("contracts");
}
