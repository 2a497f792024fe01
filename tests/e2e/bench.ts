/**
 * Every example at 10,000 transactions in the engine as it is shipped, on one and two workers.
 *
 * Writes one JSON line a run to the file that `BENCH_OUT` names; `cargo xtask bench` makes a table.
 */
import { appendFileSync } from "node:fs";
import type { FromEngine, ToEngine } from "../../www/src/engine/messages.ts";
import { DEFAULTS, type Example, type RunOptions, type RunResult } from "../../www/src/engine/report.ts";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const TRANSACTIONS = 10_000;
const COUNT = /^let n\s*=\s*[\d_]+;/m;

type Asked = { url: string; script: string; options: RunOptions };

/** In the browser: starts an engine of its own, runs once, and ends it. */
async function ask({ url, script, options }: Asked): Promise<RunResult> {
  const worker = new Worker(url, { type: "module" });
  const send = (message: ToEngine) => worker.postMessage(message);
  const answer = new Promise<RunResult>((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
      if (data.kind === "ready") {
        const about = { script, contracts: [], options };
        send({ kind: "ask", id: 1, question: { verb: "run", about } });
      }
      if (data.kind === "answer" && data.answer.verb === "run") resolve(data.answer.value);
      if (data.kind === "failed") reject(new Error(data.message));
    };
  });
  send({ kind: "start", module: null });
  return answer.finally(() => worker.terminate());
}

/** In the browser: what there is to run. */
async function examples(url: string): Promise<Example[]> {
  const worker = new Worker(url, { type: "module" });
  const heard = new Promise<Example[]>((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
      if (data.kind === "ready") resolve(data.engine.catalog.examples);
      if (data.kind === "failed") reject(new Error(data.message));
    };
  });
  worker.postMessage({ kind: "start", module: null } satisfies ToEngine);
  return heard.finally(() => worker.terminate());
}

test("every example at 10,000 transactions", async ({ page }) => {
  test.setTimeout(20 * 60_000);
  const out = process.env["BENCH_OUT"];
  if (!out) throw new Error("BENCH_OUT names no file");
  const engine = page.waitForEvent("worker");
  // Until its engine has run: to leave while it loads is a failed request.
  await new Playground(page).open();
  const url = (await engine).url();
  // A page of the same origin without an engine of its own that would want the cores.
  await page.goto(url);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  for (const example of await page.evaluate(examples, url)) {
    const script = example.script.replace(COUNT, `let n = ${TRANSACTIONS};`);
    for (const workers of [1, 2]) {
      const options: RunOptions = { ...DEFAULTS, runner: "threads", workers };
      const result = await page.evaluate(ask, { url, script, options });
      if (result.kind !== "report") throw new Error(`${example.id}: ${JSON.stringify(result)}`);
      const { summary } = result.report;
      expect(summary.matches).toBe(true);
      expect(summary.transactions).toBe(TRANSACTIONS);
      appendFileSync(out, `${JSON.stringify({ example: example.id, summary })}\n`);
    }
  }
});
