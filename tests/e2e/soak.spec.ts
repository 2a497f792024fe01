/**
 * What a tab goes through in a long day: many runs, many that are stopped, engines that are replaced.
 *
 * The numbers are small here; `cargo xtask soak runs` and `soak stops` give `INTERLEAVE_TIMES`. Times are
 * printed and not judged, since the machine may do other things.
 */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const TIMES = Number(process.env["INTERLEAVE_TIMES"] ?? 0);
const RUNS = TIMES || 300;
const STOPS = TIMES || 20;

/** Until what is made once is there: code is compiled, pictures have their size. */
const WARM = 100;
const MIB = 1024 * 1024;

/** What a tab holds on to. */
type Held = { heapMiB: number; nodes: number; listeners: number; residentMiB: number | null };

async function held(page: Page): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  await session.detach();
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  return {
    heapMiB: of("JSHeapUsedSize") / MIB,
    nodes: of("Nodes"),
    listeners: of("JSEventListeners"),
    residentMiB: await resident(page),
  };
}

/** The memory of the tab's process, with that of the engine and its workers; `null` where the system does not say. */
async function resident(page: Page): Promise<number | null> {
  const browser = page.context().browser();
  if (!browser || process.platform !== "linux") return null;
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1]);
  return Math.max(...sizes.map(Number)) / 1024;
}

/** In the browser: so many runs one after another; returns how many came to a result that matches. */
async function runMany(times: number): Promise<number> {
  const result = document.querySelector("[aria-label=Result][aria-busy]");
  const button = () =>
    [...document.querySelectorAll("button")].find((each) => /^\s*Run\b/.test(each.textContent ?? ""));
  if (!result) throw new Error("there is no result");
  let matching = 0;
  for (let done = 0; done < times; done++) {
    const finished = new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        if (result.getAttribute("aria-busy") !== "false") return;
        observer.disconnect();
        resolve();
      });
      observer.observe(result, { attributes: true, attributeFilter: ["aria-busy"] });
    });
    const run = button();
    if (!run || run.disabled) throw new Error("nothing can be run");
    run.click();
    await finished;
    // What the page shows follows in the next frame.
    await new Promise((resolve) => requestAnimationFrame(resolve));
    if (document.body.textContent?.includes("Matches sequential execution")) matching++;
  }
  return matching;
}

test("runs one after another take no more memory than the first ones", async ({ page }) => {
  test.setTimeout(120_000 + (WARM + RUNS) * 3_000);
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "No tour" }).click();
  expect(await page.evaluate(runMany, WARM)).toBe(WARM);
  const before = await held(page);
  for (let done = WARM; done < RUNS; done += WARM) {
    const times = Math.min(WARM, RUNS - done);
    expect(await page.evaluate(runMany, times)).toBe(times);
    // Another runner in between, and another strategy.
    await playground.chooseRunner((done / WARM) % 2 === 0 ? "Threads" : "Simulated");
    await playground.strategy.selectOption({ index: (done / WARM) % 9 });
  }
  const after = await held(page);
  console.log(`after ${WARM} runs: ${JSON.stringify(before)}\nafter ${RUNS} runs: ${JSON.stringify(after)}`);
  expect(after.heapMiB).toBeLessThan(before.heapMiB * 1.2 + 4);
  expect(after.nodes).toBeLessThan(before.nodes * 1.2 + 200);
  expect(after.listeners).toBeLessThan(before.listeners * 1.2 + 50);
  if (before.residentMiB !== null && after.residentMiB !== null) {
    expect(after.residentMiB).toBeLessThan(before.residentMiB * 1.2 + 60);
  }
});

/** Long enough that nobody stops it after it is done. */
const LONG = `// A long batch
let airdrop = deploy("Airdrop", [ether(1_000_000)]);
for holder in accounts("holder", 20_000) { send(holder, airdrop, "claim(uint256)", [1]); }
`;

/** Times, as a person compares them. */
function percentiles(timesMs: number[]): string {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return `median ${at(0.5)?.toFixed(0)} ms, 99th percentile ${at(0.99)?.toFixed(0)} ms of ${sorted.length}`;
}

/** Presses Run, lets it begin, presses Stop, and returns how long the page took to be ready again. */
async function stopAfter(playground: Playground, delayMs: number): Promise<number> {
  await playground.run.click();
  await expect(playground.stop).toBeEnabled();
  await playground.page.waitForTimeout(delayMs);
  const began = performance.now();
  await playground.stop.click();
  await playground.finished();
  await expect(playground.engine).toHaveText(/thread/);
  const took = performance.now() - began;
  await expect(playground.notice).toContainText("The run was stopped");
  return took;
}

test("stops at any moment leave an engine that runs", async ({ page }) => {
  test.setTimeout(120_000 + STOPS * 15_000);
  const playground = new Playground(page);
  await playground.open();
  await playground.write(LONG);
  const took: number[] = [];
  let replaced = 0;
  for (let stop = 0; stop < STOPS; stop++) {
    const before = playground.engineWorker();
    // From the reading of the script to the middle of the run, in an order that is always the same.
    took.push(await stopAfter(playground, (stop * 97) % 700));
    if (playground.engineWorker() !== before) replaced++;
  }
  console.log(`stops: ${percentiles(took)}; ${replaced} by replacing the engine`);
  await playground.chooseExample("Independent transfers");
  await expect(playground.matches).toBeVisible();
});

test("stops of an engine that does not listen replace it", async ({ page }) => {
  test.setTimeout(120_000 + STOPS * 15_000);
  const playground = new Playground(page);
  await playground.open();
  await playground.write(LONG);
  const took: number[] = [];
  for (let stop = 0; stop < STOPS; stop++) {
    const before = playground.engineWorker();
    // Deaf for longer than a person waits, from when it has answered all it was asked.
    await before.evaluate(
      () =>
        new Promise<void>((idle) => {
          setTimeout(() => {
            idle();
            setTimeout(() => {
              const until = Date.now() + 2_000;
              while (Date.now() < until);
            });
          });
        }),
    );
    took.push(await stopAfter(playground, 0));
    await expect.poll(() => playground.engineWorker() !== before).toBe(true);
    // The debugger lets it go on until it is done; many at once would leave no processor for the next.
    await expect.poll(() => page.workers().includes(before)).toBe(false);
  }
  console.log(`engines replaced: ${percentiles(took)}`);
  await playground.chooseExample("Independent transfers");
  await expect(playground.matches).toBeVisible();
});
