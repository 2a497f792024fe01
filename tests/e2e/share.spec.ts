/** Links, saved files, and the address that follows what a person does. */
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { forgetMissing, Host, page as pageOf } from "./host.ts";
import { Playground } from "./playground.ts";

const MINE = '// Mine\nlet a = account("a");\nlet b = account("b");\ntransfer(a, b, ether(1));\n';
const THEIRS =
  '// Theirs\nlet c = account("c");\nfor i in 0..5 {\n    transfer(c, c, wei(i));\n}\n';
const WORD = `contract Word { uint256 public said; function say(uint256 n) external { said += n; } }\n`;

type LinkFile = { fragment: string };
const LINKS = JSON.parse(
  readFileSync(new URL("../../www/src/share/links.json", import.meta.url), "utf8"),
) as LinkFile[];

const holding = (value: unknown) =>
  `#v1=${deflateRawSync(JSON.stringify(value)).toString("base64url")}`;

/** What the page says of a link. */
const said = (page: Page) => page.getByRole("status", { name: "Link" });

/** Waits until the address has caught up. */
async function caughtUp(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => sessionStorage.getItem("interleave.behind")))
    .toBeNull();
}

test("a link opens the same script, contracts, options, view, selection and zoom", async ({
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const playground = new Playground(page);
  await playground.open();
  await playground.writeContract(WORD);
  await playground.chooseTab("Script");
  await playground.write(
    '// Words\nlet w = deploy("Word");\nfor a in accounts("a", 30) {\n    send(a, w, "say(uint256)", [1]);\n}\n',
  );
  await playground.workers.fill("5");
  await playground.workers.press("Enter");
  await playground.runAndFinish();
  await page.getByRole("tab", { name: "Transactions" }).click();
  await playground.timeline.focus();
  await page.keyboard.press(".");
  await page.keyboard.press(".");
  await page.keyboard.press("w");
  await page.keyboard.press("w");
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByRole("status", { name: "Copied" })).toHaveText("Link copied.");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain("/#v1=");

  const other = await context.newPage();
  await other.goto(link);
  const opened = new Playground(other);
  await expect(opened.editor).toContainText("// Words");
  await expect(said(other)).toContainText("This came from a link. It runs when you press Run.");
  await expect(opened.workers).toHaveValue("5");
  await said(other).getByRole("button", { name: "Run it" }).click();
  await expect(opened.matches).toBeVisible({ timeout: 30_000 });
  await opened.finished();
  await expect(opened.inspector).toContainText("Transaction #1");
  await expect(other.getByRole("tab", { name: "Transactions" })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await other.getByRole("button", { name: "Share" }).click();
  await expect(other.getByRole("textbox", { name: "Link" })).toHaveValue(link);
});

test("the script of a link is shown and not even checked until Run", async ({ page }) => {
  await page.goto(`/${holding({ script: "// Theirs\nlet x = nothing();\n" })}`);
  const playground = new Playground(page);
  await expect(playground.engine).toHaveText(/thread/);
  await expect(playground.editor).toContainText("// Theirs");
  // An engine that is asked answers within this.
  await page.waitForTimeout(600);
  await expect(playground.problems).toHaveCount(0);
  await expect(page.getByText("Nothing has run yet")).toBeVisible();

  // Another option does not count as having looked at it, and neither does another load.
  await playground.workers.fill("3");
  await playground.workers.press("Enter");
  await caughtUp(page);
  await page.reload();
  await expect(playground.workers).toHaveValue("3");
  await expect(playground.engine).toHaveText(/thread/);
  await page.waitForTimeout(600);
  await expect(playground.problems).toHaveCount(0);
  await playground.runAndFinish();
  await expect(playground.problems).toHaveCount(1);
});

test("links of the first version still run", async ({ page }) => {
  for (const { fragment } of LINKS) {
    await page.goto("about:blank");
    await page.goto(`/#${fragment}`);
    const playground = new Playground(page);
    await expect(playground.engine).toHaveText(/thread/);
    if (fragment.startsWith("v1=")) await playground.run.click();
    await expect(playground.matches).toBeAttached({ timeout: 30_000 });
    await expect(said(page).getByText("cannot be opened")).toHaveCount(0);
  }
});

test("the readable form opens an example and runs it", async ({ page }) => {
  await page.goto("/#example=token-ring&strategy=dag&workers=4&panel=locations&tx=3");
  const playground = new Playground(page);
  await expect(playground.matches).toBeVisible({ timeout: 30_000 });
  await expect(playground.strategy).toHaveValue("dag");
  await expect(playground.workers).toHaveValue("4");
  await expect(playground.inspector).toContainText("Transaction #3");
  await expect(page.getByRole("tab", { name: "Hot variables" })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await expect(said(page)).toBeHidden();
});

test("a link that cannot be opened says why, and loses nothing", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(MINE);
  await caughtUp(page);
  const long = holding({ script: `${THEIRS}// ${Array.from({ length: 500 }, Math.random)}` });
  for (const [fragment, why] of [
    [long.slice(0, -40), "it is cut off or damaged"],
    ["#v2=abc", "it was made by a newer version of Interleave"],
    [`#v1=${"A".repeat(70_000)}`, "it is too long"],
    [`#v1=${deflateRawSync(Buffer.alloc(40_000_000)).toString("base64url")}`, "more than 4 MiB"],
    [holding({ script: 3 }), "/script is not a text"],
    ["#example=nothing-of-the-kind", "there is no example called nothing-of-the-kind"],
  ] as const) {
    await page.evaluate((hash) => (location.hash = hash), fragment);
    await expect(said(page)).toContainText("This link cannot be opened");
    await expect(said(page)).toContainText(why);
    await expect(playground.editor).toContainText("// Mine");
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(said(page)).toBeHidden();
  }
  // The same when the page starts with it.
  await page.goto("about:blank");
  await page.goto(`/${long.slice(0, -40)}`);
  await expect(said(page)).toContainText("it is cut off or damaged");
  await expect(playground.editor).toContainText("// Mine");
  await expect(playground.engine).toHaveText(/thread/);
  await page.goto("about:blank");
  await page.goto("/#example=nothing-of-the-kind");
  await expect(said(page)).toContainText("there is no example called");
  await expect(playground.editor).toContainText("// Mine");
});

test("what a link took the place of can be brought back, even after another load", async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(MINE);
  await caughtUp(page);
  await page.evaluate((hash) => (location.hash = hash), holding({ script: THEIRS }));
  await expect(playground.editor).toContainText("// Theirs");
  await expect(playground.editor).not.toContainText("// Mine");
  await said(page).getByRole("button", { name: "Bring back what was here" }).click();
  await expect(playground.editor).toContainText("// Mine");
  await expect(said(page)).toBeHidden();

  await page.goto("about:blank");
  await page.goto(`/${holding({ script: THEIRS })}`);
  await expect(playground.editor).toContainText("// Theirs");
  await playground.editor.press("ControlOrMeta+End");
  await page.keyboard.insertText("// and more\n");
  await caughtUp(page);
  await page.reload();
  await expect(playground.editor).toContainText("// and more");
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: /^Bring back/ }).click();
  await expect(playground.editor).toContainText("// Mine");
});

test("of links one after another none takes what the reader wrote", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(MINE);
  await caughtUp(page);
  const follow = (script: string) =>
    page.evaluate((hash) => (location.hash = hash), holding({ script }));
  await follow(THEIRS);
  await expect(playground.editor).toContainText("// Theirs");
  await follow("// Others\n");
  await expect(playground.editor).toContainText("// Others");
  // The same after a load, which reads the state of the page that it wrote itself.
  await playground.workers.fill("3");
  await playground.workers.press("Enter");
  await caughtUp(page);
  await page.reload();
  await expect(playground.editor).toContainText("// Others");
  await follow(THEIRS);
  await expect(playground.editor).toContainText("// Theirs");
  await said(page).getByRole("button", { name: "Bring back your own texts" }).click();
  await expect(playground.editor).toContainText("// Mine");
});

test("contracts are brought back where only they differ, and what is back is looked at", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.writeContract("contract Word { uint256 said }");
  await playground.chooseTab("Script");
  await playground.write(MINE);
  await expect(page.getByText(/1 error/).first()).toBeVisible({ timeout: 30_000 });
  await caughtUp(page);
  await page.evaluate((hash) => (location.hash = hash), holding({ script: MINE }));
  await expect(playground.problems).toHaveCount(0);
  await said(page).getByRole("button", { name: "Bring back what was here" }).click();
  await expect(playground.problems).toHaveCount(1, { timeout: 30_000 });
  await playground.chooseTab("Contracts");
  await expect(playground.solidity("Contract.sol")).toContainText("uint256 said");

  // Beside an example too.
  await playground.chooseExample("One hot counter");
  await caughtUp(page);
  await page.goto("about:blank");
  await page.goto("/#example=hot-counter&strategy=block-stm&workers=8");
  await expect(playground.matches).toBeVisible({ timeout: 30_000 });
  await said(page).getByRole("button", { name: "Bring back what was here" }).click();
  await playground.chooseTab("Contracts");
  await expect(playground.solidity("Contract.sol")).toContainText("uint256 said");
});

test("texts whose lines end as on Windows wait for Run like any others", async ({ page }) => {
  const script = "// Theirs\r\nlet x = nothing();\r\n";
  const files = [{ name: "Word.sol", text: WORD.replaceAll("{ ", "{\r\n") }];
  await page.goto(`/${holding({ script, files })}`);
  const playground = new Playground(page);
  await expect(playground.engine).toHaveText(/thread/);
  await playground.chooseTab("Contracts");
  await expect(playground.solidity("Word.sol")).toContainText("said");
  // An engine that is asked answers within this, and the compiler has begun.
  await page.waitForTimeout(1200);
  await expect(said(page)).toContainText("It runs when you press Run.");
  await expect(playground.problems).toHaveCount(0);
  await expect(playground.compiler).toBeEmpty();
});

test("the text of an example that has changed since is no longer that example", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.chooseExample("Independent transfers");
  await expect(page).toHaveURL(/#example=independent-transfers/);
  await page.goto("about:blank");
  await page.addInitScript(() => {
    if (location.protocol === "about:") return;
    localStorage.setItem("interleave.script", "// An older version\n");
    localStorage.setItem("interleave.example", "independent-transfers");
  });
  await page.goto("/");
  await expect(playground.engine).toHaveText(/thread/, { timeout: 30_000 });
  await expect(playground.editor).toContainText("// An older version");
  await expect(page).toHaveURL(/#v1=/);
});

test("the address follows without a step back for each change", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const steps = await page.evaluate(() => history.length);
  await playground.chooseExample("Independent transfers");
  await expect(page).toHaveURL(/#example=independent-transfers&strategy=block-stm&workers=8$/);
  await playground.workers.fill("3");
  await playground.workers.press("Enter");
  await expect(page).toHaveURL(/workers=3$/);
  await playground.write(MINE);
  await expect(page).toHaveURL(/#v1=/);
  expect(await page.evaluate(() => history.length)).toBe(steps);
  // Nothing is written when nothing happens.
  await caughtUp(page);
  const writes = await page.evaluate(async () => {
    let count = 0;
    const write = history.replaceState.bind(history);
    history.replaceState = (...values) => {
      count += 1;
      write(...values);
    };
    await new Promise((resolve) => setTimeout(resolve, 1200));
    return count;
  });
  expect(writes).toBe(0);
});

test("two tabs keep their own texts over a reload", async ({ page, context }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(MINE);
  await caughtUp(page);
  const other = await context.newPage();
  await other.goto("/");
  const second = new Playground(other);
  await expect(second.engine).toHaveText(/thread/);
  await second.write(THEIRS);
  await caughtUp(other);
  await page.reload();
  await expect(playground.editor).toContainText("// Mine");
  await expect(said(page)).toBeHidden();
  await other.reload();
  await expect(second.editor).toContainText("// Theirs");
});

test("what is too large for a link is saved to a file, which opens by drop and by picker", async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  let state = 1;
  const noise = Array.from({ length: 90_000 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(97 + (state % 26));
  }).join("");
  await playground.write(`${MINE}// ${noise}\n`);
  await caughtUp(page);
  expect(new URL(page.url()).hash).toBe("");
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page.getByText("too large for a link")).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save to a file" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("batch.interleave.json");
  const saved = readFileSync(await file.path(), "utf8");

  await playground.write("// Something else\n");
  await drop(page, "mine.interleave.json", saved);
  await expect(playground.editor).toContainText("// Mine");
  await expect(said(page)).toContainText("This came from a file. It runs when you press Run.");
  await playground.runAndFinish();
  await expect(playground.matches).toBeVisible();

  await page.getByRole("button", { name: "Share" }).click();
  await page.getByLabel("File to open").setInputFiles([
    { name: "bad.interleave.json", mimeType: "text/plain", buffer: Buffer.from('{"interleave": 9}') },
  ]);
  await expect(said(page)).toContainText("This file cannot be opened");
  await expect(playground.editor).toContainText("// Mine");
});

test("scripts and contracts can be dropped anywhere", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await drop(page, "theirs.rhai", THEIRS);
  await expect(playground.editor).toContainText("// Theirs");
  await playground.editor.press("ControlOrMeta+z");
  await expect(playground.editor).toContainText("One hot counter");
  await drop(page, "Word.sol", WORD);
  await expect(playground.solidity("Word.sol")).toContainText("said += n");
});

test("a run is copied as Markdown, and names in it are no markup", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const playground = new Playground(page);
  await playground.open();
  await playground.write(MINE.replace("// Mine", "// <b>*Mine*</b>"));
  await playground.runAndFinish();
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  await expect(page.getByRole("status", { name: "Copied" })).toHaveText("Markdown copied.");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain(String.raw`**\<b\>\*Mine\*\</b\>**`);
  expect(text).toMatch(/\[Open in Interleave\]\(http:\/\/localhost:\d+\/#v1=[\w-]+\)/);
});

test("a run is copied as Markdown with its picture, which is a file beside it", async ({
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "Share" }).press("Enter");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Markdown with picture" }).press("Enter");
  const picture = await saving;
  const name = picture.suggestedFilename();
  expect(name).toMatch(/^[\w-]+-timeline\.png$/);
  await expect(page.getByRole("status", { name: "Copied" })).toHaveText(
    `Markdown copied. The picture is saved as ${name}: put it beside the document.`,
  );
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain(`](${name})](http://localhost:`);
  const file = await picture.path();
  // It is drawn: one colour alone would be a few hundred bytes.
  const bytes = readFileSync(file);
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(bytes.readUInt32BE(16)).toBe(1600);
  expect(bytes.length).toBeGreaterThan(5000);
});

test("the embed code shows the same run in another page", async ({
  page,
  context,
  site,
  errors,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const playground = new Playground(page);
  await playground.open();
  await playground.write(MINE);
  await playground.runAndFinish();
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Copy embed code" }).click();
  await expect(page.getByRole("status", { name: "Copied" })).toHaveText("Embed code copied.");
  const code = await page.evaluate(() => navigator.clipboard.readText());
  const host = new Host(pageOf(() => `<!doctype html><title>Host</title>${code}`, site));
  await page.goto(await host.listen("127.0.0.1"));
  await page.getByRole("button", { name: "Open the playground here" }).click();
  const frame = page.locator("iframe").contentFrame();
  await expect(frame.getByRole("textbox", { name: "Script" })).toContainText("Mine", {
    timeout: 30_000,
  });
  host.close();
  forgetMissing(errors);
});

test("where copying is refused, the text is shown and selected", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "clipboard", {
      value: { writeText: () => Promise.reject(new Error("refused")) },
    });
  });
  const playground = new Playground(page);
  await playground.open();
  await page.getByRole("button", { name: "Share" }).press("Enter");
  const link = await page.getByRole("textbox", { name: "Link", exact: true }).inputValue();
  for (const [button, what, begins] of [
    ["Copy link", "Link", link],
    ["Copy embed code", "Embed code", "<script src="],
    ["Copy as Markdown", "Markdown", "**"],
  ] as const) {
    await page.getByRole("button", { name: button }).press("Enter");
    await expect(page.getByRole("status", { name: "Copied" })).toHaveText(
      "The browser does not allow copying: copy what is selected below by hand.",
    );
    const field = page.getByRole("textbox", { name: `${what}, to copy` });
    await expect(field).toBeFocused();
    expect((await field.inputValue()).startsWith(begins)).toBe(true);
    const selected = await field.evaluate((each: HTMLTextAreaElement) => [
      each.selectionStart,
      each.selectionEnd - each.value.length,
    ]);
    expect(selected).toEqual([0, 0]);
  }
  await page.screenshot({ path: "results/share-refused.png" });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.screenshot({ path: "results/share-360.png" });
});

/** Drops a file in the middle of the page. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  await page.getByRole("region", { name: "Result", exact: true }).evaluate(
    (target, file) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([file.text], file.name));
      for (const type of ["dragover", "drop"]) {
        target.dispatchEvent(
          new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }),
        );
      }
    },
    { name, text },
  );
}

test("a link that comes while a run makes room for an example waits for Run all the same", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(
    'let airdrop = deploy("Airdrop", [ether(1_000_000)]);\nfor h in accounts("h", 10_000) { send(h, airdrop, "claim(uint256)", [1]); }\n',
  );
  await playground.run.click();
  await expect(playground.stop).toBeEnabled();
  const gallery = await playground.openExamples();
  const example = gallery.getByRole("button", { name: "Independent transfers", exact: true }).first();
  // Both before the engine has stopped.
  await example.evaluate((button: HTMLElement, hash) => {
    button.click();
    location.hash = hash;
  }, holding({ script: THEIRS }));
  await expect(said(page).getByRole("button", { name: "Run it" })).toBeVisible();
  await playground.finished();
  await expect(playground.run).toBeEnabled();
  await expect(page.getByRole("region", { name: "Verdict" })).not.toContainText("Theirs");
  await expect(said(page).getByRole("button", { name: "Run it" })).toBeVisible();
});
