/**
 * Watch mode: builds the page again whenever one of its files changes, then reloads it.
 *
 * Only `serve.js --watch` loads this file, since it needs the build tools.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { INDEX } from "./app.js";

/** Where the reloading script and its events live; no built file has such a name. */
const SCRIPT = "/~watch.js";
const EVENTS = "/~watch";

/**
 * Starts building, and after the first build returns what answers the requests of this mode.
 *
 * @returns {Promise<import("./app.js").Before>}
 */
export async function createWatch() {
  /** @type {Set<import("node:http").ServerResponse>} */
  const pages = new Set();
  const root = fileURLToPath(new URL("..", import.meta.url));
  const watcher = await build({ root, logLevel: "warn", build: { watch: {} } });
  if (!("on" in watcher)) throw new Error("the build tool does not watch");

  await new Promise((resolve) => {
    watcher.on("event", (event) => {
      if (event.code === "END") {
        console.log(`page built at ${new Date().toLocaleTimeString()}`);
        pages.forEach((page) => page.write("data: reload\n\n"));
      }
      if (event.code === "END" || event.code === "ERROR") resolve(undefined);
    });
  });

  return (path, response) => {
    if (path === EVENTS) {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write("\n");
      pages.add(response);
      response.on("close", () => pages.delete(response));
    } else if (path === SCRIPT) {
      response.setHeader("Content-Type", "text/javascript");
      response.end(`new EventSource("${EVENTS}").onmessage = () => location.reload();\n`);
    } else if (path === "/") {
      const script = `<script type="module" src="${SCRIPT}"></script></head>`;
      response.setHeader("Content-Type", "text/html;charset=utf-8");
      response.end(readFileSync(INDEX, "utf8").replace("</head>", script));
    } else {
      return false;
    }
    return true;
  };
}
