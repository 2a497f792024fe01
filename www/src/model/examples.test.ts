import { expect, test } from "vitest";
import { exampleGroups, firstSentence, matching } from "./examples.ts";

const example = (id: string, group: string, description = "") => ({
  id,
  group,
  title: id,
  description,
  remedy: null,
  faults: [],
  script: "",
});

test("examples keep their order within their group", () => {
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

test("a search finds words in any order, in title, group and description", () => {
  const examples = [
    example("Airdrop", "Tokens", "Every claim bumps one counter."),
    example("Swaps", "DeFi", "One pool for everybody."),
  ];
  const found = (query: string) => matching(examples, query).map(({ id }) => id);
  expect(found("")).toEqual(["Airdrop", "Swaps"]);
  expect(found("  POOL ")).toEqual(["Swaps"]);
  expect(found("counter tokens")).toEqual(["Airdrop"]);
  expect(found("counter pool")).toEqual([]);
});
