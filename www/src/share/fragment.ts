/**
 * The fragment of an address: `#v1=` with everything in it, or `#example=…&workers=8` for an example.
 *
 * In the fragment, because a browser sends it to nobody.
 */
import { isOption, OPTION_NAMES, sameOption } from "../model/options.ts";
import { parse } from "./json.ts";
import { LINK_BYTES } from "../engine/limits.ts";
import { pack, unpack } from "./packed.ts";
import { type Opened, plain, plainSelect, readSaved, type Saved, type SavedOptions, type Texts, UNNAMED } from "./saved.ts";
import { Unreadable } from "./unreadable.ts";

const VERSION = /^v(\d{1,9})=(.*)$/s;
const MOST_SHORT_CHARS = 4000;

/** Numbers and switches of the readable form, which are text there. */
const NUMBER = /^\d{1,10}(\.\d{1,17})?(e-\d{1,2})?$/;

/** The fragment for what is to be saved, without `#`; `null` if it is too large for a link. */
export async function fragmentOf(saved: Saved): Promise<string | null> {
  const { texts, options } = saved;
  const isPlain = options.faults === null && sameOption("overhead", options, UNNAMED);
  if (texts.kind === "example" && isPlain) {
    return readable(texts.id, saved);
  }
  if (charsOf(texts) > LINK_BYTES) return null;
  const json = JSON.stringify(plain(saved));
  if (new Blob([json]).size > LINK_BYTES) return null;
  const packed = await pack(json);
  return packed === null ? null : `v1=${packed}`;
}

function charsOf(texts: Texts): number {
  if (texts.kind === "example") return 0;
  return texts.files.reduce((sum, file) => sum + file.text.length, texts.script.length);
}

/** Reads a fragment, without `#`; `null` if it says nothing. Throws `Unreadable`. */
export async function readFragment(fragment: string): Promise<Opened | null> {
  const [, version, packed] = VERSION.exec(fragment) ?? [];
  if (version !== undefined && packed !== undefined) {
    if (version !== "1") {
      throw new Unreadable(
        "it was made by a newer version of Interleave. Reload the page; if that does not help, this site has an older one",
      );
    }
    return readSaved(parse(await unpack(packed)));
  }
  if (!fragment.startsWith("example=")) return null;
  if (fragment.length > MOST_SHORT_CHARS) throw new Unreadable("it is too long");
  return readSaved(fromReadable(fragment));
}

/** Options that are what a link means by itself are left out. */
function readable(id: string, { options, shown }: Saved): string {
  const { select, window, ...rest } = shown;
  const parts: Record<string, unknown> = {
    example: id,
    ...changed(options),
    ...rest,
    ...plainSelect(select),
    ...window,
  };
  return Object.entries(parts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join("&");
}

function changed(options: SavedOptions): Partial<SavedOptions> {
  const names = OPTION_NAMES.filter((name) => {
    if (name === "faults") return false;
    // What most readers want to see in the address stays.
    return name === "strategy" || name === "workers" || !sameOption(name, options, UNNAMED);
  });
  return Object.fromEntries(names.map((name) => [name, options[name]]));
}

/** The readable form as the data of the other one. */
function fromReadable(fragment: string): Record<string, unknown> {
  const options = new Map<string, unknown>();
  const rest = new Map<string, unknown>();
  for (const [name, text] of new URLSearchParams(fragment)) {
    (isOption(name) ? options : rest).set(name, valueOf(name, text));
  }
  for (const name of ["script", "files", "options"]) rest.delete(name);
  return { ...Object.fromEntries(rest), options: Object.fromEntries(options) };
}

const TEXTS = new Set(["example", "strategy", "file", "panel", "location"]);

function valueOf(name: string, text: string): unknown {
  if (TEXTS.has(name)) return text;
  if (text === "true" || text === "false") return text === "true";
  return NUMBER.test(text) ? Number(text) : text;
}
