//! The pieces of small traces, for tests.

use interleave_engine::{
    block::TxIdx,
    memory::{Conflict, Location, Version},
    strategy::WorkerId,
    trace::{Activity, Span},
};

/// An incarnation that ended.
pub const RAN: Activity = Activity::Executed { gas: 1 };

pub fn version(tx: u32, incarnation: u32) -> Version {
    Version {
        tx: TxIdx(tx),
        incarnation,
    }
}

/// What the first worker did.
pub fn span(version: Version, activity: Activity, start: f64, end: f64) -> Span {
    Span {
        worker: WorkerId(0),
        version,
        activity,
        start,
        end,
    }
}

/// With what this transaction wrote, or what was there before the block.
pub fn conflict(writer: Option<u32>) -> Conflict {
    Conflict {
        location: Location::Fees,
        writer: writer.map(TxIdx),
    }
}
