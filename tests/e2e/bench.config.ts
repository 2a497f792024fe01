/** `npm run bench`: measures the built page's engine instead of testing it. */
import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

export default defineConfig({
  ...config,
  projects: [{ name: "bench", testMatch: "bench.ts", testIgnore: [] }],
  reporter: "line",
});
