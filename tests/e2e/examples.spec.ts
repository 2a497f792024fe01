/** Every example, under every strategy, on both runners, says that it equals sequential execution. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "./fixture.ts";
import { Playground, type Runner } from "./playground.ts";

const FOLDER = new URL("../../examples/", import.meta.url);
const RUNNERS: Runner[] = ["Simulated", "Threads"];

/** The first comment line of each example. */
const titles = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".rhai"))
  .map(
    (name) => readFileSync(new URL(name, FOLDER), "utf8").split("\n", 1)[0]?.slice(2).trim() ?? "",
  );

test("the menu lists every example of the repository", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  expect((await playground.exampleTitles()).toSorted()).toEqual(titles.toSorted());
});

for (const title of titles) {
  test(`${title}: every strategy equals sequential execution on both runners`, async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await playground.chooseExample(title);
    const strategies = await playground.strategy.locator("option").allTextContents();
    expect(strategies.length).toBeGreaterThanOrEqual(2);
    for (const runner of RUNNERS) {
      await playground.chooseRunner(runner);
      for (const strategy of strategies) {
        await playground.strategy.selectOption(strategy);
        await playground.runAndFinish();
        await expect(playground.notice, `${strategy}, ${runner}`).toBeEmpty();
        await expect(playground.matches, `${strategy}, ${runner}`).toBeVisible();
        await expect(page.getByRole("region", { name: "Verdict" })).toContainText(title);
      }
    }
  });
}
