/** Files of other tools: each kind is dropped or picked, runs, and can be put away; wrong ones change nothing. */
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const SENDER = "0x00000000000000000000000000000000000a11ce";
const OTHER = "0x0000000000000000000000000000000000000b0b";
const ZEROS = `0x${"0".repeat(64)}`;

const ALLOC = { [SENDER]: { balance: "0xde0b6b3a7640000", nonce: "0x1" } };
const ENV = {
  currentCoinbase: "0x0000000000000000000000000000000000000fee",
  currentGasLimit: "0x989680",
  currentNumber: "7",
  currentTimestamp: "0x10",
  currentBaseFee: "0x0",
  currentRandom: ZEROS,
  currentExcessBlobGas: "0x0",
};
const tx = (nonce: number) => ({
  type: "0x0",
  sender: SENDER,
  to: OTHER,
  nonce: `0x${nonce.toString(16)}`,
  gas: "0x5208",
  gasPrice: "0x0",
  value: "0x5",
  input: "0x",
});
const T8N = { alloc: ALLOC, env: ENV, txs: [tx(1), tx(2), tx(3)] };

const HASH = `0x${"1".repeat(64)}`;
const post = (value: number) => ({ hash: HASH, indexes: { data: 0, gas: 0, value } });
const STATE_TEST = {
  transfer: {
    env: { ...ENV, currentDifficulty: "0x20000" },
    pre: ALLOC,
    transaction: {
      data: ["0x"],
      gasLimit: ["0x5208"],
      value: ["0x5", "0x6"],
      gasPrice: "0x0",
      nonce: "0x1",
      to: OTHER,
      sender: SENDER,
    },
    post: { Berlin: [post(0), post(1)], Prague: [post(1)] },
  },
};

/** Two empty blocks before the Merge. */
const header = (number: number) => ({
  hash: ZEROS,
  parentHash: ZEROS,
  receiptTrie: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
  mixHash: ZEROS,
  coinbase: OTHER,
  stateRoot: ZEROS,
  difficulty: "0x1",
  number: `0x${number}`,
  gasLimit: "0x989680",
  gasUsed: "0x0",
  timestamp: "0x10",
});
const CHAIN = {
  chain: {
    network: "Frontier",
    pre: {},
    blocks: [1, 2].map((number) => ({ blockHeader: header(number), transactions: [] })),
  },
};

const COUNTER = "0x5fbdb2315678afecb367f032d93f642f64180aa3";
const DEPLOYER = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const sent = (nonce: number, members: object) => ({
  transaction: {
    from: DEPLOYER,
    gas: "0x20000",
    value: "0x0",
    nonce: `0x${nonce}`,
    chainId: "0x7a69",
    ...members,
  },
  contractName: "Counter",
  contractAddress: COUNTER,
  additionalContracts: [],
});
const BROADCAST = {
  transactions: [
    sent(0, { input: "0x6001600c60003960016000f300" }),
    { ...sent(1, { to: COUNTER, input: "0x06661abd" }), function: "count()" },
    sent(2, { to: OTHER, input: "0x06661abd" }),
  ],
  receipts: [],
  chain: 31337,
};

type Given = { name: string; text: string };
const json = (name: string, value: unknown): Given => ({ name, text: JSON.stringify(value) });

const said = (page: Page) => page.getByRole("status", { name: "Link" });
const head = (page: Page) => page.getByRole("region", { name: "File", exact: true });

/** Drops files in the middle of the page. */
async function drop(page: Page, ...files: Given[]): Promise<void> {
  await page.getByRole("region", { name: "Result" }).evaluate((target, given) => {
    const dataTransfer = new DataTransfer();
    for (const { name, text } of given) dataTransfer.items.add(new File([text], name));
    for (const type of ["dragover", "drop"]) {
      target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
  }, files);
}

test("a t8n input in three files runs, is saved, linked, and put away", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const playground = new Playground(page);
  await playground.open();
  await playground.write("// Mine\n");
  await drop(page, json("txs.json", T8N.txs), json("env.json", ENV), json("alloc.json", ALLOC));
  await expect(head(page)).toContainText("A t8n input");
  await expect(head(page)).toContainText("3 transactions under the rules of Osaka.");
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();

  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByRole("status", { name: "Copied" })).toHaveText("Link copied.");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await context.newPage();
  await other.goto(link);
  await expect(head(other)).toBeVisible();
  const opened = new Playground(other);
  await opened.runAndFinish();
  await expect(opened.matches).toBeVisible();
  await expect(head(other)).toContainText("A t8n input");
  await other.close();

  await page.keyboard.press("Escape");
  await page.reload();
  await expect(head(page)).toContainText("A t8n input");
  await head(page).getByRole("button", { name: "Close file" }).click();
  await expect(playground.editor).toContainText("// Mine");
  await expect(head(page)).toHaveCount(0);
});

test("closing a file brings back what was here just before it, and older texts of one's own stay kept", async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write("// Mine\n");
  const bringBack = page.getByRole("button", { name: /^Bring back/ });
  await drop(page, json("t8n.json", T8N));
  await expect(said(page).filter({ has: bringBack })).toBeVisible();
  // The text in front is an example now, and the one that was written is kept.
  await playground.chooseExample("Independent transfers");
  await expect(playground.matches).toBeVisible();
  await drop(page, json("t8n.json", T8N));
  await expect(head(page)).toContainText("3 transactions");
  await expect(said(page)).toContainText("This came from a file.");
  await expect(bringBack).toHaveCount(0);
  // A second file takes the place of the first, not of what that took the place of.
  await drop(page, json("tests.json", STATE_TEST));
  await head(page).getByRole("combobox", { name: "Batch" }).selectOption({ index: 2 });
  await expect(head(page)).toContainText("under the rules of Prague");
  await head(page).getByRole("button", { name: "Close file" }).click();
  await expect(playground.editor).toContainText("Independent transfers");
  await expect(head(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Share" }).click();
  await bringBack.click();
  await expect(playground.editor).toContainText("// Mine");
});

test("a file whose lines end as on Windows keeps its list, and of two quick choices the last one counts", async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write("// Mine\n");
  const text = JSON.stringify(STATE_TEST, null, 1).replaceAll("\n", "\r\n");
  await drop(page, { name: "tests.json", text });
  const batch = head(page).getByRole("combobox", { name: "Batch" });
  await expect(batch).toBeVisible();
  await batch.evaluate((select) => {
    if (!(select instanceof HTMLSelectElement)) throw new Error("it is no list");
    for (const choice of ["1", "2"]) {
      select.value = choice;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  await expect(head(page)).toContainText("under the rules of Prague");
  await expect(batch).toHaveValue("2");
  // Another file does not count as the reader's own work.
  await drop(page, json("t8n.json", T8N));
  await expect(head(page)).toContainText("3 transactions");
  await head(page).getByRole("button", { name: "Close file" }).click();
  await expect(playground.editor).toContainText("// Mine");
});

test("of very many batches in a file the first can be chosen, which is said", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const line = `${JSON.stringify({ alloc: {}, env: ENV, txs: [] })}\n`;
  const batch = head(page).getByRole("combobox", { name: "Batch" });
  for (const [lines, said] of [
    [2000, "of 2,000"],
    [2001, "of 2,001; the list has the first 2,000"],
  ] as const) {
    await drop(page, { name: "lines.jsonl", text: line.repeat(lines) });
    await expect(head(page).locator("label")).toContainText(said);
    await expect(batch.locator("option")).toHaveCount(2000);
  }
  await batch.selectOption("Line 2000, a t8n input");
  await expect(head(page).getByRole("heading")).toHaveText("A t8n input");
});

test("a case of a state test is chosen, and what it expects is compared", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByLabel("File to open").setInputFiles([
    {
      name: "tests.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(STATE_TEST)),
    },
  ]);
  const batch = head(page).getByRole("combobox", { name: "Batch" });
  await expect(batch).toHaveValue("0");
  await expect(batch.locator("option")).toHaveText([
    "transfer, Berlin, data 0, gas 0, value 0",
    "transfer, Berlin, data 0, gas 0, value 1",
    "transfer, Prague, data 0, gas 0, value 1",
  ]);
  await page.keyboard.press("Escape");
  await batch.selectOption({ index: 2 });
  await expect(head(page)).toContainText("One transaction under the rules of Prague.");
  await playground.runAndFinish();
  await expect(playground.result).toContainText("transfer, Prague, data 0, gas 0, value 1");
  // Its root was made up.
  await expect(page.getByText(/state root is 0x/).first()).toBeAttached();
});

test("blocks of a chain, lines of batches and broadcasts are opened", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await drop(page, json("chain.json", CHAIN));
  const batch = head(page).getByRole("combobox", { name: "Batch" });
  await batch.selectOption("chain, block 2 of 2");
  await expect(head(page).getByRole("heading")).toHaveText("chain, block 2 of 2");

  const line = JSON.stringify(T8N);
  await drop(page, { name: "lines.jsonl", text: `${line}\n${line}\n` });
  await batch.selectOption("Line 2, a t8n input");
  await expect(head(page)).toContainText("3 transactions");

  await drop(page, json("run-latest.json", BROADCAST));
  await expect(head(page)).toContainText("it is assumed that all are in one block");
  await expect(playground.problems).toHaveText([/nothing in it creates them/]);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(page.getByText("count()").first()).toBeAttached();
});

test("an access list is beside the batch, and a false one is refused", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await drop(page, json("t8n.json", { ...T8N, txs: [tx(1)] }));
  await expect(head(page)).toBeVisible();
  const list = (balance: string) => [
    {
      address: OTHER,
      storageChanges: [],
      storageReads: [],
      balanceChanges: [{ blockAccessIndex: "0x1", postBalance: "0x5" }],
      nonceChanges: [],
      codeChanges: [],
    },
    {
      address: SENDER,
      storageChanges: [],
      storageReads: [],
      balanceChanges: [{ blockAccessIndex: "0x1", postBalance: balance }],
      nonceChanges: [{ blockAccessIndex: "0x1", newNonce: "0x2" }],
      codeChanges: [],
    },
  ];
  await drop(page, json("list.json", list("0xde0b6b3a763fffb").reverse()));
  await expect(page.getByRole("heading", { name: "A block access list" })).toBeVisible();
  await expect(playground.problems).toHaveText([/not a block access list/]);
  await drop(page, json("list.json", list("0xde0b6b3a763fffb")));
  await expect(playground.problems).toHaveCount(0);
  await page.getByRole("button", { name: "Choose that strategy" }).click();
  await expect(playground.strategy).toHaveValue("block-access-list");
  await playground.runAndFinish();
  await expect(playground.result).toContainText(/block access list/i);
});

test("a file that is too long for the editor is shown by its beginning, and saved", async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const alloc = Object.fromEntries(
    Array.from({ length: 8000 }, (_, i) => {
      const address = `0x${(i + 0x10000).toString(16).padStart(40, "0")}`;
      return [address, { balance: `0x${Math.floor(Math.random() * 2 ** 48).toString(16)}` }];
    }),
  );
  await drop(page, json("big.json", { ...T8N, alloc: { ...ALLOC, ...alloc } }));
  await expect(page.getByRole("region", { name: "Text of the file" })).toContainText(
    "Too long to be edited here",
  );
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await page.getByRole("button", { name: "Share" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save to a file" }).click();
  expect((await download).suggestedFilename()).toMatch(/\.interleave\.json$/);
  await page.keyboard.press("Escape");
  await head(page).getByRole("button", { name: "Close file" }).click();
  await expect(playground.editor).toContainText("One hot counter");
});

test("a wrong file is one message with its name and place, and changes nothing", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write("// Mine\n");
  const whole = JSON.stringify(T8N, null, 2);
  for (const [files, why] of [
    [[json("hello.json", { hello: 1 })], /not a block from a node.* \(hello\.json, line 1/],
    [[{ name: "cut.json", text: whole.slice(0, -40) }], /EOF while parsing.* \(cut\.json, line \d\d/],
    [[{ name: "keys.json", text: '{"__proto__": {"polluted": 1}}' }], /keys\.json/],
    [[{ name: "saved.json", text: '{"interleave": 1, "__proto__": {}}' }], /saved\.json/],
    [[{ name: "deep.json", text: "[".repeat(100_000) }], /deep\.json/],
    [[json("alloc.json", ALLOC), json("txs.json", T8N.txs)], /whose `env` is missing/],
    [[json("a.json", T8N), json("b.json", BROADCAST)], /there can be only one \(b\.json\)/],
    [[{ name: "x.json", text: "\u0000\u0001" }], /x\.json/],
  ] as const) {
    await drop(page, ...files);
    await expect(said(page)).toContainText("This file cannot be opened");
    await expect(said(page)).toContainText(why);
    await said(page).getByRole("button", { name: "Dismiss" }).click();
    await expect(playground.editor).toContainText("// Mine");
  }
  expect(await page.evaluate(() => "polluted" in {})).toBe(false);
});
