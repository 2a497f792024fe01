/**
 * Real documentation with a live example in it, made by the steps of `examples/embed/README.md`, and
 * opened from another site than the playground's.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { folder, forgetMissing, Host, toSite } from "./host.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/embed/", import.meta.url));
const MDBOOK = process.env["MDBOOK"] ?? join(homedir(), ".cache/interleave/bin/mdbook");

/** What a section of the README has in its boxes, by language, in their order. */
function boxes(section: string): { language: string; text: string }[] {
  const readme = readFileSync(join(EXAMPLES, "README.md"), "utf8");
  const found = readme.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  return [...found.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => {
    return { language, text };
  });
}

function box(section: string, language: string): string {
  const [first] = boxes(section).filter((each) => each.language === language);
  if (!first) throw new Error(`no box of ${language} below "${section}"`);
  return first.text;
}

let work: string;
let host: Host | undefined;
test.beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "interleave-documentation-"));
});
test.afterEach(() => {
  host?.close();
  rmSync(work, { recursive: true });
});

function run(program: string, ...options: string[]): void {
  execFileSync(program, options, { cwd: work, stdio: "pipe", timeout: 50_000 });
}

async function serve(built: string): Promise<string> {
  host = new Host(folder(join(work, built)));
  return host.listen("127.0.0.1");
}

/** Clicks the example of the page and runs it, with threads. */
async function tryIt(page: Page, errors: string[]): Promise<void> {
  const button = page.getByRole("button", { name: "Try it here" });
  await expect(button).toBeVisible();
  await expect(page.locator("iframe")).toHaveCount(0);
  await button.click();
  const frame = page.locator("iframe").contentFrame();
  await expect(frame.getByRole("status", { name: "Engine" })).toHaveText(/^([2-9]|\d\d) threads$/, {
    timeout: 30_000,
  });
  await frame.getByRole("button", { name: "Run", exact: true }).click();
  await expect(frame.getByText("Matches sequential execution")).toBeVisible({ timeout: 40_000 });
  forgetMissing(errors);
}

test("a new mdBook, by the README's steps", async ({ page, site, errors }) => {
  run(MDBOOK, "init", "--title", "Mine", "--ignore", "none");
  const chapter = join(work, "src/chapter_1.md");
  const snippet = toSite(box("mdBook", "html"), site);
  writeFileSync(chapter, `${readFileSync(chapter, "utf8")}\n${snippet}\nMore.\n`);
  expect(box("mdBook", "sh")).toBe("mdbook build\n");
  run(MDBOOK, "build");
  await page.goto(`${await serve("book/")}chapter_1.html`);
  await tryIt(page, errors);
});

test("the mdBook of the examples has what the README says", async ({ page, site, errors }) => {
  cpSync(join(EXAMPLES, "mdbook"), work, { recursive: true });
  const chapter = join(work, "src/counter.md");
  const text = readFileSync(chapter, "utf8");
  expect(text).toContain(`\n\n${box("mdBook", "html")}\n`);
  writeFileSync(chapter, toSite(text, site));
  run(MDBOOK, "build");
  const address = await serve("book/");
  await page.goto(`${address}counter.html`);
  await page.screenshot({ path: "results/mdbook.png" });
  await tryIt(page, errors);
  await page.screenshot({ path: "results/mdbook-run.png", fullPage: true });
});

test("a VitePress site by the README's steps, and a step from page to page", async ({
  page,
  site,
  errors,
}) => {
  test.setTimeout(120_000);
  const vitepress = join(EXAMPLES, "vitepress");
  const packages = join(vitepress, "node_modules");
  if (!existsSync(packages)) throw new Error("run `cargo xtask setup`");
  for (const file of [".vitepress/config.js", "counter.md", "index.md", "package.json"]) {
    cpSync(join(vitepress, file), join(work, file));
  }
  symlinkSync(packages, join(work, "node_modules"));
  const config = readFileSync(join(work, ".vitepress/config.js"), "utf8");
  const text = readFileSync(join(work, "counter.md"), "utf8");
  expect(config).toBe(box("VitePress", "js"));
  expect(text).toContain(`\n\n${box("VitePress", "html")}\n`);
  writeFileSync(join(work, ".vitepress/config.js"), toSite(config, site));
  writeFileSync(join(work, "counter.md"), toSite(text, site));
  expect(box("VitePress", "sh")).toBe("npx vitepress build\n");
  run("npx", "vitepress", "build");
  const address = await serve(".vitepress/dist/");
  // Vue makes the page anew in place of the one before.
  await page.goto(address);
  await page.getByRole("link", { name: "one hot counter" }).click();
  await expect(page.getByRole("heading", { name: "One hot counter" })).toBeVisible();
  await tryIt(page, errors);
  await page.screenshot({ path: "results/vitepress.png", fullPage: true });
  // And opened by itself it comes as the server wrote it.
  await page.goto(`${address}counter.html`);
  await tryIt(page, errors);
});

test("without scripts, documentation has the link", async ({ browser, site }) => {
  cpSync(join(EXAMPLES, "mdbook"), work, { recursive: true });
  const chapter = join(work, "src/counter.md");
  writeFileSync(chapter, toSite(readFileSync(chapter, "utf8"), site));
  run(MDBOOK, "build");
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(`${await serve("book/")}counter.html`);
  await expect(page.getByRole("link", { name: "See it in Interleave" })).toHaveAttribute(
    "href",
    `${site}/#example=hot-counter`,
  );
  await page.close();
});
