//! Runners: they own workers, clock, VMs and the trace, and drive a strategy to the end of a block.
//!
//! Both run the same strategies over the same memory and write the same trace.
//! [`threads`] uses real workers and measured time; [`simulated`] any number of virtual workers and
//! virtual time, which [`costs`] says the price of everything in.

pub mod costs;
pub mod faults;
pub mod schedule;
pub mod simulated;
mod suffix;
pub mod threads;

use crate::access_list::FalseList;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

/// What a run is doing; a word of [`Control`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Phase {
    /// Nothing.
    Idle = 0,
    /// Reading the batch and preparing the prestate.
    Reading = 1,
    /// Executing sequentially, for comparison.
    Oracle = 2,
    /// Executing under the strategy.
    Strategy = 3,
    /// Working out the report.
    Analysis = 4,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// A [`Phase`], as a number.
    pub phase: u32,
    /// Transactions of this phase that are done.
    pub committed: u32,
    /// Transactions of this phase.
    pub transactions: u32,
}

/// Words shared with whoever watches a run: the page through shared memory, a terminal, nobody.
///
/// The layout is part of the interface: `stop`, `committed`, `transactions`, `phase`.
#[derive(Debug)]
#[repr(C)]
pub struct Control {
    stop: AtomicU32,
    committed: AtomicU32,
    transactions: AtomicU32,
    phase: AtomicU32,
    /// Called by whichever worker makes progress.
    watcher: fn(Progress),
}

impl Default for Control {
    fn default() -> Self {
        Self::watched(|_| ())
    }
}

impl Control {
    /// Nothing is running; `watcher` will hear of every step.
    pub const fn watched(watcher: fn(Progress)) -> Self {
        Self {
            stop: AtomicU32::new(0),
            committed: AtomicU32::new(0),
            transactions: AtomicU32::new(0),
            phase: AtomicU32::new(0),
            watcher,
        }
    }

    /// Asks the run to stop; it does between two tasks.
    pub fn stop(&self) {
        self.stop.store(1, SeqCst);
    }

    /// Was the run asked to stop?
    pub fn stopped(&self) -> bool {
        self.stop.load(SeqCst) != 0
    }

    /// How far the run is.
    pub fn progress(&self) -> Progress {
        Progress {
            phase: self.phase.load(SeqCst),
            committed: self.committed.load(SeqCst),
            transactions: self.transactions.load(SeqCst),
        }
    }

    /// Begins a phase in which `transactions` are to be done.
    pub fn begin(&self, phase: Phase, transactions: usize) {
        self.committed.store(0, SeqCst);
        self.transactions.store(transactions as u32, SeqCst);
        self.phase.store(phase as u32, SeqCst);
        (self.watcher)(self.progress());
    }

    /// Forgets the last run, and a request to stop it.
    pub fn reset(&self) {
        self.begin(Phase::Idle, 0);
        self.stop.store(0, SeqCst);
    }

    /// Transactions of this phase that are done.
    pub fn committed(&self, count: u32) {
        if self.committed.swap(count, SeqCst) != count {
            (self.watcher)(self.progress());
        }
    }
}

/// Why a run without workers cannot go on.
fn nobody_left() -> RunError {
    RunError::Unrecovered("every worker failed, so nobody is left to go on with the block".into())
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The person stopped it.
    #[error("the run was stopped")]
    Stopped,
    /// The block access list is not that of the block.
    #[error("{0}")]
    FalseList(#[from] FalseList),
    /// What the machinery is said to cost makes no sense; why.
    #[error("{0}")]
    Overhead(String),
    /// The clock stands still.
    #[error(
        "the clock does not advance, so nothing can be timed: let the simulated runner count gas"
    )]
    NoClock,
    /// A replay did something else than the recorded run; what.
    #[error("{0}")]
    Disagrees(String),
    /// The block passes a limit; which.
    #[error("{0}")]
    Limit(String),
    /// A worker failed; its message.
    #[error("a worker failed: {0}")]
    WorkerFailed(String),
    /// A fault that was asked for cannot be had; why.
    #[error("{0}")]
    Fault(String),
    /// What went wrong could not be made good; why. Nothing is wrong with the machinery.
    #[error("{0}")]
    Unrecovered(String),
}
