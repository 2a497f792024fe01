import { expect, test } from "vitest";
import type { Report } from "../engine/report.ts";
import { report } from "./fixture.ts";
import { edgeText, graphModel } from "./graph.ts";

/** A report in which only depths and dependencies matter. */
function withDepths(depth: number[], edges: [writer: number, reader: number][]): Report {
  const none = depth.map(() => false);
  return {
    ...report,
    txs: { ...report.txs, depth, critical: none },
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
  for (const { writer, reader } of graph.edges) {
    expect(graph.nodes[writer]?.column).toBeLessThan(graph.nodes[reader]?.column ?? 0);
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

test("an edge is told in words", () => {
  expect(edgeText(report, 1)).toBe("#3 read Airdrop.claimed written by #1");
});
