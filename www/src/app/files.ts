/** Files that a person drops on the page or picks, told apart by what they hold; and the one to save. */
import { download } from "../lib/download.ts";
import { fileName } from "../lib/format.ts";
import { FILE_ENDING, fileOf, readSavedFile } from "../share/file.ts";
import { Unreadable } from "../share/unreadable.ts";
import { replaceScript } from "./actions.ts";
import { MOST_FILE_BYTES, openFiles } from "./contracts.ts";
import { current, open, refuse } from "./open.ts";
import { app } from "./state.svelte.ts";

const SCRIPT = /\.rhai$/i;
const MOST_NAME_CHARS = 60;

/** Takes saved files, scripts, and files of contracts. */
export async function takeFiles(list: Iterable<File>): Promise<void> {
  const contracts: File[] = [];
  for (const file of list) {
    if (!(await takeText(file))) contracts.push(file);
  }
  if (contracts.length > 0) await openFiles(contracts);
}

/** Takes a saved file or a script; `false` for anything else. */
async function takeText(file: File): Promise<boolean> {
  const saved = /\.json$/i.test(file.name);
  if (!saved && !SCRIPT.test(file.name)) return false;
  try {
    if (file.size > MOST_FILE_BYTES) throw new Unreadable("it is larger than 32 MB");
    const text = await file.text().catch(() => {
      throw new Unreadable("it cannot be read");
    });
    if (!saved) {
      takeScript(text);
      return true;
    }
    const opened = readSavedFile(text);
    if (opened === null) return false;
    open(opened, "file");
  } catch (error) {
    const reason = error instanceof Unreadable ? error.message : "it cannot be read";
    refuse("file", `${reason} (${file.name.slice(0, MOST_NAME_CHARS)})`);
  }
  return true;
}

/** Puts a script into the editor; undo brings back what was there. */
function takeScript(script: string): void {
  app.tab = "script";
  app.side = "script";
  app.opening = null;
  replaceScript(script);
}

/** Saves the page's state as a file of the person's. */
export function saveFile(): void {
  const title = app.outcome && !app.stale ? app.outcome.report.title : "batch";
  download(`${fileName(title)}${FILE_ENDING}`, fileOf(current()), "application/json");
}
