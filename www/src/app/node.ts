/**
 * A block from a node: what a person can do to get one, and what becomes of it.
 *
 * The endpoint is known to the window that asks for it and to the worker that connects, and to nothing
 * that is kept, shared or saved. All of this is loaded with the window, which few readers open.
 */
import { startNode } from "../engine/scripts.ts";
import type { NodeAnswers, Problem } from "../engine/report.ts";
import { blockName } from "../model/node.ts";
import type { FromNode, ToNode } from "../node/messages.ts";
import { endpointOf } from "../node/endpoint.ts";
import type { Saved } from "../share/saved.ts";
import { hideNode } from "./actions.ts";
import { engine } from "./engine.ts";
import { current, open, rememberTexts } from "./open.ts";
import { app } from "./state.svelte.ts";

/** Rounds of hashes: knowing one may let a block ask for another. */
const MOST_ROUNDS = 256;

let worker: Worker | null = null;
let rounds = 0;
/** Is the engine making a file of the answers? */
let assembling = false;

export function closeNode(): void {
  cancelNode();
  hideNode();
}

/** Asks the node at `endpoint` for a block, `latest` or its number. */
export function askNode(endpoint: string, block: string, seconds: number): void {
  end();
  const name = blockName(block);
  const read = endpointOf(endpoint);
  const wrong = typeof read === "string" ? read : name === null ? "The block is a number, or latest." : null;
  if (wrong !== null || name === null) {
    app.node = { kind: "failed", host: "", message: wrong ?? "" };
    return;
  }
  const host = typeof read === "string" ? "" : read.host;
  app.node = { kind: "asking", progress: null };
  rounds = 0;
  const mine = startNode();
  worker = mine;
  mine.onmessage = ({ data }: MessageEvent<FromNode>) => {
    if (worker === mine) hear(data, host);
  };
  mine.onerror = (event) => {
    event.preventDefault();
    if (worker === mine) fail(host, "the script that asks nodes could not be loaded");
  };
  post({ kind: "block", endpoint, block: name, seconds });
}

/** Gives up what was asked; nothing is changed. */
export function cancelNode(): void {
  if (app.node.kind !== "asking") return;
  if (assembling) void engine.stop();
  end();
  app.node = { kind: "open" };
}

function end(): void {
  worker?.terminate();
  worker = null;
  assembling = false;
}

function post(message: ToNode): void {
  worker?.postMessage(message);
}

function fail(host: string, message: string): void {
  end();
  app.node = { kind: "failed", host, message };
}

function hear(message: FromNode, host: string): void {
  switch (message.kind) {
    case "progress":
      app.node = { kind: "asking", progress: message.progress };
      return;
    case "failed":
      fail(host, message.message);
      return;
    case "answers":
      void assemble(message.answers, host);
  }
}

async function assemble(answers: NodeAnswers, host: string): Promise<void> {
  const mine = worker;
  rounds += 1;
  assembling = true;
  const reply = await engine.ask("assemble", answers);
  if (mine === null || worker !== mine) return;
  assembling = false;
  if (reply.kind !== "done") {
    fail(host, reply.kind === "failed" ? reply.message : "the engine was restarted meanwhile");
    return;
  }
  const made = reply.value;
  if (made.kind === "problems") {
    fail(host, made.problems.map(({ message }) => message).join("; "));
  } else if (made.kind === "file") {
    end();
    app.node = { kind: "closed" };
    take(made.text, made.lacks);
  } else if (rounds > MOST_ROUNDS) {
    fail(host, "the block asks for more hashes than a block can");
  } else {
    post({ kind: "hashes", numbers: made.numbers });
  }
}

/** Shows the block, and says what it is without; it waits for Run. */
function take(script: string, problems: Problem[]): void {
  const { options } = current();
  const saved: Saved = { texts: { kind: "own", script, files: [] }, options, shown: {} };
  const lacks = problems.map(({ message }) => message);
  open({ saved, newer: false }, "node", lacks);
  rememberTexts();
  app.side = "script";
}
