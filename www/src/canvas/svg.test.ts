import { expect, test } from "vitest";
import type { Picture } from "./pen.ts";
import { svgOf } from "./svg.ts";

const SIZE = { widthPx: 100, heightPx: 50 };

function draw(picture: Picture): string {
  return svgOf(picture, SIZE, { title: "A <b> & c", background: "#fff", measure: () => 10 });
}

test("shapes stay shapes: rectangles, curves, circles, text, no pixels", () => {
  const text = draw(({ pen }) => {
    pen.fillStyle = "rgb(1, 2, 3)";
    pen.fillRect(1, 2, 3.456, 4);
    pen.beginPath();
    pen.moveTo(0, 0);
    pen.bezierCurveTo(1, 2, 3, 4, 5, 6);
    pen.strokeStyle = "red";
    pen.stroke();
    pen.beginPath();
    pen.arc(10, 10, 4, 0, 2 * Math.PI);
    pen.globalAlpha = 0.5;
    pen.fill();
  });
  expect(text).toContain('<path d="M1 2h3.46v4h-3.46z" fill="rgb(1, 2, 3)"/>');
  expect(text).toContain('<path d="M0 0C1 2 3 4 5 6" fill="none" stroke="red" stroke-width="1"/>');
  expect(text).toContain('d="M6 10a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z" fill="rgb(1, 2, 3)" opacity="0.5"');
  expect(text).not.toContain("<image");
});

test("names cannot break out of their text", () => {
  const text = draw(({ pen }) => {
    pen.font = '11px "Font"';
    pen.fillText('<script> & "quotes"', 5, 5);
  });
  expect(text).not.toContain("<script>");
  expect(text).toContain("&#60;script&#62; &#38; &#34;quotes&#34;</text>");
  expect(text).toContain("<title>A &#60;b&#62; &#38; c</title>");
  expect(text).toContain('style="font:11px &#34;Font&#34;"');
});

test("a clip ends with its restore, and what was not restored is closed", () => {
  const text = draw(({ pen }) => {
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, 10, 10);
    pen.clip();
    pen.fillStyle = "green";
    pen.restore();
    pen.fillRect(0, 0, 1, 1);
    pen.save();
    pen.clip();
  });
  expect(text.match(/<g /g)?.length).toBe(2);
  expect(text.match(/<\/g>/g)?.length).toBe(2);
  expect(text.indexOf("</g>")).toBeLessThan(text.indexOf('fill="#fff"', text.indexOf("<g ")));
});

test("a hatch is a pattern of lines", () => {
  const text = draw(({ pen, hatch }) => {
    const lines = hatch("up", "#000");
    if (lines !== null) pen.fillStyle = lines;
    pen.fillRect(0, 0, 10, 10);
  });
  expect(text).toContain('<pattern id="hatch0"');
  expect(text).toContain('fill="url(#hatch0)"');
});

test("a raster becomes boxes, as large as they go on", () => {
  const text = draw(({ raster }) => {
    // Three columns of two: the first two are alike.
    const cells = Uint8Array.from([1, 2, 1, 2, 0, 2]);
    raster({ width: 3, height: 2, cells }, ["", "red", "blue"], 10, 20);
  });
  expect(text).toContain('<path d="M10 20h2v1h-2z" fill="red"/>');
  expect(text).toContain('<path d="M10 21h3v1h-3z" fill="blue"/>');
});

test("a name with control characters leaves a picture that XML allows", () => {
  const text = draw(({ pen }) => pen.fillText("a\u001b[31m\u0000\tb", 5, 5));
  expect(text).toContain("a\ufffd[31m\ufffd\tb</text>");
});
