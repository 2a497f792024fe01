/** What a person gets told about a script that is wrong. */
import { readFile } from "node:fs/promises";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

test("a typo marks its line and says what is wrong", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write('let alice = account("alice");\nlet bob = acount("bob");\n');
  await expect(playground.underlined()).toHaveText("acount");
  await expect(playground.problems).toHaveCount(1);
  await expect(playground.problems).toContainText("line 2");
  await expect(page.getByRole("status", { name: "Script" })).toContainText("1 error");
});

test("all of several problems are underlined and listed", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(
    [
      'let alice = account("alice");',
      'let one = deploy("NoSuchContract", []);',
      'let bob = account("bob");',
      'let two = deploy("NorThisOne", []);',
      "transfer(alice, bob, ether(1));",
    ].join("\n"),
  );
  await expect(playground.problems).toHaveCount(2);
  await expect(playground.underlined()).toHaveCount(2);
  await expect(playground.problems.nth(0)).toContainText("line 2");
  await expect(playground.problems.nth(1)).toContainText("line 4");
});

test("a problem leads to its place in the editor", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write('let a = account("a");\n\n\nlet b = deploy("NoSuchContract", []);\n');
  await playground.problems.first().getByRole("button").click();
  await expect(playground.editor).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.insertText("// ");
  await expect(playground.problems).toHaveCount(0);
});

test("a batch that cannot run says so and keeps the earlier result", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write("this is no script");
  await playground.runAndFinish();
  await expect(playground.notice).toContainText("The batch cannot run: 1 error");
  await expect(playground.matches).toBeVisible();
});

test("from a batch that cannot run a telephone leads to what is wrong", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "Script", exact: true }).click();
  await playground.write('let a = account("a");\n\nlet b = deploy("NoSuchContract", []);\n');
  await playground.run.click();
  await page.getByRole("button", { name: "Result", exact: true }).click();
  await expect(playground.notice).toContainText("The batch cannot run: 1 error");
  await playground.notice.getByRole("button", { name: "Show where" }).click();
  await expect(playground.editor).toBeFocused();
  await expect(page.locator(".cm-activeLine")).toContainText("NoSuchContract");
});

test("a false block access list is rejected in its line, and below the comparison", async ({ page }) => {
  test.setTimeout(120_000);
  const playground = new Playground(page);
  await playground.open();
  await playground.chooseExample("A block access list that lies");
  await expect(playground.matches).toBeVisible();
  await expect(playground.problems).toHaveCount(0);
  const where = /the block access list does not hold at the balance of till \(0x[0-9a-fA-F]{40}\), transaction 60/;

  await page.getByRole("tab", { name: "Compare" }).click();
  const table = page.getByRole("table", { name: /^All strategies/ });
  await expect(table).toBeVisible({ timeout: 30_000 });
  const strategies = await playground.strategy.getByRole("option").count();
  await expect(table.getByRole("row")).toHaveCount(strategies - 1 + 1);
  const compared = page.getByRole("region", { name: "Strategies compared" });
  await expect(compared).toContainText(/^.*Block access list rejected: /s);
  await expect(compared).toContainText(where);

  await playground.strategy.selectOption("block-access-list");
  await playground.runAndFinish();
  await expect(playground.notice).toContainText("Rejected, and nothing of the run counts");
  await expect(playground.notice).toContainText(where);
  await expect(playground.problems).toHaveCount(1);
  await expect(playground.problems).toContainText("line 19");
  await expect(playground.underlined()).toHaveText(/^access_list_change/);

  // Without the lie the list is true.
  const file = new URL("../../examples/false-list.rhai", import.meta.url);
  const lines = (await readFile(file, "utf8")).split("\n");
  await playground.write(lines.filter((line) => !line.startsWith("access_list_change")).join("\n"));
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(page.getByRole("region", { name: "Key figures" })).toContainText("8.00×");
});

const SCRIPTS: { name: string; script: string; says: RegExp }[] = [
  { name: "a loop without end", script: "loop { }", says: /steps/ },
  {
    name: "a million transactions",
    script: 'let a = account("a");\nfor i in 0..1_000_000 { transfer(a, a, wei(1)); }',
    says: /transactions|steps/,
  },
  {
    name: "a number that is too large",
    script: `account("a", #{ balance: wei("0x1${"0".repeat(80)}") });`,
    says: /does not fit in 256 bits/,
  },
];

for (const { name, script, says } of SCRIPTS) {
  test(`${name} is a problem with a place, not a hang`, async ({ page }) => {
    const playground = new Playground(page);
    await playground.open();
    await playground.write(script);
    await playground.runAndFinish();
    await expect(playground.problems.first()).toContainText(says);
    await expect(playground.problems.first()).toContainText("line ");
    await expect(playground.run).toBeEnabled();
  });
}

test("an empty batch and a single transaction run", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write("// Nothing\n");
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await page.getByRole("tab", { name: "Transactions" }).click();
  await expect(page.getByText("An empty block")).toBeVisible();

  await playground.write(
    '// One\nlet a = account("a");\nlet b = account("b");\ntransfer(a, b, ether(1));\n',
  );
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(page.getByRole("grid", { name: "Transactions" })).toHaveAttribute(
    "aria-rowcount",
    "2",
  );
});
