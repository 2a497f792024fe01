import { expect, test } from "vitest";
import { NoAnswer } from "./ask.ts";
import { collect, hashes } from "./collect.ts";

const BLOCK = { number: "0x5", hash: "0xb", transactions: [{ hash: "0x1" }, { hash: "0x2" }] };

/** A node that has these methods; a function answers with the parameters. */
function node(methods: Record<string, unknown>) {
  const asked: string[] = [];
  const ask = async (method: string, params: unknown[]) => {
    asked.push(method);
    const answer = methods[method];
    if (answer === undefined) throw new NoAnswer(`the node does not have the method ${method}`, true);
    return typeof answer === "function" ? (answer as (params: unknown[]) => unknown)(params) : answer;
  };
  return { ask, asked };
}

const FULL = {
  eth_chainId: "0x1",
  eth_getBlockByNumber: BLOCK,
  eth_config: { current: null },
  debug_traceBlockByHash: (params: unknown[]) => params,
  eth_getBlockReceipts: [],
  eth_getBlockAccessList: (params: unknown[]) => params,
};

test("a node that has everything is asked once for each", async () => {
  const { ask, asked } = node(FULL);
  const answers = await collect(ask, "latest", () => undefined);
  expect(asked).toHaveLength(7);
  expect(JSON.parse(answers.found)).toEqual(["0xb", { tracer: "prestateTracer" }]);
  expect(JSON.parse(answers.left ?? "")).toMatchObject(["0xb", { tracerConfig: { diffMode: true } }]);
  expect(JSON.parse(answers.block)).toEqual(BLOCK);
  // By its hash, so that it is of this block and not of one that took its place.
  expect(JSON.parse(answers.list ?? "")).toEqual(["0xb"]);
});

test("a node that has no block access list gives the block without", async () => {
  for (const error of ["the node does not have the method", "Resource not found (code -32001)"]) {
    const { ask } = node({
      ...FULL,
      eth_getBlockAccessList: () => {
        throw new NoAnswer(error, true);
      },
    });
    expect((await collect(ask, "0x5", () => undefined)).list).toBeNull();
  }
});

test("a node that traces no blocks is asked for each transaction, in their order", async () => {
  const { debug_traceBlockByHash: _, eth_getBlockReceipts: __, eth_config: ___, ...rest } = FULL;
  const slow = async ([tx]: unknown[]) => {
    await new Promise((resolve) => setTimeout(resolve, tx === "0x1" ? 20 : 0));
    return { of: tx };
  };
  const { ask } = node({ ...rest, debug_traceTransaction: slow });
  const steps: number[] = [];
  const answers = await collect(ask, "0x5", ({ done }) => steps.push(done));
  expect(JSON.parse(answers.found)).toEqual([
    { txHash: "0x1", result: { of: "0x1" } },
    { txHash: "0x2", result: { of: "0x2" } },
  ]);
  expect(answers.receipts).toBeNull();
  expect(answers.config).toBeNull();
  expect(steps).toContain(2);
});

test("what cannot be done without names the method and what to do", async () => {
  const { debug_traceBlockByHash: _, ...rest } = FULL;
  await expect(collect(node(rest).ask, "0x5", () => undefined)).rejects.toThrow(
    /debug_traceBlockByHash; the node does not have the method debug_traceTransaction\. Only a node with the debug namespace/,
  );
});

test("an answer that is no block, or none, ends it", async () => {
  const of = (block: unknown) =>
    collect(node({ ...FULL, eth_getBlockByNumber: block }).ask, "0x63", () => undefined);
  await expect(of(null)).rejects.toThrow("the node has no block 0x63");
  for (const block of [[], "0x5", { number: 5 }, { ...BLOCK, transactions: ["0x1"] }]) {
    await expect(of(block)).rejects.toThrow("something else than a block");
  }
});

test("hashes are asked for by number", async () => {
  const { ask } = node({ eth_getBlockByNumber: ([number]: unknown[]) => ({ hash: `${number}f` }) });
  expect(await hashes(ask, [97, 98], () => undefined)).toEqual([
    ["0x61", "0x61f"],
    ["0x62", "0x62f"],
  ]);
  await expect(hashes(node({ eth_getBlockByNumber: null }).ask, [97], () => undefined)).rejects.toThrow(
    "the node has no block 97",
  );
});
