import { expect, test } from "vitest";
import { report } from "./fixture.ts";
import { countStates, type Moment, positionAt, replayModel, spanState, timeAt, txState } from "./replay.ts";
import { plain, told } from "./told.ts";

const replay = replayModel(report);

function at(position: number): Moment {
  return { replay, position, time: timeAt(replay, position) };
}

test("a time has all events up to it behind it", () => {
  expect(positionAt(replay, 0)).toBe(2);
  expect(positionAt(replay, 49_999)).toBe(2);
  expect(positionAt(replay, 51_000)).toBe(8);
  expect(positionAt(replay, Infinity)).toBe(replay.length);
  expect(timeAt(replay, 8)).toBe(51_000);
  expect(timeAt(replay, 0)).toBe(0);
});

test("transactions wait, run, end, fall and commit, forwards and backwards", () => {
  const states = (position: number) => [0, 1, 2, 3].map((tx) => txState(at(position), tx));
  expect(states(0)).toEqual(["waiting", "waiting", "waiting", "waiting"]);
  expect(states(2)).toEqual(["running", "running", "waiting", "waiting"]);
  expect(states(4)).toEqual(["executed", "executed", "waiting", "waiting"]);
  expect(states(7)).toEqual(["committed", "aborted", "running", "waiting"]);
  // Stopped on an ESTIMATE, it waits again.
  expect(states(11)).toEqual(["committed", "running", "executed", "waiting"]);
  expect(states(replay.length)).toEqual(["committed", "committed", "committed", "committed"]);
  expect(states(2)).toEqual(["running", "running", "waiting", "waiting"]);
  expect(countStates(at(7))).toEqual({
    waiting: 1,
    running: 1,
    executed: 0,
    aborted: 1,
    committed: 1,
  });
});

test("a span is unborn, runs, has ended, and only then has its fate", () => {
  // The first incarnation of transaction 1, which is aborted after its end.
  expect([1, 2, 4, 7].map((position) => spanState(at(position), 0))).toEqual([
    "unborn",
    "running",
    "executed",
    "settled",
  ]);
  // The validation that rejected it.
  expect([5, 6, 8].map((position) => spanState(at(position), 4))).toEqual([
    "unborn",
    "running",
    "settled",
  ]);
  for (const span of report.spans.tx.keys()) {
    expect(spanState(at(replay.length), span)).toBe("settled");
    expect(spanState(at(0), span)).toBe("unborn");
  }
});

test("every event is told in one sentence", () => {
  const sentences = Array.from({ length: replay.length }, (_, event) => plain(told(report, event)));
  expect(sentences[0]).toBe("#0 starts on worker 0.");
  expect(sentences[6]).toBe(
    "#1 read `Airdrop.claimed`, which #0 wrote after #1 had started, so #1 must run again.",
  );
  expect(sentences[7]).toBe("#1 runs again on worker 1, as incarnation 1.");
  expect(sentences[10]).toBe(
    "#3 came to `Airdrop.claimed`, which #1 has yet to write, so #3 stops and waits.",
  );
  expect(sentences.every((sentence) => sentence.endsWith("."))).toBe(true);
  expect(told(report, -1)).toEqual([]);
});

test("an abort says what the writer had done", () => {
  const because = (cause: (typeof report.aborts.cause)[number]) =>
    plain(told({ ...report, aborts: { ...report.aborts, cause: [cause] } }, 6));
  expect(because("withdrawn")).toBe(
    "#1 read `Airdrop.claimed` from #0; #0 was aborted, so #1 must run again.",
  );
  expect(because("unsettled")).toContain("#0, which wrote it meanwhile, was aborted");
  expect(because("changed")).toContain("which has changed since");
});

test("an empty run has nothing to tell", () => {
  const none = replayModel({
    ...report,
    txs: { ...report.txs, label: [] },
    spans: { ...report.spans, tx: [], kind: [] },
    events: { at: [], kind: [], tx: [], of: [] },
  });
  expect(none.length).toBe(0);
  expect(countStates({ replay: none, position: 0, time: 0 }).waiting).toBe(0);
});
