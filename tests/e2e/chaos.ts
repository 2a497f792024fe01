/**
 * Harm to the threads of a page, from outside: they are killed or stopped wherever they are, also while
 * they hold a lock.
 *
 * It speaks the protocol of Chromium's debugger to each worker, and to the workers of that. What is killed
 * says nothing to anybody, as when the system kills it.
 */
import type { CDPSession, Page } from "@playwright/test";
import { ENGINE } from "./playground.ts";

/** A worker of the page: the sessions that lead to it, from outside in. */
type Target = { path: string[]; url: string };

type Message = { id?: number; method?: string; params?: Record<string, unknown> };

export class Chaos {
  readonly #session: CDPSession;
  readonly #waiting = new Map<number, () => void>();
  #targets: Target[] = [];
  #nextId = 1;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  /** Gets to know the workers of the page, those that come too. */
  static async of(page: Page): Promise<Chaos> {
    const session = await page.context().newCDPSession(page);
    const chaos = new Chaos(session);
    session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) =>
      chaos.#attached([sessionId], targetInfo.url),
    );
    session.on("Target.detachedFromTarget", ({ sessionId }) => chaos.#detached(sessionId));
    session.on("Target.receivedMessageFromTarget", ({ sessionId, message }) =>
      chaos.#heard([sessionId], message),
    );
    await session.send("Target.setAutoAttach", ATTACH);
    return chaos;
  }

  /** The workers of the engine's pool that are there now. */
  pool(): Target[] {
    return this.#targets.filter(({ path }) => path.length === 2);
  }

  /** The worker that has the engine. */
  engine(): Target {
    const engine = this.#targets.findLast(({ path, url }) => path.length === 1 && ENGINE.test(url));
    if (!engine) throw new Error("the page has no engine");
    return engine;
  }

  /** Whatever it does ends there. */
  kill(target: Target): Promise<void> {
    return this.#send(target.path, "Runtime.terminateExecution");
  }

  /** It goes no further, and keeps what it has. */
  async stall(target: Target): Promise<void> {
    await this.#send(target.path, "Debugger.enable");
    await this.#send(target.path, "Debugger.pause");
  }

  #attached(path: string[], url: string): void {
    this.#targets.push({ path, url });
    void this.#send(path, "Target.setAutoAttach", ATTACH);
  }

  #detached(session: string): void {
    this.#targets = this.#targets.filter(({ path }) => !path.includes(session));
  }

  /** Sends to a worker; who never answers is dead, and not waited for. */
  #send(path: string[], method: string, params: object = {}): Promise<void> {
    const id = this.#nextId++;
    const answered = new Promise<void>((resolve) => {
      this.#waiting.set(id, resolve);
      setTimeout(resolve, 1_000);
    });
    let message = JSON.stringify({ id, method, params });
    for (const sessionId of path.slice(1).reverse()) {
      const inner = { sessionId, message };
      message = JSON.stringify({ id: this.#nextId++, method: "Target.sendMessageToTarget", params: inner });
    }
    const [sessionId = ""] = path;
    // One that is gone meanwhile needs no harm any more.
    this.#session.send("Target.sendMessageToTarget", { sessionId, message }).catch(() => undefined);
    return answered;
  }

  #heard(path: string[], text: string): void {
    const { id, method, params = {} } = JSON.parse(text) as Message;
    if (id !== undefined) this.#waiting.get(id)?.();
    const session = String(params["sessionId"]);
    switch (method) {
      case "Target.attachedToTarget":
        this.#attached([...path, session], (params["targetInfo"] as { url: string }).url);
        return;
      case "Target.detachedFromTarget":
        this.#detached(session);
        return;
      case "Target.receivedMessageFromTarget":
        this.#heard([...path, session], String(params["message"]));
    }
  }
}

const ATTACH = { autoAttach: true, waitForDebuggerOnStart: false, flatten: false };
