/** Hard cases: nothing overlaps, nothing freezes, nothing is lost. */
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const LONG_NAME = "name-of-two-hundred-characters-".repeat(7).slice(0, 193);
const HEBREW = "שלום-עולם-חשבון";

/** Opens every panel of the result. */
async function openPanels(page: Page): Promise<void> {
  const tabs = page.getByRole("tablist", { name: "Details" }).getByRole("tab");
  for (const tab of await tabs.all()) {
    await tab.click();
    await expect(tab).toHaveAttribute("aria-selected", "true");
  }
}

/** Nothing is wider than the window, and no number came to nothing. */
async function expectWhole(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(wide).toBe(0);
  const text = await page.getByRole("region", { name: "Result", exact: true }).innerText();
  expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
}

/** What the page saves as the report. */
async function report(page: Page) {
  await page.getByRole("button", { name: "Share" }).click();
  const formats = page.getByRole("region", { name: "Export the result" });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    formats.getByRole("button", { name: /^Report/ }).click(),
  ]);
  await page.keyboard.press("Escape");
  const text = await readFile(await download.path(), "utf8");
  return JSON.parse(text) as { lanes: { useful: number[] }; logs: { text: string[] } };
}

async function runScript(page: Page, script: string): Promise<Playground> {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(script);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(playground.notice).toBeEmpty();
  return playground;
}

test("an empty batch", async ({ page }) => {
  await runScript(page, "// Nothing at all\n");
  await openPanels(page);
  await expectWhole(page);
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("0 transactions");
});

test("one transaction", async ({ page }) => {
  const playground = await runScript(
    page,
    '// One\ntransfer(account("a"), account("b"), ether(1));\n',
  );
  await playground.timeline.focus();
  for (const key of [".", ".", ",", "f", "w", "s", "0"]) await page.keyboard.press(key);
  await expect(playground.inspector).toContainText("Transaction #0");
  await openPanels(page);
  await expectWhole(page);
});

test("everything reverts", async ({ page }) => {
  const playground = await runScript(
    page,
    `// All in vain
let airdrop = deploy("Airdrop", [1]);
for holder in accounts("holder", 40) {
    send(holder, airdrop, "claim(uint256)", [ether(10)]);
}
`,
  );
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("40 failed");
  await playground.timeline.focus();
  await page.keyboard.press(".");
  await expect(playground.inspector).toContainText(/revert/i);
  await openPanels(page);
  await expectWhole(page);
});

test("10,000 transactions on one slot", async ({ page }) => {
  test.setTimeout(180_000);
  const playground = new Playground(page);
  await playground.open();
  await playground.write(`// Ten thousand
let n = 10_000;
let airdrop = deploy("Airdrop", [ether(1_000_000)]);
for holder in accounts("holder", n) {
    send(holder, airdrop, "claim(uint256)", [1]);
}
`);
  await playground.run.click();
  await expect(playground.result).toHaveAttribute("aria-busy", "false", { timeout: 150_000 });
  await expect(playground.matches).toBeVisible();
  await playground.timeline.focus();
  for (const key of ["w", "w", "d", ".", ".", "s", "0", "f"]) await page.keyboard.press(key);
  await expect(playground.inspector).toContainText("Transaction #1");
  await openPanels(page);
  await expectWhole(page);
});

test("1,024 simulated workers", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.chooseExample("Independent transfers");
  await playground.workers.fill("1024");
  await playground.workers.press("Enter");
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(page.getByRole("region", { name: "Key figures" })).toContainText("of 1,024 workers");
  await playground.timeline.focus();
  await page.keyboard.press(".");
  await expect(playground.inspector).toContainText("Transaction #0");
  await expectWhole(page);
});

test("1,024 nested calls in every worker", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  // A call keeps a 64th of the gas at each level, so the outermost needs a lot; only it stores.
  await playground.write(`// Nested calls
block(#{ hardfork: "cancun" });
let nest = account("nest", #{ code: assemble("PUSH 0 CALLDATALOAD PUSH 1 ADD PUSH 0 MSTORE \
  PUSH 32 PUSH 0 PUSH 32 PUSH 0 PUSH 0 ADDRESS GAS CALL POP \
  CALLDATASIZE PUSH @inner JUMPI PUSH 0 MLOAD CALLER SSTORE \
  PUSH 32 PUSH 0 LOG0 STOP inner: PUSH 32 PUSH 0 RETURN") });
for caller in accounts("caller", 400, #{ balance: ether(1_000) }) {
    send(caller, nest, #{ gas_limit: 98_000_000_000 });
}
`);
  await playground.chooseRunner("Threads");
  // Each worker has a part in it sooner or later.
  await expect(async () => {
    await playground.runAndFinish();
    await expect(playground.matches).toBeVisible();
    const { lanes, logs } = await report(page);
    expect(lanes.useful.filter((time) => time > 0)).toHaveLength(8);
    // The frames that were open at once: the outermost, and 1,024 in it.
    const frames = (1_025).toString(16).padStart(64, "0");
    expect(logs.text).toHaveLength(400);
    for (const text of logs.text) expect(text).toContain(frames);
  }).toPass({ timeout: 60_000 });
});

for (const width of [1440, 768, 320]) {
  test(`names of 200 characters, and from right to left, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    const playground = new Playground(page);
    await page.goto("/");
    await expect(playground.matches).toBeAttached({ timeout: 30_000 });
    if (width < 800) await page.getByRole("button", { name: "Script", exact: true }).click();
    await playground.write(`// ${HEBREW} ${LONG_NAME}
let airdrop = deploy("Airdrop", [ether(1)]);
for holder in accounts("${LONG_NAME}", 3) { send(holder, airdrop, "claim(uint256)", [1]); }
for holder in accounts("${HEBREW}", 3) { send(holder, airdrop, "claim(uint256)", [1]); }
`);
    await playground.runAndFinish();
    await expect(playground.matches).toBeVisible();
    await expect(page.getByRole("region", { name: "Verdict" })).toContainText(HEBREW);
    await playground.timeline.focus();
    await page.keyboard.press(".");
    await expect(playground.inspector).toContainText(LONG_NAME);
    await openPanels(page);
    await expectWhole(page);
    await page.screenshot({ path: `results/names-${width}.png` });
  });
}

for (const [name, width, height] of [
  ["a window of 320 px", 320, 640],
  ["a window of 1280 px, zoomed to 400 %", 320, 256],
  ["a window of 1280 px, zoomed to 200 %", 640, 360],
] as const) {
  test(name, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const playground = new Playground(page);
    await playground.open();
    await page.screenshot({ path: `results/narrow-${width}-${height}.png` });
    await expectWhole(page);
    await playground.chooseExample("Independent transfers");
    await expect(playground.matches).toBeAttached();
    await page.getByRole("button", { name: /more options/i }).click();
    await playground.workers.fill("3");
    await playground.workers.press("Enter");
    await page.keyboard.press("Escape");
    await playground.runAndFinish();
    await expect(page.getByRole("region", { name: "Key figures" })).toContainText("of 3 workers");
    for (const button of ["Share", "Help", /more options/i]) {
      await page.getByRole("button", { name: button }).click();
      await expectWhole(page);
      await page.keyboard.press("Escape");
    }
    const overlaps = await page.getByRole("banner").evaluate((banner) => {
      const boxes = [...banner.querySelectorAll("button, select")]
        .filter((each) => each.checkVisibility())
        .map((each) => each.getBoundingClientRect());
      return boxes.filter((one, i) =>
        boxes.some(
          (other, j) =>
            i < j &&
            one.left < other.right - 1 &&
            other.left < one.right - 1 &&
            one.top < other.bottom - 1 &&
            other.top < one.bottom - 1,
        ),
      ).length;
    });
    expect(overlaps).toBe(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  });
}

test("the result begins above the fold on a phone, and the run bar is one row", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "No tour" }).click();
  const bar = await page.getByRole("group", { name: "Run" }).boundingBox();
  const verdict = await page.getByRole("region", { name: "Verdict" }).boundingBox();
  expect(bar?.height).toBeLessThan(40);
  expect(verdict?.y).toBeLessThan(160);
});

test("a tab in the background during a run", async ({ page, context }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(`// Behind
let n = 3_000;
let airdrop = deploy("Airdrop", [ether(1_000_000)]);
for holder in accounts("holder", n) { send(holder, airdrop, "claim(uint256)", [1]); }
`);
  await playground.run.click();
  const other = await context.newPage();
  await other.goto("about:blank");
  await other.bringToFront();
  await playground.finished();
  await page.bringToFront();
  await expect(playground.matches).toBeVisible();
  await expect(playground.notice).toBeEmpty();
});

test("Stop before anything is executed keeps the text, its undo, and the earlier result", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  // Takes long to read.
  await playground.write(
    '// Mine\nlet x = 0;\nfor i in 0..2_000_000 { x += 1; }\nfor a in accounts("a", 20_000) { transfer(a, a, wei(1)); }\n',
  );
  // As soon as there is a Stop, also where the machine does other things and a click from outside comes late.
  await page.evaluate(() => {
    const look = () => {
      const stop = [...document.querySelectorAll("button")].find((each) => /Stop/.test(each.textContent ?? ""));
      if (stop) stop.click();
      else setTimeout(look, 4);
    };
    look();
  });
  await playground.run.click();
  await playground.finished();
  await expect(playground.notice).toContainText("The run was stopped.");
  await expect(playground.notice).toContainText("Below is the result of an earlier run.");
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("One hot counter");
  await expect(playground.editor).toContainText("// Mine");
  await playground.editor.press("ControlOrMeta+z");
  await expect(playground.editor).toContainText("One hot counter");
  await playground.runAndFinish();
  await expect(playground.notice).toBeEmpty();
});

test("undo in the editor survives a run", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.editor.press("ControlOrMeta+Home");
  await page.keyboard.insertText("// first\n");
  await playground.runAndFinish();
  await playground.editor.press("ControlOrMeta+Home");
  await page.keyboard.insertText("// second\n");
  await playground.runAndFinish();
  await playground.editor.press("ControlOrMeta+z");
  await playground.editor.press("ControlOrMeta+z");
  await expect(playground.editor).not.toContainText("// first");
  await playground.editor.press("ControlOrMeta+y");
  await expect(playground.editor).toContainText("// first");
});

test("the editor's width is dragged or moved by keys, and stays over a reload", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const splitter = page.getByRole("separator", { name: "Width of the editor" });
  const width = async () => (await page.getByRole("region", { name: "Editor" }).boundingBox())?.width;
  const before = (await width()) ?? 0;
  await splitter.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect.poll(width).toBeGreaterThan(before + 30);
  const after = await width();
  await page.reload();
  await expect(playground.engine).toHaveText(/thread/);
  expect(await width()).toBe(after);
});

test("an engine that crashes while idle is started again, and the page says so", async ({
  page,
  errors,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.breakEngine();
  await expect(playground.notice).toContainText("The engine stopped working, and was started again");
  await expect(playground.engine).toHaveText(/thread/);
  await playground.notice.getByRole("button", { name: "Run again" }).click();
  await playground.finished();
  await expect(playground.matches).toBeVisible();
  await expect(playground.notice).toBeEmpty();
  // The error is the one that was asked for.
  errors.length = 0;
});

/** From now on this engine, and none that follows it, does so instead of answering. */
async function insteadOfAnswers(playground: Playground): Promise<void> {
  await playground.engineWorker().evaluate(() => {
    const post = self.postMessage.bind(self);
    self.postMessage = (message: { kind: string }) => {
      if (message.kind !== "answer") post(message);
      else
        setTimeout(() => {
          throw new Error("broken on purpose");
        });
    };
  });
}

test("an engine that crashes in a run is replaced, and the batch runs again with fewer workers", async ({
  page,
  errors,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await insteadOfAnswers(playground);
  await playground.runAndFinish();
  await expect(playground.notice).toContainText("The engine stopped working");
  await expect(playground.notice).toContainText("the batch ran again with 7 workers");
  await expect(playground.matches).toBeVisible();
  await expect(playground.editor).toContainText("One hot counter");
  await playground.notice.getByRole("button", { name: "Run again" }).click();
  await playground.finished();
  await expect(playground.notice).toBeEmpty();
  errors.length = 0;
});
