/**
 * Puts the security policy into the documents of a page that any host may serve, since some can set no
 * headers.
 */
import { headersFor } from "../server/headers.js";

/** What browsers take from headers alone, and complain about elsewhere. */
const HEADER_ONLY = /^frame-ancestors /;

/** @returns {import("vite").Plugin} */
export function policy() {
  let wanted = false;
  return {
    name: "security-policy",
    configResolved({ mode }) {
      wanted = mode === "dist";
    },
    transformIndexHtml(_, { path }) {
      if (!wanted) return [];
      const csp = headersFor(path, { isolated: true })["Content-Security-Policy"] ?? "";
      const content = csp
        .split("; ")
        .filter((part) => !HEADER_ONLY.test(part))
        .join("; ");
      const attrs = { "http-equiv": "Content-Security-Policy", content };
      return [{ tag: "meta", attrs, injectTo: "head-prepend" }];
    },
  };
}
