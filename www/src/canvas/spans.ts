/**
 * The bars of a timeline: each where it is wide enough, shares of a pixel where it is not.
 *
 * Bars are gathered first and painted colour by colour; pixels are painted lane by lane.
 */
import { calledName } from "../lib/format.ts";
import { toPx } from "../lib/scale.ts";
import { partition } from "../lib/search.ts";
import { densityOf, nextFrom, positionsOf } from "../model/density.ts";
import { spanState } from "../model/replay.ts";
import type { TxIdx } from "../model/selection.ts";
import { SPAN_KINDS, type SpanIdx, visibleSpans } from "../model/timeline.ts";
import { type Fill, fills } from "./hatch.ts";
import type { Raster, Sheet } from "./pen.ts";
import { AXIS_PX, GUTTER_PX, type TimelineScene, xOf } from "./timeline.ts";

/** A bar is drawn as itself from this width on. */
const ALONE_PX = 1;
const LABEL_PX = 30;
/** What takes no time is there all the same, with so much of a pixel. */
const LEAST_SHARE = 0.02;
/** What a span looks like: a kind of the report, or what it is while its fate is open. */
const RUNNING = SPAN_KINDS.length;
const EXECUTED = RUNNING + 1;
const LOOKS = EXECUTED + 1;
const VALIDATED = SPAN_KINDS.indexOf("validated");
const REJECTED = SPAN_KINDS.indexOf("rejected");
const FADED = 0.38;

type Box = { x: number; y: number; width: number; high: number };
type Visible = ReturnType<typeof visibleSpans>;
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
  /** The pixels of all lanes, from below the axis on, and whether there is anything in them. */
  readonly #raster: Raster;
  #dense = false;
  /** Where in it the lane begins that is being added. */
  #top = 0;

  constructor(sheet: Sheet, scene: TimelineScene) {
    this.#sheet = sheet;
    this.#scene = scene;
    const { colours, window } = scene;
    const width = Math.max(Math.ceil(window.widthPx), 1);
    const height = Math.max(Math.ceil(sheet.heightPx) - AXIS_PX, 1);
    this.#raster = { width, height, cells: new Uint8Array(width * height) };
    const byKind = fills(sheet, colours);
    this.#fills = [
      ...SPAN_KINDS.map((kind) => byKind[kind]),
      { colour: colours.running, hatch: null },
      { colour: colours.executed, hatch: null },
    ];
  }

  /** Adds the visible spans of a lane. */
  add(worker: number, top: number, height: number) {
    const { window, timeline, moment } = this.#scene;
    const visible = visibleSpans(timeline, worker, window.start, window.end);
    this.#top = Math.round(top) - AXIS_PX;
    if (moment) this.#addEach(visible, top, height);
    else this.#addTogether(worker, visible, top, height);
  }

  /** Looks at every span: at a moment, each has a state of its own. */
  #addEach({ lane, first, last }: Visible, top: number, height: number): void {
    let column = -1;
    for (let i = first; i < last; i++) {
      const px = this.#addOne(lane[i] ?? 0, column, top, height);
      if (px !== null) column = px;
    }
    this.#flush(column, height);
  }

  /** Looks once at what lies within a pixel, however much it is. */
  #addTogether(worker: number, { lane, first, last }: Visible, top: number, height: number): void {
    const { window, timeline, highlighted } = this.#scene;
    const { start, end } = timeline.spans;
    const { before } = densityOf(timeline, worker);
    const scale = window.widthPx / (window.end - window.start);
    const widest = ALONE_PX / scale;
    const shares = this.#shares;
    const lit = highlighted.size > 0 ? positionsOf(timeline, worker, highlighted) : [];
    const marks = this.#marksOf(worker);
    let [mark, light] = [0, 0];
    const all = highlighted.size > 0 ? LOOKS : 0;
    let column = -1;
    for (let i = first; i < last; ) {
      const span = lane[i] ?? 0;
      const from = start[span] ?? 0;
      const px = Math.max(Math.floor((from - window.start) * scale), 0);
      // Up to the next pixel, the next mark, and what is wide enough to be drawn as itself.
      let next = nextFrom(timeline, lane, i, last, window.start + (px + 1) / scale);
      while ((marks[mark] ?? Infinity) < i) mark++;
      next = Math.min(next, Math.max(marks[mark] ?? next, i + 1));
      const final = lane[next - 1] ?? 0;
      if (next - i > 1 && (end[final] ?? 0) - (start[final] ?? 0) >= widest) next -= 1;
      if (next - i === 1) {
        const at = this.#addOne(span, column, top, height);
        if (at !== null) column = at;
        i = next;
        continue;
      }
      if (px !== column) {
        this.#flush(column, height);
        column = px;
      }
      for (const { kind, time, count } of before) {
        const many = (count[next] ?? 0) - (count[i] ?? 0);
        if (many === 0) continue;
        const wide = ((time[next] ?? 0) - (time[i] ?? 0)) * scale;
        shares[kind + all] = (shares[kind + all] ?? 0) + Math.max(wide, many * LEAST_SHARE);
      }
      // Those that stand out are counted among the others, and do not stand back.
      while ((lit[light] ?? Infinity) < i) light++;
      for (; (lit[light] ?? Infinity) < next; light++) {
        const one = lane[lit[light] ?? 0] ?? 0;
        const kind = timeline.kinds[one] ?? 0;
        const share = Math.max(((end[one] ?? 0) - (start[one] ?? 0)) * scale, LEAST_SHARE);
        shares[kind] = (shares[kind] ?? 0) + share;
        shares[kind + LOOKS] = Math.max((shares[kind + LOOKS] ?? 0) - share, 0);
      }
      i = next;
    }
    this.#flush(column, height);
  }

  /** Where in a lane the spans are that are drawn as themselves however narrow they are. */
  #marksOf(worker: number): number[] {
    const { timeline, inspected, hovered, chosen } = this.#scene;
    const marked = inspected === null ? [] : [...positionsOf(timeline, worker, onlyTx(inspected))];
    for (const span of [hovered, chosen]) {
      if (span === null || timeline.spans.worker[span] !== worker) continue;
      const lane = timeline.lanes[worker];
      if (lane) marked.push(partition(0, lane.length, (at) => (lane[at] ?? 0) < span));
    }
    return marked.sort((a, b) => a - b);
  }

  /** Adds a span; gives the pixel that is being filled, if the span shares one with others. */
  #addOne(span: SpanIdx, column: number, top: number, height: number): number | null {
    const { window, timeline, moment, highlighted, inspected, hovered, chosen } = this.#scene;
    const scale = window.widthPx / (window.end - window.start);
    const owner = timeline.spans.tx[span] ?? 0;
    let look = timeline.kinds[span] ?? 0;
    let until = timeline.spans.end[span] ?? 0;
    if (moment) {
      const state = spanState(moment, span);
      if (state === "unborn") return null;
      if (state === "running") [look, until] = [runningLook(look), moment.time];
      else if (state === "executed") look = EXECUTED;
    }
    const from = ((timeline.spans.start[span] ?? 0) - window.start) * scale;
    const width = (until - window.start) * scale - from;
    const faded = highlighted.size > 0 && !highlighted.has(owner);
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
      return null;
    }
    const px = Math.max(Math.floor(from), 0);
    if (px !== column) this.#flush(column, height);
    const at = look + (faded ? LOOKS : 0);
    this.#shares[at] = (this.#shares[at] ?? 0) + Math.max(width, LEAST_SHARE);
    return px;
  }

  /** Puts what happened within a pixel one above another, each as high as its share of it. */
  #flush(column: number, height: number): void {
    const { cells, width, height: whole } = this.#raster;
    const shares = this.#shares;
    if (column >= 0 && column < width) {
      this.#dense = true;
      let sum = 0;
      for (const share of shares) sum += share;
      const scale = height / Math.max(sum, 1);
      const bottom = Math.min(this.#top + height, whole);
      const top = Math.max(this.#top, 0);
      let row = this.#top + height;
      for (let at = 0; at < shares.length && row > top; at++) {
        const share = shares[at] ?? 0;
        if (share === 0) continue;
        const high = Math.max(Math.round(share * scale), 1);
        for (let left = high; left > 0 && row > top; left--) {
          row -= 1;
          if (row < bottom) cells[column * whole + row] = at + 1;
        }
      }
    }
    shares.fill(0);
  }

  paint(): void {
    const { pen } = this.#sheet;
    const { sunken } = this.#scene.colours;
    const solid = this.#fills.map(({ colour }) => colour);
    const colours = ["", ...solid, ...solid.map((colour) => mix(colour, sunken, FADED))];
    if (this.#dense) this.#sheet.raster(this.#raster, colours, GUTTER_PX, AXIS_PX);
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
    const name = calledName(timeline.labels[tx] ?? "");
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

/** The set of one transaction, the same one each time, so that what is known of it is found again. */
let only: { tx: TxIdx; set: ReadonlySet<TxIdx> } | null = null;

function onlyTx(tx: TxIdx): ReadonlySet<TxIdx> {
  if (only?.tx !== tx) only = { tx, set: new Set([tx]) };
  return only.set;
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
