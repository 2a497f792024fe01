/**
 * How fast the pictures of a large run are: the first one after the report arrives, and each frame
 * while a person zooms and moves.
 *
 * Frames are measured in processor time of the page's thread, which says the same on a busy machine;
 * the first picture in time on the wall. Prints medians and judges nothing.
 */
import type { CDPSession, Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const FRAMES = 60;

declare global {
  interface Window {
    pictureBench: { arrived: number; drawn: number };
  }
}

/** Before the page begins: notes when a report arrives and when a canvas is drawn. */
function watch(): void {
  const bench = { arrived: 0, drawn: 0 };
  window.pictureBench = bench;
  class Watched extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data }: MessageEvent<{ kind?: string }>) => {
        if (data.kind !== "ran") return;
        bench.arrived = performance.now();
        bench.drawn = 0;
      });
    }
  }
  window.Worker = Watched;
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

/** In the browser: presses a key on a picture, and waits until that is drawn. */
async function press({ name, key }: { name: string; key: string }): Promise<void> {
  const stage = document.querySelector(`[role=application][aria-label^="${name}"]`);
  if (!stage) throw new Error(`there is no ${name}`);
  stage.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** Processor time that the page's thread has had, in milliseconds. */
async function spent(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
}

/** The processor time of each frame, sorted. */
async function frames(page: Page, session: CDPSession, name: string, keys: string[]) {
  const busy: number[] = [];
  for (let frame = 0; frame < FRAMES; frame++) {
    const before = await spent(session);
    await page.evaluate(press, { name, key: keys[frame % keys.length] ?? "0" });
    busy.push((await spent(session)) - before);
  }
  return busy.sort((a, b) => a - b);
}

function at(sorted: number[], share: number): string {
  return (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
}

async function measure(page: Page, session: CDPSession, what: string): Promise<void> {
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
      const busy = await frames(page, session, name, keys);
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
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
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
    await page.evaluate(() => (window.pictureBench.drawn = 0));
    await playground.run.click();
    // Seldom asked: who looks at the page takes its time.
    const isDrawn = () => window.pictureBench.drawn > 1;
    await page.waitForFunction(isDrawn, null, { timeout: 300_000, polling: 2000 });
    await playground.finished();
    await expect(playground.matches).toBeVisible();
    await page.getByRole("button", { name: "Timeline as a table" }).click();
    const rows = await page.getByRole("grid", { name: "Timeline" }).getAttribute("aria-rowcount");
    await page.getByRole("button", { name: "Timeline as a table" }).click();
    await measure(page, session, `${title}, ${rows} spans`);
  }
});
