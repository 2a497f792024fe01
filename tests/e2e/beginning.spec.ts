/** What is seen while the page's scripts are on their way, and what becomes of it. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

/** Holds back requests for files of this name until it is called. */
async function hold(page: Page, file: RegExp): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(file, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

const SCRIPTS = /\/assets\/(page|main)-[^/]*\.js$/;
const EDITOR = /\/assets\/script-editor-[^/]*\.js$/;

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 1024, 768, 360]) {
    test.describe(`${width} px, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      test("the head of the page is there before its script, and stays where it is", async ({ page }) => {
        const release = await hold(page, SCRIPTS);
        await page.goto("/", { waitUntil: "commit" });
        const frame = page.locator(".frame");
        const head = page.getByRole("banner");
        const mark = page.getByRole("heading", { level: 1, name: "Interleave" }).locator("svg");
        await expect(mark).toBeVisible();
        const where = async () => [await mark.boundingBox(), await head.boundingBox()];
        const before = await where();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);

        release();
        await expect(frame).toHaveCount(0);
        expect((await where())[0]).toEqual(before[0]);
        // What the engine does may take a row of its own while it does something.
        await expect.poll(where).toEqual(before);
      });
    });
  }
}

test("colours that were chosen are there from the first picture on", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const chosen = page.getByRole("button", { name: /^Colours: / });
  while ((await chosen.getAttribute("aria-label")) !== "Colours: dark") await chosen.click();
  const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await colour();

  const release = await hold(page, SCRIPTS);
  await page.reload({ waitUntil: "commit" });
  await expect(page.locator(".frame .brand")).toBeVisible();
  expect(await colour()).toBe(dark);
  release();
  await expect(chosen).toHaveAccessibleName("Colours: dark");
});

test("a batch runs while the editor is on its way, which then has what was chosen meanwhile", async ({ page }) => {
  const release = await hold(page, EDITOR);
  const playground = new Playground(page);
  await playground.open();
  await playground.chooseExample("Independent transfers");
  await expect(playground.matches).toBeVisible();
  await expect(playground.editor).toHaveCount(0);
  release();
  await expect(playground.editor).toContainText("Independent transfers");
  await playground.write("// Mine\n");
  await expect(playground.editor).toHaveText("// Mine");
});

test("an editor that cannot be loaded says so, and the rest of the page works", async ({ page, errors }) => {
  await page.route(EDITOR, (route) => route.abort());
  const playground = new Playground(page);
  await playground.open();
  await expect(page.getByText("This editor could not be loaded")).toBeVisible();
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  errors.length = 0;
});
