/**
 * The panels below the timeline, in order. A new one is a line here.
 *
 * Only the first is part of the first picture; what the others need comes after it.
 */
import type { Component } from "svelte";
import type { Report } from "../engine/report.ts";
import Graph from "./graph.svelte";

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

export const PANELS: Panel[] = [
  { id: "dependencies", title: "Dependencies", load: () => Graph },
  { id: "heatmap", title: "Heatmap", load: later(() => import("./heatmap.svelte")) },
  { id: "locations", title: "Hot variables", load: later(() => import("./locations.svelte")) },
  { id: "transactions", title: "Transactions", load: later(() => import("./transactions.svelte")) },
  { id: "values", title: "Values", load: later(() => import("./values.svelte")) },
  { id: "speedup", title: "Speedup", load: later(() => import("./speedup.svelte")) },
  { id: "compare", title: "Compare", load: later(() => import("./compare.svelte")) },
  { id: "disturb", title: "Disturb", load: later(() => import("./disturb.svelte")) },
  { id: "fees", title: "Fees", load: later(() => import("./fees.svelte")) },
];

/** Fetches a panel once; one that could not be fetched is asked for again. */
function later(fetch: () => Promise<{ default: PanelComponent }>): Panel["load"] {
  let found: PanelComponent | null = null;
  return () => found ?? fetch().then((module) => (found = module.default));
}

/** Fetches all panels while nothing else is to do, so that choosing one does not wait. */
export function fetchPanels(): void {
  const fetchAll = () => {
    // Whoever chooses a panel that cannot be fetched is told so.
    for (const { load } of PANELS) void Promise.resolve(load()).catch(() => undefined);
  };
  // Not every browser has idle time to give.
  if ("requestIdleCallback" in window) requestIdleCallback(fetchAll);
  else setTimeout(fetchAll, 500);
}
