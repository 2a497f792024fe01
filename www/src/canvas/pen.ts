/**
 * What a picture is drawn with: the part of a canvas context that pictures use.
 *
 * A canvas context is one as it is; `SvgPen` (in `svg.ts`) writes the same as vectors.
 */

/** Which way the lines of a hatch lean. */
export type Lean = "up" | "down" | "both";

export interface Pen {
  fillStyle: string | CanvasGradient | CanvasPattern;
  strokeStyle: string | CanvasGradient | CanvasPattern;
  lineWidth: number;
  globalAlpha: number;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void;
  /** Pictures draw whole circles only. */
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  fill(): void;
  stroke(): void;
  clip(): void;
  save(): void;
  restore(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { width: number };
}

/**
 * Many small boxes at once: a number for each pixel, column after column from the top, which is a place
 * in a list of colours; 0 is nothing.
 */
export type Raster = { width: number; height: number; cells: Uint8Array };

/** A pen with the room it has. */
export type Sheet = {
  pen: Pen;
  widthPx: number;
  heightPx: number;
  /** A fill of slanted lines; none where it cannot be made. */
  hatch: (lean: Lean, colour: string) => CanvasPattern | string | null;
  /** Draws a raster with its upper left corner at a point. */
  raster: (raster: Raster, colours: string[], x: number, y: number) => void;
};

/** A picture: draws itself on any sheet. */
export type Picture = (sheet: Sheet) => void;
