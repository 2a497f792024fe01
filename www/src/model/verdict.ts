/** The verdict as the page sets it. */
import type { VerdictPart } from "../engine/report.ts";

export interface Piece extends VerdictPart {
  /** Punctuation that must stay on the line where this piece ends. */
  tail: string;
}

/** The parts of a verdict; what a part begins with that may not begin a line goes to the part before it. */
export function sentence(verdict: readonly VerdictPart[]): Piece[] {
  const pieces: Piece[] = [];
  for (const { text, link } of verdict) {
    const punctuation = /^[,;.:]*/.exec(text)?.[0] ?? "";
    const before = pieces.at(-1);
    if (before) before.tail = punctuation;
    pieces.push({ text: before ? text.slice(punctuation.length) : text, link, tail: "" });
  }
  return pieces;
}
