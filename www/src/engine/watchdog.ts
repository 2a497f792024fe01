/**
 * Tells an engine that works from one that is dead, by what it leaves in shared memory.
 *
 * It reads no clock and starts no timer: whoever looks says when. The rule: what counts is the time
 * that looks have covered, and each covers little, so neither a page in the background, whose timers come
 * late, nor a machine that slept makes a healthy engine look dead.
 */
import { phaseOf, type Progress, PULSE, WORD } from "./messages.ts";

/** Looks are this far apart while the page is in sight. */
export const LOOK_EVERY_MS = 100;

/** So much of the time between two looks counts, at the most. */
const COUNTED_MS = 300;

/** An engine with nothing else to do begins with a question at once. */
const BEGINS_WITHIN_MS = 1_000;

/** A worker does its next step within this, and what it says that the step may take. */
const BEATS_WITHIN_MS = 900;

/** A run in which nobody has anything to do ends; what is done then takes longer for more transactions. */
const ENDS_WITHIN_MS = 1_000;
const ENDS_EACH_MS = 0.05;

/** Where no worker says what it does, as while JSON is read or a report is sent, it comes to an end sooner or later. */
const MOVES_WITHIN_MS = 30_000;

/** What is seen of an engine at one look. */
export type Seen = {
  nowMs: number;
  /** Questions that have no answer. */
  pending: number;
  /** What the engine has begun with: nothing, a question, or one that runs a batch. */
  begun: "nothing" | "question" | "work";
  /** The words of a run; `null` where memory is not shared. */
  words: Uint32Array | null;
};

export function progressIn(words: Uint32Array): Progress {
  return {
    phase: phaseOf(Atomics.load(words, WORD.phase)),
    committed: Atomics.load(words, WORD.committed),
    total: Atomics.load(words, WORD.total),
  };
}

/** For how long something has not changed. */
class Still {
  #seen: number | string | null = null;
  #forMs = 0;

  /** How long it has been like this, after so much more time; `null` is nothing to look at. */
  after(passedMs: number, seen: number | string | null): number {
    this.#forMs = seen !== null && seen === this.#seen ? this.#forMs + passedMs : 0;
    this.#seen = seen;
    return this.#forMs;
  }
}

export class Watchdog {
  #last: number | null = null;
  readonly #question = new Still();
  readonly #progress = new Still();
  readonly #rest = new Still();
  readonly #pulses = Array.from({ length: PULSE.count }, () => new Still());

  /** Looks; says why the engine is dead, if it is. */
  look({ nowMs, pending, begun, words }: Seen): string | null {
    const passedMs = this.#last === null ? 0 : Math.min(nowMs - this.#last, COUNTED_MS);
    this.#last = nowMs;

    const waits = pending > 0 && begun === "nothing" ? pending : null;
    if (this.#question.after(passedMs, waits) > BEGINS_WITHIN_MS) return "it did not answer";

    const works = words !== null && begun === "work";
    const { phase, committed, total } = works ? progressIn(words) : { phase: "idle", committed: 0, total: 0 };
    let beats = 0;
    let isBusy = false;
    for (const [i, still] of this.#pulses.entries()) {
      const at = PULSE.first + i * PULSE.apart;
      const patience = works ? Atomics.load(words, at + PULSE.patience) : 0;
      const beat = works ? Atomics.load(words, at + PULSE.beats) : 0;
      beats += beat;
      isBusy ||= patience > 0;
      const stillMs = still.after(passedMs, patience > 0 ? beat : null);
      if (stillMs > BEATS_WITHIN_MS + patience) return "a worker stopped in the middle of its work";
    }
    const shows = `${phase} ${committed} ${beats}`;
    const restMs = this.#rest.after(passedMs, phase === "strategy" && !isBusy ? shows : null);
    if (restMs > ENDS_WITHIN_MS + total * ENDS_EACH_MS) return "its workers stopped answering";
    const movedMs = this.#progress.after(passedMs, works && !isBusy ? shows : null);
    return movedMs > MOVES_WITHIN_MS ? "its workers stopped answering" : null;
  }
}
