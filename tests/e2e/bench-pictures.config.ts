/** `npm run bench:pictures`: measures how fast the pictures are drawn instead of testing them. */
import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

export default defineConfig({
  ...config,
  projects: [{ name: "bench", testMatch: "bench-pictures.ts", testIgnore: [] }],
  reporter: "line",
});
