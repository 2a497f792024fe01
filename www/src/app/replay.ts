/** What a person can do with a replay; only this file moves it. */
import type { Report } from "../engine/report.ts";
import { type Moment, positionAt, type Replay, replayOf, timeAt } from "../model/replay.ts";
import { app } from "./state.svelte.ts";

/** How long a whole run takes at normal speed, and how long each event may. */
const SECONDS = { least: 6, most: 60, eachEvent: 0.12 };
/** Between two steps where nothing shall move. */
const STEP_MS = 700;
/** A tab in the background sleeps: no frame counts for more than this. */
const LONGEST_FRAME_MS = 100;

export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;

const still = matchMedia("(prefers-reduced-motion: reduce)");
let frame = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function replay(): Replay | null {
  return app.outcome ? replayOf(app.outcome.report) : null;
}

/** The moment of a run at which the replay stands; none while the run is shown whole. */
export function momentOf(report: Report): Moment | null {
  if (!app.replay) return null;
  const { position, time } = app.replay;
  return { replay: replayOf(report), position, time };
}

/** Shows the run from its beginning, without playing it. */
export function openReplay(): void {
  if (app.outcome) moveTo(0, 0, false);
}

/** Shows the whole run again. */
export function closeReplay(): void {
  halt();
  app.replay = null;
}

export function togglePlay(): void {
  if (app.replay?.playing) pause();
  else play();
}

export function play(): void {
  const film = replay();
  if (!film) return;
  const at = app.replay;
  const again = !at || at.position >= film.length;
  moveTo(again ? 0 : at.position, again ? 0 : at.time, true);
  halt();
  if (still.matches) timer = setTimeout(jump, STEP_MS / app.replaySpeed);
  else frame = requestAnimationFrame((now) => advance(now, now));
}

export function pause(): void {
  halt();
  if (app.replay) app.replay = { ...app.replay, playing: false };
}

/** One event further, or back. */
export function stepEvent(by: 1 | -1): void {
  const film = replay();
  if (!film) return;
  halt();
  goTo((app.replay?.position ?? (by === 1 ? 0 : film.length)) + by);
}

/** To the moment after this many events. */
export function goTo(position: number): void {
  const film = replay();
  if (!film) return;
  const within = Math.min(Math.max(position, 0), film.length);
  halt();
  moveTo(within, timeAt(film, within), false);
}

/** To a time of the clock; a film that plays goes on from there. */
export function scrubTo(time: number): void {
  const film = replay();
  if (!film) return;
  const playing = app.replay?.playing ?? false;
  const within = Math.max(time, 0);
  moveTo(positionAt(film, within), Math.min(within, timeAt(film, film.length)), playing);
}

export function setReplaySpeed(speed: number): void {
  app.replaySpeed = speed;
}

function moveTo(position: number, time: number, playing: boolean): void {
  app.replay = { position, time, playing };
}

function advance(before: number, now: number): void {
  const film = replay();
  const at = app.replay;
  if (!film || !at?.playing) return;
  const length = timeAt(film, film.length);
  const seconds = Math.min(
    Math.max(film.length * SECONDS.eachEvent, SECONDS.least),
    SECONDS.most,
  );
  const passedMs = Math.min(now - before, LONGEST_FRAME_MS);
  const time = at.time + (passedMs / 1000 / seconds) * length * app.replaySpeed;
  if (time >= length) {
    goTo(film.length);
    return;
  }
  moveTo(positionAt(film, time), time, true);
  frame = requestAnimationFrame((next) => advance(now, next));
}

/** The next event at once: for who wants no motion. */
function jump(): void {
  const film = replay();
  const at = app.replay;
  if (!film || !at?.playing) return;
  const position = Math.min(at.position + 1, film.length);
  const last = position === film.length;
  moveTo(position, timeAt(film, position), !last);
  if (!last) timer = setTimeout(jump, STEP_MS / app.replaySpeed);
}

function halt(): void {
  cancelAnimationFrame(frame);
  clearTimeout(timer);
}
