//! Several runs of one block, summed up side by side.

use interleave_engine::{block::Block, runner::RunError, strategy, vm::preimages::Preimages};

use super::{
    Given, Machine, expectations_watched, of_block,
    prepared::{Prepared, prepared, switches},
    timed::{Oracle, timed},
};
use crate::{
    analysis,
    batch::{self, Batch, Problem, view::Looked},
    contracts::Contracts,
    report::{Bound, RejectedRun, RunOptions, RunnerKind, Sketch, Summary},
};

/// What several runs of one block came to.
pub(crate) struct Summaries {
    /// What the block's dependencies allow.
    pub bounds: Vec<Bound>,
    /// One row a run.
    pub runs: Vec<Summary>,
    /// What the workers of each did.
    pub sketches: Vec<Sketch>,
    /// Strategies that refused what they were given, each with the reason; in no row.
    pub rejected: Vec<RejectedRun>,
    /// What the script expects and the block does not come to.
    pub unmet: Vec<Problem>,
}

/// Runs `block` in all these ways, which [`checked`] allows, and sums up each.
///
/// Sequential execution is timed in turn with the first on threads; those that follow each other and
/// differ in workers and seed alone share their preparation. What is expected is compared with
/// sequential execution, which each run is compared with.
pub(crate) fn summaries(
    batch: &Batch,
    block: &Block,
    contracts: &Contracts,
    runs: &[RunOptions],
    machine: &Machine<'_>,
) -> Result<Result<Summaries, Problem>, RunError> {
    let mut oracle = Oracle::default();
    oracle.once(block, RunnerKind::Simulated, machine)?;
    oracle.times.clear();
    if let Err(problem) = batch::room(batch, block, oracle.result()) {
        return Ok(Err(problem));
    }
    let control = machine.control;
    let truth = of_block(batch, block, oracle.result().clone(), control)?;
    let expected = expectations_watched(batch, block, &truth.result, control)?;
    let post = || batch.post_state(block, &truth.result);
    let looked = Looked::new(batch, block, post, contracts, control)?;
    let mut last: Option<(RunOptions, Prepared<'_>)> = None;
    let (mut summaries, mut sketches) = (Vec::new(), Vec::new());
    let mut rejected: Vec<RejectedRun> = Vec::new();
    for options in runs {
        if rejected.iter().any(|it| it.strategy == options.strategy) {
            continue;
        }
        let strategy = strategy::find(&options.strategy).expect("it was looked at before");
        let alike = |last: &RunOptions| {
            let RunOptions { workers, seed, .. } = *options;
            let last = RunOptions {
                workers,
                seed,
                ..last.clone()
            };
            last == *options
        };
        let prepared = match last.take() {
            Some((last, prepared)) if alike(&last) => prepared,
            _ => prepared(batch, block, strategy, options, machine, &mut oracle)?,
        };
        let given = Given {
            block,
            strategy,
            prepared: &prepared,
            options,
        };
        let (ran, wall) = match timed(&given, machine, &mut oracle) {
            // Where some runs were stopped, the others stand alone.
            Ok(_) if control.stopped() => return Err(RunError::Stopped),
            Ok(ran) => ran,
            Err(RunError::FalseList(reason)) => {
                rejected.push(RejectedRun {
                    strategy: options.strategy.clone(),
                    reason: batch::list_change::rejection(batch, &reason).message,
                });
                continue;
            }
            Err(failed @ (RunError::Fault(_) | RunError::Limit(_) | RunError::Unrecovered(_))) => {
                let strategy = strategy.name;
                return Ok(Err(Problem::error(format!("{strategy}: {failed}"))));
            }
            Err(failed) => return Err(failed),
        };
        oracle.done |= options.runner == RunnerKind::Threads;
        let run = analysis::Run {
            batch,
            block,
            contracts,
            preimages: &Preimages::default(),
            sites: &|_| Ok(Vec::new()),
            options,
            ran: &ran,
            partial: None,
            switches: switches(strategy, options),
            truth: &truth,
            expected: expected.as_ref(),
            wall: wall.as_ref(),
            list: prepared.list_used(),
            homes: None,
            preparation: prepared.time,
            alone: prepared.alone.as_ref(),
            looked: &looked,
            control,
        };
        summaries.push(analysis::summary(&run)?);
        sketches.push(analysis::sketch(&run));
        last = Some((options.clone(), prepared));
    }
    let unmet = looked.unmet(batch).collect();
    Ok(Ok(Summaries {
        bounds: truth.bounds,
        runs: summaries,
        sketches,
        rejected,
        unmet,
    }))
}
