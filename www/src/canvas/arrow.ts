/** Arrows of a timeline: from an execution that wrote to the one that this hit. */
import type { Conflict } from "../model/conflicts.ts";
import { spanState } from "../model/replay.ts";
import type { Sheet } from "./pen.ts";
import { boxOf } from "./spans.ts";
import { GAP_PX, type TimelineScene, topOf } from "./timeline.ts";

const HEAD_PX = 8;

export function drawConflict({ pen }: Sheet, scene: TimelineScene, conflict: Conflict): void {
  const { timeline, pitchPx, colours, moment } = scene;
  const { from, to } = conflict;
  if (moment && (spanState(moment, to) !== "settled" || spanState(moment, from) === "unborn")) return;
  const { worker } = timeline.spans;
  const middle = (pitchPx - GAP_PX) / 2;
  const writer = { x: boxOf(scene, from).right, y: topOf(scene, worker[from] ?? 0) + middle };
  const hit = boxOf(scene, to);
  const reader = { x: (hit.left + hit.right) / 2, y: topOf(scene, worker[to] ?? 0) + middle };
  // It comes in from the writer's side, and bends even between neighbours in time.
  const below = reader.y >= writer.y;
  const end = { x: reader.x, y: reader.y + (below ? -3 : 3) };
  const bend = Math.max(Math.abs(end.y - writer.y) * 0.6, 18);
  const lines = [
    { colour: colours.surface, width: conflict.suffered ? 5 : 4 },
    { colour: colours.conflict, width: conflict.suffered ? 2.25 : 1.25 },
  ];
  for (const { colour, width } of lines) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(writer.x, writer.y);
    const up = below ? -bend : bend;
    pen.bezierCurveTo(writer.x + bend, writer.y, end.x, end.y + up, end.x, end.y);
    pen.stroke();
  }
  const back = below ? -HEAD_PX : HEAD_PX;
  pen.fillStyle = colours.conflict;
  pen.beginPath();
  pen.moveTo(end.x, end.y);
  pen.lineTo(end.x - HEAD_PX / 2, end.y + back);
  pen.lineTo(end.x + HEAD_PX / 2, end.y + back);
  pen.closePath();
  pen.fill();
  pen.beginPath();
  pen.arc(writer.x, writer.y, 3, 0, 2 * Math.PI);
  pen.fill();
  pen.lineWidth = 1;
}
