import { expect, test } from "vitest";
import { report } from "./fixture.ts";
import { dependenciesTable, locationsTable, spansTable, transactionsTable } from "./tables.ts";

test("every row has a cell for every column", () => {
  const tables = [transactionsTable, locationsTable, dependenciesTable, spansTable];
  for (const table of tables.map((make) => make(report))) {
    expect(table.length).toBeGreaterThan(0);
    for (let row = 0; row < table.length; row++) {
      expect(table.row(row)).toHaveLength(table.columns.length);
    }
  }
});

test("a row of transactions says how it ended", () => {
  const texts = transactionsTable(report)
    .row(3)
    .map(({ text }) => text);
  expect(texts).toEqual([
    "#3",
    "claim(uint256)",
    "0x001122…112233",
    "airdrop",
    "reverted",
    "2",
    "50,000",
    "3",
    "160,000 gas",
  ]);
});

test("rows lead to what they are about", () => {
  expect(dependenciesTable(report).subject(1)).toEqual({ kind: "tx", tx: 3 });
  expect(locationsTable(report).subject(0)).toEqual({ kind: "location", location: 0 });
  expect(spansTable(report).subject(2)).toEqual({ kind: "tx", tx: 2 });
});
