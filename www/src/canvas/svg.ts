/**
 * The pen that writes SVG: what a picture draws becomes shapes and text, not pixels.
 *
 * It does what `Pen` promises and no more; a clip lasts until the next `restore`.
 */
import { HATCH_LINE_PX, HATCH_PX, hatchLines } from "./hatch.ts";
import type { Lean, Pen, Picture } from "./pen.ts";
import { boxRaster } from "./raster.ts";

type Style = Pick<
  Pen,
  "fillStyle" | "strokeStyle" | "lineWidth" | "globalAlpha" | "font" | "textAlign" | "textBaseline"
>;

const BEGINNING: Style = {
  fillStyle: "#000",
  strokeStyle: "#000",
  lineWidth: 1,
  globalAlpha: 1,
  font: "10px sans-serif",
  textAlign: "left",
  textBaseline: "alphabetic",
};

const ANCHORS: Record<CanvasTextAlign, string> = {
  left: "start",
  start: "start",
  center: "middle",
  right: "end",
  end: "end",
};

/** How wide a text is in a font. */
export type Measure = (text: string, font: string) => number;

export class SvgPen implements Pen {
  fillStyle = BEGINNING.fillStyle;
  strokeStyle = BEGINNING.strokeStyle;
  lineWidth = BEGINNING.lineWidth;
  globalAlpha = BEGINNING.globalAlpha;
  font = BEGINNING.font;
  textAlign = BEGINNING.textAlign;
  textBaseline = BEGINNING.textBaseline;
  readonly #measure: Measure;
  readonly #body: string[] = [];
  readonly #definitions: string[] = [];
  readonly #saved: { style: Style; groups: number }[] = [];
  #groups = 0;
  #clips = 0;
  #path = "";

  constructor(measure: Measure) {
    this.#measure = measure;
  }

  beginPath(): void {
    this.#path = "";
  }

  closePath(): void {
    this.#path += "z";
  }

  moveTo(x: number, y: number): void {
    this.#path += `M${short(x)} ${short(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.#path += `L${short(x)} ${short(y)}`;
  }

  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void {
    this.#path += `C${[ax, ay, bx, by, x, y].map(short).join(" ")}`;
  }

  arc(x: number, y: number, radius: number): void {
    const half = `a${short(radius)} ${short(radius)} 0 1 0`;
    this.#path += `M${short(x - radius)} ${short(y)}${half} ${short(2 * radius)} 0`;
    this.#path += `${half} ${short(-2 * radius)} 0z`;
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path += box(x, y, width, height);
  }

  fill(): void {
    this.#shape(this.#path, `fill="${String(this.fillStyle)}"`);
  }

  stroke(): void {
    const width = short(this.lineWidth);
    const paint = `fill="none" stroke="${String(this.strokeStyle)}" stroke-width="${width}"`;
    this.#shape(this.#path, paint);
  }

  clip(): void {
    const id = `clip${this.#clips++}`;
    this.#definitions.push(`<clipPath id="${id}"><path d="${this.#path}"/></clipPath>`);
    this.#body.push(`<g clip-path="url(#${id})">`);
    this.#groups += 1;
  }

  save(): void {
    const { fillStyle, strokeStyle, lineWidth, globalAlpha, font, textAlign, textBaseline } = this;
    const style = { fillStyle, strokeStyle, lineWidth, globalAlpha, font, textAlign, textBaseline };
    this.#saved.push({ style, groups: this.#groups });
  }

  restore(): void {
    const saved = this.#saved.pop();
    if (!saved) return;
    Object.assign(this, saved.style);
    for (; this.#groups > saved.groups; this.#groups--) this.#body.push("</g>");
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#shape(box(x, y, width, height), `fill="${String(this.fillStyle)}"`);
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    const wide = short(this.lineWidth);
    const paint = `fill="none" stroke="${String(this.strokeStyle)}" stroke-width="${wide}"`;
    this.#shape(box(x, y, width, height), paint);
  }

  fillText(text: string, x: number, y: number): void {
    const place = `x="${short(x)}" y="${short(y)}" text-anchor="${ANCHORS[this.textAlign]}"`;
    const central = this.textBaseline === "middle" ? ' dominant-baseline="central"' : "";
    const paint = `fill="${String(this.fillStyle)}"${this.#opacity()}`;
    const font = `style="font:${escape(this.font)}"`;
    this.#body.push(`<text ${place}${central} ${paint} ${font}>${escape(text)}</text>`);
  }

  measureText(text: string): { width: number } {
    return { width: this.#measure(text, this.font) };
  }

  /** A fill of slanted lines. */
  hatch(lean: Lean, colour: string): string {
    const id = `hatch${this.#definitions.length}`;
    const lines = hatchLines(lean, HATCH_PX).map((points) => `M${points.join("L")}`);
    const size = `width="${HATCH_PX}" height="${HATCH_PX}" patternUnits="userSpaceOnUse"`;
    const stroke = `stroke="${colour}" stroke-width="${HATCH_LINE_PX}"`;
    this.#definitions.push(
      `<pattern id="${id}" ${size}><path d="${lines.join("")}" ${stroke}/></pattern>`,
    );
    return `url(#${id})`;
  }

  /** The whole document. */
  document(widthPx: number, heightPx: number, title: string): string {
    while (this.#saved.length > 0) this.restore();
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}">`,
      `<title>${escape(title)}</title>`,
      `<defs>${this.#definitions.join("")}</defs>`,
      ...this.#body,
      "</svg>\n",
    ].join("\n");
  }

  #shape(path: string, paint: string): void {
    if (path !== "") this.#body.push(`<path d="${path}" ${paint}${this.#opacity()}/>`);
  }

  #opacity(): string {
    return this.globalAlpha === 1 ? "" : ` opacity="${short(this.globalAlpha)}"`;
  }
}

/** A picture as an SVG document on a background. */
export function svgOf(
  picture: Picture,
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
  { title, background, measure }: { title: string; background: string; measure: Measure },
): string {
  const pen = new SvgPen(measure);
  pen.fillStyle = background;
  pen.fillRect(0, 0, widthPx, heightPx);
  picture({
    pen,
    widthPx,
    heightPx,
    hatch: (lean, colour) => pen.hatch(lean, colour),
    raster: (raster, colours, x, y) => boxRaster(pen, raster, colours, x, y),
  });
  return pen.document(widthPx, heightPx, title);
}

function box(x: number, y: number, width: number, height: number): string {
  return `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`;
}

/** Two decimals are a fraction of any screen's pixel. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escape(text: string): string {
  // What XML has no place for, not even escaped, would make the whole picture unreadable.
  const allowed = text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
  return allowed.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
