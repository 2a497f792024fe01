import { expect, test } from "vitest";
import { report } from "./fixture.ts";
import { ABORT, CONFLICT, heatmapModel, heatmapTable, markText, placeOf, READ, WRITE } from "./heatmap.ts";

const heatmap = heatmapModel(report);

test("rows are the locations of the report, marks what transactions did there", () => {
  expect(heatmap.transactions).toBe(4);
  expect(heatmap.rows).toEqual([
    {
      location: 0,
      name: "Airdrop.claimed",
      txs: [0, 1, 3],
      marks: [READ | WRITE, READ | WRITE | CONFLICT | ABORT, READ | CONFLICT | ABORT],
      aborts: [-1, 0, 1],
    },
  ]);
});

test("what was touched by one transaction alone has no row", () => {
  const names = heatmap.rows.map(({ name }) => name);
  expect(names).not.toContain("balance of carol");
});

test("a transaction is found in a row, or the place where it would be", () => {
  const [row] = heatmap.rows;
  if (!row) throw new Error("there is a row");
  expect([0, 1, 2, 3, 4].map((tx) => placeOf(row, tx))).toEqual([0, 1, 2, 2, 3]);
});

test("marks are told in words", () => {
  expect(markText(report, READ | WRITE, -1)).toBe("read, wrote");
  expect(markText(report, READ | CONFLICT | ABORT, 1)).toBe(
    "read what another wrote, was aborted by #1",
  );
});

test("the table has one row a mark, and leads to its transaction", () => {
  const table = heatmapTable(report, heatmap);
  expect(table.length).toBe(3);
  expect(table.row(1).map(({ text }) => text)).toEqual([
    "Airdrop.claimed",
    "#1",
    "claim(uint256)",
    "read what another wrote, wrote, was aborted by #0",
  ]);
  expect(table.subject(2)).toEqual({ kind: "tx", tx: 3 });
  expect(heatmapTable(report, { rows: [], transactions: 0 }).length).toBe(0);
});
