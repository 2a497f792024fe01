/** Hatching: spans that came to nothing are told apart without colour too. */
import type { SpanKind } from "../engine/report.ts";
import type { Colours } from "../lib/colours.ts";
import type { Lean, Sheet } from "./pen.ts";

/** Which way the lines of a kind lean; kinds that are not here are plain. */
const LEAN: Partial<Record<SpanKind, Lean>> = {
  aborted: "up",
  blocked: "down",
  cancelled: "both",
  rejected: "up",
};

/** From one line to the next. */
export const HATCH_PX = 7;
export const HATCH_LINE_PX = 1.6;

/** What to fill a span of this kind with. */
export type Fill = { colour: string; hatch: CanvasPattern | string | null };

export function fills(sheet: Sheet, colours: Colours): Record<SpanKind, Fill> {
  const fill = (kind: SpanKind): Fill => {
    const lean = LEAN[kind];
    return { colour: colours[kind], hatch: lean ? sheet.hatch(lean, colours.hatch) : null };
  };
  return {
    committed: fill("committed"),
    aborted: fill("aborted"),
    blocked: fill("blocked"),
    cancelled: fill("cancelled"),
    validated: fill("validated"),
    rejected: fill("rejected"),
  };
}

/** The ends of the lines of one tile; each is there three times so that neighbouring tiles meet. */
export function hatchLines(lean: Lean, edge: number): [x: number, y: number][][] {
  return [-edge, 0, edge].flatMap((shift) => {
    const up: [number, number][] = [
      [shift, edge],
      [shift + edge, 0],
    ];
    const down: [number, number][] = [
      [shift, 0],
      [shift + edge, edge],
    ];
    return lean === "up" ? [up] : lean === "down" ? [down] : [up, down];
  });
}

/** The hatch of a canvas whose pixels are `ratio` to one of the page. */
export function canvasHatch(
  context: CanvasRenderingContext2D,
  ratio: number,
  lean: Lean,
  colour: string,
): CanvasPattern | null {
  const tile = document.createElement("canvas");
  tile.width = tile.height = Math.round(HATCH_PX * ratio);
  const pen = tile.getContext("2d");
  if (!pen) return null;
  pen.strokeStyle = colour;
  pen.lineWidth = HATCH_LINE_PX * ratio;
  pen.beginPath();
  for (const line of hatchLines(lean, tile.width)) {
    for (const [i, [x, y]] of line.entries()) {
      if (i === 0) pen.moveTo(x, y);
      else pen.lineTo(x, y);
    }
  }
  pen.stroke();
  const made = context.createPattern(tile, "repeat");
  made?.setTransform(new DOMMatrix().scale(1 / ratio));
  return made;
}
