/** Places of a text: lines and columns from 1, columns in characters, against UTF-16 units from 0. */

export type Place = { line: number; column: number };

/** The place of a unit. */
export function placeAt(text: string, unit: number): Place {
  const before = text.slice(0, unit);
  const start = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let at = before.indexOf("\n"); at !== -1; at = before.indexOf("\n", at + 1)) line += 1;
  return { line, column: [...before.slice(start)].length + 1 };
}

/** Where the line with this unit ends. */
export function lineEnd(text: string, unit: number): number {
  const end = text.indexOf("\n", unit);
  return end === -1 ? text.length : end;
}
