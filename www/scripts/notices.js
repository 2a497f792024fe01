/**
 * The notices of other people's code in the built page: npm packages in its scripts, and crates in its
 * engine, each with its licence texts.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const RULE = "-".repeat(80);

/** What a package calls its licence texts. */
const LICENCE = /^(licen[cs]e|copying|notice|unlicense)([-._].*)?$/i;

/**
 * @typedef {{ name: string, version: string, licence: string, source: string, folder: string }} Entry
 */

/**
 * What each entry is, and then every licence text once.
 *
 * @param {Entry[]} entries
 */
function list(entries) {
  /** @type {Map<string, number>} */
  const texts = new Map();
  const lines = entries.map(({ name, version, licence, source, folder }) => {
    const numbers = textsOf(folder).map((text) => {
      if (!texts.has(text)) texts.set(text, texts.size + 1);
      return texts.get(text);
    });
    const where = numbers.length > 0 ? `texts ${numbers.join(", ")}` : "no text of its own";
    return `${name} ${version}: ${[licence, source, where].filter(Boolean).join("; ")}\n`;
  });
  const all = [...texts].map(([text, number]) => `${RULE}\nText ${number}\n\n${text}\n`);
  return `${lines.join("")}\n${all.join("\n")}`;
}

/** @param {string} folder */
function textsOf(folder) {
  return readdirSync(folder)
    .filter((file) => LICENCE.test(file) && statSync(join(folder, file)).isFile())
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim());
}

/** A plugin that writes `third-party.txt` with the notices of all packages in the bundle. */
export function notices() {
  /** @type {Set<string>} */
  const folders = new Set();
  return {
    name: "third-party-notices",
    apply: /** @type {const} */ ("build"),
    /** @param {{ id: string }} module */
    moduleParsed({ id }) {
      const folder = packageOf(id.replace(/^\0/, "").replace(/\?.*$/, ""));
      if (folder) folders.add(folder);
    },
    /** @this {import("rolldown").PluginContext} */
    generateBundle() {
      const entries = [...folders].sort().map((folder) => {
        const { name, version, license, homepage } = JSON.parse(
          readFileSync(join(folder, "package.json"), "utf8"),
        );
        return { name, version, licence: license ?? "", source: homepage ?? "", folder };
      });
      const source = `Other people's code in the scripts of this page:\n\n${list(entries)}`;
      this.emitFile({ type: "asset", fileName: "third-party.txt", source });
    },
  };
}

/** @param {string} id */
function packageOf(id) {
  const at = id.lastIndexOf("/node_modules/");
  if (at < 0) return null;
  const [scope = "", name = ""] = id.slice(at + "/node_modules/".length).split("/");
  const folder = join(id.slice(0, at), "node_modules", scope, scope.startsWith("@") ? name : "");
  return existsSync(join(folder, "package.json")) ? folder : null;
}

/** The notices of all crates that the engine for the browser is made of. */
export function cargoNotices() {
  const arguments_ = ["metadata", "--format-version", "1", "--locked", "--offline"];
  const platform = ["--filter-platform", "wasm32-unknown-unknown"];
  const output = execFileSync("cargo", [...arguments_, ...platform], {
    cwd: repository,
    maxBuffer: 256 * 1024 * 1024,
  });
  const { packages, resolve } = JSON.parse(output.toString());
  /** @type {Map<string, Package>} */
  const byId = new Map(packages.map((/** @type {Package} */ each) => [each.id, each]));
  /** @type {Map<string, Node>} */
  const nodes = new Map(resolve.nodes.map((/** @type {Node} */ each) => [each.id, each]));
  const first = packages.find((/** @type {Package} */ each) => each.name === "interleave-wasm");
  const found = reachable(first.id, nodes);
  const entries = [...found]
    .flatMap((id) => byId.get(id) ?? [])
    // Our own have no source.
    .filter((each) => each.source !== null)
    .sort((a, b) => compare(`${a.name} ${a.version}`, `${b.name} ${b.version}`))
    .map(({ name, version, license, repository: source, manifest_path }) => ({
      name,
      version,
      licence: license ?? "",
      source: source ?? "",
      folder: dirname(manifest_path),
    }));
  return `\n${RULE}\nOther people's code in the engine:\n\n${list(entries)}`;
}

/**
 * @typedef {{ id: string, name: string, version: string, license: string | null, repository: string | null, source: string | null, manifest_path: string }} Package
 * @typedef {{ id: string, deps: { pkg: string, dep_kinds: { kind: string | null }[] }[] }} Node
 */

/**
 * Everything that a package is made of; what only builds or tests it is not.
 *
 * @param {string} first
 * @param {Map<string, Node>} nodes
 */
function reachable(first, nodes) {
  const found = new Set([first]);
  for (const id of found) {
    for (const { pkg, dep_kinds } of nodes.get(id)?.deps ?? []) {
      if (dep_kinds.some(({ kind }) => kind === null)) found.add(pkg);
    }
  }
  return found;
}

/** The same everywhere, whatever the language. @param {string} a @param {string} b */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
