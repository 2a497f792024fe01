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

/** The strategy that an example with a false list is there to reject. */
const BY_LIST = "Block access list";

/** The first comment line of each example, and whether it comes with a false list. */
const examples = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".rhai"))
  .map((name) => {
    const script = readFileSync(new URL(name, FOLDER), "utf8");
    const title = script.split("\n", 1)[0]?.slice(2).trim() ?? "";
    return { title, lies: script.includes("access_list_change(") };
  });

test("the menu lists every example of the repository", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  expect((await playground.exampleTitles()).toSorted()).toEqual(
    examples.map(({ title }) => title).toSorted(),
  );
});

for (const [index, { title, lies }] of examples.entries()) {
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
      if (lies && strategy === BY_LIST) {
        await expect(playground.notice, runner).toContainText("Rejected");
        continue;
      }
      await expect(playground.notice, `${strategy}, ${runner}`).toBeEmpty();
      await expect(playground.matches, `${strategy}, ${runner}`).toBeVisible();
      await expect(page.getByRole("region", { name: "Verdict" })).toContainText(title);
    }
  });
}
