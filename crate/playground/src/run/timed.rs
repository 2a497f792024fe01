//! Runs that are timed, in turn with sequential execution.
//!
//! The rule: medians, and each run is compared with what sequential execution came to.

use std::ops::ControlFlow;

use interleave_engine::{
    block::{Block, TxIdx},
    oracle,
    outcome::BlockResult,
    runner::{Control, ENGINE, Phase, RunError},
};

use super::{
    Given, Machine, Ran,
    alone::{self, Alone},
};
use crate::{
    analysis::Wall,
    limits,
    report::{PartialRun, RunnerKind},
};

/// Timed runs on threads at the most.
const TIMED_RUNS: usize = 5;
/// No further timed run is begun after this many microseconds.
const TIMING_BUDGET: f64 = 1_500_000.0;

/// Sequential execution of a block: what it came to, and what it took each time.
#[derive(Default)]
pub(super) struct Oracle {
    result: Option<BlockResult>,
    pub(super) times: Vec<f64>,
    /// It is not timed any more.
    pub(super) done: bool,
    /// What each transaction takes, once somebody wanted to know.
    alone: Option<Alone>,
}

impl Oracle {
    /// Executes it once more, if it was not executed yet, or is still timed and `runner` takes times.
    pub(super) fn once(
        &mut self,
        block: &Block,
        runner: RunnerKind,
        machine: &Machine<'_>,
    ) -> Result<(), RunError> {
        let is_timed = runner == RunnerKind::Threads && !self.done;
        if self.result.is_none() || is_timed {
            let start = (machine.now)();
            let executed = oracle_once(block, machine.control)?;
            self.times.push((machine.now)() - start);
            self.result.get_or_insert_with(|| executed.result());
        }
        Ok(())
    }

    /// What each transaction takes alone; measured once, so that runs side by side are alike.
    pub(super) fn alone(
        &mut self,
        block: &Block,
        machine: &Machine<'_>,
    ) -> Result<Alone, RunError> {
        let alone = match self.alone.take() {
            Some(alone) => alone,
            None => alone::measure(block, machine)?,
        };
        Ok(self.alone.insert(alone).clone())
    }

    pub(super) fn result(&self) -> &BlockResult {
        self.result
            .as_ref()
            .expect("it was executed before any strategy")
    }
}

/// The transactions of a run that was stopped which were final by then.
pub(crate) struct Part {
    /// A block of their own.
    pub(crate) block: Block,
    /// Of how many.
    pub(crate) of: PartialRun,
}

/// The run that is reported, and what it is compared with.
pub(crate) struct Measured {
    pub(crate) ran: Ran,
    pub(crate) truth: BlockResult,
    /// What preparing took.
    pub(crate) preparation: f64,
    pub(crate) wall: Option<Wall>,
    /// What all this is of, where that is not the whole block.
    pub(crate) part: Option<Part>,
}

/// Executes the oracle and the strategy, in turn where both are timed. If that is stopped by somebody who
/// has had enough, what there is counts: the runs that came to their end, or else a part of the first,
/// compared with what sequential execution makes of that part.
pub(super) fn in_turn(given: &Given<'_>, machine: &Machine<'_>) -> Result<Measured, RunError> {
    let mut oracle = Oracle::default();
    let (ran, wall) = timed(given, machine, &mut oracle)?;
    machine.control.report()?;
    let preparation = given.prepared.time;
    let committed = ran.finals.len();
    let transactions = given.block.txs.len();
    if committed == transactions {
        return Ok(Measured {
            ran,
            truth: oracle.result().clone(),
            preparation,
            wall,
            part: None,
        });
    }
    if committed == 0 {
        return Err(RunError::Stopped);
    }
    let block = given.block.first(committed);
    let mut oracle = Oracle::default();
    oracle.once(&block, given.options.runner, machine)?;
    Ok(Measured {
        wall: wall.map(|_| Wall::of(&oracle.times, &[ran.trace.makespan])),
        ran,
        truth: oracle.result().clone(),
        preparation,
        part: Some(Part {
            block,
            of: PartialRun {
                committed: committed as u32,
                transactions: transactions as u32,
            },
        }),
    })
}

/// Executes the strategy: once in virtual time, several times in wall time, in turn with the oracle
/// where that is still timed. Gives the median run, or if the first is stopped, what there is of it.
pub(super) fn timed(
    given: &Given<'_>,
    machine: &Machine<'_>,
    oracle: &mut Oracle,
) -> Result<(Ran, Option<Wall>), RunError> {
    let Given { block, options, .. } = *given;
    let now = machine.now;
    let began = now();
    let mut runs: Vec<Ran> = Vec::new();
    loop {
        let ran = oracle.once(block, options.runner, machine).and_then(|()| {
            machine.control.begin(Phase::Strategy, block.txs.len());
            given.so_far(machine)
        });
        let ran = match ran {
            Err(RunError::Stopped) if !runs.is_empty() => break,
            ran => ran?,
        };
        if ran.finals.len() < block.txs.len() {
            if runs.is_empty() {
                runs.push(ran);
            }
            break;
        }
        if ran.result.first_difference(oracle.result()).is_some() {
            // The one that matters.
            runs = vec![ran];
            break;
        }
        runs.push(ran);
        let enough =
            runs.len() == TIMED_RUNS || now() - began > TIMING_BUDGET || machine.control.stopped();
        if options.runner == RunnerKind::Simulated || enough {
            break;
        }
    }
    runs.sort_by(|a, b| a.trace.makespan.total_cmp(&b.trace.makespan));
    let times: Vec<f64> = runs.iter().map(|ran| ran.trace.makespan).collect();
    let wall = (options.runner == RunnerKind::Threads).then(|| Wall::of(&oracle.times, &times));
    Ok((runs.swap_remove(times.len() / 2), wall))
}

pub(crate) fn oracle_once<'b>(
    block: &'b Block,
    control: &Control,
) -> Result<oracle::Executed<'b>, RunError> {
    control.begin(Phase::Oracle, block.txs.len());
    let mut watch = |tx: TxIdx, gas| {
        control.committed(tx.0);
        control.steps(ENGINE, block.txs[tx.index()].gas_limit);
        match control.stopped() || gas > limits::GAS {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let executed = oracle::execute(block, control, &mut watch);
    control.rests(ENGINE);
    if control.stopped() {
        return Err(RunError::Stopped);
    }
    executed
        .filter(|it| it.gas_used() <= limits::GAS)
        .ok_or_else(|| {
            let most = limits::GAS;
            RunError::Limit(format!(
                "the transactions use more than {most} gas together"
            ))
        })
}
