import { expect, test } from "vitest";
import type { Problem } from "../engine/report.ts";
import { marks, placeOf, problemCount, problemPlace } from "./problems.ts";

const at = (line: number, column: number): Problem => ({
  severity: "error",
  message: "wrong",
  place: { line, column },
  file: null,
});

/** The underlined text of each problem. */
function underlined(text: string, problems: Problem[]): string[] {
  return marks(text, problems).map(({ from, to }) => text.slice(from, to));
}

test("the word at the place is underlined", () => {
  const text = 'let a = 1;\nsned(a, "claim(uint256)");';
  expect(underlined(text, [at(2, 1), at(2, 9), at(1, 5)])).toEqual([
    "sned",
    '"claim(uint256)"',
    "a",
  ]);
});

test("columns count characters, also outside the basic plane", () => {
  expect(underlined("let 𝒳 = sned;", [at(1, 9)])).toEqual(["sned"]);
});

test("a place behind the end of a line marks its last character", () => {
  expect(underlined("let a = (", [at(1, 10)])).toEqual(["("]);
  expect(underlined("a\nb", [at(99, 1)])).toEqual(["b"]);
  expect(underlined("", [at(1, 1)])).toEqual([""]);
});

test("a problem without a place marks the first line", () => {
  const problem: Problem = {
    severity: "warning",
    message: "too long",
    place: null,
    file: null,
  };
  expect(underlined("first\nsecond", [problem])).toEqual(["first"]);
  expect(problemPlace(problem)).toBe("the whole script");
});

test("a problem of a file names it", () => {
  const problem = { ...at(3, 5), file: "Counter.sol" };
  expect(problemPlace(problem)).toBe("Counter.sol, line 3, column 5");
  expect(placeOf(problem)).toEqual({ file: "Counter.sol", line: 3, column: 5 });
  expect(problemPlace({ ...problem, place: null })).toBe("Counter.sol");
  expect(placeOf({ ...problem, place: null })).toEqual({ file: "Counter.sol", line: 1, column: 1 });
});

test("problems are counted by severity", () => {
  const warning: Problem = { severity: "warning", message: "odd", place: null, file: null };
  expect(problemCount([at(1, 1), at(2, 1), warning])).toBe("2 errors, 1 warning");
  expect(problemCount([])).toBe("");
});
