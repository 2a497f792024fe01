//! `interleave check`: everything in each file, in every way there is, against the oracle and the header.
//!
//! The last line is the tally. A file that cannot be run is skipped with its reason, and the command fails.

use interleave_engine::{block::Block, oracle, outcome::BlockResult};
use interleave_playground::{
    self as playground, analysis,
    batch::{Batch, Problem, lower},
    checker::{self, Ways},
    gallery,
    run::Machine,
};

use crate::source::{self, diagnostic};

/// What all files together came to.
#[derive(Debug, Default)]
pub struct Totals {
    runs: u32,
    divergences: u32,
    expectations_failed: u32,
    skipped: u32,
}

impl Totals {
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

/// Checks all files; `say` is told what went wrong.
pub fn check(
    files: &[String],
    ways: &Ways,
    machine: &Machine<'_>,
    say: &mut dyn FnMut(String),
) -> Totals {
    let mut totals = Totals::default();
    for file in files {
        if let Err(reasons) = one(file, ways, machine, &mut totals, say) {
            totals.skipped += 1;
            say(format!("skipped {file}: {}", reasons.join("; ")));
        }
    }
    totals
}

/// Checks one file, or says why it cannot be run.
fn one(
    file: &str,
    ways: &Ways,
    machine: &Machine<'_>,
    totals: &mut Totals,
    say: &mut dyn FnMut(String),
) -> Result<(), Vec<String>> {
    let told = |problems: Vec<Problem>| -> Vec<String> {
        problems.iter().map(|it| diagnostic(file, it)).collect()
    };
    let text = source::read(file).map_err(|problem| told(vec![problem]))?;
    let (batch, _) = playground::read(&text).map_err(told)?;
    let block = lower(&batch, gallery::contracts()).map_err(told)?;
    let truth = oracle::result(&block);
    let tally = checker::check(&block, &truth, ways, machine);
    totals.runs += tally.runs;
    totals.divergences += tally.divergences.len() as u32;
    for divergence in &tally.divergences {
        say(format!("{file}: {divergence}"));
    }
    let unmet = unmet(&batch, &block, &truth);
    totals.expectations_failed += unmet.len() as u32;
    for reason in unmet {
        say(format!("{file}: {reason}"));
    }
    Ok(())
}

/// What the file's header expects and sequential execution does not come to.
fn unmet(batch: &Batch, block: &Block, truth: &BlockResult) -> Vec<String> {
    let root = truth.receipts_root(block.spec);
    let Some(header) = analysis::header(batch, truth, root) else {
        return Vec::new();
    };
    let mut unmet = Vec::new();
    if !header.gas_used_matches {
        let (gas, header) = (truth.gas_used(), header.gas_used);
        unmet.push(format!("gas used is {gas}, the header says {header}"));
    }
    if header.receipts_root_matches == Some(false)
        && let (Some(root), Some(header)) = (root, header.receipts_root)
    {
        unmet.push(format!("receipts root is {root}, the header says {header}"));
    }
    unmet
}
