/** The files of contracts: their names, and what is in them as far as the page has to know. */
import { NAME_CHARS, OPENED_BYTES } from "../engine/limits.ts";
import type { ContractFile } from "../engine/report.ts";
import { isSolidity } from "./solidity.ts";

const FIRST_NAME = "Contract.sol";

/** Are these the same files? */
export function sameFiles(one: ContractFile[], other: ContractFile[]): boolean {
  return (
    one === other ||
    (one.length === other.length &&
      one.every(({ name, text }, i) => name === other[i]?.name && text === other[i]?.text))
  );
}

/** Are these the same script and the same files beside it? */
export function sameTexts(
  one: { script: string; files: ContractFile[] },
  other: { script: string; files: ContractFile[] },
): boolean {
  return one.script === other.script && sameFiles(one.files, other.files);
}

/** A text with its lines ended as the editor ends them. One that is ended otherwise would seem to be changed. */
export function withEditorLines(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

/** What is wrong with a name, or nothing. Imports find files by it, so folders are allowed. */
export function nameProblem(name: string, others: string[]): string | null {
  if (name.trim() === "") return "A file needs a name.";
  if (name !== name.trim()) return "A name neither begins nor ends with a space.";
  if ([...name].length > NAME_CHARS) return `A name has at most ${NAME_CHARS} characters.`;
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) return "A name has no control characters.";
  if (others.includes(name)) return "There is a file of this name.";
  return null;
}

/** In what way something of so many bytes is too large to be even read, or nothing; one file, unless it says so. */
export function sizeProblem(size: number, most = OPENED_BYTES): string | null {
  return size > most ? `larger than ${most / 1_000_000} MB` : null;
}

/** A name that no file has: the one wanted, or the same with a number. */
export function freeName(wanted: string, taken: string[]): string {
  if (!taken.includes(wanted)) return wanted;
  const dot = wanted.lastIndexOf(".");
  const [stem, ending] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ""];
  for (let number = 2; ; number++) {
    const name = `${stem}-${number}${ending}`;
    if (!taken.includes(name)) return name;
  }
}

/** The name of a new file with this Solidity: that of its last contract, which is mostly the main one. */
export function nameFor(text: string): string {
  const code = text.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
  const names = [...code.matchAll(/\b(?:contract|library)\s+([A-Za-z_$][\w$]{0,60})/g)];
  const name = names.at(-1)?.[1];
  return name === undefined ? FIRST_NAME : `${name}.sol`;
}

/** The files with these added; one that has the name of another takes its place. */
export function withFiles(files: ContractFile[], added: ContractFile[]): ContractFile[] {
  const kept = files.map((file) => added.find(({ name }) => name === file.name) ?? file);
  const names = new Set(files.map(({ name }) => name));
  return [...kept, ...added.filter(({ name }) => !names.has(name))];
}

/** Files that hold compiled contracts already, which go to the engine as they are. */
export function artifacts(files: ContractFile[]): ContractFile[] {
  return files.filter(({ name }) => !isSolidity(name));
}
