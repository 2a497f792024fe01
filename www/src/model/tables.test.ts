import { expect, test } from "vitest";
import { report } from "./fixture.ts";
import { dependenciesTable, spansTable } from "./tables.ts";

test("every row has a cell for every column", () => {
  const tables = [dependenciesTable, spansTable];
  for (const table of tables.map((make) => make(report))) {
    expect(table.length).toBeGreaterThan(0);
    for (let row = 0; row < table.length; row++) {
      expect(table.row(row)).toHaveLength(table.columns.length);
    }
  }
});

test("rows lead to what they are about", () => {
  expect(dependenciesTable(report).subject(1)).toEqual({ kind: "tx", tx: 3 });
  expect(spansTable(report).subject(2)).toEqual({ kind: "tx", tx: 2 });
});
