import { expect, test } from "vitest";
import { callsOf, contractsTable, functionsTable, hotModel, locationsTable, remedied } from "./contention.ts";
import { report } from "./fixture.ts";
import { sorted } from "./sorting.ts";

test("every row has a cell for every column", () => {
  for (const table of [locationsTable, contractsTable, functionsTable].map((make) => make(report))) {
    expect(table.length).toBeGreaterThan(0);
    for (let row = 0; row < table.length; row++) {
      expect(table.row(row)).toHaveLength(table.columns.length);
    }
  }
});

test("a location says what it is known as, and where it is written", () => {
  const texts = locationsTable(report)
    .row(0)
    .map(({ text }) => text);
  expect(texts).toEqual([
    "Airdrop.claimed",
    "100 %",
    "Global counter",
    "3",
    "2",
    "2",
    "2",
    "slot",
    "Airdrop.sol:34",
    "Airdrop.sol:30",
  ]);
});

test("functions sort by what they cost, and lead to their calls", () => {
  const table = functionsTable(report);
  expect(sorted(table, { column: 1, descending: false }).row(0)[0]?.text).toBe("transfer");
  expect(table.subject(0)).toEqual({ kind: "function", index: 0 });
  expect(callsOf(report, 0)).toEqual([0, 1, 3]);
  expect(callsOf(report, 1)).toEqual([2]);
});

test("the facts of a location lead to its lines and to what helps", () => {
  const it = hotModel(report, 0);
  expect(it?.pattern?.name).toBe("Global counter");
  expect(it?.remedy).toMatch(/^Keep a counter per user/);
  expect(it?.lines.map(({ what, line }) => `${what} ${line.place.line}`)).toEqual(["Written 34", "Read 30"]);
  expect(hotModel(report, 1)).toBeNull();
});

test("the remedied example is offered beside the example it is the remedy of", () => {
  const example = (id: string, remedy: string | null) => ({
    id,
    group: "Tokens",
    title: id,
    description: "",
    remedy,
    faults: [],
    script: `// ${id}`,
  });
  const examples = [example("counter", "open"), example("open", null)];
  expect(remedied(examples, "// counter")?.id).toBe("open");
  expect(remedied(examples, "// open")).toBeNull();
  expect(remedied(examples, "// counter, edited")).toBeNull();
});
