/**
 * The page inside pages of another site: what each kind of page gets. The table of `isolation` is the
 * one that browsers were measured by.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type ConsoleMessage, type FrameLocator, type Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { forgetMissing, Host, page as pageOf } from "./host.ts";

const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const PLAIN = readFileSync(new URL("../../examples/embed/index.html", import.meta.url), "utf8");

const frameOf = (page: Page) => page.locator("iframe").first().contentFrame();

async function runIn(frame: FrameLocator): Promise<void> {
  await frame.getByRole("button", { name: "Run", exact: true }).click();
  await expect(frame.getByText("Matches sequential execution")).toBeVisible({ timeout: 40_000 });
}

let html: string;
let host: Host;
test.beforeEach(({ site }) => {
  host = new Host(pageOf(() => html, site));
});
test.afterEach(() => host.close());

/** Opens the page that `html` is, on a site of its own. */
async function openHost(page: Page): Promise<void> {
  await page.goto(await host.listen("127.0.0.1"));
}

test("the script of the element is at most 3 kB, gzipped", () => {
  const script = readFileSync(new URL("../../www/public/embed.js", import.meta.url));
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(3000);
});

test("a plain page loads nothing until a click, runs nothing until Run, and gets threads", async ({
  page,
  site,
  errors,
}) => {
  const requests: string[] = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  html = PLAIN;
  await openHost(page);
  const button = page.getByRole("button", { name: "Try it here" });
  await expect(button).toBeVisible();
  expect(requests.filter((path) => path !== "/" && path !== "/favicon.ico")).toEqual(["/embed.js"]);
  await button.click();
  const frame = frameOf(page);
  await expect(frame.getByRole("status", { name: "Engine" })).toHaveText(/^([2-9]|\d\d) threads$/, {
    timeout: 30_000,
  });
  await expect(frame.getByText("Nothing has run yet")).toBeVisible();
  await runIn(frame);
  // Those in the frame; the page around it is nobody's concern here.
  const { violations } = await new AxeBuilder({ page }).analyze();
  const inFrame = violations.flatMap(({ id, nodes }) =>
    nodes.filter(({ target }) => target.length > 1).map(({ html }) => [id, html]),
  );
  expect(inFrame).toEqual([]);
  await page.screenshot({ path: "results/embed.png", fullPage: true });
  forgetMissing(errors);
});

for (const [name, headers, sandbox, threads] of [
  ["an ordinary page", {}, null, "many"],
  ["an isolated page", ISOLATED, null, "many"],
  ["a sandbox with the frame's origin", {}, "allow-scripts allow-same-origin allow-popups", "many"],
] as const) {
  test(`isolation: ${name}`, async ({ page, site, errors }) => {
    host.headers = headers;
    const sandboxed = sandbox === null ? "" : ` sandbox="${sandbox}"`;
    html = `<!doctype html><title>Host</title><iframe title="Interleave"${sandboxed}
      allow="cross-origin-isolated" width="800" height="600"
      src="https://playground.example/embed.html?views=verdict#example=hot-counter"></iframe>`;
    await openHost(page);
    const frame = frameOf(page);
    const many = /^([2-9]|\d\d) threads$/;
    await expect(frame.getByRole("status", { name: "Engine" })).toHaveText(
      threads === "many" ? many : "1 thread",
      { timeout: 30_000 },
    );
    await runIn(frame);
    forgetMissing(errors);
  });
}

test("isolation: a sandbox without an origin shows the link", async ({ page, site, errors }) => {
  html = `<!doctype html><title>Host</title><iframe title="Interleave" sandbox="allow-scripts"
    src="https://playground.example/embed.html#example=hot-counter"></iframe>`;
  await openHost(page);
  await expect(frameOf(page).getByRole("link", { name: "Open in Interleave" })).toBeVisible();
  // Browsers say that the script of an origin of nobody was not loaded.
  errors.length = 0;
});

test("where the browser refuses storage to frames of other sites, all is as elsewhere", async ({
  site,
}, info) => {
  info.setTimeout(120_000);
  const profile = mkdtempSync(join(tmpdir(), "interleave-profile-"));
  mkdirSync(join(profile, "Default"));
  // What "Block third-party cookies" in the settings writes.
  const preferences = { profile: { block_third_party_cookies: true, cookie_controls_mode: 1 } };
  writeFileSync(join(profile, "Default/Preferences"), JSON.stringify(preferences));
  const { launchOptions, viewport } = info.project.use;
  const context = await chromium.launchPersistentContext(profile, { ...launchOptions, viewport });
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    const heard = (message: ConsoleMessage) => {
      if (message.type() === "error") errors.push(message.text());
    };
    page.on("console", heard);
    page.on("worker", (worker) => worker.on("console", heard));
    html = `<!doctype html><title>Host</title><script src="https://playground.example/embed.js"></script>
      <evm-playground example="hot-counter" views="script,verdict,timeline"></evm-playground>`;
    await openHost(page);
    await page.getByRole("button", { name: "Open the playground here" }).click();
    const frame = frameOf(page);
    await expect(frame.getByRole("status", { name: "Engine" })).toHaveText(/^([2-9]|\d\d) threads$/, {
      timeout: 30_000,
    });
    const refusals = () => {
      const asked = [
        async () => localStorage.length,
        async () => sessionStorage.length,
        async () => caches.open("any"),
        async () => navigator.locks.request("any", () => undefined),
      ];
      const said = (error: unknown) => (error instanceof DOMException ? error.name : String(error));
      return Promise.all(asked.map((ask) => ask().then(() => "allowed", said)));
    };
    expect(await frame.locator("html").evaluate(refusals)).toEqual(Array(4).fill("SecurityError"));
    await runIn(frame);
    // What is changed in the frame works too, and nothing is said to be wrong.
    const script = frame.getByRole("textbox", { name: "Script" });
    await script.press("ControlOrMeta+a");
    await page.keyboard.insertText('// In a frame\ntransfer(account("a"), account("b"), 1);\n');
    await runIn(frame);
    await expect(frame.getByRole("region", { name: "Result" })).toContainText("In a frame");
    await expect(frame.getByRole("alert")).toHaveCount(0);
    forgetMissing(errors);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
});

test("without scripts there is what stands in the element", async ({ browser, site }) => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  html = PLAIN;
  await openHost(page);
  await expect(page.getByRole("link", { name: "See it in Interleave" })).toBeVisible();
  await page.close();
});

test("the page around runs, sets scripts, and hears of ready, results and errors", async ({
  page,
  site,
  errors,
}) => {
  html = `<!doctype html><title>Host</title><script src="https://playground.example/embed.js"></script>
    <evm-playground views="verdict" workers="3"></evm-playground>`;
  await openHost(page);
  await page.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(window, { heard });
    const element = document.querySelector("evm-playground");
    for (const kind of ["ready", "result", "error"]) {
      element?.addEventListener(kind, (event) => {
        const { detail } = event as CustomEvent<{
          report?: { title: string; summary: { workers: number } };
          message?: string;
        }>;
        heard.push([kind, detail.report?.title ?? detail.message, detail.report?.summary.workers]);
      });
    }
  });
  const call = (method: string, text?: string) =>
    page.evaluate(
      ([name, argument]) => {
        const element = document.querySelector("evm-playground");
        const act: unknown = element && Reflect.get(element, name ?? "");
        if (typeof act === "function") act.call(element, argument);
      },
      [method, text] as const,
    );
  const heard = () => page.evaluate(() => Reflect.get(window, "heard") as unknown[]);
  // The first call loads the frame, and waits for it.
  await call("setScript", '// From the host\ntransfer(account("a"), account("b"), 1);\n');
  await call("run");
  await expect.poll(heard, { timeout: 40_000 }).toContainEqual(["result", "From the host", 3]);
  expect((await heard())[0]).toEqual(["ready", undefined, undefined]);
  await call("setScript", "let x = nothing();");
  await call("run");
  await expect
    .poll(heard, { timeout: 40_000 })
    .toContainEqual(["error", expect.stringContaining("nothing"), undefined]);
  // What is written after a run is not what came of it.
  const before = (await heard()).length;
  await call("setScript", "// Mended\n");
  await page.waitForTimeout(600);
  expect((await heard()).slice(before)).toEqual([]);
  forgetMissing(errors);
});

test("a link with texts of its own is heard of too", async ({ page, errors }) => {
  const saved = { script: '// Own\ntransfer(account("a"), account("b"), 1);\n' };
  const link = `#v1=${deflateRawSync(JSON.stringify(saved)).toString("base64url")}`;
  html = `<!doctype html><title>Host</title><script src="https://playground.example/embed.js"></script>
    <evm-playground views="verdict" link="${link}"></evm-playground>`;
  await openHost(page);
  const title = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const element = document.querySelector("evm-playground");
        element?.addEventListener("result", (event) => {
          resolve((event as CustomEvent<{ report: { title: string } }>).detail.report.title);
        });
        const run: unknown = element && Reflect.get(element, "run");
        if (typeof run === "function") run.call(element);
      }),
  );
  expect(title).toBe("Own");
  forgetMissing(errors);
});

test("messages of others are not heard, and nothing is told to them", async ({
  page,
  site,
  errors,
}) => {
  html = `<!doctype html><title>Host</title><script src="https://playground.example/embed.js"></script>
    <evm-playground views="script,verdict" autorun></evm-playground>`;
  await openHost(page);
  const frame = page.frameLocator("evm-playground iframe");
  await expect(frame.getByText("Matches sequential execution")).toBeVisible({ timeout: 40_000 });
  await page.evaluate(() => {
    const root = document.querySelector("evm-playground")?.shadowRoot;
    const target = root?.querySelector("iframe")?.contentWindow;
    for (const message of [
      "run",
      { kind: "setScript", script: "// evil" },
      { interleave: 1, kind: "setScript", script: 3 },
      { interleave: 1, kind: "__proto__", script: "// evil" },
    ]) {
      target?.postMessage(message, "*");
    }
    // Another frame of the page is not the page around.
    const other = document.createElement("iframe");
    document.body.append(other);
    const code = other.contentDocument?.createElement("script");
    if (code) {
      code.textContent = `parent.document.querySelector("evm-playground").shadowRoot
        .querySelector("iframe").contentWindow
        .postMessage({ interleave: 1, kind: "setScript", script: "// evil" }, "*");`;
      other.contentDocument?.body.append(code);
    }
    // Nor does the element believe who is not its frame.
    window.postMessage({ interleave: 1, kind: "size", heightPx: 3333 }, "*");
  });
  await page.waitForTimeout(500);
  await expect(frame.getByRole("textbox", { name: "Script" })).not.toContainText("evil");
  const height = await page.locator("evm-playground iframe").evaluate((each) => each.clientHeight);
  expect(height).toBeLessThan(3000);
  forgetMissing(errors);
});

test("the button opens the full page with everything carried over", async ({
  page,
  site,
  errors,
  context,
}) => {
  html = `<!doctype html><title>Host</title><script src="https://playground.example/embed.js"></script>
    <evm-playground example="token-ring" strategy="dag" workers="5" views="verdict"></evm-playground>`;
  await openHost(page);
  await page.getByRole("button", { name: "Open the playground here" }).click();
  const frame = frameOf(page);
  await expect(frame.getByRole("status", { name: "Engine" })).toHaveText(/thread/, {
    timeout: 30_000,
  });
  const [full] = await Promise.all([
    context.waitForEvent("page"),
    frame.getByRole("link", { name: "Open the full page" }).click(),
  ]);
  await expect(full).toHaveURL(`${site}/#example=token-ring&strategy=dag&workers=5`);
  await expect(full.getByText("Matches sequential execution")).toBeVisible({ timeout: 40_000 });
  forgetMissing(errors);
});
