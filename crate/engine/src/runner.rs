//! Runners: they own workers, clock, VMs and the trace, and drive a strategy to the end of a block.
//!
//! Both run the same strategies over the same memory and write the same trace.
//! [`threads`] uses real workers and measured time; [`simulated`] any number of virtual workers and
//! virtual time, which [`costs`] says the price of everything in.

mod control;
pub mod costs;
pub mod faults;
pub mod schedule;
pub mod simulated;
mod suffix;
pub mod threads;

pub use self::control::{Control, ENGINE, PULSES, Phase, Progress, Steps, Stopped};
use crate::access_list::FalseList;

impl From<Stopped> for RunError {
    fn from(_: Stopped) -> Self {
        Self::Stopped
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
