/** The colours of spans are told apart by people who see fewer of them. */
import { expect, test } from "vitest";
import css from "../styles/tokens.css?raw";

type Rgb = [number, number, number];

const KINDS = ["committed", "aborted", "blocked", "cancelled", "validated", "rejected"];
const OPEN = ["running", "executed"];

/**
 * What is left of linear light: Machado, Oliveira and Fernandes (2009), complete dichromacy.
 */
const SIGHTS: Record<string, number[][]> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** The colour of a property in a theme, as linear light. */
function colour(name: string, theme: "light" | "dark"): Rgb {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
  const hex = theme === "light" ? found?.[1] : found?.[2];
  if (!hex) throw new Error(`--${name} is no pair of colours`);
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function seen(rgb: Rgb, sight: number[][]): Rgb {
  const one = (row: number[] = []) =>
    Math.min(Math.max(row.reduce((sum, weight, i) => sum + weight * (rgb[i] ?? 0), 0), 0), 1);
  return [one(sight[0]), one(sight[1]), one(sight[2])];
}

/** CIE L*a*b*, for daylight. */
function lab([r, g, b]: Rgb): Rgb {
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(a: Rgb, b: Rgb, sight: number[][]): number {
  const [from, to] = [lab(seen(a, sight)), lab(seen(b, sight))];
  return Math.hypot(from[0] - to[0], from[1] - to[1], from[2] - to[2]);
}

/** Just to be noticed takes about 2.3. */
const LEAST = 12;

for (const theme of ["light", "dark"] as const) {
  for (const [name, sight] of Object.entries(SIGHTS)) {
    test(`no two kinds of span look alike: ${theme}, ${name}`, () => {
      const names = [...KINDS, ...OPEN].map((kind) => `span-${kind}`);
      const close = names.flatMap((a, i) =>
        names.slice(i + 1).flatMap((b) => {
          const apart = distance(colour(a, theme), colour(b, theme), sight);
          return apart < LEAST ? [`${a} and ${b}: ${apart.toFixed(1)}`] : [];
        }),
      );
      expect(close).toEqual([]);
    });

    test(`every kind of span stands out from an idle lane: ${theme}, ${name}`, () => {
      const lane = colour("sunken", theme);
      for (const kind of [...KINDS, ...OPEN]) {
        expect(distance(colour(`span-${kind}`, theme), lane, sight), kind).toBeGreaterThan(LEAST);
      }
      expect(distance(colour("span-idle", theme), lane, sight)).toBeGreaterThan(LEAST);
    });
  }
}

test("the simulation is the one that was published: red and green fall together", () => {
  const [red, green]: [Rgb, Rgb] = [
    [0.5, 0.05, 0.02],
    [0.1, 0.2, 0.02],
  ];
  const full = distance(red, green, SIGHTS["all"] ?? []);
  expect(distance(red, green, SIGHTS["deuteranopia"] ?? [])).toBeLessThan(full / 2);
});
