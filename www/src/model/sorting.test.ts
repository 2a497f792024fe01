import { expect, test } from "vitest";
import { nextSorting, sorted } from "./sorting.ts";
import type { Table } from "./tables.ts";

const GAS = [30, 10, 20, 10];
const NAMES = ["tx-10", "tx-9", "b", "a"];

const table: Table = {
  columns: [
    { name: "Name", chars: 8, key: (row) => NAMES[row] ?? "" },
    { name: "Gas", chars: 8, numeric: true, key: (row) => GAS[row] ?? 0 },
    { name: "Cause", chars: 8 },
  ],
  length: 4,
  row: (row) => [{ text: NAMES[row] ?? "" }, { text: `${GAS[row]}` }, { text: "" }],
  subject: (tx) => ({ kind: "tx", tx }),
};

const names = (it: Table) => [0, 1, 2, 3].map((row) => it.row(row)[0]?.text);

test("numbers sort by size, and rows that are alike keep their order", () => {
  expect(names(sorted(table, { column: 1, descending: false }))).toEqual(["tx-9", "a", "b", "tx-10"]);
  expect(names(sorted(table, { column: 1, descending: true }))).toEqual(["tx-10", "b", "tx-9", "a"]);
});

test("names sort with their numbers, and lead to what they led to", () => {
  const it = sorted(table, { column: 0, descending: false });
  expect(names(it)).toEqual(["a", "b", "tx-9", "tx-10"]);
  expect(it.subject(2)).toEqual({ kind: "tx", tx: 1 });
});

test("a column without a key and no sorting leave the table as it is", () => {
  expect(sorted(table, null)).toBe(table);
  expect(sorted(table, { column: 2, descending: true })).toBe(table);
});

test("a heading sorts the way that is looked for first, then the other, then not at all", () => {
  expect(nextSorting(table, null, 1)).toEqual({ column: 1, descending: true });
  expect(nextSorting(table, { column: 1, descending: true }, 1)).toEqual({ column: 1, descending: false });
  expect(nextSorting(table, { column: 1, descending: false }, 1)).toBeNull();
  expect(nextSorting(table, { column: 1, descending: false }, 0)).toEqual({ column: 0, descending: false });
  expect(nextSorting(table, { column: 0, descending: false }, 0)).toEqual({ column: 0, descending: true });
  expect(nextSorting(table, { column: 0, descending: true }, 0)).toBeNull();
});
