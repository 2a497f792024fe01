/**
 * The panels below the timeline, in order. A new one is a line here.
 *
 * Only the first is part of the first picture of a result; what the others need comes after it.
 */
import type { Component } from "svelte";
import type { Report } from "../engine/report.ts";
import { ahead, idle, later } from "../lib/later.ts";

export type PanelId =
  | "dependencies"
  | "heatmap"
  | "locations"
  | "transactions"
  | "values"
  | "speedup"
  | "compare"
  | "disturb"
  | "fees";

type PanelComponent = Component<{ report: Report }>;

export type Panel = {
  id: PanelId;
  title: string;
  load: () => PanelComponent | Promise<PanelComponent>;
};

export const PANELS: [Panel, ...Panel[]] = [
  { id: "dependencies", title: "Dependencies", load: later(() => import("./graph.svelte")) },
  { id: "heatmap", title: "Heatmap", load: later(() => import("./heatmap.svelte")) },
  { id: "locations", title: "Hot variables", load: later(() => import("./locations.svelte")) },
  { id: "transactions", title: "Transactions", load: later(() => import("./transactions.svelte")) },
  { id: "values", title: "Values", load: later(() => import("./values.svelte")) },
  { id: "speedup", title: "Speedup", load: later(() => import("./speedup.svelte")) },
  { id: "compare", title: "Compare", load: later(() => import("./compare.svelte")) },
  { id: "disturb", title: "Disturb", load: later(() => import("./disturb.svelte")) },
  { id: "fees", title: "Fees", load: later(() => import("./fees.svelte")) },
];

/** Fetches all panels while nothing else is to do, so that choosing one does not wait. */
export async function fetchPanels(): Promise<void> {
  for (const { load } of PANELS) {
    await idle();
    await ahead(load);
  }
}
