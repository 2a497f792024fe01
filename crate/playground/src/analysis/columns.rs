//! The long lists of a report: lanes, spans, transactions, dependencies, accesses, aborts.

use std::collections::BTreeSet;

use interleave_engine::{
    memory::{Executed, Location, Origin},
    outcome::{Outcome, Status},
    trace::{Activity, Span},
};

use super::{
    Names, Run,
    aborts::Ended,
    decoded,
    graph::{Graph, Paths},
    latency::Times,
    locations::Locations,
};
use crate::{
    limits,
    report::{Aborts, Accesses, Dependencies, Lanes, SpanKind, Spans, TxStatus, Txs},
};
use alloy_primitives::{
    TxKind,
    map::{AddressSet, HashMap},
};

/// What a span was.
pub fn kind(run: &Run<'_>, span: &Span) -> SpanKind {
    match span.activity {
        Activity::Executed { .. } if run.is_final(span.version) => SpanKind::Committed,
        Activity::Executed { .. } => SpanKind::Aborted,
        Activity::Blocked { .. } => SpanKind::Blocked,
        Activity::Cancelled { .. } => SpanKind::Cancelled,
        Activity::Validated => SpanKind::Validated,
        Activity::Rejected { .. } => SpanKind::Rejected,
    }
}

/// What each worker did with its time.
pub fn lanes(run: &Run<'_>) -> Lanes {
    let workers = run.options.workers as usize;
    let zero = || vec![0.0; workers];
    let mut lanes = Lanes {
        useful: zero(),
        wasted: zero(),
        validating: zero(),
        idle: zero(),
    };
    for span in &run.ran.trace.spans {
        let spent = match kind(run, span) {
            SpanKind::Committed => &mut lanes.useful,
            SpanKind::Aborted | SpanKind::Blocked | SpanKind::Cancelled => &mut lanes.wasted,
            SpanKind::Validated | SpanKind::Rejected => &mut lanes.validating,
        };
        spent[span.worker.0 as usize] += span.end - span.start;
    }
    for worker in 0..workers {
        let busy = lanes.useful[worker] + lanes.wasted[worker] + lanes.validating[worker];
        lanes.idle[worker] = (run.ran.trace.makespan - busy).max(0.0);
    }
    lanes
}

/// The bars of the timeline.
pub fn spans(run: &Run<'_>, locations: &Locations) -> Spans {
    let all = &run.ran.trace.spans;
    let conflict = |span: &Span| match span.activity {
        Activity::Blocked { conflict, .. } | Activity::Rejected { conflict } => Some(conflict),
        _ => None,
    };
    let (writer, location) = all
        .iter()
        .map(|span| locations.conflict(conflict(span)))
        .unzip();
    Spans {
        worker: all.iter().map(|span| span.worker.0).collect(),
        tx: all.iter().map(|span| span.version.tx.0).collect(),
        incarnation: all.iter().map(|span| span.version.incarnation).collect(),
        kind: all.iter().map(|span| kind(run, span)).collect(),
        start: all.iter().map(|span| span.start).collect(),
        end: all.iter().map(|span| span.end).collect(),
        writer,
        location,
    }
}

/// Incarnations that did not commit, in the order they ended.
pub fn aborts(ended: &[Ended], locations: &Locations) -> Aborts {
    let (writer, location) = ended
        .iter()
        .map(|it| locations.conflict(Some(it.conflict)))
        .unzip();
    Aborts {
        tx: ended.iter().map(|it| it.version.tx.0).collect(),
        incarnation: ended.iter().map(|it| it.version.incarnation).collect(),
        blocked: ended.iter().map(|it| it.blocked).collect(),
        writer,
        location,
        at: ended.iter().map(|it| it.at).collect(),
        span: ended.iter().map(|it| it.span).collect(),
        writer_span: ended.iter().map(|it| it.writer_span).collect(),
        cause: ended.iter().map(|it| it.cause).collect(),
    }
}

/// One row a transaction.
pub fn txs(run: &Run<'_>, paths: &Paths, names: &Names<'_>, times: &Times) -> Txs {
    let ran = run.ran;
    let envs = &run.block.txs;
    // Of a part they are the first.
    let transactions = &run.batch.transactions[..envs.len()];
    let outcomes = &ran.result.outcomes;
    let mut incarnations = vec![0; envs.len()];
    for span in &ran.trace.spans {
        if matches!(
            span.activity,
            Activity::Executed { .. } | Activity::Blocked { .. } | Activity::Cancelled { .. }
        ) {
            incarnations[span.version.tx.index()] += 1;
        }
    }
    let mut critical = vec![false; envs.len()];
    let (last, edges) = paths.critical();
    for tx in last.into_iter().chain(edges.iter().map(|edge| edge.writer)) {
        critical[tx.index()] = true;
    }
    let to = |kind: TxKind| {
        kind.to()
            .map(|address| names.account(*address))
            .unwrap_or_default()
    };
    Txs {
        label: transactions.iter().map(|tx| tx.label.clone()).collect(),
        from: envs.iter().map(|tx| names.account(tx.caller)).collect(),
        to: envs.iter().map(|tx| to(tx.kind)).collect(),
        place: transactions.iter().map(|tx| tx.place).collect(),
        status: outcomes.iter().map(status).collect(),
        reason: outcomes
            .iter()
            .zip(envs)
            .map(|(outcome, tx)| names.reason(outcome, tx.kind))
            .collect(),
        gas_used: ran
            .finals
            .iter()
            .map(|(_, executed)| executed.outcome.gas_used() as f64)
            .collect(),
        logs: outcomes.iter().map(logs).collect(),
        returned: decoded::returned(run, names),
        incarnations,
        depth: paths.depth.clone(),
        path_gas: paths.gas.clone(),
        critical,
        started_at: times.started.clone(),
        executed_at: times.executed.clone(),
        committed_at: times.committed.clone(),
    }
}

fn status(outcome: &Outcome) -> TxStatus {
    match outcome {
        Outcome::Executed(receipt) => match receipt.status {
            Status::Success => TxStatus::Success,
            Status::Revert => TxStatus::Revert,
            Status::Halt(_) => TxStatus::Halt,
        },
        Outcome::Skipped(_) => TxStatus::Skipped,
    }
}

fn logs(outcome: &Outcome) -> u32 {
    match outcome {
        Outcome::Executed(receipt) => receipt.logs.len() as u32,
        Outcome::Skipped(_) => 0,
    }
}

/// All edges; a reader of a sum has one, from the one that it waits for.
pub fn dependencies(graph: &Graph, paths: &Paths, locations: &Locations) -> Dependencies {
    let (_, mut path) = paths.critical();
    path.sort_unstable();
    let mut edges: Vec<_> = graph.edges.iter().chain(&paths.sums).copied().collect();
    edges.sort_unstable();
    Dependencies {
        writer: edges.iter().map(|edge| edge.writer.0).collect(),
        reader: edges.iter().map(|edge| edge.reader.0).collect(),
        location: edges
            .iter()
            .filter_map(|edge| locations.index(edge.location))
            .collect(),
        critical: (edges.iter().map(|edge| path.binary_search(edge).is_ok())).collect(),
    }
}

/// What committed incarnations read and wrote.
pub fn accesses(run: &Run<'_>, names: &Names<'_>, locations: &Locations) -> Accesses {
    let mut rows = Accesses {
        tx: Vec::new(),
        write: Vec::new(),
        name: Vec::new(),
        origin: Vec::new(),
        names: Vec::new(),
        listed: Vec::new(),
        until: 0,
    };
    let mut index: HashMap<Location, u32> = HashMap::default();
    let mut add = |tx: u32, write: bool, location: Location, origin: Origin| {
        let name = *index.entry(location).or_insert_with(|| {
            rows.names.push(names.location(location));
            rows.listed.push(locations.index(location));
            rows.names.len() as u32 - 1
        });
        rows.tx.push(tx);
        rows.write.push(write);
        rows.name.push(name);
        rows.origin.push(origin.map(|version| version.tx.0));
    };
    let (mut count, mut until) = (0, 0);
    for ((version, executed), env) in run.ran.finals.iter().zip(&run.block.txs) {
        let read: Vec<_> = told(executed, env.caller).collect();
        // revm's journal has no order of its own.
        let written: BTreeSet<_> = executed.writes.locations().into_iter().collect();
        count += read.len() + written.len();
        if count > limits::ACCESSES {
            break;
        }
        for (location, origin) in read {
            add(version.tx.0, false, location, origin);
        }
        for location in written {
            add(version.tx.0, true, location, None);
        }
        until = version.tx.0 + 1;
    }
    rows.until = until;
    rows
}

/// The reads worth telling: revm loads accounts whole, and most fields of most accounts say nothing.
fn told(
    executed: &Executed,
    caller: alloy_primitives::Address,
) -> impl Iterator<Item = (Location, Origin)> + '_ {
    let with_code = executed.reads.accounts.iter().filter(|read| read.has_code);
    let with_code: AddressSet = with_code.map(|read| read.address).collect();
    executed
        .reads
        .locations()
        .filter(move |(location, origin)| {
            origin.is_some()
                || match location {
                    Location::Balance(address) => !with_code.contains(address),
                    Location::Nonce(address) => *address == caller,
                    Location::Code(address) => with_code.contains(address),
                    Location::Existence(_) => false,
                    Location::Slot(..) | Location::Account(_) | Location::Fees => true,
                }
        })
}
