/**
 * The dependency graph without pixels: x is the depth of a transaction, y a row. A large block is
 * drawn in groups: all calls of one kind at one depth.
 *
 * Coordinates are in cells. A depth with more transactions than rows takes several columns.
 */
import type { Report } from "../engine/report.ts";
import { calledName } from "../lib/format.ts";
import { grouped } from "../lib/group.ts";
import type { TxIdx } from "./selection.ts";

export type Graph = {
  nodes: GraphNode[];
  edges: GraphEdge[];
  columns: number;
  rows: number;
  /** Where each depth begins, for the ruler. */
  depths: { depth: number; column: number }[];
  /** By transaction: the node it is in. */
  nodeOf: number[];
  /** Does a node stand for all calls of one kind at a depth, rather than for one transaction? */
  grouped: boolean;
};

export type GraphNode = {
  txs: TxIdx[];
  /** What its transactions call. */
  name: string;
  column: number;
  row: number;
  critical: boolean;
};

export type GraphEdge = {
  /** The indices in `Report.dependencies`. */
  dependencies: number[];
  /** Nodes. */
  from: number;
  to: number;
  /** The location, or how many there are. */
  name: string;
  critical: boolean;
};

/** What the layout needs to know of a node. */
type Member = { txs: TxIdx[]; name: string; depth: number; critical: boolean };

/** A drawing about this many times as wide as it is high is easiest to read. */
const SHAPE = 3;
const FEWEST_ROWS = 5;
/** Depths of a grouped graph at the most; deeper blocks have several in one column. */
const MOST_DEPTHS = 48;

/** Blocks with more transactions are easier to read in groups. */
export const LARGE = 600;

/** One node a transaction. */
export function graphModel(report: Report): Graph {
  const { txs } = report;
  const members = txs.label.map((label, tx) => ({
    txs: [tx],
    name: label,
    depth: txs.depth[tx] ?? 0,
    critical: txs.critical[tx] ?? false,
  }));
  return layOut(report, members, false);
}

/** One node for all calls of the same kind at the same depth. */
export function groupedModel(report: Report): Graph {
  const { txs } = report;
  const deepest = txs.depth.reduce((most, depth) => Math.max(most, depth), 1);
  const wide = Math.ceil(deepest / MOST_DEPTHS);
  const groups = new Map<string, Member>();
  txs.label.forEach((label, tx) => {
    const depth = Math.floor(((txs.depth[tx] ?? 1) - 1) / wide) * wide + 1;
    const name = calledName(label);
    const critical = txs.critical[tx] ?? false;
    // The critical path stays a path of its own.
    const key = `${depth} ${critical} ${name}`;
    const group = groups.get(key);
    if (group) group.txs.push(tx);
    else groups.set(key, { txs: [tx], name, depth, critical });
  });
  return layOut(report, [...groups.values()], true);
}

function layOut(report: Report, members: Member[], grouped: boolean): Graph {
  const nodeOf: number[] = [];
  members.forEach(({ txs }, node) => {
    for (const tx of txs) nodeOf[tx] = node;
  });
  const edges = edgesOf(report, nodeOf);
  const parents: number[][] = members.map(() => []);
  for (const { from, to } of edges) parents[to]?.push(from);
  const byDepth = group(members);
  const rows = rowLimit(byDepth);
  const nodes: GraphNode[] = [];
  const depths: Graph["depths"] = [];
  let columns = 0;

  for (const [depth, inDepth] of byDepth) {
    depths.push({ depth, column: columns });
    const wanted = new Map(inDepth.map((at) => [at, wantedRow(parents[at] ?? [], nodes, rows)]));
    // The critical path keeps the top row; the others stay near what they depend on.
    const ordered = inDepth.toSorted((a, b) => {
      const rank = Number(members[b]?.critical) - Number(members[a]?.critical);
      return rank || (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || a - b;
    });
    const taken = new Set<number>();
    let last = columns;
    let paths = 0;
    for (const at of ordered) {
      const member = members[at];
      if (!member) continue;
      const { txs, name, critical } = member;
      const cell = critical
        ? { column: paths++, row: 0 }
        : freeCell(taken, wanted.get(at) ?? 1, rows);
      nodes[at] = { txs, name, column: columns + cell.column, row: cell.row, critical };
      last = Math.max(last, columns + cell.column);
    }
    columns = last + 1;
  }

  const used = nodes.reduce((most, node) => Math.max(most, node.row), -1) + 1;
  return { nodes, edges, columns, rows: used, depths, nodeOf, grouped };
}

/** Dependencies between different nodes, those between the same two together. */
function edgesOf(report: Report, nodeOf: number[]): GraphEdge[] {
  const { writer, reader, location, critical } = report.dependencies;
  const found = new Map<number, GraphEdge & { locations: Set<number> }>();
  reader.forEach((tx, i) => {
    const from = nodeOf[writer[i] ?? 0] ?? 0;
    const to = nodeOf[tx] ?? 0;
    if (from === to) return;
    const key = from * nodeOf.length + to;
    const edge = found.get(key);
    const at = location[i] ?? -1;
    if (edge) {
      edge.dependencies.push(i);
      edge.locations.add(at);
      edge.critical ||= critical[i] ?? false;
      return;
    }
    found.set(key, {
      dependencies: [i],
      locations: new Set([at]),
      from,
      to,
      name: report.locations[at]?.name ?? "",
      critical: critical[i] ?? false,
    });
  });
  return [...found.values()].map(({ locations, ...edge }) => {
    const more = locations.size - 1;
    return more === 0 ? edge : { ...edge, name: `${edge.name} and ${more} more` };
  });
}

/** An edge in words. */
export function edgeText(report: Report, edge: number): string {
  const { writer, reader, location } = report.dependencies;
  const name = report.locations[location[edge] ?? -1]?.name ?? "";
  return `#${reader[edge] ?? ""} read ${name} written by #${writer[edge] ?? ""}`;
}

/** Nodes by depth, shallow first. */
function group(members: Member[]): Map<number, number[]> {
  const groups = grouped(members.keys(), (node) => members[node]?.depth ?? 0);
  return new Map([...groups].sort(([a], [b]) => a - b));
}

function rowLimit(byDepth: Map<number, number[]>): number {
  const sizes = [...byDepth.values()].map((members) => members.length);
  const most = sizes.reduce((most, size) => Math.max(most, size), 0);
  let rows = FEWEST_ROWS;
  for (;;) {
    const columns = sizes.reduce((sum, size) => sum + Math.ceil(size / (rows - 1)), 0);
    if (columns <= rows * SHAPE || rows > most) return rows;
    rows += 1;
  }
}

/** The row of the deepest parent; transactions without one leave the top row free. */
function wantedRow(parents: number[], nodes: GraphNode[], rows: number): number {
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
