/** What the throughput of a run would mean for fees and waiting time, said in words. */
import type { FeeAssumptions, Fees, Report } from "../engine/report.ts";
import { amount, count, percent, times } from "../lib/format.ts";
import type { Chart } from "./chart.ts";
import type { Table } from "./tables.ts";

/** What is supposed; throughput is that of sequential execution. */
export type Supposed = {
  /** In millions of gas a second. */
  sequentialMgas: number;
  demand: number;
  willingnessGwei: number;
  gasPerTransaction: number;
  blockSeconds: number;
  executionShare: number;
  patienceBlocks: number;
  baseFeeGwei: number;
};

export type SupposedField = {
  id: keyof Supposed;
  name: string;
  unit: string;
  meaning: string;
  least: number;
};

export const SUPPOSED: readonly SupposedField[] = [
  { id: "sequentialMgas", name: "Sequential execution", unit: "M gas/s", meaning: "What one worker executes in a second.", least: 0.001 },
  { id: "demand", name: "Demand", unit: "tx/s", meaning: "Transactions that are sent each second.", least: 0.001 },
  { id: "willingnessGwei", name: "Willing to pay", unit: "gwei", meaning: "For a unit of gas, on average; half of the senders would pay less than 0.69 of it.", least: 0.000001 },
  { id: "gasPerTransaction", name: "A transaction uses", unit: "gas", meaning: "On average; at first, the average of this batch.", least: 21_000 },
  { id: "blockSeconds", name: "Time between blocks", unit: "s", meaning: "Seconds from one block to the next.", least: 0.001 },
  { id: "executionShare", name: "Share for execution", unit: "0 to 1", meaning: "Share of that time in which transactions are executed.", least: 0.001 },
  { id: "patienceBlocks", name: "Patience", unit: "blocks", meaning: "After so many a sender gives up.", least: 1 },
  { id: "baseFeeGwei", name: "Base fee at first", unit: "gwei", meaning: "Before the first block.", least: 0.000000001 },
];

/** Blocks that are looked at. */
const BLOCKS = 200;
/** What one core of a common machine executes, if nothing was measured. */
const COMMON_MGAS = 100;
/** Demand at first: so much more than what sequential execution has room for. */
const PRESSURE = 1.5;

/** What is supposed of a result, with what a person changed. */
export function supposed({ summary }: Report, changed: Partial<Supposed>): Supposed {
  const measured = summary.gasPerSecond === null ? null : summary.gasPerSecond / summary.speedup / 1e6;
  const gasPerTransaction = Math.max(
    21_000,
    Math.round(summary.gasUsed / Math.max(1, summary.transactions)),
  );
  const blockSeconds = 12;
  const executionShare = 1;
  const sequentialMgas = round(measured ?? COMMON_MGAS);
  const room = (sequentialMgas * 1e6 * executionShare) / 2 / gasPerTransaction;
  return {
    sequentialMgas,
    demand: round(room * PRESSURE),
    willingnessGwei: 20,
    gasPerTransaction,
    blockSeconds,
    executionShare,
    patienceBlocks: 25,
    baseFeeGwei: 1,
    ...changed,
  };
}

/** Two digits, since it is supposed. */
function round(value: number): number {
  return Number(value.toPrecision(2));
}

export function assumptionsOf({ sequentialMgas, ...rest }: Supposed, speedup: number): FeeAssumptions {
  return { ...rest, gasPerSecond: sequentialMgas * 1e6 * speedup, blocks: BLOCKS };
}

/** Where it settles with one throughput, in a sentence. */
export function settledText({ settled, targetPerSecond }: Fees): string {
  const wait =
    settled.waitSeconds === null ? "and nothing is executed" : `who is executed waits ${seconds(settled.waitSeconds)}`;
  const gaveUp = settled.gaveUp === 0 ? "nobody gives up" : `${percent(settled.gaveUp)} give up`;
  return `room for ${amount(targetPerSecond)} transactions a second; ${amount(settled.perSecond)} are executed, in blocks ${percent(settled.fullness)} full; the base fee settles at ${gwei(settled.baseFeeGwei)}, ${wait}, ${gaveUp}.`;
}

export function feesChart(sequential: Fees, parallel: Fees, speedup: number): Chart {
  const lines = [
    { role: "bound", name: "Sequential", of: sequential, meaning: "With the throughput of sequential execution." },
    { role: "simulated", name: `At ${times(speedup)}`, of: parallel, meaning: "With the throughput of this run." },
  ] as const;
  const highest = Math.max(...lines.flatMap(({ of }) => of.blocks.baseFeeGwei), Number.EPSILON);
  return {
    x: sequential.blocks.baseFeeGwei.map((_, block) => block + 1),
    xName: "Block",
    yName: "Base fee",
    logarithmic: false,
    top: highest * 1.1,
    lines: lines.map(({ role, name, of, meaning }) => ({
      role,
      name,
      meaning,
      values: of.blocks.baseFeeGwei,
      text: (index) => gwei(of.blocks.baseFeeGwei[index] ?? 0),
    })),
    spread: null,
    xText: (block) => `Base fee of block ${count(block)}`,
    yText: gwei,
  };
}

/** The table twin: both throughputs, block by block. */
export function feesTable(sequential: Fees, parallel: Fees): Table {
  const both = [sequential.blocks, parallel.blocks];
  const names = ["sequential", "this run"];
  return {
    columns: [
      { name: "Block", numeric: true, chars: 8, key: (row) => row },
      ...names.map((name, i) => ({
        name: `Base fee, ${name}`,
        numeric: true,
        chars: 22,
        key: (row: number) => both[i]?.baseFeeGwei[row] ?? 0,
      })),
      ...names.map((name, i) => ({
        name: `Full, ${name}`,
        numeric: true,
        chars: 18,
        key: (row: number) => both[i]?.fullness[row] ?? 0,
      })),
      ...names.map((name, i) => ({
        name: `Waited, ${name}`,
        numeric: true,
        chars: 20,
        key: (row: number) => both[i]?.waitSeconds[row] ?? -1,
      })),
    ],
    length: sequential.blocks.baseFeeGwei.length,
    row: (row) => [
      { text: count(row + 1) },
      ...both.map(({ baseFeeGwei }) => ({ text: gwei(baseFeeGwei[row] ?? 0) })),
      ...both.map(({ fullness }) => ({ text: percent(fullness[row] ?? 0) })),
      ...both.map(({ waitSeconds }) => {
        const wait = waitSeconds[row] ?? null;
        return { text: wait === null ? "nobody" : seconds(wait) };
      }),
    ],
    subject: () => ({ kind: "nothing" }),
  };
}

function gwei(value: number): string {
  if (value === 0) return "0 gwei";
  // Where the base fee falls and falls, it is a few wei in the end.
  if (value < 0.001) return `${count(value * 1e9)} wei`;
  return `${value >= 100 ? count(value) : Number(value.toPrecision(3))} gwei`;
}

function seconds(value: number): string {
  return `${value >= 100 ? count(value) : Number(value.toPrecision(3))} s`;
}
