/**
 * The page inside somebody else's: what it shows, and what it and the page around it say to each other.
 *
 * It listens to the page around it alone, and answers to the origin that spoke.
 */
import { untrack } from "svelte";
import { type EmbedSettings, embedSettings, fromHost } from "../model/embed.ts";
import { replaceScript, run } from "./actions.ts";
import { app } from "./state.svelte.ts";

/** What is said to the page around. */
type ToHost =
  | { kind: "ready"; threads: number }
  | { kind: "result"; report: unknown }
  | { kind: "error"; message: string }
  | { kind: "size"; heightPx: number };

let host: string | null = null;

/** How this page is embedded; `null` where it is a page of its own. */
export const embedded: EmbedSettings | null =
  document.documentElement.dataset["embed"] === undefined ? null : embedSettings(location.search);

/** Begins to listen. */
export function talkToHost(): void {
  if (embedded === null || window.parent === window) return;
  window.addEventListener("message", ({ source, origin, data }: MessageEvent<unknown>) => {
    const message = source === window.parent ? fromHost(data) : null;
    if (message === null) return;
    switch (message.kind) {
      case "hello":
        if (host === null) follow(origin);
        return;
      case "run":
        run();
        return;
      case "setScript":
        replaceScript(message.script);
    }
  });
}

/** Tells the page of this origin what happens here. */
function follow(origin: string): void {
  host = origin;
  $effect.root(() => {
    $effect(() => {
      if (app.engine.kind === "ready") tell({ kind: "ready", threads: app.engine.engine.threads });
      if (app.engine.kind === "failed") tell({ kind: "error", message: app.engine.message });
    });
    $effect(() => {
      if (app.outcome) tell({ kind: "result", report: app.outcome.report });
    });
    $effect(() => {
      const { notice } = app;
      if (notice?.kind === "problems") {
        // Those of this run, and not of what is written after it.
        const [first] = untrack(() => app.problems);
        tell({ kind: "error", message: first?.message ?? "the batch has problems" });
      } else if (notice?.kind === "stopped") {
        tell({ kind: "error", message: "the run was stopped" });
      } else if (notice?.kind === "failed" || notice?.kind === "rejected") {
        tell({ kind: "error", message: notice.message });
      }
    });
  });
  new ResizeObserver(() => {
    tell({ kind: "size", heightPx: Math.ceil(document.documentElement.getBoundingClientRect().height) });
  }).observe(document.documentElement);
}

function tell(message: ToHost): void {
  // A page without an origin of its own, as a file, can only be told by `*`.
  const to = host === "null" || host === null ? "*" : host;
  window.parent.postMessage({ interleave: 1, ...message }, to);
}
