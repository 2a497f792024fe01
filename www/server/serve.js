/**
 * Serves the built page on this machine, under the real security policy.
 *
 *     node server/serve.js [--port N] [--no-isolation] [--watch] [--until-stdin-ends]
 *
 * `--port 0` takes any free port. `--watch` builds the page and reloads it whenever a file changes.
 * `--until-stdin-ends` stops with the program that started it, however that one ends.
 * It is for one person's machine: it listens on the loopback address only.
 */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { createApp, INDEX } from "./app.js";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4173" },
    "no-isolation": { type: "boolean", default: false },
    watch: { type: "boolean", default: false },
    "until-stdin-ends": { type: "boolean", default: false },
  },
});

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}

const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  fail(`--port wants a number from 0 to 65535, not "${values.port}"`);
}
if (values["until-stdin-ends"]) process.stdin.on("end", () => process.exit(0)).resume();

const before = values.watch ? await (await import("./watch.js")).createWatch() : undefined;
if (!existsSync(INDEX)) fail("www/dist holds no page yet: run `cargo xtask play`");
const server = createServer(createApp({ isolated: !values["no-isolation"], before }));

server.on("error", (error) => {
  const taken = "code" in error && error.code === "EADDRINUSE";
  fail(taken ? `port ${port} is in use: choose another with --port` : error.message);
});

server.listen(port, "127.0.0.1", () => {
  const address = server.address();
  const actual = typeof address === "object" && address !== null ? address.port : port;
  console.log(`Interleave is at http://localhost:${actual}/`);
});
