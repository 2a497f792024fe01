/**
 * From files of Solidity to what the engine takes.
 *
 * The compiler gives nothing at all when one file is wrong, so those that are wrong are left out and
 * the others asked for again.
 */
import { SOLIDITY_CHARS } from "../engine/limits.ts";
import type { ContractFile } from "../engine/report.ts";
import { readAnswer, size, type SourceProblem, standardInput, wholeProblem } from "../model/solidity.ts";
import type { Compilation } from "./compiler.ts";

export type Compiled = {
  /** What was compiled. */
  sources: ContractFile[];
  evmVersion: string;
  /** What came of it, as the engine reads it; nothing where no file compiles. */
  output: ContractFile | null;
  problems: SourceProblem[];
};

/** The name that the engine knows the compiler's output by. */
const OUTPUT = "the compiler's output";

/** Compiles all files that compile; `null` if something newer was asked meanwhile. */
export async function compileAll(
  sources: ContractFile[],
  evmVersion: string,
  compile: (input: string) => Promise<Compilation>,
): Promise<Compiled | null> {
  const result = { sources, evmVersion, output: null };
  if (size(sources) > SOLIDITY_CHARS) {
    const largest = sources.reduce((one, other) => (other.text.length > one.text.length ? other : one));
    const most = SOLIDITY_CHARS.toLocaleString("en");
    const message = `Contracts have at most ${most} characters of Solidity together.`;
    return { ...result, problems: [wholeProblem(message, largest.name)] };
  }
  const problems: SourceProblem[] = [];
  const left: string[] = [];
  for (let files = sources; files.length > 0; ) {
    const input = standardInput(files, evmVersion);
    const compilation = await compile(input);
    if (compilation.kind === "replaced") return null;
    if (compilation.kind === "failed") {
      return { ...result, problems: [...problems, wholeProblem(compilation.message)] };
    }
    const answer = readAnswer(compilation.output, files, left);
    problems.push(...answer.problems.filter((problem) => !isKnown(problems, problem)));
    if (answer.whole) {
      // With the input, in which a report finds the lines of source.
      const text = `{"input":${input},"output":${compilation.output}}`;
      const output = { name: OUTPUT, text };
      return { ...result, output, problems };
    }
    // An error that is in no file would only come again.
    if (answer.broken.length === 0) break;
    left.push(...answer.broken);
    files = files.filter(({ name }) => !answer.broken.includes(name));
  }
  return { ...result, problems };
}

function isKnown(problems: SourceProblem[], { message, file, from }: SourceProblem): boolean {
  return problems.some((it) => it.message === message && it.file === file && it.from === from);
}
