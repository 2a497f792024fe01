/**
 * Answers on their way from the engine's thread to the page's: long columns go as memory that changes
 * hands, not as values that are copied one by one.
 *
 * A report of a large run has a million numbers, and reading them one by one keeps the page's thread
 * from everything else for half a second. Columns of numbers, of numbers that may be missing, and of
 * words of which there are few go packed; all else as it is. What is unpacked equals what was packed.
 */

/** Shorter columns are not worth it. */
const SHORTEST = 256;
/** Different words of a column that are numbered. */
const MOST_WORDS = 255;

const MARK = "$column";

/** A column as it is sent. */
type Column =
  | { [MARK]: "numbers"; data: Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer> }
  /** What is missing is not a number. */
  | { [MARK]: "optional"; data: Float64Array<ArrayBuffer> }
  | { [MARK]: "words"; words: string[]; data: Uint8Array<ArrayBuffer> };

/** Packs the columns of a value, within it; gives the memory that changes hands when it is sent. */
export function pack(value: object): ArrayBuffer[] {
  const memory: ArrayBuffer[] = [];
  replace(value, (part) => {
    const column = Array.isArray(part) && part.length >= SHORTEST ? columnOf(part) : null;
    if (column !== null) memory.push(column.data.buffer);
    return column;
  });
  return memory;
}

/** Unpacks the columns of a value, within it. */
export function unpack(value: object): void {
  replace(value, (part) => (MARK in part ? elementsOf(part as Column) : null));
}

/** Puts other objects in the place of those within `value` that `other` has something for. */
function replace(value: object, other: (part: object) => object | null): void {
  const parts = value as Record<string | number, unknown>;
  const look = (at: string | number) => {
    const part = parts[at];
    if (typeof part !== "object" || part === null) return;
    const replacement = other(part);
    if (replacement === null) replace(part, other);
    else parts[at] = replacement;
  };
  if (Array.isArray(value)) value.forEach((_, at) => look(at));
  else Object.keys(value).forEach(look);
}

function columnOf(values: unknown[]): Column | null {
  if (values.every(isNumber)) {
    const data = values.every(isInt32) ? Int32Array.from(values) : Float64Array.from(values);
    return { [MARK]: "numbers", data };
  }
  if (values.every(isOptional)) {
    return { [MARK]: "optional", data: Float64Array.from(values, (value) => value ?? Number.NaN) };
  }
  return values.every(isString) ? wordsOf(values) : null;
}

function wordsOf(values: string[]): Column | null {
  const codes = new Map<string, number>();
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
  return { [MARK]: "words", words: [...codes.keys()], data };
}

function elementsOf(column: Column): unknown[] {
  switch (column[MARK]) {
    case "numbers":
      return Array.from(column.data);
    case "optional":
      return Array.from(column.data, (value) => (Number.isNaN(value) ? null : value));
    case "words": {
      const { words, data } = column;
      return Array.from(data, (code) => words[code]);
    }
  }
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

function isString(value: unknown): value is string {
  return typeof value === "string";
}
