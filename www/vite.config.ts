/**
 * How the page is built. There is no development server: the page is always built and served by
 * `server/serve.js`, so that it never runs under another policy than the real one.
 */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { ahead } from "./scripts/ahead.js";
import { compiler } from "./scripts/compiler.js";
import { notices } from "./scripts/notices.js";
import { policy } from "./scripts/policy.js";

export default defineConfig({
  // Paths relative to the page, so that it can be hosted under any folder.
  base: "./",
  plugins: [
    svelte({
      // Templates made node by node: no `innerHTML`, which Trusted Types would refuse.
      compilerOptions: { runes: true, fragments: "tree" },
    }),
    compiler(),
    notices(),
    policy(),
    ahead(),
  ],
  // The worker helper of wasm-bindgen-rayon is an ES module. It imports the engine lazily, and so in
  // vain, which is no news.
  worker: { format: "es", rolldownOptions: { checks: { ineffectiveDynamicImport: false } } },
  build: {
    rolldownOptions: {
      input: ["index.html", "embed.html"],
      output: {
        codeSplitting: {
          // Few files to wait for: what is there at first, the editor, and what several other parts need.
          groups: [
            { name: "page", tags: ["$initial"] },
            { name: "editor", test: /[\\/]src[\\/]editor[\\/]/ },
            { name: "parts", test: /[\\/]src[\\/]/, minShareCount: 2 },
          ],
        },
      },
    },
    target: "es2023",
    // No `data:` addresses: the policy allows fonts and scripts from this origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Parts that come later wait for no style sheet.
    cssCodeSplit: false,
  },
  test: {
    include: ["src/**/*.test.ts", "server/**/*.test.js"],
    environment: "node",
    // Some are at limits of many megabytes, and the machine may do other things; `VITE_TIMES` makes some longer.
    testTimeout: 30_000 * Number(process.env["VITE_TIMES"] ?? 1),
    // The palette is tested as it is written.
    css: { include: /tokens\.css/ },
  },
});
