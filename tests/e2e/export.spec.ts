/** The result as files for other tools. */
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

async function menu(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Share" }).click();
  return page.getByRole("region", { name: "Export the result" });
}

async function saved(page: Page, name: RegExp): Promise<{ file: string; text: string }> {
  const formats = await menu(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    formats.getByRole("button", { name }).click(),
  ]);
  return { file: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

test("the result is saved in the formats of other tools", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();

  const report = await saved(page, /^Report/);
  expect(report.file).toBe("one-hot-counter.json");
  const facts = JSON.parse(report.text) as { version: number; summary: { transactions: number } };
  expect(facts.version).toBe(1);
  const { transactions } = facts.summary;

  const table = await saved(page, /^Transactions/);
  expect(table.file).toBe("one-hot-counter.transactions.csv");
  const lines = table.text.trimEnd().split("\n");
  expect(lines[0]?.split(",")).toEqual(expect.arrayContaining(["tx", "label", "status", "gasUsed"]));
  expect(lines).toHaveLength(1 + transactions);

  const trace = await saved(page, /^Trace/);
  const { traceEvents } = JSON.parse(trace.text) as { traceEvents: { ph: string }[] };
  expect(traceEvents.filter(({ ph }) => ph === "X").length).toBeGreaterThanOrEqual(transactions);

  const dot = await saved(page, /^Dependency graph, DOT/);
  expect(dot.text).toMatch(/^digraph dependencies \{\n[^]*\n\}\n$/);

  const xml = await saved(page, /^Dependency graph, GraphML/);
  expect(xml.text.match(/<node /g)).toHaveLength(transactions);
  expect(xml.text).toMatch(/<\/graphml>\n$/);
});

test("an older result says that it is one, and an engine that was replaced has none", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write("// Another batch\ntransfer(account(\"a\"), account(\"b\"), 1);");
  const formats = await menu(page);
  await expect(formats).toContainText("not of what you have changed since");
  await page.keyboard.press("Escape");
  await playground.breakEngine();
  await expect(playground.run).toBeEnabled();
  await menu(page);
  await formats.getByRole("button", { name: /^Trace/ }).click();
  await expect(formats.getByRole("status", { name: "Export" })).toContainText("run the batch");
});
