import { expect, test, vi } from "vitest";
import type { Report } from "../engine/report.ts";
import type { Colours } from "../lib/colours.ts";
import { fit } from "../lib/scale.ts";
import { conflictsOf } from "../model/conflicts.ts";
import { report } from "../model/fixture.ts";
import { replayModel, timeAt } from "../model/replay.ts";
import { timelineModel } from "../model/timeline.ts";
import { svgOf } from "./svg.ts";
import { GUTTER_PX, TimelineCanvas, type TimelineScene } from "./timeline.ts";

vi.stubGlobal("requestAnimationFrame", () => 1);

/** A colour for each name, so that what is drawn can be found. */
const colours = new Proxy({} as Colours, {
  get: (_, name) => `rgb(${[...String(name)].reduce((sum, sign) => sum * 31 + sign.charCodeAt(0), 7) % 256}, ${String(name).length}, 9)`,
});

const SIZE = { widthPx: 640, heightPx: 140 };

/** The timeline as an SVG document. */
function drawn(of: Report, change: Partial<TimelineScene> = {}): string {
  const timeline = timelineModel(of);
  const canvas = { getContext: () => ({}) } as unknown as HTMLCanvasElement;
  const picture = new TimelineCanvas(canvas);
  picture.show({
    timeline,
    window: fit(timeline.length, SIZE.widthPx - GUTTER_PX),
    pitchPx: 40,
    scrollPx: 0,
    highlighted: new Set(),
    inspected: null,
    hovered: null,
    chosen: null,
    conflicts: [],
    moment: null,
    colours,
    ...change,
  });
  const look = { title: "", background: "white", measure: (text: string) => text.length * 6 };
  return svgOf((sheet) => picture.draw(sheet), SIZE, look);
}

function at(position: number): TimelineScene["moment"] {
  const replay = replayModel(report);
  return { replay, position, time: timeAt(replay, position) };
}

test("bars have the colour of their kind, and labels where there is room", () => {
  const text = drawn(report);
  expect(text).toContain(`fill="${colours.committed}"`);
  expect(text).toContain(`fill="${colours.aborted}"`);
  expect(text).toContain(`fill="${colours.blocked}"`);
  expect(text).toContain(">0 claim</text>");
});

test("at a moment, what comes later is not there, and fates are open", () => {
  const text = drawn(report, { moment: at(4) });
  expect(text).toContain(`fill="${colours.executed}"`);
  expect(text).not.toContain(`fill="${colours.aborted}"`);
  expect(text).not.toContain(`fill="${colours.blocked}"`);
  expect(drawn(report, { moment: at(2) })).not.toContain(`fill="${colours.executed}"`);
  expect(drawn(report, { moment: at(7) })).toContain(`fill="${colours.aborted}"`);
});

test("arrows show whose write was in the way, once it was", () => {
  const conflicts = conflictsOf(report, 1);
  expect(drawn(report, { conflicts })).toContain(`stroke="${colours.conflict}"`);
  expect(drawn(report, { conflicts, moment: at(4) })).not.toContain(colours.conflict);
});

test("a hundred thousand spans are no more shapes than there are pixels", () => {
  const many = 100_000;
  const each = <T,>(value: T) => Array.from({ length: many }, () => value);
  const spans: Report["spans"] = {
    worker: each(0),
    tx: Array.from({ length: many }, (_, i) => i % 4),
    incarnation: each(0),
    kind: Array.from({ length: many }, (_, i) => (i % 3 === 0 ? "aborted" : "committed")),
    start: Array.from({ length: many }, (_, i) => i * 10),
    end: Array.from({ length: many }, (_, i) => i * 10 + 9),
    writer: each(null),
    location: each(null),
  };
  const summary = { ...report.summary, workers: 1, makespan: many * 10 };
  const text = drawn({ ...report, summary, spans });
  expect(text.length).toBeLessThan(60_000);
  expect(text).toContain(`fill="${colours.committed}"`);
  expect(text).toContain(`fill="${colours.aborted}"`);
});
