import { expect, test } from "vitest";
import { report } from "./fixture.ts";
import { expectationsTable, heldText, watchesTable } from "./values.ts";

test("a watched value says how it changed", () => {
  const table = watchesTable(report);
  expect(table.row(0).map(({ text }) => text)).toEqual(["left", "airdrop.left()", "20", "0", "−20"]);
  expect(table.row(1).at(-1)).toEqual({ text: "unchanged", tone: "quiet" });
});

test("an expectation says whether it holds, and leads to its line", () => {
  const table = expectationsTable(report);
  expect(table.row(0)[1]).toEqual({ text: "yes", tone: "good" });
  expect(table.row(1)[1]).toEqual({ text: "no", tone: "bad" });
  expect(table.subject(1)).toEqual({ kind: "place", place: { line: 12, column: 1 } });
});

test("how many hold is said in words", () => {
  const { expectations } = report;
  expect(heldText(report)).toBe("1 of 2 expectations does not hold.");
  expect(heldText({ ...report, expectations: expectations.slice(0, 1) })).toBe("It holds.");
});
