import { expect, test } from "vitest";
import { sentence } from "./verdict.ts";

test("punctuation stays on the line of the link before it", () => {
  const link = { view: "timeline" } as const;
  const pieces = sentence([
    { text: "It ", link: null },
    { text: "runs", link },
    { text: "; then stops", link: null },
    { text: ", it says.", link: null },
  ]);
  expect(pieces.map(({ text, tail }) => [text, tail])).toEqual([
    ["It ", ""],
    ["runs", ";"],
    [" then stops", ""],
    [", it says.", ""],
  ]);
});

test("an empty verdict is an empty sentence", () => {
  expect(sentence([])).toEqual([]);
});
