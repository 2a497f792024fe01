import { expect, test } from "vitest";
import { fit, pan, reveal, ticks, toPx, toUnit, zoom } from "./scale.ts";

test("a value goes to its pixel and back", () => {
  const window = { start: 100, end: 300, widthPx: 400 };
  expect(toPx(window, 150)).toBe(100);
  expect(toUnit(window, 100)).toBe(150);
});

test("zooming keeps what is under the pointer", () => {
  const before = fit(1000, 500);
  const after = zoom(before, 4, 125, 1000);
  expect(after.end - after.start).toBeCloseTo(250);
  expect(toUnit(after, 125)).toBeCloseTo(toUnit(before, 125));
});

test("no window leaves the axis", () => {
  const near = zoom(fit(1000, 500), 10, 0, 1000);
  expect(pan(near, -9999, 1000).start).toBe(0);
  expect(pan(near, 99999, 1000).end).toBe(1000);
  expect(zoom(near, 0.0001, 250, 1000)).toMatchObject({ start: 0, end: 1000 });
});

test("revealing a span moves only when it is out of sight", () => {
  const near = { start: 0, end: 100, widthPx: 500 };
  expect(reveal(near, 10, 20, 1000)).toEqual(near);
  const moved = reveal(near, 500, 520, 1000);
  expect(moved.start).toBeLessThanOrEqual(500);
  expect(moved.end).toBeGreaterThanOrEqual(520);
});

test("ticks are round and inside", () => {
  const list = ticks({ start: 3, end: 97, widthPx: 400 }, 80);
  expect(list.map((tick) => tick.value)).toEqual([20, 40, 60, 80]);
});

test("an empty axis still has a window", () => {
  expect(fit(0, 100)).toEqual({ start: 0, end: 1, widthPx: 100 });
});
