/**
 * Serves the built page on this machine, under the real security policy.
 *
 *     node server/serve.js [--port N] [--no-isolation] [--watch]
 *
 * `--port 0` takes any free port. `--watch` reloads the page whenever a new build appears.
 * It is for one person's machine: it listens on the loopback address only.
 */
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { createApp } from "./app.js";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4173" },
    "no-isolation": { type: "boolean", default: false },
    watch: { type: "boolean", default: false },
  },
});

const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`--port wants a number from 0 to 65535, not "${values.port}"`);
  process.exit(2);
}

const server = createServer(createApp({ isolated: !values["no-isolation"], watch: values.watch }));

server.on("error", (error) => {
  const taken = "code" in error && error.code === "EADDRINUSE";
  console.error(taken ? `port ${port} is in use: choose another with --port` : error.message);
  process.exit(1);
});

server.listen(port, "127.0.0.1", () => {
  const address = server.address();
  const actual = typeof address === "object" && address !== null ? address.port : port;
  console.log(`Interleave is at http://localhost:${actual}/`);
});
