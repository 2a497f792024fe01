/**
 * Draws the visible part of a heatmap: locations downwards, transactions across.
 *
 * Marks differ in shape: a ring was read, a square written, a filled dot read from another, a cross
 * aborted. Where a transaction has no room of its own they become bars, the higher the worse.
 */
import type { Colours } from "../lib/colours.ts";
import { clamp, ticks, toPx, toUnit, type Window } from "../lib/scale.ts";
import { ABORT, CONFLICT, type Heatmap, type HeatRow, placeOf, READ, WRITE } from "../model/heatmap.ts";
import { type Moment, txState } from "../model/replay.ts";
import type { TxIdx } from "../model/selection.ts";
import type { Sheet } from "./pen.ts";
import { Surface } from "./surface.ts";

export type HeatScene = {
  heatmap: Heatmap;
  /** The transactions in sight. */
  window: Window;
  scrollPx: number;
  gutterPx: number;
  highlighted: ReadonlySet<TxIdx>;
  /** The row of a chosen location. */
  location: number | null;
  hovered: HeatHit | null;
  /** A moment to show; none shows the end of the run. */
  moment: Moment | null;
  colours: Colours;
};

/** A place of the picture; it may have no mark. */
export type HeatHit = { row: number; tx: TxIdx; cell: number | null };

export const RULER_PX = 22;
export const ROW_PX = 18;
const MARK_PX = 7;
const NAME_CHARS = 48;

/** How high each mark is where it is a bar, as a share of the row. */
const BARS = [
  { bit: READ, share: 0.3 },
  { bit: WRITE, share: 0.5 },
  { bit: CONFLICT, share: 0.75 },
  { bit: ABORT, share: 1 },
] as const;

/** Room for the names of the locations. */
export function heatGutter(widthPx: number): number {
  return Math.round(clamp(widthPx * 0.34, 84, 240));
}

export class HeatmapCanvas {
  readonly surface: Surface;
  #scene: HeatScene | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.surface = new Surface(canvas, (sheet) => this.draw(sheet));
  }

  show(scene: HeatScene): void {
    this.#scene = scene;
    this.surface.invalidate();
  }

  /** The row at a point, and the transaction whose mark is nearest. */
  hit(xPx: number, yPx: number): HeatHit | null {
    const scene = this.#scene;
    if (!scene || yPx < RULER_PX) return null;
    const at = Math.floor((yPx - RULER_PX + scene.scrollPx) / ROW_PX);
    const row = scene.heatmap.rows[at];
    if (!row) return null;
    if (xPx < scene.gutterPx) return { row: at, tx: -1, cell: null };
    const unit = toUnit(scene.window, xPx - scene.gutterPx);
    const tx = clamp(Math.floor(unit), 0, scene.heatmap.transactions - 1);
    // A mark is easier to hit than its column when columns are thin.
    const slack = Math.max((4 * (scene.window.end - scene.window.start)) / scene.window.widthPx, 0);
    const next = placeOf(row, tx);
    const near = [next - 1, next].filter((cell) => {
      const other = row.txs[cell];
      return other !== undefined && Math.abs(other - tx) <= slack;
    });
    const away = (cell: number) => Math.abs((row.txs[cell] ?? Infinity) - tx);
    const cell = near.sort((a, b) => away(a) - away(b))[0] ?? null;
    return { row: at, tx: cell === null ? tx : (row.txs[cell] ?? tx), cell };
  }

  draw(sheet: Sheet): void {
    const scene = this.#scene;
    if (!scene) return;
    const { pen, widthPx, heightPx } = sheet;
    const { heatmap, scrollPx, gutterPx } = scene;
    const first = Math.floor(scrollPx / ROW_PX);
    const last = Math.ceil((scrollPx + heightPx - RULER_PX) / ROW_PX);
    pen.save();
    pen.beginPath();
    pen.rect(0, RULER_PX, widthPx, heightPx - RULER_PX);
    pen.clip();
    drawBands(sheet, scene);
    const rows = heatmap.rows.slice(first, last);
    rows.forEach((row, i) => drawName(sheet, scene, row, topOf(scene, first + i)));
    pen.beginPath();
    pen.rect(gutterPx, RULER_PX, widthPx - gutterPx, heightPx - RULER_PX);
    pen.clip();
    const cellPx = scene.window.widthPx / (scene.window.end - scene.window.start);
    rows.forEach((row, i) => {
      const top = topOf(scene, first + i);
      if (cellPx >= MARK_PX) drawMarks(sheet, scene, row, top, cellPx);
      else drawBars(sheet, scene, row, top);
    });
    pen.restore();
    drawRuler(sheet, scene);
  }
}

function topOf({ scrollPx }: HeatScene, row: number): number {
  return RULER_PX + row * ROW_PX - scrollPx;
}

function drawRuler({ pen, widthPx }: Sheet, { window, gutterPx, colours, heatmap }: HeatScene): void {
  pen.font = `11px ${colours.sans}`;
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.fillStyle = colours.ink3;
  pen.fillText("transaction", 8, RULER_PX / 2);
  pen.textAlign = "center";
  for (const { value } of ticks(window, 64)) {
    if (!Number.isInteger(value) || value >= heatmap.transactions) continue;
    const x = gutterPx + toPx(window, value + 0.5);
    if (x < gutterPx || x > widthPx - 12) continue;
    pen.fillText(String(value), x, RULER_PX / 2);
  }
  pen.fillStyle = colours.line;
  pen.fillRect(0, RULER_PX - 1, widthPx, 1);
}

/** The row and the columns of what is selected or under the pointer. */
function drawBands({ pen, widthPx, heightPx }: Sheet, scene: HeatScene): void {
  const { highlighted, location, hovered, colours, window, gutterPx } = scene;
  pen.fillStyle = colours.accentSoft;
  if (location !== null) pen.fillRect(0, topOf(scene, location), widthPx, ROW_PX);
  else {
    for (const tx of highlighted) {
      const from = toPx(window, tx);
      const wide = Math.max(toPx(window, tx + 1) - from, 2);
      if (from + wide < 0 || from > window.widthPx) continue;
      pen.fillRect(gutterPx + from, RULER_PX, wide, heightPx);
    }
  }
  if (!hovered) return;
  pen.fillStyle = colours.hover;
  pen.fillRect(0, topOf(scene, hovered.row), widthPx, ROW_PX);
}

function drawName({ pen, widthPx }: Sheet, scene: HeatScene, row: HeatRow, top: number): void {
  const { colours, gutterPx } = scene;
  pen.fillStyle = colours.line;
  pen.fillRect(gutterPx, top + ROW_PX - 1, widthPx - gutterPx, 1);
  pen.font = `11px ${colours.mono}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillStyle = row.location === scene.location ? colours.ink : colours.ink2;
  pen.fillText(fitText(row.name, gutterPx - 14, pen), 8, top + ROW_PX / 2);
}

/** As much of a name as there is room for: its end tells variables apart. */
function fitText(name: string, room: number, pen: Sheet["pen"]): string {
  let text = name.length > NAME_CHARS ? `${name.slice(0, 12)}…${name.slice(-30)}` : name;
  if (pen.measureText(text).width <= room) return text;
  const each = pen.measureText(text).width / text.length;
  const chars = Math.max(Math.floor(room / each) - 1, 2);
  const head = Math.floor(chars * 0.4);
  text = `${name.slice(0, head)}…${name.slice(name.length - (chars - head))}`;
  return text;
}

/** The marks of a cell that there are at the moment. */
function marksAt(row: HeatRow, cell: number, moment: Moment | null): number {
  const marks = row.marks[cell] ?? 0;
  if (!moment) return marks;
  const { falls } = moment.replay;
  const abort = row.aborts[cell] ?? -1;
  const fell = abort >= 0 && (falls[abort] ?? Infinity) < moment.position;
  const state = txState(moment, row.txs[cell] ?? 0);
  const done = state === "executed" || state === "committed";
  return (done ? marks & ~ABORT : 0) | (fell ? ABORT : 0);
}

function drawMarks({ pen }: Sheet, scene: HeatScene, row: HeatRow, top: number, cellPx: number): void {
  const { window, gutterPx, moment, colours } = scene;
  const y = top + ROW_PX / 2 - 0.5;
  const size = Math.min(cellPx, ROW_PX) / 2 - 1.5;
  for (let cell = placeOf(row, Math.floor(window.start)); cell < row.txs.length; cell++) {
    const tx = row.txs[cell] ?? 0;
    if (tx > window.end) break;
    const marks = marksAt(row, cell, moment);
    const x = gutterPx + toPx(window, tx + 0.5);
    if (marks & WRITE) {
      pen.fillStyle = colours.committed;
      pen.fillRect(x - size, y - size, 2 * size, 2 * size);
    }
    if (marks & CONFLICT) {
      pen.beginPath();
      pen.arc(x, y, size * 0.62, 0, 2 * Math.PI);
      pen.fillStyle = colours.blocked;
      pen.fill();
      pen.lineWidth = 1;
      pen.strokeStyle = colours.ink;
      pen.stroke();
    } else if (marks & READ) {
      pen.beginPath();
      pen.arc(x, y, size * 0.62, 0, 2 * Math.PI);
      if (marks & WRITE) {
        pen.fillStyle = colours.surface;
        pen.fill();
      }
      pen.lineWidth = 1.25;
      pen.strokeStyle = marks & WRITE ? colours.surface : colours.ink2;
      pen.stroke();
    }
    if (marks & ABORT) {
      for (const [colour, width] of [
        [colours.surface, 4],
        [colours.aborted, 2.25],
      ] as const) {
        pen.strokeStyle = colour;
        pen.lineWidth = width;
        pen.beginPath();
        pen.moveTo(x - size, y - size);
        pen.lineTo(x + size, y + size);
        pen.moveTo(x - size, y + size);
        pen.lineTo(x + size, y - size);
        pen.stroke();
      }
    }
  }
  pen.lineWidth = 1;
}

/** What happened within each pixel, the worst of it highest. */
function drawBars({ pen }: Sheet, scene: HeatScene, row: HeatRow, top: number): void {
  const { window, gutterPx, moment, colours } = scene;
  const room = Math.ceil(window.widthPx);
  const within = new Uint8Array(room + 1);
  for (let cell = placeOf(row, Math.floor(window.start)); cell < row.txs.length; cell++) {
    const tx = row.txs[cell] ?? 0;
    if (tx > window.end) break;
    const px = clamp(Math.round(toPx(window, tx + 0.5)), 0, room);
    within[px] = (within[px] ?? 0) | marksAt(row, cell, moment);
  }
  const cellPx = window.widthPx / (window.end - window.start);
  const wide = Math.max(Math.floor(cellPx) - 1, 1);
  const bottom = top + ROW_PX - 2;
  const fill = {
    [READ]: colours.ink3,
    [WRITE]: colours.committed,
    [CONFLICT]: colours.blocked,
    [ABORT]: colours.aborted,
  };
  // The worst first, so that the plainer marks stay visible before it.
  for (const { bit, share } of BARS.toReversed()) {
    pen.fillStyle = fill[bit];
    const high = (ROW_PX - 4) * share;
    within.forEach((marks, px) => {
      if (marks & bit) pen.fillRect(gutterPx + px - (wide >> 1), bottom - high, wide, high);
    });
  }
}
