/**
 * Draws the visible part of the dependency graph: nodes by depth, edges, the critical path.
 *
 * It knows nothing of panels or events: it is told what to show and says what is at a point.
 */
import type { Colours } from "../lib/colours.ts";
import { count } from "../lib/format.ts";
import { clamp } from "../lib/scale.ts";
import type { Graph, GraphEdge, GraphNode } from "../model/graph.ts";
import type { Moment } from "../model/replay.ts";
import type { TxIdx } from "../model/selection.ts";
import { drawNodes } from "./nodes.ts";
import type { Sheet } from "./pen.ts";
import { Surface } from "./surface.ts";

/** Which part is in sight: pixels per cell, and the pixel where the first cell begins. */
export type GraphView = { cellPx: number; xPx: number; yPx: number };

export type GraphHit = { kind: "node"; node: number } | { kind: "edge"; edge: number };

export type GraphScene = {
  graph: Graph;
  view: GraphView;
  highlighted: ReadonlySet<TxIdx>;
  inspected: TxIdx | null;
  hovered: GraphHit | null;
  /** Dependencies through a chosen location. */
  emphasised: ReadonlySet<number>;
  /** A moment to show; none shows the end of the run. */
  moment: Moment | null;
  colours: Colours;
};

export const RULER_PX = 22;
const MARGIN_PX = 14;
const CELL_PX = { least: 1.5, most: 46 };
/** More edges than this are drawn as straight lines while cells are this small. */
const PLAIN = { edges: 2000, cellPx: 9 };
/** Names of edges at the most: more would cover each other. */
const NAMES = 8;
const NAME_CHARS = 36;

/** The whole graph in this many pixels. */
export function fitGraph(graph: Graph, widthPx: number, heightPx: number): GraphView {
  const across = (widthPx - 2 * MARGIN_PX) / Math.max(1, graph.columns);
  const down = (heightPx - RULER_PX - 2 * MARGIN_PX) / Math.max(1, graph.rows);
  const cellPx = clamp(Math.min(across, down), CELL_PX.least, CELL_PX.most);
  const high = RULER_PX + (heightPx - RULER_PX - graph.rows * cellPx) / 2;
  const wide = (widthPx - graph.columns * cellPx) / 2;
  return { cellPx, xPx: clamp(wide, MARGIN_PX, 48), yPx: Math.max(high, RULER_PX) };
}

/** These nodes as large as they fit. */
export function fitNodes(graph: Graph, nodes: number[], widthPx: number, heightPx: number): GraphView {
  const found = nodes.flatMap((node) => graph.nodes[node] ?? []);
  if (found.length === 0) return fitGraph(graph, widthPx, heightPx);
  const of = (pick: (node: GraphNode) => number, choose: (a: number, b: number) => number) =>
    found.map(pick).reduce((a, b) => choose(a, b));
  const left = of(({ column }) => column, Math.min);
  const right = of(({ column }) => column, Math.max) + 1;
  const top = of(({ row }) => row, Math.min);
  const bottom = of(({ row }) => row, Math.max) + 1;
  const across = (widthPx - 4 * MARGIN_PX) / (right - left);
  const down = (heightPx - RULER_PX - 4 * MARGIN_PX) / (bottom - top);
  const cellPx = clamp(Math.min(across, down), CELL_PX.least, CELL_PX.most);
  return {
    cellPx,
    xPx: widthPx / 2 - ((left + right) / 2) * cellPx,
    yPx: (heightPx + RULER_PX) / 2 - ((top + bottom) / 2) * cellPx,
  };
}

/** Moves the view as little as needed to show a node. */
export function revealNode(
  view: GraphView,
  node: GraphNode,
  widthPx: number,
  heightPx: number,
): GraphView {
  const { x, y } = centre(view, node);
  const inX = clamp(x, MARGIN_PX, widthPx - MARGIN_PX);
  const inY = clamp(y, RULER_PX + MARGIN_PX, heightPx - MARGIN_PX);
  return { ...view, xPx: view.xPx + inX - x, yPx: view.yPx + inY - y };
}

/** Enlarges around a point. */
export function zoomGraph(view: GraphView, factor: number, xPx: number, yPx: number): GraphView {
  const cellPx = clamp(view.cellPx * factor, CELL_PX.least, CELL_PX.most * 2);
  const scale = cellPx / view.cellPx;
  return { cellPx, xPx: xPx - (xPx - view.xPx) * scale, yPx: yPx - (yPx - view.yPx) * scale };
}

export class GraphCanvas {
  readonly surface: Surface;
  #scene: GraphScene | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.surface = new Surface(canvas, (sheet) => this.draw(sheet));
  }

  show(scene: GraphScene): void {
    this.#scene = scene;
    this.surface.invalidate();
  }

  /** The node at a point of the canvas, or else the edge next to it. */
  hit(xPx: number, yPx: number): GraphHit | null {
    const scene = this.#scene;
    if (!scene) return null;
    const reach = Math.max(radius(scene.view) + 2, 6);
    let found: GraphHit | null = null;
    let nearest = reach;
    scene.graph.nodes.forEach((each, node) => {
      const { x, y } = centre(scene.view, each);
      const away = Math.hypot(x - xPx, y - yPx);
      if (away < nearest) [found, nearest] = [{ kind: "node", node }, away];
    });
    return found ?? hitEdge(scene, xPx, yPx);
  }

  draw(sheet: Sheet): void {
    const scene = this.#scene;
    if (!scene) return;
    const { pen, widthPx, heightPx } = sheet;
    pen.save();
    pen.beginPath();
    pen.rect(0, RULER_PX, widthPx, heightPx - RULER_PX);
    pen.clip();
    const lit = drawEdges(sheet, scene);
    drawNodes(sheet, scene);
    drawNames(sheet, scene, lit);
    pen.restore();
    drawRuler(sheet, scene);
  }
}

type Point = { x: number; y: number };

export function centre(view: GraphView, node: GraphNode): Point {
  return {
    x: view.xPx + (node.column + 0.5) * view.cellPx,
    y: view.yPx + (node.row + 0.5) * view.cellPx,
  };
}

export function radius(view: GraphView): number {
  return clamp(view.cellPx * (view.cellPx < 10 ? 0.42 : 0.34), 0.75, 13);
}

function drawRuler({ pen, widthPx }: Sheet, { graph, view, colours }: GraphScene): void {
  pen.font = `11px ${colours.sans}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillStyle = colours.ink3;
  let free = 0;
  for (const { depth, column } of graph.depths) {
    const text = free === 0 ? `depth ${count(depth)}` : count(depth);
    const middle = view.xPx + (column + 0.5) * view.cellPx;
    if (middle < 0 || middle < free) continue;
    const left = Math.max(middle - pen.measureText(text).width / 2, 4);
    if (left < free) continue;
    if (left > widthPx) break;
    pen.fillText(text, left, RULER_PX / 2);
    free = left + (free === 0 ? 64 : 34);
  }
  pen.fillStyle = colours.line;
  pen.fillRect(0, RULER_PX - 1, widthPx, 1);
}

/** Draws all edges, and gives those that stand out. */
function drawEdges(sheet: Sheet, scene: GraphScene): GraphEdge[] {
  const { graph, colours, highlighted, hovered, emphasised } = scene;
  const chosen = new Set<number>();
  for (const tx of highlighted) chosen.add(graph.nodeOf[tx] ?? -1);
  if (hovered?.kind === "node") chosen.add(hovered.node);
  const plain: GraphEdge[] = [];
  const critical: GraphEdge[] = [];
  const bright: GraphEdge[] = [];
  const named: GraphEdge[] = [];
  graph.edges.forEach((edge, at) => {
    const over = hovered?.kind === "edge" && hovered.edge === at;
    const lit =
      over ||
      chosen.has(edge.from) ||
      chosen.has(edge.to) ||
      (emphasised.size > 0 && edge.dependencies.some((one) => emphasised.has(one)));
    (edge.critical ? critical : lit ? bright : plain).push(edge);
    if (over) named.unshift(edge);
    else if (lit && chosen.size > 0 && (!graph.grouped || hovered)) named.push(edge);
  });
  const quiet = highlighted.size > 0 || emphasised.size > 0;
  const widthPx = clamp(scene.view.cellPx / 8, 1.5, 3);
  strokeEdges(sheet, scene, plain, colours.lineStrong, 1, quiet ? 0.6 : 1);
  strokeEdges(sheet, scene, critical, colours.ink, widthPx, 1);
  strokeEdges(sheet, scene, bright, colours.accent, 1.5, 1);
  return named;
}

function strokeEdges(
  { pen, widthPx, heightPx }: Sheet,
  { graph, view }: GraphScene,
  edges: GraphEdge[],
  colour: string,
  lineWidth: number,
  alpha: number,
): void {
  if (edges.length === 0) return;
  const straight = view.cellPx < PLAIN.cellPx && edges.length > PLAIN.edges;
  const { cellPx } = view;
  const x0 = view.xPx + cellPx / 2;
  const y0 = view.yPx + cellPx / 2;
  pen.globalAlpha = straight ? alpha * 0.5 : alpha;
  pen.strokeStyle = colour;
  pen.lineWidth = lineWidth;
  pen.beginPath();
  for (const edge of edges) {
    const from = graph.nodes[edge.from];
    const to = graph.nodes[edge.to];
    if (!from || !to) continue;
    const [ax, ay] = [x0 + from.column * cellPx, y0 + from.row * cellPx];
    const [bx, by] = [x0 + to.column * cellPx, y0 + to.row * cellPx];
    if (Math.max(ax, bx) < 0 || Math.min(ax, bx) > widthPx) continue;
    if (Math.max(ay, by) < 0 || Math.min(ay, by) > heightPx) continue;
    pen.moveTo(ax, ay);
    if (straight || ay === by) {
      pen.lineTo(bx, by);
    } else {
      const middle = (ax + bx) / 2;
      pen.bezierCurveTo(middle, ay, middle, by, bx, by);
    }
  }
  pen.stroke();
  pen.globalAlpha = 1;
  pen.lineWidth = 1;
}

/** What the edges that stand out go through. */
function drawNames({ pen, widthPx }: Sheet, scene: GraphScene, edges: GraphEdge[]): void {
  const { graph, view, colours } = scene;
  pen.font = `11px ${colours.mono}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const taken: { x: number; y: number; half: number }[] = [];
  for (const { from, to, name } of edges) {
    if (taken.length >= NAMES) return;
    const [a, b] = [graph.nodes[from], graph.nodes[to]];
    if (!a || !b) continue;
    const [start, end] = [centre(view, a), centre(view, b)];
    const text = name.length > NAME_CHARS ? `${name.slice(0, NAME_CHARS - 1)}…` : name;
    const half = pen.measureText(text).width / 2 + 4;
    const x = clamp((start.x + end.x) / 2, half + 2, widthPx - half - 2);
    // Beside the nodes of a row: above the first, so that it covers nothing.
    const aside = (radius(view) + 11) * (a.row === 0 ? -1 : 1);
    const y = Math.max((start.y + end.y) / 2 + (a.row === b.row ? aside : 0), RULER_PX + 9);
    const free = taken.every((it) => Math.abs(it.y - y) > 15 || Math.abs(it.x - x) > it.half + half);
    if (!free) continue;
    taken.push({ x, y, half });
    pen.globalAlpha = 0.9;
    pen.fillStyle = colours.surface;
    pen.fillRect(x - half, y - 8, 2 * half, 16);
    pen.globalAlpha = 1;
    pen.fillStyle = colours.accent;
    pen.fillText(text, x, y + 0.5);
  }
}

function hitEdge({ graph, view }: GraphScene, xPx: number, yPx: number): GraphHit | null {
  let found: GraphHit | null = null;
  let nearest = 5;
  graph.edges.forEach((edge, at) => {
    const writer = graph.nodes[edge.from];
    const reader = graph.nodes[edge.to];
    if (!writer || !reader) return;
    const [from, to] = [centre(view, writer), centre(view, reader)];
    if (xPx < from.x || xPx > to.x) return;
    const away = Math.abs(curveY(from, to, xPx) - yPx);
    if (away < nearest) [found, nearest] = [{ kind: "edge", edge: at }, away];
  });
  return found;
}

/** The height of the curve between two points at an x; its control points lie in the middle. */
function curveY(from: Point, to: Point, x: number): number {
  const width = to.x - from.x;
  if (width <= 0) return Math.min(from.y, to.y);
  // x(t) is close to linear for these control points; two corrections make it exact enough.
  let t = (x - from.x) / width;
  for (let step = 0; step < 2; step++) {
    const at = 1.5 * t * (1 - t) + t ** 3;
    t = clamp(t + ((x - from.x) / width - at), 0, 1);
  }
  return from.y + (to.y - from.y) * (3 * t ** 2 - 2 * t ** 3);
}
