/** The page where threads are not allowed: one real worker, or any number of simulated ones. */
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

test("the simulated runner works with many workers, the threads runner with one", async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await expect(page.getByRole("region", { name: "Key figures" })).toContainText("of 8 workers");

  await playground.chooseRunner("Threads");
  await expect(playground.workers).toBeDisabled();
  await expect(playground.workers).toHaveValue("1");
  await playground.runAndFinish();
  await expect(playground.notice).toBeEmpty();
  await expect(playground.matches).toBeVisible();
  await expect(page.getByRole("region", { name: "Key figures" })).toContainText("of 1 worker");
});

test("the badge explains why there are no threads", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "1 thread" }).click();
  await expect(page.getByText("This page may not use threads")).toBeVisible();
});

test("Stop replaces the engine, and the page is ready again", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(
    '// Long\nlet a = accounts("a", 20_000);\nfor b in a { transfer(b, a[0], wei(1)); }\n',
  );
  await playground.run.click();
  await expect(playground.stop).toBeEnabled();
  await page.keyboard.press("Escape");
  await expect(playground.notice).toContainText("The run was stopped");
  await playground.chooseExample("Independent transfers");
  await expect(playground.matches).toBeVisible();
});
