import { expect, test } from "vitest";
import { report as found } from "./fixture.ts";
import { markdown } from "./markdown.ts";

test("a batch that has not run is a link", () => {
  expect(markdown("https://a.example/#b", null)).toBe("[Open in Interleave](https://a.example/#b)\n");
});

test("names cannot be markup", () => {
  const report = { ...found, title: "<b>*Mine*</b>\n# [a](b)" };
  const text = markdown("https://a.example/", report);
  expect(text.split("\n")[0]).toBe(String.raw`**\<b\>\*Mine\*\</b\> \# \[a\]\(b\)**`);
});

test("a picture is a file beside the document, and opens the link", () => {
  const report = { ...found, title: "A [b]" };
  expect(markdown("https://a.example/#b", report, "a-b-timeline.png")).toContain(
    "\n\n[![Timeline: A \\[b\\]](a-b-timeline.png)](https://a.example/#b)\n\n",
  );
});
