/**
 * The tour: what the page shows, step by step, for someone who has never heard of any of it.
 *
 * Each word of the field is explained where it can be seen.
 */
import type { Report } from "../engine/report.ts";
import type { TxIdx } from "./selection.ts";

export type TourStep = {
  title: string;
  /** Paragraphs; `*word*` is a word that is explained here. */
  text: string[];
  /** Accessible name of the region it speaks of. */
  region: string;
  /** Which half of a narrow page it is in. */
  side: "script" | "result";
};

export const TOUR: readonly TourStep[] = [
  {
    title: "A batch of transactions",
    text: [
      "This script makes a batch: 120 people claim tokens from one contract. Each call of send is a transaction.",
      "A blockchain runs them one after another. The question here: could a machine run many at once, and still come to exactly the same result?",
    ],
    region: "Editor",
    side: "script",
  },
  {
    title: "A strategy",
    text: [
      "A *strategy* decides who runs what, and when. This one, Block-STM, is hopeful: it starts many transactions at once and repairs what goes wrong.",
      "There are eight workers here. They are simulated, so every run shows the same.",
    ],
    region: "Run",
    side: "script",
  },
  {
    title: "What the workers did",
    text: [
      "One row is one worker; time goes from left to right. Each bar is one try at a transaction. Such a try is called an *incarnation*.",
      "A plain blue bar is a try whose result counted. The others were in vain.",
    ],
    region: "Timeline",
    side: "result",
  },
  {
    title: "Validation and abort",
    text: [
      "Somebody may read a value too early: before an earlier transaction has written it. So each try is checked afterwards. This *validation* asks: would it read the same values now?",
      "If not, its result is thrown away. That is an *abort*: the work was for nothing, and the transaction runs again as its next incarnation.",
    ],
    region: "Timeline",
    side: "result",
  },
  {
    title: "One transaction",
    text: [
      "This transaction was selected because it had to run more than once. Here are its incarnations, what it read, and who had written that.",
      "Choose any bar to see the same of another one.",
    ],
    region: "Inspector",
    side: "result",
  },
  {
    title: "What it comes to",
    text: [
      "The verdict: how much faster it was, how much is possible at all, and which variable holds it back. Everybody adds to the same total, so everybody waits for everybody.",
      "The result was compared with running one after another. Now change the script and run it again, or open another example.",
    ],
    region: "Verdict",
    side: "result",
  },
];

/** A transaction that shows what an abort is: one that was aborted, else any that ran twice. */
export function showpiece(report: Report): TxIdx | null {
  const { spans } = report;
  const aborted = spans.kind.findIndex((kind) => kind === "aborted");
  const other = spans.kind.findIndex((kind) => kind === "blocked" || kind === "cancelled");
  const span = aborted >= 0 ? aborted : other;
  return span < 0 ? null : (spans.tx[span] ?? null);
}

/** The pieces of a paragraph; `term` for a word that it explains. */
export function pieces(paragraph: string): { text: string; term: boolean }[] {
  return paragraph
    .split("*")
    .map((text, i) => ({ text, term: i % 2 === 1 }))
    .filter(({ text }) => text !== "");
}
