//! Replay with a block access list (EIP-7928): no scheduler, no aborts.
//!
//! The list tells what every transaction writes, so each can be executed on its own, in any order and
//! all at once. Its values are in the multi-version memory before the first transaction starts, each at
//! its index, and what is executed is never put in their place. Whoever executed a transaction has
//! what it wrote and read compared with what is declared, which is part of the time of a run (in virtual
//! time, as much a location as validating one). A false or incomplete list is rejected with the location, and
//! with the transaction where the list has one.
//!
//! Guarantees: with a true list what is committed equals sequential execution; with any other the run
//! ends with an error.

use super::{Aborted, Entry, Needs, Plan, Sees, Strategy, Task, Ticket, WorkerId};
use crate::{
    block::TxIdx,
    memory::{Follow, Footprint, MvMemory, Overtaken, Verdict, Version},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
        lock,
    },
};

/// The menu's line for it.
pub const ENTRY: Entry = Entry {
    id: "block-access-list",
    name: "Block access list",
    summary: "Executes every transaction on its own with the values the block's access list declares (EIP-7928), and verifies the list.",
    needs: Needs::List,
    follow: Follow::Nobody,
    build: |plan| Box::new(BlockAccessList::new(plan)),
};

/// Which transactions have been executed.
///
/// Nobody waits for anybody here, so nothing is under a lock but what a worker that failed had.
#[derive(Debug)]
pub struct BlockAccessList {
    /// The lowest transaction that nobody was given yet.
    next: AtomicU32,
    executed: Box<[AtomicBool]>,
    /// Transactions below have been executed, as far as anybody looked.
    committed: AtomicU32,
    /// Transactions whose worker failed, with the incarnation that is due.
    lost: Mutex<Vec<Version>>,
    /// Are there such?
    is_any_lost: AtomicBool,
}

impl BlockAccessList {
    /// Nothing executed yet.
    pub fn new(plan: Plan<'_>) -> Self {
        let txs = plan.block.txs.iter();
        Self {
            next: AtomicU32::new(0),
            executed: txs.map(|_| AtomicBool::new(false)).collect(),
            committed: AtomicU32::new(0),
            lost: Mutex::default(),
            is_any_lost: AtomicBool::new(false),
        }
    }

    /// A transaction whose worker failed.
    fn found(&self) -> Option<Version> {
        if !self.is_any_lost.load(SeqCst) {
            return None;
        }
        let mut lost = lock(&self.lost);
        let found = lost.pop();
        self.is_any_lost.store(!lost.is_empty(), SeqCst);
        found
    }
}

impl Strategy for BlockAccessList {
    fn next(&self, _: WorkerId) -> Task {
        if let Some(version) = self.found() {
            return Task::Execute(version, Sees::Lower);
        }
        let txs = self.executed.len() as u32;
        // Looked at first, as whoever waits asks again and again.
        if self.next.load(SeqCst) < txs {
            let tx = TxIdx(self.next.fetch_add(1, SeqCst));
            if tx.0 < txs {
                return Task::Execute(Version { tx, incarnation: 0 }, Sees::Lower);
            }
        }
        match self.committed().0 == txs {
            true => Task::Done,
            false => Task::Wait,
        }
    }

    fn executed(&self, version: Version, _: Footprint, _: &MvMemory<'_>) -> Vec<Overtaken> {
        self.executed[version.tx.index()].store(true, SeqCst);
        Vec::new()
    }

    fn blocked(&self, version: Version, _: TxIdx) {
        // A list has no ESTIMATEs; run it again all the same rather than wait for ever.
        self.lost(version);
    }

    fn validated(&self, _: Version, _: Ticket, _: Verdict, _: &MvMemory<'_>) -> Aborted {
        // It hands out no validations.
        Aborted::No
    }

    fn lost(&self, version: Version) {
        let mut lost = lock(&self.lost);
        lost.push(Version {
            incarnation: version.incarnation + 1,
            ..version
        });
        self.is_any_lost.store(true, SeqCst);
    }

    fn committed(&self) -> TxIdx {
        let from = self.committed.load(SeqCst);
        let above = self.executed[from as usize..].iter();
        let executed = above.take_while(|it| it.load(SeqCst)).count() as u32;
        let committed = from + executed;
        TxIdx(self.committed.fetch_max(committed, SeqCst).max(committed))
    }
}
