import { expect, test } from "vitest";
import { report } from "./fixture.ts";
import {
  highlighted,
  inspected,
  neighbour,
  NOTHING,
  selectedLine,
  selectLine,
  selectLocation,
  selectTx,
} from "./selection.ts";

test("a line selects every transaction that its call made", () => {
  const selection = selectLine(report, 5);
  expect(inspected(selection)).toBe(0);
  expect([...highlighted(selection)]).toEqual([0, 1]);
  expect(selectLine(report, 6)).toEqual(NOTHING);
});

test("a location selects the transactions that touched it", () => {
  expect([...highlighted(selectLocation(report, 0))]).toEqual([0, 1, 3]);
  expect(selectLocation(report, 7)).toEqual(NOTHING);
});

test("a transaction leads back to its line", () => {
  expect(selectedLine(report, selectTx(report, 2))).toBe(8);
  expect(selectedLine(report, selectTx(report, 3))).toBeNull();
  expect(selectTx(report, 4)).toEqual(NOTHING);
});

test("steps stay within the block", () => {
  expect(neighbour(report, NOTHING, 1)).toEqual({ kind: "tx", tx: 0 });
  expect(neighbour(report, NOTHING, -1)).toEqual({ kind: "tx", tx: 3 });
  expect(neighbour(report, selectTx(report, 3), 1)).toEqual({ kind: "tx", tx: 3 });
});
