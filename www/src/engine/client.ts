/** Starts the engine worker. The page never loads the engine itself. */
import workerUrl from "./worker.ts?worker&url";
import type { FromEngine } from "./messages.ts";

/** The policy of Trusted Types that the page's security policy names: one script, no other. */
const scripts = window.trustedTypes?.createPolicy("engine", {
  createScriptURL(url) {
    if (url !== workerUrl) throw new TypeError(`not a script of this page: ${url}`);
    return url;
  },
});

/** Starts an engine; `heard` gets all that it says, and whatever goes wrong in it. */
export function startEngine(heard: (message: FromEngine) => void): Worker {
  // `Worker` takes a trusted address; TypeScript's own declarations do not know it yet.
  const trusted = (scripts?.createScriptURL(workerUrl) ?? workerUrl) as unknown as string;
  const worker = new Worker(trusted, { type: "module", name: "engine" });
  worker.onmessage = (event: MessageEvent<FromEngine>) => heard(event.data);
  worker.onerror = (event) => {
    heard({ kind: "failed", message: event.message || "the engine's script could not be loaded" });
  };
  return worker;
}
