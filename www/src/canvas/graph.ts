/**
 * Draws the visible part of the dependency graph: nodes by depth, edges, the critical path.
 *
 * It knows nothing of panels or events: it is told what to show and says what is at a point.
 */
import type { Colours } from "../lib/colours.ts";
import { clamp } from "../lib/scale.ts";
import type { Graph, GraphEdge, GraphNode } from "../model/graph.ts";
import type { TxIdx } from "../model/selection.ts";
import { Surface } from "./surface.ts";

/** Which part is in sight: pixels per cell, and the pixel where the first cell begins. */
export type GraphView = { cellPx: number; xPx: number; yPx: number };

export type GraphHit = { kind: "node"; tx: TxIdx } | { kind: "edge"; edge: number };

export type GraphScene = {
  graph: Graph;
  view: GraphView;
  highlighted: ReadonlySet<TxIdx>;
  inspected: TxIdx | null;
  hovered: GraphHit | null;
  /** Edges through a chosen location. */
  emphasised: ReadonlySet<number>;
  colours: Colours;
};

const RULER_PX = 22;
const MARGIN_PX = 14;
const CELL_PX = { least: 1.5, most: 46 };
const LABEL_PX = 24;

/** The whole graph in this many pixels. */
export function fitGraph(graph: Graph, widthPx: number, heightPx: number): GraphView {
  const across = (widthPx - 2 * MARGIN_PX) / Math.max(1, graph.columns);
  const down = (heightPx - RULER_PX - 2 * MARGIN_PX) / Math.max(1, graph.rows);
  const cellPx = clamp(Math.min(across, down), CELL_PX.least, CELL_PX.most);
  const high = RULER_PX + (heightPx - RULER_PX - graph.rows * cellPx) / 2;
  const wide = (widthPx - graph.columns * cellPx) / 2;
  return { cellPx, xPx: clamp(wide, MARGIN_PX, 48), yPx: Math.max(high, RULER_PX) };
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
    this.surface = new Surface(canvas, () => this.#draw());
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
    for (const node of scene.graph.nodes) {
      const { x, y } = centre(scene.view, node);
      const away = Math.hypot(x - xPx, y - yPx);
      if (away < nearest) [found, nearest] = [{ kind: "node", tx: node.tx }, away];
    }
    return found ?? this.#hitEdge(scene, xPx, yPx);
  }

  #hitEdge(scene: GraphScene, xPx: number, yPx: number): GraphHit | null {
    let found: GraphHit | null = null;
    let nearest = 5;
    for (const edge of scene.graph.edges) {
      const ends = this.#ends(scene, edge);
      if (!ends || xPx < ends.from.x || xPx > ends.to.x) continue;
      const away = Math.abs(curveY(ends.from, ends.to, xPx) - yPx);
      if (away < nearest) [found, nearest] = [{ kind: "edge", edge: edge.edge }, away];
    }
    return found;
  }

  #draw(): void {
    const scene = this.#scene;
    if (!scene) return;
    const { context, widthPx, heightPx } = this.surface;
    context.save();
    context.beginPath();
    context.rect(0, RULER_PX, widthPx, heightPx - RULER_PX);
    context.clip();
    this.#drawEdges(scene);
    for (const node of scene.graph.nodes) this.#drawNode(scene, node);
    context.restore();
    this.#drawRuler(scene);
  }

  #drawRuler({ graph, view, colours }: GraphScene): void {
    const { context, widthPx } = this.surface;
    context.font = `11px ${colours.sans}`;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillStyle = colours.ink3;
    let free = 0;
    for (const { depth, column } of graph.depths) {
      const text = free === 0 ? `depth ${depth}` : String(depth);
      const middle = view.xPx + (column + 0.5) * view.cellPx;
      const left = Math.max(middle - context.measureText(text).width / 2, 4);
      if (middle < 0 || left < free || left > widthPx) continue;
      context.fillText(text, left, RULER_PX / 2);
      free = left + (free === 0 ? 64 : 34);
    }
    context.fillStyle = colours.line;
    context.fillRect(0, RULER_PX - 1, widthPx, 1);
  }

  #drawEdges(scene: GraphScene): void {
    const { colours, highlighted, hovered, emphasised } = scene;
    const lit = (edge: GraphEdge) =>
      highlighted.has(edge.reader) ||
      highlighted.has(edge.writer) ||
      (hovered?.kind === "edge" && hovered.edge === edge.edge) ||
      (hovered?.kind === "node" && (hovered.tx === edge.reader || hovered.tx === edge.writer)) ||
      emphasised.has(edge.edge);
    const quiet = highlighted.size > 0 || emphasised.size > 0;
    const plain = scene.graph.edges.filter((edge) => !edge.critical && !lit(edge));
    const critical = scene.graph.edges.filter((edge) => edge.critical);
    const bright = scene.graph.edges.filter((edge) => !edge.critical && lit(edge));
    this.#strokeEdges(scene, plain, colours.lineStrong, 1, quiet ? 0.6 : 1);
    this.#strokeEdges(scene, critical, colours.ink, clamp(scene.view.cellPx / 8, 1.5, 3), 1);
    this.#strokeEdges(scene, bright, colours.accent, 1.5, 1);
  }

  #strokeEdges(
    scene: GraphScene,
    edges: GraphEdge[],
    colour: string,
    widthPx: number,
    alpha: number,
  ): void {
    const { context } = this.surface;
    context.globalAlpha = alpha;
    context.strokeStyle = colour;
    context.lineWidth = widthPx;
    context.beginPath();
    for (const edge of edges) {
      const ends = this.#ends(scene, edge);
      if (!ends || ends.to.x < 0 || ends.from.x > this.surface.widthPx) continue;
      const middle = (ends.from.x + ends.to.x) / 2;
      context.moveTo(ends.from.x, ends.from.y);
      context.bezierCurveTo(middle, ends.from.y, middle, ends.to.y, ends.to.x, ends.to.y);
    }
    context.stroke();
    context.globalAlpha = 1;
    context.lineWidth = 1;
  }

  #drawNode(scene: GraphScene, node: GraphNode): void {
    const { context, widthPx, heightPx } = this.surface;
    const { view, colours, highlighted, inspected, hovered } = scene;
    const { x, y } = centre(view, node);
    if (x < -view.cellPx || x > widthPx + view.cellPx || y > heightPx + view.cellPx) return;
    const size = radius(view);
    const chosen = node.tx === inspected;
    const over = hovered?.kind === "node" && hovered.tx === node.tx;
    const lit = highlighted.has(node.tx);
    const faded = highlighted.size > 0 && !lit && !node.critical;
    context.globalAlpha = faded ? 0.6 : 1;
    context.beginPath();
    context.arc(x, y, chosen ? size + 1 : size, 0, 2 * Math.PI);
    const strong = node.critical ? colours.ink : colours.ink3;
    context.fillStyle = lit ? colours.accent : node.critical ? colours.ink : colours.surface;
    context.fill();
    context.lineWidth = clamp(size / 4, 0.75, 1.5);
    context.strokeStyle = lit ? colours.accent : strong;
    context.stroke();
    if (chosen || over) {
      context.beginPath();
      context.arc(x, y, size + 3.5, 0, 2 * Math.PI);
      context.lineWidth = 1.5;
      context.strokeStyle = over ? colours.ink2 : colours.accent;
      context.stroke();
    }
    context.lineWidth = 1;
    if (view.cellPx >= LABEL_PX) {
      context.font = `600 ${Math.min(11, view.cellPx / 3)}px ${colours.sans}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillStyle = lit || node.critical ? colours.surface : colours.ink2;
      context.fillText(String(node.tx), x, y + 0.5);
    }
    context.globalAlpha = 1;
  }

  #ends({ graph, view }: GraphScene, edge: GraphEdge) {
    const writer = graph.nodes[edge.writer];
    const reader = graph.nodes[edge.reader];
    if (!writer || !reader) return null;
    return { from: centre(view, writer), to: centre(view, reader) };
  }
}

type Point = { x: number; y: number };

function centre(view: GraphView, node: GraphNode): Point {
  return {
    x: view.xPx + (node.column + 0.5) * view.cellPx,
    y: view.yPx + (node.row + 0.5) * view.cellPx,
  };
}

function radius(view: GraphView): number {
  return clamp(view.cellPx * (view.cellPx < 10 ? 0.42 : 0.34), 1.25, 13);
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
