import { expect, test } from "vitest";
import { conflictsOf, neighbourAbort } from "./conflicts.ts";
import { report } from "./fixture.ts";

test("an arrow leads from the execution that wrote to the one that came to nothing", () => {
  expect(conflictsOf(report, 3)).toEqual([{ abort: 1, from: 0, to: 3, suffered: true }]);
  // What it did to others lies below what was done to it.
  expect(conflictsOf(report, 1)).toEqual([
    { abort: 1, from: 0, to: 3, suffered: false },
    { abort: 0, from: 1, to: 0, suffered: true },
  ]);
  expect(conflictsOf(report, 2)).toEqual([]);
  expect(conflictsOf(report, null)).toEqual([]);
});

test("brackets go from abort to abort in time, from wherever one is", () => {
  expect(neighbourAbort(report, null, 1)).toBe(0);
  expect(neighbourAbort(report, null, -1)).toBe(1);
  expect(neighbourAbort(report, 0, 1)).toBe(1);
  expect(neighbourAbort(report, 3, 1)).toBeNull();
  expect(neighbourAbort(report, 3, -1)).toBe(0);
  expect(neighbourAbort(report, 6, -1)).toBe(1);
  expect(neighbourAbort(report, 2, 1)).toBe(1);
});
