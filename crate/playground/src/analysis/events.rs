//! What happened in a run, one thing after another: what a replay steps through.
//!
//! From the trace alone. Nothing happens before what it follows from: measured times of short
//! executions are shares of longer stretches, and may say otherwise by a little. Whatever has the same
//! time is put in an order in which it can have happened: each transaction in its own order, commits in
//! block order, and ends before what starts.

use std::collections::BTreeSet;

use interleave_engine::{
    block::TxIdx,
    memory::Version,
    trace::{Activity, Trace},
};

use super::aborts::Ended;
use crate::report::{EventKind, Events};

#[derive(Clone, Copy, Debug, PartialEq)]
struct Event {
    at: f64,
    /// Among what has the same time.
    rank: u32,
    version: Version,
    kind: EventKind,
    of: u32,
}

/// The events of `trace`. The incarnations in `ended` did not commit, and `is_final` knows those that
/// did; what is in neither came to nothing when it ended.
pub fn events(trace: &Trace, ended: &[Ended], is_final: impl Fn(Version) -> bool) -> Events {
    let mut all = collect(trace, ended, is_final);
    all.sort_by(|a, b| {
        let order = a.version.cmp(&b.version);
        let order = order.then(step(a.kind).cmp(&step(b.kind)));
        order.then(a.at.total_cmp(&b.at))
    });
    // Waves validate again and again what still holds: once is news.
    all.dedup_by(|later, first| {
        let both = later.kind == EventKind::Validated && first.kind == EventKind::Validated;
        both && later.version == first.version
    });
    follow(&mut all);
    // Stable, as below: each transaction keeps its order.
    all.sort_by(|a, b| {
        let order = a.at.total_cmp(&b.at);
        order.then(a.version.tx.cmp(&b.version.tx))
    });
    for together in all.chunk_by_mut(|a, b| a.at == b.at) {
        rank(together);
    }
    all.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.rank.cmp(&b.rank)));
    Events {
        at: all.iter().map(|event| event.at).collect(),
        kind: all.iter().map(|event| event.kind).collect(),
        tx: all.iter().map(|event| event.version.tx.0).collect(),
        of: all.iter().map(|event| event.of).collect(),
    }
}

fn collect(trace: &Trace, ended: &[Ended], is_final: impl Fn(Version) -> bool) -> Vec<Event> {
    let aborts = || (0..).zip(ended).filter(|(_, it)| !it.blocked);
    // What a validation rejects had ended; a write may overtake what still runs.
    let overtaken = trace.aborts.iter().map(|it| (it.overtaken.reader, it.at));
    let mut overtaken: Vec<(Version, f64)> = overtaken.collect();
    overtaken.sort_by_key(|(version, _)| *version);
    let rejected: BTreeSet<Version> = aborts().map(|(_, it)| it.version).collect();
    let stands_at =
        |version, at| match overtaken.binary_search_by_key(&version, |(version, _)| *version) {
            Ok(place) => overtaken[place].1 >= at,
            Err(_) => is_final(version) || rejected.contains(&version),
        };
    let event = |at, version, kind, of| Event {
        at,
        rank: 0,
        version,
        kind,
        of,
    };
    let mut all = Vec::with_capacity(2 * trace.spans.len() + trace.committed_at.len());
    for (of, span) in (0..).zip(&trace.spans) {
        let (version, end) = (span.version, span.end);
        let kind = match span.activity {
            Activity::Validated => EventKind::Validated,
            // It is among those that ended.
            Activity::Rejected { .. } => continue,
            Activity::Executed { .. } if stands_at(version, end) => EventKind::Executed,
            Activity::Executed { .. } | Activity::Cancelled { .. } => EventKind::Cancelled,
            Activity::Blocked { .. } => EventKind::Blocked,
        };
        if kind != EventKind::Validated {
            all.push(event(span.start, version, EventKind::Started, of));
        }
        all.push(event(end, version, kind, of));
    }
    all.extend(aborts().map(|(of, it)| event(it.at, it.version, EventKind::Aborted, of)));
    all.extend((0..).zip(&trace.committed_at).map(|(tx, at)| {
        // After everything else of its transaction.
        let version = Version {
            tx: TxIdx(tx),
            incarnation: u32::MAX,
        };
        event(*at, version, EventKind::Committed, tx)
    }));
    all
}

/// The order of what happens to one incarnation.
fn step(kind: EventKind) -> u32 {
    match kind {
        EventKind::Started => 0,
        EventKind::Executed | EventKind::Blocked => 1,
        EventKind::Validated => 2,
        EventKind::Aborted => 3,
        EventKind::Cancelled => 4,
        EventKind::Committed => 5,
    }
}

/// Moves what seems to have happened too early to what it follows from.
fn follow(all: &mut [Event]) {
    let mut commits: f64 = 0.0;
    for of_tx in all.chunk_by_mut(|a, b| a.version.tx == b.version.tx) {
        let mut last: f64 = 0.0;
        for event in of_tx {
            event.at = event.at.max(last);
            match event.kind {
                // Nothing waits for these.
                EventKind::Validated | EventKind::Cancelled => {}
                EventKind::Committed => {
                    commits = commits.max(event.at);
                    event.at = commits;
                }
                _ => last = event.at,
            }
        }
    }
}

/// What comes first of what has the same time, if nothing else decides.
fn class(kind: EventKind) -> u32 {
    match kind {
        EventKind::Executed | EventKind::Blocked | EventKind::Cancelled => 0,
        EventKind::Validated | EventKind::Aborted => 1,
        EventKind::Committed => 2,
        EventKind::Started => 3,
    }
}

/// Ranks events of one time, which come by transaction and in its order.
fn rank(together: &mut [Event]) {
    let (mut before, mut commits) = (None, 0);
    for event in together {
        let own = match before {
            Some((tx, rank)) if tx == event.version.tx => rank,
            _ => 0,
        };
        event.rank = class(event.kind).max(own);
        if event.kind == EventKind::Committed {
            event.rank = event.rank.max(commits);
            commits = event.rank;
        }
        before = Some((event.version.tx, event.rank));
    }
}

#[cfg(test)]
mod tests {
    use interleave_engine::{memory::Overtaken, trace::Abort};

    use super::{
        super::{
            aborts,
            traces::{RAN, conflict, span, version},
        },
        *,
    };
    use EventKind::{Aborted, Blocked, Cancelled, Committed, Executed, Started, Validated};

    /// Each event as its time, kind and transaction; the last incarnation of each is final.
    fn told(trace: &Trace) -> Vec<(f64, EventKind, u32)> {
        let ended = aborts::ended(trace);
        let last = |version: Version| {
            let mut spans = trace.spans.iter().map(|span| span.version);
            spans.all(|it| it.tx != version.tx || it <= version)
        };
        let events = events(trace, &ended, last);
        let rows = events.at.iter().zip(&events.kind).zip(&events.tx);
        rows.map(|((at, kind), tx)| (*at, *kind, *tx)).collect()
    }

    #[test]
    fn an_incarnation_starts_ends_falls_and_the_next_one_commits() {
        let rejected = Activity::Rejected {
            conflict: conflict(Some(0)),
        };
        let trace = Trace {
            spans: vec![
                span(version(0, 0), RAN, 0.0, 4.0),
                span(version(1, 0), RAN, 0.0, 3.0),
                span(version(1, 0), rejected, 4.0, 5.0),
                span(version(1, 1), RAN, 5.0, 8.0),
                span(version(1, 1), Activity::Validated, 8.0, 9.0),
                // Validated again, which is no news.
                span(version(1, 1), Activity::Validated, 10.0, 11.0),
            ],
            committed_at: vec![4.0, 9.0],
            ..Trace::default()
        };
        let expected = [
            (0.0, Started, 0),
            (0.0, Started, 1),
            (3.0, Executed, 1),
            (4.0, Executed, 0),
            (4.0, Committed, 0),
            (5.0, Aborted, 1),
            (5.0, Started, 1),
            (8.0, Executed, 1),
            (9.0, Validated, 1),
            (9.0, Committed, 1),
        ];
        assert_eq!(told(&trace), expected);
    }

    #[test]
    fn what_is_aborted_while_it_runs_comes_to_nothing_at_its_end() {
        let overtaken = Overtaken {
            reader: version(1, 0),
            conflict: conflict(Some(0)),
        };
        let trace = Trace {
            spans: vec![
                span(version(0, 0), RAN, 0.0, 2.0),
                span(version(1, 0), RAN, 0.0, 3.0),
                span(version(1, 1), RAN, 3.0, 5.0),
            ],
            aborts: vec![Abort { overtaken, at: 2.0 }],
            committed_at: vec![2.0, 5.0],
            ..Trace::default()
        };
        let found = told(&trace);
        assert_eq!(
            found[2..6],
            [
                (2.0, Executed, 0),
                (2.0, Aborted, 1),
                (2.0, Committed, 0),
                (3.0, Cancelled, 1),
            ]
        );
    }

    #[test]
    fn transactions_without_cost_keep_their_order_and_commit_in_block_order() {
        let blocked = Activity::Blocked {
            gas: 0,
            conflict: conflict(Some(0)),
        };
        let trace = Trace {
            spans: vec![
                span(version(0, 0), RAN, 1.0, 1.0),
                span(version(1, 0), RAN, 0.0, 1.0),
                span(version(2, 0), blocked, 1.0, 1.0),
                span(version(2, 1), RAN, 1.0, 1.0),
            ],
            committed_at: vec![1.0; 3],
            ..Trace::default()
        };
        let expected = [
            (0.0, Started, 1),
            (1.0, Executed, 1),
            (1.0, Started, 0),
            (1.0, Executed, 0),
            (1.0, Committed, 0),
            (1.0, Committed, 1),
            (1.0, Started, 2),
            (1.0, Blocked, 2),
            (1.0, Started, 2),
            (1.0, Executed, 2),
            (1.0, Committed, 2),
        ];
        assert_eq!(told(&trace), expected);
    }

    #[test]
    fn nothing_happens_before_what_it_follows_from() {
        // As a clock that is seldom looked at may tell it.
        let rejected = Activity::Rejected {
            conflict: conflict(Some(0)),
        };
        let trace = Trace {
            spans: vec![
                span(version(0, 0), RAN, 0.0, 4.0),
                span(version(0, 0), rejected, 2.0, 3.0),
                span(version(0, 1), RAN, 3.0, 6.0),
                span(version(0, 1), Activity::Validated, 4.0, 5.0),
                span(version(1, 0), RAN, 0.0, 1.0),
            ],
            committed_at: vec![5.0, 5.0],
            ..Trace::default()
        };
        let found = told(&trace);
        assert_eq!(
            found[2..],
            [
                (1.0, Executed, 1),
                (4.0, Executed, 0),
                (4.0, Aborted, 0),
                (4.0, Started, 0),
                (6.0, Executed, 0),
                (6.0, Validated, 0),
                (6.0, Committed, 0),
                (6.0, Committed, 1),
            ]
        );
    }

    #[test]
    fn a_run_without_transactions_has_no_events() {
        assert_eq!(told(&Trace::default()), []);
    }
}
