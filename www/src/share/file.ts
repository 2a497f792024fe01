/** A saved file: the same as a link holds, for what is too large for one. */
import { fields, parse } from "./json.ts";
import { type Opened, plain, readSaved, type Saved } from "./saved.ts";
import { Unreadable } from "./unreadable.ts";

export const FILE_ENDING = ".interleave.json";

const VERSION = 1;

export function fileOf(saved: Saved): string {
  return `${JSON.stringify({ interleave: VERSION, ...plain(saved) }, null, 2)}\n`;
}

/** Reads a saved file; `null` if the text is something else. Throws `Unreadable`. */
export function readSavedFile(text: string): Opened | null {
  // Only a hint, so that files of other kinds are not parsed.
  if (!/^\s*\{\s*"interleave"\s*:/.test(text)) return null;
  const value = parse(text);
  const version = fields(value, "").values.get("interleave");
  if (version !== VERSION) {
    throw new Unreadable("it was made by another version of Interleave, which this one cannot read");
  }
  return readSaved(value);
}
