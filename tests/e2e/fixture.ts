/**
 * The `test` that every browser test uses.
 *
 * It serves the built page as `www/server` does, under the real security policy, and fails when the
 * page or a worker reports an error or the policy refuses something, whatever else the test looks at.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type ConsoleMessage, expect, test as base } from "@playwright/test";
import { createApp } from "../../www/server/app.js";

export { expect };

export interface Site {
  /** `false` serves the page as a host that cannot isolate it. */
  isolated: boolean;
  /** The address of the page. */
  site: string;
}

export const test = base.extend<{ errors: string[] }, Site>({
  isolated: [true, { option: true, scope: "worker" }],

  site: [
    async ({ isolated }, use) => {
      const server = createServer(createApp({ isolated }));
      await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
      await use(`http://localhost:${(server.address() as AddressInfo).port}`);
      server.closeAllConnections();
      server.close();
    },
    { scope: "worker" },
  ],

  baseURL: async ({ site }, use) => use(site),

  errors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(`page error: ${error.message}`));
      // Refusals by the security policy arrive here too.
      const heard = (message: ConsoleMessage) => {
        if (message.type() === "error") errors.push(`console: ${message.text()}`);
      };
      page.on("console", heard);
      page.on("worker", (worker) => worker.on("console", heard));
      page.on("requestfailed", (request) => {
        // Panels are fetched ahead when the page is idle, its icon when the browser likes; a test may leave meanwhile.
        const left = request.failure()?.errorText === "net::ERR_ABORTED";
        if (left && /\/(assets\/|icon\.svg$)/.test(new URL(request.url()).pathname)) return;
        errors.push(`request failed: ${request.url()} ${request.failure()?.errorText ?? ""}`);
      });
      await use(errors);
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});
