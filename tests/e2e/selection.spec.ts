/** One selection runs through editor, timeline, graph, tables and inspector. */
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const TWO = `// Two kinds
let airdrop = deploy("Airdrop", [ether(1_000)]);
let people = accounts("person", 6);
for person in people {
    send(person, airdrop, "claim(uint256)", [ether(1)]);
}
transfer(people[0], people[1], ether(1));
`;

test.beforeEach(async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(TWO);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
});

test("the cursor on a line that sends selects what it sent", async ({ page }) => {
  const playground = new Playground(page);
  await playground.editor.press("ControlOrMeta+End");
  await page.keyboard.press("ArrowUp");
  await expect(playground.inspector).toContainText("Transaction #6");
  await expect(playground.inspector).toContainText("person-0 to person-1");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(playground.inspector).toContainText("Transaction #0");
  await expect(playground.inspector).toContainText("line 5 made 6 transactions");
});

test("a click in the timeline selects, and marks the line", async ({ page }) => {
  const playground = new Playground(page);
  const box = await playground.timeline.boundingBox();
  // The first span of the first worker.
  await playground.timeline.click({ position: { x: 60, y: 42 } });
  expect(box?.height).toBeGreaterThan(100);
  await expect(playground.inspector).toContainText(/Transaction #\d/);
  await expect(page.locator(".cm-chosenLine")).toContainText("claim(uint256)");
});

test("the table twins select the same, and the inspector leads to causes and lines", async ({
  page,
}) => {
  const playground = new Playground(page);
  await page.getByRole("button", { name: "Dependencies as a table" }).click();
  const rows = page.getByRole("grid", { name: "Dependencies" }).getByRole("row");
  await rows.nth(1).click();
  await expect(playground.inspector).toContainText("Transaction #1");
  await playground.inspector.getByRole("button", { name: "from #0" }).first().click();
  await expect(playground.inspector).toContainText("Transaction #0");

  await playground.inspector.getByRole("button", { name: "line 5 of the script" }).click();
  await expect(playground.editor).toBeFocused();

  await page.getByRole("button", { name: "Timeline as a table" }).click();
  const spans = page.getByRole("grid", { name: "Timeline" });
  await expect(spans.getByRole("row", { selected: true }).first()).toContainText("#0");
});

test("a hot location highlights the transactions that touched it", async ({ page }) => {
  const playground = new Playground(page);
  await page.getByRole("tab", { name: "Hot variables" }).click();
  const grid = page.getByRole("grid", { name: "Hot locations" });
  await grid.getByRole("row").filter({ hasText: "Airdrop.claimed" }).click();
  await expect(playground.inspector).toContainText("6 transactions touched Airdrop.claimed");
});

test("the verdict leads to the views that show its numbers", async ({ page }) => {
  const verdict = page.getByRole("region", { name: "Verdict" });
  await verdict.getByRole("button", { name: "Airdrop.claimed" }).click();
  await expect(page.getByRole("tab", { name: "Hot variables" })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await expect(
    page.getByRole("grid", { name: "Hot locations" }).getByRole("row", { selected: true }),
  ).toContainText("Airdrop.claimed");
});
