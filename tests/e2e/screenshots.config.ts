/** `npm run screenshots`: takes pictures of the page instead of testing it. */
import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

export default defineConfig({
  ...config,
  projects: [{ name: "screenshots", testMatch: "screenshots.ts", testIgnore: [] }],
});
