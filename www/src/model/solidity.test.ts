import { expect, test } from "vitest";
import { fileMarks, readAnswer, sources, standardInput, unitsAt } from "./solidity.ts";

const file = (name: string, text: string) => ({ name, text });

/** What the compiler would say: an error in `name` at bytes `start` to `end`. */
const error = (name: string, start: number, end: number, more: object = {}) => ({
  severity: "error",
  message: "wrong",
  errorCode: "1",
  sourceLocation: { file: name, start, end },
  ...more,
});

const output = (...errors: object[]) => JSON.stringify({ errors });

test("bytes are counted as characters of any width", () => {
  const text = "aé€𝒳b";
  expect([0, 1, 3, 6, 10, 11].map((bytes) => unitsAt(text, bytes))).toEqual([0, 1, 2, 3, 5, 6]);
  expect(unitsAt(text, 99)).toBe(text.length);
});

test("an error is marked at its place, behind characters of several bytes", () => {
  const text = "// é €\ncontract C { uint 𝒳 = y; }";
  const at = new TextEncoder().encode(text.slice(0, text.indexOf("y"))).length;
  const files = [file("C.sol", text)];
  const { problems, broken, whole } = readAnswer(output(error("C.sol", at, at + 1)), files, []);
  expect(whole).toBe(false);
  expect(broken).toEqual(["C.sol"]);
  expect(problems[0]?.place).toEqual({ line: 2, column: 23 });
  const [mark] = fileMarks(problems, file("C.sol", text));
  expect(text.slice(mark?.from, mark?.to)).toBe("y");
});

test("a long stretch is marked to the end of its first line", () => {
  const text = "contract C {\n  function f()\n}";
  const { problems } = readAnswer(output(error("C.sol", 0, 30)), [file("C.sol", text)], []);
  expect([problems[0]?.from, problems[0]?.to]).toEqual([0, 12]);
});

test("warnings break nothing, and those about publishing are not shown", () => {
  const warning = (errorCode: string) =>
    error("C.sol", -1, -1, { severity: "warning", errorCode, message: errorCode });
  const said = output(warning("1878"), warning("3420"), warning("2072"));
  const { problems, broken, whole } = readAnswer(said, [file("C.sol", "contract C {}")], []);
  expect({ broken, whole }).toEqual({ broken: [], whole: true });
  expect(problems.map(({ message, place, file }) => [message, place, file])).toEqual([
    ["2072", null, "C.sol"],
  ]);
});

test("a missing import says which name is missing, or that the file is wrong", () => {
  const missing = error("C.sol", 0, 5, {
    errorCode: "6275",
    message: 'Source "Math.sol" not found: File import callback not supported',
  });
  const said = (left: string[]) =>
    readAnswer(output(missing), [file("C.sol", "import")], left).problems[0]?.message;
  expect(said([])).toBe("There is no file `Math.sol` here: add one of this name to the contracts.");
  expect(said(["Math.sol"])).toBe("`Math.sol` does not compile, so what imports it cannot.");
});

test("whatever the compiler answers, there is an answer", () => {
  const strange = [
    "",
    "null",
    "[1]",
    '{"errors": 1}',
    '{"errors": [1, null, {}]}',
    '{"errors": [{"sourceLocation": {"file": "C.sol", "start": "x"}, "severity": 3}]}',
  ];
  for (const text of strange) {
    const { problems } = readAnswer(text, [file("C.sol", "contract C {}")], []);
    expect(problems.every(({ message }) => message.length > 0)).toBe(true);
  }
  expect(readAnswer("", [], []).whole).toBe(false);
});

test("only Solidity with something in it goes to the compiler", () => {
  const files = [file("A.sol", "contract A {}"), file("B.sol", " \n"), file("C.json", "{}")];
  expect(sources(files).map(({ name }) => name)).toEqual(["A.sol"]);
  const input: unknown = JSON.parse(standardInput(sources(files), "london"));
  expect(input).toMatchObject({
    sources: { "A.sol": { content: "contract A {}" } },
    settings: { evmVersion: "london", optimizer: { enabled: true } },
  });
});
