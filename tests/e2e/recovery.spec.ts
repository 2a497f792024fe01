/**
 * What breaks is noticed and made good: workers are killed or stopped in the middle of a run, answers are
 * lost, memory is exhausted, the engine cannot be loaded.
 *
 * Times are printed and judged with room, since the machine may do other things.
 */
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Chaos } from "./chaos.ts";
import { Playground } from "./playground.ts";

/** What a fault may take at the most until it is noticed, and until the page is ready again after that. */
const NOTICED_MS = 1_500;
const READY_MS = 3_000;
/** How much more that may be where other things run beside. */
const LOADED = 3;

/** Long enough to be in the middle of it. */
const LONG = `// A long batch
let airdrop = deploy("Airdrop", [ether(1_000_000)]);
for holder in accounts("holder", 4_000) { send(holder, airdrop, "claim(uint256)", [1]); }
`;

/** Puts code before that of the engine worker. */
async function before(page: Page, code: string): Promise<void> {
  await page.route("**/assets/worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code}\n${await response.text()}` });
  });
}

async function opened(playground: Playground): Promise<void> {
  await playground.open();
  await playground.chooseRunner("Threads");
  await playground.write(LONG);
}

/** Lets a run begin, does harm, and waits for what comes of it. */
async function disturbed(
  playground: Playground,
  harm: () => Promise<unknown>,
  doing = "Executing, [\\d,]+ of",
): Promise<void> {
  const { page } = playground;
  await playground.run.click();
  await page.waitForFunction((said) => new RegExp(said).test(document.body.textContent ?? ""), doing);
  // When the engine was found dead, and when the next one was there.
  const times = page.evaluate(async () => {
    const badge = document.querySelector("[role=status][aria-label=Engine]");
    const until = (ready: boolean) =>
      new Promise<number>((resolve) => {
        const look = () => {
          if (/thread/.test(badge?.textContent ?? "") === ready) resolve(Date.now());
          else setTimeout(look, 10);
        };
        look();
      });
    return { noticed: await until(false), ready: await until(true) };
  });
  await harm();
  const began = Date.now();
  const { noticed, ready } = await times;
  await playground.finished();
  console.log(`noticed after ${noticed - began} ms, ready ${ready - noticed} ms later`);
  expect(noticed - began).toBeLessThan(NOTICED_MS * LOADED);
  expect(ready - noticed).toBeLessThan(READY_MS * LOADED);
}

for (const [name, says, harm] of [
  [
    "a worker that is killed",
    /a worker stopped in the middle|its workers stopped answering/,
    async (chaos: Chaos) => {
      const [worker] = chaos.pool();
      if (worker) await chaos.kill(worker);
    },
  ],
  [
    "a worker that stands still",
    /a worker stopped in the middle|its workers stopped answering/,
    async (chaos: Chaos) => {
      const worker = chaos.pool()[1];
      if (worker) await chaos.stall(worker);
    },
  ],
  [
    "all workers standing still, as when one of them holds a lock",
    /a worker stopped in the middle|its workers stopped answering/,
    (chaos: Chaos) => Promise.all(chaos.pool().map((worker) => chaos.stall(worker))),
  ],
  [
    "an engine that is killed",
    /its answer was lost|it ended by itself/,
    (chaos: Chaos) => chaos.kill(chaos.engine()),
  ],
] as const) {
  test(`${name} in a run is noticed, and the batch runs again`, async ({ page }) => {
    const playground = new Playground(page);
    const chaos = await Chaos.of(page);
    await opened(playground);
    await disturbed(playground, () => harm(chaos));
    await expect(playground.notice).toContainText("The engine stopped working");
    await expect(playground.notice).toContainText(says);
    await expect(playground.notice).toContainText(/the batch ran again (with \d workers|one transaction)/);
    await expect(playground.matches).toBeVisible();
  });
}

/** A second of reading or more. */
const READ_FOR_LONG = `// A script that counts
let sum = 0;
for i in 0..1_500_000 { sum += i; }
let a = account("a");
transfer(a, a, 1);
`;

test("an engine that stands still while it reads a script is noticed as soon", async ({ page }) => {
  const playground = new Playground(page);
  const chaos = await Chaos.of(page);
  await playground.open();
  await playground.write(READ_FOR_LONG);
  await disturbed(playground, () => chaos.stall(chaos.engine()), "Reading the script");
  await expect(playground.notice).toContainText("a worker stopped in the middle of its work");
  await expect(playground.matches).toBeVisible();
});

test("an answer that is lost is noticed", async ({ page }) => {
  const playground = new Playground(page);
  await opened(playground);
  await playground.engineWorker().evaluate(() => {
    const post = self.postMessage.bind(self);
    self.postMessage = (message: { kind: string }) => {
      if (message.kind !== "answer") post(message);
    };
  });
  await playground.runAndFinish();
  await expect(playground.notice).toContainText("its answer was lost");
  await expect(playground.notice).toContainText("the batch ran again with 7 workers");
  await expect(playground.matches).toBeVisible();
});

test("a run that takes too long is stopped and said to be, and the engine stays", async ({ page }) => {
  await page.clock.install();
  const playground = new Playground(page);
  await opened(playground);
  await playground.run.click();
  await page.waitForFunction(() => /Executing, [\d,]+ of/.test(document.body.textContent ?? ""));
  const engine = playground.engineWorker();
  await page.clock.fastForward("10:00");
  await playground.finished();
  await expect(playground.notice).toContainText("it took more than 600 seconds and was stopped");
  // What was final by then is shown, if anything was.
  await expect(playground.notice).toContainText(/The run (did not come to its end|failed): /);
  expect(playground.engineWorker()).toBe(engine);
});

test("an engine that is killed while idle is replaced before it is asked", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const before = playground.engineWorker();
  await before.evaluate(() => self.close());
  await expect(playground.notice).toContainText("it ended by itself");
  await expect(playground.engine).toHaveText(/thread/);
  expect(playground.engineWorker()).not.toBe(before);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(playground.notice).toBeEmpty();
});

test("an engine that breaks again and again waits until it is started by hand", async ({ page, errors }) => {
  const playground = new Playground(page);
  await playground.open();
  for (let time = 0; time < 3; time++) {
    const before = playground.engineWorker();
    await playground.breakEngine();
    await playground.engineReplaced(before);
  }
  await playground.breakEngine();
  await expect(playground.notice).toContainText("The engine breaks again and again");
  await expect(playground.notice.getByRole("button")).toHaveCount(1);
  await expect(playground.run).toBeDisabled();
  await playground.notice.getByRole("button", { name: "Start it again" }).click();
  await expect(playground.engine).toHaveText(/thread/);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(playground.notice).toBeEmpty();
  errors.length = 0;
});

test("an engine whose code cannot be loaded says so, and can be started again", async ({ page, errors }) => {
  await page.route("**/*.wasm", (route) => route.abort());
  const playground = new Playground(page);
  await page.goto("/");
  await expect(playground.notice).toContainText(/The engine did not start: .*fetch/);
  await page.unroute("**/*.wasm");
  await playground.notice.getByRole("button", { name: "Start it again" }).click();
  await expect(playground.engine).toHaveText(/thread/);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  // The errors are those that were asked for.
  errors.length = 0;
});

test("a pool that cannot be started is no reason to wait for ever", async ({ page, errors }) => {
  // Routes do not see what workers of workers load.
  await before(page, `self.Worker = class extends Worker {
    constructor(url, options) { super(String(url).replace(/[^/]*$/, "missing.js"), options); }
  };`);
  const playground = new Playground(page);
  await page.goto("/");
  const notice = "The engine did not start: its workers did not start";
  await expect(playground.notice).toContainText(notice, { timeout: 40_000 });
  errors.length = 0;
});

/** Opens the page as on a device that reserves no more than the smallest size. */
async function withLittleMemory(page: Page): Promise<Playground> {
  await before(page, `WebAssembly.Memory = class extends WebAssembly.Memory {
    constructor(size) { if (size.maximum > 2048) throw new RangeError("refused"); super(size); }
  };`);
  const playground = new Playground(page);
  await playground.open();
  await expect(playground.engine).toHaveText(/[1-4] threads?/);
  return playground;
}

test("a batch that no memory is there for is refused before it runs, and the engine stays", async ({ page }) => {
  test.setTimeout(180_000);
  const playground = await withLittleMemory(page);
  const engine = playground.engineWorker();
  await playground.write(`// More than there is room for
let a = account("a");
for i in 0..80_000 { transfer(a, a, 1); }
`);
  await playground.run.click();
  await expect(playground.result).toHaveAttribute("aria-busy", "false", { timeout: 120_000 });
  await expect(playground.notice).toContainText("The batch cannot run: 1 error");
  await expect(playground.problems).toHaveText(
    /this needs \d{3} MiB of memory at the least, and the engine can have 128: fewer transactions or less data/,
  );
  expect(playground.engineWorker()).toBe(engine);
  // The result of the example that was there before.
  await expect(playground.matches).toBeVisible();
  await playground.write('let a = account("a");\ntransfer(a, a, 1);\n');
  await playground.runAndFinish();
  await expect(playground.problems).toHaveCount(0);
  await expect(playground.matches).toBeVisible();
  expect(playground.engineWorker()).toBe(engine);
});

test("memory that is exhausted is said to be, and the next batch runs", async ({ page, errors }) => {
  test.setTimeout(180_000);
  const playground = await withLittleMemory(page);
  // Each transaction returns 2 MiB, which the receipt keeps: nobody knows that before.
  await playground.write(`// More than there is room for
block(#{ gas_limit: 1_000_000_000 });
let a = account("a");
let long = account("long", #{ code: hex("0x622000005ff3") });
for i in 0..80 { send(a, long, #{ gas_limit: 10_000_000 }); }
`);
  await playground.run.click();
  await expect(playground.result).toHaveAttribute("aria-busy", "false", { timeout: 120_000 });
  await expect(playground.notice).toContainText("there was not enough memory");
  await playground.chooseExample("Independent transfers");
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("Independent transfers");
  await expect(playground.matches).toBeVisible();
  errors.length = 0;
});
