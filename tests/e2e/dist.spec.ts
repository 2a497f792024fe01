/**
 * The folder for hosts, `target/dist`, as the plainest of them serves it: under a folder, with no headers
 * at all. `cargo xtask dist` makes it.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { folder, Host } from "./host.ts";
import { ENGINE, Playground } from "./playground.ts";

const DIST = fileURLToPath(new URL("../../target/dist/", import.meta.url));
const FOLDER = "/some/folder/";
let host: Host;
let address: string;

test.beforeEach(async ({}, info) => {
  if (!existsSync(DIST)) throw new Error("target/dist is missing: run `cargo xtask dist`");
  info.setTimeout(150_000);
  host = new Host(folder(DIST, FOLDER));
  address = `${await host.listen("localhost")}${FOLDER.slice(1)}`;
});

test.afterEach(() => host.close());

/** Waits until the service worker has isolated the page, which loads it again. */
async function isolated(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => self.crossOriginIsolated).catch(() => false), {
      timeout: 30_000,
    })
    .toBe(true);
}

/** A page that is loaded again gives up what it was loading. */
function forgetAborted(errors: string[]): void {
  errors.splice(0, errors.length, ...errors.filter((error) => !error.includes("ERR_ABORTED")));
}

test("a host without headers gets threads after one reload, in any folder", async ({
  page,
  errors,
}) => {
  let loads = 0;
  page.on("load", () => (loads += 1));
  await page.goto(address);
  const playground = new Playground(page);
  await isolated(page);
  await expect(playground.engine).toHaveText(/^([2-9]|\d\d) threads$/, { timeout: 30_000 });
  await expect(playground.matches).toBeVisible({ timeout: 30_000 });
  await playground.finished();
  await playground.chooseRunner("Threads");
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await page.waitForTimeout(2000);
  expect(loads).toBe(2);
  forgetAborted(errors);
});

test("no network after the first visit: the page runs, and compiles once the compiler was used", async ({
  page,
  errors,
  context,
}) => {
  await page.goto(address);
  const playground = new Playground(page);
  await isolated(page);
  await expect(playground.matches).toBeVisible({ timeout: 30_000 });
  await playground.finished();
  await playground.writeContract("contract Word { uint256 public said; }");
  await playground.compiled();

  host.close();
  await context.setOffline(true);
  await page.reload();
  await expect(playground.engine).toHaveText(/^([2-9]|\d\d) threads$/, { timeout: 30_000 });
  await playground.writeContract("contract Words { uint256 public said; }");
  await playground.compiled();
  await playground.chooseTab("Script");
  await playground.write('let w = deploy("Words");\ntransfer(account("a"), account("b"), 1);\n');
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  await context.setOffline(false);
  forgetAborted(errors);
});

test("a tab that shows an older version goes on when there is a new one", async ({
  page,
  errors,
}, info) => {
  // As this version, but for the name of the engine's worker, which a new engine needs.
  const next = info.outputPath("next");
  cpSync(DIST, next, { recursive: true });
  const assets = readdirSync(join(next, "assets"));
  const old = assets.find((name) => ENGINE.test(`/${name}`) && name.endsWith(".js"));
  if (old === undefined) throw new Error("the engine has no worker");
  const renamed = old.replace(/-[^-.]+\./, "-AnotherOne.");
  for (const file of ["sw.js", ...assets.filter((name) => name.endsWith(".js")).map((name) => `assets/${name}`)]) {
    const text = readFileSync(join(next, file), "utf8").replaceAll(old, renamed);
    writeFileSync(join(next, file), text.replace(/("version":")\w+/, "$1next"));
  }
  renameSync(join(next, "assets", old), join(next, "assets", renamed));

  await page.goto(address);
  const playground = new Playground(page);
  await isolated(page);
  await expect(playground.matches).toBeVisible({ timeout: 30_000 });
  await playground.finished();
  host.find = folder(next, FOLDER);
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const changed = new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    });
    await registration?.update();
    await changed;
  });
  const before = playground.engineWorker();
  await playground.breakEngine();
  await playground.engineReplaced(before);
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();
  errors.splice(0, errors.length, ...errors.filter((error) => !error.includes("broken on purpose")));
  forgetAborted(errors);
});

test("without a service worker there is one thread, and no reload", async ({ browser }) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  let loads = 0;
  page.on("load", () => (loads += 1));
  await page.goto(address);
  const playground = new Playground(page);
  await expect(playground.engine).toHaveText("1 thread", { timeout: 30_000 });
  await expect(playground.matches).toBeVisible({ timeout: 30_000 });
  await page.waitForTimeout(2000);
  expect(loads).toBe(1);
  await context.close();
});

test("every file has its headers, its hash, and its licence", () => {
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(DIST.length));
  const headers = readFileSync(join(DIST, "_headers"), "utf8");
  const sums = readFileSync(join(DIST, "SHA256SUMS"), "utf8");
  for (const file of files) {
    if (file === "SHA256SUMS" || file === "_headers") continue;
    expect(headers).toMatch(new RegExp(`^/${file.replaceAll(".", "\\.")}\n  X-Content`, "m"));
    const hash = createHash("sha256").update(readFileSync(join(DIST, file))).digest("hex");
    expect(sums).toContain(`${hash}  ${file}\n`);
  }
  const notices = readFileSync(join(DIST, "third-party.txt"), "utf8");
  for (const name of ["svelte", "@codemirror/view", "revm", "rhai", "rayon-core"]) {
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+: \\S`, "m"));
  }
  expect(notices).not.toContain(`${homedir()}/`);
  expect(readFileSync(join(DIST, "solc/LICENSE.txt"), "utf8")).toContain("GNU GENERAL PUBLIC");
  expect(readFileSync(join(DIST, "solc/README.txt"), "utf8")).toMatch(/solidity\/tree\/v\d/);
  for (const document of ["index.html", "embed.html"]) {
    expect(readFileSync(join(DIST, document), "utf8")).toContain("Content-Security-Policy");
  }
});
