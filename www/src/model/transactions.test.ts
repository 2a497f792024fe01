import { expect, test } from "vitest";
import { report } from "./fixture.ts";
import { latencyTable, percentiles, receiptsTable, scheduleTable } from "./transactions.ts";

const texts = (make: typeof scheduleTable, row: number) =>
  make(report)
    .row(row)
    .map(({ text }) => text);

test("every row has a cell for every column, and leads to its transaction", () => {
  for (const table of [scheduleTable, receiptsTable, latencyTable].map((make) => make(report))) {
    expect(table.length).toBe(4);
    for (let row = 0; row < table.length; row++) {
      expect(table.row(row)).toHaveLength(table.columns.length);
      expect(table.subject(row)).toEqual({ kind: "tx", tx: row });
    }
  }
});

test("a row of the schedule says how a transaction ended", () => {
  expect(texts(scheduleTable, 3)).toEqual([
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

test("a receipt has the log, the reason or what was created", () => {
  expect(texts(receiptsTable, 1).slice(2)).toEqual([
    "succeeded",
    "50,000",
    "",
    "1",
    "Claimed(holder: bob, amount: 10)",
  ]);
  expect(texts(receiptsTable, 2).slice(4)).toEqual(["created 0x…05", "0", ""]);
  expect(texts(receiptsTable, 3).slice(2)).toEqual(["reverted", "50,000", "SoldOut()", "0", ""]);
});

test("latency is given by transaction and for all of them", () => {
  expect(texts(latencyTable, 1).slice(2)).toEqual(["0 gas", "101,000 gas", "101,000 gas"]);
  expect(percentiles(report)[1]).toEqual({
    name: "Executed",
    values: ["80,000 gas", "160,000 gas", "160,000 gas"],
  });
  const startedAt = [null, null, null, null];
  const cut = { ...report, latency: null, txs: { ...report.txs, startedAt } };
  expect(percentiles(cut)).toEqual([]);
  expect(latencyTable(cut).row(0)[2]).toEqual({ text: "not known", tone: "quiet" });
});
