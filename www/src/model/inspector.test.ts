import { expect, test } from "vitest";
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
