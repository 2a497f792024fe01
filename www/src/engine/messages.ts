/** What the engine worker says to the page. */
export type FromEngine =
  | { kind: "ready"; workers: number; memoryMiB: number }
  | { kind: "failed"; message: string };
