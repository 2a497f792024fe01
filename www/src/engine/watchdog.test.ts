import { expect, test } from "vitest";
import { PULSE, WORD, WORDS } from "./messages.ts";
import { LOOK_EVERY_MS, type Seen, Watchdog } from "./watchdog.ts";

const READING = 1;
const STRATEGY = 3;
const ANALYSIS = 4;

/** The words of a run in this phase, and how a worker writes them. */
function running(phase: number) {
  const words = new Uint32Array(WORDS);
  words[WORD.phase] = phase;
  words[WORD.total] = 1000;
  const at = (worker: number) => PULSE.first + worker * PULSE.apart;
  return {
    words,
    step(worker: number, patienceMs = 1) {
      words[at(worker) + PULSE.beats]! += 1;
      words[at(worker) + PULSE.patience] = patienceMs;
    },
    rest(worker: number) {
      words[at(worker) + PULSE.patience] = 0;
    },
  };
}

/** Looks until the engine is dead or the time is over; says when and why it is dead. */
function watch(
  seen: Omit<Seen, "nowMs">,
  forMs: number,
  act: (nowMs: number) => void = () => undefined,
  everyMs = LOOK_EVERY_MS,
): { atMs: number; why: string } | null {
  const watchdog = new Watchdog();
  for (let nowMs = 0; nowMs <= forMs; nowMs += everyMs) {
    act(nowMs);
    const why = watchdog.look({ ...seen, nowMs });
    if (why !== null) return { atMs: nowMs, why };
  }
  return null;
}

const work = (words: Uint32Array | null) => ({ pending: 1, begun: "work", words }) as const;

test("a worker that stops in the middle of its work is found out within one and a half seconds", () => {
  const { words, step } = running(STRATEGY);
  step(0);
  const dead = watch(work(words), 5_000, () => step(1));
  expect(dead?.why).toContain("in the middle");
  expect(dead?.atMs).toBeLessThanOrEqual(1_500);
});

test("so is an engine that stops while it reads a batch or explains a run", () => {
  for (const phase of [READING, ANALYSIS]) {
    const { words, step } = running(phase);
    const engine = PULSE.count - 1;
    const stopsAtMs = 10_000;
    const dead = watch(work(words), 60_000, (nowMs) => nowMs < stopsAtMs && step(engine));
    expect(dead?.why).toContain("in the middle");
    expect(dead?.atMs).toBeGreaterThan(stopsAtMs);
    expect(dead?.atMs).toBeLessThanOrEqual(stopsAtMs + 1_500);
  }
});

test("one that says it takes longer has the time it says", () => {
  const { words, step } = running(STRATEGY);
  step(0, 4_000);
  expect(watch(work(words), 4_800)).toBeNull();
  expect(watch(work(words), 6_000)?.atMs).toBe(5_000);
});

test("workers that rest are not waited for, but the run comes to its end", () => {
  const { words, step, rest } = running(STRATEGY);
  step(0);
  rest(0);
  expect(watch(work(words), 5_000)?.why).toContain("stopped answering");
  // As long as anybody works, who rests may rest.
  expect(watch(work(words), 60_000, () => step(1))).toBeNull();
});

test("where nobody says what is done, it may take its time, but not for ever", () => {
  const { words } = running(ANALYSIS);
  expect(watch(work(words), 30_000)).toBeNull();
  expect(watch(work(words), 31_000)).not.toBeNull();
  expect(watch(work(null), 600_000)).toBeNull();
});

test("an engine that does not begin with what it is asked is dead, one that has begun is not", () => {
  const asked = { pending: 2, words: null };
  expect(watch({ ...asked, begun: "nothing" }, 5_000)).toEqual({ atMs: 1_100, why: "it did not answer" });
  expect(watch({ ...asked, begun: "question" }, 60_000)).toBeNull();
  expect(watch({ pending: 0, begun: "nothing", words: null }, 60_000)).toBeNull();
});

test("what a page in the background does not see does not count", () => {
  const { words, step } = running(STRATEGY);
  step(0);
  // Timers once a minute, and once after an hour asleep.
  expect(watch(work(words), 180_000, undefined, 60_000)).toBeNull();
  expect(watch(work(words), 3_600_000, undefined, 3_600_000)).toBeNull();
  // In the end it is found out all the same.
  expect(watch(work(words), 600_000, undefined, 60_000)).not.toBeNull();
});
