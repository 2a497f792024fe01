/** Draws the timeline of a run as a small picture: lanes, and what fills them. */
import type { Sketch } from "../engine/report.ts";
import type { Colours } from "../lib/colours.ts";
import { fills } from "./hatch.ts";
import type { Sheet } from "./pen.ts";
import { Surface } from "./surface.ts";

/** Thinner ones are too narrow for a hatch. */
const HATCHED_PX = 4;
const LEAST_PX = 1;

export class SketchCanvas {
  readonly surface: Surface;
  #scene: { sketch: Sketch; longest: number; colours: Colours } | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.surface = new Surface(canvas, (sheet) => this.#draw(sheet));
  }

  /** `longest`: where the axis ends, on the clock of the run. */
  show(sketch: Sketch, longest: number, colours: Colours): void {
    this.#scene = { sketch, longest, colours };
    this.surface.invalidate();
  }

  #draw(sheet: Sheet): void {
    if (!this.#scene) return;
    const { sketch, longest, colours } = this.#scene;
    const { pen, widthPx, heightPx } = sheet;
    const looks = fills(sheet, colours);
    const pitch = heightPx / Math.max(1, sketch.lanes);
    const height = Math.max(LEAST_PX, pitch - (pitch >= 3 ? 1 : 0));
    const scale = widthPx / longest;
    pen.fillStyle = colours.sunken;
    for (let lane = 0; lane < sketch.lanes; lane++) {
      pen.fillRect(0, lane * pitch, sketch.end * scale, height);
    }
    sketch.lane.forEach((lane, i) => {
      const { colour, hatch } = looks[sketch.kind[i] ?? "committed"];
      const x = (sketch.start[i] ?? 0) * scale;
      const width = Math.max((sketch.length[i] ?? 0) * scale, LEAST_PX);
      pen.fillStyle = colour;
      pen.fillRect(x, lane * pitch, width, height);
      if (hatch && width >= HATCHED_PX && height >= HATCHED_PX) {
        pen.fillStyle = hatch;
        pen.fillRect(x, lane * pitch, width, height);
      }
    });
  }
}
