/**
 * Makes the folder of the npm package: `node scripts/package.js FOLDER`.
 *
 * The page's own client and worker of the engine, each as one module that imports nothing, so that a
 * bundler has nothing to resolve but addresses relative to a module; the types beside them.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { cargoNotices } from "./notices.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = resolve(process.argv[2] ?? "");
if (process.argv[2] === undefined) {
  console.error("usage: node scripts/package.js FOLDER");
  process.exit(1);
}

const BINARY = "index_bg.wasm";
const engine = join(root, "src/engine");

/** The helper of wasm-bindgen-rayon: the script of each thread, which loads the engine again. */
const helper = readdirSync(join(engine, "pkg/snippets"), { recursive: true, encoding: "utf8" }).find(
  (file) => file.endsWith("workerHelpers.js"),
);
if (helper === undefined) throw new Error("the engine is not built: run `cargo xtask wasm`");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await bundle("src/package/index.ts", "index.js");
await bundle("src/engine/worker.ts", "worker.js");
await bundle(join("src/engine/pkg/snippets", helper), "workerHelpers.js");
copyFileSync(join(engine, "pkg", BINARY), join(out, BINARY));
copyFileSync(join(root, "public/embed.js"), join(out, "element.js"));
copyFileSync(join(root, "../crate/playground/report.schema.json"), join(out, "report.schema.json"));
cpSync(join(root, "src/package/files"), out, { recursive: true });
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) {
  copyFileSync(join(root, "..", licence), join(out, licence));
}
writeFileSync(join(out, "third-party.txt"), cargoNotices().trimStart());
types();

/**
 * One module of all that it imports.
 *
 * @param {string} input
 * @param {string} file
 */
async function bundle(input, file) {
  const build = await rolldown({
    input: join(root, input),
    platform: "browser",
    plugins: [beside()],
    onLog(level, log) {
      throw new Error(`${level}: ${log.message}`);
    },
  });
  await build.write({ file: join(out, file), format: "es", codeSplitting: false });
}

/** In the package the binary lies beside the modules, and wasm-bindgen's folder is its module. */
function beside() {
  return {
    name: "beside",
    /** @param {string} id @param {string | undefined} from */
    resolveId(id, from) {
      return id === "../../.." && from?.endsWith("/workerHelpers.js")
        ? join(engine, "pkg/index.js")
        : null;
    },
    /** @param {string} code @param {string} id */
    transform(code, id) {
      return id.endsWith("/engine/worker.ts") ? code.replace(`./pkg/${BINARY}`, `./${BINARY}`) : null;
    },
  };
}

function types() {
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const settings = ["--target", "ES2023", "--module", "ESNext", "--moduleResolution", "bundler"];
  const emit = ["--declaration", "--emitDeclarationOnly", "--rewriteRelativeImportExtensions"];
  const from = ["--rootDir", join(root, "src"), "--outDir", join(out, "types")];
  const lib = ["--lib", "ES2023,DOM,DOM.Iterable", "--strict", "--ignoreConfig"];
  const file = join(root, "src/package/index.ts");
  execFileSync("node", [compiler, ...settings, ...emit, ...from, ...lib, file], { stdio: "inherit" });
}
