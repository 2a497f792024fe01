/**
 * The dependency graph without pixels: x is the depth of a transaction, y a row.
 *
 * Coordinates are in cells. A depth with more transactions than rows takes several columns.
 */
import type { Report } from "../engine/report.ts";
import type { TxIdx } from "./selection.ts";

export type Graph = {
  nodes: GraphNode[];
  edges: GraphEdge[];
  columns: number;
  rows: number;
  /** Where each depth begins, for the ruler. */
  depths: { depth: number; column: number }[];
};

export type GraphNode = { tx: TxIdx; column: number; row: number; critical: boolean };

export type GraphEdge = {
  /** The index in `Report.dependencies`. */
  edge: number;
  writer: TxIdx;
  reader: TxIdx;
  critical: boolean;
};

/** A drawing about this many times as wide as it is high is easiest to read. */
const SHAPE = 3;
const FEWEST_ROWS = 5;

export function graphModel(report: Report): Graph {
  const { txs, dependencies } = report;
  const byDepth = group(txs.depth);
  const rows = rowLimit(byDepth);
  const parents = parentsOf(report);
  const nodes: GraphNode[] = [];
  const depths: Graph["depths"] = [];
  let columns = 0;

  for (const [depth, members] of byDepth) {
    depths.push({ depth, column: columns });
    const wanted = (tx: TxIdx) => wantedRow(parents.get(tx) ?? [], nodes, rows);
    // The critical path keeps the top row; the others stay near what they depend on.
    const ordered = members.toSorted((a, b) => {
      const rank = Number(txs.critical[b]) - Number(txs.critical[a]);
      return rank || wanted(a) - wanted(b) || a - b;
    });
    const taken = new Set<number>();
    let last = columns;
    for (const tx of ordered) {
      const critical = txs.critical[tx] ?? false;
      const cell = critical ? { column: 0, row: 0 } : freeCell(taken, wanted(tx), rows);
      nodes[tx] = { tx, column: columns + cell.column, row: cell.row, critical };
      last = Math.max(last, columns + cell.column);
    }
    columns = last + 1;
  }

  const edges = dependencies.reader.map((reader, edge) => ({
    edge,
    writer: dependencies.writer[edge] ?? 0,
    reader,
    critical: dependencies.critical[edge] ?? false,
  }));
  const used = nodes.reduce((most, node) => Math.max(most, node.row), -1) + 1;
  return { nodes, edges, columns, rows: used, depths };
}

/** An edge in words. */
export function edgeText(report: Report, edge: number): string {
  const { writer, reader, location } = report.dependencies;
  const name = report.locations[location[edge] ?? -1]?.name ?? "";
  return `#${reader[edge] ?? ""} read ${name} written by #${writer[edge] ?? ""}`;
}

/** Transactions by depth, shallow first. */
function group(depth: number[]): Map<number, TxIdx[]> {
  const groups = new Map<number, TxIdx[]>();
  depth.forEach((value, tx) => {
    const members = groups.get(value);
    if (members) members.push(tx);
    else groups.set(value, [tx]);
  });
  return new Map([...groups].sort(([a], [b]) => a - b));
}

function rowLimit(byDepth: Map<number, TxIdx[]>): number {
  const sizes = [...byDepth.values()].map((members) => members.length);
  let rows = FEWEST_ROWS;
  for (;;) {
    const columns = sizes.reduce((sum, size) => sum + Math.ceil(size / (rows - 1)), 0);
    if (columns <= rows * SHAPE || rows > Math.max(...sizes, 0)) return rows;
    rows += 1;
  }
}

function parentsOf(report: Report): Map<TxIdx, TxIdx[]> {
  const parents = new Map<TxIdx, TxIdx[]>();
  const { reader, writer } = report.dependencies;
  reader.forEach((tx, i) => {
    const list = parents.get(tx) ?? [];
    list.push(writer[i] ?? 0);
    parents.set(tx, list);
  });
  return parents;
}

/** The row of the deepest parent; transactions without one leave the top row free. */
function wantedRow(parents: TxIdx[], nodes: GraphNode[], rows: number): number {
  let nearest: GraphNode | undefined;
  for (const parent of parents) {
    const node = nodes[parent];
    if (node && (!nearest || node.column > nearest.column)) nearest = node;
  }
  return Math.min(Math.max(nearest?.row ?? 1, 1), rows - 1);
}

/** The free cell nearest to the wanted row: downwards, then from below the top, then the next column. */
function freeCell(
  taken: Set<number>,
  wanted: number,
  rows: number,
): { column: number; row: number } {
  const free = rows - 1;
  for (let column = Math.floor(taken.size / free); ; column++) {
    for (let step = 0; step < free; step++) {
      const row = 1 + ((wanted - 1 + step) % free);
      if (taken.has(column * rows + row)) continue;
      taken.add(column * rows + row);
      return { column, row };
    }
  }
}
