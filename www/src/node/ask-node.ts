/**
 * The worker that asks a node for a block: the only script of the page that may connect to elsewhere.
 *
 * Its security policy says so, and that of the page allows no connection but to its own host. It knows
 * the endpoint, and keeps it to itself: what it says goes through `hide`.
 */
import type { NodeAnswers } from "../engine/report.ts";
import { type Ask, asker, NoAnswer } from "./ask.ts";
import { collect, hashes, type Step } from "./collect.ts";
import { endpointOf } from "./endpoint.ts";
import type { FromNode, ToNode } from "./messages.ts";

/** Progress is not told more often. */
const EVERY_MS = 100;

let ask: Ask | null = null;
let answers: NodeAnswers | null = null;
let known: Record<string, string> = {};
let step: Step = { name: "", done: 0, total: 1 };
let bytes = 0;
let told = 0;

function say(message: FromNode): void {
  self.postMessage(message);
}

function tell(now: boolean): void {
  if (!now && performance.now() - told < EVERY_MS) return;
  told = performance.now();
  say({ kind: "progress", progress: { ...step, bytes } });
}

function stepped(next: Step): void {
  const now = next.name !== step.name;
  step = next;
  tell(now);
}

function heard(all: number): void {
  bytes = all;
  tell(false);
}

async function hear(message: ToNode): Promise<NodeAnswers> {
  if (message.kind === "block") {
    const endpoint = endpointOf(message.endpoint);
    if (typeof endpoint === "string") throw new NoAnswer(endpoint, false);
    ask = asker(endpoint, message.seconds, heard);
    known = {};
    answers = await collect(ask, message.block, stepped);
    return answers;
  }
  if (ask === null || answers === null) throw new NoAnswer("nothing was asked before", false);
  known = { ...known, ...Object.fromEntries(await hashes(ask, message.numbers, stepped)) };
  return { ...answers, hashes: JSON.stringify(known) };
}

self.onmessage = ({ data }: MessageEvent<ToNode>) => {
  hear(data).then(
    (answers) => say({ kind: "answers", answers }),
    (error: unknown) => {
      const message = error instanceof NoAnswer ? error.message : "the block could not be asked for";
      say({ kind: "failed", message });
    },
  );
};
