/** Curves over one axis, in the units of the report. */

/** What a line is for; each has one look everywhere. */
export type LineRole = "ideal" | "bound" | "simulated" | "ceiling" | "measured";

export type Line = {
  role: LineRole;
  name: string;
  meaning: string;
  /** One a point; none where it is not known. */
  values: (number | null)[];
  /** A value as a person reads it. */
  text: (index: number) => string;
};

export type Chart = {
  /** Where the points are. */
  x: number[];
  xName: string;
  yName: string;
  /** Is a step to the right a multiple, rather than a sum? */
  logarithmic: boolean;
  /** The largest value in sight; a line may leave through the top. */
  top: number;
  lines: Line[];
  /** Around the line of this role: what it was at least and at most. */
  spread: { role: LineRole; least: (number | null)[]; most: (number | null)[] } | null;
  /** A point of the axis as a person reads it. */
  xText: (x: number) => string;
  yText: (y: number) => string;
};
