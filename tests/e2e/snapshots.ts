/**
 * How the page looks: each view, state and example, at three widths and in both themes.
 *
 * Run by `npm run snapshots`, on the built page; also takes the picture of the README.
 */
import { readdirSync, readFileSync } from "node:fs";
import type { Locator, Page, TestInfo } from "@playwright/test";
import type { FromEngine } from "../../www/src/engine/messages.ts";
import { expect, test } from "./fixture.ts";
import { difference, keep, kept, still } from "./picture.ts";
import { Playground } from "./playground.ts";

const EXAMPLES = new URL("../../examples/", import.meta.url);
const SNAPSHOTS = new URL("./snapshots/", import.meta.url);

/** So much of a picture may differ from the kept one. */
const MOST_DIFFERENT = 0.002;

/** The widest is taken less fine: its letters are large enough. */
const SIZES = [
  { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 0.75 },
  { viewport: { width: 768, height: 1024 }, deviceScaleFactor: 1 },
  { viewport: { width: 360, height: 740 }, deviceScaleFactor: 1 },
];
/** What has transactions of all kinds. */
const EXAMPLE = "A mixed block";

/** Two files, of which one has an error and a warning. */
const VAULT = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./Math.sol";

/// @notice Everybody's shares of one pot.
contract Vault {
    uint256 public total;
    mapping(address owner => uint256 shares) public sharesOf;

    error NothingGiven(address by);

    function give() external payable returns (uint256 shares) {
        if (msg.value == 0) revert NothingGiven(msg.sender);
        uint256 before = total;
        shares = Math.half(msg.value);
        total += shares;
        sharesOf[msg.sender] += share;
    }
}
`;
const MATH = `library Math {
    function half(uint256 n) internal pure returns (uint256) {
        return n / 2;
    }
}
`;
const WRONG = `// Two mistakes
let token = deploy("Tokn", []);
let a = account("a");
transfer(a, b, ether(1));
`;
const MOST_STEPS = 100;

type View = {
  page: Page;
  playground: Playground;
  /** Is it one half of the page at a time? */
  narrow: boolean;
  /** Compares what is seen with the picture of this name. */
  look: (name: string) => Promise<void>;
};

/** Before the page begins: what is measured is the same each time. */
function measureTheSame(): void {
  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data }: MessageEvent<FromEngine>) => {
        if (data.kind !== "answer" || data.answer.verb !== "curve") return;
        const { value } = data.answer;
        if (value.kind !== "curve") return;
        for (const point of value.curve.points) {
          if (point.ceiling !== null) point.ceiling = 0.9 * point.workers;
          if (point.measured === null) continue;
          const median = 0.8 * point.simulated;
          point.measured = { ...point.measured, median, slowest: 0.9 * median, fastest: 1.1 * median };
        }
      });
    }
  };
}

/** Steps to the first transaction that had to run more than once: it shows most. */
async function chooseRetried(playground: Playground): Promise<void> {
  await playground.timeline.focus();
  for (let step = 0; step < MOST_STEPS; step++) {
    await playground.page.keyboard.press(".");
    const text = await playground.inspector.textContent();
    if (text?.includes("because")) break;
  }
  await playground.timeline.blur();
}

async function help({ page }: View, entry: string): Promise<void> {
  await page.getByRole("button", { name: "Help" }).click();
  await page.getByRole("banner").getByRole("button", { name: entry, exact: true }).click();
}

async function showScript({ page, narrow }: View): Promise<void> {
  if (narrow) await page.getByRole("button", { name: "Script", exact: true }).click();
}

/** What is to be looked at: how to get there from the page as a visitor finds it. */
const VIEWS: Record<string, (view: View) => Promise<void>> = {
  async first({ look }) {
    await look("first");
  },
  async gallery({ playground, look }) {
    await playground.openExamples();
    await look("gallery");
  },
  async details({ page, playground, narrow, look }) {
    await playground.chooseExample(EXAMPLE);
    if (!narrow) await chooseRetried(playground);
    const tabs = page.getByRole("tablist", { name: "Details" }).getByRole("tab");
    for (const tab of await tabs.all()) {
      await tab.click();
      await tab.scrollIntoViewIfNeeded();
      const title = (await tab.innerText()).toLowerCase().replaceAll(" ", "-");
      // Some run the batch again when they are opened.
      await expect(page.getByRole("button", { name: "Stop it" })).toBeHidden({ timeout: 60_000 });
      await look(`details-${title}`);
    }
  },
  async replay({ page, playground, look }) {
    await playground.chooseExample(EXAMPLE);
    await page.getByRole("tab", { name: "Heatmap" }).click();
    await page.getByRole("button", { name: "Replay", exact: true }).click();
    const slider = page.getByRole("slider", { name: "Moment of the run" });
    await slider.fill(String(Math.round(Number(await slider.getAttribute("max")) * 0.4)));
    await slider.scrollIntoViewIfNeeded();
    await look("replay");
  },
  async contracts(view) {
    const { page, playground, look } = view;
    await showScript(view);
    await playground.chooseTab("Contracts");
    await look("contracts-none");
    await page.getByLabel("Files of contracts").setInputFiles([
      { name: "Math.sol", mimeType: "text/plain", buffer: Buffer.from(MATH) },
      { name: "Vault.sol", mimeType: "text/plain", buffer: Buffer.from(VAULT) },
    ]);
    await expect(playground.problems).not.toHaveCount(0, { timeout: 30_000 });
    await look("contracts");
  },
  async problems(view) {
    const { playground, look } = view;
    await showScript(view);
    await playground.write(WRONG);
    await playground.run.click();
    await expect(playground.run).toBeEnabled();
    await expect(playground.problems).not.toHaveCount(0);
    await look("problems");
  },
  async restarted({ playground, look }) {
    await playground.breakEngine();
    await expect(playground.notice).toContainText("started again");
    await expect(playground.engine).toHaveText(/thread/);
    await look("restarted");
  },
  async rejected({ page, playground, look }) {
    await playground.chooseExample("A block access list that lies");
    await playground.strategy.selectOption("Block access list");
    await playground.runAndFinish();
    await expect(playground.notice).toContainText("Rejected");
    await page.getByRole("region", { name: "Result", exact: true }).evaluate((it) => it.scrollTo(0, 0));
    await look("rejected");
  },
  async empty({ page, playground, look }) {
    await page.getByRole("button", { name: "No tour" }).click();
    await page.evaluate(() => localStorage.setItem("interleave.script", "// Mine\n"));
    await page.reload();
    await expect(playground.engine).toHaveText(/thread/);
    await look("empty");
  },
  async share({ page, look }) {
    await page.getByRole("button", { name: "Share" }).click();
    await look("share");
  },
  async node({ page, look }) {
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("button", { name: "Load a block from a node…" }).click();
    await look("node");
  },
  async help(view) {
    for (const entry of ["Keys", "Script language", "Limits"]) {
      await help(view, entry);
      await view.look(`help-${entry.toLowerCase().replaceAll(" ", "-")}`);
      await view.page.keyboard.press("Escape");
    }
  },
  async tour({ page, look }) {
    await page.getByRole("button", { name: "Take the tour" }).click();
    for (let step = 0; step < 3; step++) await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "Validation and abort" })).toBeVisible();
    await look("tour");
  },
  async engine({ page, look }) {
    await page.getByRole("button", { name: /^\d+ threads$/ }).click();
    await look("engine");
  },
};

const examples = readdirSync(EXAMPLES)
  .filter((name) => name.endsWith(".rhai"))
  .map((name) => ({
    name: name.replace(/\.rhai$/, ""),
    title: readFileSync(new URL(name, EXAMPLES), "utf8").split("\n", 1)[0]?.slice(2).trim() ?? "",
  }));

/** Compares with the picture that is kept, or keeps this one. */
async function compare(target: Page | Locator, name: string, info: TestInfo): Promise<void> {
  const file = new URL(`${name}.webp`, SNAPSHOTS).pathname;
  const [now, before] = [await still(target), await kept(file)];
  const different = before ? await difference(now, before) : 1;
  if (different <= MOST_DIFFERENT) return;
  const { updateSnapshots } = info.config;
  if (updateSnapshots === "all" || updateSnapshots === "changed" || !before) {
    await keep(file, now);
    return;
  }
  const seen = info.outputPath(`${name.replaceAll("/", "-")}.webp`);
  await keep(seen, now);
  expect.soft(different, `${name} looks different: see ${seen}`).toBeLessThanOrEqual(MOST_DIFFERENT);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const size of SIZES) {
    const { viewport } = size;
    const where = `${viewport.width}-${colorScheme}`;
    const narrow = viewport.width < 800;
    test.describe(where, () => {
      test.use({ colorScheme, ...size, hasTouch: narrow, contextOptions: { reducedMotion: "reduce" } });

      for (const [what, show] of Object.entries(VIEWS)) {
        test(what, async ({ page, errors }, info) => {
          await page.addInitScript(measureTheSame);
          const playground = new Playground(page);
          await playground.open();
          const look = (name: string) => compare(page, `views/${name}-${where}`, info);
          await show({ page, playground, narrow, look });
          // What is broken on purpose may say so.
          errors.length = 0;
        });
      }

      test.describe("half as fine", () => {
        test.use({ deviceScaleFactor: 0.5 });

        test("each example", async ({ page }, info) => {
          test.setTimeout(20 * 60_000);
          const playground = new Playground(page);
          await playground.open();
          await page.getByRole("button", { name: "No tour" }).click();
          for (const { name, title } of examples) {
            await playground.chooseExample(title);
            // Nothing is pointed at.
            await page.mouse.move(0, 0);
            await compare(playground.result, `examples/${name}-${where}`, info);
          }
        });
      });
    });
  }
}

test("the picture of the README", async ({ page }, info) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "No tour" }).click();
  await playground.chooseExample(EXAMPLE);
  await chooseRetried(playground);
  await compare(page, "../../../www/screenshot", info);
});
