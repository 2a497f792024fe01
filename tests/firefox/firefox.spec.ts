/**
 * The page in Firefox, by WebDriver BiDi, which it speaks without a driver: threads and the simulated
 * runner, in a page of its own, in pages of others, and from a host without headers.
 *
 * `FIREFOX` names another one than Debian's.
 */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import puppeteer, { type Browser, type Frame, type Page } from "puppeteer-core";
import { createApp } from "../../www/server/app.js";
import { folder, Host, page as pageOf } from "../e2e/host.ts";

const DIST = fileURLToPath(new URL("../../target/dist/", import.meta.url));
const LONG = { timeout: 90_000 };
const MANY = /^([2-9]|\d\d) threads$/;

let browser: Browser;
let page: Page;
let loads: string[];

test.beforeAll(async () => {
  browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env["FIREFOX"] ?? "/usr/bin/firefox-esr",
    headless: true,
    ...LONG,
  });
  console.log(await browser.version());
});
test.afterAll(async () => browser.close());

test.beforeEach(async () => {
  const context = await browser.createBrowserContext();
  page = await context.newPage();
  loads = [];
  page.on("load", () => loads.push(page.url()));
});
test.afterEach(async () => page.browserContext().close());

/** The page as a host that can isolate it serves it, or as one that cannot. */
async function serve(isolated: boolean): Promise<{ site: string; close: () => void }> {
  const server = createServer(createApp({ isolated }));
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return {
    site: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const badge = (where: Page | Frame) =>
  where.evaluate(
    () => document.querySelector('[role="status"][aria-label="Engine"]')?.textContent?.trim() ?? "",
  );

const matches = (where: Page | Frame) =>
  where.evaluate(() => document.body.textContent?.includes("Matches sequential execution") ?? false);

/** Waits for the engine of a page or a frame, and for a result that matches. */
async function works(where: Page | Frame, threads: RegExp | string, pressRun: boolean) {
  await expect.poll(() => badge(where).catch(() => ""), LONG).toMatch(threads);
  // Clicks made by BiDi do not arrive in the frame of an isolated page; the button's own do.
  const button = pressRun ? await where.waitForSelector("aria/Run[role='button']") : null;
  await button?.evaluate((it) => (it as HTMLElement).click());
  await expect.poll(() => matches(where).catch(() => false), LONG).toBe(true);
}

test("an isolated page has threads, and they come to what sequential execution does", async () => {
  const { site, close } = await serve(true);
  await page.goto(`${site}/#example=hot-counter&runner=threads&workers=2`, LONG);
  await works(page, MANY, false);
  close();
});

test("a page that is not isolated has one thread and simulated workers", async () => {
  const { site, close } = await serve(false);
  await page.goto(site, LONG);
  await works(page, "1 thread", false);
  expect(loads.length).toBe(1);
  close();
});

for (const [name, headers, threads] of [
  // Firefox has no isolation of a document's own.
  ["an ordinary page", {}, "1 thread"],
  [
    "an isolated page",
    {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    },
    MANY,
  ],
] as const) {
  test(`embedded in ${name}`, async () => {
    const { site, close } = await serve(true);
    const html = `<!doctype html><title>Host</title>
      <script src="https://playground.example/embed.js"></script>
      <evm-playground example="hot-counter" label="Try it here"></evm-playground>`;
    const host = new Host(pageOf(() => html, site));
    host.headers = headers;
    await page.goto(await host.listen("127.0.0.1"), LONG);
    await (await page.waitForSelector("evm-playground >>> button"))?.click();
    const element = await page.waitForSelector("evm-playground >>> iframe");
    const frame = await element?.contentFrame();
    if (!frame) throw new Error("there is no frame");
    await works(frame, threads, true);
    host.close();
    close();
  });
}

test("from a host without headers the service worker gives threads, after one reload", async () => {
  if (!existsSync(DIST)) throw new Error("target/dist is missing: run `cargo xtask dist`");
  const host = new Host(folder(DIST, "/some/folder/"));
  await page.goto(`${await host.listen("localhost")}some/folder/`, LONG);
  await works(page, MANY, false);
  expect(loads.length).toBe(2);
  host.close();
});
