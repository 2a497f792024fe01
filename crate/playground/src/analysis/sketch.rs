//! The timeline of a run, as coarse as a small picture needs.
//!
//! Each lane is cut into columns of equal length; a column is what filled most of it, and equal
//! neighbours are one stretch. So its size has a limit, however large the block is.

use super::{Run, columns};
use crate::report::{Sketch, SpanKind};

/// Lanes at the most: the first workers.
const LANES: u32 = 16;
/// Columns of a lane.
const COLUMNS: usize = 240;

/// A stretch of a lane's time.
struct Stretch {
    lane: u32,
    kind: SpanKind,
    start: f64,
    end: f64,
}

/// What the workers of a run did, roughly.
pub fn sketch(run: &Run<'_>) -> Sketch {
    let trace = &run.ran.trace;
    let spans = trace.spans.iter().map(|span| Stretch {
        lane: span.worker.0,
        kind: columns::kind(run, span),
        start: span.start,
        end: span.end,
    });
    of_spans(run.options.workers.min(LANES), trace.makespan, spans)
}

fn of_spans(lanes: u32, makespan: f64, spans: impl Iterator<Item = Stretch>) -> Sketch {
    let mut filled = vec![[[0.0_f64; KINDS.len()]; COLUMNS]; lanes as usize];
    let wide = makespan / COLUMNS as f64;
    for span in spans.filter(|span| span.lane < lanes && wide > 0.0) {
        let row = KINDS.iter().position(|kind| *kind == span.kind);
        let row = row.expect("the list has all kinds");
        let first = ((span.start / wide) as usize).min(COLUMNS - 1);
        let last = ((span.end / wide) as usize).min(COLUMNS - 1);
        let columns = &mut filled[span.lane as usize][first..=last];
        for (column, filled) in (first..).zip(columns) {
            let from = span.start.max(column as f64 * wide);
            let to = span.end.min((column + 1) as f64 * wide);
            filled[row] += (to - from).max(0.0);
        }
    }
    let mut sketch = Sketch {
        lanes,
        end: makespan,
        ..Sketch::default()
    };
    for (lane, columns) in filled.iter().enumerate() {
        let mut column = 0;
        let kinds: Vec<_> = columns.iter().map(|filled| most(filled, wide)).collect();
        for same in kinds.chunk_by(PartialEq::eq) {
            if let Some(kind) = same[0] {
                sketch.lane.push(lane as u32);
                sketch.kind.push(kind);
                sketch.start.push(column as f64 * wide);
                sketch.length.push(same.len() as f64 * wide);
            }
            column += same.len();
        }
    }
    sketch
}

/// All kinds, in the order in which ties are decided.
const KINDS: [SpanKind; 6] = [
    SpanKind::Committed,
    SpanKind::Aborted,
    SpanKind::Blocked,
    SpanKind::Cancelled,
    SpanKind::Rejected,
    SpanKind::Validated,
];

/// What filled most of a column; nothing where most of it was idle.
fn most(column: &[f64; KINDS.len()], wide: f64) -> Option<SpanKind> {
    let busy: f64 = column.iter().sum();
    if busy <= 0.0 || busy * 2.0 < wide {
        return None;
    }
    let mut best = 0;
    for kind in 1..KINDS.len() {
        if column[kind] > column[best] {
            best = kind;
        }
    }
    Some(KINDS[best])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(lane: u32, kind: SpanKind, start: f64, end: f64) -> Stretch {
        Stretch {
            lane,
            kind,
            start,
            end,
        }
    }

    #[test]
    fn long_spans_stay_and_idle_time_is_a_gap() {
        let spans = [
            stretch(0, SpanKind::Committed, 0.0, 120.0),
            stretch(1, SpanKind::Aborted, 60.0, 120.0),
            stretch(1, SpanKind::Committed, 120.0, 240.0),
        ];
        let it = of_spans(2, 240.0, spans.into_iter());
        assert_eq!(it.lane, [0, 1, 1]);
        assert_eq!(
            it.kind,
            [SpanKind::Committed, SpanKind::Aborted, SpanKind::Committed]
        );
        assert_eq!(it.start, [0.0, 60.0, 120.0]);
        assert_eq!(it.length, [120.0, 60.0, 120.0]);
        assert_eq!((it.lanes, it.end), (2, 240.0));
    }

    #[test]
    fn many_short_spans_become_what_most_of_them_are() {
        let spans = (0..10_000).map(|i| {
            let kind = match i % 4 {
                0 => SpanKind::Aborted,
                _ => SpanKind::Committed,
            };
            stretch(0, kind, f64::from(i), f64::from(i + 1))
        });
        let it = of_spans(1, 10_000.0, spans);
        assert_eq!(it.kind, [SpanKind::Committed]);
        assert!((it.length[0] - 10_000.0).abs() < 1e-6);
    }

    #[test]
    fn what_took_no_time_is_empty() {
        let it = of_spans(
            1,
            0.0,
            [stretch(0, SpanKind::Committed, 0.0, 0.0)].into_iter(),
        );
        assert_eq!(it.lane, [0u32; 0]);
    }
}
