/** What the script watches and expects, as tables. */
import type { Report } from "../engine/report.ts";
import { counted } from "../lib/format.ts";
import type { Table } from "./tables.ts";

export function watchesTable({ watches }: Report): Table {
  return {
    columns: [
      { name: "Watched", grow: 1, chars: 16, key: (row) => watches[row]?.label ?? "" },
      { name: "Value of", grow: 1, chars: 22, key: (row) => watches[row]?.of ?? "" },
      { name: "Before the block", grow: 1, chars: 18 },
      { name: "After it", grow: 1, chars: 18 },
      { name: "Change", grow: 1, chars: 16 },
    ],
    length: watches.length,
    row: (index) => {
      const facts = watches[index];
      if (!facts) return [];
      const { label, of, before, after, change } = facts;
      return [
        { text: label },
        { text: of, code: true },
        { text: before, code: true },
        { text: after, code: true },
        before === after
          ? { text: "unchanged", tone: "quiet" }
          : { text: signed(change), code: true },
      ];
    },
    subject: () => ({ kind: "nothing" }),
  };
}

/** A difference with its sign; nothing where values are no numbers. */
function signed(change: string | null): string {
  if (change === null) return "";
  return change.startsWith("-") ? `−${change.slice(1)}` : `+${change.replace(/^\+/, "")}`;
}

export function expectationsTable({ expectations }: Report): Table {
  return {
    columns: [
      { name: "Expected of", grow: 2, chars: 22, key: (row) => expectations[row]?.of ?? "" },
      {
        name: "Holds",
        chars: 9,
        key: (row) => (expectations[row]?.holds ? "yes" : "no"),
      },
      { name: "It must be", grow: 1, chars: 18 },
      { name: "It is", grow: 1, chars: 18 },
      {
        name: "Line",
        numeric: true,
        chars: 7,
        meaning: "Where the script expects it. Choosing the row shows it.",
        key: (row) => expectations[row]?.place?.line ?? 0,
      },
    ],
    length: expectations.length,
    row: (index) => {
      const facts = expectations[index];
      if (!facts) return [];
      const { of, expected, found, holds, place } = facts;
      return [
        { text: of, code: true },
        { text: holds ? "yes" : "no", tone: holds ? "good" : "bad" },
        { text: expected, code: true },
        { text: found, code: true },
        { text: place ? `${place.line}` : "" },
      ];
    },
    subject: (index) => {
      const place = expectations[index]?.place ?? null;
      return place === null ? { kind: "nothing" } : { kind: "place", place };
    },
  };
}

/** `All 3 hold.`, `1 of 3 does not hold.` */
export function heldText({ expectations }: Report): string {
  const all = expectations.length;
  const failed = expectations.filter(({ holds }) => !holds).length;
  if (failed === 0) return all === 1 ? "It holds." : `All ${counted(all, "expectation")} hold.`;
  return `${failed} of ${counted(all, "expectation")} ${failed === 1 ? "does" : "do"} not hold.`;
}
