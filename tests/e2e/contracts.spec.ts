/** Contracts of one's own: pasted, compiled in the page, dropped as artifacts, wrong in every way. */
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

/** A contract that is in no example. */
const TICKETS = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract TicketCounter {
    uint256 public sold;
    mapping(address buyer => uint256 tickets) public ticketsOf;

    function buy(uint256 tickets) external {
        sold += tickets;
        ticketsOf[msg.sender] += tickets;
    }
}
`;

const SCRIPT = `// Tickets at one counter
// Every sale adds to the same variable.

let counter = deploy("TicketCounter");
let buyers = accounts("buyer", 60);

for buyer in buyers {
    send(buyer, counter, "buy(uint256)", [2]);
}
`;

/** Thousands of functions: the compiler takes long for it. */
const SLOW = `contract Slow {
    mapping(uint256 => uint256) values;
${Array.from(
  { length: 1500 },
  (_, i) => `    function f${i}(uint256 n) external returns (uint256) {
        for (uint256 i = 0; i < n; i++) values[i] += n * ${i} + values[n];
        return values[n];
    }`,
).join("\n")}
}
`;

/** Everything that is loaded of the compiler. */
function requestsOfCompiler(page: Page): string[] {
  const requests: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/solc/")) requests.push(request.url());
  });
  return requests;
}

/** Workers of the compiler that were ended. */
function endedCompilers(page: Page): { count: number } {
  const ended = { count: 0 };
  page.on("worker", (worker) => {
    if (worker.url().includes("/solc/")) worker.on("close", () => (ended.count += 1));
  });
  return ended;
}

/** Waits until the compiler's worker has the compiler, so that to end it ends no request. */
async function compilerLoaded(page: Page): Promise<void> {
  await page.waitForEvent("requestfinished", (request) => {
    return request.url().endsWith("/solc/soljson.js") && request.resourceType() !== "fetch";
  });
}

test("a contract is pasted, deployed by its name, and its variable is named", async ({ page }) => {
  const requests = requestsOfCompiler(page);
  const playground = new Playground(page);
  await playground.open();
  await playground.chooseTab("Contracts");
  await expect(page.getByText("No contracts of your own yet")).toBeVisible();
  expect(requests).toEqual([]);

  await playground.writeContract(TICKETS);
  await playground.chooseTab("Script");
  await playground.write(SCRIPT);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("TicketCounter.sold");
  await page.getByRole("tab", { name: "Hot variables" }).click();
  await expect(page.getByRole("grid", { name: "Hot locations" })).toContainText(
    "TicketCounter.sold",
  );
  await page.getByRole("gridcell", { name: "TicketCounter.sold" }).click();
  await expect(playground.inspector).toContainText("sold += tickets;");
  await playground.inspector.getByRole("button", { name: /\.sol:9$/ }).first().click();
  await expect(page.getByRole("textbox", { name: /^Solidity, / })).toBeVisible();
  await expect(playground.problems).toHaveCount(0);
  expect(new Set(requests.map((url) => new URL(url).pathname))).toEqual(
    new Set(["/solc/soljson.js", "/solc/worker.js"]),
  );
});

test("an edit of a contract marks the result as old and runs nothing", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.writeContract(TICKETS);
  await playground.chooseTab("Script");
  await playground.write(SCRIPT);
  await playground.runAndFinish();
  await expect(playground.notice).toBeEmpty();

  await playground.writeContract(TICKETS.replace("sold += tickets;", "sold += 1;"));
  await expect(playground.notice).toContainText("This is an old result");
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("TicketCounter.sold");
  await playground.notice.getByRole("button", { name: "Run again" }).click();
  await expect(playground.notice).toBeEmpty();
});

test("errors are underlined at their place, in each file, and lead there", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.writeContract(
    "// é €\ncontract First {\n    function f() external { valu = 1; }\n}\n",
  );
  await expect(playground.underlined()).toHaveText("valu");
  await expect(playground.problems).toHaveCount(1);
  await expect(playground.problems).toContainText("Undeclared identifier.");
  await expect(playground.problems).toContainText("Contract.sol, line 3, column 29");

  // A contract that compiles beside it can be used.
  await page.getByRole("button", { name: "New Solidity file" }).click();
  await playground.solidity("Contract-2.sol").press("ControlOrMeta+a");
  await page.keyboard.insertText(TICKETS);
  await playground.chooseTab("Script");
  await playground.write(SCRIPT);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(playground.problems).toHaveCount(1);

  await playground.problems.getByRole("button").click();
  await expect(playground.solidity("Contract.sol")).toBeFocused();
  await page.keyboard.insertText("uint ");
  await expect(playground.problems.filter({ hasText: "Unused local variable" })).toHaveCount(1);
  await expect(page.locator(".cm-lintRange-warning")).not.toHaveCount(0);
});

test("a script that deploys what does not compile keeps the earlier result", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.writeContract(TICKETS.replace("uint256 public sold;", ""));
  await playground.chooseTab("Script");
  await playground.write(SCRIPT);
  await playground.runAndFinish();
  await expect(playground.notice).toContainText("The batch cannot run");
  await expect(playground.notice).toContainText("Below is the result of an earlier run.");
  await expect(playground.problems.filter({ hasText: "Undeclared identifier" })).toHaveCount(1);
  await expect(playground.problems.filter({ hasText: "no contract `TicketCounter`" })).toHaveCount(
    1,
  );
});

test("a newer text ends a compilation that is under way", async ({ page }) => {
  const ended = endedCompilers(page);
  const playground = new Playground(page);
  await playground.open();
  const loaded = compilerLoaded(page);
  await playground.openContract("Contract.sol", SLOW);
  await loaded;
  await expect(playground.compiler).toHaveText("Compiling…");
  await playground.writeContract(TICKETS);
  await expect.poll(() => ended.count).toBe(1);
  await playground.chooseTab("Script");
  await playground.write(SCRIPT);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await expect(playground.problems).toHaveCount(0);
});

test("a compilation that takes too long is stopped and said", async ({ page }) => {
  const ended = endedCompilers(page);
  await page.clock.install();
  const playground = new Playground(page);
  await playground.open();
  const loaded = compilerLoaded(page);
  await playground.openContract("Contract.sol", SLOW);
  await loaded;
  await expect(playground.compiler).toHaveText("Compiling…");
  await page.clock.fastForward(31_000);
  await expect(playground.problems).toContainText("it took more than 30 seconds");
  await expect.poll(() => ended.count).toBe(1);
});

test("names, missing imports and reverting constructors are told apart", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.writeContract(
    'import "@openzeppelin/contracts/token/ERC20/ERC20.sol";\ncontract Coin is ERC20 {}\n',
  );
  await expect(playground.problems).toContainText(
    "There is no file `@openzeppelin/contracts/token/ERC20/ERC20.sol` here",
  );
  await playground.writeContract(
    'contract Closed { constructor() { revert("<b>not today</b>"); } }\ninterface Open {}\n',
  );
  await playground.chooseTab("Script");
  await playground.write('let a = deploy("Closed");\n');
  await expect(playground.problems).toContainText('reverts: "<b>not today</b>"');
  await playground.write('let a = deploy("Clsed");\nlet b = deploy("Open");\n');
  await expect(playground.problems.nth(0)).toContainText("did you mean `Closed`?");
  await expect(playground.problems.nth(1)).toContainText("is an interface or abstract");
});

test("files can be renamed and removed, and survive a reload", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.writeContract(TICKETS);
  await page.getByRole("button", { name: "Rename Contract.sol" }).click();
  await page.getByRole("textbox", { name: "Name of the file" }).fill("<i>lib</i>/Tickets.sol");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("tab", { name: "<i>lib</i>/Tickets.sol" })).toBeVisible();
  await playground.compiled();

  await page.reload();
  await playground.chooseTab("Contracts");
  await expect(playground.solidity("<i>lib</i>/Tickets.sol")).toContainText("TicketCounter");
  await playground.chooseTab("Script");
  await playground.write(SCRIPT);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();

  await playground.chooseTab("Contracts");
  const remove = page.getByRole("button", { name: "Remove <i>lib</i>/Tickets.sol" });
  await remove.click();
  await page.getByRole("button", { name: "Put it back" }).click();
  await expect(playground.solidity("<i>lib</i>/Tickets.sol")).toContainText("contract TicketCounter");
  await remove.click();
  await expect(page.getByText("No contracts of your own yet")).toBeVisible();
  await expect(playground.problems).toContainText("no contract `TicketCounter`");
});

test("compiled contracts are opened as files", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.chooseTab("Contracts");
  const stop = Buffer.from("6001600c60003960016000f300");
  const abi = [{ type: "function", name: "stop", inputs: [], outputs: [], stateMutability: "view" }];
  await page.getByLabel("Files of contracts").setInputFiles([
    { name: "Stop.bin", mimeType: "text/plain", buffer: stop },
    { name: "Stop.abi", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(abi)) },
    { name: "Bad.json", mimeType: "application/json", buffer: Buffer.from('{"abi": 3}') },
  ]);
  await expect(playground.problems).toHaveCount(1);
  await expect(playground.problems).toContainText("Bad.json, line 1");
  await page.getByRole("tab", { name: "Stop.bin" }).click();
  await expect(page.getByRole("list", { name: "Functions of Stop" })).toHaveText("stop()");

  await playground.chooseTab("Script");
  await playground.write(
    'let stop = deploy("Stop");\nsend(account("a"), stop, "stop()");\n',
  );
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
});

test("completion knows verbs, contracts and functions", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.writeContract(TICKETS);
  await playground.chooseTab("Script");
  await playground.write('let counter = deploy("TicketCounter");\n');
  await playground.compiled();
  await playground.editor.press("ControlOrMeta+End");
  const options = page.getByRole("option");
  await page.keyboard.type("sen");
  await expect(options.filter({ hasText: "send" })).toBeVisible();
  await expect(page.locator(".cm-completionInfo")).toContainText("A transaction of the block");
  await page.keyboard.press("Enter");
  await page.keyboard.type('(account("a"), counter, "b');
  // A list that has just opened takes no key for a moment, but a click.
  await options.filter({ hasText: "buy(uint256)" }).click();
  await expect(playground.editor).toContainText('"buy(uint256)"');
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.insertText('\ndeploy("');
  await page.keyboard.type("Tick");
  await expect(options.filter({ hasText: "TicketCounter" })).toBeVisible();
});
