/** What the text beside the result is, as far as the page has to know to show it. */

/** More than this, or longer lines, make an editor slow. */
const MOST_EDITED_CHARS = 400_000;
const LONGEST_LINE = 20_000;

/** How much of a file that is not edited is shown. */
const SHOWN_LINES = 400;
const SHOWN_LINE = 300;

/** Is this a file of another tool? JSON is never a script. */
export function isFile(text: string): boolean {
  return /^\uFEFF?\s*(?:\[|\{\s*(?:["}]|$))/.test(text);
}

/** Can it be edited, or is it only shown? A script is a person's own work, however long. */
export function isEditable(text: string): boolean {
  if (!isFile(text)) return true;
  if (text.length > MOST_EDITED_CHARS) return false;
  return text.split("\n").every((line) => line.length <= LONGEST_LINE);
}

/** The beginning of a text, with its lines cut. */
export function excerpt(text: string): { lines: string[]; cut: boolean } {
  const most = SHOWN_LINES * SHOWN_LINE;
  const lines = text
    .slice(0, most)
    .split("\n")
    .slice(0, SHOWN_LINES)
    .map((line) => (line.length > SHOWN_LINE ? `${line.slice(0, SHOWN_LINE)}…` : line));
  const shown = lines.reduce((sum, line) => sum + line.length + 1, 0);
  return { lines, cut: shown < text.length };
}
