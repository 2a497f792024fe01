/** What the page and the worker that asks a node say to each other. */
import type { NodeAnswers } from "../engine/report.ts";
import type { Step } from "./collect.ts";

/** How far it is, with the bytes that came. */
export type Progress = Step & { bytes: number };

/** To the worker. `hashes` goes on with what `block` began. */
export type ToNode =
  | { kind: "block"; endpoint: string; block: string; seconds: number }
  | { kind: "hashes"; numbers: number[] };

/** From the worker. */
export type FromNode =
  | { kind: "progress"; progress: Progress }
  | { kind: "answers"; answers: NodeAnswers }
  | { kind: "failed"; message: string };
