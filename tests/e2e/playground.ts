/** The page as a person uses it: everything is found by its role and name. */
import type { Locator, Page, Worker } from "@playwright/test";
import { expect } from "./fixture.ts";

export type Runner = "Simulated" | "Threads";

/** The address of the worker that has the engine. */
export const ENGINE = /\/worker-[^/]*$/;

export class Playground {
  readonly page: Page;
  readonly editor: Locator;
  readonly result: Locator;
  readonly engine: Locator;
  readonly run: Locator;
  readonly stop: Locator;
  readonly strategy: Locator;
  readonly workers: Locator;
  readonly problems: Locator;
  readonly compiler: Locator;
  readonly inspector: Locator;
  readonly timeline: Locator;
  readonly matches: Locator;
  readonly notice: Locator;

  constructor(page: Page) {
    this.page = page;
    this.editor = page.getByRole("textbox", { name: "Script" });
    this.result = page.getByRole("region", { name: "Result", exact: true });
    this.engine = page.getByRole("status", { name: "Engine" });
    this.run = page.getByRole("button", { name: "Run", exact: true });
    this.stop = page.getByRole("button", { name: "Stop" });
    this.strategy = page.getByRole("combobox", { name: "Strategy" });
    this.workers = page.getByRole("spinbutton", { name: "Workers" });
    this.problems = page.getByRole("list", { name: "Problems" }).getByRole("listitem");
    this.compiler = page.getByRole("status", { name: "Compiler" });
    this.inspector = page.getByRole("region", { name: "Inspector" });
    this.timeline = page.getByRole("application", { name: /^Timeline/ });
    this.matches = page.getByText("Matches sequential execution");
    this.notice = page.getByRole("status", { name: "Result" });
  }

  /** Opens the page and waits for the example that runs by itself. */
  async open(): Promise<void> {
    await this.page.goto("/");
    await expect(this.matches).toBeAttached({ timeout: 30_000 });
    await this.finished();
  }

  /** Waits until no run is under way. */
  async finished(): Promise<void> {
    await expect(this.result).toHaveAttribute("aria-busy", "false", { timeout: 45_000 });
  }

  async runAndFinish(): Promise<void> {
    await this.run.click();
    await this.finished();
  }

  /** The worker that has the engine. */
  engineWorker(): Worker {
    // One that was ended while it was busy is listed until it has noticed.
    const engine = this.page.workers().findLast((worker) => ENGINE.test(worker.url()));
    if (!engine) throw new Error("the page has no engine");
    return engine;
  }

  /** Waits until there is another engine; for a moment there is none. */
  async engineReplaced(before: Worker): Promise<void> {
    const next = () => this.page.workers().some((each) => each !== before && ENGINE.test(each.url()));
    await expect.poll(next, { intervals: [20] }).toBe(true);
    await expect(this.engine).toHaveText(/thread/, { timeout: 30_000 });
  }

  /** Lets the engine fail with an error that nothing catches. */
  async breakEngine(): Promise<void> {
    await this.engineWorker().evaluate(() => {
      setTimeout(() => {
        throw new Error("broken on purpose");
      });
    });
  }

  /** Replaces the script. */
  async write(script: string): Promise<void> {
    await this.editor.press("ControlOrMeta+a");
    await this.page.keyboard.insertText(script);
  }

  async chooseTab(name: "Script" | "Contracts"): Promise<void> {
    await this.page.getByRole("tablist", { name: "Editor" }).getByRole("tab", { name }).click();
  }

  /** The editor of a file of Solidity. */
  solidity(file: string): Locator {
    return this.page.getByRole("textbox", { name: `Solidity, ${file}`, exact: true });
  }

  /** Replaces the Solidity of the first file, which is made if there is none. */
  async writeContract(text: string): Promise<void> {
    await this.chooseTab("Contracts");
    const editor = this.page.getByRole("textbox", { name: /^Solidity, / }).first();
    const add = this.page.getByRole("button", { name: "New Solidity file" });
    await expect(editor.or(add).first()).toBeVisible();
    if (!(await editor.isVisible())) await add.click();
    await editor.press("ControlOrMeta+a");
    await this.page.keyboard.insertText(text);
  }

  /** Waits until the contracts are compiled. */
  async compiled(): Promise<void> {
    await expect(this.compiler).toHaveText(/^\d+ contracts? for \w+$/, { timeout: 30_000 });
  }

  /** Opens a file of contracts as the file picker does. */
  async openContract(name: string, text: string): Promise<void> {
    await this.chooseTab("Contracts");
    const file = { name, mimeType: "text/plain", buffer: Buffer.from(text) };
    await this.page.getByLabel("Files of contracts").setInputFiles([file]);
  }

  /** Opens the gallery. */
  async openExamples(): Promise<Locator> {
    await this.page.getByRole("button", { name: "Examples" }).click();
    return this.page.getByRole("dialog", { name: "Examples" });
  }

  async chooseExample(title: string): Promise<void> {
    const gallery = await this.openExamples();
    await gallery.getByRole("listitem").getByRole("button", { name: title, exact: true }).first().click();
    await this.finished();
  }

  async chooseRunner(runner: Runner): Promise<void> {
    await this.page.getByRole("radio", { name: runner }).check();
  }

  /** The titles of all examples, as the gallery lists them. */
  async exampleTitles(): Promise<string[]> {
    const gallery = await this.openExamples();
    const titles = await gallery.locator(".card .title").allTextContents();
    await this.page.keyboard.press("Escape");
    return titles;
  }

  /** The text under each mark of the editor. */
  underlined(): Locator {
    return this.page.locator(".cm-lintRange-error");
  }
}
