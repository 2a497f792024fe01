/**
 * The engine worker: loads the engine and starts its pool.
 *
 * The only place that touches the wasm module. It may be killed and started again at any time.
 */
import init, { countWorkers, initThreadPool } from "./pkg/index.js";
import type { FromEngine } from "./messages.ts";

const MIB = 1024 * 1024;
const PAGE = 64 * 1024;

/** More than the module's own data and stack, which it checks when it starts. */
const INITIAL_MIB = 16;

/** The module declares 1,024; devices that refuse to reserve that much get less. */
const MAXIMUM_MIB = [1024, 512, 256, 128];

/** A pool larger than the machine shows what more workers would do. */
const SMALLEST_POOL = 8;

function say(message: FromEngine): void {
  self.postMessage(message);
}

function reserveMemory(): { memory: WebAssembly.Memory; memoryMiB: number } {
  let refusal: unknown;
  for (const memoryMiB of MAXIMUM_MIB) {
    try {
      const memory = new WebAssembly.Memory({
        initial: (INITIAL_MIB * MIB) / PAGE,
        maximum: (memoryMiB * MIB) / PAGE,
        shared: true,
      });
      return { memory, memoryMiB };
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

async function start(): Promise<void> {
  const { memory, memoryMiB } = reserveMemory();
  const module_or_path = new URL("./pkg/index_bg.wasm", import.meta.url);
  await init({ module_or_path, memory });
  // Only this says whether memory may be shared: elsewhere it can be made and then not be sent.
  if (self.crossOriginIsolated) {
    await initThreadPool(Math.max(SMALLEST_POOL, navigator.hardwareConcurrency));
  }
  say({ kind: "ready", workers: countWorkers(), memoryMiB });
}

start().catch((error: unknown) => {
  say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
});
