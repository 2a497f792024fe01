/**
 * The page's side of the engine: asks it, watches it, stops it, and starts it again.
 *
 * The page never loads the engine itself. Nothing here throws: every request comes to a `Reply`.
 */
import { unpack } from "./columns.ts";
import { MEMORY_MIB, RUN_SECONDS } from "./limits.ts";
import {
  type Answer,
  type Answers,
  type Control,
  type EngineFacts,
  type FromEngine,
  type Progress,
  type Question,
  type Questions,
  STOP,
  type ToEngine,
  type Verb,
  WORD,
  WORDS,
  type Work,
} from "./messages.ts";
import { LOOK_EVERY_MS, progressIn, Watchdog } from "./watchdog.ts";

export type EngineStatus =
  /** `broke` says why an engine that worked is started again. */
  | { kind: "loading"; broke?: string }
  | { kind: "ready"; engine: EngineFacts }
  /** `what` became of it, after "The engine"; `message` says why. */
  | { kind: "failed"; what: string; message: string };

/**
 * What a request came to. `late`: it took too long, so that the answer is about a part. `gone`: the engine was replaced before it answered. `broke`: it was no refusal;
 * the engine itself failed. `restarted`: it was replaced.
 */
export type Reply<T> =
  | { kind: "done"; value: T; late?: string }
  | { kind: "failed"; message: string; broke: boolean; restarted: boolean }
  | { kind: "gone" };

/** How long an engine may take to notice that it should stop. */
const PATIENCE_MS = 250;

/** An engine that breaks this often within this time is not started again by itself. */
const MOST_FAILURES = 4;
const FAILURES_WITHIN_MS = 10_000;

/** What is left to do once the engine's code is here: its workers start. */
const STARTS_WITHIN_MS = 10_000;

type Pending = {
  /** Does it run a batch? */
  works: boolean;
  begun: boolean;
  settle: (reply: Reply<Answer>) => void;
  progress?: (progress: Progress) => void;
};

export class Engine {
  readonly #heard: (status: EngineStatus) => void;
  readonly #startWorker: () => Worker;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #module: WebAssembly.Module | null = null;
  #words: Uint32Array | null = null;
  #ready = false;
  #mostMiB = MEMORY_MIB;
  #nextId = 1;
  /** Ends the wait for the lock of the engine that is there now. */
  #unlock: AbortController | null = null;
  /** The questions that were under way when the engine was asked whether it is there. */
  #pinged: number[] | null = null;
  /** The name of that lock. */
  #lock = "";
  /** What waits for the engine to start, and what looks at it while it works. */
  #starting: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;
  /** Did the last one not start for want of workers? */
  #stoodStill = false;
  /** A word that is not zero once the engine has asked for memory that there is not. */
  #exhausted: Uint32Array | null = null;
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
    // Another for each engine of each tab; also where a page is not secure.
    this.#lock = crypto.getRandomValues(new Uint32Array(4)).join("-");
    // What is heard of a worker that was replaced says nothing of the one that is there now.
    worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
      if (worker === this.#worker) this.#hear(data);
    };
    worker.onerror = (event) => {
      if (worker !== this.#worker) return;
      const message = event.message || "the engine's script could not be loaded";
      this.#hear({ kind: "failed", id: null, message, broke: true });
    };
    // Where the code is here already, only the rest is waited for.
    if (this.#module) this.#expectStart();
    this.#post({ kind: "start", module: this.#module, lock: this.#lock, mostMiB: this.#mostMiB });
  }

  /** Replaces the engine by one that may reserve no more memory than this. */
  limitMemory(mostMiB: number): void {
    this.#mostMiB = mostMiB;
    this.start();
  }

  /** Ends the engine; what it had not answered is gone. */
  end(): void {
    this.#drop();
    this.#settleAll({ kind: "gone" });
  }

  #drop(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#words = null;
    this.#exhausted = null;
    this.#ready = false;
    this.#pinged = null;
    this.#unlock?.abort();
    clearTimeout(this.#starting);
    this.#unguard();
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
      if (this.#words) Atomics.store(this.#words, WORD.stop, STOP.goOn);
      const answer = this.ask(verb, about, progress);
      const unwatch = this.#watch(progress);
      let late = false;
      // Again, where the report of what there is takes as long.
      const timer = setInterval(() => {
        late = true;
        void this.stop("enough");
      }, RUN_SECONDS * 1000);
      const reply = await answer;
      clearInterval(timer);
      unwatch();
      if (!late || reply.kind === "failed") return reply;
      if (isPart(reply)) return { ...reply, late: LATE.message };
      return { ...LATE, restarted: reply.kind === "gone" };
    });
    this.#turn = mine;
    return mine;
  }

  /**
   * Asks what runs now to stop; an engine that does not listen is replaced. Whoever has had enough of a run
   * is given the report of what there is, if there is something: says whether that is still to come.
   */
  stop(how: "stop" | "enough" = "stop"): Promise<boolean> {
    const words = this.#words;
    if (!words) {
      this.start();
      return Promise.resolve(false);
    }
    Atomics.store(words, WORD.stop, STOP[how]);
    const waiting = [...this.#pending.keys()];
    return new Promise((settle) => {
      setTimeout(() => {
        const waits = waiting.some((id) => this.#pending.has(id));
        const heard = Atomics.load(words, WORD.stop) === STOP.goOn;
        if (waits && !heard) this.start();
        settle(waits && heard);
      }, PATIENCE_MS);
    });
  }

  #ask(
    question: Question,
    progress?: (progress: Progress) => void,
  ): Promise<Reply<Answer>> {
    if (!this.#worker) return Promise.resolve({ kind: "gone" });
    const id = this.#nextId++;
    return new Promise((settle) => {
      this.#guard();
      const works = WORK.has(question.verb);
      this.#pending.set(id, { works, begun: false, settle, ...(progress ? { progress } : {}) });
      this.#post({ kind: "ask", id, question });
    });
  }

  #post(message: ToEngine): void {
    this.#worker?.postMessage(message);
  }

  #hear(message: FromEngine): void {
    switch (message.kind) {
      case "compiled":
        this.#expectStart();
        return;
      case "ready":
        clearTimeout(this.#starting);
        this.#stoodStill = false;
        this.#ready = true;
        if (message.held && this.#worker) this.#awaitEnd(this.#worker, this.#lock);
        this.#module = message.module;
        this.#words = message.control && wordsOf(message.control);
        this.#exhausted = message.control && exhaustedIn(message.control);
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
      case "pong": {
        const lost = this.#pinged?.some((id) => this.#pending.has(id)) ?? false;
        this.#pinged = null;
        if (lost) this.#fail(null, "its answer was lost", true);
        return;
      }
      case "answer":
        unpack(message.columns);
        this.#settle(message.id, { kind: "done", value: message.answer });
        return;
      case "failed":
        this.#fail(message.id, message.message, message.broke);
    }
  }

  /** A worker of the engine that cannot be started says nothing. The next one may all the same. */
  #expectStart(): void {
    clearTimeout(this.#starting);
    this.#starting = setTimeout(() => {
      if (this.#stoodStill) return this.#fail(null, "its workers did not start", true);
      this.#stoodStill = true;
      this.start();
    }, STARTS_WITHIN_MS);
  }

  /** After a failure the engine's memory cannot be trusted. */
  #fail(id: number | null, why: string, broke: boolean): void {
    const exhausted = this.#exhausted !== null && Atomics.load(this.#exhausted, 0) !== 0;
    const message = exhausted ? OUT_OF_MEMORY : why;
    const failed = { kind: "failed", message, broke, restarted: true } as const;
    // A batch that was run beside what broke the engine has lost it too.
    for (const [each, { works }] of [...this.#pending]) {
      if (id === null || id === each || (broke && works)) this.#settle(each, failed);
    }
    const now = performance.now();
    const recent = this.#failures.filter((at) => now - at < FAILURES_WITHIN_MS);
    // A batch that is too large says nothing of the engine, which starts all the same.
    this.#failures = exhausted ? recent : [...recent, now];
    if (this.#ready && this.#failures.length < MOST_FAILURES) {
      this.start(message);
    } else {
      const what = this.#ready ? "breaks again and again, and is not started any more" : "did not start";
      this.#drop();
      this.#heard({ kind: "failed", what, message });
    }
  }

  #settle(id: number, reply: Reply<Answer>): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    // There is nothing left that somebody wanted to stop.
    if (this.#words && this.#pending.size === 0) Atomics.store(this.#words, WORD.stop, STOP.goOn);
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

  /** Looks at the engine while it has something to answer. */
  #guard(): void {
    if (this.#looking !== undefined) return;
    const watchdog = new Watchdog();
    this.#looking = setInterval(() => {
      if (this.#pending.size === 0) {
        this.#unguard();
        return;
      }
      // Until it is ready it has other things to do.
      if (!this.#ready) return;
      this.#ping();
      const all = [...this.#pending.values()].filter((pending) => pending.begun);
      const begun = all.length === 0 ? "nothing" : all.some(({ works }) => works) ? "work" : "question";
      const seen = { nowMs: performance.now(), pending: this.#pending.size, begun, words: this.#words } as const;
      const dead = watchdog.look(seen);
      if (dead !== null) this.#fail(null, dead, true);
    }, LOOK_EVERY_MS);
  }

  #unguard(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  /** Asks whether it is there. It answers in order, so what was asked before should have an answer by then. */
  #ping(): void {
    if (this.#pinged !== null) return;
    this.#pinged = [...this.#pending.keys()];
    this.#post({ kind: "ping" });
  }

  /** Waits for the engine's end, which gives back its lock. */
  #awaitEnd(worker: Worker, lock: string): void {
    const unlock = new AbortController();
    this.#unlock = unlock;
    const ended = () => {
      if (worker === this.#worker) this.#fail(null, "it ended by itself", true);
    };
    navigator.locks.request(lock, { signal: unlock.signal }, ended).catch(() => undefined);
  }
}

/** Is it the report of a part of a block? */
function isPart<V extends Work>(reply: Reply<Answers[V]>): reply is Extract<Reply<Answers[V]>, { kind: "done" }> {
  if (reply.kind !== "done" || reply.value.kind !== "report") return false;
  return reply.value.report.summary.partial !== undefined;
}

const WORK: ReadonlySet<Verb> = new Set<Work>(["run", "compare", "curve", "measure"]);

const OUT_OF_MEMORY = "there was not enough memory";

const LATE = {
  kind: "failed",
  message: `it took more than ${RUN_SECONDS} seconds and was stopped`,
  broke: false,
} as const;

const WRONG = {
  kind: "failed",
  message: "the engine answered another question",
  broke: false,
  restarted: false,
} as const;

function exhaustedIn({ memory, exhausted }: Control): Uint32Array {
  return new Uint32Array(memory.buffer, exhausted, 1);
}

function wordsOf({ memory, offset }: Control): Uint32Array {
  return new Uint32Array(memory.buffer, offset, WORDS);
}
