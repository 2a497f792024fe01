/** The nodes of the dependency graph: dots for transactions, boxes for groups of them. */
import type { Colours } from "../lib/colours.ts";
import { clamp } from "../lib/scale.ts";
import type { GraphNode } from "../model/graph.ts";
import { STATES, type TxState, txState } from "../model/replay.ts";
import { centre, type GraphScene, radius } from "./graph.ts";
import type { Sheet } from "./pen.ts";

const LABEL_PX = 24;
/** Dots that are smaller are squares: nobody can tell, and they cost less. */
const ROUND_PX = 2.5;

/** How a dot looks. */
type Look = { fill: string; line: string; ink: string; faded: boolean; heavy: boolean };

export function drawNodes(sheet: Sheet, scene: GraphScene): void {
  const { pen, widthPx, heightPx } = sheet;
  const { graph, view, inspected, hovered, colours } = scene;
  const looks = new Map<string, { look: Look; at: number[] }>();
  const marked: number[] = [];
  graph.nodes.forEach((node, at) => {
    const { x, y } = centre(view, node);
    if (x < -view.cellPx || x > widthPx + view.cellPx) return;
    if (y < -view.cellPx || y > heightPx + view.cellPx) return;
    const look = lookOf(scene, node);
    const key = `${look.fill} ${look.line} ${look.faded} ${look.heavy}`;
    const same = looks.get(key);
    if (same) same.at.push(at);
    else looks.set(key, { look, at: [at] });
    const chosen = inspected !== null && graph.nodeOf[inspected] === at;
    if (chosen || (hovered?.kind === "node" && hovered.node === at)) marked.push(at);
  });
  // Measured once: a text takes longer to measure than a box to draw.
  if (graph.grouped) pen.font = groupFont(colours);
  const digitPx = graph.grouped ? pen.measureText("0").width : 0;
  for (const { look, at } of looks.values()) {
    pen.globalAlpha = look.faded ? 0.6 : 1;
    if (graph.grouped) for (const node of at) drawGroup(sheet, scene, node, look, digitPx);
    else drawDots(sheet, scene, at, look);
  }
  pen.globalAlpha = 1;
  for (const at of marked) {
    const node = graph.nodes[at];
    if (!node) continue;
    const { x, y } = centre(view, node);
    const over = hovered?.kind === "node" && hovered.node === at;
    pen.beginPath();
    pen.arc(x, y, radius(view) + (graph.grouped ? 7 : 3.5), 0, 2 * Math.PI);
    pen.lineWidth = over ? 1.5 : 2;
    pen.strokeStyle = over ? colours.ink2 : colours.accent;
    pen.stroke();
  }
  pen.lineWidth = 1;
}

function lookOf({ colours, highlighted, moment }: GraphScene, node: GraphNode): Look {
  const lit = node.txs.some((tx) => highlighted.has(tx));
  const faded = highlighted.size > 0 && !lit && !node.critical;
  const [tx] = node.txs;
  if (moment && tx !== undefined) {
    const state = node.txs.length === 1 ? txState(moment, tx) : "waiting";
    const fill = stateColours(colours)[state];
    const line = state === "running" ? colours.accent : strokeOf(colours, state);
    const heavy = state === "running";
    const ink = state === "committed" || state === "aborted" ? colours.spanInk : colours.ink;
    return { fill, line: lit ? colours.accent : line, ink, faded: false, heavy };
  }
  const strong = node.critical ? colours.ink : colours.ink3;
  return {
    fill: lit ? colours.accent : node.critical ? colours.ink : colours.surface,
    line: lit ? colours.accent : strong,
    ink: lit || node.critical ? colours.surface : colours.ink2,
    faded,
    heavy: false,
  };
}

/** What a transaction's state looks like. */
export function stateColours(colours: Colours): Record<TxState, string> {
  return {
    waiting: colours.surface,
    running: colours.surface,
    executed: colours.executed,
    aborted: colours.aborted,
    committed: colours.committed,
  };
}

function strokeOf(colours: Colours, state: TxState): string {
  if (state === "waiting") return colours.lineStrong;
  return state === "aborted" ? colours.aborted : colours.committed;
}

function drawDots({ pen }: Sheet, { graph, view, colours }: GraphScene, at: number[], look: Look): void {
  const size = radius(view);
  const points = at.flatMap((node) => {
    const found = graph.nodes[node];
    return found ? [{ ...centre(view, found), tx: found.txs[0] ?? 0 }] : [];
  });
  if (size < ROUND_PX) {
    // The line is what is seen of a small dot.
    pen.fillStyle = look.fill === colours.surface ? look.line : look.fill;
    for (const { x, y } of points) pen.fillRect(x - size, y - size, 2 * size, 2 * size);
    return;
  }
  pen.beginPath();
  for (const { x, y } of points) {
    pen.moveTo(x + size, y);
    pen.arc(x, y, size, 0, 2 * Math.PI);
  }
  pen.fillStyle = look.fill;
  pen.fill();
  pen.lineWidth = look.heavy ? clamp(size / 2, 1.5, 4) : clamp(size / 4, 0.75, 1.5);
  pen.strokeStyle = look.line;
  pen.stroke();
  if (view.cellPx < LABEL_PX) return;
  pen.font = `600 ${Math.min(11, view.cellPx / 3)}px ${colours.sans}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = look.ink;
  for (const { x, y, tx } of points) pen.fillText(String(tx), x, y + 0.5);
}

function groupFont({ sans }: Colours): string {
  return `600 10px ${sans}`;
}

/** A box as large as the group, with the share of each state while a run is replayed. */
function drawGroup({ pen }: Sheet, scene: GraphScene, at: number, look: Look, digitPx: number): void {
  const { graph, view, colours, moment } = scene;
  const node = graph.nodes[at];
  if (!node) return;
  const { x, y } = centre(view, node);
  const most = view.cellPx * 0.4;
  const half = clamp(2 + Math.sqrt(node.txs.length) * 1.4, Math.min(3, most), most);
  const high = Math.min(half, 12);
  pen.fillStyle = look.fill;
  pen.fillRect(x - half, y - high, 2 * half, 2 * high);
  if (moment) {
    const counts: Partial<Record<TxState, number>> = {};
    for (const tx of node.txs) {
      const state = txState(moment, tx);
      counts[state] = (counts[state] ?? 0) + 1;
    }
    const fills = { ...stateColours(colours), running: colours.accent };
    let left = x - half;
    for (const state of STATES.toReversed()) {
      const wide = (2 * half * (counts[state] ?? 0)) / node.txs.length;
      pen.fillStyle = fills[state];
      pen.fillRect(left, y - high, wide, 2 * high);
      left += wide;
    }
  }
  pen.lineWidth = node.critical ? 2 : 1;
  pen.strokeStyle = node.critical && moment ? colours.ink : look.line;
  pen.strokeRect(x - half, y - high, 2 * half, 2 * high);
  const text = String(node.txs.length);
  if (text.length * digitPx + 4 > 2 * half || high < 6) return;
  pen.font = groupFont(colours);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = moment ? colours.ink : look.ink;
  pen.fillText(text, x, y + 0.5);
}
