/**
 * Draws curves, by way of uPlot.
 *
 * It knows nothing of panels: it is told what to show, and says which point is read.
 */
import uPlot from "uplot";
import type { Colours } from "../lib/colours.ts";
import type { Chart, LineRole } from "../model/chart.ts";

export type ChartScene = { chart: Chart; colours: Colours };

/** Lines are told apart by their dashes and points, too. */
const LOOKS: Record<LineRole, { colour: keyof Colours; width: number; dash: number[]; points: boolean }> = {
  ideal: { colour: "curveIdeal", width: 1, dash: [2, 4], points: false },
  bound: { colour: "curveBound", width: 1.5, dash: [8, 4], points: false },
  simulated: { colour: "curveSimulated", width: 2, dash: [], points: true },
  ceiling: { colour: "curveCeiling", width: 1.5, dash: [3, 3], points: false },
  measured: { colour: "curveMeasured", width: 2, dash: [], points: true },
};

const POINT_PX = 6;
const X_AXIS_PX = 40;
const Y_AXIS_PX = 52;
/** More points than this are a line without them. */
const MOST_POINTS = 40;

export class ChartCanvas {
  readonly #host: HTMLElement;
  readonly #read: (index: number | null) => void;
  #plot: uPlot | null = null;
  #size = { width: 0, height: 0 };

  /** `read` is told of the point under the pointer. */
  constructor(host: HTMLElement, read: (index: number | null) => void) {
    this.#host = host;
    this.#read = read;
  }

  show({ chart, colours }: ChartScene): void {
    this.destroy();
    const { width, height } = this.#size;
    this.#plot = new uPlot(options(chart, colours, this.#read), data(chart), this.#host);
    if (width > 0) this.#plot.setSize({ width, height });
  }

  resize(widthPx: number, heightPx: number): void {
    this.#size = { width: Math.floor(widthPx), height: Math.floor(heightPx) };
    if (this.#size.width > 0) this.#plot?.setSize(this.#size);
  }

  /** Marks a point, without saying that it was read. */
  mark(index: number | null): void {
    const plot = this.#plot;
    if (!plot) return;
    const x = index === null ? undefined : plot.data[0][index];
    const left = x === undefined ? -10 : plot.valToPos(x, "x");
    plot.setCursor({ left, top: index === null ? -10 : 0 }, false);
  }

  destroy(): void {
    this.#plot?.destroy();
    this.#plot = null;
  }
}

function data(chart: Chart): uPlot.AlignedData {
  const spread = chart.spread ? [chart.spread.most, chart.spread.least] : [];
  return [chart.x, ...chart.lines.map(({ values }) => values), ...spread];
}

function options(
  chart: Chart,
  colours: Colours,
  read: (index: number | null) => void,
): uPlot.Options {
  const axis = { stroke: colours.ink3, font: `11px ${colours.sans}`, labelFont: `11px ${colours.sans}` };
  const rule = { stroke: colours.line, width: 1 };
  const lines = chart.lines.map(({ role }): uPlot.Series => {
    const { colour, width, dash, points } = LOOKS[role];
    const stroke = colours[colour];
    return {
      stroke,
      width,
      dash,
      spanGaps: true,
      points: { show: points && chart.x.length <= MOST_POINTS, size: POINT_PX, stroke, fill: colours.surface },
    };
  });
  const edge: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
  const first = 1 + lines.length;
  const fill = chart.spread ? colours[LOOKS[chart.spread.role].colour] : "";
  return {
    // Of no importance: the size follows.
    width: 320,
    height: 200,
    legend: { show: false },
    series: [{}, ...lines, ...(chart.spread ? [edge, edge] : [])],
    bands: chart.spread ? [{ series: [first, first + 1], fill: faint(fill) }] : [],
    scales: {
      x: { time: false, ...(chart.logarithmic ? { distr: 3, log: 2 } : {}) },
      y: { range: [0, chart.top] },
    },
    axes: [
      {
        ...axis,
        label: chart.xName,
        labelSize: 16,
        size: X_AXIS_PX - 12,
        grid: { ...rule, show: false },
        ticks: { ...rule, size: 4 },
        values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? `${value}` : "")),
      },
      {
        ...axis,
        size: Y_AXIS_PX,
        grid: rule,
        ticks: { show: false },
        values: (_, splits) => splits.map(chart.yText),
      },
    ],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: POINT_PX + 2 },
      // To the nearest point.
      move: (plot, left, top) => {
        const x = left < 0 ? undefined : plot.data[0][plot.posToIdx(left)];
        return [x === undefined ? left : plot.valToPos(x, "x"), top];
      },
    },
    hooks: { setCursor: [(plot) => read(plot.cursor.idx ?? null)] },
  };
}

/** The same colour, so faint that lines are read through it. */
function faint(colour: string): string {
  return `color-mix(in srgb, ${colour} 18%, transparent)`;
}
