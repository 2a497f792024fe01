/**
 * The Solidity compiler's worker: text of standard JSON in, text of standard JSON out.
 *
 * A classic script, since the compiler beside it is one. It is served with a policy of its own: it
 * reaches no network, and the page kills it when it takes too long.
 */
"use strict";

importScripts("soljson.js");

/**
 * What the compiler's script leaves in the global scope, as far as it is used here.
 *
 * @type {{ cwrap(name: string, result: string | null, parameters: string[]): (...values: unknown[]) => unknown }}
 */
const soljson = Reflect.get(self, "Module");

const compile = soljson.cwrap("solidity_compile", "string", ["string", "number", "number"]);
const reset = soljson.cwrap("solidity_reset", null, []);

self.onmessage = ({ data }) => {
  const output = compile(data, 0, 0);
  // Gives back what the compiler allocated for this run.
  reset();
  self.postMessage(output);
};
