//! The verdict: one or two sentences from facts of the report.

use std::collections::BTreeSet;

use super::{graph::Edge, locations::Locations};
use crate::{
    numbers::count,
    report::{Clock, PartialRun, Recovery, Shards, Summary, VerdictLink, VerdictPart},
};

/// Where the worst group accounts for less of the loss than this, no single one is to blame.
const BLAME: f64 = 0.1;

/// The sentence of a run. `chain` are the edges of the critical path.
pub fn verdict(
    summary: &Summary,
    locations: &Locations,
    chain: &[Edge],
    shards: Option<&Shards>,
) -> Vec<VerdictPart> {
    let mut parts = Parts::default();
    if !summary.matches {
        parts.text("This run did not come to what sequential execution does: ");
        parts.linked("see the first difference", VerdictLink::Oracle);
        parts.text(".");
        return parts.0;
    }
    if summary.transactions == 0 {
        parts.text("The block is empty: there is nothing to run.");
        return parts.0;
    }
    if let Some(PartialRun {
        committed,
        transactions,
    }) = summary.partial
    {
        parts.text(&format!(
            "The run was stopped: this is of the first {} of {} transactions. ",
            count(committed),
            count(transactions)
        ));
    }
    if summary.gas_used == 0.0 {
        parts.text("No transaction could run: all were skipped.");
        return parts.0;
    }
    parts.text(&setting(summary));
    parts.linked(&pace(summary.speedup), VerdictLink::Timeline);
    if summary.workers > 1 {
        parts.text("; ");
        parts.linked(
            &format!("{}×", rounded(summary.ideal_speedup)),
            VerdictLink::Dependencies,
        );
        if summary.ideal_speedup < f64::from(summary.workers) {
            parts.text(match summary.list {
                Some(_) => " is the most its heaviest transaction allows.",
                None => " is the most its dependencies allow.",
            });
        } else {
            let workers = count(summary.workers);
            parts.text(&format!(" is the most that {workers} workers could give."));
        }
        if summary.ideal_speedup > summary.critical_path_bound {
            let bound = rounded(summary.critical_path_bound);
            parts.text(" Without the list, which tells every value beforehand, it would be ");
            parts.linked(&format!("{bound}×"), VerdictLink::Dependencies);
            parts.text(".");
        } else {
            loss(&mut parts, summary, locations, chain);
        }
    } else {
        parts.text(".");
    }
    if let Some(shards) = shards {
        crossing(&mut parts, shards);
    }
    if summary.fallbacks > 0 {
        parts.text(" ");
        let (txs, waited) = match summary.fallbacks {
            1 => ("1 transaction".into(), "it waited for all below it"),
            many => (
                format!("{} transactions", count(many)),
                "they waited for all below them",
            ),
        };
        parts.linked(&txs, VerdictLink::Timeline);
        parts.text(&format!(" ran again so often that {waited}."));
    }
    if let Some(recovery) = &summary.recovery {
        disturbed(&mut parts, recovery);
    }
    parts.0
}

/// What went wrong, and that it changed nothing but time.
fn disturbed(parts: &mut Parts, recovery: &Recovery) {
    if recovery.seen == 0 {
        parts.text(" None of the faults that were asked for struck.");
        return;
    }
    let faults = match recovery.seen {
        1 => "1 fault".to_owned(),
        many => format!("{} faults", count(many)),
    };
    parts.text(" ");
    parts.linked(&faults, VerdictLink::Timeline);
    parts.text(" struck");
    let mut done = Vec::new();
    match recovery.reissued {
        0 => {}
        1 => done.push("another worker took over a task".to_owned()),
        many => done.push(format!("other workers took over {} tasks", count(many))),
    }
    match recovery.retries {
        0 => {}
        1 => done.push("a transaction ran again".to_owned()),
        many => done.push(format!("{} transactions ran again", count(many))),
    }
    if let Some(from) = recovery.fell_back_from {
        done.push(format!("from transaction {from} on one ran after another"));
    }
    if !done.is_empty() {
        parts.text(&format!(": {}", done.join(", ")));
    }
    parts.text("; the result is the same.");
}

fn setting(summary: &Summary) -> String {
    let workers = match summary.workers {
        1 => "one worker".to_owned(),
        many => format!("{} workers", count(many)),
    };
    let clock = match summary.clock {
        Clock::Gas => ", in gas time,",
        Clock::Virtual => ", simulated with measured times,",
        Clock::Wall => "",
    };
    let what = match summary.partial {
        Some(_) => "this part of the batch",
        None => "this batch",
    };
    format!("On {workers}{clock} {what} ")
}

fn pace(speedup: f64) -> String {
    if (0.95..1.05).contains(&speedup) {
        "runs about as fast as sequentially".into()
    } else if speedup > 1.0 {
        format!("runs {}× faster than sequentially", rounded(speedup))
    } else {
        format!(
            "runs {}× slower than sequentially",
            rounded(1.0 / speedup.max(1e-9))
        )
    }
}

fn loss(parts: &mut Parts, summary: &Summary, locations: &Locations, chain: &[Edge]) {
    let Some((group, share)) = locations.culprits.first() else {
        if locations.facts.iter().all(|facts| facts.dependencies == 0) {
            parts.text(" No transaction read what another wrote.");
        }
        return;
    };
    let Some(first) = group.first() else { return };
    let through: BTreeSet<_> = chain.iter().map(|edge| edge.location).collect();
    if *share < BLAME && through.len() > 1 {
        parts.text(" No single location holds it back: ");
        parts.linked(
            &format!("a chain of {} transactions", count(chain.len() as u64 + 1)),
            VerdictLink::Dependencies,
        );
        parts.text(&format!(
            " goes through {} of them.",
            count(through.len() as u64)
        ));
        return;
    }
    let facts = &locations.facts[*first as usize];
    let percent = (share * 100.0).round();
    parts.text(&if percent >= 1.0 {
        format!(" {percent} % of the loss comes from ")
    } else {
        " It is held back first by ".into()
    });
    parts.linked(&facts.name, VerdictLink::Location { location: *first });
    if let Some(more) = group.len().checked_sub(1).filter(|more| *more > 0) {
        let second = group
            .get(1)
            .map(|at| locations.facts[*at as usize].name.as_str())
            .unwrap_or_default();
        parts.text(&if more == 1 {
            format!(" and {second}")
        } else {
            format!(" and {} more", count(more as u64))
        });
    }
    parts.text(&format!(
        ", written by {}{} of {} transactions.",
        shared(group, locations),
        count(facts.writers),
        count(summary.transactions)
    ));
    if let Some(remedy) = &facts.remedy {
        parts.text(&format!(" {remedy}"));
    }
}

/// How the writers of a group are called together.
fn shared(group: &[u32], locations: &Locations) -> &'static str {
    let writers: BTreeSet<u32> = group
        .iter()
        .map(|at| locations.facts[*at as usize].writers)
        .collect();
    match (group.len(), writers.len()) {
        (1, _) => "",
        (_, 1) => "the same ",
        _ => "nearly the same ",
    }
}

/// What crossed shards, and what that cost.
fn crossing(parts: &mut Parts, shards: &Shards) {
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    if shards.crossing == 0 {
        parts.text(" No transaction crosses shards.");
        return;
    }
    parts.text(&format!(
        " {} of the transactions cross shards and stop all others; ",
        percent(shards.crossing_share)
    ));
    let waited = format!("{} of the workers' time", percent(shards.waiting_share));
    parts.linked(&waited, VerdictLink::Timeline);
    parts.text(" is spent waiting for them.");
}

fn rounded(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

#[derive(Default)]
struct Parts(Vec<VerdictPart>);

impl Parts {
    fn text(&mut self, text: &str) {
        self.0.push(VerdictPart {
            text: text.to_owned(),
            link: None,
        });
    }

    fn linked(&mut self, text: &str, link: VerdictLink) {
        self.0.push(VerdictPart {
            text: text.to_owned(),
            link: Some(link),
        });
    }
}
