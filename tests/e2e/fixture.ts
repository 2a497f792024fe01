/**
 * The `test` that every browser test uses: it fails when the page or a worker reports an error or
 * when the security policy refuses something, whatever else the test looks at.
 */
import { type ConsoleMessage, expect, test as base } from "@playwright/test";

export { expect };

export const test = base.extend<{ errors: string[] }>({
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
        errors.push(`request failed: ${request.url()} ${request.failure()?.errorText ?? ""}`);
      });
      await use(errors);
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});
