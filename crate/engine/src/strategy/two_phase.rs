//! Two phases: all at once on the prestate, then those in conflict one after another.
//!
//! After "An Empirical Study of Speculative Concurrency in Ethereum Smart Contracts" (Saraph and
//! Herlihy, 2019). In the first phase every transaction runs as if it were the first of the block.
//! In the second, one walk in block order keeps each result that no lower transaction disturbed and
//! executes the others again. The paper puts the disturbed ones at the end; here the order of the
//! block stands, so a transaction is disturbed by lower ones alone.
//!
//! Guarantees: what is committed equals sequential execution; a transaction is executed at most twice,
//! and the second phase has no parallelism at all, which is what the strategy is there to show.

use std::ops::Range;

use super::{
    Entry, Needs, Sees, WorkerId,
    in_order::{FirstPhase, InOrder},
};
use crate::{block::TxIdx, memory::Follow};

/// The menu's line for it.
pub const ENTRY: Entry = Entry {
    id: "two-phase",
    name: "Two phases",
    summary: "Executes everything once on the state before the block, then redoes what was in conflict, one after another.",
    needs: Needs::Nothing,
    follow: Follow::Nobody,
    build: |plan| {
        let txs = plan.block.txs.len();
        let first = AllAtOnce {
            left: 0..txs as u32,
            ended: 0,
        };
        Box::new(InOrder::new(Box::new(first), txs))
    },
};

/// Hands out everything, and waits for all of it.
#[derive(Debug)]
struct AllAtOnce {
    /// What was not handed out yet.
    left: Range<u32>,
    /// First executions that have ended.
    ended: u32,
}

impl FirstPhase for AllAtOnce {
    fn sees(&self) -> Sees {
        Sees::Prestate
    }

    fn start(&mut self, _: WorkerId) -> Option<TxIdx> {
        self.left.next().map(TxIdx)
    }

    fn is_ready(&self) -> bool {
        !self.left.is_empty()
    }

    fn executed(&mut self, _: TxIdx) {
        self.ended += 1;
    }

    fn gave_up(&mut self, _: TxIdx) {
        self.ended += 1;
    }

    fn settled(&self) -> bool {
        self.ended >= self.left.end
    }
}
