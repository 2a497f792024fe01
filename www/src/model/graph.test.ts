import { expect, test } from "vitest";
import type { Report } from "../engine/report.ts";
import { report } from "./fixture.ts";
import { edgeText, graphModel, groupedModel } from "./graph.ts";

/** A report in which only depths and dependencies matter. */
function withDepths(depth: number[], edges: [writer: number, reader: number][]): Report {
  const none = depth.map(() => false);
  return {
    ...report,
    txs: { ...report.txs, label: depth.map(() => "claim()"), depth, critical: none },
    dependencies: {
      writer: edges.map(([writer]) => writer),
      reader: edges.map(([, reader]) => reader),
      location: edges.map(() => 0),
      critical: edges.map(() => false),
    },
  };
}

test("the critical path lies in the top row, one column per depth", () => {
  const graph = graphModel(report);
  expect(graph.nodes.map(({ column, row }) => [column, row])).toEqual([
    [0, 0],
    [1, 0],
    [0, 1],
    [2, 0],
  ]);
  expect(graph.edges.every(({ critical }) => critical)).toBe(true);
  expect(graph.depths.map(({ depth }) => depth)).toEqual([1, 2, 3]);
});

test("no two transactions share a cell, and every edge points to the right", () => {
  const depth = Array.from({ length: 300 }, (_, i) => (i < 200 ? 1 : i < 290 ? 2 : 3));
  const edges = Array.from({ length: 100 }, (_, i): [number, number] => [
    i < 90 ? i : 200 + i,
    200 + i,
  ]);
  const valid = edges.filter(([writer, reader]) => (depth[writer] ?? 0) < (depth[reader] ?? 0));
  const graph = graphModel(withDepths(depth, valid));
  const cells = new Set(graph.nodes.map(({ column, row }) => `${column},${row}`));
  expect(cells.size).toBe(300);
  for (const { from, to } of graph.edges) {
    expect(graph.nodes[from]?.column).toBeLessThan(graph.nodes[to]?.column ?? 0);
  }
});

test("many independent transactions make a block, not a column", () => {
  const graph = graphModel(
    withDepths(
      Array.from({ length: 200 }, () => 1),
      [],
    ),
  );
  expect(graph.rows).toBeLessThan(20);
  expect(graph.columns).toBeGreaterThan(10);
});

test("an empty block has an empty graph", () => {
  expect(graphModel(withDepths([], []))).toMatchObject({
    nodes: [],
    edges: [],
    columns: 0,
    rows: 0,
  });
});

test("a group holds the calls of one kind at one depth, the critical path apart", () => {
  const graph = groupedModel(report);
  expect(graph.nodes.map(({ txs, name }) => [name, txs])).toEqual([
    ["claim", [0]],
    ["claim", [1]],
    ["transfer", [2]],
    ["claim", [3]],
  ]);
  const many = groupedModel(withDepths(Array.from({ length: 5000 }, (_, i) => i + 1), []));
  expect(many.columns).toBeLessThanOrEqual(48);
  expect(many.nodes.reduce((sum, { txs }) => sum + txs.length, 0)).toBe(5000);
  expect(many.nodeOf[4999]).toBe(many.nodes.length - 1);
});

test("dependencies between the same groups are one edge", () => {
  const graph = groupedModel(withDepths([1, 1, 2, 2], [[0, 2], [1, 3]]));
  expect(graph.nodes.map(({ txs }) => txs)).toEqual([[0, 1], [2, 3]]);
  expect(graph.edges).toMatchObject([
    { dependencies: [0, 1], from: 0, to: 1, name: "Airdrop.claimed" },
  ]);
});

test("an edge is told in words", () => {
  expect(edgeText(report, 1)).toBe("#3 read Airdrop.claimed written by #1");
});
