import { expect, test } from "vitest";
import { report } from "./fixture.ts";
import { pieces, showpiece, TOUR } from "./tour.ts";

test("the tour explains each word once, and in words that come before", () => {
  const terms = TOUR.flatMap(({ text }) => text.flatMap(pieces)).filter(({ term }) => term);
  expect(terms.map(({ text }) => text)).toEqual([
    "strategy",
    "incarnation",
    "validation",
    "abort",
  ]);
});

test("the transaction to show is one that was aborted", () => {
  const tx = showpiece(report);
  const kinds = report.spans.kind.filter((_, span) => report.spans.tx[span] === tx);
  expect(kinds).toContain("aborted");
});
