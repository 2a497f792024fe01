/** Inside a page of another site, from a host that cannot set headers: one thread, and the simulated runner. */
import { expect, test } from "./fixture.ts";
import { forgetMissing, Host, page as pageOf } from "./host.ts";

test("isolation: a playground without headers runs simulated workers", async ({
  page,
  site,
  errors,
}) => {
  const html = `<!doctype html><title>Host</title><iframe title="Interleave" width="800" height="600"
    src="${site}/embed.html?views=verdict#example=hot-counter"></iframe>`;
  const host = new Host(pageOf(() => html, site));
  let loads = 0;
  page.on("framenavigated", () => (loads += 1));
  await page.goto(await host.listen("127.0.0.1"));
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("status", { name: "Engine" })).toHaveText("1 thread", {
    timeout: 30_000,
  });
  await frame.getByRole("button", { name: "Run", exact: true }).click();
  await expect(frame.getByText("Matches sequential execution")).toBeVisible({ timeout: 40_000 });
  // The page and its frame, and never again.
  expect(loads).toBeLessThanOrEqual(3);
  host.close();
  forgetMissing(errors);
});
