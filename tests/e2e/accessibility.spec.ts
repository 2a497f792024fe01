/** No barrier that axe can find, in both themes and at every width. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const WIDTHS = [1440, 768, 360];

async function expectNoBarriers(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`,
  );
  expect(found).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    for (const width of WIDTHS) {
      test(`a result has no barriers at ${width} px`, async ({ page }) => {
        await page.setViewportSize({ width, height: 900 });
        const playground = new Playground(page);
        await playground.open();
        await expectNoBarriers(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      });
    }

    test("tables, a selection, menus and problems have no barriers", async ({ page }) => {
      const playground = new Playground(page);
      await playground.open();
      await playground.timeline.focus();
      await page.keyboard.press(".");
      await page.getByRole("button", { name: "Timeline as a table" }).click();
      await page.getByRole("tab", { name: "Hot variables" }).click();
      await expectNoBarriers(page);
      await page.getByRole("tab", { name: "Transactions" }).click();
      await page.getByRole("button", { name: /^\d+ threads$/ }).click();
      await expectNoBarriers(page);
      await page.getByRole("button", { name: "Examples" }).click();
      await expectNoBarriers(page);
      await page.keyboard.press("Escape");
      await playground.write("let x = nothing();");
      await expect(playground.problems).toHaveCount(1);
      await expectNoBarriers(page);
    });
  });
}

for (const width of WIDTHS) {
  test(`contracts have no barriers at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const playground = new Playground(page);
    await playground.open();
    if (width < 800) await page.getByRole("button", { name: "Script", exact: true }).click();
    await playground.chooseTab("Contracts");
    await expectNoBarriers(page);
    await playground.writeContract("contract Bad { function f() external { x = 1; } }");
    await expect(playground.problems).toHaveCount(1);
    await page.getByRole("button", { name: "Rename Contract.sol" }).click();
    await expectNoBarriers(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });
}

test("the button for colours overrides the system and is remembered", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const colours = page.getByRole("button", { name: /^Colours/ });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await colours.click();
  const light = await background();
  await colours.click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  await expect(playground.matches).toBeAttached();
  expect(await background()).toBe(dark);
});
