/**
 * `npm run snapshots`: compares the page with the pictures in `snapshots/`; with `-- --update-snapshots`
 * it takes those anew that changed.
 *
 * Fonts and browsers differ from machine to machine, so this is a command of its own, for whoever changes
 * how the page looks. What changed is to be looked at before it is kept.
 */
import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

export default defineConfig({
  ...config,
  timeout: 120_000,
  projects: [{ name: "snapshots", testMatch: "snapshots.ts", testIgnore: [] }],
});
