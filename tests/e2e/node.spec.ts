/** A block from a node: a real one, and those that answer badly. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Locator, Page } from "@playwright/test";
import { Anvil, EACH } from "./anvil.ts";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

/** What nothing may show, keep or send to anybody but the node. */
const KEY = "k3y-0123456789abcdef";
const WITH_KEY = `?token=${KEY}`;

const MINE = '// Mine\ntransfer(account("a"), account("b"), ether(1));\n';

type Answer = (question: Question, response: ServerResponse, request: IncomingMessage) => void;
type Question = { id: number; method: string; params: unknown[] };

const servers: Server[] = [];

test.afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that any page may ask, unless `answer` says otherwise; its address with a key. */
async function bad(answer: Answer, cors = true): Promise<string> {
  const server = createServer((request, response) => {
    if (cors) {
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.setHeader("Access-Control-Allow-Headers", "*");
    }
    if (request.method === "OPTIONS") {
      response.end();
      return;
    }
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => answer(JSON.parse(body) as Question, response, request));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}/v3/${KEY}${WITH_KEY}`;
}

const json = (value: (question: Question) => object): Answer => (question, response) => {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ jsonrpc: "2.0", id: question.id, ...value(question) }));
};

async function openWindow(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Load a block from a node…" }).click();
  return page.getByRole("dialog", { name: "Block from a node" });
}

/** Fills in the window and presses its button. */
async function load(window: Locator, endpoint: string, block = "latest", seconds = 60): Promise<void> {
  await window.getByRole("textbox", { name: "Endpoint" }).fill(endpoint);
  await window.getByRole("textbox", { name: "Block" }).fill(block);
  await window.getByRole("spinbutton", { name: "Seconds" }).fill(String(seconds));
  await window.getByRole("button", { name: "Load block" }).click();
}

/** The browser itself tells of requests that it refused or gave up; nothing else may be wrong. */
function forgetRequests(errors: string[]): void {
  const own = /request failed|net::ERR_FAILED|CORS policy|Failed to load resource/;
  errors.splice(0, errors.length, ...errors.filter((error) => !own.test(error)));
}

function expectNoKey(text: string): void {
  for (let at = 0; at + 8 <= KEY.length; at++) expect(text).not.toContain(KEY.slice(at, at + 8));
}

test("a block of a real node is loaded, waits for Run, and comes to its header", async ({ page, site }, info) => {
  info.setTimeout(180_000);
  const anvil = await Anvil.start();
  try {
    await anvil.mine();
    const hosts = new Set<string>();
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    const playground = new Playground(page);
    await playground.open();
    await playground.write(MINE);
    expect([...hosts]).toEqual([new URL(site).host]);

    const gallery = await playground.openExamples();
    await gallery.getByRole("button", { name: "Load a block from a node" }).click();
    const window = page.getByRole("dialog", { name: "Block from a node" });
    await load(window, `${anvil.address}${WITH_KEY}`);
    await expect(window).toBeHidden({ timeout: 90_000 });
    // Code of contracts makes lines that are too long for an editor.
    await expect(page.getByRole("region", { name: "Text of the file" })).toContainText('"chainId": "0x7a69"');
    await expect(page.getByRole("status", { name: "Link" })).toContainText(
      "This came from a node. It runs when you press Run.",
    );

    await playground.strategy.selectOption("block-stm");
    await playground.runAndFinish();
    await expect(playground.matches).toBeVisible();
    await expect(playground.result).toContainText(
      "As the block says: gas used, receipts root, receipts",
    );
    await expect(page.getByRole("status", { name: "Script" })).toHaveText(
      `${2 * EACH + 1} transactions`,
    );

    // No link, no storage, no saved file and no text of the page has the key.
    await page.waitForTimeout(1000);
    const kept = () => ({
      address: location.href,
      state: JSON.stringify(history.state),
      local: JSON.stringify({ ...localStorage }),
      tab: JSON.stringify({ ...sessionStorage }),
      page: document.documentElement.outerHTML,
      fields: [...document.querySelectorAll("input")].map((field) => field.value).join(" "),
    });
    expectNoKey(JSON.stringify(await page.evaluate(kept)));
    await page.getByRole("button", { name: "Share" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save to a file" }).click();
    expectNoKey(readFileSync(await (await download).path(), "utf8"));

    // The window remembers it, another page does not.
    const again = await openWindow(page);
    await expect(again.getByRole("textbox", { name: "Endpoint" })).toHaveValue(/token=/);
    await page.reload();
    const reloaded = await openWindow(page);
    await expect(reloaded.getByRole("textbox", { name: "Endpoint" })).toHaveValue("");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("button", { name: /^Bring back/ }).click();
    await expect(playground.editor).toContainText("// Mine");
  } finally {
    anvil.stop();
  }
});

test("a block comes with the access list that its node has, and without one that cannot be used", async ({
  page,
}) => {
  const [alice, bob, miner] = ["a".repeat(40), "b".repeat(40), "3".repeat(40)].map((it) => `0x${it}`);
  const tx = {
    type: "0x2", hash: `0x${"7".repeat(64)}`, from: alice, to: bob, nonce: "0x0", gas: "0x5208",
    value: "0x1", input: "0x", maxFeePerGas: "0xa", maxPriorityFeePerGas: "0x2", chainId: "0x1",
  };
  const block = {
    number: "0xe00000", timestamp: "0x62000000", hash: `0x${"8".repeat(64)}`,
    parentHash: `0x${"0".repeat(64)}`, miner, gasLimit: "0x1c9c380", gasUsed: "0x5208", difficulty: "0x1",
    receiptsRoot: "0xf78dfb743fbd92ade140711c8bbc542b5e307f0ab7984eff35d751969fe57efa",
    baseFeePerGas: "0x7", transactions: [tx],
  };
  const balances = { [miner ?? ""]: "0xa410", [alice ?? ""]: "0xde0b6b3a7611db7", [bob ?? ""]: "0x1" };
  const list = Object.entries(balances).map(([address, value]) => ({
    address, storageChanges: [], storageReads: [], balanceChanges: [{ index: "0x1", value }],
    nonceChanges: address === alice ? [{ index: "0x1", value: "0x1" }] : [], codeChanges: [],
  }));
  const node = (list: object) =>
    bad(
      json(({ method, params }) => {
        if (method === "eth_chainId") return { result: "0x1" };
        if (method === "eth_getBlockByNumber") return { result: block };
        const plain = method === "debug_traceTransaction" && !JSON.stringify(params).includes("diffMode");
        if (plain) return { result: { [alice ?? ""]: { balance: "0xde0b6b3a7640000" } } };
        if (method === "eth_getBlockAccessList") return list;
        return { error: { code: -32601, message: "no" } };
      }),
    );
  const playground = new Playground(page);
  await playground.open();
  const said = page.getByRole("status", { name: "Link" });
  const given = page.getByTitle(/block access list that came with the block/);
  const loaded = async (answer: object) => {
    const window = await openWindow(page);
    await load(window, await node(answer), "14680064");
    await expect(window).toBeHidden({ timeout: 30_000 });
    await expect(said).toContainText("This came from a node.");
  };
  await loaded({ result: list });
  await expect(said).not.toContainText("list");
  await expect(playground.editor).toContainText('"blockAccessList"');
  await playground.strategy.selectOption("block-access-list");
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(playground.result).toContainText("As the block says: gas used, receipts root");
  await expect(given).toBeVisible();

  // A node of which nobody expects a list is as good as before.
  await loaded({ error: { code: -32001, message: "Resource not found" } });
  await expect(said).not.toContainText("list");
  await expect(playground.editor).not.toContainText('"blockAccessList"');
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(given).toHaveCount(0);

  await loaded({ result: { accountChanges: list } });
  await expect(said).toContainText(
    "Note that the block access list is left out: eth_getBlockAccessList gave what is not a block access list",
  );
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
});

test("a bad endpoint is one clear message without its key, and loses nothing", async ({ page, errors }, info) => {
  info.setTimeout(180_000);
  const playground = new Playground(page);
  await playground.open();
  await playground.write(MINE);
  const window = await openWindow(page);
  const logged: string[] = [];
  page.on("worker", (worker) => worker.on("console", (message) => logged.push(message.text())));

  const block = { number: "0x5", timestamp: "0x5", hash: `0x${"8".repeat(64)}`, transactions: [] };
  const honest = ({ method }: Question): object => {
    if (method === "eth_chainId") return { result: "0x1" };
    if (method === "eth_getBlockByNumber") return { result: block };
    return { error: { code: -32601, message: "no" } };
  };
  const cases: [string, Answer][] = [
    ["the answer is not JSON-RPC, but a web page", (_, response) => response.end("<html>Sign in</html>")],
    ["the answer is not JSON-RPC, but empty", (_, response) => response.end()],
    ["answers with the HTTP status 401", (_, response) => response.writeHead(401).end("no")],
    ["neither a result nor an error", json(() => ({}))],
    ["the answer is to another question", json(() => ({ id: 77, result: "0x1" }))],
    [
      "redirects elsewhere, which is not followed",
      (_, response) => response.writeHead(307, { Location: "http://localhost:1/" }).end(),
    ],
    [
      "the answer is too large: one may have 64 MiB",
      (_, response) => {
        const part = Buffer.alloc(4 << 20, "x");
        const more = () => {
          if (!response.destroyed) response.write(part, more);
        };
        response.write('{"jsonrpc": "2.0", "result": "', more);
      },
    ],
    ["nothing came back that this page may read", (_, response) => response.destroy()],
    ["nothing came back that this page may read", (_, response) => response.write("{") && response.destroy()],
    ["the node refuses eth_chainId: no project … (code -32000)", json(() => ({ error: { code: -32000, message: `no project ${KEY}` } }))],
    ["does not have the method debug_traceTransaction. Only a node with the debug namespace", json((question) => {
      const full = { ...block, transactions: [{ hash: `0x${"7".repeat(64)}` }] };
      return question.method === "eth_getBlockByNumber" ? { result: full } : honest(question);
    })],
    ["the node has no block", json((question) => question.method === "eth_getBlockByNumber" ? { result: null } : honest(question))],
    ["gave something else than a block", json((question) => question.method === "eth_getBlockByNumber" ? { result: ["0x5"] } : honest(question))],
    ["was asked for block 7 and gave block 5", json((question) => question.method.startsWith("debug_") ? { result: [] } : honest(question))],
    ["no answer within 1 seconds", () => undefined],
    ["no answer within 1 seconds", (_, response) => void response.write('{"jsonrpc": ')],
  ];
  for (const [expected, answer] of cases) {
    const seconds = expected.startsWith("no answer") ? 1 : 60;
    await load(window, await bad(answer), "7", seconds);
    const alert = window.getByRole("alert");
    await expect(alert, expected).toContainText(expected, { timeout: 30_000 });
    await expect(alert).toContainText("Nothing was changed.");
    expectNoKey((await alert.textContent()) ?? "");
    expectNoKey((await page.content()).replaceAll(/value="[^"]*"/g, ""));
  }
  await load(window, await bad(json(honest), false));
  await expect(window.getByRole("alert")).toContainText("does not let this page ask it (CORS)");
  for (const [endpoint, expected] of [
    [`http://node.example/${KEY}`, "A page can ask a node by https, or by http on this machine"],
    [`javascript:${KEY}`, "This is not an address"],
  ] as const) {
    await load(window, endpoint);
    await expect(window.getByRole("alert")).toContainText(expected);
    expectNoKey((await window.getByRole("alert").textContent()) ?? "");
  }
  await load(window, "http://localhost:1/", "soon");
  await expect(window.getByRole("alert")).toContainText("The block is a number, or latest.");
  await page.keyboard.press("Escape");
  await expect(playground.editor).toContainText("// Mine");
  expectNoKey(logged.join("\n"));
  forgetRequests(errors);
});

test("a window that cannot be loaded says so", async ({ page, errors }) => {
  const playground = new Playground(page);
  await page.route(/\/assets\/node-[^/]*\.js$/, (route) => route.abort());
  await playground.open();
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: /from a node/ }).click();
  const dialog = page.getByRole("dialog", { name: "Block from a node" });
  await expect(dialog).toContainText("could not be loaded");
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(dialog).toHaveCount(0);
  errors.splice(0, errors.length, ...errors.filter((error) => !/node-[^/]*\.js|ERR_FAILED/.test(error)));
});

test("what is asked can be given up, and nothing more is asked", async ({ page, errors }) => {
  const playground = new Playground(page);
  await playground.open();
  let questions = 0;
  let gone = 0;
  const endpoint = await bad((_, response) => {
    questions += 1;
    response.on("close", () => (gone += 1));
  });
  const window = await openWindow(page);
  await load(window, endpoint);
  await expect(window.getByRole("status", { name: "Progress" })).toContainText("Which chain");
  await expect.poll(() => questions).toBe(1);
  await window.getByRole("button", { name: "Cancel" }).click();
  await expect(window.getByRole("button", { name: "Load block" })).toBeVisible();
  await expect.poll(() => gone).toBe(1);

  await load(window, endpoint);
  await expect.poll(() => questions).toBe(2);
  await page.keyboard.press("Escape");
  await expect(window).toBeHidden();
  await expect.poll(() => gone).toBe(2);
  await page.waitForTimeout(300);
  expect(questions).toBe(2);
  forgetRequests(errors);
});

test("the page itself can connect to nothing but its own host", async ({ page, errors }) => {
  let asked = 0;
  const endpoint = await bad((_, response) => {
    asked += 1;
    response.end();
  });
  const playground = new Playground(page);
  await playground.open();
  const tries = async (address: string) => {
    try {
      await fetch(address, { method: "POST", body: "{}", mode: "no-cors" });
      return "sent";
    } catch {
      return "refused";
    }
  };
  expect(await page.evaluate(tries, endpoint)).toBe("refused");
  expect(await playground.engineWorker().evaluate(tries, endpoint)).toBe("refused");
  expect(asked).toBe(0);
  errors.splice(0);
});
