/**
 * The address of the page: its fragment is read when the page starts or it changes, and follows what
 * the reader does.
 *
 * Written with `replaceState` alone, which tells nobody, so nothing runs in circles.
 */
import { untrack } from "svelte";
import { forTab, rememberForTab } from "../lib/storage.ts";
import { fragmentOf, readFragment } from "../share/fragment.ts";
import type { Opened } from "../share/saved.ts";
import { current, open, put, refuse } from "./open.ts";
import { app } from "./state.svelte.ts";

/** Browsers refuse addresses that change too often. */
const WRITE_AFTER_MS = 400;

/** The fragment that texts of the last moment are not in yet. */
const BEHIND = "behind";

let timer = 0;
let turn = 0;
/** What is in the address. */
let fragment = "";
/** What was read or written last, which need not be how the address said it. */
let known = "";

/** Shows what the address of a page that starts says; true if it says something. */
export async function readAddress(): Promise<boolean> {
  fragment = location.hash.slice(1);
  const behind = forTab(BEHIND) === fragment && ownState() !== null;
  const opened = behind ? null : await read(fragment);
  if (opened === null) return false;
  const state = ownState();
  if (state === null) {
    open(opened, "link");
  } else {
    // Written by this page itself before it was loaded again.
    put(opened.saved);
    app.held = state.held;
    app.foreign = state.foreign;
  }
  return true;
}

/** Follows what the reader does, and links that are opened in the page's own address; `opened` is told of those. */
export async function followAddress(opened: () => void): Promise<void> {
  known = stateOf(await fragmentOf(current()), app.held);
  $effect.root(() => {
    $effect(() => {
      // Read for what it depends on.
      void [current(), app.held];
      untrack(writeSoon);
    });
  });
  window.addEventListener("hashchange", async () => {
    const now = location.hash.slice(1);
    if (now === fragment) return;
    fragment = now;
    const found = await read(now);
    if (found === null || fragment !== now) return;
    open(found, "link");
    known = stateOf(await fragmentOf(current()), app.held);
    opened();
  });
}

/** The address for what the page shows; `null` if it is too large for one. */
export async function linkTo(): Promise<string | null> {
  const made = await fragmentOf(current());
  if (made === null) return null;
  const url = new URL("./", document.baseURI);
  url.hash = made;
  return url.href;
}

async function read(text: string): Promise<Opened | null> {
  try {
    return await readFragment(text);
  } catch (error) {
    refuse("link", error);
    return null;
  }
}

function writeSoon(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void write(), WRITE_AFTER_MS);
  rememberForTab(BEHIND, fragment);
}

async function write(): Promise<void> {
  const mine = ++turn;
  // An example that is not there yet would be written as an empty script.
  if (app.due !== null) return;
  const { held, foreign } = app;
  const made = await fragmentOf(current());
  if (mine !== turn) return;
  rememberForTab(BEHIND, null);
  if (stateOf(made, held) === known) return;
  known = stateOf(made, held);
  // Too large: then the browser's storage alone remembers it.
  const hash = made === null ? "" : `#${made}`;
  history.replaceState({ own: true, held, foreign }, "", location.pathname + location.search + hash);
  fragment = location.hash.slice(1);
}

function stateOf(made: string | null, held: boolean): string {
  return `${held ? "held" : "read"} ${made ?? ""}`;
}

/** What this page noted beside an address that it wrote itself. */
function ownState(): { held: boolean; foreign: boolean } | null {
  const state: unknown = history.state;
  if (typeof state !== "object" || state === null || Reflect.get(state, "own") !== true) return null;
  return { held: Reflect.get(state, "held") === true, foreign: Reflect.get(state, "foreign") === true };
}
