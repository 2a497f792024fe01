/** Inside a page of another site, from a host that cannot set headers: one thread, and the simulated runner. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "./fixture.ts";

test("isolation: a playground without headers runs simulated workers", async ({
  page,
  site,
  errors,
}) => {
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html;charset=utf-8");
    response.end(`<!doctype html><title>Host</title><iframe title="Interleave" width="800" height="600"
      src="${site}/embed.html?views=verdict#example=hot-counter"></iframe>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  let loads = 0;
  page.on("framenavigated", () => (loads += 1));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("status", { name: "Engine" })).toHaveText("1 thread", {
    timeout: 30_000,
  });
  await frame.getByRole("button", { name: "Run", exact: true }).click();
  await expect(frame.getByText("Matches sequential execution")).toBeVisible({ timeout: 40_000 });
  // The page and its frame, and never again.
  expect(loads).toBeLessThanOrEqual(3);
  server.closeAllConnections();
  server.close();
  errors.splice(0, errors.length, ...errors.filter((error) => !error.includes("404")));
});
