/**
 * The security policy: which headers each response carries, and nowhere else.
 *
 * Used by the local server, by the browser tests and by anyone who deploys the page. A worker does
 * not inherit the policy of its page, so every script has one of its own; and every file needs the
 * isolation headers, or a worker fails to start without a word.
 */

/**
 * What a document may do. Trusted Types: scripts are started through the policy `engine` alone.
 */
const PAGE = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types engine",
];

/** What a script may do when it is the script of a worker. */
const WORKER = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
];

/** What the Solidity compiler's worker may do: load the compiler beside it, and nothing else. */
const COMPILER = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'none'",
  "worker-src 'none'",
];

/**
 * What the script may do that asks a node for a block: connect to the address that the reader gives it.
 * No list of hosts could know that; but no other script may connect to elsewhere, not even the page's.
 */
const NODE = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src https: http://localhost:* http://127.0.0.1:*",
  "worker-src 'none'",
];

/** What anything else may do when it is opened by itself. */
const ASSET = ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'"];

/** Makes the page cross-origin isolated: shared memory and threads, and the finer clock. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * As `ISOLATION`, in a page of another site: there only a policy of the document's own isolates it, and
 * an isolated page shows it only when it is marked as meant for others.
 */
const EMBED_ISOLATION = {
  ...ISOLATION,
  "Document-Isolation-Policy": "isolate-and-require-corp",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

/** What other sites load: the document in a frame, and the script that makes the frame. */
const EMBED = /\/embed\.(html|js)$/;

const ALWAYS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
};

/**
 * The headers of the response for a path such as `/` or `/assets/worker.js`.
 *
 * @param {string} path the path of the address, without query
 * @param {{ isolated: boolean }} options `isolated: false` imitates a host that cannot isolate
 * @returns {Record<string, string>}
 */
export function headersFor(path, { isolated }) {
  return {
    ...ALWAYS,
    ...(isolated ? (EMBED.test(path) ? EMBED_ISOLATION : ISOLATION) : {}),
    "Content-Security-Policy": policyFor(path).join("; "),
  };
}

/** @param {string} path */
function policyFor(path) {
  if (path.endsWith("/embed.html")) {
    // It holds nothing that a click could be stolen for: no account, no key, no server.
    return PAGE.map((part) => (part.startsWith("frame-ancestors") ? "frame-ancestors *" : part));
  }
  if (path.endsWith("/") || path.endsWith(".html")) return PAGE;
  if (!/\.m?js$/.test(path)) return ASSET;
  if (/\/assets\/ask-node-[^/]+$/.test(path)) return NODE;
  return /\/solc\/[^/]+$/.test(path) ? COMPILER : WORKER;
}
