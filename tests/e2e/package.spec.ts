/**
 * The npm package as others use it: packed, installed into an empty project, built by Vite, and opened
 * in a page that is isolated and in one that is not. `cargo xtask package` makes it.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { folder, forgetMissing, Host } from "./host.ts";

const TARBALL = fileURLToPath(
  new URL("../../target/package/evm-playground-0.1.0.tgz", import.meta.url),
);
const www = createRequire(new URL("../../www/package.json", import.meta.url));
const VITE = join(dirname(www.resolve("vite/package.json")), "bin/vite.js");
const TSC = www.resolve("typescript/bin/tsc");

const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** What a stranger writes: it compiles only if the types are what the package's README says. */
const MAIN = `
import { createEngine, EngineError, type PlaygroundEngine, type Report } from "evm-playground";
import "evm-playground/element";

const RING = \`// Ring
let n = 40;
let people = accounts("person", n);
for i in 0..n { transfer(people[i], people[(i + 1) % n], 1); }
\`;

const failure = async (run: () => Promise<Report>): Promise<unknown[]> => {
  try {
    const report = await run();
    return ["none", report.title];
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return [error.kind, error.message, error.problems[0]?.place?.line];
  }
};

async function all(runner: "threads" | "simulated") {
  const engine: PlaygroundEngine = await createEngine();
  const phases = new Set<string>();
  const run = (script: string, settings = {}) => engine.run(script, settings);
  const report = await run(RING, {
    runner, workers: 2, strategy: "dag", progress: ({ phase }: { phase: string }) => phases.add(phase),
  });
  const { title, version, summary } = report;
  const twice = await Promise.all([run(RING), run(RING)]);
  const stop = new AbortController();
  const long = failure(() => run(RING.replace("40", "10_000"), { signal: stop.signal }));
  setTimeout(() => stop.abort(), 50);
  const outcomes = {
    threads: engine.threads,
    strategies: engine.catalog.strategies.length,
    report: { title, version, summary },
    same: twice[0]?.summary.digest === twice[1]?.summary.digest,
    stopped: await long,
    after: await failure(() => run(RING)),
    problems: await failure(() => run("let a = 1;\\nlet b = nothing();")),
    options: await failure(() => run(RING, { workers: 0 })),
    unknown: await failure(() => run(RING, { speed: 2 })),
    disposed: [] as unknown[][],
  };
  const last = failure(() => run(RING));
  const waiting = failure(() => run(RING));
  setTimeout(() => engine.dispose());
  outcomes.disposed = [await last, await waiting, await failure(() => run(RING))];
  return outcomes;
}

Object.assign(window, { all });
document.querySelector("evm-playground")?.setScript satisfies ((text: string) => void) | undefined;
`;

const CONFIG = {
  compilerOptions: {
    target: "ES2023",
    lib: ["ES2023", "DOM"],
    module: "ESNext",
    moduleResolution: "bundler",
    strict: true,
    noEmit: true,
    types: [],
  },
  files: ["main.ts"],
};

let work: string;
let host: Host | undefined;

test.beforeAll(() => {
  test.setTimeout(180_000);
  if (!existsSync(TARBALL)) throw new Error("no package: run `cargo xtask package`");
  work = mkdtempSync(join(tmpdir(), "interleave-package-"));
  const write = (file: string, text: string) => writeFileSync(join(work, file), text);
  write("package.json", JSON.stringify({ name: "stranger", private: true, type: "module" }));
  write("main.ts", MAIN);
  write("tsconfig.json", JSON.stringify(CONFIG));
  write(
    "index.html",
    `<!doctype html><html lang="en"><title>Stranger</title><evm-playground></evm-playground>
    <script type="module" src="/main.ts"></script></html>`,
  );
  const run = (program: string, ...options: string[]) =>
    execFileSync(program, options, { cwd: work, stdio: "pipe", timeout: 150_000, encoding: "utf8" });
  run("npm", "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", TARBALL);
  run("node", TSC, "--project", "tsconfig.json");
  // Vite's usual settings: the package asks for none of its own.
  run("node", VITE, "build", "--logLevel", "warn");
});

test.afterEach(() => host?.close());
test.afterAll(() => rmSync(work, { recursive: true }));

type Outcomes = {
  threads: number;
  report: { title: string; version: number; summary: Record<string, unknown> };
  [name: string]: unknown;
};

async function outcomes(page: Page, headers: Record<string, string>): Promise<Outcomes> {
  host = new Host(folder(join(work, "dist/")));
  host.headers = headers;
  await page.goto(await host.listen("localhost"));
  const runner = "Cross-Origin-Opener-Policy" in headers ? "threads" : "simulated";
  await page.waitForFunction(() => Reflect.has(window, "all"));
  return page.evaluate((runner) => {
    const all = Reflect.get(window, "all") as (runner: string) => Promise<Outcomes>;
    return all(runner);
  }, runner);
}

for (const [name, headers, runner] of [
  ["isolated", ISOLATED, "threads"],
  ["not isolated", {}, "simulated"],
] as const) {
  test(`an empty Vite project runs the engine, ${name}`, async ({ page, errors }) => {
    test.setTimeout(120_000);
    const found = await outcomes(page, headers);
    if (runner === "threads") expect(found.threads).toBeGreaterThan(1);
    else expect(found.threads).toBe(1);
    expect(found.report.title).toBe("Ring");
    expect(found.report.summary).toMatchObject({
      runner,
      strategy: "dag",
      workers: 2,
      transactions: 40,
      matches: true,
    });
    expect(found["same"]).toBe(true);
    expect(found["stopped"]).toEqual(["stopped", "the run was stopped", undefined]);
    expect(found["after"]).toEqual(["none", "Ring"]);
    expect(found["problems"]).toEqual(["problems", expect.stringContaining("nothing"), 2]);
    expect(found["options"]).toEqual(["options", "workers is not a number of workers", undefined]);
    expect(found["unknown"]).toEqual(["options", "there is no option speed", undefined]);
    const gone = ["disposed", "the engine was disposed of", undefined];
    expect(found["disposed"]).toEqual([gone, gone, gone]);
    // The workers are gone with it.
    await expect.poll(() => page.workers().length).toBe(0);
    forgetMissing(errors);
  });
}

test("the package has its licences, and its README what it exports", () => {
  const inside = join(work, "node_modules/evm-playground");
  const text = (file: string) => readFileSync(join(inside, file), "utf8");
  expect(text("LICENSE-MIT")).toContain("MIT");
  expect(text("LICENSE-APACHE")).toContain("Apache License");
  expect(text("third-party.txt")).toMatch(/^revm \d+\.\d+\.\d+: \S/m);
  const { exports } = JSON.parse(text("package.json")) as { exports: Record<string, unknown> };
  for (const found of Object.values(exports)) {
    const files = typeof found === "string" ? [found] : Object.values(found as object);
    for (const file of files) expect(existsSync(join(inside, String(file)))).toBe(true);
  }
  const readme = text("README.md");
  for (const kind of ["options", "problems", "stopped", "failed", "disposed"]) {
    expect(readme).toContain(`| \`${kind}\` |`);
  }
});
