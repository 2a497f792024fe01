import { expect, test } from "vitest";
import { embedCode, embedSettings, fromHost } from "./embed.ts";

test("an embedded page shows what it is asked for, in the page's order", () => {
  const { views, theme, readOnly, autorun } = embedSettings(
    "?views=timeline,verdict,%3Cb%3E&theme=dark&readonly=1&autorun=1",
  );
  expect([...views]).toEqual(["verdict", "timeline"]);
  expect([theme, readOnly, autorun]).toEqual(["dark", true, true]);
});

test("what it does not understand is as if it were not there", () => {
  const { views, theme, readOnly, autorun } = embedSettings("?views=all&theme=pink&autorun=yes");
  expect([...views]).toEqual(["script", "verdict", "timeline"]);
  expect([theme, readOnly, autorun]).toEqual(["system", false, false]);
});

test("messages that are not ours are nothing", () => {
  expect(fromHost({ interleave: 1, kind: "run" })).toEqual({ kind: "run" });
  expect(fromHost({ interleave: 1, kind: "setScript", script: "a", more: 1 })).toEqual({
    kind: "setScript",
    script: "a",
  });
  for (const data of [
    null,
    "run",
    { kind: "run" },
    { interleave: 2, kind: "run" },
    { interleave: 1, kind: "setScript" },
    { interleave: 1, kind: "setScript", script: { toString: () => "a" } },
    { interleave: 1, kind: "setScript", script: "a".repeat(1_000_001) },
    { interleave: 1, kind: "restart" },
  ]) {
    expect(fromHost(data)).toBeNull();
  }
});

test("the code for other pages has the link as text, whatever is in it", () => {
  const link = 'https://a.example/sub/#example=hot-counter&workers=8&location="><script>';
  const code = embedCode("https://a.example/sub/", link);
  expect(code.split("\n")).toEqual([
    '<script src="https://a.example/sub/embed.js" defer></script>',
    // The address writes some characters in its own way.
    '<evm-playground link="#example=hot-counter&amp;workers=8&amp;location=%22%3E%3Cscript%3E">',
    '<a href="https://a.example/sub/#example=hot-counter&amp;workers=8&amp;location=&quot;>&lt;script>">See it in Interleave</a>',
    "</evm-playground>",
    "",
  ]);
});
