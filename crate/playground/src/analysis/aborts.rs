//! Incarnations that did not commit, and how that came about, from the trace alone.
//!
//! A conflict says whose write was in the way. What that transaction had done is told by the times of
//! its executions: measured times of short executions are shares of longer stretches, so on threads
//! this is as good as the clock.

use alloy_primitives::map::HashMap;
use interleave_engine::{
    memory::{Conflict, Overtaken, Version},
    trace::{Activity, Span, Trace},
};

use crate::report::Cause;

/// An incarnation that did not commit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ended {
    /// Which.
    pub version: Version,
    /// When.
    pub at: f64,
    /// Did it stop on an ESTIMATE, rather than run to its end?
    pub blocked: bool,
    /// What was in the way.
    pub conflict: Conflict,
    /// Its execution, as an index into the spans of the trace.
    pub span: Option<u32>,
    /// The last execution of the writer that had ended by then.
    pub writer_span: Option<u32>,
    /// What the writer had done.
    pub cause: Cause,
}

/// All of them, in the order they ended.
pub fn ended(trace: &Trace) -> Vec<Ended> {
    let mut found: Vec<_> = trace
        .spans
        .iter()
        .filter_map(|span| match span.activity {
            Activity::Blocked { conflict, .. } => Some((span.version, span.end, true, conflict)),
            Activity::Rejected { conflict } => Some((span.version, span.end, false, conflict)),
            _ => None,
        })
        .collect();
    found.extend(trace.aborts.iter().map(|abort| {
        let Overtaken { reader, conflict } = abort.overtaken;
        (reader, abort.at, false, conflict)
    }));
    found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));

    let executions = Executions::new(trace);
    let aborted_at: HashMap<Version, f64> = found
        .iter()
        .filter(|(_, _, blocked, _)| !blocked)
        .map(|(version, at, ..)| (*version, *at))
        .collect();
    let told = |(version, at, blocked, conflict): (Version, f64, bool, Conflict)| {
        let span = executions.of(version);
        let writer = conflict.writer.and_then(|writer| {
            let executed = executions.last_executed(writer.index(), at)?;
            let version = trace.spans[executed as usize].version;
            let withdrawn = aborted_at
                .get(&version)
                .is_some_and(|aborted| *aborted <= at);
            Some((executed, withdrawn))
        });
        let started_at = span.map(|span| trace.spans[span as usize].start);
        let cause = match writer {
            None if blocked => Cause::Pending,
            None => Cause::Changed,
            Some((executed, withdrawn)) => {
                let written_at = trace.spans[executed as usize].end;
                let was_there = started_at.is_some_and(|start| start >= written_at);
                match (withdrawn, was_there) {
                    (true, true) => Cause::Withdrawn,
                    (true, false) => Cause::Unsettled,
                    (false, false) => Cause::Overtaken,
                    (false, true) => Cause::Changed,
                }
            }
        };
        Ended {
            version,
            at,
            blocked,
            conflict,
            span,
            writer_span: writer.map(|(executed, _)| executed),
            cause,
        }
    };
    found.into_iter().map(told).collect()
}

/// The executions of each transaction, by their end.
struct Executions<'a> {
    spans: &'a [Span],
    by_tx: Vec<Vec<u32>>,
}

impl<'a> Executions<'a> {
    fn new(trace: &'a Trace) -> Self {
        let spans = &trace.spans;
        let mut by_tx = vec![Vec::new(); trace.committed_at.len()];
        for (index, span) in (0..).zip(spans) {
            match span.activity {
                Activity::Executed { .. }
                | Activity::Blocked { .. }
                | Activity::Cancelled { .. } => by_tx[span.version.tx.index()].push(index),
                Activity::Validated | Activity::Rejected { .. } => {}
            }
        }
        for of_tx in &mut by_tx {
            of_tx.sort_by(|a, b| {
                let end = |index: u32| spans[index as usize].end;
                end(*a).total_cmp(&end(*b)).then(a.cmp(b))
            });
        }
        Self { spans, by_tx }
    }

    fn of(&self, version: Version) -> Option<u32> {
        let mut of_tx = self.by_tx[version.tx.index()].iter().copied();
        of_tx.find(|index| self.spans[*index as usize].version == version)
    }

    /// The last execution that had run to its end by `at`.
    fn last_executed(&self, tx: usize, at: f64) -> Option<u32> {
        let mut of_tx = self.by_tx[tx].iter().rev().copied();
        of_tx.find(|index| {
            let span = &self.spans[*index as usize];
            span.end <= at && matches!(span.activity, Activity::Executed { .. })
        })
    }
}

#[cfg(test)]
mod tests {
    use interleave_engine::trace::Abort;

    use super::{
        super::traces::{RAN, conflict, span, version},
        *,
    };

    fn rejected(writer: u32) -> Activity {
        Activity::Rejected {
            conflict: conflict(Some(writer)),
        }
    }

    fn causes(spans: Vec<Span>, txs: usize) -> Vec<(Option<u32>, Option<u32>, Cause)> {
        let trace = Trace {
            spans,
            committed_at: vec![100.0; txs],
            ..Trace::default()
        };
        let told = |it: Ended| (it.span, it.writer_span, it.cause);
        ended(&trace).into_iter().map(told).collect()
    }

    #[test]
    fn a_write_after_the_start_of_the_reader_overtakes_it() {
        let spans = vec![
            span(version(0, 0), RAN, 0.0, 5.0),
            span(version(1, 0), RAN, 0.0, 4.0),
            span(version(1, 0), rejected(0), 5.0, 6.0),
        ];
        assert_eq!(causes(spans, 2), [(Some(1), Some(0), Cause::Overtaken)]);
    }

    #[test]
    fn a_reader_falls_with_the_writer_it_read_from() {
        let spans = vec![
            span(version(1, 0), RAN, 0.0, 3.0),
            span(version(2, 0), RAN, 3.0, 7.0),
            span(version(3, 0), RAN, 2.0, 7.0),
            span(version(1, 0), rejected(0), 7.0, 8.0),
            span(version(2, 0), rejected(1), 8.0, 9.0),
            span(version(3, 0), rejected(1), 8.0, 9.0),
        ];
        let expected = [
            // Transaction 0 has no execution in this trace.
            (Some(0), None, Cause::Changed),
            (Some(1), Some(0), Cause::Withdrawn),
            (Some(2), Some(0), Cause::Unsettled),
        ];
        assert_eq!(causes(spans, 4), expected);
    }

    #[test]
    fn what_was_there_all_the_time_is_not_what_changed() {
        let spans = vec![
            span(version(0, 0), RAN, 0.0, 2.0),
            span(version(2, 0), RAN, 3.0, 5.0),
            span(version(2, 0), rejected(0), 5.0, 6.0),
        ];
        assert_eq!(causes(spans, 3), [(Some(1), Some(0), Cause::Changed)]);
    }

    #[test]
    fn a_reader_waits_for_a_writer_that_has_yet_to_run_or_was_aborted() {
        let blocked = |writer| Activity::Blocked {
            gas: 1,
            conflict: conflict(Some(writer)),
        };
        let spans = vec![
            span(version(0, 0), RAN, 0.0, 2.0),
            span(version(0, 0), rejected(0), 2.0, 3.0),
            span(version(1, 0), blocked(0), 3.0, 4.0),
            span(version(3, 0), blocked(2), 3.0, 5.0),
        ];
        let found = causes(spans, 4);
        assert_eq!(
            found[1..],
            [
                (Some(2), Some(0), Cause::Withdrawn),
                (Some(3), None, Cause::Pending),
            ]
        );
    }

    #[test]
    fn an_abort_that_no_validation_found_is_told_like_any_other() {
        let trace = Trace {
            spans: vec![
                span(version(0, 0), RAN, 0.0, 5.0),
                span(version(1, 0), RAN, 0.0, 8.0),
            ],
            aborts: vec![Abort {
                overtaken: Overtaken {
                    reader: version(1, 0),
                    conflict: conflict(Some(0)),
                },
                at: 5.0,
            }],
            committed_at: vec![100.0; 2],
            ..Trace::default()
        };
        let found = ended(&trace);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].at, found[0].blocked), (5.0, false));
        assert_eq!(found[0].cause, Cause::Overtaken);
    }
}
