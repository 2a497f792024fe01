/**
 * The browser's side of `cargo xtask bench`, which chooses one of these by name.
 *
 * Reads jobs from the file that `BENCH_JOBS` names, and writes one JSON line an answer to the file
 * that `BENCH_OUT` names.
 */
import { appendFileSync, readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import type { FromEngine, ToEngine } from "../../www/src/engine/messages.ts";
import type { Measured, MeasureOptions, MeasureResult } from "../../www/src/engine/report.ts";
import { bundle } from "./bench/bundle.ts";
import type { Described, Ethereumjs } from "./bench/ethereumjs.ts";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

type Job = { name: string; text: string; options: MeasureOptions };
type Asked = { url: string; script: string; options: MeasureOptions };

declare global {
  interface Window {
    ethereumjs: Ethereumjs;
  }
}

function file(variable: "BENCH_JOBS" | "BENCH_OUT"): string {
  const name = process.env[variable];
  if (!name) throw new Error(`${variable} names no file`);
  return name;
}

function jobs<T>(): T[] {
  return JSON.parse(readFileSync(file("BENCH_JOBS"), "utf8")) as T[];
}

function answer(line: object): void {
  appendFileSync(file("BENCH_OUT"), `${JSON.stringify(line)}\n`);
}

/** In the browser: starts an engine of its own, measures once, and ends it. */
async function ask({ url, script, options }: Asked): Promise<MeasureResult> {
  const worker = new Worker(url, { type: "module" });
  const send = (message: ToEngine) => worker.postMessage(message);
  const heard = new Promise<MeasureResult>((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
      if (data.kind === "ready") {
        const about = { script, contracts: [], options };
        send({ kind: "ask", id: 1, question: { verb: "measure", about } });
      }
      if (data.kind === "answer" && data.answer.verb === "measure") resolve(data.answer.value);
      if (data.kind === "failed") reject(new Error(data.message));
    };
  });
  send({ kind: "start", module: null, lock: crypto.randomUUID(), mostMiB: 1024 });
  return heard.finally(() => worker.terminate());
}

/** Opens a page of the playground's origin without an engine of its own, which would want the cores. */
async function alone(page: Page): Promise<string> {
  const engine = page.waitForEvent("worker");
  // Until its engine has run: to leave while it loads is a failed request.
  await new Playground(page).open();
  const url = (await engine).url();
  await page.goto(url);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  return url;
}

async function measure(page: Page, url: string, job: Job): Promise<Measured> {
  const asked = { url, script: job.text, options: job.options };
  const result = await page.evaluate(ask, asked);
  if (result.kind !== "measured") throw new Error(`${job.name}: ${JSON.stringify(result)}`);
  return result.measured;
}

test.describe.configure({ timeout: 60 * 60_000 });

test("jobs", async ({ page }) => {
  const url = await alone(page);
  for (const job of jobs<Job>()) {
    answer({ name: job.name, measured: await measure(page, url, job) });
  }
});

test("ethereumjs", async ({ page, context }) => {
  const source = await bundle("bench/ethereumjs.ts");
  const url = await alone(page);
  const other = await context.newPage();
  await other.goto("about:blank");
  await other.addScriptTag({ content: source });
  for (const job of jobs<Job & { block: Described }>()) {
    const options = { ...job.options, runs: [], rounds: 1 };
    const times: number[] = [];
    let all: Measured | null = null;
    for (let round = 0; round < job.options.rounds; round++) {
      const measured = await measure(page, url, { ...job, options });
      all ??= { ...measured, oracle: [], ceilings: [] };
      all.oracle.push(...measured.oracle);
      times.push(await other.evaluate((block) => window.ethereumjs(block), job.block));
    }
    answer({ name: job.name, measured: all, ethereumjs: times });
  }
});

test("cold start", async ({ browser, site }) => {
  const [options] = jobs<{ rounds: number }>();
  for (let round = 0; round < (options?.rounds ?? 1); round++) {
    // A context of its own has an empty cache, also of compiled code.
    const context = await browser.newContext({ baseURL: site });
    const page = await context.newPage();
    const playground = new Playground(page);
    const now = () => page.evaluate(() => performance.now());
    await page.goto("/", { waitUntil: "commit" });
    await expect(playground.editor).toBeAttached();
    const editor = await now();
    await page.waitForFunction(
      () => document.body.innerText.includes("Matches sequential execution"),
      undefined,
      { timeout: 60_000, polling: "raf" },
    );
    const result = await now();
    answer({ "the editor is there": editor, "the first run has finished": result });
    await context.close();
  }
});
