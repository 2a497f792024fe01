/** Numbers, names and times as a person reads them. */
import type { Clock } from "../engine/report.ts";

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** `12,345`. */
export function count(value: number): string {
  return grouped.format(value);
}

/** `1 transaction`, `2 transactions`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** `3.1×`. */
export function times(value: number): string {
  return `${significant(value)}×`;
}

/** `71 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} %`;
}

/** `21,000 gas`, `2.52 M gas`. */
export function gas(value: number): string {
  return `${amount(value)} gas`;
}

/** A point or a length on the clock of a report: `1.25 ms`, `2.52 M gas`. */
export function duration(value: number, clock: Clock): string {
  if (clock === "gas") return gas(value);
  if (value === 0) return "0";
  if (value < 1000) return `${significant(value)} µs`;
  if (value < 1_000_000) return `${significant(value / 1000)} ms`;
  return `${significant(value / 1_000_000)} s`;
}

/** As `duration`, for the round values of an axis: `2 M gas`, `1.5 ms`. */
export function tick(value: number, clock: Clock): string {
  if (value === 0) return "0";
  return duration(value, clock)
    .replace(/(\.\d*?)0+(?!\d)/, "$1")
    .replace(/\.(?!\d)/, "");
}

/** What the axis of a clock is called. */
export function clockName(clock: Clock): string {
  return { gas: "gas time", virtual: "virtual time", wall: "wall time" }[clock];
}

/** The first and last digits of a digest or address; names stay as they are. */
export function short(text: string): string {
  return /^0x[0-9a-f]{20,}$/i.test(text) ? `${text.slice(0, 8)}…${text.slice(-6)}` : text;
}

/** A title as a part of a file name. */
export function fileName(title: string): string {
  const plain = title.toLowerCase().replace(/[^\p{Letter}\p{Number}]+/gu, "-");
  return plain.replace(/^-+|-+$/g, "").slice(0, 60) || "batch";
}

/** How a transaction is called everywhere. */
export function txName(tx: number): string {
  return `#${tx}`;
}

/** What a transaction calls, `token.transfer`, from its label, `token.transfer(b, 5)`. */
export function calledName(label: string): string {
  return label.split("(", 1)[0] ?? "";
}

/** `21,000`, `2.52 M`: three digits once the number is large. */
export function amount(value: number): string {
  if (value < 1_000_000) return count(value);
  const [size, unit] = value < 1e9 ? [1e6, "M"] : value < 1e12 ? [1e9, "G"] : [1e12, "T"];
  return `${significant(value / size)} ${unit}`;
}

/** Three digits: `3.14`, `31.4`, `314`. */
function significant(value: number): string {
  // By what it is rounded to: 99.97 has no digit after the point.
  const rounded = Number(value.toPrecision(3));
  const digits = rounded >= 100 ? 0 : rounded >= 10 ? 1 : 2;
  return digits === 0 ? count(value) : value.toFixed(digits);
}
