/**
 * Pictures of the page: one for the README, and each width in both themes to look at.
 *
 * Run by `npm run screenshots`, on the built page.
 */
import { test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const README = new URL("../../www/screenshot.png", import.meta.url).pathname;
const SIZES = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 360, height: 740 },
];
const EXAMPLE = "A mixed block";
const MOST_STEPS = 100;

/** Steps to the first transaction that had to run more than once: it shows most. */
async function chooseRetried(playground: Playground): Promise<void> {
  await playground.timeline.focus();
  for (let step = 0; step < MOST_STEPS; step++) {
    await playground.page.keyboard.press(".");
    const text = await playground.inspector.textContent();
    if (text?.includes("because")) break;
  }
  await playground.timeline.blur();
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of SIZES) {
    test(`${viewport.width} px, ${colorScheme}`, async ({ browser, site }, info) => {
      const touch = viewport.width < 800;
      const page = await browser.newPage({ baseURL: site, colorScheme, viewport, hasTouch: touch });
      const playground = new Playground(page);
      await playground.open();
      await playground.chooseExample(EXAMPLE);
      if (!touch) await chooseRetried(playground);
      await page.screenshot({ path: info.outputPath("page.png") });
      if (!touch && colorScheme === "light") await page.screenshot({ path: README });
      await page.close();
    });
  }
}
