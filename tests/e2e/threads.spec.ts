/** The engine starts on threads under the real security policy. */
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

test("the page is isolated and runs several workers at once", async ({ page }) => {
  await page.goto("/");
  const engine = page.getByRole("status", { name: "Engine" });
  await expect(engine).toHaveText(/^\d+ threads$/, { timeout: 30_000 });
  expect(await page.evaluate(() => self.crossOriginIsolated)).toBe(true);
  const threads = Number.parseInt((await engine.textContent()) ?? "", 10);
  expect(threads).toBeGreaterThanOrEqual(2);
});

test("every response carries the policy of its kind", async ({ page, request }) => {
  const scripts: string[] = [];
  page.on("response", (response) => {
    if (response.url().endsWith(".js")) scripts.push(response.url());
  });
  const response = await page.goto("/");
  const policy = response?.headers()["content-security-policy"];
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toContain("unsafe-inline");
  await expect(page.getByRole("status", { name: "Engine" })).toHaveText(/threads/);
  expect(scripts.length).toBeGreaterThan(0);
  for (const script of scripts) {
    const headers = (await request.get(script)).headers();
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["cross-origin-embedder-policy"]).toBe("require-corp");
  }
});

test("the policy refuses what the page and its workers do not need", async ({ page, errors }) => {
  await page.goto("/");
  await expect(page.getByRole("status", { name: "Engine" })).toHaveText(/threads/);

  /** Tries to reach another origin and returns the directive that refuses it. */
  const connect = () =>
    new Promise((resolve) => {
      self.addEventListener("securitypolicyviolation", (event) => {
        resolve((event as SecurityPolicyViolationEvent).effectiveDirective);
      });
      fetch("https://localhost:1/").catch(() => undefined);
    });
  expect(await page.evaluate(connect)).toBe("connect-src");
  // A worker does not inherit the policy of its page.
  expect(await new Playground(page).engineWorker().evaluate(connect)).toBe("connect-src");

  const script = await page.evaluate(() => {
    try {
      new Worker("/assets/elsewhere.js");
      return "started";
    } catch {
      return "refused";
    }
  });
  expect(script).toBe("refused");
  // These refusals are the ones that were asked for.
  errors.length = 0;
});
