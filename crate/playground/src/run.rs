//! A run, from a batch to its report.
//!
//! It only plugs the parts together. Every result is compared with the oracle's, also those of runs
//! made for timing alone.

mod ceiling;
mod checked;
mod faults;
mod given;
#[cfg(not(target_family = "wasm"))]
mod pool;
mod prepared;
mod several;
mod timed;

pub mod alone;
pub mod memory;

use interleave_engine::{
    block::Block,
    memory::MvMemory,
    outcome::BlockResult,
    runner::{
        Control, Phase, RunError, Stopped,
        threads::{Now, Threads},
    },
    strategy::shards,
    switches::Switches,
    vm::{self, preimages::Preimages, sites::Question},
};

use self::{
    memory::Beside,
    prepared::{NOBODY_STOPS, in_order, prepared, switches},
    timed::{Oracle, in_turn},
};
use crate::{
    analysis::{self, Truth, ideal},
    batch::{self, Batch, Expectations, Problem, view::Looked},
    contracts::Contracts,
    report::{RunOptions, RunResult},
};

#[cfg(not(target_family = "wasm"))]
pub use self::pool::Pool;
pub(crate) use self::{
    ceiling::{ceilings, copies, side_by_side},
    checked::{checked, misplaced},
    given::Given,
    prepared::untimed,
    several::{Summaries, summaries},
    timed::{Measured, oracle_once},
};
pub use self::{
    given::{Ran, once},
    prepared::{Prepared, access_list, whole_access_list},
};

/// What the engine is handed by whoever hosts it.
#[derive(Clone, Copy)]
pub struct Machine<'a> {
    /// Real workers.
    pub threads: &'a dyn Threads,
    /// The clock.
    pub now: Now<'a>,
    /// Progress out, stop in.
    pub control: &'a Control,
    /// Bytes of memory that there are at the most, stacks included; none where nobody says.
    pub memory: Option<u64>,
}

/// What the source of `batch` expects of its block, compared with `result`; none where it expects nothing.
///
/// Where that does not hold, what transactions read beyond a partial prestate is said too.
pub fn expectations(batch: &Batch, block: &Block, result: &BlockResult) -> Option<Expectations> {
    expectations_watched(batch, block, result, &Control::default()).expect(NOBODY_STOPS)
}

/// The same while somebody watches, who may want it to stop.
fn expectations_watched(
    batch: &Batch,
    block: &Block,
    result: &BlockResult,
    control: &Control,
) -> Result<Option<Expectations>, Stopped> {
    let Some(mut found) = batch.expectations(block, result) else {
        return Ok(None);
    };
    if !found.unmet.is_empty()
        && let Some(listed) = &batch.listed
    {
        let finals = in_order(block, Switches::default(), control)?;
        found
            .unmet
            .extend(listed.beyond(&batch.prestate, &block.txs, &finals));
    }
    Ok(Some(found))
}

/// What the source or the script of `batch` expects and `result` does not come to, each in a sentence.
pub fn unmet(
    batch: &Batch,
    block: &Block,
    result: &BlockResult,
    contracts: &Contracts,
) -> Vec<String> {
    let mut unmet = expectations(batch, block, result).map_or_else(Vec::new, |it| it.unmet);
    let post = || batch.post_state(block, result);
    let looked = Looked::new(batch, block, post, contracts, &Control::default());
    let looked = looked.expect(NOBODY_STOPS);
    unmet.extend(looked.unmet(batch).map(|problem| problem.message));
    unmet
}

/// Lowers `batch`, runs it as `options` say, compares it with the oracle and reports.
///
/// A worker that fails is an `Err`; all that is wrong with batch or options is in the result.
pub fn run(
    batch: &Batch,
    contracts: &Contracts,
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<RunResult, RunError> {
    reported(batch, contracts, options, machine, &in_turn)
}

/// Executes oracle and strategy, and says what they came to and took.
type Measure<'a> = dyn Fn(&Given<'_>, &Machine<'_>) -> Result<Measured, RunError> + 'a;

/// Prepares a run, has it measured, and reports.
pub(crate) fn reported(
    batch: &Batch,
    contracts: &Contracts,
    options: &RunOptions,
    machine: &Machine<'_>,
    measure: &Measure<'_>,
) -> Result<RunResult, RunError> {
    match attempted(batch, contracts, options, machine, measure) {
        Err(failed @ (RunError::Fault(_) | RunError::Limit(_) | RunError::Unrecovered(_))) => {
            Ok(RunResult::Problems {
                problems: vec![Problem::error(failed.to_string())],
            })
        }
        Err(RunError::Stopped) => Ok(RunResult::Stopped),
        Err(RunError::FalseList(reason)) => Ok(RunResult::Rejected {
            problem: batch::list_change::rejection(batch, &reason),
            problems: Vec::new(),
        }),
        ended => ended,
    }
}

/// The same, where whatever ends it early is an `Err`.
fn attempted(
    batch: &Batch,
    contracts: &Contracts,
    options: &RunOptions,
    machine: &Machine<'_>,
    measure: &Measure<'_>,
) -> Result<RunResult, RunError> {
    let strategy = match checked(options, machine) {
        Ok(strategy) => strategy,
        Err(problem) => {
            return Ok(RunResult::Problems {
                problems: vec![problem],
            });
        }
    };
    if let Some(problems) = misplaced(batch, strategy, options) {
        return Ok(RunResult::Problems { problems });
    }
    machine.control.begin(Phase::Reading, 0);
    let block = match batch::lower_watched(batch, contracts, machine.control) {
        Ok(block) => block,
        Err(_) if machine.control.stopped() => return Ok(RunResult::Stopped),
        Err(problems) => return Ok(RunResult::Problems { problems }),
    };
    if let Err(problem) = memory::fits(batch, &block, Beside::Report, machine) {
        return Ok(RunResult::Problems {
            problems: vec![problem],
        });
    }
    let mut oracle = Oracle::default();
    let prepared = prepared(batch, &block, strategy, options, machine, &mut oracle)?;
    let given = Given {
        block: &block,
        strategy,
        prepared: &prepared,
        options,
    };
    let measured = measure(&given, machine)?;
    machine.control.begin(Phase::Analysis, 0);
    explained(batch, contracts, &given, &measured, machine.control)
}

/// Makes the report of what was measured, be it a part: nothing is expected of that, and the steps after
/// the block do not follow.
fn explained(
    batch: &Batch,
    contracts: &Contracts,
    given: &Given<'_>,
    measured: &Measured,
    control: &Control,
) -> Result<RunResult, RunError> {
    let Given {
        strategy,
        prepared,
        options,
        ..
    } = *given;
    let part = measured.part.as_ref();
    let block = part.map_or(given.block, |part| &part.block);
    let Measured {
        ran,
        truth,
        preparation,
        wall,
        ..
    } = measured;
    let steps = control.on_the_way();
    let patience = analysis::patience(truth);
    steps.next(patience)?;
    if let Err(problem) = batch::room(batch, block, truth) {
        return Ok(RunResult::Problems {
            problems: vec![problem],
        });
    }
    let expected = match part {
        None => expectations_watched(batch, block, &ran.result, control)?,
        Some(_) => None,
    };
    let truth = of_block(batch, block, truth.clone(), control)?;
    let switches = switches(strategy, options);
    let (preimages, memory) = match batch.contracts.is_empty() {
        true => (Preimages::default(), None),
        false => {
            steps.next(patience)?;
            let memory = MvMemory::executed(block, switches, &ran.finals);
            let preimages = vm::preimages::of(block, &memory, &ran.finals, control)?;
            (preimages, Some(memory))
        }
    };
    let sites = |questions: &[Question]| match &memory {
        Some(memory) => vm::sites::of(block, memory, questions, control),
        None => Ok(Vec::new()),
    };
    steps.next(patience)?;
    let post = || match part {
        None => batch.post_state(block, &ran.result),
        Some(_) => block.after(&ran.result.changes),
    };
    let mut looked = Looked::new(batch, block, post, contracts, control)?;
    if part.is_some() {
        looked.expectations.clear();
    }
    let homes = || prepared.shards.homes(&prepared.hints, block.txs.len());
    let homes = (strategy.id == shards::ENTRY.id).then(homes);
    let alone = prepared.alone.as_ref();
    let alone = alone.map(|alone| alone.first(block.txs.len()));
    let report = analysis::report(&analysis::Run {
        batch,
        block,
        contracts,
        preimages: &preimages,
        sites: &sites,
        options,
        ran,
        partial: part.map(|part| part.of),
        switches,
        truth: &truth,
        expected: expected.as_ref(),
        wall: wall.as_ref(),
        list: prepared.list_used(),
        homes: homes.as_deref(),
        preparation: *preparation,
        alone: alone.as_ref(),
        looked: &looked,
        control,
    })?;
    Ok(RunResult::Report {
        report: Box::new(report),
        problems: looked.unmet(batch).collect(),
    })
}

/// What holds for a block, whatever strategy runs it.
fn of_block(
    batch: &Batch,
    block: &Block,
    result: BlockResult,
    control: &Control,
) -> Result<Truth, Stopped> {
    let apart = in_order(block, ideal::APART, control)?;
    let patience = analysis::patience(&result);
    let bounds = ideal::bounds(block, &apart, control, patience)?;
    let steps = control.on_the_way();
    steps.next(patience)?;
    Ok(Truth {
        digest: result.digest(),
        state_root: batch.state_root(block, &result),
        bounds,
        result,
    })
}
