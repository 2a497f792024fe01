/** A picture as a file: vectors as SVG, pixels as PNG, both on the page's background. */
import type { Picture } from "./pen.ts";
import { prepare } from "./surface.ts";
import { svgOf } from "./svg.ts";

/** A picture as it is shown. */
export type Shown = {
  picture: Picture;
  widthPx: number;
  heightPx: number;
  title: string;
  background: string;
};

/** Pixels of a PNG to one of the page. */
const RATIO = 2;

export function asSvg(shown: Shown): Blob {
  const context = document.createElement("canvas").getContext("2d");
  const measure = (text: string, font: string): number => {
    if (!context) return text.length * 7;
    context.font = font;
    return context.measureText(text).width;
  };
  const text = svgOf(shown.picture, shown, { ...shown, measure });
  return new Blob([text], { type: "image/svg+xml" });
}

export async function asPng(shown: Shown): Promise<Blob> {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no canvas");
  const sheet = prepare(canvas, context, shown, RATIO);
  context.fillStyle = shown.background;
  context.fillRect(0, 0, shown.widthPx, shown.heightPx);
  shown.picture(sheet);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error("the picture is too large"));
    }, "image/png");
  });
}
