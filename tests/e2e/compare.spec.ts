/** Speedup over workers, all strategies side by side, and this result beside a pinned one. */
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

/** Long enough to be stopped. */
const LONG = `// A long batch
let n = 1_200;
let airdrop = deploy("Airdrop", [ether(1_000_000)]);
for holder in accounts("holder", n) {
    send(holder, airdrop, "claim(uint256)", [1]);
}
`;

test("the curve is drawn when its panel is opened, and read by arrow keys and as a table", async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("tab", { name: "Speedup" }).click();
  const chart = page.getByRole("application", { name: /^Speedup of block-stm over workers/ });
  await expect(chart).toBeVisible({ timeout: 30_000 });
  const values = page.getByRole("status", { name: "Values" });
  await expect(values).toContainText("8 workers");
  await expect(values).toContainText("Critical path");
  await chart.focus();
  await page.keyboard.press("Home");
  await expect(values).toContainText("1 worker");
  await page.keyboard.press("ArrowRight");
  await expect(values).toContainText("2 workers");
  await chart.hover({ position: { x: 150, y: 40 } });
  await expect(page.getByText(/^Simulated in gas time\./)).toBeVisible();

  await page.getByRole("button", { name: "Speedup as a table" }).click();
  await expect(page.getByRole("grid", { name: "Speedup" }).getByRole("row")).toHaveCount(8);
});

test("a study can be stopped, gives way to a run, and begins again", async ({ page }) => {
  test.setTimeout(150_000);
  const playground = new Playground(page);
  await playground.open();
  await playground.write(LONG);
  await playground.runAndFinish();
  await page.getByRole("tab", { name: "Compare" }).click();
  await expect(page.getByRole("progressbar", { name: "Running under every strategy" })).toBeVisible();
  await page.getByRole("button", { name: "Stop it" }).click();
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Begin again" }).click();
  await expect(page.getByRole("progressbar", { name: "Running under every strategy" })).toBeVisible();
  await playground.chooseExample("One hot counter");
  await expect(playground.matches).toBeVisible();
  await expect(page.getByRole("table", { name: /^All strategies/ })).toBeVisible({ timeout: 30_000 });
});

test("strategies are compared in a table that sorts, and a row runs its strategy", async ({ page }) => {
  test.setTimeout(120_000);
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("tab", { name: "Compare" }).click();
  const table = page.getByRole("table", { name: /^All strategies/ });
  await expect(table).toBeVisible({ timeout: 30_000 });
  const strategies = await playground.strategy.getByRole("option").count();
  await expect(table.getByRole("row")).toHaveCount(strategies + 1);
  await expect(table.getByRole("img", { name: /^Timeline of Block-STM: 8 workers/ })).toBeVisible();
  await expect(table).toContainText("needs nothing");
  await expect(table).toContainText("a dry run");

  const aborts = table.getByRole("columnheader", { name: "Aborts" });
  await aborts.getByRole("button").click();
  await expect(aborts).toHaveAttribute("aria-sort", "ascending");
  await aborts.getByRole("button").click();
  await expect(aborts).toHaveAttribute("aria-sort", "descending");

  await table.getByRole("button", { name: "Sequential" }).click();
  await playground.finished();
  await expect(playground.strategy).toHaveValue("sequential");
  await expect(page.getByRole("region", { name: "Key figures" })).toContainText("1.00×");
  // The comparison is the same, whichever of its strategies is shown.
  await expect(table.getByRole("row").filter({ hasText: "Sequential" })).toHaveAttribute(
    "aria-current",
    "true",
  );
});

test("a pinned result stands beside the next one, with what changed in words", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "Pin this result" }).click();
  await playground.chooseExample("An airdrop without a total");
  await page.getByRole("button", { name: /^Pinned: / }).click();
  const said = page.getByRole("list", { name: "What changed" });
  await expect(said).toContainText("speedup over sequential execution is");
  await expect(said).toContainText("Airdrop.claimed is no longer hot.");
  await page.getByRole("button", { name: "Let go of the pinned one" }).click();
  await expect(page.getByText("No result is pinned")).toBeVisible();
});
