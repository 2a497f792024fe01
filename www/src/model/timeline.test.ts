import { expect, test } from "vitest";
import { report } from "./fixture.ts";
import { extent, spanAt, spanFacts, timelineModel, visibleSpans } from "./timeline.ts";

const timeline = timelineModel(report);

test("each lane has its spans in the order of their start", () => {
  expect(timeline.lanes.map((lane) => [...lane])).toEqual([
    [1, 2, 3, 6],
    [0, 4, 5],
  ]);
  expect(timeline.length).toBe(160_000);
});

test("the legend names the kinds that occur, in one order", () => {
  expect(timeline.present).toEqual(["committed", "aborted", "blocked", "rejected"]);
});

test("only the spans of a stretch of time are visible", () => {
  const { lane, first, last } = visibleSpans(timeline, 0, 85_000, 95_000);
  expect([...lane.slice(first, last)]).toEqual([3]);
});

test("a point finds the span under it, or one close by", () => {
  expect(spanAt(timeline, 0, 60_000, 0)).toBe(2);
  expect(spanAt(timeline, 0, 100_000, 0)).toBeNull();
  expect(spanAt(timeline, 0, 108_000, 3000)).toBe(6);
  expect(spanAt(timeline, 9, 0, 0)).toBeNull();
});

test("a transaction reaches from its first start to its last end", () => {
  expect(extent(timeline, 1)).toEqual({ from: 0, to: 101_000 });
  expect(extent(timeline, 9)).toBeNull();
});

test("a span is told in words, with the write that was in the way", () => {
  expect(spanFacts(report, 3)).toMatchObject({
    tx: 3,
    title: "#3 incarnation 0, blocked",
    took: "10,000 gas",
    cause: "#1 wrote Airdrop.claimed",
  });
  expect(spanFacts(report, 0)?.cause).toBe("#0 wrote Airdrop.claimed");
  expect(spanFacts(report, 1)?.cause).toBe("");
  expect(spanFacts(report, 99)).toBeNull();
});
