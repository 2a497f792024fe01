/** All transactions as tables: how they were scheduled, what came of them, how long they took. */
import type { Latency, Report } from "../engine/report.ts";
import { count, duration, short, txName } from "../lib/format.ts";
import { firstLog, resultOf, STATUS } from "./inspector.ts";
import type { TxIdx } from "./selection.ts";
import type { Cell, Column, Table } from "./tables.ts";

/** The columns that every table of transactions begins with. */
function head({ txs }: Report): Column[] {
  return [
    { name: "Tx", numeric: true, chars: 7, key: (tx) => tx },
    { name: "Call", grow: 2, chars: 13, key: (tx) => txs.label[tx] ?? "" },
  ];
}

function named({ txs }: Report, tx: TxIdx): Cell[] {
  return [{ text: txName(tx) }, { text: txs.label[tx] ?? "", code: true }];
}

function statusOf({ txs }: Report, tx: TxIdx): Cell {
  const status = txs.status[tx] ?? "success";
  return { text: STATUS[status], tone: status === "success" ? "quiet" : "bad" };
}

const statusColumn = ({ txs }: Report): Column => ({
  name: "Status",
  chars: 11,
  key: (tx) => txs.status[tx] ?? "",
});

const gasColumn = ({ txs }: Report): Column => ({
  name: "Gas",
  numeric: true,
  chars: 10,
  key: (tx) => txs.gasUsed[tx] ?? 0,
});

export function scheduleTable(report: Report): Table {
  const { txs, summary } = report;
  return {
    columns: [
      ...head(report),
      { name: "From", grow: 1, chars: 10, key: (tx) => txs.from[tx] ?? "" },
      { name: "To", grow: 1, chars: 10, key: (tx) => txs.to[tx] ?? "" },
      statusColumn(report),
      {
        name: "Runs",
        numeric: true,
        chars: 7,
        meaning: "Times it was executed.",
        key: (tx) => txs.incarnations[tx] ?? 0,
      },
      gasColumn(report),
      {
        name: "Depth",
        numeric: true,
        chars: 8,
        meaning: "Longest chain that ends with it.",
        key: (tx) => txs.depth[tx] ?? 0,
      },
      {
        name: "Committed",
        numeric: true,
        chars: 13,
        meaning: "When it could no longer change.",
        key: (tx) => txs.committedAt[tx] ?? 0,
      },
    ],
    length: txs.label.length,
    row: (tx) => [
      ...named(report, tx),
      { text: short(txs.from[tx] ?? ""), code: true },
      { text: short(txs.to[tx] ?? "") || "new contract", code: true },
      statusOf(report, tx),
      { text: count(txs.incarnations[tx] ?? 0) },
      { text: count(txs.gasUsed[tx] ?? 0) },
      { text: count(txs.depth[tx] ?? 0) },
      { text: duration(txs.committedAt[tx] ?? 0, summary.clock) },
    ],
    subject: (tx) => ({ kind: "tx", tx }),
  };
}

export function receiptsTable(report: Report): Table {
  const { txs, logs } = report;
  const result = (tx: TxIdx) => {
    const reason = txs.reason[tx] ?? "";
    if (reason !== "") return reason;
    const it = resultOf(report, tx);
    return it === null ? "" : it.name === "Created" ? `created ${it.value}` : it.value;
  };
  return {
    columns: [
      ...head(report),
      statusColumn(report),
      gasColumn(report),
      {
        name: "Result",
        grow: 2,
        chars: 22,
        meaning: "What it returned or created, or why it failed.",
        key: result,
      },
      { name: "Logs", numeric: true, chars: 7, key: (tx) => txs.logs[tx] ?? 0 },
      { name: "First log", grow: 3, chars: 34 },
    ],
    length: txs.label.length,
    row: (tx) => {
      const first = firstLog(logs.tx, tx);
      const failed = (txs.reason[tx] ?? "") !== "";
      return [
        ...named(report, tx),
        statusOf(report, tx),
        { text: count(txs.gasUsed[tx] ?? 0) },
        failed ? { text: result(tx), tone: "bad" } : { text: result(tx), code: true },
        { text: count(txs.logs[tx] ?? 0) },
        { text: logs.tx[first] === tx ? (logs.text[first] ?? "") : "", code: true },
      ];
    },
    subject: (tx) => ({ kind: "tx", tx }),
  };
}

export function latencyTable(report: Report): Table {
  const { txs, summary } = report;
  const times = [
    { name: "Queued until", of: txs.startedAt, meaning: "When its first incarnation started." },
    {
      name: "Executed",
      of: txs.executedAt,
      meaning: "When its committed incarnation had run to its end.",
    },
    { name: "Committed", of: txs.committedAt, meaning: "When it could no longer change." },
  ];
  return {
    columns: [
      ...head(report),
      ...times.map(({ name, of, meaning }) => ({
        name,
        numeric: true,
        chars: 15,
        meaning,
        key: (tx: TxIdx) => of[tx] ?? -1,
      })),
    ],
    length: txs.label.length,
    row: (tx) => [
      ...named(report, tx),
      ...times.map(({ of }): Cell => {
        const time = of[tx] ?? null;
        return time === null
          ? { text: "not known", tone: "quiet" }
          : { text: duration(time, summary.clock) };
      }),
    ],
    subject: (tx) => ({ kind: "tx", tx }),
  };
}

/** How long all transactions took: a row a stage, a value each for half of them, 95 of 100 and the slowest. */
export function percentiles({ latency, summary }: Report): { name: string; values: string[] }[] {
  if (latency === null) return [];
  const stages: { name: string; of: keyof Latency }[] = [
    { name: "Queued", of: "queued" },
    { name: "Executed", of: "executed" },
    { name: "Committed", of: "committed" },
  ];
  return stages.map(({ name, of }) => {
    const { p50, p95, max } = latency[of];
    return { name, values: [p50, p95, max].map((time) => duration(time, summary.clock)) };
  });
}
