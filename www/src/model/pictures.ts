/** The pictures of the gallery, which `tests/native/tests/gallery.rs` writes. */
import type { Sketch, SpanKind } from "../engine/report.ts";
import { counted, times } from "../lib/format.ts";

export type Picture = {
  speedup: number;
  aborts: number;
  /** A text for each worker: a letter for what filled most of a stretch of its time. */
  lanes: string[];
};

export type Pictures = Record<string, Picture>;

const KINDS: Record<string, SpanKind> = {
  c: "committed",
  a: "aborted",
  b: "blocked",
  x: "cancelled",
  v: "validated",
  r: "rejected",
};

/** The picture as the engine would give it; its clock counts columns. */
export function sketchOf({ lanes }: Picture): Sketch {
  const sketch: Sketch = {
    lanes: lanes.length,
    end: Math.max(1, ...lanes.map((lane) => lane.length)),
    lane: [],
    kind: [],
    start: [],
    length: [],
  };
  lanes.forEach((text, lane) => {
    for (const { 0: same, index } of text.matchAll(/(.)\1*/g)) {
      const kind = KINDS[same.charAt(0)];
      if (!kind) continue;
      sketch.lane.push(lane);
      sketch.kind.push(kind);
      sketch.start.push(index);
      sketch.length.push(same.length);
    }
  });
  return sketch;
}

/** What the picture shows, in words. */
export function caption({ speedup, aborts, lanes }: Picture): string {
  const ran = `${times(speedup)} on ${counted(lanes.length, "worker")}`;
  return aborts === 0 ? ran : `${ran}, ${counted(aborts, "abort")}`;
}
