/**
 * All that is asked of a node for a block, in the order of `requests.json`, which the command line reads
 * too. What the answers make is said by the engine.
 */
import requests from "../../../crate/cli/src/fetch/requests.json";
import { NODE_TRANSACTIONS } from "../engine/limits.ts";
import type { NodeAnswers } from "../engine/report.ts";
import { type Ask, NoAnswer } from "./ask.ts";

/** Questions that are under way at the same time, where each transaction is asked for. */
const AT_ONCE = 6;

/** How far it is. */
export type Step = { name: string; done: number; total: number };

type Call = { method: string; params: unknown[] };
type Request = Call & {
  answer: string;
  step: string;
  each?: Call;
  optional?: boolean;
  lacking?: string;
};

/** What later requests need to know of the block. */
type Known = { number: string; hash: string; txs: string[] };

/** Everything about a block, `latest` or its number; throws `NoAnswer`. */
export async function collect(
  ask: Ask,
  block: string,
  heard: (step: Step) => void,
): Promise<NodeAnswers> {
  const answers = new Map<string, string | null>();
  let known: Known = { number: "", hash: "", txs: [] };
  const all = requests.requests as Request[];
  for (const request of all) {
    heard({ name: request.step, done: 0, total: 1 });
    const params = (call: Call, tx: string) => filled(call, { block, tx, ...known });
    const answer = await answered(ask, request, params, known, heard);
    if (request.answer === "block") known = knownOf(answer, block);
    answers.set(request.answer, answer === undefined ? null : JSON.stringify(answer));
  }
  const text = (name: string) => answers.get(name) ?? null;
  return {
    asked: block,
    chain: text("chain") ?? "null",
    block: text("block") ?? "null",
    found: text("found") ?? "null",
    left: text("left"),
    config: text("config"),
    receipts: text("receipts"),
    list: text("list"),
    hashes: "{}",
  };
}

/** Hashes of blocks by their numbers, as the engine takes them. */
export async function hashes(
  ask: Ask,
  numbers: number[],
  heard: (step: Step) => void,
): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (const number of numbers) {
    heard({ name: requests.hash.step, done: found.length, total: numbers.length });
    const name = `0x${number.toString(16)}`;
    const block = await ask(requests.hash.method, filled(requests.hash, { number: name }));
    const hash = member(block, "hash");
    if (typeof hash !== "string") {
      throw new NoAnswer(`the node has no block ${number}, whose hash this block asks for`, false);
    }
    found.push([name, hash]);
  }
  return found;
}

/** The answer to a request; `undefined` where the node does not have it and it can be done without. */
async function answered(
  ask: Ask,
  request: Request,
  params: (call: Call, tx: string) => unknown[],
  known: Known,
  heard: (step: Step) => void,
): Promise<unknown> {
  const refusals: string[] = [];
  const tried = async <T>(asked: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await asked();
    } catch (error) {
      if (!(error instanceof NoAnswer) || !error.byNode) throw error;
      refusals.push(error.message);
      return undefined;
    }
  };
  const whole = await tried(() => ask(request.method, params(request, "")));
  if (whole !== undefined) return whole;
  const { each } = request;
  if (each) {
    let done = 0;
    const parts = await tried(() =>
      several(known.txs, async (tx) => {
        const result = await ask(each.method, params(each, tx));
        done += 1;
        heard({ name: request.step, done, total: known.txs.length });
        return request.answer === "receipts" ? result : { txHash: tx, result };
      }),
    );
    if (parts !== undefined) return parts;
  }
  if (request.optional) return undefined;
  const advice = request.lacking === undefined ? "" : `. ${request.lacking}`;
  throw new NoAnswer(refusals.join("; ") + advice, false);
}

/** The results for all items in their order, a few asked at once; the first failure ends it. */
async function several<T>(items: string[], ask: (item: string) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await ask(items[at] ?? "");
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    next = items.length;
  }
  return results;
}

/** The parameters of a call, in which `$block` and so on stand for what is known. */
function filled({ params }: Call, values: Record<string, unknown>): unknown[] {
  return params.map((param) =>
    typeof param === "string" && param.startsWith("$") ? values[param.slice(1)] : param,
  );
}

function knownOf(block: unknown, asked: string): Known {
  if (block === null) throw new NoAnswer(`the node has no block ${asked}`, false);
  const [number, hash] = [member(block, "number"), member(block, "hash")];
  const list = member(block, "transactions");
  const txs = Array.isArray(list) ? list.map((tx) => member(tx, "hash")) : [null];
  if (typeof number !== "string" || typeof hash !== "string" || !txs.every((tx) => typeof tx === "string")) {
    throw new NoAnswer(
      "eth_getBlockByNumber gave something else than a block with its transactions",
      false,
    );
  }
  if (txs.length > NODE_TRANSACTIONS) {
    throw new NoAnswer(`the block has ${txs.length} transactions, more than can be read`, false);
  }
  return { number, hash, txs };
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
