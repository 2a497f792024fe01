//! The timeline in the Trace Event Format (JSON), which Perfetto's and Chrome's viewers open.
//!
//! <https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>
//! A worker is a thread, an execution or validation a complete event, and an arrow leads from the write
//! that was in the way to the execution that it undid.

use serde_json::{Value, json};

use crate::report::{Clock, Report, SpanKind};

/// Arrows at the most: viewers draw each of them, whatever is in sight.
const MOST_ARROWS: usize = 1_000;
/// The one process there is.
const PROCESS: u32 = 1;

pub(super) fn write(report: &Report) -> String {
    let summary = &report.summary;
    let mut events = vec![named("process_name", 0, &report.title)];
    for worker in 0..summary.workers {
        events.push(named("thread_name", worker, &format!("worker {worker}")));
    }
    events.extend((0..report.spans.tx.len()).map(|span| bar(report, span)));
    let undone = (0..report.aborts.tx.len()).filter_map(|abort| arrow(report, abort));
    events.extend(undone.take(MOST_ARROWS).flatten());
    let unit = match summary.clock {
        Clock::Gas => "gas, one as a microsecond",
        Clock::Wall => "microseconds",
        Clock::Virtual => "microseconds of virtual time",
    };
    let trace = json!({
        "traceEvents": events,
        "displayTimeUnit": "ns",
        "otherData": {
            "strategy": summary.strategy,
            "runner": summary.runner,
            "unit": unit,
            "digest": summary.digest,
            "truncated": summary.truncated,
        },
    });
    trace.to_string() + "\n"
}

/// An event that names the process, or one of its threads.
fn named(what: &str, worker: u32, name: &str) -> Value {
    json!({ "ph": "M", "name": what, "pid": PROCESS, "tid": worker, "args": { "name": name } })
}

fn bar(report: &Report, at: usize) -> Value {
    let spans = &report.spans;
    let tx = spans.tx[at];
    let (kind, colour) = match spans.kind[at] {
        SpanKind::Committed => ("committed", "good"),
        SpanKind::Aborted => ("aborted", "terrible"),
        SpanKind::Blocked => ("blocked", "bad"),
        SpanKind::Cancelled => ("cancelled", "grey"),
        SpanKind::Validated => ("validated", "thread_state_runnable"),
        SpanKind::Rejected => ("rejected", "terrible"),
    };
    let location = spans.location[at].and_then(|it| report.locations.get(it as usize));
    json!({
        "ph": "X",
        "name": format!("tx {tx}"),
        "cat": kind,
        "cname": colour,
        "pid": PROCESS,
        "tid": spans.worker[at],
        "ts": spans.start[at],
        "dur": spans.end[at] - spans.start[at],
        "args": {
            "tx": tx,
            "incarnation": spans.incarnation[at],
            "calls": report.txs.label.get(tx as usize),
            "writer": spans.writer[at],
            "location": location.map(|it| &it.name),
        },
    })
}

/// From the writer's execution to the end of the one that it undid; none where that was over before the
/// writer began, since time goes one way.
fn arrow(report: &Report, abort: usize) -> Option<[Value; 2]> {
    let (aborts, spans) = (&report.aborts, &report.spans);
    let from = aborts.writer_span[abort]? as usize;
    let to = aborts.span[abort]? as usize;
    let end = |phase: &str, span: usize, time: f64| {
        json!({
            "ph": phase,
            "name": "conflict",
            "cat": "conflict",
            "id": abort,
            "pid": PROCESS,
            "tid": spans.worker[span],
            "ts": time,
            "bp": "e",
        })
    };
    // An arrow binds to the bar around its time, and an end is no longer within.
    let within = |span: usize, share: f64| {
        let (start, end) = (spans.start[span], spans.end[span]);
        start + (end - start) * share
    };
    let finish = within(to, 0.99);
    let start = within(from, 0.5).min(finish);
    (start >= spans.start[from]).then(|| [end("s", from, start), end("f", to, finish)])
}
