import { expect, test } from "vitest";
import { partition } from "./search.ts";

test("the first position that does not fulfil a condition is found, wherever it is", () => {
  for (let first = 2; first <= 9; first++) {
    expect(partition(2, 9, (at) => at < first)).toBe(first);
  }
  expect(partition(4, 4, () => true)).toBe(4);
});
