/** The panels below the timeline, in order. A new one is a line here. */
import type { Component } from "svelte";
import type { Report } from "../engine/report.ts";
import Compare from "./compare.svelte";
import Fees from "./fees.svelte";
import Graph from "./graph.svelte";
import Heatmap from "./heatmap.svelte";
import Locations from "./locations.svelte";
import Speedup from "./speedup.svelte";
import Transactions from "./transactions.svelte";
import Values from "./values.svelte";

export type PanelId =
  | "dependencies"
  | "heatmap"
  | "locations"
  | "transactions"
  | "values"
  | "speedup"
  | "compare"
  | "fees";

export type Panel = { id: PanelId; title: string; component: Component<{ report: Report }> };

export const PANELS: Panel[] = [
  { id: "dependencies", title: "Dependencies", component: Graph },
  { id: "heatmap", title: "Heatmap", component: Heatmap },
  { id: "locations", title: "Hot variables", component: Locations },
  { id: "transactions", title: "Transactions", component: Transactions },
  { id: "values", title: "Values", component: Values },
  { id: "speedup", title: "Speedup", component: Speedup },
  { id: "compare", title: "Compare", component: Compare },
  { id: "fees", title: "Fees", component: Fees },
];
