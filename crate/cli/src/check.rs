//! `interleave check`: everything in each file, in every way there is, against the oracle and what the file expects.
//!
//! Each line is said as soon as it is known: what went wrong, and the tally of each file where there
//! are several. The last line is the tally of all. A file that cannot be run is skipped with its
//! reason, and the command fails.

use std::path::Path;

use interleave_engine::oracle;
use interleave_playground::{
    batch::{Batch, Problem, lower, room},
    checker::{self, Ways},
    contracts::Contracts,
    report::RunnerKind,
    run::{self, Machine},
    schedule,
};

use crate::{
    reproduce,
    source::{self, diagnostic},
};

/// What all files together came to.
#[derive(Debug, Default)]
pub struct Totals {
    runs: u32,
    divergences: u32,
    expectations_failed: u32,
    skipped: u32,
}

impl Totals {
    fn add(&mut self, more: &Self) {
        self.runs += more.runs;
        self.divergences += more.divergences;
        self.expectations_failed += more.expectations_failed;
        self.skipped += more.skipped;
    }

    /// Was everything compared, and equal?
    pub fn stand(&self) -> bool {
        (self.divergences, self.expectations_failed) == (0, 0)
    }

    /// Was there something that could not be run?
    pub fn incomplete(&self) -> bool {
        self.skipped > 0
    }

    /// One line.
    pub fn line(&self) -> String {
        format!(
            "runs {}, divergences {}, expectations failed {}, skipped {}",
            self.runs, self.divergences, self.expectations_failed, self.skipped
        )
    }
}

/// Checks all files; `say` is told each line, `progress` how many files are done.
pub fn check(
    files: &[String],
    contracts: &Contracts,
    ways: &Ways,
    machine: &Machine<'_>,
    say: &mut dyn FnMut(String),
    progress: &mut dyn FnMut(usize, &Totals),
) -> Totals {
    let mut all = Totals::default();
    for (done, file) in files.iter().enumerate() {
        progress(done, &all);
        let mut totals = Totals::default();
        let read = source::batches(file, contracts);
        let many = read.len() > 1;
        for read in read {
            let checked = read.and_then(|(batch, _)| {
                let name = match many {
                    true => format!("{file}: {}", batch.title),
                    false => file.to_owned(),
                };
                batch_of(&name, &batch, contracts, ways, machine, &mut totals, say)
            });
            if let Err(problems) = checked {
                totals.skipped += 1;
                let reasons: Vec<_> = problems.iter().map(|it| diagnostic(file, it)).collect();
                say(format!("skipped {file}: {}", reasons.join("; ")));
            }
        }
        if files.len() > 1 {
            say(format!("{file}: {}", totals.line()));
        }
        all.add(&totals);
    }
    all
}

/// Checks one batch, or says why it cannot run.
fn batch_of(
    name: &str,
    batch: &Batch,
    contracts: &Contracts,
    ways: &Ways,
    machine: &Machine<'_>,
    totals: &mut Totals,
    say: &mut dyn FnMut(String),
) -> Result<(), Vec<Problem>> {
    let block = lower(batch, contracts)?;
    let truth = oracle::result(&block);
    room(batch, &block, &truth).map_err(|problem| vec![problem])?;
    let tally = checker::check(&block, &truth, ways, machine);
    totals.runs += tally.runs;
    totals.divergences += tally.divergences.len() as u32;
    for divergence in &tally.divergences {
        say(format!("{name}: {divergence}"));
    }
    if !tally.divergences.is_empty() {
        let mut threads = tally.divergences.iter();
        let threads = threads.find(|it| it.options.runner == RunnerKind::Threads);
        let recording = threads.and_then(|it| schedule::diverging(&block, &it.options, machine));
        say(format!(
            "{name}: {}",
            reproduce::write(Path::new("."), &block, recording.as_ref())
        ));
    }
    for reason in run::unmet(batch, &block, &truth, contracts) {
        totals.expectations_failed += 1;
        say(format!("{name}: {reason}"));
    }
    Ok(())
}
