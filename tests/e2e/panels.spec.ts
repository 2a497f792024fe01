/** Every panel below the timeline: reached by keyboard, without barriers, at every width, in both themes. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

/** What a panel shows when it is ready, and what else it can show. */
const PANELS: { tab: string; ready: (page: Page) => ReturnType<Page["getByRole"]>; also?: string[] }[] = [
  {
    tab: "Hot variables",
    ready: (page) => page.getByRole("grid", { name: "Hot locations" }),
    also: ["Contracts", "Functions"],
  },
  {
    tab: "Transactions",
    ready: (page) => page.getByRole("grid", { name: "Transactions" }),
    also: ["Receipts", "Latency"],
  },
  { tab: "Values", ready: (page) => page.getByRole("grid", { name: "Watched values" }) },
  { tab: "Speedup", ready: (page) => page.getByRole("application", { name: /^Speedup/ }) },
  {
    tab: "Compare",
    ready: (page) => page.getByRole("table", { name: /^All strategies/ }),
    also: ["Before and after"],
  },
  { tab: "Fees", ready: (page) => page.getByRole("application", { name: /^Base fee/ }) },
];

async function expectNoBarriers(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include("#details").analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`,
  );
  expect(found).toEqual([]);
}

for (const [colorScheme, width] of [
  ["light", 1440],
  ["dark", 1440],
  ["dark", 360],
] as const) {
  test.describe(`${colorScheme}, ${width} px`, () => {
    test.use({ colorScheme, viewport: { width, height: 900 } });

    test("no panel has a barrier, and none is wider than the page", async ({ page }) => {
      test.setTimeout(240_000);
      const playground = new Playground(page);
      await playground.open();
      for (const { tab, ready, also } of PANELS) {
        await page.getByRole("tab", { name: tab }).click();
        await expect(ready(page)).toBeVisible({ timeout: 60_000 });
        await expectNoBarriers(page);
        for (const name of also ?? []) {
          await page.getByRole("tabpanel", { name: tab }).getByRole("radio", { name }).check();
          await expectNoBarriers(page);
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      }
    });
  });
}

test("arrow keys go through all tabs, and the chosen one is in sight on a narrow page", async ({
  page,
}) => {
  await page.setViewportSize({ width: 360, height: 900 });
  const playground = new Playground(page);
  await playground.open();
  const tabs = page.getByRole("tablist", { name: "Details" });
  await tabs.getByRole("tab", { selected: true }).focus();
  await page.keyboard.press("End");
  const last = tabs.getByRole("tab").last();
  await expect(last).toBeFocused();
  await expect(last).toHaveAttribute("aria-selected", "true");
  await expect(last).toBeInViewport({ ratio: 1 });
  await page.keyboard.press("ArrowRight");
  await expect(tabs.getByRole("tab").first()).toBeFocused();
  await expect(tabs.getByRole("tab").first()).toBeInViewport({ ratio: 1 });
});

test("fees follow the assumptions, which go back to what they were", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("tab", { name: "Fees" }).click();
  const panel = page.getByRole("region", { name: "Fees and waiting time" });
  await expect(panel).toContainText(/Sequentially, room for .* the base fee settles at/);
  const settled = panel.getByRole("paragraph").filter({ hasText: /^Sequentially/ });
  const before = await settled.textContent();
  const demand = panel.getByRole("spinbutton", { name: "Demand" });
  const first = await demand.inputValue();
  await demand.fill("10");
  await expect(settled).toContainText("10 are executed");
  await panel.getByRole("spinbutton", { name: "Share for execution" }).fill("2");
  await expect(panel.getByRole("list", { name: "Assumptions that cannot be" })).toContainText(
    "`executionShare` cannot be 2",
  );
  await panel.getByRole("button", { name: "Reset" }).click();
  await expect(demand).toHaveValue(first);
  await expect(settled).toHaveText(before ?? "");

  await panel.getByRole("button", { name: "Base fee as a table" }).click();
  await expect(page.getByRole("grid", { name: "Base fee" })).toBeVisible();
});

test("the inspector stands below the panels where the page shows one half at a time, and else beside them", async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const panels = page.getByRole("tablist", { name: "Details" });
  for (const { width, beside } of [
    { width: 768, beside: false },
    { width: 1280, beside: true },
  ]) {
    await page.setViewportSize({ width, height: 1000 });
    await expect
      .poll(async () => (await playground.inspector.boundingBox())?.y === (await panels.boundingBox())?.y)
      .toBe(beside);
  }
});
