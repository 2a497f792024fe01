import { expect, test } from "vitest";
import { excerpt, isEditable, isFile } from "./text.ts";

test("JSON is a file, and a script is none", () => {
  for (const text of ['{"block": 1}', " \n{ }", "{", "[1]", '\uFEFF{"a"']) {
    expect(isFile(text), text).toBe(true);
  }
  for (const text of ["", "// {", "let a = 1;", "{ let a = 1; }", "#{ a: 1 };"]) {
    expect(isFile(text), text).toBe(false);
  }
});

test("a file that is long, or has a long line, is not edited; a script always is", () => {
  expect(isEditable(`[\n${"0,\n".repeat(1000)}0]`)).toBe(true);
  expect(isEditable(`["${"b".repeat(30_000)}"]`)).toBe(false);
  expect(isEditable(`[\n${"0,\n".repeat(300_000)}0]`)).toBe(false);
  expect(isEditable(`// ${"b".repeat(30_000)}`)).toBe(true);
});

test("an excerpt is the beginning, and says whether there is more", () => {
  expect(excerpt("one\ntwo")).toEqual({ lines: ["one", "two"], cut: false });
  const long = excerpt(`${"a".repeat(500)}\nb`);
  expect(long.lines[0]).toBe(`${"a".repeat(300)}…`);
  expect(long.cut).toBe(true);
  const many = excerpt("x\n".repeat(5000));
  expect([many.lines.length, many.cut]).toEqual([400, true]);
});
