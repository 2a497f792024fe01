//! Do the options of a run make sense?

use std::collections::BTreeMap;

use interleave_engine::strategy::{self, Entry, shards};

use super::{Machine, faults};
use crate::{
    batch::{Batch, Problem},
    limits,
    report::{RunOptions, RunnerKind},
};

/// The strategy, if the options make sense.
pub(crate) fn checked(
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<&'static Entry, Problem> {
    let strategy = strategy::find(&options.strategy).ok_or_else(|| {
        let known: Vec<_> = strategy::ALL.iter().map(|entry| entry.id).collect();
        Problem::error(format!(
            "there is no strategy `{}`; there are {}",
            options.strategy,
            known.join(", ")
        ))
    })?;
    let (most, of) = match options.runner {
        RunnerKind::Simulated => (limits::SIMULATED_WORKERS, "virtual workers"),
        RunnerKind::Threads => (machine.threads.count(), "threads here"),
    };
    if options.workers == 0 || options.workers > most {
        let workers = options.workers;
        return Err(Problem::error(format!(
            "{workers} workers cannot be had: there are 1 to {most} {of}"
        )));
    }
    if !shards::COUNT.contains(&options.shards) {
        let (fewest, most) = (shards::COUNT.start(), shards::COUNT.end());
        return Err(Problem::error(format!(
            "{} shards cannot be had: there are {fewest} to {most}",
            options.shards
        )));
    }
    options.overhead().map_err(Problem::error)?;
    if let Some(why) = faults::problem(options, strategy) {
        return Err(Problem::error(why));
    }
    Ok(strategy)
}

/// Accounts that the script puts in shards which this run does not have; none where all is well.
pub(crate) fn misplaced(
    batch: &Batch,
    strategy: &Entry,
    options: &RunOptions,
) -> Option<Vec<Problem>> {
    if strategy.id != shards::ENTRY.id {
        return None;
    }
    let has = options.shards;
    let beyond = batch.shards.iter().filter(|(_, (shard, _))| *shard >= has);
    // One call of the verb may place many.
    let mut calls = BTreeMap::new();
    for (_, (shard, place)) in beyond {
        let most = calls.entry(*place).or_insert(*shard);
        *most = (*most).max(*shard);
    }
    let problems = calls.into_iter().map(|(place, shard)| Problem {
        place,
        ..Problem::error(format!(
            "there is no shard {shard}: this run has {has}, from 0 to {}; choose at least {} shards",
            has - 1,
            shard + 1
        ))
    });
    let problems: Vec<_> = problems.take(limits::PROBLEMS).collect();
    (!problems.is_empty()).then_some(problems)
}
