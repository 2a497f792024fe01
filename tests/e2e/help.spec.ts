/** The help menu: the tour, the keys, the language, and about. */
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const MINE = '// Mine\nlet a = account("a");\ntransfer(a, a, ether(1));\n';
const TITLES = [
  "A batch of transactions",
  "A strategy",
  "What the workers did",
  "Validation and abort",
  "One transaction",
  "What it comes to",
];

const card = (page: Page, title: string) => page.getByRole("dialog", { name: title });

async function choose(page: Page, entry: string): Promise<void> {
  await page.getByRole("button", { name: "Help" }).click();
  const header = page.getByRole("banner");
  await header.getByRole("button", { name: entry, exact: true }).click();
}

test("the tour is offered once, and says what an abort is", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const offer = page.getByRole("complementary", { name: "Tour" });
  await offer.getByRole("button", { name: "Take the tour" }).click();
  await expect(offer).toBeHidden();
  for (const title of TITLES) {
    await expect(card(page, title)).toBeVisible();
    await expect(card(page, title).getByRole("button", { name: /Next|Done/ })).toBeFocused();
    if (title === "Validation and abort") {
      await expect(card(page, title)).toContainText("That is an abort: the work was for nothing");
    }
    if (title === "One transaction") {
      await expect(playground.inspector).toContainText(/Incarnations\s*[2-9]/);
      await expect(playground.inspector).toContainText("because");
    }
    await page.keyboard.press("Enter");
  }
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Help" })).toBeFocused();

  await page.reload();
  await expect(playground.matches).toBeAttached({ timeout: 30_000 });
  await expect(offer).toBeHidden();
});

test("the tour returns from the help menu, goes back, is skipped, and gives texts back", async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "No tour" }).click();
  await playground.write(MINE);
  await playground.strategy.selectOption("Sequential");
  await playground.runAndFinish();
  await choose(page, "Take the tour");
  await expect(card(page, "A batch of transactions")).toBeVisible();
  await expect(playground.editor).toContainText("One hot counter");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(card(page, "What the workers did")).toBeVisible();
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("One hot counter");
  await page.keyboard.press("ArrowLeft");
  await expect(card(page, "A strategy")).toBeVisible();
  await expect(playground.strategy).toHaveValue("block-stm");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Help" })).toBeFocused();
  await expect(playground.editor).toContainText("// Mine");
  await expect(playground.strategy).toHaveValue("sequential");
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("Mine");
  await expect(playground.notice).toBeEmpty();
});

test("an example comes back with its options and its result, and so do texts that a link took the place of", async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(MINE);
  const link = `v1=${deflateRawSync(JSON.stringify({ script: "// Theirs\n" })).toString("base64url")}`;
  await page.evaluate((hash) => (location.hash = hash), link);
  await expect(playground.editor).toContainText("// Theirs");
  await page.evaluate(() => (location.hash = "example=token-ring&strategy=dag&workers=4"));
  const verdict = page.getByRole("region", { name: "Verdict" });
  await expect(verdict).toContainText("token", { ignoreCase: true, timeout: 30_000 });
  await playground.finished();
  await choose(page, "Take the tour");
  await expect(card(page, "A batch of transactions")).toBeVisible();
  // Even at once, when the tour's own run may not be over.
  await page.keyboard.press("Escape");
  await expect(playground.strategy).toHaveValue("dag");
  await expect(playground.workers).toHaveValue("4");
  await playground.finished();
  await expect(verdict).toContainText("token", { ignoreCase: true });
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: /^Bring back/ }).click();
  await expect(playground.editor).toContainText("// Mine");
});

for (const [width, height] of [
  [1440, 900],
  [768, 1024],
  [320, 600],
] as const) {
  test(`each step is in sight beside what it speaks of at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const playground = new Playground(page);
    await playground.open();
    await choose(page, "Take the tour");
    for (const title of TITLES) {
      const step = card(page, title);
      await expect(step).toBeInViewport({ ratio: 1 });
      await page.screenshot({ path: `results/tour-${width}-${TITLES.indexOf(title) + 1}.png` });
      if (title === "Validation and abort") {
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      }
      await step.getByRole("button", { name: /Next|Done/ }).click();
    }
  });
}

test("words, keys, language and licences are pages of the help", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("Undo");
  await expectNoBarriers(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  // In the editor it is a letter like others.
  await playground.editor.press("ControlOrMeta+End");
  await page.keyboard.type("?");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await choose(page, "Script language");
  await expect(page.getByRole("dialog", { name: "Script language" })).toContainText(
    "A transaction of the block",
  );
  await expectNoBarriers(page);
  await page.getByRole("button", { name: "Close" }).click();

  await choose(page, "Words");
  await expect(page.getByRole("dialog", { name: "Words" })).toContainText("A mark where an aborted try had written");
  await expectNoBarriers(page);
  // Over another page of the help the key for this one does nothing.
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Words" })).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();

  await choose(page, "About and licences");
  const about = page.getByRole("dialog", { name: "About Interleave" });
  await expectNoBarriers(page);
  const [licence] = await Promise.all([
    page.waitForEvent("popup"),
    about.getByRole("link", { name: "its licence" }).click(),
  ]);
  await expect(licence.getByText("GNU GENERAL PUBLIC LICENSE").first()).toBeVisible();
});

async function expectNoBarriers(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}

test("the limits are a table, and the document has the same", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await choose(page, "Limits");
  const dialog = page.getByRole("dialog", { name: "Limits" });
  const row = dialog.getByRole("row", { name: /Transactions of a block, whatever/ });
  await expect(row).toContainText("100,000");
  await expect(row).toContainText("refused");
  const document = readFileSync("../../LIMITS.md", "utf8");
  const rows = document.match(/^\| (?!what|---)/gm) ?? [];
  await expect(dialog.getByRole("rowheader")).toHaveCount(rows.length);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
});
