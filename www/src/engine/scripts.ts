/**
 * The scripts that the page starts as workers.
 *
 * The page's security policy names one policy of Trusted Types, `engine`; it lets these scripts through
 * and no other.
 */
import nodeUrl from "../node/ask-node.ts?worker&url";
import engineUrl from "./worker.ts?worker&url";

const compilerUrl = new URL("solc/worker.js", document.baseURI).href;

/** The service worker, which `scripts/dist.js` makes. */
const offlineUrl = new URL("sw.js", document.baseURI).href;

const SCRIPTS = new Set([engineUrl, compilerUrl, nodeUrl, offlineUrl]);

/** The Solidity compiler itself, which its worker loads. */
export const compilerSource = new URL("solc/soljson.js", document.baseURI).href;

const policy = window.trustedTypes?.createPolicy("engine", {
  createScriptURL(url) {
    if (!SCRIPTS.has(url)) throw new TypeError(`not a script of this page: ${url}`);
    return url;
  },
});

export function startEngine(): Worker {
  return new Worker(trusted(engineUrl), { type: "module", name: "engine" });
}

export function startCompiler(): Worker {
  return new Worker(trusted(compilerUrl), { name: "solc" });
}

/** Starts what asks a node: the one script that may connect to elsewhere. */
export function startNode(): Worker {
  return new Worker(trusted(nodeUrl), { type: "module", name: "node" });
}

export async function startOffline(): Promise<void> {
  await navigator.serviceWorker.register(trusted(offlineUrl));
}

/** `Worker` takes a trusted address; TypeScript's own declarations do not know it yet. */
function trusted(url: string): string {
  return (policy?.createScriptURL(url) ?? url) as unknown as string;
}
