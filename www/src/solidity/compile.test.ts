import { expect, test } from "vitest";
import { compileAll } from "./compile.ts";
import type { Compilation } from "./compiler.ts";

const file = (name: string, text = "contract C {}") => ({ name, text });

/** A compiler that finds an error in each file that holds `wrong`, and gives no output then. */
function compiler(): { asked: string[][]; compile: (input: string) => Promise<Compilation> } {
  const asked: string[][] = [];
  const compile = (input: string): Promise<Compilation> => {
    const { sources } = JSON.parse(input) as { sources: Record<string, { content: string }> };
    asked.push(Object.keys(sources));
    const errors = Object.entries(sources)
      .filter(([, { content }]) => content.includes("wrong"))
      .map(([name]) => ({
        severity: "error",
        message: "wrong",
        sourceLocation: { file: name, start: 0, end: 1 },
      }));
    return Promise.resolve({ kind: "done", output: JSON.stringify({ errors }) });
  };
  return { asked, compile };
}

test("a file that does not compile is left out, and the others still compile", async () => {
  const { asked, compile } = compiler();
  const files = [file("A.sol"), file("B.sol", "wrong"), file("C.sol")];
  const compiled = await compileAll(files, "osaka", compile);
  expect(asked).toEqual([["A.sol", "B.sol", "C.sol"], ["A.sol", "C.sol"]]);
  expect(JSON.parse(compiled?.output?.text ?? "")).toMatchObject({
    input: { sources: { "A.sol": {}, "C.sol": {} } },
    output: { errors: [] },
  });
  expect(compiled?.problems.map(({ file }) => file)).toEqual(["B.sol"]);
});

test("where no file compiles there is no output", async () => {
  const { compile } = compiler();
  const compiled = await compileAll([file("A.sol", "wrong")], "osaka", compile);
  expect(compiled).toMatchObject({ output: null, problems: [{ message: "wrong" }] });
});

test("an error in no file ends it", async () => {
  const output = JSON.stringify({ errors: [{ severity: "error", message: "Out of memory" }] });
  const compile = () => Promise.resolve({ kind: "done", output } as const);
  const compiled = await compileAll([file("A.sol")], "osaka", compile);
  expect(compiled).toMatchObject({ output: null, problems: [{ message: "Out of memory" }] });
});

test("too much Solidity is a problem of its largest file, and is not compiled", async () => {
  const { asked, compile } = compiler();
  const files = [file("A.sol"), file("B.sol", "x".repeat(1_000_000))];
  const compiled = await compileAll(files, "osaka", compile);
  expect(asked).toEqual([]);
  expect(compiled?.problems).toMatchObject([
    { file: "B.sol", message: "Contracts have at most 1,000,000 characters of Solidity together." },
  ]);
});

test("a compiler that was stopped says why, and one that was replaced says nothing", async () => {
  const failed = { kind: "failed", message: "it took too long" } as const;
  const compiled = await compileAll([file("A.sol")], "osaka", () => Promise.resolve(failed));
  expect(compiled?.problems).toMatchObject([{ message: "it took too long", file: null }]);
  const replaced = { kind: "replaced" } as const;
  expect(
    await compileAll([file("A.sol")], "osaka", () => Promise.resolve(replaced)),
  ).toBeNull();
});
