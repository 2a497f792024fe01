/** The page in Firefox; `cargo xtask firefox` installs it, and what drives it. */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "results",
  forbidOnly: true,
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  reporter: "list",
});
