/**
 * The bars of a timeline: each where it is wide enough, shares of a pixel where it is not.
 *
 * Bars are gathered first and painted colour by colour; pixels are painted lane by lane.
 */
import { toPx } from "../lib/scale.ts";
import { spanState } from "../model/replay.ts";
import { type Lane, SPAN_KINDS, type SpanIdx } from "../model/timeline.ts";
import { type Fill, fills } from "./hatch.ts";
import type { Raster, Sheet } from "./pen.ts";
import { GUTTER_PX, type TimelineScene, xOf } from "./timeline.ts";

/** A bar is drawn as itself from this width on. */
const ALONE_PX = 1;
const LABEL_PX = 30;
/** What a span looks like: a kind of the report, or what it is while its fate is open. */
const RUNNING = SPAN_KINDS.length;
const EXECUTED = RUNNING + 1;
const LOOKS = EXECUTED + 1;
const VALIDATED = SPAN_KINDS.indexOf("validated");
const REJECTED = SPAN_KINDS.indexOf("rejected");
const FADED = 0.38;

type Box = { x: number; y: number; width: number; high: number };
type Marked = Box & { span: SpanIdx };

export class Spans {
  readonly #sheet: Sheet;
  readonly #scene: TimelineScene;
  readonly #fills: Fill[];
  /** Four numbers a bar, by look; those that stand back in the second half. */
  readonly #boxes: number[][] = Array.from({ length: 2 * LOOKS }, () => []);
  readonly #labels: (Box & { look: number; span: SpanIdx; faded: boolean })[] = [];
  readonly #marked: Marked[] = [];
  /** What happened within one pixel, by look. */
  readonly #shares = new Float32Array(2 * LOOKS);
  readonly #rasters: { raster: Raster; top: number }[] = [];

  constructor(sheet: Sheet, scene: TimelineScene) {
    this.#sheet = sheet;
    this.#scene = scene;
    const { colours } = scene;
    const byKind = fills(sheet, colours);
    this.#fills = [
      ...SPAN_KINDS.map((kind) => byKind[kind]),
      { colour: colours.running, hatch: null },
      { colour: colours.executed, hatch: null },
    ];
  }

  /** Adds the visible spans of a lane. */
  add({ lane, first, last }: { lane: Lane; first: number; last: number }, top: number, height: number) {
    const { window, timeline, moment, highlighted, inspected, hovered, chosen } = this.#scene;
    const { start, end, tx } = timeline.spans;
    const { kinds } = timeline;
    const scale = window.widthPx / (window.end - window.start);
    const shares = this.#shares;
    const someFaded = highlighted.size > 0;
    const width_ = Math.max(Math.ceil(window.widthPx), 1);
    const raster = { width: width_, height, cells: new Uint8Array(width_ * height) };
    let column = -1;
    let dense = false;
    for (let i = first; i < last; i++) {
      const span = lane[i] ?? 0;
      const owner = tx[span] ?? 0;
      let look = kinds[span] ?? 0;
      let until = end[span] ?? 0;
      if (moment) {
        const state = spanState(moment, span);
        if (state === "unborn") continue;
        if (state === "running") [look, until] = [runningLook(look), moment.time];
        else if (state === "executed") look = EXECUTED;
      }
      const from = ((start[span] ?? 0) - window.start) * scale;
      const width = (until - window.start) * scale - from;
      const faded = someFaded && !highlighted.has(owner);
      const mark = span === hovered || span === chosen || owner === inspected;
      if (width >= ALONE_PX || mark) {
        const { y, high } = band(look, top, height);
        // A hair of the lane stays visible between two bars that are wide enough.
        const box = { x: GUTTER_PX + from, y, width: Math.max(width > 4 ? width - 1 : width, 1), high };
        this.#push(look, faded, box);
        if (box.width >= LABEL_PX && high >= 12) {
          this.#labels.push({ ...box, look, span, faded });
        }
        if (mark) this.#marked.push({ ...box, span });
        continue;
      }
      const px = Math.floor(from + width / 2);
      if (px !== column) {
        flush(raster, column, shares);
        column = px;
        dense = true;
      }
      const at = look + (faded ? LOOKS : 0);
      // What takes no time is there all the same.
      shares[at] = (shares[at] ?? 0) + Math.max(width, 0.02);
    }
    flush(raster, column, shares);
    if (dense) this.#rasters.push({ raster, top });
  }

  paint(): void {
    const { pen } = this.#sheet;
    const { sunken } = this.#scene.colours;
    const solid = this.#fills.map(({ colour }) => colour);
    const colours = ["", ...solid, ...solid.map((colour) => mix(colour, sunken, FADED))];
    for (const { raster, top } of this.#rasters) {
      this.#sheet.raster(raster, colours, GUTTER_PX, top);
    }
    for (let at = 0; at < 2 * LOOKS; at++) {
      const boxes = this.#boxes[at] ?? [];
      const fill = this.#fills[at % LOOKS];
      if (boxes.length === 0 || !fill) continue;
      if (at >= LOOKS) {
        // What stands back is paler than the lane, not transparent: idleness would show through.
        pen.fillStyle = this.#scene.colours.sunken;
        eachBox(boxes, (x, y, width, high) => pen.fillRect(x, y, width, high));
        pen.globalAlpha = FADED;
      }
      pen.fillStyle = fill.colour;
      eachBox(boxes, (x, y, width, high) => pen.fillRect(x, y, width, high));
      if (fill.hatch) {
        pen.fillStyle = fill.hatch;
        eachBox(boxes, (x, y, width, high) => {
          if (width >= 3) pen.fillRect(x, y, width, high);
        });
      }
      pen.globalAlpha = 1;
    }
    for (const label of this.#labels) this.#label(label);
    pen.globalAlpha = 1;
    for (const mark of this.#marked) this.#outline(mark);
  }

  #push(look: number, faded: boolean, { x, y, width, high }: Box): void {
    this.#boxes[look + (faded ? LOOKS : 0)]?.push(x, y, width, high);
  }

  #label({ span, look, faded, x, y, width, high }: Box & { look: number; span: SpanIdx; faded: boolean }) {
    const { pen, widthPx } = this.#sheet;
    const { timeline, colours } = this.#scene;
    const tx = timeline.spans.tx[span] ?? 0;
    // In sight even when the span is wider than the window.
    const left = Math.max(x, GUTTER_PX);
    const right = Math.min(x + width, widthPx);
    pen.font = `600 11px ${colours.sans}`;
    const name = timeline.names[tx] ?? "";
    const whole = `${tx} ${name}`;
    const text = name !== "" && pen.measureText(whole).width + 12 < right - left ? whole : `${tx}`;
    const room = pen.measureText(text).width + 8;
    if (room > right - left) return;
    const middle = (left + right) / 2;
    pen.globalAlpha = faded ? FADED : 1;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const { hatch } = this.#fills[look] ?? { hatch: null };
    if (hatch) {
      pen.fillStyle = colours.surface;
      pen.fillRect(middle - room / 2, y + high / 2 - 7, room, 14);
    }
    const dark = look === RUNNING ? colours.surface : colours.spanInk;
    pen.fillStyle = hatch || look === EXECUTED ? colours.ink : dark;
    pen.fillText(text, middle, y + high / 2 + 0.5);
  }

  #outline({ span, x, y, width, high }: Marked): void {
    const { pen } = this.#sheet;
    const { colours, hovered, chosen } = this.#scene;
    pen.strokeStyle = span === chosen ? colours.accent : colours.ink;
    pen.lineWidth = span === hovered ? 1 : span === chosen ? 3 : 2;
    pen.strokeRect(x - 0.5, y - 0.5, Math.max(width, 2) + 1, high + 1);
    pen.lineWidth = 1;
  }
}

/** Puts what happened within a pixel one above another, each as high as its share of it. */
function flush({ width, height, cells }: Raster, column: number, shares: Float32Array): void {
  if (column >= 0 && column < width) {
    let sum = 0;
    for (const share of shares) sum += share;
    const scale = height / Math.max(sum, 1);
    let bottom = (column + 1) * height;
    const top = column * height;
    for (let at = 0; at < shares.length && bottom > top; at++) {
      const share = shares[at] ?? 0;
      if (share === 0) continue;
      const high = Math.max(Math.round(share * scale), 1);
      for (let left = high; left > 0 && bottom > top; left--) cells[--bottom] = at + 1;
    }
  }
  shares.fill(0);
}

/** So much of one colour on another; both as computed styles write them. */
function mix(colour: string, ground: string, share: number): string {
  const [from, to] = [channels(colour), channels(ground)];
  const mixed = from.map((value, i) => Math.round(value * share + (to[i] ?? 0) * (1 - share)));
  return `rgb(${mixed.join(", ")})`;
}

function channels(colour: string): number[] {
  return (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
}

/** Where a span is on the picture. */
export function boxOf(scene: TimelineScene, span: SpanIdx): { left: number; right: number } {
  const { start, end } = scene.timeline.spans;
  return { left: xOf(scene, start[span] ?? 0), right: GUTTER_PX + toPx(scene.window, end[span] ?? 0) };
}

/** A validation that is under way looks like a validation. */
function runningLook(look: number): number {
  return look === VALIDATED || look === REJECTED ? VALIDATED : RUNNING;
}

/** Executions fill the lane; validations are a thin band, so that they differ in shape too. */
function band(look: number, top: number, height: number): { y: number; high: number } {
  if (look !== VALIDATED && look !== REJECTED) return { y: top, high: height };
  const high = Math.max(3, Math.round(height * 0.4));
  return { y: top + (height - high) / 2, high };
}

function eachBox(boxes: number[], draw: (x: number, y: number, w: number, h: number) => void): void {
  for (let i = 0; i + 3 < boxes.length; i += 4) {
    draw(boxes[i] ?? 0, boxes[i + 1] ?? 0, boxes[i + 2] ?? 0, boxes[i + 3] ?? 0);
  }
}
