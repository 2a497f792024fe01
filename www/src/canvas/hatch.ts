/** Hatching: spans that came to nothing are told apart without colour too. */
import type { SpanKind } from "../engine/report.ts";
import type { Colours } from "../lib/colours.ts";

/** Which way the lines of a kind lean; kinds that are not here are plain. */
const LEAN: Partial<Record<SpanKind, "up" | "down" | "both">> = {
  aborted: "up",
  blocked: "down",
  cancelled: "both",
  rejected: "up",
};

const SIZE = 7;

/** What to fill a span of this kind with. */
export type Fill = { colour: string; hatch: CanvasPattern | null };

export function fills(context: CanvasRenderingContext2D, colours: Colours) {
  const fill = (kind: SpanKind): Fill => {
    const lean = LEAN[kind];
    return { colour: colours[kind], hatch: lean ? pattern(context, lean, colours.hatch) : null };
  };
  return {
    committed: fill("committed"),
    aborted: fill("aborted"),
    blocked: fill("blocked"),
    cancelled: fill("cancelled"),
    validated: fill("validated"),
    rejected: fill("rejected"),
  } satisfies Record<SpanKind, Fill>;
}

function pattern(
  context: CanvasRenderingContext2D,
  lean: "up" | "down" | "both",
  colour: string,
): CanvasPattern | null {
  const ratio = devicePixelRatio;
  const tile = document.createElement("canvas");
  tile.width = tile.height = Math.round(SIZE * ratio);
  const pen = tile.getContext("2d");
  if (!pen) return null;
  const edge = tile.width;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6 * ratio;
  pen.beginPath();
  // Each line is drawn three times so that neighbouring tiles meet.
  for (const shift of [-edge, 0, edge]) {
    if (lean !== "down") {
      pen.moveTo(shift, edge);
      pen.lineTo(shift + edge, 0);
    }
    if (lean !== "up") {
      pen.moveTo(shift, 0);
      pen.lineTo(shift + edge, edge);
    }
  }
  pen.stroke();
  const made = context.createPattern(tile, "repeat");
  made?.setTransform(new DOMMatrix().scale(1 / ratio));
  return made;
}
