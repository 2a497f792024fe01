import { expect, test } from "vitest";
import { amount, counted, duration, gas, percent, short, tick, times } from "./format.ts";

test("large amounts keep three digits, small ones are exact", () => {
  expect(gas(21_000)).toBe("21,000 gas");
  expect(amount(2_520_000)).toBe("2.52 M");
  expect(amount(31_400_000_000)).toBe("31.4 G");
});

test("wall times choose their unit", () => {
  expect(duration(0, "wall")).toBe("0");
  expect(duration(12.34, "wall")).toBe("12.3 µs");
  expect(duration(1250, "wall")).toBe("1.25 ms");
  expect(duration(2_000_000, "wall")).toBe("2.00 s");
  expect(duration(21_000, "gas")).toBe("21,000 gas");
});

test("a long hash is shortened and a name is not", () => {
  expect(short("0x00112233445566778899aabbccddeeff")).toBe("0x001122…ddeeff");
  expect(short("alice")).toBe("alice");
});

test("shares, factors and counts", () => {
  expect(percent(0.714)).toBe("71 %");
  expect(percent(0.004)).toBe("0.4 %");
  expect(percent(0)).toBe("0 %");
  expect(times(3.14159)).toBe("3.14×");
  expect(times(9.996)).toBe("10.0×");
  expect(times(99.97)).toBe("100×");
  expect(counted(1, "abort")).toBe("1 abort");
  expect(counted(1200, "abort")).toBe("1,200 aborts");
});

test("the values of an axis have no idle zeros", () => {
  expect(tick(0, "gas")).toBe("0");
  expect(tick(2_000_000, "gas")).toBe("2 M gas");
  expect(tick(2_500_000, "gas")).toBe("2.5 M gas");
  expect(tick(20, "wall")).toBe("20 µs");
  expect(tick(1500, "wall")).toBe("1.5 ms");
  expect(tick(100_000, "gas")).toBe("100,000 gas");
});
