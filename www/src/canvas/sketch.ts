/** Draws the timeline of a run as a small picture: lanes, and what fills them. */
import type { Sketch, SpanKind } from "../engine/report.ts";
import type { Colours } from "../lib/colours.ts";
import { type Fill, fills } from "./hatch.ts";
import { Surface } from "./surface.ts";

/** Thinner ones are too narrow for a hatch. */
const HATCHED_PX = 4;
const LEAST_PX = 1;

export class SketchCanvas {
  readonly surface: Surface;
  #scene: { sketch: Sketch; longest: number; colours: Colours } | null = null;
  #fills: Record<SpanKind, Fill> | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.surface = new Surface(canvas, () => this.#draw());
  }

  /** `longest`: where the axis ends, on the clock of the run. */
  show(sketch: Sketch, longest: number, colours: Colours): void {
    if (this.#scene?.colours !== colours) this.#fills = fills(this.surface.context, colours);
    this.#scene = { sketch, longest, colours };
    this.surface.invalidate();
  }

  #draw(): void {
    if (!this.#scene || !this.#fills) return;
    const { sketch, longest, colours } = this.#scene;
    const { context, widthPx, heightPx } = this.surface;
    const pitch = heightPx / Math.max(1, sketch.lanes);
    const height = Math.max(LEAST_PX, pitch - (pitch >= 3 ? 1 : 0));
    const scale = widthPx / longest;
    context.fillStyle = colours.sunken;
    for (let lane = 0; lane < sketch.lanes; lane++) {
      context.fillRect(0, lane * pitch, sketch.end * scale, height);
    }
    sketch.lane.forEach((lane, i) => {
      const fill = this.#fills?.[sketch.kind[i] ?? "committed"];
      if (!fill) return;
      const x = (sketch.start[i] ?? 0) * scale;
      const width = Math.max((sketch.length[i] ?? 0) * scale, LEAST_PX);
      context.fillStyle = fill.colour;
      context.fillRect(x, lane * pitch, width, height);
      if (fill.hatch && width >= HATCHED_PX && height >= HATCHED_PX) {
        context.fillStyle = fill.hatch;
        context.fillRect(x, lane * pitch, width, height);
      }
    });
  }
}
