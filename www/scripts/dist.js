/**
 * Makes the folder that any static host serves: `node scripts/dist.js FOLDER`.
 *
 * The page as `vite build --mode dist` makes it, with its security policy in the documents and as
 * `_headers`, a service worker that knows every file, and the notices of what is in it. Nothing of
 * time or place goes in, so the same sources make the same bytes.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { headersFor } from "../server/headers.js";
import { cargoNotices } from "./notices.js";

const ISOLATED = { isolated: true };
const root = fileURLToPath(new URL("..", import.meta.url));
const out = process.argv[2] && resolve(process.argv[2]);
if (!out) {
  console.error("usage: node scripts/dist.js FOLDER");
  process.exit(1);
}

/** Loaded when first used, and large: kept for offline use from then on, not from the start. */
const LATER = /^solc\//;

/** Not part of the page. */
const APART = /^(_headers|sw\.js|embed\.js|SHA256SUMS)$|\.txt$/;

rmSync(out, { recursive: true, force: true });
await build({ root, mode: "dist", logLevel: "warn", build: { outDir: out, emptyOutDir: true } });

const notices = join(out, "third-party.txt");
writeFileSync(notices, readFileSync(notices, "utf8") + cargoNotices());

writeFileSync(join(out, "sw.js"), serviceWorker());
writeFileSync(join(out, "_headers"), headers());
writeFileSync(join(out, "SHA256SUMS"), sums());
console.log(`${files().length} files in ${relative(process.cwd(), out) || "."}`);

/** All files, with `/` in their paths, in an order of their own. */
function files() {
  return readdirSync(out ?? "", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(out ?? "", join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** @param {string} file */
function hashOf(file) {
  return createHash("sha256").update(readFileSync(join(out ?? "", file))).digest("hex");
}

/** The service worker with the list of files, and a version that changes when any of them does. */
function serviceWorker() {
  const kept = files().filter((file) => !APART.test(file) && !LATER.test(file));
  const all = kept.map((file) => `${file} ${hashOf(file)}`).join("\n");
  const version = createHash("sha256").update(all).digest("hex").slice(0, 16);
  const facts = JSON.stringify({
    version,
    files: kept.map((file) => file.replace(/(^|\/)index\.html$/, "$1")),
    later: LATER.source,
    headers: Object.fromEntries(files().map((file) => [file, headersFor(`/${file}`, ISOLATED)])),
  });
  const source = readFileSync(join(root, "offline/worker.js"), "utf8");
  return `const FACTS = ${facts};\n${source}`;
}

/** For hosts that read such a file, as Netlify and Cloudflare Pages do. Every file is named: rules do not add up. */
function headers() {
  const paths = files().filter((file) => !/^(_headers|SHA256SUMS)$/.test(file));
  const rules = [...paths.map((file) => `/${file}`), "/"].map((path) => {
    const lines = Object.entries({ ...headersFor(path, ISOLATED), ...caching(path) });
    return [path, ...lines.map(([name, value]) => `  ${name}: ${value}`)].join("\n");
  });
  return `${rules.join("\n\n")}\n`;
}

/** @param {string} path */
function caching(path) {
  const hashed = path.startsWith("/assets/");
  return { "Cache-Control": hashed ? "public, max-age=31536000, immutable" : "no-cache" };
}

function sums() {
  const named = files().filter((file) => file !== "SHA256SUMS");
  return named.map((file) => `${hashOf(file)}  ${file}\n`).join("");
}
