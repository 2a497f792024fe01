/**
 * The page's side of the engine: asks it, watches it, stops it, and starts it again.
 *
 * The page never loads the engine itself. Nothing here throws: every request comes to a `Reply`.
 */
import { RUN_SECONDS } from "./limits.ts";
import {
  type Answer,
  type Answers,
  type Control,
  type EngineFacts,
  type FromEngine,
  phaseOf,
  type Progress,
  type Question,
  type Questions,
  type ToEngine,
  type Verb,
  WORD,
  WORDS,
  type Work,
} from "./messages.ts";

export type EngineStatus =
  /** `broke` says why an engine that worked is started again. */
  | { kind: "loading"; broke?: string }
  | { kind: "ready"; engine: EngineFacts }
  | { kind: "failed"; message: string };

/**
 * What a request came to. `gone`: the engine was replaced before it answered. `broke`: it was no refusal;
 * the engine itself failed, and was replaced.
 */
export type Reply<T> =
  | { kind: "done"; value: T }
  | { kind: "failed"; message: string; broke: boolean }
  | { kind: "gone" };

/** How long an engine may take to notice that it should stop. */
const PATIENCE_MS = 80;

/** An engine that breaks this often within this time is not started again by itself. */
const MOST_FAILURES = 4;
const FAILURES_WITHIN_MS = 10_000;

/**
 * An engine with nothing else to do begins with a question at once, and a run goes from transaction to
 * transaction. One that does not for so long has been killed, or waits for somebody who was.
 */
const BEGINS_WITHIN_MS = 5_000;
const MOVES_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 250;

/** Longer between two looks than any timer of a page in sight: it was in the background, or asleep. */
const AWAY_MS = 2_000;

type Pending = { begun: boolean; settle: (reply: Reply<Answer>) => void; progress?: (progress: Progress) => void };

export class Engine {
  readonly #heard: (status: EngineStatus) => void;
  readonly #startWorker: () => Worker;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #module: WebAssembly.Module | null = null;
  #words: Uint32Array | null = null;
  #ready = false;
  #nextId = 1;
  /** Settles when nothing runs a batch: those who do share the words of stop and progress. */
  #turn: Promise<unknown> = Promise.resolve();
  /** When it broke lately. */
  #failures: number[] = [];

  /** `heard` is told of every change of the engine's status; `startWorker` starts `worker.ts`. */
  constructor(heard: (status: EngineStatus) => void, startWorker: () => Worker) {
    this.#heard = heard;
    this.#startWorker = startWorker;
  }

  /** Starts the engine, or replaces it, perhaps because it broke; what it had not answered is gone. */
  start(broke?: string): void {
    this.end();
    this.#heard(broke === undefined ? { kind: "loading" } : { kind: "loading", broke });

    const worker = this.#startWorker();
    this.#worker = worker;
    // What is heard of a worker that was replaced says nothing of the one that is there now.
    worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
      if (worker === this.#worker) this.#hear(data);
    };
    worker.onerror = (event) => {
      if (worker !== this.#worker) return;
      const message = event.message || "the engine's script could not be loaded";
      this.#hear({ kind: "failed", id: null, message, broke: true });
    };
    this.#post({ kind: "start", module: this.#module });
  }

  /** Ends the engine; what it had not answered is gone. */
  end(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#words = null;
    this.#ready = false;
    this.#settleAll({ kind: "gone" });
  }

  /** Asks what is answered at once. */
  async ask<V extends Verb>(
    verb: V,
    about: Questions[V],
    progress?: (progress: Progress) => void,
  ): Promise<Reply<Answers[V]>> {
    const reply = await this.#ask({ verb, about } as Question, progress);
    if (reply.kind !== "done") return reply;
    if (reply.value.verb !== verb) return WRONG;
    return { kind: "done", value: reply.value.value as Answers[V] };
  }

  /** Asks for what runs a batch, when whoever asked before has an answer. */
  work<V extends Work>(
    verb: V,
    about: Questions[V],
    progress: (progress: Progress) => void,
  ): Promise<Reply<Answers[V]>> {
    const mine = this.#turn.then(async () => {
      if (this.#words) Atomics.store(this.#words, WORD.stop, 0);
      const answer = this.ask(verb, about, progress);
      const unwatch = this.#watch(progress);
      const unguard = this.#guard();
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        this.stop();
      }, RUN_SECONDS * 1000);
      const reply = await answer;
      clearTimeout(timer);
      unguard();
      unwatch();
      return late && reply.kind !== "failed" ? LATE : reply;
    });
    this.#turn = mine;
    return mine;
  }

  /** Asks what runs now to stop; an engine that does not listen is replaced. */
  stop(): void {
    if (!this.#words) {
      this.start();
      return;
    }
    Atomics.store(this.#words, WORD.stop, 1);
    const waiting = [...this.#pending.keys()];
    setTimeout(() => {
      if (waiting.some((id) => this.#pending.has(id))) this.start();
    }, PATIENCE_MS);
  }

  #ask(
    question: Question,
    progress?: (progress: Progress) => void,
  ): Promise<Reply<Answer>> {
    if (!this.#worker) return Promise.resolve({ kind: "gone" });
    const id = this.#nextId++;
    return new Promise((settle) => {
      this.#pending.set(id, { begun: false, settle, ...(progress ? { progress } : {}) });
      this.#post({ kind: "ask", id, question });
    });
  }

  #post(message: ToEngine): void {
    this.#worker?.postMessage(message);
  }

  #hear(message: FromEngine): void {
    switch (message.kind) {
      case "ready":
        this.#ready = true;
        this.#module = message.module;
        this.#words = message.control && wordsOf(message.control);
        this.#heard({ kind: "ready", engine: message.engine });
        return;
      case "begun": {
        const pending = this.#pending.get(message.id);
        if (pending) pending.begun = true;
        return;
      }
      case "progress":
        this.#pending.get(message.id)?.progress?.(message.progress);
        return;
      case "answer":
        this.#settle(message.id, { kind: "done", value: message.answer });
        return;
      case "failed":
        this.#fail(message.id, message.message, message.broke);
    }
  }

  /** After a failure the engine's memory cannot be trusted. */
  #fail(id: number | null, message: string, broke: boolean): void {
    if (id !== null) this.#settle(id, { kind: "failed", message, broke });
    else this.#settleAll({ kind: "failed", message, broke });
    const now = performance.now();
    this.#failures = [...this.#failures.filter((at) => now - at < FAILURES_WITHIN_MS), now];
    if (this.#ready && this.#failures.length < MOST_FAILURES) {
      this.start(message);
    } else {
      this.#worker?.terminate();
      this.#worker = null;
      this.#heard({ kind: "failed", message });
    }
  }

  #settle(id: number, reply: Reply<Answer>): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.settle(reply);
  }

  #settleAll(reply: Reply<Answer>): void {
    for (const id of [...this.#pending.keys()]) this.#settle(id, reply);
  }

  /** Reads the progress of a run from shared memory, once a frame. */
  #watch(progress: (progress: Progress) => void): () => void {
    let frame = 0;
    const look = () => {
      const words = this.#words;
      if (words) progress(progressIn(words));
      frame = requestAnimationFrame(look);
    };
    frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }

  /** Replaces an engine that nobody hears of any more. The time a page is not in sight does not count. */
  #guard(): () => void {
    let [seen, since, last] = ["", performance.now(), performance.now()];
    const timer = setInterval(() => {
      const now = performance.now();
      const words = this.#words;
      const all = [...this.#pending.values()];
      const begun = all.some((pending) => pending.begun);
      const { phase, committed } = words ? progressIn(words) : { phase: "idle", committed: 0 };
      // In the other phases nothing says how far it is.
      const isTold = words !== null && begun && (phase === "strategy" || phase === "oracle");
      const shows = `${all.length} ${begun} ${phase} ${committed}`;
      const away = document.visibilityState === "hidden" || now - last > AWAY_MS;
      const watched = this.#ready && all.length > 0 && (!begun || isTold);
      if (shows !== seen || away || !watched) since = now;
      [seen, last] = [shows, now];
      if (now - since < (begun ? MOVES_WITHIN_MS : BEGINS_WITHIN_MS)) return;
      since = now;
      this.#fail(null, begun ? "its workers stopped answering" : "it did not answer", true);
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }
}

function progressIn(words: Uint32Array): Progress {
  return {
    phase: phaseOf(Atomics.load(words, WORD.phase)),
    committed: Atomics.load(words, WORD.committed),
    total: Atomics.load(words, WORD.total),
  };
}

const LATE = {
  kind: "failed",
  message: `it took more than ${RUN_SECONDS} seconds and was stopped`,
  broke: false,
} as const;

const WRONG = {
  kind: "failed",
  message: "the engine answered another question",
  broke: false,
} as const;

function wordsOf({ memory, offset }: Control): Uint32Array {
  return new Uint32Array(memory.buffer, offset, WORDS);
}
