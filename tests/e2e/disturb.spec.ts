/** What goes wrong in a run on purpose, what was done about it, and that the result is the same. */
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const SAYS = {
  fail: /Worker 1 failed at transaction \d+; another was given what it had/,
  pause: /Worker 1 stood still/,
  slow: /Worker 1 took \d+ times as long/,
  panic: /Worker \d+ panicked at transaction 5, which ran again/,
};

for (const [kind, says] of Object.entries(SAYS)) {
  test(`a fault of kind ${kind} is shown and told, and changes no result`, async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await page.getByRole("tab", { name: "Disturb" }).click();
    const panel = page.getByRole("region", { name: "Disturb" });
    await panel.getByRole("button", { name: "Add a fault" }).click();
    await panel.getByLabel("Fault 1", { exact: true }).selectOption(kind);
    await panel.getByRole("button", { name: "Run disturbed" }).click();
    await expect(panel).toContainText(says);
    await expect(panel).toContainText("The digest is that of sequential execution.");
    await expect(playground.matches).toBeVisible();
    const gap = page.getByRole("region", { name: "Timeline" }).getByText("not there");
    await expect(gap).toHaveCount(kind === "fail" || kind === "pause" ? 1 : 0);
  });
}

test("an engine with little memory has fewer threads, and the same result", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("tab", { name: "Disturb" }).click();
  const memory = page.getByRole("region", { name: "Disturb" }).getByLabel("Memory");
  await expect(memory).toHaveValue("1024");
  await memory.selectOption("128 MiB");
  await expect(playground.engine).toHaveText("Starting again");
  await expect(playground.engine).toHaveText(/^[1-4] threads?$/);
  await expect(memory).toHaveValue("128");
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
});

test("an example that is about a fault brings it along and takes it away", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("tab", { name: "Disturb" }).click();
  const panel = page.getByRole("region", { name: "Disturb" });
  await playground.chooseExample("A worker that fails");
  await expect(panel).toContainText(/Worker 2 failed at transaction \d+; another was given what it had/);
  await playground.chooseExample("One slow core");
  await expect(panel).toContainText("Worker 0 took 4 times as long");
  await playground.chooseExample("Independent transfers");
  await expect(panel.getByLabel("Fault 1", { exact: true })).toHaveCount(0);
});

test("a link to an example brings its faults, unless they were taken out", async ({ page }) => {
  const playground = new Playground(page);
  await page.goto("/#example=failed-worker&strategy=block-stm&workers=4&panel=disturb");
  const panel = page.getByRole("region", { name: "Disturb" });
  await expect(playground.matches).toBeVisible({ timeout: 30_000 });
  await expect(panel).toContainText(/Worker 2 failed at transaction \d+; another was given what it had/);
  await expect(page).toHaveURL(/#example=failed-worker&/);

  await panel.getByRole("button", { name: "Remove fault 1" }).click();
  await expect(page).toHaveURL(/#v1=/);
  const link = page.url();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(playground.matches).toBeVisible({ timeout: 30_000 });
  await expect(panel).toBeVisible();
  await expect(panel.getByLabel("Fault 1", { exact: true })).toHaveCount(0);
});
