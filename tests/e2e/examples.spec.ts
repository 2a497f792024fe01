/**
 * Every example, and every strategy on both runners, says that it equals sequential execution.
 *
 * Native tests run all of them in all ways; here each example takes its turn with two of the strategies,
 * and one example with all.
 */
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

for (const [index, title] of titles.entries()) {
  test(`${title}: strategies equal sequential execution on both runners`, async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await playground.chooseExample(title);
    const strategies = await playground.strategy.locator("option").allTextContents();
    expect(strategies.length).toBeGreaterThanOrEqual(2);
    const all = RUNNERS.flatMap((runner) => strategies.map((strategy) => ({ runner, strategy })));
    const first = (2 * index) % all.length;
    const turns = index === 0 ? all : all.slice(first, first + 2);
    expect(turns.length).toBeGreaterThan(0);
    for (const { runner, strategy } of turns) {
      await playground.chooseRunner(runner);
      await playground.strategy.selectOption(strategy);
      await playground.runAndFinish();
      await expect(playground.notice, `${strategy}, ${runner}`).toBeEmpty();
      await expect(playground.matches, `${strategy}, ${runner}`).toBeVisible();
      await expect(page.getByRole("region", { name: "Verdict" })).toContainText(title);
    }
  });
}
