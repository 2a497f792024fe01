/**
 * Draws the visible part of a timeline: lanes, spans, commits, conflicts, time axis.
 *
 * It knows nothing of panels or events: it is told what to show and says what is at a point. Spans
 * narrower than a pixel are drawn together, so that a hundred thousand cost no more than a screenful.
 */
import type { Colours } from "../lib/colours.ts";
import { tick } from "../lib/format.ts";
import { clamp, ticks, toPx, toUnit, type Window } from "../lib/scale.ts";
import type { Moment } from "../model/replay.ts";
import type { Conflict } from "../model/conflicts.ts";
import { type Gap, type SpanIdx, spanAt, type Timeline } from "../model/timeline.ts";
import type { TxIdx } from "../model/selection.ts";
import { drawConflict } from "./arrow.ts";
import type { Sheet } from "./pen.ts";
import { Spans } from "./spans.ts";
import { Surface } from "./surface.ts";

export type TimelineScene = {
  timeline: Timeline;
  window: Window;
  /** From one lane to the next. */
  pitchPx: number;
  /** How far the lanes are scrolled up. */
  scrollPx: number;
  highlighted: ReadonlySet<TxIdx>;
  inspected: TxIdx | null;
  hovered: SpanIdx | null;
  /** The one span that a person stepped to. */
  chosen: SpanIdx | null;
  /** Whose write hit whom, of what is selected. */
  conflicts: Conflict[];
  /** A moment to show; none shows the whole run. */
  moment: Moment | null;
  colours: Colours;
};

/** Room for the names of the lanes. */
export const GUTTER_PX = 40;
/** The scale, which takes hold of the playhead, and the marks of commits below it. */
export const AXIS_PX = 34;
const SCALE_PX = 24;
const FOOT_PX = 10;
export const GAP_PX = 3;
const LANE_PX = { least: 9, most: 32 };
/** How far beside a thin span a pointer still hits it. */
const SLACK_PX = 3;

/** How high all lanes are together, if they may use this much; few lanes use less, many more. */
export function lanesLayout(lanes: number, availablePx: number) {
  const each = (availablePx - AXIS_PX - FOOT_PX) / Math.max(1, lanes) - GAP_PX;
  const lanePx = Math.floor(clamp(each, LANE_PX.least, LANE_PX.most));
  const pitchPx = lanePx + GAP_PX;
  return { pitchPx, heightPx: AXIS_PX + FOOT_PX + lanes * pitchPx };
}

export class TimelineCanvas {
  readonly surface: Surface;
  #scene: TimelineScene | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.surface = new Surface(canvas, (sheet) => this.draw(sheet));
  }

  show(scene: TimelineScene): void {
    this.#scene = scene;
    this.surface.invalidate();
  }

  /** The span at a point of the canvas. */
  hit(xPx: number, yPx: number): SpanIdx | null {
    const scene = this.#scene;
    if (!scene || xPx < GUTTER_PX || yPx < AXIS_PX) return null;
    const worker = Math.floor((yPx - AXIS_PX + scene.scrollPx) / scene.pitchPx);
    const { window } = scene;
    const slack = toUnit(window, SLACK_PX) - window.start;
    return spanAt(scene.timeline, worker, toUnit(window, xPx - GUTTER_PX), slack);
  }

  draw(sheet: Sheet): void {
    const scene = this.#scene;
    if (!scene) return;
    const { pen, widthPx, heightPx } = sheet;
    drawAxis(sheet, scene);
    drawCommits(sheet, scene);
    const { pitchPx, scrollPx, timeline } = scene;
    const first = Math.floor(scrollPx / pitchPx);
    const last = Math.min(Math.ceil((scrollPx + heightPx) / pitchPx), timeline.lanes.length);
    pen.save();
    pen.beginPath();
    pen.rect(0, AXIS_PX, widthPx, heightPx - AXIS_PX - FOOT_PX);
    pen.clip();
    for (let worker = first; worker < last; worker++) drawLane(sheet, scene, worker);
    pen.beginPath();
    pen.rect(GUTTER_PX, AXIS_PX, widthPx - GUTTER_PX, heightPx - AXIS_PX - FOOT_PX);
    pen.clip();
    const spans = new Spans(sheet, scene);
    for (let worker = first; worker < last; worker++) {
      spans.add(worker, topOf(scene, worker), pitchPx - GAP_PX);
    }
    spans.paint();
    for (const gap of timeline.gaps) drawGap(sheet, scene, gap);
    for (const conflict of scene.conflicts) drawConflict(sheet, scene, conflict);
    pen.restore();
    drawPlayhead(sheet, scene);
    drawOverview(sheet, scene);
  }
}

/** The upper edge of a lane. */
export function topOf({ pitchPx, scrollPx }: TimelineScene, worker: number): number {
  return AXIS_PX + worker * pitchPx - scrollPx;
}

/** Where a time is on the picture. */
export function xOf({ window }: TimelineScene, time: number): number {
  return GUTTER_PX + toPx(window, time);
}

function drawAxis({ pen, widthPx, heightPx }: Sheet, scene: TimelineScene): void {
  const { window, timeline, colours } = scene;
  pen.font = `11px ${colours.sans}`;
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  for (const { value, px } of ticks(window, 96)) {
    const x = Math.round(GUTTER_PX + px);
    pen.fillStyle = colours.line;
    pen.fillRect(x, SCALE_PX - 4, 1, heightPx - FOOT_PX - SCALE_PX + 4);
    const text = tick(value, timeline.clock);
    const half = pen.measureText(text).width / 2;
    pen.fillStyle = colours.ink3;
    pen.fillText(text, clamp(x, GUTTER_PX + half, widthPx - half - 2), SCALE_PX / 2);
  }
}

/** A tick where a transaction became final; the more at one pixel, the higher. */
function drawCommits({ pen, widthPx }: Sheet, scene: TimelineScene): void {
  const { timeline, window, colours, moment, inspected } = scene;
  const room = widthPx - GUTTER_PX;
  const bottom = AXIS_PX - 2;
  const until = moment?.time ?? Infinity;
  const counts = new Uint16Array(Math.max(room, 0) + 1);
  let most = 1;
  for (const time of timeline.committedAt) {
    if (time > until) continue;
    const px = Math.round(toPx(window, time));
    if (px < 0 || px > room) continue;
    counts[px] = Math.min((counts[px] ?? 0) + 1, 65_535);
    most = Math.max(most, counts[px] ?? 0);
  }
  pen.fillStyle = colours.good;
  counts.forEach((count, px) => {
    if (count === 0) return;
    const high = 4 + 3 * (Math.log(count) / Math.max(Math.log(most), 1));
    pen.fillRect(GUTTER_PX + px, bottom - high, 1, high);
  });
  const chosen = inspected === null ? undefined : timeline.committedAt[inspected];
  if (chosen === undefined || chosen > until) return;
  const x = GUTTER_PX + toPx(window, chosen);
  if (x < GUTTER_PX || x > widthPx) return;
  pen.fillStyle = colours.accent;
  pen.beginPath();
  pen.moveTo(x - 5, bottom - 8);
  pen.lineTo(x + 5, bottom - 8);
  pen.lineTo(x, bottom);
  pen.closePath();
  pen.fill();
}

/** The lane itself: what is not covered is idle, a thin line. */
function drawLane({ pen, widthPx }: Sheet, scene: TimelineScene, worker: number): void {
  const { colours } = scene;
  const height = scene.pitchPx - GAP_PX;
  const top = topOf(scene, worker);
  pen.fillStyle = colours.sunken;
  pen.fillRect(GUTTER_PX, top, widthPx - GUTTER_PX, height);
  pen.fillStyle = colours.idle;
  pen.fillRect(GUTTER_PX, top + Math.round(height / 2) - 1, widthPx - GUTTER_PX, 1.5);
  pen.fillStyle = colours.ink3;
  pen.textAlign = "right";
  pen.font = `11px ${colours.sans}`;
  pen.fillText(String(worker), GUTTER_PX - 10, top + height / 2 + 0.5);
}

/** A worker that is not there: its lane is struck out from the fault on. */
function drawGap({ pen, widthPx }: Sheet, scene: TimelineScene, { worker, from, to }: Gap): void {
  const until = Math.min(to, scene.moment?.time ?? Infinity);
  if (until <= from) return;
  const height = scene.pitchPx - GAP_PX;
  const top = topOf(scene, worker);
  const left = Math.max(xOf(scene, from), GUTTER_PX);
  const right = Math.min(xOf(scene, until), widthPx);
  if (right <= left) return;
  pen.strokeStyle = scene.colours.bad;
  pen.lineWidth = 1.5;
  pen.save();
  pen.beginPath();
  pen.rect(left, top, right - left, height);
  pen.clip();
  pen.beginPath();
  for (let x = left - height; x < right; x += 9) {
    pen.moveTo(x, top + height);
    pen.lineTo(x + height, top);
  }
  pen.stroke();
  pen.restore();
  pen.fillStyle = scene.colours.bad;
  pen.fillRect(left, top, 2.5, height);
  pen.lineWidth = 1;
}

function drawPlayhead({ pen, widthPx, heightPx }: Sheet, scene: TimelineScene): void {
  const { moment, colours } = scene;
  if (!moment) return;
  const x = xOf(scene, moment.time);
  if (x < GUTTER_PX - 1 || x > widthPx + 1) return;
  pen.fillStyle = colours.accent;
  pen.fillRect(x - 1, 12, 2, heightPx - 12 - FOOT_PX / 2);
  pen.beginPath();
  pen.moveTo(x - 7, 2);
  pen.lineTo(x + 7, 2);
  pen.lineTo(x + 7, 10);
  pen.lineTo(x, 18);
  pen.lineTo(x - 7, 10);
  pen.closePath();
  pen.fill();
}

/** The part of the axis in sight, when it is not all of it. */
function drawOverview({ pen, widthPx, heightPx }: Sheet, scene: TimelineScene): void {
  const { window, timeline, colours } = scene;
  if (window.end - window.start >= timeline.length) return;
  const room = widthPx - GUTTER_PX;
  const y = heightPx - 5;
  pen.fillStyle = colours.line;
  pen.fillRect(GUTTER_PX, y, room, 4);
  pen.fillStyle = colours.ink3;
  const from = (window.start / timeline.length) * room;
  const wide = Math.max(((window.end - window.start) / timeline.length) * room, 8);
  pen.fillRect(GUTTER_PX + Math.min(from, room - wide), y, wide, 4);
}
