/**
 * The engine for other people's pages: what the npm package exports.
 *
 * A face of the page's own client, with promises that fail instead of replies. It is given no DOM.
 */
import { Engine, type EngineStatus, type Reply } from "../engine/client.ts";
import type { EngineFacts, Progress } from "../engine/messages.ts";
import {
  type Catalog,
  type ContractFile,
  DEFAULTS,
  type Problem,
  type Report,
  type RunOptions,
  type RunResult,
} from "../engine/report.ts";
import { isOption, OPTIONS } from "../model/options.ts";

export type * from "../engine/report.ts";
export type { Progress } from "../engine/messages.ts";

/** What a run begins with; eight workers, as on the page. */
const USUAL: RunOptions = { ...DEFAULTS, workers: 8 };

export type RunSettings = Partial<RunOptions> & {
  /** Compiled contracts that the script deploys by their names, as files in any form that the page takes. */
  contracts?: ContractFile[];
  /** Stops the run: then `run` fails with the kind `stopped`. */
  signal?: AbortSignal;
  /** Is told how far the run is. */
  progress?: (progress: Progress) => void;
};

export type EngineSettings = {
  /**
   * Starts the worker of the engine, `worker.js` of this package, as a module. For pages whose Trusted
   * Types or content security policy want it to come from elsewhere.
   */
  startWorker?: () => Worker;
};

/**
 * Why a call failed. `options`: an option that is none. `problems`: the script cannot be run; `problems`
 * says why, each with its place. `rejected`: the block access list that comes with the block is false;
 * `problems` says where. `stopped`: by `signal`. `failed`: the engine broke; it is started again
 * by itself, unless it could not be loaded. `disposed`: it was, before it answered.
 */
export type FailureKind = "options" | "problems" | "rejected" | "stopped" | "failed" | "disposed";

export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly kind: FailureKind;
  /** What is wrong with the script; empty for other kinds. */
  readonly problems: readonly Problem[];

  constructor(kind: FailureKind, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.kind = kind;
    this.problems = problems;
  }
}

export interface PlaygroundEngine {
  /** Threads that the runner `threads` can use; 1 where the page is not cross-origin isolated. */
  readonly threads: number;
  /** Strategies, examples and verbs. */
  readonly catalog: Catalog;
  /**
   * Runs a script and compares the result with sequential execution: `report.summary.matches`. Calls
   * wait for those before them. One that takes longer than a question may comes to the report of what there
   * is by then, as `report.summary.partial` says. Fails with an `EngineError`.
   */
  run(script: string, settings?: RunSettings): Promise<Report>;
  /** Ends the engine and frees its memory; what was not answered fails. */
  dispose(): void;
}

/** Loads and starts an engine in workers of its own. Fails with an `EngineError`. */
export function createEngine(settings: EngineSettings = {}): Promise<PlaygroundEngine> {
  const startWorker =
    settings.startWorker ??
    (() => new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "engine" }));
  return new Promise((resolve, reject) => {
    const hear = (status: EngineStatus) => {
      if (status.kind === "ready") resolve(new Started(client, status.engine));
      // Later ones are said by the calls that they break.
      if (status.kind === "failed") reject(new EngineError("failed", status.message));
    };
    const client = new Engine(hear, startWorker);
    try {
      client.start();
    } catch (error) {
      // The page's policy may refuse the worker at once.
      reject(new EngineError("failed", error instanceof Error ? error.message : String(error)));
    }
  });
}

class Started implements PlaygroundEngine {
  readonly threads: number;
  readonly catalog: Catalog;
  readonly #client: Engine;
  #disposed = false;
  /** Settles when the calls before are answered: only the one that runs may be stopped. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(client: Engine, { threads, catalog }: EngineFacts) {
    this.#client = client;
    this.threads = threads;
    this.catalog = catalog;
  }

  run(script: string, settings: RunSettings = {}): Promise<Report> {
    const mine = this.#turn.then(() => this.#run(script, settings));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  dispose(): void {
    this.#disposed = true;
    this.#client.end();
  }

  async #run(script: string, settings: RunSettings): Promise<Report> {
    const { contracts = [], signal, progress = () => undefined, ...chosen } = settings;
    const options = { ...USUAL, ...checked(chosen) };
    if (this.#disposed) throw disposed();
    if (signal?.aborted) throw stopped();
    const stop = () => void this.#client.stop();
    signal?.addEventListener("abort", stop);
    try {
      const about = { script, contracts, options };
      return this.#reportOf(await this.#client.work("run", about, progress), signal);
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  #reportOf(reply: Reply<RunResult>, signal: AbortSignal | undefined): Report {
    switch (reply.kind) {
      case "failed":
        throw new EngineError("failed", reply.message);
      case "gone":
        // An engine that does not listen is replaced, as is one that is disposed of.
        if (this.#disposed) throw disposed();
        if (signal?.aborted) throw stopped();
        throw new EngineError("failed", "the engine was started again before it answered");
    }
    const result = reply.value;
    switch (result.kind) {
      case "report":
        return result.report;
      case "problems":
        throw new EngineError("problems", said(result.problems), result.problems);
      case "rejected": {
        const problems = [result.problem, ...result.problems];
        throw new EngineError("rejected", said(problems), problems);
      }
      case "stopped":
        throw stopped();
    }
  }
}

/** Options that are what they may be; the engine would take others for an error of its own. */
function checked(chosen: Partial<RunOptions>): Partial<RunOptions> {
  for (const [name, value] of Object.entries(chosen)) {
    if (!isOption(name)) throw new EngineError("options", `there is no option ${name}`);
    const { is, means } = OPTIONS[name];
    if (!is(value)) throw new EngineError("options", `${name} is not ${means}`);
  }
  return chosen;
}

function said(problems: Problem[]): string {
  const first = problems.find(({ severity }) => severity === "error") ?? problems[0];
  if (!first) return "the script cannot be run";
  const { message, place } = first;
  return place === null ? message : `line ${place.line}, column ${place.column}: ${message}`;
}

function stopped(): EngineError {
  return new EngineError("stopped", "the run was stopped");
}

function disposed(): EngineError {
  return new EngineError("disposed", "the engine was disposed of");
}
