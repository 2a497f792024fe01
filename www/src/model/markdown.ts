/** A run as Markdown, for a message or a document. */
import type { Report } from "../engine/report.ts";

/**
 * Title, verdict and link; of a batch that has not run, the link alone. `picture` is the file of a picture
 * that lies beside the document: one in the text itself is longer than most places take.
 */
export function markdown(link: string, report: Report | null, picture?: string): string {
  const open = `[Open in Interleave](${link})`;
  if (report === null) return `${open}\n`;
  const verdict = report.verdict.map(({ text }) => text).join("");
  const title = escaped(report.title);
  const image = picture === undefined ? [] : [`[![Timeline: ${title}](${picture})](${link})`];
  return `${[`**${title}**`, escaped(verdict), ...image, open].join("\n\n")}\n`;
}

/** Names are from a script, so they may hold what Markdown takes for markup. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~&]/g, "\\$&").replace(/\s+/g, " ");
}
