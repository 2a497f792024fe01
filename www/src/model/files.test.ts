import { expect, test } from "vitest";
import { artifacts, freeName, nameFor, nameProblem, sameFiles, withFiles } from "./files.ts";

const file = (name: string, text = "") => ({ name, text });

test("files are the same when names and texts are", () => {
  expect(sameFiles([file("A.sol", "a")], [file("A.sol", "a")])).toBe(true);
  expect(sameFiles([file("A.sol", "a")], [file("A.sol", "b")])).toBe(false);
  expect(sameFiles([file("A.sol")], [file("A.sol"), file("B.sol")])).toBe(false);
  expect(sameFiles([], [])).toBe(true);
});

test("a name can be anything that is shown and free", () => {
  const problem = (name: string) => nameProblem(name, ["Taken.sol"]);
  expect(problem("lib/<b>Math</b>.sol")).toBeNull();
  expect(problem("Taken.sol")).toBe("There is a file of this name.");
  expect(problem(" ")).toBe("A file needs a name.");
  expect(problem("a.sol ")).toBe("A name neither begins nor ends with a space.");
  expect(problem("x".repeat(201))).toBe("A name has at most 200 characters.");
  expect(problem("a\u202eb")).toBe("A name has no control characters.");
});

test("a new file gets a free name, after its contract", () => {
  expect(nameFor("")).toBe("Contract.sol");
  expect(nameFor("interface I {} contract Main is I {} // contract Not\n")).toBe("Main.sol");
  expect(nameFor("/* contract A */ library L {}")).toBe("L.sol");
  expect(freeName("A.sol", [])).toBe("A.sol");
  expect(freeName("A.sol", ["A.sol", "A-2.sol"])).toBe("A-3.sol");
});

test("a file that is opened again takes the place of the older one", () => {
  const files = withFiles([file("A.sol", "old"), file("B.json")], [file("A.sol", "new"), file("C")]);
  expect(files).toEqual([file("A.sol", "new"), file("B.json"), file("C")]);
  expect(artifacts(files).map(({ name }) => name)).toEqual(["B.json", "C"]);
});
