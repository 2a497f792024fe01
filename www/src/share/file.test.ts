import { expect, test } from "vitest";
import { fileOf, readSavedFile } from "./file.ts";
import { type Saved, UNNAMED } from "./saved.ts";

const SAVED: Saved = {
  texts: { kind: "own", script: "// é\n", files: [{ name: "A.sol", text: "contract A {}" }] },
  options: { ...UNNAMED, workers: 2 },
  shown: { select: { kind: "tx", tx: 1 } },
};

test("a saved file is read again", () => {
  const opened = readSavedFile(fileOf(SAVED));
  expect(JSON.parse(JSON.stringify(opened))).toEqual({ saved: SAVED, newer: false });
});

test("other files are something else", () => {
  expect(readSavedFile('{"abi": []}')).toBeNull();
  expect(readSavedFile("contract A {}")).toBeNull();
});

test("a file of another version, or a damaged one, is refused", () => {
  expect(() => readSavedFile('{"interleave": 2, "script": ""}')).toThrow("another version");
  expect(() => readSavedFile('{"interleave": 1, "script": ')).toThrow("cut off or damaged");
  expect(() => readSavedFile('{"interleave": 1}')).toThrow("neither a script nor an example");
});
