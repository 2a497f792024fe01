/** The pictures: timeline, replay, heatmap, graph; what they are for, by name and by keyboard. */
import { readFile } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const LARGE = `// Many payments, one purse
let purse = account("purse", #{ balance: 0 });
let people = accounts("person", 900);
for person in people { transfer(person, purse, 1); }
`;

function replay(page: Page): Locator {
  return page.getByRole("group", { name: "Replay" });
}

function told(page: Page): Locator {
  return page.getByRole("status", { name: "What just happened" });
}

/** The pixels of the picture in an element, as a text that differs when they do. */
async function pixels(stage: Locator): Promise<string> {
  return stage.locator("canvas").evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
}

async function openReplay(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await expect(replay(page)).toBeVisible();
}

test.describe("replay", () => {
  test("steps from event to event and says in words what happened", async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await openReplay(page);
    await expect(told(page)).toContainText("Nothing has happened yet");
    const next = page.getByRole("button", { name: "One event further" });
    await next.click();
    await expect(told(page)).toHaveText(/#0 starts on worker 0\./);
    await page.getByRole("button", { name: "One event back" }).click();
    await expect(told(page)).toContainText("Nothing has happened yet");

    // The slider is stepped with arrow keys, and goes to the end of the run.
    const slider = page.getByRole("slider", { name: "Moment of the run" });
    await slider.focus();
    await page.keyboard.press("End");
    await expect(told(page)).toHaveText(/is committed: its result can no longer change/);
    const counts = replay(page).getByText("committed", { exact: true }).locator("..");
    await expect(counts).toContainText("120");
    await expect(next).toBeDisabled();
    await page.getByRole("button", { name: "End the replay" }).click();
    await expect(replay(page)).toBeHidden();
  });

  test("tells which write made a transaction run again, and why", async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await openReplay(page);
    const slider = page.getByRole("slider", { name: "Moment of the run" });
    await slider.focus();
    for (let step = 0; step < 150; step++) {
      await page.keyboard.press("ArrowRight");
      if ((await told(page).textContent())?.includes("must run again")) break;
    }
    await expect(told(page)).toHaveText(/#\d+ read Airdrop\.claimed.+#\d+.+ so #\d+ must run again\./);
  });

  test("plays, pauses, and every picture shows the moment", async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    const graph = page.getByRole("application", { name: /^Dependency graph/ });
    const whole = [await pixels(playground.timeline), await pixels(graph)];
    await playground.timeline.focus();
    await page.keyboard.press(" ");
    await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
    await expect(told(page)).toHaveAttribute("aria-live", "off");
    const slider = page.getByRole("slider", { name: "Moment of the run" });
    await expect.poll(async () => Number(await slider.inputValue())).toBeGreaterThan(10);
    await page.keyboard.press(" ");
    await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
    await expect(told(page)).toHaveAttribute("aria-live", "polite");
    const moment = await slider.inputValue();
    expect(await pixels(playground.timeline)).not.toBe(whole[0]);
    expect(await pixels(graph)).not.toBe(whole[1]);
    await page.keyboard.press("Shift+ArrowRight");
    await expect(slider).toHaveValue(String(Number(moment) + 1));
    await page.getByRole("combobox", { name: "Speed" }).selectOption("4×");
    await page.getByRole("button", { name: "Play", exact: true }).click();
    const last = (await slider.getAttribute("max")) ?? "";
    await expect(slider).toHaveValue(last, { timeout: 30_000 });
    await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  });

  test("the playhead is dragged along the axis", async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await openReplay(page);
    const slider = page.getByRole("slider", { name: "Moment of the run" });
    const box = await playground.timeline.boundingBox();
    if (!box) throw new Error("there is a timeline");
    await page.mouse.move(box.x + 60, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 12, { steps: 4 });
    await page.mouse.up();
    expect(Number(await slider.inputValue())).toBeGreaterThan(20);
    await expect(replay(page)).toBeVisible();
  });

  test("works for each strategy, and ends with a new run", async ({ page }) => {
    test.slow();
    const playground = new Playground(page);
    await playground.open();
    const strategies = await playground.strategy.locator("option").allTextContents();
    expect(strategies.length).toBeGreaterThan(5);
    for (const strategy of strategies) {
      await playground.strategy.selectOption(strategy);
      await playground.runAndFinish();
      await expect(replay(page)).toBeHidden();
      await openReplay(page);
      const slider = page.getByRole("slider", { name: "Moment of the run" });
      await slider.press("End");
      await expect(told(page)).toContainText("#119 is committed");
      await slider.press("Home");
      await slider.press("ArrowRight");
      await expect(told(page)).toContainText("#0 starts");
    }
  });

  test.describe("without motion", () => {
    test.use({ contextOptions: { reducedMotion: "reduce" } });

    test("it goes step by step", async ({ page }) => {
      const playground = new Playground(page);
      await playground.open();
      await openReplay(page);
      await page.getByRole("button", { name: "Play", exact: true }).click();
      const slider = page.getByRole("slider", { name: "Moment of the run" });
      await expect(slider).toHaveValue("1", { timeout: 3000 });
      await expect(slider).toHaveValue("2", { timeout: 3000 });
      await page.getByRole("button", { name: "Pause" }).click();
    });
  });
});

test.describe("timeline", () => {
  test("brackets lead from abort to abort, and an arrow shows whose write it was", async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await playground.timeline.focus();
    await page.keyboard.press("]");
    await expect(playground.inspector).toContainText("because");
    const first = await playground.inspector.textContent();
    const legend = page.getByRole("list", { name: "Legend" });
    await expect(legend).toContainText("conflict");
    await page.keyboard.press("]");
    await page.keyboard.press("[");
    expect(await playground.inspector.textContent()).toBe(first);
  });

  test("says which time it shows, and marks commits", async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    const timeline = page.getByRole("region", { name: "Timeline" });
    await expect(timeline).toContainText("in gas time");
    await expect(page.getByRole("list", { name: "Legend" })).toContainText("commit");
    await playground.chooseRunner("Threads");
    await playground.runAndFinish();
    await expect(timeline).toContainText("in wall time");
  });
});

test.describe("heatmap", () => {
  test("locations are named, and a choice is everybody's choice", async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await page.getByRole("tab", { name: "Heatmap" }).click();
    const heatmap = page.getByRole("application", { name: /^Heatmap of 120 transactions/ });
    await heatmap.focus();
    await page.keyboard.press("ArrowDown");
    await expect(playground.inspector).toContainText("touched Airdrop.claimed");
    await page.keyboard.press(".");
    await expect(playground.inspector).toContainText(/Transaction #\d+/);
    for (const key of ["w", "w", "d", "a", "s", "0"]) await page.keyboard.press(key);

    await page.getByRole("button", { name: "Heatmap as a table" }).click();
    const grid = page.getByRole("grid", { name: "Heatmap" });
    await grid.getByRole("row").filter({ hasText: "#3" }).first().click();
    await expect(playground.inspector).toContainText("Transaction #3");
    await expect(grid).toContainText("read what another wrote");
  });

  test("a batch without shared locations says so", async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await playground.chooseExample("Independent transfers");
    await page.getByRole("tab", { name: "Heatmap" }).click();
    await expect(page.getByText("No shared locations")).toBeVisible();
  });
});

test("a large block is drawn in groups, which open", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(LARGE);
  await playground.runAndFinish();
  const graph = page.getByRole("application", { name: /^Dependency graph of 900/ });
  const groups = page.getByRole("button", { name: "Groups" });
  await expect(groups).toHaveAttribute("aria-pressed", "true");
  const before = await pixels(graph);
  await graph.focus();
  await page.keyboard.press("g");
  await expect(groups).toHaveAttribute("aria-pressed", "false");
  await expect.poll(() => pixels(graph)).not.toBe(before);
  await groups.click();
  await expect(groups).toHaveAttribute("aria-pressed", "true");
});

for (const name of ["timeline", "dependency graph", "heatmap"]) {
  test(`the ${name} is saved as vectors and as pixels`, async ({ page, context }, info) => {
    const playground = new Playground(page);
    await playground.open();
    if (name === "heatmap") await page.getByRole("tab", { name: "Heatmap" }).click();
    const save = page.getByRole("button", { name: `Save the ${name} as a picture` });
    await save.click();
    const vectors = page.waitForEvent("download");
    await page.getByRole("button", { name: "SVG vectors" }).click();
    const svg = await vectors;
    expect(svg.suggestedFilename()).toMatch(/^one-hot-counter-.*\.svg$/);
    const text = await readFile(await svg.path(), "utf8");
    expect(text).toMatch(/^<svg xmlns=/);
    expect(text).not.toContain("<image");
    expect(text.match(/<path /g)?.length).toBeGreaterThan(50);
    expect(text).toContain("<text ");
    // It is well-formed, and nothing in it is undefined.
    expect(text).not.toMatch(/NaN|undefined/);
    const file = info.outputPath(svg.suggestedFilename());
    await svg.saveAs(file);
    const viewer = await context.newPage();
    await viewer.goto(`file://${file}`);
    await expect(viewer.locator("svg > title")).toContainText("One hot counter");
    await expect(viewer.locator("parsererror")).toHaveCount(0);
    await viewer.screenshot({ path: info.outputPath("viewer.png") });
    await viewer.close();

    await save.click();
    const bitmap = page.waitForEvent("download");
    await page.getByRole("button", { name: "PNG pixels" }).click();
    const png = await readFile(await (await bitmap).path());
    expect(png.subarray(1, 4).toString()).toBe("PNG");
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    for (const width of [1440, 360]) {
      test(`replay and heatmap have no barriers at ${width} px`, async ({ page }) => {
        await page.setViewportSize({ width, height: 900 });
        const playground = new Playground(page);
        await playground.open();
        await openReplay(page);
        await page.getByRole("slider", { name: "Moment of the run" }).press("PageUp");
        await page.getByRole("tab", { name: "Heatmap" }).click();
        await page.getByRole("button", { name: "Save the heatmap as a picture" }).click();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Heatmap as a table" }).click();
        const again = await new AxeBuilder({ page }).analyze();
        expect(again.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      });
    }
  });
}
