/** JSON from elsewhere: parsed within limits, and taken apart field by field with the place of what is wrong. */
import { JSON_DEPTH } from "../engine/limits.ts";
import { Unreadable } from "./unreadable.ts";

/** Names that reach into the prototypes of objects. */
const REFUSED = new Set(["__proto__", "constructor", "prototype"]);

/** An object of someone else's JSON, and where it is: a JSON pointer. */
export type Fields = { values: Map<string, unknown>; at: string };

/** Parses; throws `Unreadable` for what is no JSON, too deep, or has names of prototypes. */
export function parse(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unreadable("it is cut off or damaged");
  }
  inspect(value, "", 0);
  return value;
}

function inspect(value: unknown, at: string, depth: number): void {
  if (typeof value !== "object" || value === null) return;
  if (depth === JSON_DEPTH) throw new Unreadable(`${place(at)} is nested too deep`);
  for (const [name, inner] of Object.entries(value)) {
    if (REFUSED.has(name)) throw new Unreadable(`${place(at)} has the field ${name}`);
    inspect(inner, `${at}/${name.slice(0, 40)}`, depth + 1);
  }
}

export function fields(value: unknown, at: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrong(at, "an object");
  return { values: new Map(Object.entries(value)), at };
}

/** A field by its name, read by `read`; `undefined` if it is not there. */
export function field<T>(
  from: Fields,
  name: string,
  read: (value: unknown, at: string) => T,
): T | undefined {
  const value = from.values.get(name);
  return value === undefined ? undefined : read(value, `${from.at}/${name}`);
}

export function text(most: number): (value: unknown, at: string) => string {
  return (value, at) => {
    if (typeof value !== "string") wrong(at, "a text");
    if (value.length > most) wrong(at, `a text of at most ${most} characters`);
    return value;
  };
}

export function whole(most: number): (value: unknown, at: string) => number {
  return (value, at) => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > most) {
      wrong(at, `a whole number from 0 to ${most}`);
    }
    return value;
  };
}

/** A part of a whole, from 0 to 1. */
export function share(value: unknown, at: string): number {
  if (typeof value !== "number" || !(value >= 0 && value <= 1)) wrong(at, "a number from 0 to 1");
  return value;
}

export function list<T>(
  most: number,
  read: (value: unknown, at: string) => T,
): (value: unknown, at: string) => T[] {
  return (value, at) => {
    if (!Array.isArray(value)) wrong(at, "a list");
    if (value.length > most) wrong(at, `a list of at most ${most}`);
    return value.map((item, i) => read(item, `${at}/${i}`));
  };
}

export function wrong(at: string, wanted: string): never {
  throw new Unreadable(`${place(at)} is not ${wanted}`);
}

function place(at: string): string {
  return at === "" ? "what it holds" : at;
}
