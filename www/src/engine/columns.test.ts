import { expect, test } from "vitest";
import { pack, unpack } from "./columns.ts";

const many = <T>(element: (at: number) => T): T[] => Array.from({ length: 1_000 }, (_, at) => element(at));

/** As a worker sends it, and the page receives it. */
function sent<T extends object>(value: T) {
  const answer = structuredClone(value);
  const { columns, memory } = pack(answer);
  const message = structuredClone({ answer, columns }, { transfer: memory });
  unpack(message.columns);
  return { back: message.answer, memory: memory.length };
}

test("every column comes back as it was", () => {
  const columns = {
    counts: many((at) => at - 500),
    times: many((at) => at / 3),
    large: many((at) => at * 2 ** 32),
    odd: [...many(() => 0), -0, Number.NaN, Number.POSITIVE_INFINITY],
    writers: many((at) => (at % 7 === 0 ? null : at)),
    kinds: many((at) => ["committed", "aborted", "blocked"][at % 3]),
    writes: many((at) => at % 3 === 0),
  };
  expect(sent(columns)).toEqual({ back: columns, memory: 7 });
});

test("a column is made a list of when it is first looked at, and is then that list", () => {
  const { back } = sent({ tx: many((at) => at), kind: many(() => "committed") });
  const getterOf = (name: string) => Object.getOwnPropertyDescriptor(back, name)?.get;
  expect(getterOf("tx")).toBeDefined();
  const { tx } = back;
  expect(back.tx).toBe(tx);
  expect(getterOf("tx")).toBeUndefined();
  expect(getterOf("kind")).toBeDefined();
  back.kind = [];
  expect(back.kind).toEqual([]);
});

test("what leaves the page is the same, whether somebody has looked or not", () => {
  const report = { spans: { tx: many((at) => at), writer: many((at) => (at % 7 === 0 ? null : at)) }, odd: [null, 1] };
  expect(JSON.stringify(sent(report).back)).toBe(JSON.stringify(report));
  expect(structuredClone(sent(report).back)).toEqual(report);
  expect({ ...sent(report).back.spans }).toEqual(report.spans);
});

test("what is no column, or not worth it, goes as it is", () => {
  const others = {
    short: [1, 2, 3],
    names: many((at) => `account ${at}`),
    places: many((at) => (at % 2 === 0 ? { line: at, column: 1 } : null)),
    doubtful: many((at) => (at === 3 ? null : Number.NaN)),
    mixed: many((at) => (at === 3 ? "three" : at)),
    nested: many((at) => [at]),
    nothing: null,
    empty: [],
    word: "run",
  };
  expect(sent(others)).toEqual({ back: others, memory: 0 });
});

test("columns are found wherever they are", () => {
  const report = () => ({ kind: "report", report: { spans: { tx: many((at) => at) } }, problems: [] });
  const reports = [report(), report()];
  expect(sent(reports)).toEqual({ back: reports, memory: 2 });
});
