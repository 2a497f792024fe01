/**
 * What a tab goes through in a long day: many runs, many that are stopped, engines that are replaced, and
 * workers that are killed or stand still.
 *
 * The numbers are small here; `cargo xtask soak runs`, `stops`, `restarts` and `faults` give
 * `INTERLEAVE_TIMES`. Times are
 * printed and not judged, since the machine may do other things.
 */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { Chaos } from "./chaos.ts";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const TIMES = Number(process.env["INTERLEAVE_TIMES"] ?? 0);
const RUNS = TIMES || 300;
const STOPS = TIMES || 20;
const RESTARTS = TIMES || 20;
const FAULTS = TIMES || 40;

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
  if (sorted.length === 0) return "none";
  return `median ${at(0.5)?.toFixed(0)} ms, 99th percentile ${at(0.99)?.toFixed(0)} ms of ${sorted.length}`;
}

/** In the browser: presses Stop, and says how long it took until an engine is ready that does nothing. */
function stopNow(): Promise<number> {
  const [result, badge] = ["[aria-label=Result][aria-busy]", "[role=status][aria-label=Engine]"].map((it) =>
    document.querySelector(it),
  );
  const stop = [...document.querySelectorAll("button")].find((each) => /Stop/.test(each.textContent ?? ""));
  const began = performance.now();
  stop?.click();
  return new Promise((resolve) => {
    const look = () => {
      const ready = result?.getAttribute("aria-busy") === "false" && /thread/.test(badge?.textContent ?? "");
      if (ready) resolve(performance.now() - began);
      else setTimeout(look, 4);
    };
    look();
  });
}

/**
 * Presses Run, lets it begin, presses Stop, and returns how long the page took to be ready again. On a busy
 * machine the page may find out by itself, before Stop is pressed, that the engine is `deaf`: then nothing.
 */
async function stopAfter(playground: Playground, delayMs: number, deaf = false): Promise<number | null> {
  await playground.run.click();
  if (!deaf) await expect(playground.stop).toBeEnabled();
  await playground.page.waitForTimeout(delayMs);
  const took = await playground.page.evaluate(stopNow);
  const said = ["The run was stopped", ...(deaf ? ["it did not answer"] : [])];
  await expect(playground.result).toContainText(new RegExp(said.join("|")));
  return (await playground.result.textContent())?.includes("The run was stopped") ? took : null;
}

test("stops at any moment leave an engine that runs", async ({ page }) => {
  test.setTimeout(120_000 + STOPS * 15_000);
  const playground = new Playground(page);
  await playground.open();
  await playground.write(LONG);
  const took = { nothing: [] as number[], part: [] as number[] };
  let replaced = 0;
  for (let stop = 0; stop < STOPS; stop++) {
    const before = playground.engineWorker();
    // From the reading of the script to the middle of the run, in an order that is always the same.
    const one = await stopAfter(playground, (stop * 97) % 700);
    const isNothing = (await playground.notice.innerText()).includes("The run was stopped.");
    if (one !== null) took[isNothing ? "nothing" : "part"].push(one);
    if (playground.engineWorker() !== before) replaced++;
  }
  console.log(`stops before anything was final: ${percentiles(took.nothing)}; ${replaced} by replacing the engine`);
  console.log(`stops with the report of a part: ${percentiles(took.part)}`);
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
    // Deaf for longer than anything here takes, from when it has answered all it was asked.
    await before.evaluate(
      () =>
        new Promise<void>((idle) => {
          setTimeout(() => {
            idle();
            setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000));
          });
        }),
    );
    const one = await stopAfter(playground, 0, true);
    if (one !== null) took.push(one);
    await playground.engineReplaced(before);
    await expect.poll(() => page.workers().includes(before)).toBe(false);
  }
  console.log(`engines replaced: ${percentiles(took)}; ${STOPS - took.length} before Stop was pressed`);
  expect(took.length).toBeGreaterThan(STOPS / 2);
  await playground.chooseExample("Independent transfers");
  await expect(playground.matches).toBeVisible();
});

test("engines that are replaced one after another leave nothing behind", async ({ page, errors }) => {
  test.setTimeout(120_000 + RESTARTS * 10_000);
  const playground = new Playground(page);
  await playground.open();
  const took: number[] = [];
  let before: Held | null = null;
  for (let restart = 0; restart < RESTARTS; restart++) {
    const old = playground.engineWorker();
    const began = performance.now();
    await old.evaluate(() => self.close());
    await playground.engineReplaced(old);
    took.push(performance.now() - began);
    await playground.runAndFinish();
    await expect(playground.matches).toBeVisible();
    // The first ones make room for the others.
    if (restart === 4) before = await held(page);
    // An engine that breaks four times in ten seconds is not started again by itself.
    await page.waitForTimeout(Math.max(0, 3_400 - (performance.now() - began)));
  }
  const after = await held(page);
  console.log(`engines started again: ${percentiles(took)}`);
  console.log(`after 5: ${JSON.stringify(before)}\nafter ${RESTARTS}: ${JSON.stringify(after)}`);
  if (before?.residentMiB && after.residentMiB) {
    expect(after.residentMiB).toBeLessThan(before.residentMiB * 1.5 + 200);
  }
  errors.length = 0;
});

/** Numbers from 0 to below 1, the same in every run of the test. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** In the browser: when the engine is found dead, and when the next one is there. */
function watchEngine(): void {
  const badge = document.querySelector("[role=status][aria-label=Engine]");
  const changes: [number, boolean][] = [];
  const note = () => changes.push([Date.now(), /thread/.test(badge?.textContent ?? "")]);
  if (badge) new MutationObserver(note).observe(badge, { childList: true, characterData: true, subtree: true });
  Reflect.set(window, "changes", changes);
}

const takeChanges = (page: Page) =>
  page.evaluate(() => (Reflect.get(window, "changes") as [number, boolean][]).splice(0));

/** What is done to a run: to whom, and how. */
const HARMS = [
  ["a worker killed", (chaos: Chaos, at: number) => chaos.kill(picked(chaos.pool(), at))],
  ["a worker stalled", (chaos: Chaos, at: number) => chaos.stall(picked(chaos.pool(), at))],
  ["the engine killed", (chaos: Chaos) => chaos.kill(chaos.engine())],
] as const;

function picked<T>(from: T[], at: number): T {
  const found = from[Math.floor(at * from.length)];
  if (found === undefined) throw new Error("there is nothing to choose from");
  return found;
}

/** How long a run takes on this machine, as it is now. */
async function undisturbed(playground: Playground): Promise<number> {
  const tookMs: number[] = [];
  for (let run = 0; run < 3; run++) {
    const began = performance.now();
    await playground.runAndFinish();
    tookMs.push(performance.now() - began);
  }
  return Math.min(...tookMs);
}

/** Starts an engine that broke too often for the page to start it; says whether that was so. */
async function startedByHand(playground: Playground): Promise<boolean> {
  await expect(playground.engine).toHaveText(/thread|Engine stopped/, { timeout: 30_000 });
  if (!/Engine stopped/.test(await playground.engine.innerText())) return false;
  await playground.notice.getByRole("button", { name: "Start it again" }).click();
  await expect(playground.engine).toHaveText(/thread/, { timeout: 30_000 });
  return true;
}

test("faults at random moments under every strategy end right, or with an error", async ({ page, errors }) => {
  test.setTimeout(120_000 + FAULTS * 30_000);
  const playground = new Playground(page);
  const chaos = await Chaos.of(page);
  await playground.open();
  await playground.chooseRunner("Threads");
  await playground.write(`// Long enough to be harmed
let airdrop = deploy("Airdrop", [ether(1_000_000)]);
for holder in accounts("holder", 1_500) { send(holder, airdrop, "claim(uint256)", [1]); }
`);
  const strategies = await playground.strategy.locator("option").count();
  const usualMs = await undisturbed(playground);
  const draw = random(7);
  const noticed: number[] = [];
  const recovered: number[] = [];
  const ends = { right: 0, again: 0, error: 0 };
  let gaveUp = 0;
  await page.evaluate(watchEngine);
  for (let fault = 0; fault < FAULTS; fault++) {
    await playground.strategy.selectOption({ index: fault % strategies });
    await takeChanges(page);
    await playground.run.click();
    // From its beginning to a little after its end.
    await page.waitForTimeout(draw() * 1.25 * usualMs);
    const [, harm] = picked([...HARMS], draw());
    const busy = (await playground.result.getAttribute("aria-busy")) === "true";
    await harm(chaos, draw());
    const began = Date.now();
    await playground.finished();
    if (await startedByHand(playground)) gaveUp++;
    const notice = await playground.notice.innerText();
    const matches = await playground.matches.isVisible();
    // Never a result that is not compared, and never silence.
    expect(matches || notice !== "").toBe(true);
    if (matches && notice === "") ends.right++;
    else if (/ran again/.test(notice)) ends.again++;
    else ends.error++;
    const changes = await takeChanges(page);
    const dead = changes.find(([, ready]) => !ready);
    const back = changes.find(([at, ready]) => ready && dead !== undefined && at > dead[0]);
    if (busy && dead && back) {
      noticed.push(dead[0] - began);
      recovered.push(back[0] - dead[0]);
    }
    // One that was harmed while it had nothing to do is found out by the next run.
    if (!dead) {
      await playground.runAndFinish();
      if (await startedByHand(playground)) gaveUp++;
    }
  }
  console.log(`${FAULTS} faults: ${JSON.stringify(ends)}; ${gaveUp} times the engine was started by hand`);
  console.log(`noticed: ${percentiles(noticed)}\nengine there again: ${percentiles(recovered)}`);
  // Most workers have nothing to do at most moments, and are not missed.
  expect(ends.again).toBeGreaterThan(FAULTS / 10);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  // What is killed may say so.
  errors.length = 0;
});
