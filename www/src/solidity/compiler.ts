/**
 * The page's side of the Solidity compiler: loads it when it is first needed, asks it, and kills it
 * when it takes too long or when something newer is asked.
 *
 * It knows nothing of Solidity; that is `model/solidity.ts`. Nothing here throws.
 */
import { COMPILER_SECONDS } from "../engine/limits.ts";
import { compilerSource, startCompiler } from "../engine/scripts.ts";

export type CompilerStatus =
  | { kind: "idle" }
  /** Being loaded; the share is `null` where the host does not say how much there is. */
  | { kind: "loading"; share: number | null }
  | { kind: "compiling" };

/** What a compilation came to. `replaced`: something newer was asked before it ended. */
export type Compilation =
  { kind: "done"; output: string } | { kind: "failed"; message: string } | { kind: "replaced" };

type Pending = { settle: (compilation: Compilation) => void; timer: number };

export class Compiler {
  readonly #heard: (status: CompilerStatus) => void;
  #worker: Worker | null = null;
  #pending: Pending | null = null;
  #loaded: Promise<void> | null = null;
  /** Counts what was asked, so that an older question notices that it is one. */
  #asked = 0;

  /** `heard` is told of every change of the compiler's status. */
  constructor(heard: (status: CompilerStatus) => void) {
    this.#heard = heard;
  }

  /** Compiles standard JSON. What was asked before and is not answered is given up. */
  async compile(input: string): Promise<Compilation> {
    const asked = this.#replace();
    try {
      await this.#load();
    } catch (error) {
      if (asked === this.#asked) this.#heard({ kind: "idle" });
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: "failed", message: `The Solidity compiler could not be loaded: ${reason}.` };
    }
    if (asked !== this.#asked) return { kind: "replaced" };
    this.#heard({ kind: "compiling" });
    return this.#ask(input);
  }

  /** Gives up what was asked. */
  cancel(): void {
    this.#replace();
    this.#heard({ kind: "idle" });
  }

  #replace(): number {
    if (this.#pending) {
      this.#kill();
      this.#settle({ kind: "replaced" });
    }
    this.#asked += 1;
    return this.#asked;
  }

  #kill(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }

  #settle(compilation: Compilation): void {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = null;
    clearTimeout(pending.timer);
    this.#heard({ kind: "idle" });
    pending.settle(compilation);
  }

  #ask(input: string): Promise<Compilation> {
    return new Promise((settle) => {
      const timer = window.setTimeout(() => {
        this.#kill();
        this.#settle({
          kind: "failed",
          message: `The Solidity compiler was stopped: it took more than ${COMPILER_SECONDS} seconds.`,
        });
      }, COMPILER_SECONDS * 1000);
      this.#pending = { settle, timer };
      this.#worker ??= this.#start();
      this.#worker.postMessage(input);
    });
  }

  #start(): Worker {
    const worker = startCompiler();
    // What one says that was ended meanwhile is no answer to what was asked since.
    worker.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (worker !== this.#worker) return;
      this.#settle(
        typeof data === "string"
          ? { kind: "done", output: data }
          : { kind: "failed", message: "The Solidity compiler answered something else." },
      );
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (worker !== this.#worker) return;
      this.#kill();
      const reason = event.message || "its script could not be loaded";
      this.#settle({ kind: "failed", message: `The Solidity compiler failed: ${reason}.` });
    };
    return worker;
  }

  /**
   * Reads the compiler once, so that the wait has an end in sight; its worker, which reaches no
   * network, then finds it in the browser's cache.
   */
  #load(): Promise<void> {
    this.#loaded ??= this.#read().catch((error: unknown) => {
      this.#loaded = null;
      throw error;
    });
    return this.#loaded;
  }

  async #read(): Promise<void> {
    this.#heard({ kind: "loading", share: null });
    const response = await fetch(compilerSource);
    if (!response.ok || !response.body) throw new Error(`the host answered ${response.status}`);
    const packed = response.headers.get("Content-Encoding") !== null;
    const size = Number(response.headers.get("Content-Length"));
    const reader = response.body.getReader();
    let read = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      read += value.byteLength;
      // A packed file's length says nothing of what comes out.
      const share = size > 0 && !packed ? Math.min(read / size, 1) : null;
      this.#heard({ kind: "loading", share });
    }
  }
}
