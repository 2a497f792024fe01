/** A kept result beside the one of now: both in numbers, and what changed in words. */
import type { LocationFacts, Report, Summary } from "../engine/report.ts";
import { clockName, count, counted, gas, percent, times } from "../lib/format.ts";

export type Tone = "better" | "worse" | "plain";

export type Change = { text: string; tone: Tone };

export type Beside = { name: string; before: string; after: string; tone: Tone };

/** Locations that are named in words, at the most; the table has all. */
const MOST_NAMED = 3;

/** What a person may not see from the numbers alone. */
export function changes(before: Report, after: Report): Change[] {
  return [
    ...batchChanges(before, after),
    ...speedChanges(before, after),
    ...locationChanges(before, after),
    ...retryChanges(before, after),
  ];
}

function batchChanges({ summary: a, title: was }: Report, { summary: b, title }: Report): Change[] {
  const found: Change[] = [];
  const plain = (text: string) => found.push({ text, tone: "plain" });
  if (was !== title) plain(`It is another batch: “${title}”, before “${was}”.`);
  const [had, has] = [sizeOf(a), sizeOf(b)];
  if (had !== has) plain(`It has ${counted(has, "transaction")}, before ${count(had)}.`);
  for (const [which, { partial }] of [["This result", b], ["The one before", a]] as const) {
    if (!partial) continue;
    const { committed, transactions } = partial;
    const part = `the first ${count(committed)} of ${counted(transactions, "transaction")}`;
    plain(`${which} is of ${part} alone: the run was stopped.`);
  }
  if (a.clock !== b.clock) {
    plain(`It was timed in ${clockName(b.clock)}, before in ${clockName(a.clock)}.`);
  }
  if (a.strategy !== b.strategy) plain(`It ran under ${b.strategy}, before under ${a.strategy}.`);
  if (a.workers !== b.workers) {
    plain(`It had ${counted(b.workers, "worker")}, before ${count(a.workers)}.`);
  }
  if (a.failed + a.skipped !== b.failed + b.skipped) {
    const [fails, failed] = [b.failed + b.skipped, a.failed + a.skipped];
    const text = `${counted(fails, "transaction")} failed or ${fails === 1 ? "was" : "were"} skipped, before ${count(failed)}.`;
    found.push({ text, tone: fails > failed ? "worse" : "better" });
  }
  return found;
}

/** How many transactions the block has. */
function sizeOf({ partial, transactions }: Summary): number {
  return partial?.transactions ?? transactions;
}

function speedChanges({ summary: a }: Report, { summary: b }: Report): Change[] {
  const found: Change[] = [];
  const [was, is] = [times(a.speedup), times(b.speedup)];
  if (was !== is) {
    const faster = b.speedup > a.speedup;
    found.push({
      text: `Its speedup over sequential execution is ${is}, before ${was}.`,
      tone: faster ? "better" : "worse",
    });
  }
  const [reach, reached] = [times(b.criticalPathBound), times(a.criticalPathBound)];
  if (reach !== reached) {
    const shorter = b.criticalPathBound > a.criticalPathBound;
    found.push({
      text: `The critical path is ${gas(b.criticalPathGas)} of ${gas(b.gasUsed)}, before ${gas(a.criticalPathGas)} of ${gas(a.gasUsed)}: dependencies allow ${reach}, before ${reached}.`,
      tone: shorter ? "better" : "worse",
    });
  }
  return found;
}

function locationChanges(before: Report, after: Report): Change[] {
  const held = ({ locations }: Report) => locations.filter(({ lossShare }) => lossShare > 0);
  const names = (list: LocationFacts[]) => new Set(list.map(({ name }) => name));
  const [old, now] = [held(before), held(after)];
  const [oldNames, nowNames, stillThere] = [names(old), names(now), names(after.locations)];
  const found: Change[] = [];
  const gone = old.filter(({ name }) => !nowNames.has(name));
  for (const { name } of gone.slice(0, MOST_NAMED)) {
    const where = stillThere.has(name) ? "no longer holds the batch back" : "is no longer hot";
    found.push({ text: `${name} ${where}.`, tone: "better" });
  }
  found.push(...more(gone.length - MOST_NAMED, "no longer hold the batch back", "better"));
  const come = now.filter(({ name }) => !oldNames.has(name));
  for (const { name, writers } of come.slice(0, MOST_NAMED)) {
    const by = counted(writers, "transaction");
    found.push({ text: `${name} holds the batch back now, written by ${by}.`, tone: "worse" });
  }
  found.push(...more(come.length - MOST_NAMED, "hold the batch back now", "worse"));
  const worst = now[0];
  if (worst && worst.name === old[0]?.name) {
    found.push({ text: `${worst.name} still is the worst location.`, tone: "plain" });
  }
  return found;
}

function more(others: number, what: string, tone: Tone): Change[] {
  return others > 0 ? [{ text: `${counted(others, "more location")} ${what}.`, tone }] : [];
}

function retryChanges({ summary: a }: Report, { summary: b }: Report): Change[] {
  if (a.aborts + a.blocked === b.aborts + b.blocked) return [];
  const [again, did] = [b.aborts + b.blocked, a.aborts + a.blocked];
  const text = `${counted(again, "incarnation")} ended in vain, before ${count(did)}.`;
  return [{ text, tone: again < did ? "better" : "worse" }];
}

/** The same numbers of both. */
export function besides({ summary: a, locations: before }: Report, { summary: b, locations: after }: Report): Beside[] {
  const row = (name: string, was: string, is: string, better: number = 0): Beside => ({
    name,
    before: was,
    after: is,
    tone: was === is || better === 0 ? "plain" : better > 0 ? "better" : "worse",
  });
  return [
    row("Strategy", a.strategy, b.strategy),
    row("Workers", count(a.workers), count(b.workers)),
    row("Transactions", count(a.transactions), count(b.transactions)),
    row("Speedup", times(a.speedup), times(b.speedup), b.speedup - a.speedup),
    row(
      "Dependencies allow",
      times(a.criticalPathBound),
      times(b.criticalPathBound),
      b.criticalPathBound - a.criticalPathBound,
    ),
    row("Critical path", gas(a.criticalPathGas), gas(b.criticalPathGas), a.criticalPathGas - b.criticalPathGas),
    row("Gas used", gas(a.gasUsed), gas(b.gasUsed), a.gasUsed - b.gasUsed),
    row("Aborts", count(a.aborts), count(b.aborts), a.aborts - b.aborts),
    row("Blocked", count(a.blocked), count(b.blocked), a.blocked - b.blocked),
    row("Wasted", gas(a.wastedGas), gas(b.wastedGas), a.wastedGas - b.wastedGas),
    row("Utilisation", percent(a.utilisation), percent(b.utilisation), b.utilisation - a.utilisation),
    row("Worst location", worst(before), worst(after)),
  ];
}

function worst(locations: LocationFacts[]): string {
  return locations.find(({ lossShare }) => lossShare > 0)?.name ?? "none";
}
