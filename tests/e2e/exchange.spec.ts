/**
 * What is exported, read by programs that know nothing of this one: `@ethereumjs/vm` executes blocks, and
 * a validator reads reports by their schema.
 */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { execute, type T8n } from "./ethereumjs.ts";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const SCHEMA = new URL("../../crate/playground/report.schema.json", import.meta.url);

/** Transactions of which some revert, halt, create, declare what they read, or cannot be executed. */
const ODD = `// Odd ones
let people = accounts("person", 6);
let poor = account("poor", #{ balance: 5 });
let nft = deploy("Collectible", [2]);
for person in people { send(person, nft, "mint()", []); }
send(people[0], nft, "mint()", [], #{ gas_limit: 30_000 });
transfer(poor, people[1], 1);
let list = [people[3], [nft, [0, 1]]];
transfer(people[2], people[3], ether(1), #{ access_list: list });
transfer(people[2], people[3], ether(1), #{ access_list: list, gas_limit: 60_000, nonce: 1 });
transfer(people[4], account("new"), ether(1), #{ priority_fee: gwei(3), max_fee: gwei(9) });
`;

async function exported(page: Page, name: RegExp): Promise<unknown> {
  await page.getByRole("button", { name: "Share" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("region", { name: "Export the result" }).getByRole("button", { name }).click(),
  ]);
  return JSON.parse(readFileSync(await download.path(), "utf8"));
}

type Result = { result: { stateRoot: string; receiptsRoot: string; gasUsed: string; rejected: { index: number }[] } };

for (const [name, given] of [
  ["a mixed block", "#example=mixed-block"],
  ["a block with creations and storage", "#example=rollup"],
  ["odd transactions", null],
] as const) {
  test(`@ethereumjs/vm comes to the same of an exported block: ${name}`, async ({ page }) => {
    const playground = new Playground(page);
    await page.goto(given ?? "/");
    await expect(playground.matches).toBeAttached({ timeout: 30_000 });
    await playground.finished();
    if (given === null) {
      await playground.write(ODD);
      await playground.runAndFinish();
      await expect(playground.matches).toBeVisible();
    }
    const block = (await exported(page, /^Block, t8n/)) as T8n;
    const { result } = (await exported(page, /^Result, t8n/)) as Result;
    const { summary } = (await exported(page, /^Report/)) as {
      summary: { receiptsRoot: string; transactions: number; skipped: number; failed: number };
    };
    expect(block.txs).toHaveLength(summary.transactions);
    expect(await execute(block)).toEqual({
      receiptsRoot: summary.receiptsRoot,
      stateRoot: result.stateRoot,
      gasUsed: result.gasUsed,
      rejected: result.rejected.map(({ index }) => index),
    });
    expect(result.receiptsRoot).toBe(summary.receiptsRoot);
    if (given === null) expect(summary).toMatchObject({ skipped: 2, failed: 5 });
  });
}

test("an exported access list is read again, and the block is replayed by it", async ({ page }) => {
  const playground = new Playground(page);
  await page.goto("/#example=token-ring");
  await expect(playground.matches).toBeAttached({ timeout: 30_000 });
  await playground.finished();
  const list = (await exported(page, /^Block access list/)) as { address: string }[];
  expect(list.length).toBeGreaterThan(1);
  await page.getByRole("region", { name: "Result", exact: true }).evaluate((target, text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], "list.json"));
    for (const type of ["dragover", "drop"]) {
      target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
  }, JSON.stringify(list));
  await page.getByRole("button", { name: "Choose that strategy" }).click();
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  const { summary } = (await exported(page, /^Report/)) as { summary: { list: { source: string } } };
  expect(summary.list.source).toBe("given");
});

test("reports are what their schema says, and what is none is refused", async ({ page }) => {
  test.setTimeout(180_000);
  const schema = JSON.parse(readFileSync(SCHEMA, "utf8")) as object;
  const valid = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);
  const playground = new Playground(page);
  let last: Record<string, unknown> = {};
  for (const options of [
    "example=hot-counter&strategy=sequential&workers=1&unit=account",
    "example=mixed-block&strategy=block-stm&workers=2&runner=threads",
    "example=shards-crossing&strategy=shards&workers=4",
    "example=token-ring&strategy=block-access-list&workers=4",
    "example=wrong-hints&strategy=dag&workers=3&costs=measured",
    "example=mixed-block&strategy=block-stm&workers=4",
  ]) {
    await page.goto("about:blank");
    await page.goto(`/#${options}`);
    await expect(playground.matches).toBeAttached({ timeout: 30_000 });
    await playground.finished();
    last = (await exported(page, /^Report/)) as typeof last;
    expect(valid(last), `${options}: ${JSON.stringify(valid.errors?.slice(0, 3))}`).toBe(true);
  }

  await page.getByRole("tab", { name: "Disturb" }).click();
  const panel = page.getByRole("region", { name: "Disturb" });
  await panel.getByRole("button", { name: "Add a fault" }).click();
  await panel.getByRole("button", { name: "Run disturbed" }).click();
  await expect(panel).toContainText("The digest is that of sequential execution.");
  const disturbed = (await exported(page, /^Report/)) as typeof last;
  expect(disturbed).toHaveProperty("faults");
  expect(valid(disturbed), JSON.stringify(valid.errors?.slice(0, 3))).toBe(true);

  const { watches: _, ...short } = last;
  for (const none of [short, { ...last, version: 2 }, { ...last, title: null }, { ...last, spans: [] }, {}]) {
    expect(valid(none)).toBe(false);
  }
});
