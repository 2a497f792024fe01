/** Rasters: as pixels on a canvas, as boxes with any other pen. */
import type { Pen, Raster } from "./pen.ts";

const known = new Map<string, number>();
let scratch: CanvasRenderingContext2D | null = null;
/** The last image, for the next one of the same size. */
let image: ImageData | null = null;

/** Draws on a canvas: tens of thousands of boxes cost what an image costs. */
export function paintRaster(
  context: CanvasRenderingContext2D,
  { width, height, cells }: Raster,
  colours: string[],
  x: number,
  y: number,
): void {
  scratch ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!scratch || width === 0 || height === 0) return;
  const values = colours.map((colour) => bytesOf(colour));
  if (image?.width !== width || image.height !== height) {
    scratch.canvas.width = width;
    scratch.canvas.height = height;
    image = scratch.createImageData(width, height);
  }
  const pixels = new Uint32Array(image.data.buffer);
  for (let column = 0, cell = 0; column < width; column++) {
    for (let row = 0; row < height; row++, cell++) {
      pixels[row * width + column] = values[cells[cell] ?? 0] ?? 0;
    }
  }
  scratch.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch.canvas, x, y);
}

/** Draws boxes: each as high as the same number stands below itself, and as wide as it goes on. */
export function boxRaster(
  pen: Pen,
  { width, height, cells }: Raster,
  colours: string[],
  x: number,
  y: number,
): void {
  const boxes = new Map<number, number[]>();
  const open = new Map<string, { at: number; since: number }>();
  for (let column = 0; column <= width; column++) {
    const found = new Set<string>();
    for (let row = 0; column < width && row < height; ) {
      const at = cells[column * height + row] ?? 0;
      const top = row;
      while (row < height && (cells[column * height + row] ?? 0) === at) row++;
      if (at === 0) continue;
      const key = `${top} ${row} ${at}`;
      found.add(key);
      if (!open.has(key)) open.set(key, { at, since: column });
    }
    for (const [key, { at, since }] of open) {
      if (found.has(key)) continue;
      const [top = 0, bottom = 0] = key.split(" ").map(Number);
      const list = boxes.get(at) ?? [];
      list.push(x + since, y + top, column - since, bottom - top);
      boxes.set(at, list);
      open.delete(key);
    }
  }
  for (const [at, list] of boxes) {
    pen.fillStyle = colours[at] ?? "";
    pen.beginPath();
    for (let i = 0; i + 3 < list.length; i += 4) {
      pen.rect(list[i] ?? 0, list[i + 1] ?? 0, list[i + 2] ?? 0, list[i + 3] ?? 0);
    }
    pen.fill();
  }
}

/** A colour as the four bytes of a pixel. */
function bytesOf(colour: string): number {
  const found = known.get(colour);
  if (found !== undefined) return found;
  if (colour === "") return 0;
  // It is read back at once.
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!pen) return 0;
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const bytes = new Uint32Array(pen.getImageData(0, 0, 1, 1).data.buffer)[0] ?? 0;
  known.set(colour, bytes);
  return bytes;
}
