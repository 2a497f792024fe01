/**
 * Browser tests of the built page.
 *
 * Every test runs on an isolated page unless its file ends in `.not-isolated.spec.ts`; those are
 * served as by a host that cannot set the headers. `fixture.ts` starts the servers.
 */
import { defineConfig, devices } from "@playwright/test";
import type { Site } from "./fixture.ts";

export default defineConfig<object, Site>({
  testDir: ".",
  outputDir: "results",
  forbidOnly: true,
  retries: 0,
  // The engine's own threads want the cores.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    // What cannot be clicked says so, and does not wait for the end of a long test.
    actionTimeout: 30_000,
    launchOptions: {
      executablePath: process.env["CHROME"] ?? "/usr/bin/chromium",
      args: ["--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
    },
    // A trace of every test takes a quarter of the time of all; `--trace on` makes one where it is wanted.
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "isolated", testIgnore: "*.not-isolated.spec.ts" },
    { name: "not-isolated", testMatch: "*.not-isolated.spec.ts", use: { isolated: false } },
  ],
});
