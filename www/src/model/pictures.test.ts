import { expect, test } from "vitest";
import pictures from "../gallery/pictures.json";
import { caption, sketchOf } from "./pictures.ts";

test("equal letters are one stretch, and idle time is none", () => {
  const sketch = sketchOf({ speedup: 2, aborts: 0, lanes: ["cc.a", "..vv"] });
  expect(sketch).toEqual({
    lanes: 2,
    end: 4,
    lane: [0, 0, 1],
    kind: ["committed", "aborted", "validated"],
    start: [0, 3, 2],
    length: [2, 1, 2],
  });
});

test("a picture says in words what came of the run", () => {
  expect(caption({ speedup: 3.84, aborts: 120, lanes: ["c", "c"] })).toBe("3.84× on 2 workers, 120 aborts");
  expect(caption({ speedup: 1, aborts: 0, lanes: ["c"] })).toBe("1.00× on 1 worker");
});

test("every picture has something in it", () => {
  expect(Object.keys(pictures).length).toBeGreaterThan(0);
  for (const picture of Object.values(pictures)) {
    expect(sketchOf(picture).kind).toContain("committed");
  }
});
