/**
 * Answers on their way from the engine's thread to the page's: long columns go as memory that changes
 * hands, not as values that are copied one by one, and are made lists of when somebody looks at them.
 *
 * A report of a large run has millions of numbers, and reading them one by one keeps the page's thread
 * from everything else for half a second; of most columns a visitor never sees anything. Columns of
 * numbers, of numbers that may be missing, and of words of which there are few go packed; all else as it
 * is. What is unpacked equals what was packed, for whoever looks at it, copies it or writes it as JSON.
 */

/** Shorter columns are not worth it. */
const SHORTEST = 256;
/** Different words of a column that are numbered. */
const MOST_WORDS = 255;

type Word = string | boolean;

/** A column as it is sent. */
type Column =
  | { kind: "numbers"; data: Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer> }
  /** What is missing is not a number. */
  | { kind: "optional"; data: Float64Array<ArrayBuffer> }
  | { kind: "words"; words: Word[]; data: Uint8Array<ArrayBuffer> };

type Parts = Record<string | number, unknown>;

/** A column, and where in the answer it belongs: what is the same object there is so on the other side. */
export type Packed = { parts: object; at: string | number; column: Column };

/** Takes the columns out of a value; gives them, to be sent beside it, and the memory that changes hands then. */
export function pack(value: object): { columns: Packed[]; memory: ArrayBuffer[] } {
  const columns: Packed[] = [];
  take(value as Parts, columns);
  return { columns, memory: columns.map(({ column }) => column.data.buffer) };
}

/** Puts lists where the columns were; each is made when it is first looked at. */
export function unpack(columns: Packed[]): void {
  const whole = { configurable: true, enumerable: true };
  for (const { parts, at, column } of columns) {
    const put = (value: unknown) => Object.defineProperty(parts, at, { ...whole, value, writable: true });
    const get = () => {
      const elements = elementsOf(column);
      put(elements);
      return elements;
    };
    Object.defineProperty(parts, at, { ...whole, get, set: put });
  }
}

function take(parts: Parts, columns: Packed[]): void {
  for (const at of Array.isArray(parts) ? parts.keys() : Object.keys(parts)) {
    const part = parts[at];
    if (typeof part !== "object" || part === null) continue;
    const column = Array.isArray(part) && part.length >= SHORTEST ? columnOf(part) : null;
    if (column === null) {
      take(part as Parts, columns);
    } else {
      columns.push({ parts, at, column });
      // So that the order of what is in it stays.
      parts[at] = null;
    }
  }
}

function columnOf(values: unknown[]): Column | null {
  if (values.every(isNumber)) {
    const data = values.every(isInt32) ? Int32Array.from(values) : Float64Array.from(values);
    return { kind: "numbers", data };
  }
  if (values.every(isOptional)) {
    return { kind: "optional", data: Float64Array.from(values, (value) => value ?? Number.NaN) };
  }
  return values.every(isWord) ? wordsOf(values) : null;
}

function wordsOf(values: Word[]): Column | null {
  const codes = new Map<Word, number>();
  const data = new Uint8Array(values.length);
  for (const [at, word] of values.entries()) {
    let code = codes.get(word);
    if (code === undefined) {
      if (codes.size === MOST_WORDS) return null;
      code = codes.size;
      codes.set(word, code);
    }
    data[at] = code;
  }
  return { kind: "words", words: [...codes.keys()], data };
}

function elementsOf(column: Column): unknown[] {
  switch (column.kind) {
    case "numbers":
      return numbersIn(column.data);
    case "optional":
      return optionalIn(column.data);
    case "words":
      return wordsIn(column.data, column.words);
  }
}

// These have a million elements to make before a picture is drawn: a loop each takes half as long as
// `Array.from`, and as one with a function for the element.

function numbersIn(data: Int32Array | Float64Array): number[] {
  const elements = new Array<number>(data.length);
  for (let at = 0; at < data.length; at++) elements[at] = data[at] ?? 0;
  return elements;
}

function optionalIn(data: Float64Array): (number | null)[] {
  const elements = new Array<number | null>(data.length);
  for (let at = 0; at < data.length; at++) {
    const value = data[at] ?? 0;
    elements[at] = Number.isNaN(value) ? null : value;
  }
  return elements;
}

function wordsIn(data: Uint8Array, words: Word[]): Word[] {
  const elements = new Array<Word>(data.length);
  for (let at = 0; at < data.length; at++) elements[at] = words[data[at] ?? 0] ?? "";
  return elements;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function isInt32(value: number): boolean {
  return Object.is(value | 0, value);
}

function isOptional(value: unknown): value is number | null {
  return value === null || (isNumber(value) && !Number.isNaN(value));
}

function isWord(value: unknown): value is Word {
  return typeof value === "string" || typeof value === "boolean";
}
