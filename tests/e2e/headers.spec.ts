/** The security policy as a browser gets it: of every document, script and worker, and what it refuses. */
import type { Response } from "@playwright/test";
import { expect, test } from "./fixture.ts";
import { Playground } from "./playground.ts";

const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** The directives of a policy by their names. */
function policyOf(response: Response): Map<string, string> {
  const policy = response.headers()["content-security-policy"] ?? "";
  return new Map(
    policy.split("; ").map((directive) => {
      const [name = "", ...values] = directive.split(" ");
      return [name, values.join(" ")];
    }),
  );
}

/** What holds for every response whatever it is. */
function expectStrict(response: Response): void {
  const policy = policyOf(response);
  const headers = response.headers();
  expect.soft(policy.get("default-src"), response.url()).toBe("'none'");
  const values = [...policy.values()].join(" ");
  expect.soft(values, response.url()).not.toMatch(/'unsafe-inline'|'unsafe-eval'|\*|https?:|blob:/);
  expect.soft(headers, response.url()).toMatchObject({
    ...ISOLATION,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
}

test("every document, script and worker of the page comes with its policy", async ({ page }) => {
  const responses: Response[] = [];
  page.on("response", (response) => responses.push(response));
  const playground = new Playground(page);
  await playground.open();
  await playground.writeContract("contract Word { uint256 public said; }");
  await playground.compiled();

  const kinds = new Map<string, Response[]>();
  for (const response of responses) {
    expect(response.ok(), response.url()).toBe(true);
    const kind = response.request().resourceType();
    kinds.set(kind, [...(kinds.get(kind) ?? []), response]);
  }
  expect([...kinds.keys()]).toEqual(expect.arrayContaining(["document", "script", "stylesheet"]));
  responses.forEach(expectStrict);
  const [document, ...others] = kinds.get("document") ?? [];
  if (!document || others.length > 0) throw new Error("there is not one document");
  const policy = policyOf(document);
  expect(policy.get("require-trusted-types-for")).toBe("'script'");
  expect(policy.get("trusted-types")).toBe("engine");
  expect(policy.get("frame-ancestors")).toBe("'none'");
  expect(policy.get("base-uri")).toBe("'none'");
  expect(policy.get("form-action")).toBe("'none'");

  const embed = (await page.request.get("/embed.html")).headers();
  expect(embed).toMatchObject({ ...ISOLATION, "document-isolation-policy": "isolate-and-require-corp" });
  // The same but for who may show it.
  const strict = document.headers()["content-security-policy"] ?? "";
  expect(embed["content-security-policy"]).toBe(
    strict.replace("frame-ancestors 'none'", "frame-ancestors *"),
  );

  // The engine, its pool and the compiler are workers; each script of theirs has its own policy.
  const workers = page.workers().map((worker) => worker.url());
  expect(workers.length).toBeGreaterThan(2);
  for (const url of new Set(workers)) {
    const response = responses.find((each) => each.url() === url) ?? null;
    const headers = response
      ? response.headers()
      : (await page.request.get(url)).headers();
    const own = headers["content-security-policy"] ?? "";
    expect(own, url).toContain("default-src 'none'");
    expect(own, url).toContain(url.includes("/solc/") ? "connect-src 'none'" : "connect-src 'self'");
    expect(headers, url).toMatchObject(ISOLATION);
  }
});

test("the page refuses markup from strings, scripts of its own making and foreign workers", async ({
  page,
  errors,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const refused = await page.evaluate(async () => {
    const attempts: Record<string, () => unknown> = {
      markup: () => (document.body.innerHTML = "<b>x</b>"),
      parsed: () => new DOMParser().parseFromString("<b>x</b>", "text/html"),
      worker: () => new Worker("/assets/other.js"),
      eval: () => (0, eval)("1"),
      constructed: () => new Function("return 1")(),
      policy: () =>
        (window as unknown as { trustedTypes: { createPolicy: (name: string, rules: object) => object } })
          .trustedTypes.createPolicy("mine", {}),
    };
    const names: string[] = [];
    // What a debugger evaluates may evaluate texts; what comes after it may not.
    await new Promise((resolve) => setTimeout(resolve));
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        attempt();
      } catch {
        names.push(name);
      }
    }
    const script = document.createElement("script");
    script.append("window.ran = 1");
    try {
      document.head.append(script);
    } catch {
      // Refused at once or not run: what counts is that it did not run.
    }
    if (!("ran" in window)) names.push("inline");
    const connected = await fetch("https://example.com/").then(
      () => true,
      () => false,
    );
    if (!connected) names.push("connection");
    return names;
  });
  expect(refused).toEqual([
    "markup",
    "parsed",
    "worker",
    "eval",
    "constructed",
    "policy",
    "inline",
    "connection",
  ]);
  // The refusals are those that were asked for.
  expect(errors.length).toBeGreaterThan(0);
  errors.length = 0;
});

// The workers of the engine's pool wait in WebAssembly and do nothing that a test could ask of them;
// their script is the engine's.
test("workers refuse what their own policies do, since they inherit none", async ({ page, errors }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.writeContract("contract Word { uint256 public said; }");
  await playground.compiled();
  const compiler = page.workers().find((worker) => worker.url().includes("/solc/"));
  if (!compiler) throw new Error("there is no compiler");
  for (const worker of [playground.engineWorker(), compiler]) {
    const refused = await worker.evaluate(async () => {
      const names: string[] = [];
      await new Promise((resolve) => setTimeout(resolve));
      try {
        (0, eval)("1");
      } catch {
        names.push("eval");
      }
      const connected = await fetch("https://example.com/").then(
        () => true,
        () => false,
      );
      if (!connected) names.push("connection");
      return names;
    });
    expect(refused, worker.url()).toEqual(["eval", "connection"]);
  }
  errors.length = 0;
});
