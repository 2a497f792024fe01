/** Sites of other people: a folder or pages, with the headers that their host sends. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** The address that stands for the playground's in all examples. */
const EXAMPLE = "https://playground.example/";

const TYPES: Record<string, string> = {
  ".html": "text/html;charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
};

type Content = { type: string; body: string | Buffer };

export class Host {
  readonly #server: Server;
  headers: Record<string, string> = {};
  /** Gives what is at a path. */
  find: (path: string) => Content | null;

  constructor(find: (path: string) => Content | null) {
    this.find = find;
    this.#server = createServer((request, response) => {
      const found = this.find(new URL(request.url ?? "/", "http://host").pathname);
      for (const [name, value] of Object.entries(this.headers)) response.setHeader(name, value);
      response.statusCode = found ? 200 : 404;
      response.setHeader("Content-Type", found?.type ?? "text/plain");
      response.end(found?.body);
    });
  }

  /** Listens on a free port, and gives the address, which ends in `/`. */
  async listen(name: "localhost" | "127.0.0.1"): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, name, resolve));
    return `http://${name}:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** One page, where examples show the playground at `site`. */
export function page(html: () => string, site: string): (path: string) => Content | null {
  return (path) =>
    path === "/" ? { type: TYPES[".html"] ?? "", body: toSite(html(), site) } : null;
}

/** The files of a folder, below a path that begins and ends with `/`. */
export function folder(files: string, under = "/"): (path: string) => Content | null {
  return (path) => {
    if (!path.startsWith(under)) return null;
    const file = join(files, path.slice(under.length));
    if (!file.startsWith(files) || !existsSync(file)) return null;
    const found = statSync(file).isDirectory() ? join(file, "index.html") : file;
    if (!existsSync(found)) return null;
    return { type: TYPES[extname(found)] ?? "text/plain", body: readFileSync(found) };
  };
}

/** An example with the playground's real address. */
export function toSite(text: string, site: string): string {
  return text.replaceAll(EXAMPLE, `${site}/`);
}

/** Hosts have no icon, which browsers mention. */
export function forgetMissing(errors: string[]): void {
  errors.splice(0, errors.length, ...errors.filter((error) => !error.includes("404")));
}
