//! One run of a block: what is given, and what it comes to.

use interleave_engine::{
    access_list::Verification,
    block::Block,
    memory::{Executed, MvMemory, Version},
    outcome::BlockResult,
    runner::{
        RunError,
        faults::Faults,
        schedule::Order,
        simulated,
        threads::{self, Crew},
    },
    strategy::{Entry, Hope, Plan},
    trace::Trace,
};

use super::{
    Machine, faults,
    prepared::{Declared, Prepared, over_declared, switches},
};
use crate::report::{CostModel, RunOptions, RunnerKind};

/// A block, and how it is to be run.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) block: &'a Block,
    pub(crate) strategy: &'a Entry,
    pub(crate) prepared: &'a Prepared<'a>,
    pub(crate) options: &'a RunOptions,
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

/// What is written down of a run on threads; all of it is of a simulated one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    All,
    Commits,
}

/// Runs `block` once under a strategy, to its end.
pub fn once(
    block: &Block,
    strategy: &Entry,
    prepared: &Prepared<'_>,
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<Ran, RunError> {
    let given = Given {
        block,
        strategy,
        prepared,
        options,
    };
    given.once(machine)
}

impl Given<'_> {
    /// Runs the block once, to its end.
    pub(crate) fn once(&self, machine: &Machine<'_>) -> Result<Ran, RunError> {
        self.ordered(machine, &Order::Free)
    }

    /// The same, with the workers of a run on threads in this order.
    pub(crate) fn ordered(&self, machine: &Machine<'_>, order: &Order) -> Result<Ran, RunError> {
        self.whole(self.run(machine, order, Written::All)?)
    }

    /// The same, but of what happens only commits are written down: how long a run takes that nobody looks at.
    pub(crate) fn untraced(&self, machine: &Machine<'_>) -> Result<Ran, RunError> {
        self.whole(self.run(machine, &Order::Free, Written::Commits)?)
    }

    /// The same as far as it comes: where it is stopped on the way, the transactions that are final by then.
    pub(super) fn so_far(&self, machine: &Machine<'_>) -> Result<Ran, RunError> {
        self.run(machine, &Order::Free, Written::All)
    }

    fn whole(&self, ran: Ran) -> Result<Ran, RunError> {
        match ran.finals.len() == self.block.txs.len() {
            true => Ok(ran),
            false => Err(RunError::Stopped),
        }
    }

    fn run(&self, machine: &Machine<'_>, order: &Order, written: Written) -> Result<Ran, RunError> {
        let Self {
            block,
            strategy,
            prepared,
            options,
        } = *self;
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
                    traced: written == Written::All,
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
}
