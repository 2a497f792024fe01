/**
 * Browser tests of the built page, as `www/server` serves it: under the real security policy.
 *
 * Every test runs on an isolated page unless its file ends in `.not-isolated.spec.ts`; those are
 * served as by a host that cannot set the headers.
 */
import { defineConfig, devices } from "@playwright/test";

const ISOLATED = "http://localhost:4190";
const NOT_ISOLATED = "http://localhost:4191";
const SERVER = "node ../../www/server/serve.js";

export default defineConfig({
  testDir: ".",
  outputDir: "results",
  forbidOnly: true,
  retries: 0,
  // The engine's own threads want the cores.
  workers: 1,
  timeout: 60_000,
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    launchOptions: {
      executablePath: process.env["CHROME"] ?? "/usr/bin/chromium",
      args: ["--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
    },
    trace: "retain-on-failure",
  },
  projects: [
    {
      name: "isolated",
      testMatch: "*.spec.ts",
      testIgnore: "*.not-isolated.spec.ts",
      use: { baseURL: ISOLATED },
    },
    { name: "not-isolated", testMatch: "*.not-isolated.spec.ts", use: { baseURL: NOT_ISOLATED } },
  ],
  webServer: [
    { command: `${SERVER} --port 4190`, url: ISOLATED },
    { command: `${SERVER} --port 4191 --no-isolation`, url: NOT_ISOLATED },
  ],
});
