/**
 * How fast the pictures of a large run are: the first one after the report arrives, and each frame
 * while a person zooms and moves.
 *
 * Measured is the time that the page's thread is busy. Prints medians; judges nothing, since a machine
 * that does something else as well is slow for reasons of its own.
 */
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const FRAMES = 60;

declare global {
  interface Window {
    pictureBench: { arrived: number; drawn: number; frame: number };
  }
}

/** Before the page begins: notes when a report arrives, when canvases are drawn, and frames' work. */
function watch(): void {
  const bench = { arrived: 0, drawn: 0, frame: 0 };
  window.pictureBench = bench;
  class Watched extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data }: MessageEvent<{ kind?: string; answer?: { verb: string } }>) => {
        if (data.kind !== "answer" || data.answer?.verb !== "run") return;
        bench.arrived = performance.now();
        bench.drawn = 0;
      });
    }
  }
  window.Worker = Watched;
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    ask((now) => {
      const start = performance.now();
      callback(now);
      bench.frame += performance.now() - start;
    });
  const { fillRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillRect = function (x, y, width, height) {
    if (bench.arrived > 0 && bench.drawn === 0) {
      bench.drawn = 1;
      // When what this frame draws is drawn.
      setTimeout(() => (bench.drawn = performance.now()));
    }
    fillRect.call(this, x, y, width, height);
  };
}

/** In the browser: presses each key once a frame, and gives the work of each frame. */
async function press({ name, keys, frames }: { name: string; keys: string[]; frames: number }) {
  const stage = document.querySelector(`[role=application][aria-label^="${name}"]`);
  if (!stage) throw new Error(`there is no ${name}`);
  const busy: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    window.pictureBench.frame = 0;
    const start = performance.now();
    const key = keys[frame % keys.length];
    stage.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await Promise.resolve();
    const effects = performance.now() - start;
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    busy.push(effects + window.pictureBench.frame);
  }
  return busy.sort((a, b) => a - b);
}

function at(sorted: number[], share: number): string {
  return (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
}

async function measure(page: Page, what: string): Promise<void> {
  const first = await page.evaluate(() => window.pictureBench.drawn - window.pictureBench.arrived);
  console.log(`${what}: first picture ${first.toFixed(0)} ms after the report`);
  for (const [tab, name] of [
    ["Dependencies", "Timeline"],
    ["Dependencies", "Dependency graph"],
    ["Heatmap", "Heatmap"],
  ] as const) {
    await page.getByRole("tab", { name: tab }).click();
    for (const keys of [
      ["w", "w", "w", "s", "s", "s"],
      ["w", "d", "d", "a", "a", "s"],
    ]) {
      const busy = await page.evaluate(press, { name, keys, frames: FRAMES });
      const act = keys.includes("d") ? "move" : "zoom";
      console.log(
        `${what}: ${name.toLowerCase()}, ${act}: median ${at(busy, 0.5)} ms, p95 ${at(busy, 0.95)} ms`,
      );
    }
  }
}

test("pictures of 10,000 transactions, and of 100,000 spans", async ({ page }) => {
  test.setTimeout(15 * 60_000);
  await page.addInitScript(watch);
  const playground = new Playground(page);
  await playground.open();
  await page.setViewportSize({ width: 1440, height: 900 });
  const COUNT = /^let n\s*=\s*[\d_]+;/m;
  for (const { title, workers } of [
    { title: "A mixed block", workers: 8 },
    { title: "One hot counter", workers: 64 },
  ]) {
    await playground.chooseExample(title);
    const script = await page.evaluate(() => localStorage.getItem("interleave.script") ?? "");
    expect(script).toMatch(COUNT);
    await playground.write(script.replace(COUNT, "let n = 10_000;"));
    await playground.workers.fill(String(workers));
    await playground.workers.press("Enter");
    await playground.run.click();
    await expect(playground.result).toHaveAttribute("aria-busy", "false", { timeout: 300_000 });
    await expect(playground.matches).toBeVisible();
    await page.getByRole("button", { name: "Timeline as a table" }).click();
    const rows = await page.getByRole("grid", { name: "Timeline" }).getAttribute("aria-rowcount");
    await page.getByRole("button", { name: "Timeline as a table" }).click();
    await measure(page, `${title}, ${rows} spans`);
  }
});
