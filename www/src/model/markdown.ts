/** A run as Markdown, for a message or a document. */
import type { Report } from "../engine/report.ts";
import { sentence } from "./verdict.ts";

/** Title, verdict and link; of a batch that has not run, the link alone. */
export function markdown(link: string, report: Report | null): string {
  if (report === null) return `[Open in Interleave](${link})\n`;
  const verdict = sentence(report.verdict)
    .map(({ text, tail }) => text + tail)
    .join("");
  return `**${escaped(report.title)}**\n\n${escaped(verdict)}\n\n[Open in Interleave](${link})\n`;
}

/** Names are from a script, so they may hold what Markdown takes for markup. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~&]/g, "\\$&").replace(/\s+/g, " ");
}
