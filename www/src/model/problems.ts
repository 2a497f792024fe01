/** Problems as the editor and the list below it show them. */
import type { Problem } from "../engine/report.ts";
import { counted } from "../lib/format.ts";

/** A stretch of a text in UTF-16 units, as editors count. */
export type Mark = { from: number; to: number; severity: Problem["severity"]; message: string };

/** What to underline in a script: the word at the place, or the last character of a line that ends there. */
export function marks(text: string, problems: Problem[]): Mark[] {
  const lines = text.split("\n");
  return problems.map(({ place, severity, message }) => {
    const number = Math.min(Math.max(place?.line ?? 1, 1), lines.length);
    const line = lines[number - 1] ?? "";
    const before = lines.slice(0, number - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const { from, to } = place ? wordAt(line, place.column) : { from: 0, to: line.length };
    return { from: before + from, to: before + to, severity, message };
  });
}

/** `2 errors, 1 warning`; empty when there are none. */
export function problemCount(problems: Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const warnings = problems.length - errors;
  return [
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
  ].join(", ");
}

/** Where the editor shows a problem; what has no place is at the beginning. */
export function placeOf({ file, place }: Problem): { file: string | null; line: number; column: number } {
  return { file, line: place?.line ?? 1, column: place?.column ?? 1 };
}

/** Where a problem is, in words. */
export function problemPlace(problem: Problem): string {
  const { place, file } = problem;
  const where = place ? `line ${place.line}, column ${place.column}` : null;
  if (file === null) return where ?? "the whole script";
  return where === null ? file : `${file}, ${where}`;
}

function wordAt(line: string, column: number): { from: number; to: number } {
  // Columns count characters, editors count UTF-16 units.
  const from = [...line].slice(0, column - 1).join("").length;
  const word = /^(?:[\p{L}\p{N}_]+|"[^"]*"?|\S)/u.exec(line.slice(from));
  if (word) return { from, to: from + word[0].length };
  return { from: Math.max(0, Math.min(from, line.length) - 1), to: line.length };
}
