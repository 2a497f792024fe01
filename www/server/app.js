/**
 * The request handler of the local server: the files of `dist`, each with the headers of its path.
 *
 * It decides nothing about security; that is `headers.js`.
 */
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import { headersFor } from "./headers.js";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));

/** The built page. */
export const INDEX = `${DIST}index.html`;

/**
 * Answers some requests before the files are asked; `true` if it answered this one.
 *
 * @typedef {(path: string, response: import("node:http").ServerResponse) => boolean} Before
 */

/**
 * @param {{ isolated: boolean, before?: Before | undefined }} options
 * @returns {import("node:http").RequestListener}
 */
export function createApp({ isolated, before }) {
  const files = sirv(DIST, { dev: true, etag: true });

  return (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    for (const [name, value] of Object.entries(headersFor(path, { isolated }))) {
      response.setHeader(name, value);
    }
    response.setHeader("Cache-Control", "no-cache");
    if (before?.(path, response)) return;
    files(request, response, () => {
      response.statusCode = 404;
      response.end("not found\n");
    });
  };
}
