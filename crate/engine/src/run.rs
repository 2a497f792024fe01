//! One run of a block: a strategy on a runner, from the block to what it came to.
//!
//! It only plugs the parts together; [`crate::analysis`] makes the report of it.

use crate::{
    block::Block,
    memory::{Executed, MvMemory, Version},
    outcome::BlockResult,
    report::RunnerKind,
    runner::{
        Control, RunError, simulated,
        threads::{self, Now, Threads},
    },
    strategy::{Entry, Plan},
    trace::Trace,
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
}

/// What a run came to, before anything is made of it.
#[derive(Debug)]
pub struct Ran {
    /// Outcomes and changes.
    pub result: BlockResult,
    /// The committed incarnation of each transaction, in block order.
    pub finals: Vec<(Version, Executed)>,
    /// What happened when.
    pub trace: Trace,
}

/// Runs `block` once under a strategy.
pub fn once(
    block: &Block,
    strategy: &Entry,
    runner: RunnerKind,
    workers: u32,
    seed: u32,
    machine: &Machine<'_>,
) -> Result<Ran, RunError> {
    let memory = MvMemory::new(block);
    let strategy = (strategy.build)(Plan { block, workers });
    let trace = match runner {
        RunnerKind::Simulated => {
            let costs = simulated::Costs {
                seed,
                ..simulated::Costs::default()
            };
            simulated::run(block, &*strategy, &memory, workers, costs, machine.control)
        }
        RunnerKind::Threads => threads::run(
            block,
            &*strategy,
            &memory,
            workers,
            machine.threads,
            machine.now,
            machine.control,
        ),
    }?;
    let (result, finals) = memory.into_final();
    Ok(Ran {
        result,
        finals,
        trace,
    })
}
