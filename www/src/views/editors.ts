/** The editors: most of what the page loads, and not part of its first picture. */
import { later } from "../lib/later.ts";

export const loadScriptEditor = later(() => import("./script-editor.svelte"));
export const loadSolidityEditor = later(() => import("./solidity-editor.svelte"));
