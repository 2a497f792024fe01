/** The same page where the host cannot isolate it. */
import { expect, test } from "./fixture.ts";

test("a page that is not isolated runs the same engine with one worker", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("status", { name: "Engine" })).toHaveText("1 thread");
  expect(await page.evaluate(() => self.crossOriginIsolated)).toBe(false);
});
