/** What came of each transaction: receipts, latency, watched and expected values. */
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const BATCH = `// Claims, and one that fails
let airdrop = deploy("Airdrop", [ether(25)]);
for person in accounts("person", 3) {
    send(person, airdrop, "claim(uint256)", [ether(10)]);
}
watch("left", airdrop, "claimed()");
expect(airdrop, "claimed()", ether(20));
expect(airdrop, "claimed()", ether(30));
`;

test.beforeEach(async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(BATCH);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
});

test("a receipt says how it ended, and what was logged", async ({ page }) => {
  const playground = new Playground(page);
  await page.getByRole("tab", { name: "Transactions" }).click();
  await page.getByRole("radio", { name: "Receipts" }).check();
  const rows = page.getByRole("grid", { name: "Receipts" }).getByRole("row");
  await expect(rows.nth(1)).toContainText("succeeded");
  await expect(rows.nth(1)).toContainText("Claimed(");
  await expect(rows.nth(3)).toContainText("reverted");
  await rows.nth(1).click();
  await expect(playground.inspector).toContainText("Logs 1");
  await expect(playground.inspector).toContainText("Claimed(");
  await rows.nth(3).click();
  await expect(playground.inspector).toContainText("reverted:");
});

test("latency is shown for all and for each", async ({ page }) => {
  await page.getByRole("tab", { name: "Transactions" }).click();
  await page.getByRole("radio", { name: "Latency" }).check();
  const summary = page.getByRole("table", { name: /^From the start of the run/ });
  await expect(summary.getByRole("row").filter({ hasText: "Committed" })).toContainText("gas");
  await expect(page.getByRole("grid", { name: "Latency" }).getByRole("row")).toHaveCount(4);
});

test("watched values change, and an expectation leads to its line", async ({ page }) => {
  const playground = new Playground(page);
  await page.getByRole("tab", { name: "Values" }).click();
  await expect(page.getByRole("grid", { name: "Watched values" }).getByRole("row").nth(1)).toContainText(
    "left",
  );
  const expectations = page.getByRole("grid", { name: "Expectations" });
  await expect(page.getByText("1 of 2 expectations does not hold.")).toBeVisible();
  await expectations.getByRole("row").nth(2).click();
  await expect(playground.editor).toBeFocused();
  await expect(page.locator(".cm-activeLine")).toContainText("ether(30)");
});
