import { describe, expect, test, vi } from "vitest";
import { LINK_BYTES, LINK_CHARS } from "../engine/limits.ts";
import { fragmentOf, readFragment } from "./fragment.ts";
import links from "./links.json";
import { type Saved, UNNAMED } from "./saved.ts";

const own = (script: string): Saved => ({
  texts: { kind: "own", script, files: [] },
  options: UNNAMED,
  shown: {},
});

/** A link with these bytes in it, whatever they are. */
async function packed(content: BlobPart): Promise<string> {
  const deflated = new Blob([content]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `v1=${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

const holding = (value: unknown) => packed(JSON.stringify(value));

describe("links of the first version open for ever", () => {
  test.each(links)("$what", async ({ fragment, holds }) => {
    const opened = await readFragment(fragment);
    // Options that came later are what they were before they could be chosen.
    const faults = holds.texts.kind === "example" ? null : [];
    const saved = { ...holds, options: { ...UNNAMED, faults, ...holds.options } };
    expect(JSON.parse(JSON.stringify(opened))).toEqual({ saved, newer: false });
  });

  test("the readable form of an example", async () => {
    const opened = await readFragment("example=airdrop&strategy=block-stm&workers=8");
    expect(opened?.newer).toBe(false);
    expect(opened?.saved.texts).toEqual({ kind: "example", id: "airdrop" });
    expect(opened?.saved.options).toEqual({ ...UNNAMED, strategy: "block-stm", workers: 8, faults: null });
  });
});

test("what is written is read again", async () => {
  const saved: Saved = {
    ...own("let a = `☂`; // &#= %00 \u{1F600}\n"),
    options: { ...UNNAMED, strategy: "dag", seed: 4_294_967_295, costs: "measured", overhead: { crowding: 0.5 } },
    shown: { panel: "a b&c", select: { kind: "line", line: 3 }, window: { from: 1e-7, to: 0.5 } },
  };
  const example: Saved = { ...saved, texts: { kind: "example", id: "hot-counter" } };
  // Without those that belong to it, and with them.
  const plain: Saved = { ...example, options: { ...UNNAMED, faults: null } };
  const bare: Saved = { ...example, options: UNNAMED };
  expect(await fragmentOf(plain)).toMatch(/^example=hot-counter&/);
  for (const each of [saved, example, plain, bare]) {
    const opened = await readFragment((await fragmentOf(each)) ?? "");
    expect(JSON.parse(JSON.stringify(opened))).toEqual({ saved: each, newer: false });
  }
});

test("a fragment of something else says nothing", async () => {
  for (const fragment of ["", "timeline", "v=1", "version1=a", "examples=a"]) {
    expect(await readFragment(fragment)).toBeNull();
  }
});

test("a text that is too large for a link makes none", async () => {
  let state = 1;
  const noise = Array.from({ length: 90_000 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (state % 90));
  }).join("");
  expect(await fragmentOf(own(noise))).toBeNull();
  expect(await fragmentOf(own("a".repeat(5_000_000)))).toBeNull();
  expect(await fragmentOf(own("a".repeat(1_000_000)))).not.toBeNull();
});

describe("what cannot be opened is refused, and said", () => {
  const good = links[0]?.fragment ?? "";
  const nested = `{"script":"","x":${"[".repeat(40)}${"]".repeat(40)}}`;
  test.each([
    ["cut off", good.slice(0, -6), "it is cut off or damaged"],
    ["nothing", "v1=", "it is cut off or damaged"],
    ["no base64url", "v1=a+b", "it is cut off or damaged"],
    ["not packed", "v1=AAAA", "it is cut off or damaged"],
    ["no JSON", packed("let a = 1;"), "it is cut off or damaged"],
    ["no UTF-8", packed(new Uint8Array([0x22, 0xff, 0x22])), "it is cut off or damaged"],
    ["of a later version", "v2=abc", "it was made by a newer version of Interleave"],
    ["too long", `v1=${"A".repeat(LINK_CHARS + 1)}`, "it is too long"],
    ["a bomb", packed(new Uint8Array(40_000_000)), "it holds more than 4 MiB"],
    ["nested", packed(nested), "is nested too deep"],
    ["a list", holding([]), "what it holds is not an object"],
    ["no text", holding({ options: {} }), "it names neither a script nor an example"],
    ["a number as script", holding({ script: 3 }), "/script is not a text"],
    ["a list as script", holding({ script: ["a"] }), "/script is not a text"],
    ["files that are none", holding({ script: "", files: [3] }), "/files/0 is not an object"],
    [
      "a file without text",
      holding({ script: "", files: [{ name: "a.sol" }] }),
      "/files/0 is not a file with name and text",
    ],
    [
      "a name that turns letters around",
      holding({ script: "", files: [{ name: "a\u202e.sol", text: "" }] }),
      "/files/0/name cannot be used. A name has no control characters.",
    ],
    [
      "two files of one name",
      holding({ script: "", files: [{ name: "a", text: "" }, { name: "a", text: "" }] }),
      "/files/1/name cannot be used. There is a file of this name.",
    ],
    [
      "an option that is none",
      holding({ script: "", options: { workers: "many" } }),
      "/options/workers is not a number of workers",
    ],
    [
      "a strategy that is markup",
      holding({ script: "", options: { strategy: "<b>" } }),
      "/options/strategy is not a strategy",
    ],
    ["a window outside", holding({ script: "", from: 0, to: 2 }), "/to is not a number from 0 to 1"],
    ["a transaction below zero", holding({ script: "", tx: -1 }), "/tx is not a whole number"],
    ["an example with bad options", "example=a&workers=0", "/options/workers is not"],
    ["a readable form that is too long", `example=${"a".repeat(5000)}`, "it is too long"],
  ])("%s", async (_, fragment, message) => {
    await expect(readFragment(await fragment)).rejects.toThrow(message);
  });

  test.each(["__proto__", "constructor", "prototype"])("names of prototypes: %s", async (name) => {
    for (const json of [
      `{"script":"","${name}":{"polluted":true}}`,
      `{"script":"","options":{"${name}":{"polluted":true}}}`,
      `{"script":"","later":[{"${name}":1}]}`,
    ]) {
      await expect(readFragment(await packed(json))).rejects.toThrow(`has the field ${name}`);
    }
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

test("a bomb is stopped while it is read", async () => {
  const chunk = new Uint8Array(65_536);
  let inflated = 0;
  class Endless {
    readonly writable = new WritableStream();
    readonly readable = new ReadableStream({
      pull(controller) {
        inflated += chunk.length;
        controller.enqueue(chunk);
      },
    });
  }
  vi.stubGlobal("DecompressionStream", Endless);
  await expect(readFragment("v1=AAAA")).rejects.toThrow("it holds more than 4 MiB");
  vi.unstubAllGlobals();
  expect(inflated).toBeLessThan(LINK_BYTES + 4 * chunk.length);
});

test("what a later version added is left out, and said", async () => {
  for (const [fragment, faults] of [
    [holding({ script: "a", speed: 2 }), []],
    [holding({ script: "a", options: { speed: { fast: true } } }), []],
    ["example=a&speed=2", null],
  ] as const) {
    const opened = await readFragment(await fragment);
    expect(opened?.newer).toBe(true);
    expect(opened?.saved.options).toEqual({ ...UNNAMED, faults });
  }
});

test("the readable form cannot carry a script", async () => {
  const opened = await readFragment("example=a&script=let&files=b&options=c");
  expect(opened?.saved.texts).toEqual({ kind: "example", id: "a" });
});
