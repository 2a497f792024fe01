// Compiles examples/contracts/*.sol into examples/contracts/artifacts/*.json.
//
// `node contracts.js` writes the artifacts; `node contracts.js --check` writes nothing and fails when they are out of date.
// The rule to know: a file holds one contract and has its name. Each file is compiled in a run of its own,
// because the storage layout has numbers that count the declarations of the whole run.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import solc from "solc";

const SOURCES = fileURLToPath(new URL("../../examples/contracts/", import.meta.url));
const ARTIFACTS = join(SOURCES, "artifacts");

const SETTINGS = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: "osaka",
  // Without a hash of the metadata, equal code has equal bytes wherever it is compiled.
  metadata: { bytecodeHash: "none" },
};

/** What an artifact is made from. */
const OUTPUTS = [
  "abi",
  "evm.bytecode.object",
  "evm.deployedBytecode.object",
  "evm.deployedBytecode.sourceMap",
  "storageLayout",
];

/** A source that cannot become an artifact; the message is all a person needs. */
class ContractError extends Error {}

/** @param {string} name */
function artifactFile(name) {
  return join(ARTIFACTS, `${name}.json`);
}

/**
 * The names, without `extension`, of the files in `folder` that have it, in order.
 * @param {string} folder
 * @param {string} extension
 * @returns {string[]}
 */
function namesOf(folder, extension) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(extension))
    .map((file) => basename(file, extension))
    .sort();
}

/**
 * What the compiler asks for when a contract imports another.
 * @param {string} path
 * @returns {import("solc").Import}
 */
function readImport(path) {
  const file = join(SOURCES, path);
  return existsSync(file) ? { contents: readFileSync(file, "utf8") } : { error: `${path} does not exist` };
}

/**
 * The sources that a source map speaks of, by the number that it has for each.
 * @param {string} map
 * @param {Record<string, {id: number}>} known
 * @returns {Record<number, {name: string, content: string}>}
 */
function sourcesOf(map, known) {
  const used = new Set(map.split(";").map((entry) => entry.split(":")[2]));
  const sources = Object.entries(known).filter(([, { id }]) => used.has(String(id)));
  return Object.fromEntries(
    sources.map(([name, { id }]) => [id, { name, content: readFileSync(join(SOURCES, name), "utf8") }]),
  );
}

/**
 * The artifact of the contract `name`, as the text of its file.
 * @param {string} name
 * @returns {string}
 */
function compile(name) {
  const sourceName = `${name}.sol`;
  const input = {
    language: "Solidity",
    sources: { [sourceName]: { content: readFileSync(join(SOURCES, sourceName), "utf8") } },
    settings: {
      ...SETTINGS,
      outputSelection: {
        [sourceName]: { "*": OUTPUTS },
      },
    },
  };
  /** @type {import("solc").Output} */
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readImport }));

  // A warning in an example is a question in the reader's mind, so it counts as an error.
  const problems = (output.errors ?? []).map((problem) => problem.formattedMessage);
  if (problems.length > 0) throw new ContractError(problems.join("\n"));

  const contracts = output.contracts?.[sourceName] ?? {};
  const contract = contracts[name];
  const found = Object.keys(contracts);
  if (contract === undefined || found.length !== 1) {
    throw new ContractError(`${sourceName} must hold one contract, ${name}; it holds ${found.join(", ") || "none"}.`);
  }
  const artifact = {
    contractName: name,
    sourceName,
    abi: contract.abi,
    bytecode: `0x${contract.evm.bytecode.object}`,
    deployedBytecode: `0x${contract.evm.deployedBytecode.object}`,
    // Which text an instruction of the deployed code comes from, as the compiler writes it.
    sourceMap: contract.evm.deployedBytecode.sourceMap,
    sources: sourcesOf(contract.evm.deployedBytecode.sourceMap, output.sources ?? {}),
    storageLayout: contract.storageLayout,
    compiler: { version: solc.version().replace(/\.Emscripten.*$/, ""), settings: SETTINGS },
  };
  return `${JSON.stringify(artifact, null, 2)}\n`;
}

/**
 * Whether the artifact on disk is missing or is not `text`.
 * @param {string} name
 * @param {string} text
 */
function isStale(name, text) {
  const file = artifactFile(name);
  return !existsSync(file) || readFileSync(file, "utf8") !== text;
}

/** @param {Map<string, string>} wanted @param {string[]} surplus */
function check(wanted, surplus) {
  const stale = [...wanted].filter(([name, text]) => isStale(name, text)).map(([name]) => name);
  const wrong = [...stale, ...surplus].sort();
  if (wrong.length > 0) {
    throw new ContractError(`These artifacts are out of date: ${wrong.join(", ")}. Run \`npm run contracts --workspace www\`.`);
  }
  console.log(`${wanted.size} artifacts are up to date.`);
}

/** @param {Map<string, string>} wanted @param {string[]} surplus */
function write(wanted, surplus) {
  mkdirSync(ARTIFACTS, { recursive: true });
  for (const [name, text] of wanted) {
    if (!isStale(name, text)) continue;
    writeFileSync(artifactFile(name), text);
    console.log(`wrote artifacts/${name}.json`);
  }
  for (const name of surplus) {
    rmSync(artifactFile(name));
    console.log(`removed artifacts/${name}.json, which has no source`);
  }
}

/** @param {"check" | "write"} task */
function main(task) {
  const wanted = new Map(namesOf(SOURCES, ".sol").map((name) => [name, compile(name)]));
  const surplus = namesOf(ARTIFACTS, ".json").filter((name) => !wanted.has(name));
  if (task === "check") check(wanted, surplus);
  else write(wanted, surplus);
}

const [flag, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (flag !== undefined && flag !== "--check")) {
  console.error("usage: node contracts.js [--check]");
  process.exit(2);
}
try {
  main(flag === "--check" ? "check" : "write");
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  console.error(error.message);
  process.exit(1);
}
