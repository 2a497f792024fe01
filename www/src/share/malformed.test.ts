/**
 * Malformed links, saved files and messages, made at random from fixed seeds: each opens, or is refused
 * with the reason and its place.
 *
 * `VITE_TIMES=10` makes ten times as many (`cargo xtask soak malformed`).
 */
import { expect, test } from "vitest";
import { embedSettings, fromHost } from "../model/embed.ts";
import { fileOf, readSavedFile } from "./file.ts";
import { readFragment } from "./fragment.ts";
import links from "./links.json";
import { pack } from "./packed.ts";
import { type Opened, UNNAMED } from "./saved.ts";
import { Unreadable } from "./unreadable.ts";

const COUNT = 200 * Number(import.meta.env["VITE_TIMES"] ?? 1);
const PLACES = /^(it |what it holds|\/)/;

const PIECES = [
  "", "0", "-1", "1e999", "4294967296", "0.5", "null", "true", "{}", "[]", '"', "\\", "\\u0000", "\\ud800",
  "\u0000", "\u202e", "\ufeff", "%", "%00", "%zz", "&", "=", "#", "v1=", "v2=", "__proto__", "constructor",
  "prototype", "script", "files", "example", "options", "<img src=x onerror=alert(1)>", "javascript:alert(1)",
];
const OPENED = ["[", '{"a":', '{"script":'];

type Random = (below: number) => number;

/** The same numbers for the same seed, everywhere. */
function random(seed: number): Random {
  let state = seed * 2_654_435_769 + 1;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function pick<T>(from: readonly T[], draw: Random): T {
  const found = from[draw(from.length)];
  if (found === undefined) throw new Error("there is nothing to choose from");
  return found;
}

/** The text with a part cut off, missing, doubled or replaced, a few times. */
function changed(text: string, draw: Random): string {
  for (let changes = 1 + draw(3); changes > 0; changes--) {
    const start = draw(text.length + 1);
    const end = start + draw(Math.min(text.length - start, 12) + 1);
    const piece =
      draw(20) === 0 ? pick(OPENED, draw).repeat(1 + draw(3000)) : pick(PIECES, draw);
    const between = pick(["", piece, piece, text.slice(start, end).repeat(2)], draw);
    text = text.slice(0, start) + between + (draw(6) === 0 ? "" : text.slice(end));
  }
  return text;
}

/** What is opened has only what a page can use; what is refused says why. */
async function read(open: () => Promise<Opened | null> | Opened | null): Promise<"opened" | "refused" | "else"> {
  try {
    const opened = await open();
    if (opened === null) return "else";
    expect(Object.keys(opened.saved.options).sort()).toEqual(Object.keys(UNNAMED).sort());
    const { texts } = opened.saved;
    if (texts.kind === "own") expect(typeof texts.script).toBe("string");
    else expect(typeof texts.id).toBe("string");
    return "opened";
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    expect(error.message).toMatch(PLACES);
    return "refused";
  } finally {
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  }
}

async function tally(make: (draw: Random) => Promise<Parameters<typeof read>[0]>): Promise<void> {
  const counts = { opened: 0, refused: 0, else: 0 };
  for (let seed = 0; seed < COUNT; seed++) {
    const open = await make(random(seed));
    counts[await read(open)]++;
  }
  console.log(`${COUNT} inputs: ${counts.opened} opened, ${counts.refused} refused, ${counts.else} something else`);
  // Where nothing is refused nothing was tried, and the other way round.
  expect(counts.refused).toBeGreaterThan(COUNT / 10);
  expect(counts.opened + counts.else).toBeGreaterThan(0);
}

const FRAGMENTS = [...links.map(({ fragment }) => fragment), "example=airdrop&strategy=dag&workers=3&tx=4"];
const JSONS = links.map(({ holds }) => fileOf({ ...holds, options: { ...UNNAMED, ...holds.options } } as never));

test("malformed links", async () => {
  await tally(async (draw) => {
    const fragment = changed(pick(FRAGMENTS, draw), draw);
    return () => readFragment(fragment);
  });
});

test("links that hold something malformed", async () => {
  await tally(async (draw) => {
    const packed = await pack(changed(pick(JSONS, draw), draw));
    return () => readFragment(`v1=${packed ?? ""}`);
  });
});

test("malformed saved files", async () => {
  await tally(async (draw) => {
    const text = changed(pick(JSONS, draw), draw);
    return () => readSavedFile(text);
  });
});

/** Any value that a message can have. */
function value(draw: Random, depth: number): unknown {
  const kinds: (() => unknown)[] = [
    () => pick(PIECES, draw),
    () => draw(3),
    () => null,
    () => undefined,
    () => draw(2) === 0,
    () => 10n ** BigInt(draw(40)),
    () => NaN,
    () => new Date(0),
    () => new Map([["interleave", 1]]),
    () => new Uint8Array(draw(5)),
    () => "x".repeat(draw(1_100_000)),
    () => Array.from({ length: draw(4) }, () => (depth > 3 ? 0 : value(draw, depth + 1))),
    () => (depth > 3 ? {} : message(draw, depth + 1)),
  ];
  return pick(kinds, draw)();
}

function message(draw: Random, depth: number): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  if (draw(4) > 0) made["interleave"] = draw(6) > 0 ? 1 : value(draw, depth);
  if (draw(4) > 0) made["kind"] = draw(4) > 0 ? pick(["hello", "run", "setScript"], draw) : value(draw, depth);
  if (draw(3) > 0) made["script"] = draw(2) > 0 ? pick(PIECES, draw) : value(draw, depth);
  if (draw(8) === 0) made[pick(PIECES, draw)] = value(draw, depth);
  return made;
}

test("malformed messages of the page around", () => {
  let taken = 0;
  for (let seed = 0; seed < COUNT; seed++) {
    const draw = random(seed);
    const data = draw(5) === 0 ? value(draw, 0) : message(draw, 0);
    const read = fromHost(data);
    if (read === null) continue;
    taken++;
    expect(["hello", "run", "setScript"]).toContain(read.kind);
    if (read.kind === "setScript") expect(typeof read.script).toBe("string");
    expect(Object.keys(read).every((name) => name === "kind" || name === "script")).toBe(true);
  }
  expect(taken).toBeGreaterThan(COUNT / 20);
  expect(taken).toBeLessThan(COUNT * 0.9);
});

test("malformed addresses of an embedded page", () => {
  const address = "?views=script,verdict,timeline&theme=dark&readonly=1&autorun=1";
  for (let seed = 0; seed < COUNT; seed++) {
    const { views, theme } = embedSettings(changed(address, random(seed)));
    expect(views.size).toBeGreaterThan(0);
    expect(["system", "light", "dark"]).toContain(theme);
  }
});
