import { describe, expect, test } from "vitest";
import { headersFor } from "./headers.js";

const policy = (/** @type {string} */ path) =>
  headersFor(path, { isolated: true })["Content-Security-Policy"];

describe("the security policy", () => {
  test("allows no inline script or style anywhere", () => {
    for (const path of ["/", "/index.html", "/assets/worker.js", "/assets/engine.wasm"]) {
      expect(policy(path)).toContain("default-src 'none'");
      expect(policy(path)).not.toContain("unsafe-inline");
      expect(policy(path)).not.toContain("'unsafe-eval'");
    }
  });

  test("gives scripts a policy of their own, since a worker does not inherit its page's", () => {
    expect(policy("/assets/worker.js")).toContain("connect-src 'self'");
    expect(policy("/assets/worker.js")).toContain("'wasm-unsafe-eval'");
    expect(policy("/assets/style.css")).not.toContain("script-src");
  });

  test("gives the Solidity compiler no network", () => {
    for (const path of ["/solc/worker.js", "/some/folder/solc/soljson.js"]) {
      expect(policy(path)).toContain("connect-src 'none'");
      expect(policy(path)).toContain("worker-src 'none'");
      expect(policy(path)).not.toContain("connect-src 'self'");
    }
    expect(policy("/solc/LICENSE.txt")).not.toContain("script-src");
  });

  test("lets one worker alone connect to a node of the reader's choice", () => {
    const node = policy("/some/folder/assets/ask-node-abc123.js");
    expect(node).toContain("connect-src https: http://localhost:* http://127.0.0.1:*");
    for (const path of ["/", "/embed.html", "/assets/worker-1.js", "/assets/index-1.js"]) {
      expect(policy(path)).toContain("connect-src 'self'");
      expect(policy(path)).not.toContain("https:");
    }
  });

  test("lets a page start scripts through one Trusted Types policy only", () => {
    expect(policy("/")).toContain("require-trusted-types-for 'script'; trusted-types engine");
  });

  test("lets any site show the embedded page, and no other", () => {
    const embed = headersFor("/some/folder/embed.html", { isolated: true });
    expect(embed["Content-Security-Policy"]).toContain("frame-ancestors *");
    expect(embed["Document-Isolation-Policy"]).toBe("isolate-and-require-corp");
    expect(embed["Cross-Origin-Resource-Policy"]).toBe("cross-origin");
    expect(headersFor("/embed.js", { isolated: true })["Cross-Origin-Resource-Policy"]).toBe(
      "cross-origin",
    );
    for (const path of ["/", "/index.html", "/notembed.html/index.html"]) {
      expect(policy(path)).toContain("frame-ancestors 'none'");
    }
  });

  test("isolates every file, or none where the host cannot", () => {
    for (const path of ["/", "/assets/worker.js", "/assets/engine.wasm"]) {
      const name = "Cross-Origin-Embedder-Policy";
      expect(headersFor(path, { isolated: true })[name]).toBe("require-corp");
      expect(headersFor(path, { isolated: false })[name]).toBeUndefined();
    }
  });
});
