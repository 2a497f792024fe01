//! Optimistic execution as Monad does it: everything once, commit in order, redo what was wrong.
//!
//! After the description of parallel execution in Monad's documentation. Workers execute
//! transactions in block order, each on what is there at that moment; results are merged in block
//! order, and a transaction whose reads do not hold at its turn is executed again right then.
//! Against Block-STM: no ESTIMATEs, nobody waits for a writer, and nothing is redone before its turn,
//! so a transaction is executed at most twice.
//!
//! Guarantees: what is committed equals sequential execution, since each result was validated, or
//! made, when everything below it was final.

use std::ops::Range;

use super::{
    Entry, Needs, WorkerId,
    in_order::{FirstPhase, InOrder},
};
use crate::{block::TxIdx, memory::Follow};

/// The menu's line for it.
pub const ENTRY: Entry = Entry {
    id: "optimistic",
    name: "Optimistic (Monad)",
    summary: "Executes everything once in hope, commits in block order and redoes on the spot what read too early.",
    needs: Needs::Nothing,
    follow: Follow::Nobody,
    build: |plan| {
        let txs = plan.block.txs.len();
        Box::new(InOrder::new(Box::new(Ahead(0..txs as u32)), txs))
    },
};

/// Runs ahead of the commits in block order.
///
/// The range has what was not handed out yet.
#[derive(Debug)]
struct Ahead(Range<u32>);

impl FirstPhase for Ahead {
    fn start(&mut self, _: WorkerId) -> Option<TxIdx> {
        self.0.next().map(TxIdx)
    }

    fn is_ready(&self) -> bool {
        !self.0.is_empty()
    }

    fn executed(&mut self, _: TxIdx) {}
}
