//! The timeline as text: one line a worker, time from left to right.
//!
//! A function of the report's spans alone.
//! The rule: a column shows what its worker did for the longest part of it, so a picture of many
//! short spans is a summary; the numbers below it are exact.

use std::fmt::Write;

use interleave_playground::report::{Clock, Report, SpanKind, Spans};

/// Lanes that are drawn; more are only counted.
const LANES: usize = 32;

/// How each kind is drawn and explained, in the order of the legend.
const KINDS: [(SpanKind, char, &str); 6] = [
    (SpanKind::Committed, '█', "committed"),
    (SpanKind::Aborted, '▒', "aborted"),
    (SpanKind::Blocked, '░', "blocked"),
    (SpanKind::Cancelled, '×', "cancelled"),
    (SpanKind::Validated, '▪', "validated"),
    (SpanKind::Rejected, '!', "rejected"),
];
const IDLE: char = '·';

/// Lanes, axis and legend, `width` columns of time wide.
pub fn timeline(report: &Report, width: usize) -> String {
    let spans = &report.spans;
    // A validation may end after the last commit.
    let end = (spans.end.iter().copied()).fold(report.summary.makespan, f64::max);
    let lanes = report.lanes.useful.len();
    let mut text = String::new();
    for lane in 0..lanes.min(LANES) {
        let row = row(spans, lane as u32, end, width);
        let useful = match end > 0.0 {
            true => 100.0 * report.lanes.useful[lane] / end,
            false => 0.0,
        };
        let _ = writeln!(text, "{lane:>4} │{row}│ {useful:>3.0} %");
    }
    if lanes > LANES {
        let _ = writeln!(text, "     │ and {} more workers", lanes - LANES);
    }
    let from = time(0.0, report.summary.clock);
    let to = time(end, report.summary.clock);
    let space = width.saturating_sub(from.len());
    let _ = writeln!(text, "      {from}{to:>space$}");

    let mut legend: Vec<_> = KINDS
        .into_iter()
        .filter(|(kind, ..)| spans.kind.contains(kind))
        .map(|(_, mark, name)| format!("{mark} {name}"))
        .collect();
    legend.push(format!("{IDLE} idle"));
    if text.lines().take(lanes.min(LANES)).any(labelled) {
        legend.push("number: transaction".into());
    }
    let _ = writeln!(text, "      {}", legend.join("   "));
    text
}

/// Does a lane name a transaction between its bars?
fn labelled(line: &str) -> bool {
    let lane = line.split('│').nth(1);
    lane.is_some_and(|lane| lane.contains(|c: char| c.is_ascii_digit()))
}

/// A time with its unit.
pub fn time(value: f64, clock: Clock) -> String {
    match clock {
        Clock::Gas => format!("{} gas", grouped(value)),
        Clock::Wall | Clock::Virtual if value < 10_000.0 => format!("{value:.0} µs"),
        Clock::Wall | Clock::Virtual => format!("{:.1} ms", value / 1_000.0),
    }
}

/// A whole number in groups of three digits.
pub fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// One worker's line.
fn row(spans: &Spans, worker: u32, end: f64, width: usize) -> String {
    // Time of each kind in each column; what is left over is idle.
    let mut shares = vec![[0.0; KINDS.len()]; width];
    let mut labels = Vec::new();
    let column = |time: f64| time / end * width as f64;
    for index in (0..spans.worker.len()).filter(|index| spans.worker[*index] == worker) {
        let (start, stop) = (column(spans.start[index]), column(spans.end[index]));
        let kind = KINDS
            .iter()
            .position(|(kind, ..)| *kind == spans.kind[index]);
        let Some(kind) = kind.filter(|_| stop > start) else {
            continue;
        };
        for (at, share) in (0..).zip(&mut shares).skip(start as usize) {
            let at = f64::from(at);
            if at >= stop {
                break;
            }
            share[kind] += stop.min(at + 1.0) - start.max(at);
        }
        labels.push((
            start.ceil() as usize,
            stop.floor() as usize,
            spans.tx[index],
        ));
    }

    let mut row: Vec<char> = shares.iter().map(mark).collect();
    for (first, last, tx) in labels {
        let label = tx.to_string();
        // Room for the number and for a mark that says what it was.
        if first + label.len() < last {
            row.splice(first..first + label.len(), label.chars());
        }
    }
    row.into_iter().collect()
}

/// The mark of what took the longest part of a column.
fn mark(shares: &[f64; KINDS.len()]) -> char {
    let idle = 1.0 - shares.iter().sum::<f64>();
    let mut longest = (idle, IDLE);
    for (share, (_, mark, _)) in shares.iter().zip(KINDS) {
        if *share > longest.0 {
            longest = (*share, mark);
        }
    }
    longest.1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spans as `(worker, tx, kind, start, end)`.
    fn spans(list: &[(u32, u32, SpanKind, f64, f64)]) -> Spans {
        Spans {
            worker: list.iter().map(|it| it.0).collect(),
            tx: list.iter().map(|it| it.1).collect(),
            incarnation: vec![0; list.len()],
            kind: list.iter().map(|it| it.2).collect(),
            start: list.iter().map(|it| it.3).collect(),
            end: list.iter().map(|it| it.4).collect(),
            writer: vec![None; list.len()],
            location: vec![None; list.len()],
        }
    }

    #[test]
    fn a_lane_shows_spans_with_their_transactions_and_idle_time() {
        let spans = spans(&[
            (0, 0, SpanKind::Committed, 0.0, 40.0),
            (0, 12, SpanKind::Aborted, 40.0, 80.0),
            (1, 1, SpanKind::Blocked, 10.0, 20.0),
            (1, 2, SpanKind::Validated, 55.0, 100.0),
        ]);
        assert_eq!(row(&spans, 0, 100.0, 20), "0███████12▒▒▒▒▒▒····");
        assert_eq!(row(&spans, 1, 100.0, 20), "··1░·······2▪▪▪▪▪▪▪▪");
    }

    #[test]
    fn a_column_shows_what_took_the_longest_part_of_it() {
        let spans = spans(&[
            (0, 0, SpanKind::Committed, 0.0, 6.0),
            (0, 1, SpanKind::Aborted, 6.0, 10.0),
            (0, 2, SpanKind::Committed, 10.0, 13.0),
        ]);
        assert_eq!(row(&spans, 0, 20.0, 2), "█·");
    }

    #[test]
    fn an_empty_block_has_an_empty_lane() {
        assert_eq!(row(&spans(&[]), 0, 0.0, 4), "····");
    }

    #[test]
    fn times_have_their_units() {
        assert_eq!(time(1_234_567.0, Clock::Gas), "1 234 567 gas");
        assert_eq!(time(999.6, Clock::Wall), "1000 µs");
        assert_eq!(time(12_345.0, Clock::Wall), "12.3 ms");
    }
}
