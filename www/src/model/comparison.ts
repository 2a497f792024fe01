/** All strategies on one batch, a row each. */
import type { Catalog, Comparison, RunOptions, Setting, Sketch, StrategyEntry, Summary } from "../engine/report.ts";
import { count, counted, duration, gas, percent, times } from "../lib/format.ts";
import { inOrder, type Sorting } from "./sorting.ts";

/** What a strategy must be given beforehand, in two or three words. */
export type Badge = { text: string; meaning: string };

export type ComparedRow = {
  id: string;
  name: string;
  summary: string;
  badge: Badge;
  matches: boolean;
  cells: string[];
  /** Speedup as a share of the best one's, for a bar. */
  share: number;
  sketch: Sketch | null;
  sketchLabel: string;
};

export type ComparedColumn = {
  name: string;
  meaning: string;
  key: (summary: Summary) => number;
  text: (summary: Summary) => string;
};

export const COMPARED: readonly ComparedColumn[] = [
  {
    name: "Speedup",
    meaning: "Over sequential execution, preparation not counted.",
    key: ({ speedup }) => speedup,
    text: ({ speedup }) => times(speedup),
  },
  {
    name: "Took",
    meaning: "From start to the last commit.",
    key: ({ makespan }) => makespan,
    text: ({ makespan, clock }) => duration(makespan, clock),
  },
  {
    name: "Preparation",
    meaning: "What finding out what it had to know beforehand took, on one worker.",
    key: ({ preparation }) => preparation,
    text: ({ preparation, clock }) => (preparation === 0 ? "none" : duration(preparation, clock)),
  },
  {
    name: "Aborts",
    meaning: "Incarnations that ran to their end and then had to run again.",
    key: ({ aborts }) => aborts,
    text: ({ aborts }) => count(aborts),
  },
  {
    name: "Blocked",
    meaning: "Incarnations that came to a value which an aborted transaction was about to write again (an ESTIMATE), and stopped.",
    key: ({ blocked }) => blocked,
    text: ({ blocked }) => count(blocked),
  },
  {
    name: "Wasted",
    meaning: "Gas of incarnations that did not commit.",
    key: ({ wastedGas }) => wastedGas,
    text: ({ wastedGas }) => (wastedGas === 0 ? "none" : gas(wastedGas)),
  },
  {
    name: "Utilisation",
    meaning: "Share of the workers' time spent executing what was committed.",
    key: ({ utilisation }) => utilisation,
    text: ({ utilisation }) => percent(utilisation),
  },
];

/** The rows in the order of a column, whose rows alike stay in the order of the menu. */
export function comparedRows(
  comparison: Comparison,
  catalog: Catalog | null,
  options: RunOptions,
  order: Sorting,
): ComparedRow[] {
  const best = Math.max(...comparison.runs.map(({ speedup }) => speedup), Number.EPSILON);
  const key = COMPARED[order.column]?.key ?? (() => 0);
  const keyAt = (place: number) => {
    const summary = comparison.runs[place];
    return summary ? key(summary) : 0;
  };
  return inOrder(comparison.runs.length, keyAt, order.descending).flatMap((place) => {
    const summary = comparison.runs[place];
    if (!summary) return [];
    const entry = catalog?.strategies.find(({ id }) => id === summary.strategy);
    const sketch = comparison.sketches[place] ?? null;
    const name = entry?.name ?? summary.strategy;
    return [
      {
        id: summary.strategy,
        name,
        summary: entry?.summary ?? "",
        badge: badge(entry, options),
        matches: summary.matches,
        cells: COMPARED.map(({ text }) => text(summary)),
        share: summary.speedup / best,
        sketch,
        sketchLabel: `Timeline of ${name}: ${workersOf(sketch, summary)}, ${duration(summary.makespan, summary.clock)}`,
      },
    ];
  });
}

/** Of whose time a sketch is: it has no room for very many. */
function workersOf(sketch: Sketch | null, { workers }: Summary): string {
  const shown = sketch?.lanes ?? workers;
  return shown < workers ? `the first ${shown} of ${counted(workers, "worker")}` : counted(workers, "worker");
}

/** When the slowest run ended: the axis that all timelines share. */
export function longest({ sketches }: Comparison): number {
  return Math.max(...sketches.map(({ end }) => end), Number.EPSILON);
}

/** What a strategy needs, where hints come from where the options say. */
export function badge(entry: StrategyEntry | undefined, { hints }: RunOptions): Badge {
  switch (entry?.needs) {
    case "hints":
      return HINTED[hints];
    case "list":
      return { text: "a list", meaning: "It replays the block's access list, which somebody must have made." };
    default:
      return { text: "needs nothing", meaning: "It learns what it has to know while it runs." };
  }
}

const HINTED: Record<RunOptions["hints"], Badge> = {
  "dry-run": {
    text: "a dry run",
    meaning: "Each transaction was executed alone beforehand, to see what it touches.",
  },
  "access-lists": {
    text: "declared access",
    meaning: "Transactions declare what they touch, by their access lists, senders and receivers.",
  },
  script: { text: "declared access", meaning: "The script says what transactions read and write." },
  perfect: {
    text: "perfect hints",
    meaning: "It was told what sequential execution read and wrote, which nobody can know beforehand.",
  },
};

/** How much could be gained, by what counts as a conflict. */
export function boundRows({ bounds }: { bounds: { setting: Setting; speedup: number }[] }) {
  const most = Math.max(...bounds.map(({ speedup }) => speedup), Number.EPSILON);
  return bounds.map(({ setting, speedup }) => ({
    ...SETTINGS[setting],
    value: times(speedup),
    share: speedup / most,
  }));
}

const SETTINGS: Record<Setting, { name: string; meaning: string }> = {
  naive: { name: "Accounts and fees", meaning: "Whole accounts, and every transaction pays the beneficiary." },
  account: { name: "Accounts", meaning: "Whole accounts, with fees paid at commit." },
  split: { name: "Fields and slots", meaning: "Balance, nonce, code and every slot apart." },
  commutative: { name: "and sums for balances", meaning: "Credits and debits add up in any order." },
  allSwitches: { name: "and expected nonces", meaning: "A sender's next nonce is assumed." },
  storage: { name: "Storage alone", meaning: "As if balances and nonces never conflicted." },
};
