import { expect, test } from "vitest";
import { DEFAULTS } from "../engine/report.ts";
import { FAULT_KINDS, FAULTS, faultsFor, isFaults, newFault, withNumber, withPossibleFaults } from "./faults.ts";

test("what a person begins with is a fault of its kind", () => {
  expect(isFaults(FAULT_KINDS.map(newFault))).toBe(true);
});

test("a fault from elsewhere has all its numbers and no others", () => {
  expect(isFaults([{ kind: "fail", worker: 0, after: 0 }])).toBe(true);
  expect(isFaults([{ kind: "fail", worker: 0 }])).toBe(false);
  expect(isFaults([{ kind: "fail", worker: 0, after: 0, more: 1 }])).toBe(false);
  expect(isFaults([{ kind: "fail", worker: 0.5, after: 0 }])).toBe(false);
  expect(isFaults([{ kind: "slow", worker: 0, factor: 0.5 }])).toBe(false);
  expect(isFaults([{ kind: "explode" }])).toBe(false);
  expect(isFaults(Array(33).fill(newFault("fail")))).toBe(false);
});

test("a number beside its limits becomes the nearest", () => {
  const factor = FAULTS.slow.fields[1];
  if (!factor) throw new Error("it has two");
  expect(withNumber(newFault("slow"), factor, 1000)).toEqual({ kind: "slow", worker: 1, factor: 100 });
  expect(withNumber(newFault("slow"), factor, Number.NaN)).toEqual({ kind: "slow", worker: 1, factor: 1 });
});

test("a fault that has nothing to strike stays out of the run", () => {
  const faults = FAULT_KINDS.map(newFault);
  const of = (options: object) =>
    withPossibleFaults({ ...DEFAULTS, faults, ...options }).faults.map(({ kind }) => kind);
  expect(of({ workers: 1 })).toEqual(["panic"]);
  expect(of({ workers: 4 })).toEqual(["fail", "pause", "slow", "panic"]);
  expect(of({ workers: 4, strategy: "shards" })).toEqual(FAULT_KINDS);
});

test("an example brings its faults and takes them away, and leaves what a person has chosen", () => {
  const [slow, fail] = [newFault("slow"), newFault("fail")];
  expect(faultsFor([slow], [], [])).toEqual([slow]);
  expect(faultsFor([], [slow], [{ ...slow }])).toEqual([]);
  expect(faultsFor([], [slow], [fail])).toEqual([fail]);
  expect(faultsFor([fail], [slow], [slow])).toEqual([fail]);
});
