import { expect, test } from "vitest";
import { exampleGroups, firstSentence } from "./examples.ts";

test("examples keep their order within their group", () => {
  const example = (id: string, group: string) => ({
    id,
    group,
    title: id,
    description: "",
    remedy: null,
    script: "",
  });
  const groups = exampleGroups([
    example("a", "Basics"),
    example("b", "Tokens"),
    example("c", "Basics"),
  ]);
  expect(groups.map(({ group, examples }) => [group, examples.map(({ id }) => id)])).toEqual([
    ["Basics", ["a", "c"]],
    ["Tokens", ["b"]],
  ]);
});

test("a description is cut after its first sentence", () => {
  expect(firstSentence("It costs 0.5 ether. Then more.")).toBe("It costs 0.5 ether.");
  expect(firstSentence("no end")).toBe("no end");
});
