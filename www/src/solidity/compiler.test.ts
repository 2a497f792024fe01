import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Compiler } from "./compiler.ts";

/** A worker that answers when the test says so. */
class FakeWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: { message: string; preventDefault: () => void }) => void) | null = null;
  ended = false;

  postMessage(): void {}

  terminate(): void {
    this.ended = true;
  }

  answer(data: unknown): void {
    this.onmessage?.({ data });
  }

  fail(message: string): void {
    this.onerror?.({ message, preventDefault: () => undefined });
  }
}

const workers: FakeWorker[] = [];

vi.mock("../engine/scripts.ts", () => ({
  compilerSource: "solc/soljson.js",
  startCompiler: () => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  },
}));

beforeEach(() => {
  workers.length = 0;
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("the compiler")));
  vi.stubGlobal("window", globalThis);
});

afterEach(() => vi.unstubAllGlobals());

async function started(count: number): Promise<FakeWorker> {
  await vi.waitFor(() => expect(workers).toHaveLength(count));
  const worker = workers[count - 1];
  if (!worker) throw new Error("no worker was started");
  return worker;
}

test("a newer question ends the older one", async () => {
  const compiler = new Compiler(() => undefined);
  const first = compiler.compile("first");
  const old = await started(1);
  const second = compiler.compile("second");
  expect(await first).toEqual({ kind: "replaced" });
  expect(old.ended).toBe(true);
  (await started(2)).answer("output");
  expect(await second).toEqual({ kind: "done", output: "output" });
});

test("what a compiler says after it was ended is no answer", async () => {
  const compiler = new Compiler(() => undefined);
  void compiler.compile("first");
  const old = await started(1);
  const second = compiler.compile("second");
  const current = await started(2);
  old.fail("its script failed to load");
  old.answer("output of the first");
  expect(current.ended).toBe(false);
  current.answer("output of the second");
  expect(await second).toEqual({ kind: "done", output: "output of the second" });
});
