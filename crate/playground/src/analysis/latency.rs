//! How long each transaction waited for a worker, ran, and waited to be final.
//!
//! All from the spans of the trace; times are from the start of the run.

use interleave_engine::{
    memory::{Executed, Version},
    trace::{Activity, Trace},
};

use crate::report::{Latency, Percentiles};

/// When what happened to each transaction, in block order.
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    /// Its first incarnation started; none if the trace has no span of it, here and below.
    pub started: Vec<Option<f64>>,
    /// Its committed incarnation had run to its end.
    pub executed: Vec<Option<f64>>,
    /// Its result could no longer change.
    pub committed: Vec<f64>,
}

/// What the trace says of each transaction.
pub fn times(trace: &Trace, finals: &[(Version, Executed)]) -> Times {
    let versions = finals.iter().map(|(version, _)| *version);
    of_versions(trace, &versions.collect::<Vec<_>>())
}

fn of_versions(trace: &Trace, finals: &[Version]) -> Times {
    let mut times = Times {
        started: vec![None; finals.len()],
        executed: vec![None; finals.len()],
        committed: trace.committed_at.clone(),
    };
    for span in &trace.spans {
        let at = span.version.tx.index();
        match span.activity {
            Activity::Validated | Activity::Rejected { .. } => continue,
            Activity::Executed { .. } if finals[at] == span.version => {
                times.executed[at] = Some(span.end);
            }
            Activity::Executed { .. } | Activity::Blocked { .. } | Activity::Cancelled { .. } => {}
        }
        let first = times.started[at].get_or_insert(span.start);
        *first = first.min(span.start);
    }
    times
}

/// The summary, if every transaction has all its times.
pub fn latency(times: &Times) -> Option<Latency> {
    let all = |times: &[Option<f64>]| times.iter().copied().collect::<Option<Vec<f64>>>();
    Some(Latency {
        queued: percentiles(all(&times.started)?)?,
        executed: percentiles(all(&times.executed)?)?,
        committed: percentiles(times.committed.clone())?,
    })
}

/// By nearest rank; none of no times.
fn percentiles(mut times: Vec<f64>) -> Option<Percentiles> {
    times.sort_by(f64::total_cmp);
    let rank = |percent: usize| (times.len() * percent).div_ceil(100).saturating_sub(1);
    Some(Percentiles {
        p50: *times.get(rank(50))?,
        p95: *times.get(rank(95))?,
        max: *times.last()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::traces::{RAN, conflict, span, version},
        *,
    };

    #[test]
    fn a_transaction_waits_until_its_first_incarnation_and_runs_until_its_last() {
        let conflict = conflict(None);
        let trace = Trace {
            spans: vec![
                span(version(0, 0), RAN, 0.0, 4.0),
                // Aborted, redone by another worker.
                span(version(1, 1), RAN, 6.0, 9.0),
                span(version(1, 0), RAN, 2.0, 5.0),
                span(version(1, 0), Activity::Rejected { conflict }, 5.0, 6.0),
                span(version(1, 1), Activity::Validated, 9.0, 10.0),
            ],
            committed_at: vec![4.0, 10.0],
            ..Trace::default()
        };
        let times = of_versions(&trace, &[version(0, 0), version(1, 1)]);
        assert_eq!(times.started, [Some(0.0), Some(2.0)]);
        assert_eq!(times.executed, [Some(4.0), Some(9.0)]);
        let latency = latency(&times).unwrap();
        assert_eq!((latency.queued.p50, latency.queued.max), (0.0, 2.0));
        assert_eq!((latency.committed.p50, latency.committed.p95), (4.0, 10.0));
    }

    #[test]
    fn where_spans_are_missing_there_is_no_summary() {
        let trace = Trace {
            committed_at: vec![4.0],
            ..Trace::default()
        };
        let times = of_versions(&trace, &[version(0, 0)]);
        assert_eq!(times.started, [None]);
        assert_eq!(latency(&times), None);
    }

    #[test]
    fn percentiles_are_times_that_occurred() {
        let of = |count: u32| percentiles((1..=count).rev().map(f64::from).collect()).unwrap();
        let it = of(100);
        assert_eq!((it.p50, it.p95, it.max), (50.0, 95.0, 100.0));
        let it = of(3);
        assert_eq!((it.p50, it.p95, it.max), (2.0, 3.0, 3.0));
        assert_eq!(percentiles(Vec::new()), None);
    }
}
