//! One transaction after another, as Ethereum does today.
//!
//! It takes the same path through the multi-version memory as every strategy, so the distance from
//! the oracle is the price of the machinery.
//!
//! Guarantees: the first worker executes every transaction once, in block order; nothing is
//! speculative and nothing is ever aborted.

use super::{Aborted, Entry, Needs, Plan, Sees, Strategy, Task, Ticket, WorkerId};
use crate::{
    block::TxIdx,
    memory::{Follow, Footprint, MvMemory, Overtaken, Verdict, Version},
    sync::atomic::{AtomicU32, Ordering::SeqCst},
};

/// The menu's line for it.
pub const ENTRY: Entry = Entry {
    id: "sequential",
    name: "Sequential",
    summary: "One transaction after another, as Ethereum does today; shows the price of the machinery.",
    needs: Needs::Nothing,
    follow: Follow::Nobody,
    build: |plan| Box::new(Sequential::new(plan)),
};

/// State: how many transactions are done, and which incarnation the next one is at.
#[derive(Debug)]
pub struct Sequential {
    txs: u32,
    done: AtomicU32,
    incarnation: AtomicU32,
}

impl Sequential {
    /// Nothing done yet.
    pub fn new(plan: Plan<'_>) -> Self {
        let txs = plan.block.txs.len() as u32;
        Self {
            txs,
            done: AtomicU32::new(0),
            incarnation: AtomicU32::new(0),
        }
    }
}

impl Strategy for Sequential {
    fn next(&self, worker: WorkerId) -> Task {
        let done = self.done.load(SeqCst);
        if done == self.txs {
            Task::Done
        } else if worker == WorkerId(0) {
            let incarnation = self.incarnation.load(SeqCst);
            let tx = TxIdx(done);
            Task::Execute(Version { tx, incarnation }, Sees::Lower)
        } else {
            Task::Wait
        }
    }

    fn executed(&self, _: Version, _: Footprint, _: &MvMemory<'_>) -> Vec<Overtaken> {
        self.incarnation.store(0, SeqCst);
        self.done.fetch_add(1, SeqCst);
        Vec::new()
    }

    fn blocked(&self, version: Version, _: TxIdx) {
        // Nothing below can be an ESTIMATE; run it again all the same rather than wait for ever.
        self.lost(version);
    }

    fn validated(&self, _: Version, _: Ticket, _: Verdict, _: &MvMemory<'_>) -> Aborted {
        Aborted::No
    }

    fn lost(&self, _: Version) {
        self.incarnation.fetch_add(1, SeqCst);
    }

    fn committed(&self) -> TxIdx {
        TxIdx(self.done.load(SeqCst))
    }

    fn has_spare(&self) -> bool {
        // One works, and whoever takes its place is woken when it fails.
        false
    }
}
