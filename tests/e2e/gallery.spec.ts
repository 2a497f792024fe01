/** The gallery: found by its words, walked by keys, and each problem leads to what does better. */
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

test("the gallery is searched by words, and leads from a problem to its remedy", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const gallery = await playground.openExamples();
  const cards = gallery.locator(".card");
  await expect(gallery.getByRole("status")).toHaveText(/^\d\d examples$/);
  await page.keyboard.type("hot counter");
  await expect(cards.first()).toHaveAccessibleName("One hot counter");
  await gallery.getByRole("searchbox").fill("nothing speaks of this");
  await expect(cards).toHaveCount(0);
  await expect(gallery.getByText("No example speaks of")).toBeVisible();
  await gallery.getByRole("searchbox").fill("counter");
  const problem = gallery.getByRole("listitem").filter({ has: page.getByRole("button", { name: "One hot counter" }) });
  await problem.getByText("Does better").getByRole("button").click();
  await playground.finished();
  await expect(gallery).toBeHidden();
  await expect(page.getByRole("region", { name: "Verdict" })).not.toContainText("One hot counter");
});

test("the gallery closes with Escape and beside it, and changes nothing", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const before = await page.getByRole("region", { name: "Verdict" }).textContent();
  const gallery = await playground.openExamples();
  await page.keyboard.press("Escape");
  await expect(gallery).toBeHidden();
  await expect(page.getByRole("button", { name: "Examples" })).toBeFocused();
  await playground.openExamples();
  await page.mouse.click(4, 400);
  await expect(gallery).toBeHidden();
  expect(await page.getByRole("region", { name: "Verdict" }).textContent()).toBe(before);
});
