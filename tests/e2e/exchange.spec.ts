/**
 * What is exported, read by programs that know nothing of this one: `@ethereumjs/vm` executes blocks, and
 * a validator reads reports by their schema.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { execute, SIGNERS, type T8n } from "./ethereumjs.ts";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

/** The engine in a terminal. */
const TERMINAL =
  process.env["INTERLEAVE"] ?? fileURLToPath(new URL("../../target/debug/interleave", import.meta.url));

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

/** Every type of transaction that needs no blob, those that create and revert among them. */
const TYPES = `// Every type
let people = accounts("person", 6);
let nft = deploy("Collectible", [2]);
let signers = ${JSON.stringify(SIGNERS)}.map(|signer| hex(signer));
let counter = account("counter", #{ code: assemble("PUSH 1 PUSH 0 SLOAD ADD PUSH 0 SSTORE STOP") });
let old = #{ gas_price: gwei(4) };
transfer(people[0], people[1], ether(1), old);
send(people[0], nft, "mint()", [], old);
let list = [people[3], [nft, [0, 1]]];
send(people[1], nft, "mint()", [], old + #{ access_list: list });
send(people[1], nft, "mint()", [], old + #{ access_list: list, gas_limit: 90_000 });
send(people[2], (), old + #{ data: hex("0x6001600c60003960016000f300"), value: 5 });
send(people[2], (), #{ data: hex("0x60015f5560206000fd") });
send(people[2], (), #{ data: hex("0x600160005560ef60005360016000f3") });
send(people[3], signers[0], #{ authorization_list: [#{ signer: signers[0], address: counter }] });
send(people[4], signers[0]);
send(people[5], signers[1], #{ authorization_list: [
  #{ signer: signers[1], address: counter, nonce: 7 },
  #{ signer: signers[1], address: nft },
  #{ signer: signers[1], address: counter },
  #{ signer: signers[0], address: counter, chain_id: 5 },
] });
`;

async function exported(page: Page, name: RegExp): Promise<unknown> {
  await page.getByRole("button", { name: "Share" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("region", { name: "Export the result" }).getByRole("button", { name }).click(),
  ]);
  return JSON.parse(readFileSync(await download.path(), "utf8"));
}

type Result = { stateRoot: string; receiptsRoot: string; gasUsed: string; rejected: { index: number }[] };
type Summary = { receiptsRoot: string; stateRoot: string; transactions: number };

/** Does the other implementation come to what this one says? */
async function expectTheSame(block: T8n, result: Result, summary: Summary): Promise<void> {
  expect(block.txs).toHaveLength(summary.transactions);
  const { receiptsRoot, stateRoot } = summary;
  expect(await execute(block)).toEqual({
    receiptsRoot,
    stateRoot,
    gasUsed: result.gasUsed,
    rejected: result.rejected.map(({ index }) => index),
  });
  expect(result).toMatchObject({ receiptsRoot, stateRoot });
}

for (const example of ["mixed-block", "rollup"]) {
  test(`@ethereumjs/vm comes to the same of a block that the page exports: ${example}`, async ({ page }) => {
    // The other implementation is in no hurry.
    test.setTimeout(120_000);
    const playground = new Playground(page);
    await page.goto(`/#example=${example}`);
    await expect(playground.matches).toBeAttached({ timeout: 30_000 });
    await playground.finished();
    const block = (await exported(page, /^Block, t8n/)) as T8n;
    const { result } = (await exported(page, /^Result, t8n/)) as { result: Result };
    const { summary } = (await exported(page, /^Report/)) as { summary: Summary };
    await expectTheSame(block, result, summary);
  });
}

for (const [what, script, types, facts] of [
  ["odd transactions", ODD, ["0x2"], { skipped: 2, failed: 5 }],
  ["every type of transaction", TYPES, ["0x0", "0x1", "0x2", "0x4"], { skipped: 0, failed: 3 }],
] as const) {
  test(`@ethereumjs/vm comes to the same of a block that a terminal exports: ${what}`, () =>
    expectTheSameOf(script, types, facts));
}

/** The same of a script that the engine in a terminal runs and exports. */
async function expectTheSameOf(script: string, types: readonly string[], facts: Record<string, number>): Promise<void> {
  if (!existsSync(TERMINAL)) throw new Error("no program: run `cargo build --package interleave-cli`");
  const folder = mkdtempSync(join(tmpdir(), "interleave-exchange-"));
  try {
    const formats = ["t8n", "t8n-result", "report"];
    const exports = formats.flatMap((format) => ["--export", `${format}=${join(folder, format)}`]);
    execFileSync(TERMINAL, ["run", "-", "--runner", "simulated", ...exports], { input: script, stdio: "pipe" });
    const read = (format: string): unknown => JSON.parse(readFileSync(join(folder, format), "utf8"));
    const { result } = read("t8n-result") as { result: Result };
    const { summary } = read("report") as { summary: Summary };
    expect(summary).toMatchObject(facts);
    const block = read("t8n") as T8n;
    expect([...new Set(block.txs.map(({ type }) => type))].toSorted()).toEqual(types);
    await expectTheSame(block, result, summary);
  } finally {
    rmSync(folder, { recursive: true });
  }
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
