/** What the page's side of the engine does with one that takes too long. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Engine } from "./client.ts";
import { RUN_SECONDS } from "./limits.ts";
import { STOP, WORD, WORDS } from "./messages.ts";
import { DEFAULTS } from "./report.ts";

/** A worker that answers when it is told to. */
class FakeWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly asked: number[] = [];

  postMessage(message: { kind: string; id: number }): void {
    if (message.kind === "ask") this.asked.push(message.id);
  }

  terminate(): void {}

  say(data: unknown): void {
    this.onmessage?.({ data });
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  vi.stubGlobal("requestAnimationFrame", () => 0);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A run that takes all the time there is, and what it comes to; `stops` says what the engine does then. */
async function late(stops: (worker: FakeWorker, id: number | undefined, words: Uint32Array) => void) {
  const workers: FakeWorker[] = [];
  const engine = new Engine(
    () => undefined,
    () => {
      workers.push(new FakeWorker());
      return workers.at(-1) as unknown as Worker;
    },
  );
  engine.start();
  const worker = workers[0]!;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const words = new Uint32Array(memory.buffer, 64, WORDS);
  worker.say({ kind: "ready", engine: {}, module: null, control: { memory, offset: 64, exhausted: 0 }, held: false });
  const reply = engine.work("run", { script: "", contracts: [], options: DEFAULTS }, () => undefined);
  await vi.advanceTimersByTimeAsync(0);
  const [id] = worker.asked;
  worker.say({ kind: "begun", id });
  // It lives: a pulse at each look.
  for (let second = 0; second < RUN_SECONDS; second++) {
    Atomics.add(words, WORD.committed, 1);
    expect(Atomics.load(words, WORD.stop)).toBe(STOP.goOn);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(Atomics.load(words, WORD.stop)).toBe(STOP.enough);
  stops(worker, id, words);
  await vi.advanceTimersByTimeAsync(1_000);
  return { reply: await reply, started: workers.length };
}

const tooLong = {
  kind: "failed",
  message: `it took more than ${RUN_SECONDS} seconds and was stopped`,
  broke: false,
};

test("a run that takes too long is stopped, and the engine stays", async () => {
  const stops = (worker: FakeWorker, id: number | undefined) =>
    worker.say({ kind: "answer", id, answer: { verb: "run", value: { kind: "stopped" } }, columns: [] });
  expect(await late(stops)).toEqual({ reply: { ...tooLong, restarted: false }, started: 1 });
});

test("one that does not listen then takes the engine with it", async () => {
  expect(await late(() => undefined)).toEqual({ reply: { ...tooLong, restarted: true }, started: 2 });
});

test("one that takes the stop back is waited for, and what it has by then counts", async () => {
  const part = { kind: "report", report: { summary: { partial: { committed: 1, transactions: 2 } } }, problems: [] };
  const stops = (worker: FakeWorker, id: number | undefined, words: Uint32Array) => {
    Atomics.store(words, WORD.stop, STOP.goOn);
    setTimeout(() => worker.say({ kind: "answer", id, answer: { verb: "run", value: part }, columns: [] }), 900);
  };
  const reply = { kind: "done", value: part, late: tooLong.message };
  expect(await late(stops)).toEqual({ reply, started: 1 });
});

test("an engine whose workers do not start is started once more, and then the page is told", async () => {
  const workers: FakeWorker[] = [];
  const heard: string[] = [];
  const engine = new Engine(
    (status) => heard.push(status.kind === "failed" ? `${status.what}: ${status.message}` : status.kind),
    () => {
      workers.push(new FakeWorker());
      return workers.at(-1) as unknown as Worker;
    },
  );
  engine.start();
  workers[0]!.say({ kind: "compiled" });
  await vi.advanceTimersByTimeAsync(10_000);
  expect([workers.length, heard]).toEqual([2, ["loading", "loading"]]);
  workers[1]!.say({ kind: "compiled" });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(heard.at(-1)).toBe("did not start: its workers did not start");
  expect(workers.length).toBe(2);
});
