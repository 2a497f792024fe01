import { expect, test } from "vitest";
import { lastSpan } from "./conflicts.ts";
import { report } from "./fixture.ts";
import { inspectorModel } from "./inspector.ts";

test("an aborted incarnation names the write that aborted it", () => {
  const it = inspectorModel(report, 1);
  expect(it?.incarnations).toHaveLength(2);
  const [first, second] = it?.incarnations ?? [];
  expect(first?.steps.map(({ kind }) => kind)).toEqual(["aborted", "rejected"]);
  expect(first).toMatchObject({ cause: "#0 wrote Airdrop.claimed", writer: 0 });
  expect(second).toMatchObject({ cause: "", writer: null });
});

test("steps are in the order of time, whichever worker took them", () => {
  const { spans } = report;
  // The validation was by a worker before that of the execution.
  const order = [4, 0, 1, 2, 3, 5, 6];
  const pick = <T>(values: readonly T[]) => order.map((at) => values[at] as T);
  const turned = {
    ...report,
    spans: {
      ...spans,
      worker: pick(spans.worker),
      tx: pick(spans.tx),
      incarnation: pick(spans.incarnation),
      kind: pick(spans.kind),
      start: pick(spans.start),
      end: pick(spans.end),
      writer: pick(spans.writer),
      location: pick(spans.location),
    },
  };
  expect(inspectorModel(turned, 1)).toEqual(inspectorModel(report, 1));
  expect(lastSpan(turned, 1)).toBe(5);
  expect(lastSpan(report, 9)).toBeNull();
});

test("reads have their origin and writes their name", () => {
  const it = inspectorModel(report, 1);
  expect(it?.reads).toEqual([{ name: "Airdrop.claimed", origin: 0 }]);
  expect(it?.writes).toEqual(["Airdrop.claimed"]);
});

test("status, reason and parties are readable", () => {
  expect(inspectorModel(report, 3)).toMatchObject({
    status: "revert",
    reason: "SoldOut()",
    from: "0x001122…112233",
    place: null,
  });
  expect(inspectorModel(report, 2)?.to).toBe("a new contract");
  expect(inspectorModel(report, 4)).toBeNull();
});

test("logs are those of the transaction, and a creation says what it created", () => {
  expect(inspectorModel(report, 1)?.logs).toEqual([
    { from: "airdrop", text: "Claimed(holder: bob, amount: 10)" },
  ]);
  expect(inspectorModel(report, 3)?.logs).toEqual([]);
  expect(inspectorModel(report, 2)?.result).toEqual({ name: "Created", value: "0x…05" });
  expect(inspectorModel(report, 0)?.result).toBeNull();
});

test("a transaction waits, runs and commits at known times", () => {
  const facts = inspectorModel(report, 3)?.facts.map(({ name, value }) => `${name} ${value}`);
  expect(facts).toContain("Queued until 80,000 gas");
  expect(facts).toContain("Executed at 160,000 gas");
  expect(facts).toContain("Committed at 160,000 gas");
});
