/** The verdict as the page sets it. */
import type { VerdictPart } from "../engine/report.ts";

export interface Piece extends VerdictPart {
  /** Punctuation that must stay on the line where this link ends. */
  tail: string;
}

/** The parts of a verdict; what follows a link and may not begin a line goes to the link. */
export function sentence(verdict: readonly VerdictPart[]): Piece[] {
  const pieces: Piece[] = [];
  for (const { text, link } of verdict) {
    const before = pieces.at(-1);
    const tail = before?.link ? (/^[,;.:]*/.exec(text)?.[0] ?? "") : "";
    if (before) before.tail = tail;
    pieces.push({ text: text.slice(tail.length), link, tail: "" });
  }
  return pieces;
}
