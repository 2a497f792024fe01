import { expect, test } from "vitest";
import { densityOf, nextFrom, positionsOf } from "./density.ts";
import { report } from "./fixture.ts";
import { SPAN_KINDS, timelineModel } from "./timeline.ts";

const timeline = timelineModel(report);

test("sums tell how much of each kind lies between two positions of a lane", () => {
  timeline.lanes.forEach((lane, worker) => {
    const { before } = densityOf(timeline, worker);
    for (let from = 0; from <= lane.length; from++) {
      for (let to = from; to <= lane.length; to++) {
        for (const { kind, time, count } of before) {
          const between = [...lane.slice(from, to)].filter((span) => timeline.kinds[span] === kind);
          const length = between.reduce(
            (sum, span) => sum + (report.spans.end[span] ?? 0) - (report.spans.start[span] ?? 0),
            0,
          );
          expect((time[to] ?? 0) - (time[from] ?? 0)).toBe(length);
          expect((count[to] ?? 0) - (count[from] ?? 0)).toBe(between.length);
        }
      }
    }
    const kinds = new Set([...lane].map((span) => timeline.kinds[span]));
    expect(before.map(({ kind }) => SPAN_KINDS[kind])).toEqual(
      SPAN_KINDS.filter((_, kind) => kinds.has(kind)),
    );
  });
});

test("the next span from a time on is the one that a walk finds", () => {
  timeline.lanes.forEach((lane) => {
    for (let at = 0; at < lane.length; at++) {
      for (let time = 0; time < timeline.length; time += 5_000) {
        let walked = at + 1;
        while (walked < lane.length && (report.spans.start[lane[walked] ?? 0] ?? 0) < time) walked++;
        expect(nextFrom(timeline, lane, at, lane.length, time)).toBe(walked);
      }
    }
  });
});

test("the spans of chosen transactions are found in each lane", () => {
  const chosen = new Set([1, 3]);
  const places = timeline.lanes.map((_, worker) => positionsOf(timeline, worker, chosen));
  places.forEach((at, worker) => {
    const lane = [...(timeline.lanes[worker] ?? [])];
    const found = lane.flatMap((span, place) => (chosen.has(report.spans.tx[span] ?? -1) ? [place] : []));
    expect(at).toEqual(found);
    expect(positionsOf(timeline, worker, chosen)).toBe(at);
  });
});
