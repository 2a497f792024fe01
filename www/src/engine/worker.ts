/**
 * The engine worker: loads the engine, starts its pool, answers requests one after another.
 *
 * The only place that touches the wasm module. It may be killed and started again at any time.
 */
import init, {
  assemble,
  catalog,
  check,
  compare,
  control,
  curve,
  exhausted,
  fees,
  hasMemory,
  initThreadPool,
  measure,
  open,
  run,
  write,
} from "./pkg/index.js";
import { pack } from "./columns.ts";
import { type Answer, type FromEngine, MEMORIES_MIB, phaseOf, type Question, type ToEngine, type Work } from "./messages.ts";
import type { Catalog, ContractFile } from "./report.ts";

const MIB = 1024 * 1024;
const PAGE = 64 * 1024;

/** More than the module's own data and stack, which it checks when it starts. */
const INITIAL_MIB = 16;

/** A pool larger than the machine shows what more workers would do. */
const SMALLEST_POOL = 8;

/** Where so little memory could be reserved, each thread's stack counts. */
const SMALL_MIB = 256;
const SMALL_POOL = 4;

function say(message: FromEngine, memory: ArrayBuffer[] = []): void {
  self.postMessage(message, { transfer: memory });
}

function fail(id: number | null, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  say({ kind: "failed", id, message, broke: !isRefusal(error, message) });
}

/** The engine refuses by a plain error; a trap is of a kind of its own, and a panic of a worker says so. */
function isRefusal(error: unknown, message: string): boolean {
  const plain = error instanceof Error && error.constructor === Error;
  return plain && !message.startsWith("a worker failed");
}

function reserveMemory(mostMiB: number): { memory: WebAssembly.Memory; memoryMiB: number } {
  let refusal: unknown;
  for (const memoryMiB of MEMORIES_MIB.filter((size) => size <= mostMiB)) {
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

async function compile(): Promise<WebAssembly.Module> {
  const url = new URL("./pkg/index_bg.wasm", import.meta.url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the engine could not be loaded (${response.status})`);
  // Only what its host calls so may be compiled while it comes.
  const named = response.headers.get("content-type") === "application/wasm";
  return named ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

const PlainWorker = Worker;
/** The threads of the pool, as long as this worker lives. */
const threads: Worker[] = [];

/**
 * A thread of the pool in Firefox, which makes one after another: making a worker within a worker may stand
 * still for ever while the one before is about to begin. And it ends workers that nobody refers to, also those
 * that share memory with somebody (bug 1702191); what starts a pool keeps no reference.
 */
class OneByOne extends EventTarget {
  static #last: Promise<void> = Promise.resolve();
  #init: unknown;

  constructor(url: string | URL, options?: WorkerOptions) {
    super();
    OneByOne.#last = OneByOne.#last.then(() => this.#begin(url, options));
  }

  /** What the thread is told when it is there. */
  postMessage(init: unknown): void {
    this.#init = init;
  }

  #begin(url: string | URL, options?: WorkerOptions): Promise<void> {
    const worker = new PlainWorker(url, options);
    threads.push(worker);
    worker.postMessage(this.#init);
    return new Promise((settle) => {
      worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
        this.dispatchEvent(new MessageEvent("message", { data }));
        settle();
      });
    });
  }
}

async function startPool(memoryMiB: number): Promise<number> {
  // Only this says whether memory may be shared: elsewhere it can be made and then not be sent.
  if (!self.crossOriginIsolated) return 1;
  const cores = navigator.hardwareConcurrency;
  const small = memoryMiB <= SMALL_MIB;
  const count = small ? Math.min(cores, SMALL_POOL) : Math.max(SMALLEST_POOL, cores);
  if (navigator.userAgent.includes("Firefox")) Object.assign(self, { Worker: OneByOne });
  await initThreadPool(count);
  return count;
}

/** Holds a lock until this worker ends, however it does; `false` where there are no locks. */
function hold(lock: string): Promise<boolean> {
  return new Promise((settle) => {
    const until = () => {
      settle(true);
      return new Promise(() => undefined);
    };
    navigator.locks.request(lock, until).catch(() => settle(false));
  });
}

async function start({ module: compiled, lock, mostMiB }: Extract<ToEngine, { kind: "start" }>): Promise<void> {
  const { memory, memoryMiB } = reserveMemory(mostMiB);
  const held = "locks" in navigator && (await hold(lock));
  const module = compiled ?? (await compile());
  say({ kind: "compiled" });
  await init({ module_or_path: module, memory });
  hasMemory(memoryMiB);
  const threads = await startPool(memoryMiB);
  say({
    kind: "ready",
    engine: { catalog: catalog() as Catalog, threads, memoryMiB },
    module,
    control: self.crossOriginIsolated ? { memory, offset: control(), exhausted: exhausted() } : null,
    held,
  });
}

/** The exports that run a batch; all are called alike. */
const WORK = { run, compare, curve, measure };

type Relay = (phase: number, committed: number, total: number) => void;

function answer(question: Question, relay: Relay): Answer {
  const { verb } = question;
  switch (verb) {
    case "check": {
      const { script, contracts } = question.about;
      return answered(verb, check(script, files(contracts)));
    }
    case "fees":
      return answered(verb, fees(question.about.assumptions));
    case "assemble":
      return answered(verb, assemble(question.about));
    case "export": {
      const { script, contracts, format } = question.about;
      return answered(verb, write(script, files(contracts), format));
    }
    case "open":
      return answered(verb, open(files(question.about.files), question.about.case));
    default: {
      const { script, contracts, options } = question.about;
      // Where memory is shared, the page reads the progress from it.
      const onProgress = self.crossOriginIsolated ? undefined : relay;
      return answered(verb, WORK[verb satisfies Work](script, files(contracts), options, onProgress));
    }
  }
}

/** What an export gave is what its verb answers: both are written from the same types. */
function answered(verb: Question["verb"], value: unknown): Answer {
  return { verb, value } as Answer;
}

/** Names and texts in turn, as the exports take them. */
function files(contracts: ContractFile[]): string[] {
  return contracts.flatMap(({ name, text }) => [name, text]);
}

function hear({ id, question }: Extract<ToEngine, { kind: "ask" }>): void {
  const relay: Relay = (phase, committed, total) =>
    say({ kind: "progress", id, progress: { phase: phaseOf(phase), committed, total } });
  say({ kind: "begun", id });
  const found = answer(question, relay);
  const { columns, memory } = pack(found);
  say({ kind: "answer", id, answer: found, columns }, memory);
}

let ready: Promise<void> = Promise.reject(new Error("the engine was not started"));
ready.catch(() => undefined);

self.onmessage = ({ data }: MessageEvent<ToEngine>) => {
  if (data.kind === "start") {
    ready = start(data);
    ready.catch((error: unknown) => fail(null, error));
    return;
  }
  if (data.kind === "ping") {
    ready.then(() => say({ kind: "pong" })).catch(() => undefined);
    return;
  }
  ready.then(() => hear(data)).catch((error: unknown) => fail(data.id, error));
};
