//! A run, from a batch to its report.
//!
//! It only plugs the parts together. Every result is compared with the oracle's, also those of runs
//! made for timing alone.

mod ceiling;
mod checked;
mod faults;
#[cfg(not(target_family = "wasm"))]
mod pool;
mod prepared;
mod several;
mod timed;

pub mod alone;
pub mod memory;

use interleave_engine::{
    access_list::Verification,
    block::Block,
    memory::{Executed, MvMemory, Version},
    outcome::BlockResult,
    runner::{
        Control, Phase, RunError, Stopped,
        faults::Faults,
        schedule::Order,
        simulated,
        threads::{self, Crew, Now, Threads},
    },
    strategy::{Entry, Hope, Plan, shards},
    switches::Switches,
    trace::Trace,
    vm::{self, preimages::Preimages, sites::Question},
};

use self::{
    memory::Beside,
    prepared::{Declared, NOBODY_STOPS, in_order, over_declared, prepared, switches},
    timed::{Oracle, in_turn},
};
use crate::{
    analysis::{self, Truth, ideal},
    batch::{self, Batch, Expectations, Problem, view::Looked},
    contracts::Contracts,
    report::{CostModel, RunOptions, RunResult, RunnerKind},
};

#[cfg(not(target_family = "wasm"))]
pub use self::pool::Pool;
pub use self::prepared::{Prepared, access_list, whole_access_list};
pub(crate) use self::{
    ceiling::{ceilings, copies, side_by_side},
    checked::{checked, misplaced},
    prepared::untimed,
    several::{Summaries, summaries},
    timed::{Measured, oracle_once},
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

/// What a run came to, before anything is made of it.
#[derive(Debug)]
pub struct Ran {
    /// Outcomes and changes; of a run that was stopped, those of the transactions that are final.
    pub result: BlockResult,
    /// The committed incarnation of each transaction, in block order.
    pub finals: Vec<(Version, Executed)>,
    /// What happened when.
    pub trace: Trace,
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

/// Runs `block` once under a strategy, to its end.
pub fn once(
    block: &Block,
    strategy: &Entry,
    prepared: &Prepared<'_>,
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<Ran, RunError> {
    ordered(block, strategy, prepared, options, machine, &Order::Free)
}

/// The same, with the workers of a run on threads in this order.
pub fn ordered(
    block: &Block,
    strategy: &Entry,
    prepared: &Prepared<'_>,
    options: &RunOptions,
    machine: &Machine<'_>,
    order: &Order,
) -> Result<Ran, RunError> {
    whole(
        block,
        so_far(block, strategy, prepared, options, machine, order, true)?,
    )
}

/// The same, without writing down what happens: how long a run takes that nobody looks at.
pub fn untraced(
    block: &Block,
    strategy: &Entry,
    prepared: &Prepared<'_>,
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<Ran, RunError> {
    let order = &Order::Free;
    whole(
        block,
        so_far(block, strategy, prepared, options, machine, order, false)?,
    )
}

fn whole(block: &Block, ran: Ran) -> Result<Ran, RunError> {
    match ran.finals.len() == block.txs.len() {
        true => Ok(ran),
        false => Err(RunError::Stopped),
    }
}

/// The same as far as it comes: where it is stopped on the way, the transactions that are final by then.
fn so_far(
    block: &Block,
    strategy: &Entry,
    prepared: &Prepared<'_>,
    options: &RunOptions,
    machine: &Machine<'_>,
    order: &Order,
    traced: bool,
) -> Result<Ran, RunError> {
    let faults = faults::lowered(options, block, prepared).map_err(RunError::Fault)?;
    let faults = Faults(&faults);
    let switches = switches(strategy, options);
    let start = (machine.now)();
    let declared = prepared.list.as_ref();
    let verification =
        declared.map(|it| Verification::new(block, &it.list, &it.declarations, &it.around));
    let memory = match &verification {
        Some(verification) => MvMemory::declared(block, verification),
        None => MvMemory::new(block, switches, strategy.follow),
    };
    let workers = options.workers;
    let strategy = (strategy.build)(Plan {
        block,
        workers,
        hope: match (options.runner, options.costs) {
            (RunnerKind::Simulated, CostModel::Gas) => Hope::Unbounded,
            // Where virtual time stands for that of real workers, they do what those do.
            (RunnerKind::Simulated, CostModel::Measured) | (RunnerKind::Threads, _) => {
                Hope::Measured
            }
        },
        hints: &prepared.hints,
        shards: &prepared.shards,
    });
    let trace = match options.runner {
        RunnerKind::Simulated => {
            let overhead = options.overhead().map_err(RunError::Overhead)?;
            let costs = prepared.costs(overhead, options.seed);
            let control = machine.control;
            simulated::run(block, &*strategy, &memory, workers, costs, faults, control)
        }
        RunnerKind::Threads => {
            let crew = Crew {
                workers,
                threads: machine.threads,
                now: machine.now,
                start,
                control: machine.control,
                order,
                faults,
                traced,
            };
            threads::run(block, &*strategy, &memory, &crew)
        }
    }?;
    let end = trace.end();
    let is_whole = end.index() == block.txs.len();
    let holds = verification.as_ref().is_none_or(|it| match is_whole {
        true => it.holds(),
        false => !it.fails(),
    });
    if !holds && !is_whole {
        // What was made of a false list is worth nothing.
        return Err(RunError::Stopped);
    }
    if let Some(Declared { list, around, .. }) = declared.filter(|_| !holds) {
        let finals = over_declared(block, &memory, machine.control)?;
        list.verify(block, around, &finals)?;
    }
    let (result, finals) = memory.into_final(end);
    Ok(Ran {
        result,
        finals,
        trace,
    })
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

/// What is to be run.
pub(crate) struct Given<'a> {
    pub(crate) block: &'a Block,
    pub(crate) strategy: &'static Entry,
    pub(crate) prepared: &'a Prepared<'a>,
    pub(crate) options: &'a RunOptions,
}

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
