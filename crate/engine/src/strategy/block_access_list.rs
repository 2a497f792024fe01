//! Replay with a block access list (EIP-7928): no scheduler, no aborts.
//!
//! The list tells what every transaction writes, so each can be executed on its own, in any order and
//! all at once. Its values are in the multi-version memory from the beginning, each at its index, and what
//! is executed is never put in their place, so nobody waits to read them. Whoever executed a transaction has
//! what it wrote and read compared with what is declared, which is part of the time of a run (in virtual
//! time, as much a location as validating one). A false or incomplete list is rejected with the location, and
//! with the transaction where the list has one.
//!
//! Guarantees: with a true list what is committed equals sequential execution; with any other the run
//! ends with an error.

use std::ops::Range;

use crossbeam_utils::CachePadded;

use super::{Aborted, Entry, Hope, Needs, Plan, Sees, Strategy, Task, Ticket, WorkerId};
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

/// Transactions that real workers take together at the most, so that they seldom meet.
const LONGEST_RUN: u32 = 16;
/// And of what is left, this part of a worker's share, so that all end together.
const PART_OF_SHARE: u32 = 8;

/// Which transactions have been executed.
///
/// Nobody waits for anybody here, so nothing is under a lock but what is one worker's own, or was that of
/// one that failed.
#[derive(Debug)]
pub struct BlockAccessList {
    hope: Hope,
    /// By worker: what it took and has still to execute.
    runs: Box<[CachePadded<Mutex<Range<u32>>>]>,
    /// The lowest transaction that nobody took yet.
    next: CachePadded<AtomicU32>,
    executed: Box<[AtomicBool]>,
    /// Transactions below have been executed, as far as anybody looked.
    committed: CachePadded<AtomicU32>,
    /// Transactions whose worker failed, with the incarnation that is due.
    lost: CachePadded<Mutex<Vec<Version>>>,
    /// Are there such?
    is_any_lost: AtomicBool,
}

impl BlockAccessList {
    /// Nothing executed yet.
    pub fn new(plan: Plan<'_>) -> Self {
        let txs = plan.block.txs.iter();
        let run = |_| Mutex::new(0..0).into();
        Self {
            hope: plan.hope,
            runs: (0..plan.workers).map(run).collect(),
            next: AtomicU32::new(0).into(),
            executed: txs.map(|_| AtomicBool::new(false)).collect(),
            committed: AtomicU32::new(0).into(),
            lost: CachePadded::default(),
            is_any_lost: AtomicBool::new(false),
        }
    }

    /// The next transactions that nobody took yet.
    fn take(&self) -> Option<Range<u32>> {
        let txs = self.executed.len() as u32;
        let end = |next: u32| {
            let left = txs.checked_sub(next).filter(|left| *left > 0)?;
            let length = match self.hope {
                Hope::Unbounded => 1,
                Hope::Measured => {
                    (left / (PART_OF_SHARE * self.runs.len() as u32)).clamp(1, LONGEST_RUN)
                }
            };
            Some(next + length)
        };
        let taken = self.next.fetch_update(SeqCst, SeqCst, end).ok()?;
        Some(taken..end(taken)?)
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
    fn next(&self, worker: WorkerId) -> Task {
        if let Some(version) = self.found() {
            return Task::Execute(version, Sees::Lower);
        }
        let mut run = lock(&self.runs[worker.0 as usize]);
        let tx = run.next().or_else(|| {
            *run = self.take()?;
            run.next()
        });
        if let Some(tx) = tx.map(TxIdx) {
            return Task::Execute(Version { tx, incarnation: 0 }, Sees::Lower);
        }
        match self.committed().index() == self.executed.len() {
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

    fn has_spare(&self) -> bool {
        (self.next.load(SeqCst) as usize) < self.executed.len() || self.is_any_lost.load(SeqCst)
    }

    fn committed(&self) -> TxIdx {
        let from = self.committed.load(SeqCst);
        let above = self.executed[from as usize..].iter();
        let executed = above.take_while(|it| it.load(SeqCst)).count() as u32;
        let committed = from + executed;
        TxIdx(self.committed.fetch_max(committed, SeqCst).max(committed))
    }
}
