/** Running, stopping and coming back. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

/** Long enough that nobody stops it by chance after it is done. */
const LONG = `// A long batch
let n = 20_000;
let airdrop = deploy("Airdrop", [ether(1_000_000)]);
let holders = accounts("holder", n);
for holder in holders {
    send(holder, airdrop, "claim(uint256)", [1]);
}
`;

/** Few transactions that take long: each goes in a circle until its gas is used. */
const HEAVY = `// Heavy work
let n = 150;
let circle = account("circle", #{ code: hex("0x5b5f56"), balance: 0 });
block(#{ gas_limit: 100_000_000_000 });
for a in accounts("a", n) { transfer(a, circle, 0, #{ gas_limit: 5_000_000 }); }
watch("circle", circle);
expect(circle, 0);
`;

/** Waits until the page says so of its run; that may not be so for long. */
async function executes(page: Page, says: RegExp): Promise<void> {
  const status = page.getByRole("status", { name: "Run" });
  const said = async () => (await status.textContent()) ?? "";
  await expect.poll(said, { intervals: [20], timeout: 30_000 }).toMatch(says);
}

test("a first visitor sees the result of an example at once", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await expect(playground.editor).toContainText("One hot counter");
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("Airdrop.claimed");
  await expect(page.getByRole("region", { name: "Key figures" })).toContainText("Speedup");
});

test("the page can be used before the engine is ready", async ({ page }) => {
  await page.route("**/*.wasm", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await page.goto("/");
  const playground = new Playground(page);
  await expect(playground.engine).toHaveText("Loading");
  await expect(playground.editor).toContainText("One hot counter");
  await playground.editor.press("ControlOrMeta+End");
  await page.keyboard.insertText("// mine\n");
  await expect(playground.matches).toBeVisible({ timeout: 30_000 });
  await expect(playground.editor).toContainText("// mine");
});

test("Stop ends a long run, and the page is ready again", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(LONG);
  await playground.run.click();
  await expect(page.getByRole("status", { name: "Run" })).toContainText(/Executing|Reading/);
  await playground.stop.click();
  await expect(playground.result).toContainText("The run was stopped", { timeout: 5000 });
  await playground.chooseExample("Independent transfers");
  await expect(playground.matches).toBeVisible();
  await expect(playground.notice).toBeEmpty();
});

for (const runner of ["Simulated", "Threads"] as const) {
  test(`Stop in the middle of a run shows what there is, and says that it is partial: ${runner}`, async ({ page }) => {
    test.slow();
    const playground = new Playground(page);
    await playground.open();
    await playground.chooseRunner(runner);
    await playground.write(HEAVY);
    await playground.run.click();
    await executes(page, /^Executing, [1-9]/);
    await playground.stop.click();
    await playground.finished();
    const verdict = page.getByRole("region", { name: "Verdict" });
    const partial = verdict.getByText(/Partial: the first \d+ of 150 transactions; the run was stopped/);
    await expect(partial).toBeVisible();
    await expect(verdict).toContainText(/The run was stopped: this is of the first \d+ of 150 transactions\./);
    await expect(verdict).toContainText("Matches sequential execution of these");
    await expect(playground.notice).toBeEmpty();
    await expect(page.getByRole("region", { name: "Key figures" })).toContainText("(part)");

    await page.getByRole("button", { name: "Digests" }).click();
    const [mine, sequential, ...others] = await verdict.locator("dd").allTextContents();
    expect(mine).toMatch(/^0x[0-9a-f]{64}$/);
    expect(sequential).toBe(mine);
    // A receipts root is of a whole block.
    expect(others).toEqual([]);
    await page.keyboard.press("Escape");

    await page.getByRole("tab", { name: "Values" }).click();
    await expect(page.getByText("what the script expects of all of them was not compared")).toBeVisible();
    await expect(page.getByRole("grid", { name: "Expectations" })).toBeHidden();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);

    await playground.write(HEAVY.replace("150", "15"));
    await playground.runAndFinish();
    await expect(playground.matches).toBeVisible();
    await expect(verdict).not.toContainText(/partial|stopped/i);
    await expect(page.getByText("It holds.")).toBeVisible();
  });
}

test("a second Stop ends the report of a run that was stopped", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(HEAVY);
  await playground.run.click();
  // Sequential execution of what there is takes as long again.
  await executes(page, /^Executing, 1\d\d/);
  await playground.stop.click();
  await executes(page, /^Stopped; analysing what there is/);
  await playground.stop.click();
  await playground.finished();
  await expect(playground.notice).toContainText("The run was stopped. Below is the result of an earlier run.");
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("One hot counter");
});

test("an example that is chosen in the middle of a run is what runs next", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(LONG);
  await playground.run.click();
  await expect(playground.stop).toBeEnabled();
  const gallery = await playground.openExamples();
  await gallery.getByRole("button", { name: "Independent transfers", exact: true }).first().click();
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("Independent transfers");
  await playground.finished();
  await expect(playground.matches).toBeVisible();
  await expect(playground.notice).toBeEmpty();
});

test("Escape stops too, on threads, again and again", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.chooseRunner("Threads");
  await playground.write(LONG);
  for (let round = 0; round < 3; round++) {
    await playground.run.click();
    await expect(playground.stop).toBeEnabled();
    await page.keyboard.press("Escape");
    await playground.finished();
    await expect(playground.result).toContainText("The run was stopped");
  }
  await playground.chooseExample("One hot counter");
  await expect(playground.matches).toBeVisible();
});

test("the button keeps the focus while it is Run, Stop and Run again", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(LONG);
  await playground.run.focus();
  await page.keyboard.press("Space");
  await expect(playground.stop).toBeFocused();
  await page.keyboard.press("Space");
  await playground.finished();
  await expect(playground.run).toBeFocused();
});

test("an edit survives a reload, and waits for Run", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write('// Mine\nlet a = account("a");\ntransfer(a, a, ether(1));\n');
  await playground.workers.fill("3");
  await playground.workers.press("Enter");
  await page.reload();
  await expect(playground.editor).toContainText("// Mine");
  await expect(playground.engine).toHaveText(/thread/);
  await expect(playground.workers).toHaveValue("3");
  await expect(page.getByText("Nothing has run yet")).toBeVisible();
  await page.getByRole("button", { name: "Run the script" }).click();
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("Mine");
});

test("choosing an example can be undone", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write("// Mine\n");
  await playground.chooseExample("Independent transfers");
  await expect(playground.editor).toContainText("Independent transfers");
  await playground.editor.press("ControlOrMeta+z");
  await expect(playground.editor).toContainText("// Mine");
});

test("a result of an older text is marked as old", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.editor.press("ControlOrMeta+End");
  await page.keyboard.insertText("// more\n");
  await expect(playground.notice).toContainText("This is an old result");
  await playground.notice.getByRole("button", { name: "Run again" }).click();
  await expect(playground.notice).toBeEmpty();
});

test("the keyboard alone chooses an example, runs it and walks through it", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "Examples" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("searchbox", { name: "Search examples" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await playground.finished();
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("A chain of transfers");

  await playground.editor.focus();
  await page.keyboard.press("ControlOrMeta+Enter");
  await playground.finished();
  await expect(playground.matches).toBeVisible();

  await playground.timeline.focus();
  await page.keyboard.press("w");
  await page.keyboard.press(".");
  await page.keyboard.press(".");
  await expect(playground.inspector).toContainText("Transaction #1");

  await page.getByRole("tab", { name: "Dependencies" }).focus();
  const transactions = page.getByRole("tab", { name: "Transactions" });
  for (let tabs = 0; tabs < 5 && (await transactions.getAttribute("aria-selected")) !== "true"; tabs++) {
    await page.keyboard.press("ArrowRight");
  }
  await page.getByRole("grid", { name: "Transactions" }).focus();
  await page.keyboard.press("End");
  await expect(playground.inspector).toContainText("Transaction #99");
});

test("an engine that breaks is replaced, and the text stays", async ({ page, errors }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.breakEngine();
  await expect(playground.engine).toHaveText(/thread/);
  await playground.runAndFinish();
  await expect(playground.editor).toContainText("One hot counter");
  await expect(playground.matches).toBeVisible();
  // The error is the one that was asked for.
  errors.length = 0;
});

test("what counts as a conflict can be chosen, and stays chosen", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.chooseExample("Independent transfers");
  const verdict = page.getByRole("region", { name: "Verdict" });
  await expect(verdict).toContainText("No transaction read what another wrote");
  const more = page.getByRole("button", { name: "More options" });
  await more.click();
  await page.getByRole("checkbox", { name: "Deferred fees" }).uncheck();
  await page.keyboard.press("Escape");
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(verdict).toContainText("is the most its dependencies allow");
  await page.reload();
  await more.click();
  await expect(page.getByRole("checkbox", { name: "Deferred fees" })).not.toBeChecked();
});

test("a strategy that plans asks where its hints come from", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const more = page.getByRole("button", { name: "More options" });
  await more.click();
  const hints = page.getByRole("combobox", { name: "Hints" });
  await expect(hints).toBeHidden();
  await page.keyboard.press("Escape");
  await playground.strategy.selectOption("Shards");
  await more.click();
  await hints.selectOption("Perfect");
  await page.getByRole("spinbutton", { name: "Shards" }).fill("8");
  await page.keyboard.press("Escape");
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
});

test("the options fit a narrow window", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "More options" }).click();
  const box = await page.getByRole("checkbox", { name: "Expected nonces" }).boundingBox();
  const unit = await page.getByRole("combobox", { name: "Conflict on" }).boundingBox();
  if (!box || !unit) throw new Error("the options are not shown");
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(unit.x + unit.width).toBeLessThanOrEqual(360);
});

for (const width of [800, 970, 1100, 1280, 1440]) {
  test(`the run bar is in one row at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    const playground = new Playground(page);
    await playground.open();
    const strategy = await playground.strategy.boundingBox();
    const run = await page.getByRole("button", { name: /^Run/ }).first().boundingBox();
    if (!strategy || !run) throw new Error("the run bar is not shown");
    expect(Math.abs(run.y + run.height / 2 - strategy.y - strategy.height / 2)).toBeLessThan(6);
  });
}
