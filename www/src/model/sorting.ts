/** Rows of a table in another order. */
import type { Table } from "./tables.ts";

export type Sorting = { column: number; descending: boolean };

const collator = new Intl.Collator("en", { numeric: true });

/** The table in this order; rows that are alike keep theirs. */
export function sorted(table: Table, sorting: Sorting | null): Table {
  const key = sorting === null ? undefined : table.columns[sorting.column]?.key;
  if (sorting === null || key === undefined) return table;
  const order = inOrder(table.length, key, sorting.descending);
  const place = (row: number) => order[row] ?? row;
  return {
    ...table,
    row: (row) => table.row(place(row)),
    subject: (row) => table.subject(place(row)),
  };
}

/** What choosing the heading of a column does: larger numbers first, then the other way, then as it was. */
export function nextSorting(table: Table, now: Sorting | null, column: number): Sorting | null {
  const first = table.columns[column]?.numeric ?? false;
  if (now?.column !== column) return { column, descending: first };
  return now.descending === first ? { column, descending: !first } : null;
}

/** Rows in the order of what `key` says of them; rows that are alike keep theirs. */
export function inOrder(
  length: number,
  key: (row: number) => number | string,
  descending: boolean,
): number[] {
  const keys = Array.from({ length }, (_, row) => key(row));
  const order = keys.map((_, row) => row);
  const sign = descending ? -1 : 1;
  return order.sort((a, b) => sign * compare(keys[a] ?? 0, keys[b] ?? 0) || a - b);
}

function compare(a: number | string, b: number | string): number {
  return typeof a === "number" && typeof b === "number" ? a - b : collator.compare(`${a}`, `${b}`);
}
