//! A report as a person reads it in a terminal.
//!
//! It states what the report says and computes nothing but percentages.

use std::fmt::Write;

use interleave_engine::runner::costs::Parameter;
use interleave_playground::report::{
    Bound, Clock, Curve, FunctionFacts, Latency, ListSource, LocationFacts, OverheadUsed, Report,
    Setting, Shards, Summary, TxStatus, WatchFacts,
};

use crate::timeline::{grouped, time, timeline};

/// What others wrote, such as the title of a file, without what a terminal would take for a command.
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() && c != '\n' {
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
        }
    }
    out
}

/// Rows of a list before the rest is only counted.
const ROWS: usize = 5;

/// The whole report: timeline, numbers, what went wrong, verdict, and whether it is right.
pub fn text(report: &Report, width: usize) -> String {
    let mut text = String::new();
    let it = &report.summary;
    let workers = counted(it.workers, "worker");
    if !report.title.is_empty() {
        let _ = writeln!(text, "{}", report.title);
    }
    let _ = write!(
        text,
        "{} · {workers} · {} · {}\n\n{}\n{}",
        it.strategy,
        it.runner,
        it.hardfork,
        timeline(report, width),
        numbers(it),
    );
    text.push_str(&bounds(&report.bounds));
    if let Some(times) = &report.latency {
        push(&mut text, &latency(times, it.clock));
    }
    if let Some(it) = &report.shards {
        push(&mut text, &shards(it, report.summary.clock));
    }
    if let Some(faults) = &report.faults {
        push(&mut text, &(faults.text.join("\n") + "\n"));
    }
    push(&mut text, &failures(report));
    push(&mut text, &locations(&report.locations));
    push(&mut text, &functions(&report.functions));
    push(&mut text, &watches(&report.watches));
    let verdict: String = report.verdict.iter().map(|it| it.text.as_str()).collect();
    push(&mut text, &format!("{verdict}\n"));
    push(&mut text, &checks(it));
    text
}

/// One line a run.
pub fn comparison(summaries: &[Summary]) -> String {
    let mut text = format!(
        "{:<18} {:>7} {:>8} {:>16} {:>16} {:>13} {:>8} {:>8} {:>6}  {}\n",
        "strategy",
        "workers",
        "speedup",
        "time",
        "preparation",
        "incarnations",
        "lost",
        "wasted",
        "busy",
        "equals sequential"
    );
    for it in summaries {
        let _ = writeln!(
            text,
            "{:<18} {:>7} {:>7.2}× {:>16} {:>16} {:>13} {:>8} {:>6.0} % {:>4.0} %  {}",
            it.strategy,
            it.workers,
            it.speedup,
            time(it.makespan, it.clock),
            time(it.preparation, it.clock),
            it.incarnations,
            it.aborts + it.blocked + it.cancelled,
            100.0 * it.wasted_gas / (it.gas_used + it.wasted_gas).max(1.0),
            100.0 * it.utilisation,
            if stands(it) { "yes" } else { "NO" },
        );
    }
    text
}

/// One line a number of workers.
pub fn curve(curve: &Curve) -> String {
    let mut text = format!(
        "{}\n{:>7} {:>9} {:>10} {:>9} {:>10}  spread\n",
        curve.strategy, "workers", "bound", "simulated", "machine", "measured"
    );
    for it in &curve.points {
        let measured = match it.measured {
            Some(it) => format!(
                "{:>9.2}×  {:.2}× to {:.2}×",
                it.median, it.slowest, it.fastest
            ),
            None => format!("{:>10}", "-"),
        };
        let ceiling = it.ceiling.map_or("-".into(), |it| format!("{it:.2}×"));
        let _ = writeln!(
            text,
            "{:>7} {:>8.2}× {:>9.2}× {ceiling:>9} {measured}",
            it.workers, it.bound, it.simulated
        );
    }
    if curve.left_out > 0 {
        let _ = writeln!(
            text,
            "{} left out, as the block is large",
            counted(curve.left_out, "point")
        );
    }
    if !curve.matches {
        text.push_str("DIFFERS from sequential execution\n");
    }
    text
}

/// Does the run stand: equal to sequential execution, and to what the file and the script expect of it?
pub fn stands(summary: &Summary) -> bool {
    let expected = summary.expected.as_ref();
    summary.matches && summary.unmet == 0 && expected.is_none_or(|it| it.unmet.is_empty())
}

/// Adds a paragraph, if there is one.
fn push(text: &mut String, paragraph: &str) {
    if !paragraph.trim().is_empty() {
        text.push('\n');
        text.push_str(paragraph);
    }
}

fn numbers(it: &Summary) -> String {
    let mut text = format!(
        "{}: {} succeeded, {} failed, {} skipped; {} gas\n",
        counted(it.transactions, "transaction"),
        it.succeeded,
        it.failed,
        it.skipped,
        grouped(it.gas_used),
    );
    let _ = writeln!(
        text,
        "{}: {} aborted, {} blocked, {} cancelled; {}; {} gas wasted; workers {:.0} % busy",
        counted(it.incarnations, "incarnation"),
        it.aborts,
        it.blocked,
        it.cancelled,
        counted(it.validations, "validation"),
        grouped(it.wasted_gas),
        100.0 * it.utilisation,
    );
    let _ = writeln!(
        text,
        "{:.2}× of sequential speed ({} against {}); the critical path of {} gas allows {:.2}×",
        it.speedup,
        time(it.makespan, it.clock),
        time(it.oracle_time, it.clock),
        grouped(it.critical_path_gas),
        it.critical_path_bound,
    );
    if let (Some(txs), Some(gas)) = (it.tx_per_second, it.gas_per_second) {
        let _ = writeln!(
            text,
            "{} transactions and {} million gas a second",
            grouped(txs.round()),
            grouped((gas / 1e6).round()),
        );
    }
    if let Some(wall) = &it.wall {
        let _ = writeln!(
            text,
            "medians of {}: {} to {}, sequential {} to {}",
            counted(wall.runs, "run"),
            time(wall.fastest, Clock::Wall),
            time(wall.slowest, Clock::Wall),
            time(wall.oracle_fastest, Clock::Wall),
            time(wall.oracle_slowest, Clock::Wall),
        );
    }
    if let Some(list) = &it.list {
        let _ = writeln!(
            text,
            "the block access list {}; comparing with its {} is part of the time",
            match list.source {
                ListSource::Given => "was given, and reading it is no part of the time".into(),
                ListSource::Made =>
                    format!("was made beforehand in {}", time(it.preparation, it.clock)),
            },
            counted(list.values, "value"),
        );
    }
    if let Some(overhead) = &it.overhead {
        text.push_str(&machinery(overhead, it.clock));
    }
    if it.truncated {
        text.push_str("the timeline is incomplete: the run had more spans than are kept\n");
    }
    text
}

/// What stayed in its shard, and what crossed.
fn shards(it: &Shards, clock: Clock) -> String {
    let mut text = format!(
        "{} crossed shards, {:.0} % of all, with {} gas; workers waited {} for them, {:.0} % of their time\n",
        counted(it.crossing, "transaction"),
        100.0 * it.crossing_share,
        grouped(it.crossing_gas),
        time(it.waiting, clock),
        100.0 * it.waiting_share,
    );
    for (shard, (count, gas)) in it.transactions.iter().zip(&it.gas).enumerate() {
        let _ = writeln!(
            text,
            "shard {shard}: {}, {} gas",
            counted(*count, "transaction"),
            grouped(*gas)
        );
    }
    text
}

/// When half of the transactions, nearly all, and the last had come so far.
fn latency(it: &Latency, clock: Clock) -> String {
    let mut text = format!("{:<9} {:>16} {:>16} {:>16}\n", "", "half", "95 %", "all");
    for (step, at) in [
        ("started", it.queued),
        ("executed", it.executed),
        ("committed", it.committed),
    ] {
        let [p50, p95, max] = [at.p50, at.p95, at.max].map(|it| time(it, clock));
        let _ = writeln!(text, "{step:<9} {p50:>16} {p95:>16} {max:>16}");
    }
    text
}

/// One line: what the critical path allows, by what counts as a conflict.
fn bounds(bounds: &[Bound]) -> String {
    let one = |it: &Bound| {
        let setting = match it.setting {
            Setting::Naive => "accounts and fees",
            Setting::Account => "accounts",
            Setting::Split => "fields and slots",
            Setting::Commutative => "the same with sums for balances",
            Setting::AllSwitches => "and with expected nonces",
            Setting::Storage => "storage alone",
        };
        format!("{setting} {:.2}×", it.speedup)
    };
    let all: Vec<_> = bounds.iter().map(one).collect();
    format!("at most, by what conflicts: {}\n", all.join(", "))
}

/// What a simulated run took the machinery to cost.
fn machinery(overhead: &OverheadUsed, clock: Clock) -> String {
    let used = overhead.name.iter().zip(&overhead.value);
    let used: Vec<_> = used
        .filter(|(_, value)| **value > 0.0)
        .map(|(name, value)| match is_share(name) {
            true => format!("{name} {:.0} %", 100.0 * value),
            false => format!("{name} {value}"),
        })
        .collect();
    let used = match used.is_empty() {
        true => "none".into(),
        false => used.join(", "),
    };
    match clock {
        Clock::Gas => format!(
            "the clock counts gas; overhead in microseconds of {} gas: {used}\n",
            grouped(overhead.unit)
        ),
        Clock::Virtual | Clock::Wall => format!(
            "the clock counts what each transaction took alone; overhead in microseconds: {used}\n"
        ),
    }
}

/// Is a part of the overhead a share of other times?
fn is_share(name: &str) -> bool {
    let mut all = Parameter::ALL.into_iter();
    all.any(|it| it.is_share() && it.name() == name)
}

/// The first transactions that did not succeed, and why.
fn failures(report: &Report) -> String {
    let txs = &report.txs;
    let failed: Vec<_> = (0..txs.status.len())
        .filter(|tx| txs.status[*tx] != TxStatus::Success)
        .collect();
    let mut text = String::new();
    for tx in failed.iter().copied().take(ROWS) {
        let status = match txs.status[tx] {
            TxStatus::Success => "succeeded",
            TxStatus::Revert => "reverted",
            TxStatus::Halt => "halted",
            TxStatus::Skipped => "skipped",
        };
        let _ = write!(
            text,
            "tx {tx} {} from {}: {status}",
            txs.label[tx], txs.from[tx]
        );
        match txs.reason[tx].as_str() {
            "" => text.push('\n'),
            reason => {
                let _ = writeln!(text, ": {reason}");
            }
        }
    }
    if failed.len() > ROWS {
        let _ = writeln!(text, "and {} more", failed.len() - ROWS);
    }
    text
}

/// The locations that hold the batch back most.
fn locations(locations: &[LocationFacts]) -> String {
    let mut text = String::new();
    // Less than half a percent would be shown as none.
    let heavy = locations.iter().filter(|it| it.loss_share >= 0.005);
    for it in heavy.take(ROWS) {
        let _ = writeln!(
            text,
            "{:>4.0} %  {}  ({}, {}, {})",
            100.0 * it.loss_share,
            it.name,
            counted(it.writers, "writer"),
            counted(it.readers, "reader"),
            counted(it.aborts, "abort"),
        );
        for (does, line) in [("read", &it.read_at), ("written", &it.written_at)] {
            if let Some(it) = line {
                let place = it.place;
                let _ = writeln!(
                    text,
                    "        {does} at {}:{}:{}  {}",
                    it.file, place.line, place.column, it.text
                );
            }
        }
        if let Some(remedy) = &it.remedy {
            let _ = writeln!(text, "        {remedy}");
        }
    }
    if text.is_empty() {
        return text;
    }
    format!("share of the loss, cumulative, by location:\n{text}")
}

/// The functions whose calls hold the batch back, or were executed in vain, most.
fn functions(functions: &[FunctionFacts]) -> String {
    let mut text = String::new();
    let costly = functions
        .iter()
        .filter(|it| it.loss_share >= 0.005 || it.wasted_share >= 0.005);
    for it in costly.take(ROWS) {
        let contract = match it.contract.as_str() {
            "" => String::new(),
            name => format!("{name}."),
        };
        let _ = writeln!(
            text,
            "{:>4.0} %  {:>4.0} %  {contract}{}  ({}, {}: {} lost; {} lost because of it)",
            100.0 * it.loss_share,
            100.0 * it.wasted_share,
            it.function,
            counted(it.transactions, "transaction"),
            counted(it.incarnations, "incarnation"),
            grouped((it.aborts + it.blocked).into()),
            grouped((it.aborts_caused + it.blocked_caused).into()),
        );
    }
    if text.is_empty() {
        return text;
    }
    format!("share of the loss and of the wasted gas, by function:\n{text}")
}

/// The values that the script watches.
fn watches(watches: &[WatchFacts]) -> String {
    let width = |column: fn(&WatchFacts) -> &str, title: &str| {
        let cells = watches.iter().map(|row| column(row).chars().count());
        cells.fold(title.len(), usize::max)
    };
    let change = |row: &WatchFacts| row.change.clone().unwrap_or_default();
    let (label, before) = (
        width(|it| &it.label, "watched"),
        width(|it| &it.before, "before"),
    );
    let after = width(|it| &it.after, "after");
    let mut text = String::new();
    for row in watches {
        let line = format!(
            "{:<label$}  {:>before$}  {:>after$}  {}",
            row.label,
            row.before,
            row.after,
            change(row)
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if text.is_empty() {
        return text;
    }
    format!(
        "{:<label$}  {:>before$}  {:>after$}  change\n{text}",
        "watched", "before", "after"
    )
}

fn checks(it: &Summary) -> String {
    let mut text = match &it.difference {
        _ if it.matches => format!("matches sequential execution, digest {}\n", it.digest),
        None => format!(
            "DIFFERS from sequential execution: digest {}, expected {}\n",
            it.digest, it.oracle_digest
        ),
        Some(first) => {
            let at = match first.tx {
                Some(tx) => format!("transaction {tx}"),
                None => "post-state".into(),
            };
            format!(
                "DIFFERS from sequential execution: {at}: {} is {}, expected {}\n",
                first.field, first.found, first.expected
            )
        }
    };
    if it.unmet > 0 {
        let _ = writeln!(
            text,
            "expectations of the script that do NOT hold: {}",
            it.unmet
        );
    }
    if let Some(root) = &it.state_root {
        let _ = writeln!(text, "state root {root}");
    }
    let Some(expected) = &it.expected else {
        return text;
    };
    for unmet in &expected.unmet {
        let _ = writeln!(text, "DIFFERS from what is expected: {unmet}");
    }
    if expected.unmet.is_empty() {
        let _ = writeln!(text, "as expected: {}", expected.compared.join(", "));
    }
    text
}

/// `1 worker`, `2 workers`.
fn counted(count: u32, thing: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {thing}{ending}", grouped(count.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_commands_the_terminal() {
        let title = "\u{1b}]0;x\u{7}\u{1b}[31mred\n\u{9b}31m";
        assert_eq!(
            harmless(title),
            "\\u{1b}]0;x\\u{7}\\u{1b}[31mred\n\\u{9b}31m"
        );
        assert_eq!(harmless("· 2.0× ▪\n"), "· 2.0× ▪\n");
    }
}
