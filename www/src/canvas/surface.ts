/** A canvas with as many pixels as the screen has, drawn at most once a frame. */
import { canvasHatch } from "./hatch.ts";
import type { Picture, Sheet } from "./pen.ts";
import { paintRaster } from "./raster.ts";

/** Patterns cost more than what is drawn with them. */
const hatches = new WeakMap<CanvasRenderingContext2D, Map<string, CanvasPattern | null>>();

export class Surface {
  widthPx = 0;
  heightPx = 0;
  readonly #context: CanvasRenderingContext2D;
  readonly #canvas: HTMLCanvasElement;
  readonly #picture: Picture;
  #frame = 0;

  constructor(canvas: HTMLCanvasElement, picture: Picture) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser draws no canvas");
    this.#context = context;
    this.#canvas = canvas;
    this.#picture = picture;
  }

  resize(widthPx: number, heightPx: number): void {
    this.widthPx = Math.floor(widthPx);
    this.heightPx = Math.floor(heightPx);
    this.invalidate();
  }

  /** Asks for a new drawing with the next frame. */
  invalidate(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
  }

  #paint(): void {
    const sheet = prepare(this.#canvas, this.#context, this, devicePixelRatio);
    if (sheet.widthPx > 0 && sheet.heightPx > 0) this.#picture(sheet);
  }
}

/** Gives a canvas its size and clears it. */
export function prepare(
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
  ratio: number,
): Sheet {
  const width = Math.round(widthPx * ratio);
  const height = Math.round(heightPx * ratio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, widthPx, heightPx);
  const made = hatches.get(context) ?? new Map<string, CanvasPattern | null>();
  hatches.set(context, made);
  const hatch: Sheet["hatch"] = (lean, colour) => {
    const key = `${ratio} ${lean} ${colour}`;
    const found = made.get(key) ?? canvasHatch(context, ratio, lean, colour);
    made.set(key, found);
    return found;
  };
  const raster: Sheet["raster"] = (cells, colours, x, y) =>
    paintRaster(context, cells, colours, x, y);
  return { pen: context, widthPx, heightPx, hatch, raster };
}
