/**
 * One question to a node, and what can come of it.
 *
 * Everything about it may be wrong: it may be slow, huge, redirect, be no node, refuse, or not let this
 * page ask. Each is one message that says what to do, without the address but its host.
 */
import { NODE_ANSWER_MIB, NODE_ANSWERS_MIB } from "../engine/limits.ts";
import type { Endpoint } from "./endpoint.ts";

const MIB = 1024 * 1024;

/** Characters of a node's own words that a message repeats at the most. */
const MOST_WORDS = 200;

/** Why there is no answer. `byNode`: the node itself said no, so something else may be asked. */
export class NoAnswer extends Error {
  readonly byNode: boolean;

  constructor(message: string, byNode: boolean) {
    super(message);
    this.byNode = byNode;
  }
}

/** Asks a method with its parameters; throws `NoAnswer`. */
export type Ask = (method: string, params: unknown[]) => Promise<unknown>;

/** Asks one node; `heard` is told how many bytes came. */
export function asker(endpoint: Endpoint, seconds: number, heard: (bytes: number) => void): Ask {
  let read = 0;
  let questions = 0;

  async function text(response: Response): Promise<string> {
    const reader = response.body?.getReader();
    if (!reader) return "";
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let parts = "";
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return parts + decoder.decode();
      size += value.byteLength;
      read += value.byteLength;
      heard(read);
      if (size > NODE_ANSWER_MIB * MIB || read > NODE_ANSWERS_MIB * MIB) {
        void reader.cancel();
        throw new Wrong(
          `the answer is too large: one may have ${NODE_ANSWER_MIB} MiB, and all together ${NODE_ANSWERS_MIB}`,
        );
      }
      parts += decoder.decode(value, { stream: true });
    }
  }

  return async (method, params) => {
    questions += 1;
    const id = questions;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), seconds * 1000);
    try {
      const response = await fetch(endpoint.address, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          ...(endpoint.authorization === null ? {} : { Authorization: endpoint.authorization }),
        },
        body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
        cache: "no-store",
        credentials: "omit",
        // A redirect would carry the question, and a key, to somewhere else.
        redirect: "manual",
        referrerPolicy: "no-referrer",
        signal: abort.signal,
      });
      if (response.type === "opaqueredirect") {
        throw new Wrong(
          "the endpoint redirects elsewhere, which is not followed: use the address it redirects to",
        );
      }
      return result(await text(response), response, id, method);
    } catch (error) {
      if (error instanceof NoAnswer) throw new NoAnswer(endpoint.hide(error.message), error.byNode);
      throw new NoAnswer(endpoint.hide(`${method}: ${why(error, abort.signal.aborted)}`), false);
    } finally {
      clearTimeout(timer);
    }
  };

  function why(error: unknown, aborted: boolean): string {
    if (aborted) return `no answer within ${seconds} seconds`;
    if (error instanceof Wrong) return error.message;
    if (error instanceof TypeError && error.message.includes("decod")) return "the answer is not a text";
    return `nothing came back that this page may read. Either nobody listens at ${endpoint.host}, or the connection broke, or the node does not let this page ask it (CORS): allow ${location.origin} there (geth and reth: --http.corsdomain ${location.origin}; anvil allows every page)`;
  }
}

/** What is wrong with an answer. */
class Wrong extends Error {}

function result(text: string, { ok, status }: Response, id: number, method: string): unknown {
  const answer = parsed(text);
  const known = answer !== null && ("result" in answer || "error" in answer);
  if (!known) {
    if (!ok) throw new Wrong(`the endpoint answers with the HTTP status ${status}`);
    if (answer !== null && "jsonrpc" in answer) {
      throw new Wrong("the answer has neither a result nor an error");
    }
    throw new Wrong(`the answer is not JSON-RPC${looks(text)}: is this the address of a node?`);
  }
  if (answer["error"] !== undefined && answer["error"] !== null) {
    throw new NoAnswer(said(method, answer["error"]), true);
  }
  if (answer["id"] !== id) throw new Wrong("the answer is to another question");
  return answer["result"];
}

/** An object, or `null` for anything else. */
function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown> | null)
      : null;
  } catch {
    return null;
  }
}

/** What an answer that is no JSON-RPC looks like. */
function looks(text: string): string {
  const start = text.trimStart();
  if (start === "") return ", but empty";
  if (start.startsWith("<")) return ", but a web page";
  return /^[{[]/.test(start) ? ", but other JSON" : "";
}

/** What a node says about a question that it does not answer. */
function said(method: string, error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === -32601) return `the node does not have the method ${method}`;
  const words = String(message ?? "").replace(/\p{Control}/gu, "");
  return `the node refuses ${method}: ${words.slice(0, MOST_WORDS)} (code ${Number(code)})`;
}
