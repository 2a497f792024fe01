/**
 * Draws the visible part of a timeline: lanes, spans, time axis.
 *
 * It knows nothing of panels or events: it is told what to show and says what is at a point.
 */
import type { SpanKind } from "../engine/report.ts";
import type { Colours } from "../lib/colours.ts";
import { tick } from "../lib/format.ts";
import { clamp, ticks, toPx, toUnit, type Window } from "../lib/scale.ts";
import { type SpanIdx, spanAt, type Timeline, visibleSpans } from "../model/timeline.ts";
import type { TxIdx } from "../model/selection.ts";
import { type Fill, fills } from "./hatch.ts";
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
  colours: Colours;
};

/** Room for the names of the lanes. */
export const GUTTER_PX = 40;
const AXIS_PX = 24;
const FOOT_PX = 10;
const GAP_PX = 3;
const LANE_PX = { least: 9, most: 32 };
/** A span never disappears. */
const LEAST_PX = 1;
/** How far beside a thin span a pointer still hits it. */
const SLACK_PX = 3;
const LABEL_PX = 30;

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
  #fills: Record<SpanKind, Fill> | null = null;
  #fillsOf: Colours | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.surface = new Surface(canvas, () => this.#draw());
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

  #draw(): void {
    const scene = this.#scene;
    if (!scene) return;
    const { context } = this.surface;
    if (this.#fillsOf !== scene.colours) {
      this.#fills = fills(context, scene.colours);
      this.#fillsOf = scene.colours;
    }
    this.#drawAxis(scene);
    const { pitchPx, scrollPx } = scene;
    const first = Math.floor(scrollPx / pitchPx);
    const last = Math.ceil((scrollPx + this.surface.heightPx) / pitchPx);
    context.save();
    context.beginPath();
    context.rect(0, AXIS_PX, this.surface.widthPx, this.surface.heightPx - AXIS_PX - FOOT_PX);
    context.clip();
    for (let worker = first; worker < Math.min(last, scene.timeline.lanes.length); worker++) {
      this.#drawLane(scene, worker);
    }
    context.restore();
    this.#drawOverview(scene);
  }

  #drawAxis({ window, timeline, colours }: TimelineScene): void {
    const { context, heightPx, widthPx } = this.surface;
    context.font = `11px ${colours.sans}`;
    context.textBaseline = "middle";
    context.textAlign = "center";
    for (const { value, px } of ticks(window, 96)) {
      const x = Math.round(GUTTER_PX + px) + 0.5;
      context.strokeStyle = colours.line;
      context.beginPath();
      context.moveTo(x, AXIS_PX - 4);
      context.lineTo(x, heightPx - FOOT_PX);
      context.stroke();
      const text = tick(value, timeline.clock);
      const half = context.measureText(text).width / 2;
      context.fillStyle = colours.ink3;
      context.fillText(text, clamp(x, GUTTER_PX + half, widthPx - half - 2), AXIS_PX / 2);
    }
  }

  #drawLane(scene: TimelineScene, worker: number): void {
    const { context, widthPx } = this.surface;
    const { timeline, window, colours } = scene;
    const height = scene.pitchPx - GAP_PX;
    const top = AXIS_PX + worker * scene.pitchPx - scene.scrollPx;

    context.fillStyle = colours.sunken;
    context.fillRect(GUTTER_PX, top, widthPx - GUTTER_PX, height);
    context.fillStyle = colours.ink3;
    context.textAlign = "right";
    context.font = `11px ${colours.sans}`;
    context.fillText(String(worker), GUTTER_PX - 10, top + height / 2 + 0.5);

    context.save();
    context.beginPath();
    context.rect(GUTTER_PX, top - GAP_PX, widthPx - GUTTER_PX, height + 2 * GAP_PX);
    context.clip();
    const { lane, first, last } = visibleSpans(timeline, worker, window.start, window.end);
    const marked: SpanIdx[] = [];
    for (let i = first; i < last; i++) {
      const span = lane[i];
      if (span === undefined) continue;
      this.#drawSpan(scene, span, top, height);
      const tx = timeline.spans.tx[span];
      if (span === scene.hovered || (tx !== undefined && tx === scene.inspected)) marked.push(span);
    }
    // Above their neighbours.
    for (const span of marked) this.#drawOutline(scene, span, top, height);
    context.restore();
  }

  #drawSpan(scene: TimelineScene, span: SpanIdx, top: number, height: number): void {
    const { context } = this.surface;
    const { spans } = scene.timeline;
    const kind = spans.kind[span];
    const tx = spans.tx[span];
    if (kind === undefined || tx === undefined || !this.#fills) return;
    const { x, width } = this.#place(scene, span);
    const { y, high } = band(kind, top, height);
    const fill = this.#fills[kind];
    const faded = scene.highlighted.size > 0 && !scene.highlighted.has(tx);
    context.globalAlpha = faded ? 0.38 : 1;
    context.fillStyle = fill.colour;
    context.fillRect(x, y, width, high);
    if (fill.hatch && width >= 3) {
      context.fillStyle = fill.hatch;
      context.fillRect(x, y, width, high);
    }
    if (width >= LABEL_PX && high >= 12) {
      this.#drawLabel(scene, kind, `${tx}`, x, y, width, high);
    }
    context.globalAlpha = 1;
  }

  #drawLabel(
    { colours }: TimelineScene,
    kind: SpanKind,
    text: string,
    x: number,
    y: number,
    width: number,
    high: number,
  ): void {
    const { context } = this.surface;
    context.font = `600 11px ${colours.sans}`;
    context.textAlign = "center";
    // In sight even when the span is wider than the window.
    const left = Math.max(x, GUTTER_PX);
    const middle = (left + Math.min(x + width, this.surface.widthPx)) / 2;
    const hatched = this.#fills?.[kind].hatch;
    if (hatched) {
      const room = context.measureText(text).width + 8;
      context.fillStyle = colours.surface;
      context.fillRect(middle - room / 2, y + high / 2 - 7, room, 14);
    }
    context.fillStyle = hatched ? colours.ink : colours.spanInk;
    context.fillText(text, middle, y + high / 2 + 0.5);
  }

  #drawOutline(scene: TimelineScene, span: SpanIdx, top: number, height: number): void {
    const { context } = this.surface;
    const kind = scene.timeline.spans.kind[span];
    if (kind === undefined) return;
    const { x, width } = this.#place(scene, span);
    const { y, high } = band(kind, top, height);
    context.strokeStyle = scene.colours.ink;
    context.lineWidth = span === scene.hovered ? 1 : 2;
    context.strokeRect(x - 0.5, y - 0.5, Math.max(width, 2) + 1, high + 1);
    context.lineWidth = 1;
  }

  /** The part of the axis in sight, when it is not all of it. */
  #drawOverview({ window, timeline, colours }: TimelineScene): void {
    if (window.end - window.start >= timeline.length) return;
    const { context, widthPx, heightPx } = this.surface;
    const room = widthPx - GUTTER_PX;
    const y = heightPx - 5;
    context.fillStyle = colours.line;
    context.fillRect(GUTTER_PX, y, room, 4);
    context.fillStyle = colours.ink3;
    const from = (window.start / timeline.length) * room;
    const wide = Math.max(((window.end - window.start) / timeline.length) * room, 8);
    context.fillRect(GUTTER_PX + Math.min(from, room - wide), y, wide, 4);
  }

  #place({ timeline, window }: TimelineScene, span: SpanIdx): { x: number; width: number } {
    const from = toPx(window, timeline.spans.start[span] ?? 0);
    const to = toPx(window, timeline.spans.end[span] ?? 0);
    // A hair of the lane stays visible between two spans that are wide enough.
    const gap = to - from > 4 ? 1 : 0;
    return { x: GUTTER_PX + from, width: Math.max(to - from - gap, LEAST_PX) };
  }
}

/** Executions fill the lane; validations are a thin band, so that they differ in shape too. */
function band(kind: SpanKind, top: number, height: number): { y: number; high: number } {
  if (kind !== "validated" && kind !== "rejected") return { y: top, high: height };
  const high = Math.max(3, Math.round(height * 0.4));
  return { y: top + (height - high) / 2, high };
}
