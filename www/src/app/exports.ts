/** The result in the formats of other tools, which the engine writes. */
import type { ExportEntry } from "../engine/report.ts";
import { download } from "../lib/download.ts";
import { fileName } from "../lib/format.ts";
import { engine } from "./engine.ts";
import { app } from "./state.svelte.ts";

/** Gives the person the result in this format; else says why not. */
export async function exportResult(format: ExportEntry): Promise<string | null> {
  const { outcome } = app;
  if (outcome === null) return "There is no result yet: run the batch first.";
  const { script, given, report } = outcome;
  const reply = await engine.ask("export", { script, contracts: given, format: format.id });
  if (reply.kind === "gone") return "The engine was started again: run the batch again first.";
  if (reply.kind === "failed") return reply.message;
  const result = reply.value;
  if (result.kind === "problems") return result.problems.map(({ message }) => message).join(" ");
  download(`${fileName(report.title)}${format.ending}`, result.text, format.media);
  return null;
}
