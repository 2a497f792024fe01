//! `interleave analyze`: what holds blocks back, whatever strategy would run them.
//!
//! Each batch is executed in block order; dependencies are those of committed reads.
//! The rule: one JSON object a batch, on a line of its own, also for what cannot be read, so that a
//! bad file does not end a corpus. One file is in memory at a time.

mod output;

use std::{collections::BTreeMap, process::ExitCode};

use interleave_engine::oracle;
use interleave_playground::{
    batch::{Batch, Problem, lower},
    contracts::Contracts,
    limits,
    report::{LocationFacts, Report, RunOptions, RunnerKind},
    run::{self, Machine},
};
use serde_json::{Value, json};

use self::output::Output;
use crate::{
    arguments::AnalyzeArgs,
    source::{self, Refused, diagnostic},
};

/// Locations that a line names at the most.
const LOCATIONS: usize = 5;

/// Prints a line for every batch of the files, or adds those that the output does not have yet.
pub fn analyze(args: &AnalyzeArgs, machine: &Machine<'_>) -> Result<ExitCode, Refused> {
    let contracts = args.contracts.read()?;
    let mut output = match &args.into {
        None => Output::standard(),
        Some(name) => {
            Output::file(name).map_err(|message| (name.clone(), vec![Problem::error(message)]))?
        }
    };
    let mut all_read = !output.problems;
    for file in &args.files {
        if output.has_all(file) {
            continue;
        }
        let read = source::batches(file, &contracts);
        let batches = read.len();
        for (batch, read) in (1..).zip(read) {
            if output.has(file, batch) {
                continue;
            }
            let facts = read.and_then(|(batch, _)| facts(&batch, &contracts, machine));
            let mut line = facts.unwrap_or_else(|problems| {
                all_read = false;
                let problems = problems.iter().map(|it| diagnostic(file, it));
                json!({ "problems": problems.collect::<Vec<_>>() })
            });
            line["file"] = json!(file);
            line["batch"] = json!(batch);
            line["batches"] = json!(batches);
            if let Err(error) = output.say(&line) {
                let name = args
                    .into
                    .clone()
                    .unwrap_or_else(|| "standard output".into());
                return Err((name, vec![Problem::error(error.to_string())]));
            }
        }
    }
    Ok(match all_read {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(2),
    })
}

/// The facts of one batch.
fn facts(
    batch: &Batch,
    contracts: &Contracts,
    machine: &Machine<'_>,
) -> Result<Value, Vec<Problem>> {
    let usual = RunOptions {
        strategy: "sequential".into(),
        runner: RunnerKind::Simulated,
        // Loss is measured against as many workers as there can be.
        workers: limits::SIMULATED_WORKERS,
        ..RunOptions::default()
    };
    let block = lower(batch, contracts)?;
    let report = ran(batch, contracts, &usual, machine)?;
    let bounds = report.bounds.iter();
    let bounds: BTreeMap<_, _> = bounds.map(|it| (it.setting, it.speedup)).collect();
    let it = &report.summary;
    Ok(json!({
        "title": batch.title,
        "hardfork": it.hardfork,
        "transactions": it.transactions,
        "succeeded": it.succeeded,
        "failed": it.failed,
        "skipped": it.skipped,
        "gasUsed": it.gas_used,
        "criticalPathGas": it.critical_path_gas,
        // How many times faster than sequential any number of workers can be, by what counts as a conflict.
        "criticalPathBound": bounds,
        "hottest": hottest(&report),
        // What the file expects of the block and sequential execution does not come to.
        "unmet": run::unmet(batch, &block, &oracle::result(&block), contracts),
        "digest": it.digest,
        "stateRoot": it.state_root,
    }))
}

/// The locations that hold the batch back most, worst first.
fn hottest(report: &Report) -> Vec<Value> {
    let mut facts: Vec<&LocationFacts> = report.locations.iter().collect();
    facts.retain(|it| it.dependencies > 0);
    facts.truncate(LOCATIONS);
    facts
        .into_iter()
        .map(|it| {
            json!({
                "name": it.name,
                "readers": it.readers,
                "writers": it.writers,
                "dependencies": it.dependencies,
                "lossShare": it.loss_share,
                "pattern": it.pattern,
            })
        })
        .collect()
}

fn ran(
    batch: &Batch,
    contracts: &Contracts,
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<Box<Report>, Vec<Problem>> {
    let ran = crate::run("", batch, contracts, options, machine);
    ran.map(|(report, _)| report)
        .map_err(|(_, problems)| problems)
}
