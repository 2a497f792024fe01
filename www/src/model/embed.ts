/** How an embedded page is set up: by the query of its address, which says nothing of what is run. */
import { EMBED_CHARS } from "../engine/limits.ts";

/** The parts that an embedded page may show, in their order. */
export const VIEWS = ["script", "verdict", "figures", "timeline", "details", "inspector"] as const;
export type View = (typeof VIEWS)[number];

/** What is shown if nothing else is said. */
const USUAL: readonly View[] = ["script", "verdict", "timeline"];

export type EmbedSettings = {
  views: ReadonlySet<View>;
  theme: "system" | "light" | "dark";
  readOnly: boolean;
  /** Does an example run by itself? Texts of a link never do. */
  autorun: boolean;
};

/** Reads the query; what it does not understand is as if it were not there. */
export function embedSettings(query: string): EmbedSettings {
  const asked = new URLSearchParams(query);
  const names = (asked.get("views") ?? "").split(",");
  const views = VIEWS.filter((view) => names.includes(view));
  const theme = asked.get("theme");
  return {
    views: new Set(views.length > 0 ? views : USUAL),
    theme: theme === "light" || theme === "dark" ? theme : "system",
    readOnly: asked.get("readonly") === "1",
    autorun: asked.get("autorun") === "1",
  };
}

/** What the page around an embedded one may say. */
export type FromHost = { kind: "hello" } | { kind: "run" } | { kind: "setScript"; script: string };

/** Reads a message; `null` for anything that is not one of ours. */
export function fromHost(data: unknown): FromHost | null {
  if (typeof data !== "object" || data === null || Reflect.get(data, "interleave") !== 1) return null;
  const kind: unknown = Reflect.get(data, "kind");
  if (kind === "hello" || kind === "run") return { kind };
  const script: unknown = Reflect.get(data, "script");
  if (kind !== "setScript" || typeof script !== "string") return null;
  return script.length > EMBED_CHARS ? null : { kind, script };
}

/**
 * The HTML that shows what a link opens in another page, with the link for readers without scripts.
 * `site` is the folder of the playground.
 */
export function embedCode(site: string, link: string): string {
  const { hash } = new URL(link);
  return `<script src="${attribute(`${site}embed.js`)}" defer></script>
<evm-playground link="${attribute(hash)}">
<a href="${attribute(link)}">See it in Interleave</a>
</evm-playground>
`;
}

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
