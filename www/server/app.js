/**
 * The request handler of the local server: the files of `dist`, each with the headers of its path.
 *
 * Separate from `serve.js` so that the browser tests can start it themselves.
 */
import { existsSync, readFileSync, watchFile } from "node:fs";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import { headersFor } from "./headers.js";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const INDEX = `${DIST}index.html`;

/** Where the reloading script and its events live; no built file has such a name. */
const WATCH_SCRIPT = "/~watch.js";
const WATCH_EVENTS = "/~watch";

/**
 * @param {{ isolated: boolean, watch: boolean }} options
 * @returns {import("node:http").RequestListener}
 */
export function createApp({ isolated, watch }) {
  if (!existsSync(INDEX)) throw new Error("www/dist holds no page yet: run `cargo xtask play`");
  const files = sirv(DIST, { dev: true, etag: true });
  const reloads = watch ? createReloads() : undefined;

  return (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    for (const [name, value] of Object.entries(headersFor(path, { isolated }))) {
      response.setHeader(name, value);
    }
    response.setHeader("Cache-Control", "no-cache");
    if (reloads?.(path, response)) return;
    files(request, response, () => {
      response.statusCode = 404;
      response.end("not found\n");
    });
  };
}

/** Answers the three paths that make the page reload itself when `index.html` was built again. */
function createReloads() {
  /** @type {Set<import("node:http").ServerResponse>} */
  const pages = new Set();
  watchFile(INDEX, { interval: 300 }, (now) => {
    if (now.mtimeMs === 0) return;
    // The page's other files are written in the same moment.
    setTimeout(() => pages.forEach((page) => page.write("data: reload\n\n")), 300);
  });

  /**
   * @param {string} path
   * @param {import("node:http").ServerResponse} response
   */
  return (path, response) => {
    if (path === WATCH_EVENTS) {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write("\n");
      pages.add(response);
      response.on("close", () => pages.delete(response));
    } else if (path === WATCH_SCRIPT) {
      response.setHeader("Content-Type", "text/javascript");
      response.end(`new EventSource("${WATCH_EVENTS}").onmessage = () => location.reload();\n`);
    } else if (path === "/" && existsSync(INDEX)) {
      const script = `<script type="module" src="${WATCH_SCRIPT}"></script></head>`;
      response.setHeader("Content-Type", "text/html;charset=utf-8");
      response.end(readFileSync(INDEX, "utf8").replace("</head>", script));
    } else {
      return false;
    }
    return true;
  };
}
