/**
 * From report units to pixels and back: the only place that converts.
 *
 * A window is the part of an axis that is shown. It never leaves the axis, which starts at 0.
 */

/** The part of an axis from `start` to `end` (report units), shown on `widthPx` pixels. */
export type Window = { start: number; end: number; widthPx: number };

/** A mark on an axis. */
export type Tick = { value: number; px: number };

export function toPx(window: Window, value: number): number {
  return ((value - window.start) / (window.end - window.start)) * window.widthPx;
}

export function toUnit(window: Window, px: number): number {
  return window.start + (px / window.widthPx) * (window.end - window.start);
}

/** The whole axis. */
export function fit(length: number, widthPx: number): Window {
  return { start: 0, end: length > 0 ? length : 1, widthPx: Math.max(1, widthPx) };
}

/** A part of the axis, given as shares of its length; all of it for `null`. */
export function part(length: number, shares: { from: number; to: number } | null): Window {
  const whole = fit(length, 1);
  return shares ? within({ ...whole, start: shares.from * whole.end, end: shares.to * whole.end }, whole.end) : whole;
}

/** What part of the axis a window shows, as shares of its length; `null` for all of it. */
export function share(window: Window, length: number): { from: number; to: number } | null {
  const { end } = fit(length, 1);
  if (window.start <= 0 && window.end >= end) return null;
  return { from: window.start / end, to: Math.min(window.end / end, 1) };
}

/** Shows `factor` times less of the axis, keeping what is at `px` where it is. */
export function zoom(window: Window, factor: number, px: number, length: number): Window {
  const shortest = Math.max(length / 100_000, Number.EPSILON);
  const span = clamp((window.end - window.start) / factor, shortest, length);
  const start = toUnit(window, px) - (px / window.widthPx) * span;
  return within({ ...window, start, end: start + span }, length);
}

/** Moves along the axis by this many pixels. */
export function pan(window: Window, px: number, length: number): Window {
  const by = toUnit(window, px) - window.start;
  return within({ ...window, start: window.start + by, end: window.end + by }, length);
}

/** Moves as little as needed to show the span; zooms out only when it does not fit. */
export function reveal(window: Window, from: number, to: number, length: number): Window {
  const span = Math.max(window.end - window.start, (to - from) * 1.2);
  if (from >= window.start && to <= window.end) return window;
  const start = (from + to) / 2 - span / 2;
  return within({ ...window, start, end: start + span }, length);
}

/** Round values about `gapPx` pixels apart. */
export function ticks(window: Window, gapPx: number): Tick[] {
  const span = window.end - window.start;
  const step = roundStep((span * gapPx) / window.widthPx);
  const list: Tick[] = [];
  for (let i = Math.ceil(window.start / step); i * step <= window.end; i++) {
    list.push({ value: i * step, px: toPx(window, i * step) });
  }
  return list;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}

function within(window: Window, length: number): Window {
  const span = Math.min(window.end - window.start, length);
  const start = clamp(window.start, 0, length - span);
  return { ...window, start, end: start + span };
}

/** The next of 1, 2, 5, 10, 20, 50 … */
function roundStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = [1, 2, 5].find((candidate) => candidate * power >= value) ?? 10;
  return digit * power;
}
