/** What goes wrong in a run on purpose, as a person chooses it. */
import {
  FAULT_FACTOR,
  FAULT_MICROSECONDS,
  FAULT_TASKS,
  FAULTS as MOST_FAULTS,
  SIMULATED_WORKERS,
} from "../engine/limits.ts";
import { type Fault, type RunOptions, SHARDS } from "../engine/report.ts";

export type FaultKind = Fault["kind"];

/** A number of a fault, as a field asks for it. */
export type FaultField = { id: string; name: string; least: number; most: number; step: number };

const worker: FaultField = { id: "worker", name: "Worker", least: 0, most: SIMULATED_WORKERS - 1, step: 1 };
const after = (name: string): FaultField => ({ id: "after", name, least: 0, most: FAULT_TASKS, step: 1 });

/** Each kind: what it is called, what it does, and what it is asked. */
export const FAULTS: Record<FaultKind, { name: string; meaning: string; fields: FaultField[] }> = {
  fail: {
    name: "A worker fails",
    meaning: "It takes one more task and never reports it.",
    fields: [worker, after("after tasks")],
  },
  pause: {
    name: "A worker stands still",
    meaning: "In the middle of a task. If it takes too long, the task is given to another.",
    fields: [
      worker,
      after("after tasks"),
      { id: "time", name: "for µs", least: 0, most: FAULT_MICROSECONDS, step: 1 },
    ],
  },
  slow: {
    name: "A worker is slow",
    meaning: "As on a machine whose cores are not alike.",
    fields: [worker, { id: "factor", name: "times as long", least: 1, most: FAULT_FACTOR, step: 0.5 }],
  },
  panic: {
    name: "A transaction panics",
    meaning: "Once, and it runs again. Twice, and what is not final runs one after another.",
    fields: [
      { id: "tx", name: "Transaction", least: 0, most: FAULT_TASKS, step: 1 },
      { id: "times", name: "times", least: 1, most: 100, step: 1 },
    ],
  },
  drop: {
    name: "A shard is dropped",
    meaning: "Under the strategy Shards: the worker that executes its transactions fails.",
    fields: [
      { id: "shard", name: "Shard", least: 0, most: SHARDS.most - 1, step: 1 },
      after("after transactions"),
    ],
  },
};

export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

/** One of this kind, to begin with. */
export function newFault(kind: FaultKind): Fault {
  switch (kind) {
    case "fail":
      return { kind, worker: 1, after: 3 };
    case "pause":
      return { kind, worker: 1, after: 3, time: 100 };
    case "slow":
      return { kind, worker: 1, factor: 4 };
    case "panic":
      return { kind, tx: 5, times: 1 };
    case "drop":
      return { kind, shard: 1, after: 2 };
  }
}

/** The number of a field. */
export function numberOf(fault: Fault, { id }: FaultField): number {
  const value: unknown = Reflect.get(fault, id);
  return typeof value === "number" ? value : 0;
}

/** The same with another number, as near to it as the field allows. */
export function withNumber(fault: Fault, field: FaultField, value: number): Fault {
  const number = Math.min(Math.max(value || 0, field.least), field.most);
  return { ...fault, [field.id]: field.step === 1 ? Math.round(number) : number };
}

export function isFaults(value: unknown): value is Fault[] {
  return Array.isArray(value) && value.length <= MOST_FAULTS && value.every(isFault);
}

function isFault(value: unknown): value is Fault {
  if (typeof value !== "object" || value === null) return false;
  const found = new Map<string, unknown>(Object.entries(value));
  const kind = FAULT_KINDS.find((each) => each === found.get("kind"));
  if (kind === undefined) return false;
  const { fields } = FAULTS[kind];
  const fits = ({ id, least, most, step }: FaultField) => {
    const number = found.get(id);
    if (typeof number !== "number" || !(number >= least && number <= most)) return false;
    return step !== 1 || Number.isInteger(number);
  };
  return found.size === fields.length + 1 && fields.every(fits);
}

/** The options without the faults that have nothing to strike: a worker too many, a shard without shards. */
export function withPossibleFaults(options: RunOptions): RunOptions {
  if (options.faults.length === 0) return options;
  const strikes = (fault: Fault) => {
    switch (fault.kind) {
      case "fail":
      case "pause":
      case "slow":
        return fault.worker < options.workers;
      case "drop":
        return options.strategy === "shards" && fault.shard < options.shards;
      case "panic":
        return true;
    }
  };
  return { ...options, faults: options.faults.filter(strikes) };
}

/**
 * What goes wrong in an example that is chosen: what belongs to it, else what a person has chosen. What
 * belonged to the example before it goes with that.
 */
export function faultsFor(example: Fault[], before: Fault[], chosen: Fault[]): Fault[] {
  if (example.length > 0) return example;
  return JSON.stringify(chosen) === JSON.stringify(before) ? [] : chosen;
}
