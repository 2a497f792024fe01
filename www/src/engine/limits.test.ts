/** Each limit that the page looks after: at its number, and at one above. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fromHost } from "../model/embed.ts";
import { sizeProblem } from "../model/files.ts";
import { asker } from "../node/ask.ts";
import { collect } from "../node/collect.ts";
import { endpointOf } from "../node/endpoint.ts";
import { readSavedFile } from "../share/file.ts";
import { pack, unpack } from "../share/packed.ts";
import { compileAll } from "../solidity/compile.ts";
import { Compiler } from "../solidity/compiler.ts";
import { Engine } from "./client.ts";
import limits from "./limits.json";
import { NODE_SECONDS } from "./limits.ts";
import { DEFAULTS } from "./report.ts";

const MIB = 1024 * 1024;

/** All that is said of so much of something; nothing where all is well. */
type Tried = (n: number) => string | Promise<string>;

/** A worker that answers when it is told to. */
class FakeWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly asked: { id: number }[] = [];

  postMessage(message: { kind: string; id: number }): void {
    if (message.kind === "ask") this.asked.push(message);
  }

  terminate(): void {}

  say(data: unknown): void {
    this.onmessage?.({ data });
  }
}

const workers: FakeWorker[] = [];

function startFake(): Worker {
  const worker = new FakeWorker();
  workers.push(worker);
  return worker as unknown as Worker;
}

vi.mock("./scripts.ts", () => ({ compilerSource: "soljson.js", startCompiler: () => startFake() }));

beforeEach(() => {
  workers.length = 0;
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("document", { visibilityState: "visible" });
  vi.stubGlobal("location", { origin: "http://localhost" });
  vi.stubGlobal("requestAnimationFrame", () => 0);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Streams and promises go on by themselves. */
function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
}

/** What is thrown, if anything is. */
async function thrown(act: () => unknown): Promise<string> {
  try {
    await act();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

const saved = (fields: object) => thrown(() => readSavedFile(JSON.stringify({ interleave: 1, ...fields })));
const file = (i: number) => ({ name: `F${i}.sol`, text: "" });

/** What the engine's page says of a run that is answered just before so many seconds are over. */
async function runFor(seconds: number): Promise<string> {
  fakeTimers();
  const engine = new Engine(() => undefined, startFake);
  engine.start();
  const worker = workers[0];
  worker?.say({ kind: "ready", engine: {}, module: null, control: null });
  const reply = engine.work("run", { script: "", contracts: [], options: DEFAULTS }, () => undefined);
  await vi.advanceTimersByTimeAsync(0);
  const id = worker?.asked[0]?.id;
  worker?.say({ kind: "begun", id });
  await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
  worker?.say({ kind: "answer", id, answer: { verb: "run", value: {} }, columns: [] });
  const said = await reply;
  return said.kind === "failed" ? said.message : "";
}

async function compileFor(seconds: number): Promise<string> {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("the compiler")));
  const compiler = new Compiler(() => undefined);
  fakeTimers();
  const done = compiler.compile("");
  while (workers.length === 0) await vi.advanceTimersByTimeAsync(0);
  await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
  workers[0]?.say("output");
  const compilation = await done;
  return compilation.kind === "failed" ? compilation.message : "";
}

/** A node whose answers have so many bytes each. */
async function answers(sizes: number[]): Promise<string> {
  let id = 0;
  vi.stubGlobal("fetch", () => {
    const size = sizes[id++] ?? 0;
    const [before, after] = [`{"jsonrpc":"2.0","id":${id},"result":"`, `"}`];
    const chunk = new Uint8Array(MIB).fill(97);
    let left = size - before.length - after.length;
    const body = new ReadableStream({
      start: (to) => to.enqueue(new TextEncoder().encode(before)),
      pull(to) {
        to.enqueue(left > 0 ? chunk.slice(0, left) : new TextEncoder().encode(after));
        if (left <= 0) to.close();
        left -= MIB;
      },
    });
    return Promise.resolve(new Response(body));
  });
  return thrown(async () => {
    const ask = asker(endpoint(), NODE_SECONDS, () => undefined);
    for (const _ of sizes) await ask("eth_chainId", []);
  });
}

function endpoint() {
  const found = endpointOf("http://localhost:8545");
  if (typeof found === "string") throw new Error(found);
  return found;
}

/** A node that takes nearly so many seconds for an answer, which is waited for as long as usual. */
async function answeredAfter(seconds: number): Promise<string> {
  fakeTimers();
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => {
    return new Promise<Response>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new Error("aborted")));
      setTimeout(() => resolve(new Response('{"jsonrpc":"2.0","id":1,"result":1}')), seconds * 1000 - 1);
    });
  });
  const said = thrown(() => asker(endpoint(), NODE_SECONDS, () => undefined)("eth_chainId", []));
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  return said;
}

async function blockOf(transactions: number): Promise<string> {
  const txs = Array.from({ length: transactions }, (_, i) => ({ hash: `0x${i}` }));
  const block = { number: "0x1", hash: "0xb", transactions: txs };
  const ask = (method: string) => Promise.resolve(method === "eth_getBlockByNumber" ? block : []);
  return thrown(() => collect(ask, "latest", () => undefined));
}

async function solidity(chars: number): Promise<string> {
  const failed = { kind: "failed", message: "not compiled" } as const;
  const files = [{ name: "A.sol", text: "a".repeat(chars) }];
  const compiled = await compileAll(files, "osaka", () => Promise.resolve(failed));
  return compiled?.problems.map(({ message }) => message).join() ?? "";
}

/** How each limit is tried, what is said beyond it, and what at it, where that is not nothing. */
const CASES: Record<string, [Tried, string, string?]> = {
  LINK_CHARS: [(n) => thrown(() => unpack("A".repeat(n))), "it is too long", "it is cut off or damaged"],
  LINK_BYTES: [(n) => thrown(async () => unpack((await pack("a".repeat(n))) ?? "")), "holds more than"],
  SAVED_CHARS: [(n) => saved({ script: "a".repeat(n) }), "at most 32000000 characters"],
  SAVED_FILES: [
    (n) => saved({ script: "", files: Array.from({ length: n }, (_, i) => file(i)) }),
    "a list of at most 200",
  ],
  SAVED_NAME_CHARS: [(n) => saved({ example: "a".repeat(n) }), "at most 1000 characters"],
  // The file itself is the outermost object.
  JSON_DEPTH: [
    (n) => thrown(() => readSavedFile(`{"interleave":1,"example":"a","x":${"[".repeat(n - 1)}${"]".repeat(n - 1)}}`)),
    "nested too deep",
  ],
  EMBED_CHARS: [
    (n) => (fromHost({ interleave: 1, kind: "setScript", script: "a".repeat(n) }) ? "" : "refused"),
    "refused",
  ],
  OPENED_BYTES: [(n) => sizeProblem(n) ?? "", "larger than 32 MB"],
  SOLIDITY_CHARS: [solidity, "at most 1,000,000 characters", "not compiled"],
  RUN_SECONDS: [runFor, "more than 600 seconds"],
  COMPILER_SECONDS: [compileFor, "more than 30 seconds"],
  NODE_ANSWER_MIB: [(n) => answers([n * MIB]), "one may have 64 MiB"],
  NODE_ANSWERS_MIB: [(n) => answers([64 * MIB, 64 * MIB, ...(n > 128 ? [(n - 128) * MIB] : [])]), "all together 128"],
  NODE_SECONDS: [answeredAfter, "no answer within 60 seconds"],
  NODE_TRANSACTIONS: [blockOf, "more than can be read"],
};

/** A browser that has so much memory to give is needed: `tests/e2e/recovery.spec.ts`. */
const ELSEWHERE = new Set(["MEMORY_MIB"]);

for (const { name, most, keeper } of limits) {
  if (keeper !== "page" || ELSEWHERE.has(name)) continue;
  test(`${name} holds at ${most} and not one above`, async () => {
    const [tried, says, atIt = ""] = CASES[name] ?? [() => "", "a case for this limit"];
    expect(await tried(most)).toBe(atIt);
    vi.useRealTimers();
    workers.length = 0;
    expect(await tried(most + 1)).toContain(says);
  });
}
