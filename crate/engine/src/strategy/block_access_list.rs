//! Replay with a block access list (EIP-7928): no scheduler, no aborts.
//!
//! The list tells what every transaction writes, so each can be executed on its own, in any order and
//! all at once. Its values are in the multi-version memory before the first transaction starts, each at
//! its index, and what is executed is never put in their place. Whoever executed a transaction compares
//! what it wrote and read with what is declared, which is part of the time of a run (in virtual time,
//! as much a location as validating one). A false or incomplete list is rejected with the location, and
//! with the transaction where the list has one.
//!
//! Guarantees: with a true list what is committed equals sequential execution; with any other the run
//! ends with an error.

use super::{Aborted, Entry, Needs, Plan, Sees, Strategy, Task, Ticket, WorkerId};
use crate::{
    access_list::Verification,
    block::TxIdx,
    memory::{Executed, Follow, Footprint, MvMemory, Overtaken, Verdict, Version},
    sync::{Mutex, MutexGuard, lock},
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

#[derive(Debug)]
struct State {
    next: u32,
    /// Transactions whose worker failed, with the incarnation that is due.
    lost: Vec<Version>,
    executed: Vec<bool>,
    /// Transactions below have been executed.
    committed: u32,
}

/// Which transactions have been executed, and whether they did what the list says.
#[derive(Debug)]
pub struct BlockAccessList<'p> {
    state: Mutex<State>,
    verification: Option<&'p Verification<'p>>,
}

impl<'p> BlockAccessList<'p> {
    /// Nothing executed yet.
    pub fn new(plan: Plan<'p>) -> Self {
        Self {
            state: Mutex::new(State {
                next: 0,
                lost: Vec::new(),
                executed: vec![false; plan.block.txs.len()],
                committed: 0,
            }),
            verification: plan.verification,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Strategy for BlockAccessList<'_> {
    fn next(&self, _: WorkerId) -> Task {
        let mut state = self.state();
        let txs = state.executed.len() as u32;
        if let Some(version) = state.lost.pop() {
            return Task::Execute(version, Sees::Lower);
        }
        if state.next < txs {
            let tx = TxIdx(state.next);
            state.next += 1;
            return Task::Execute(Version { tx, incarnation: 0 }, Sees::Lower);
        }
        match state.committed == txs {
            true => Task::Done,
            false => Task::Wait,
        }
    }

    fn executed(&self, version: Version, _: Footprint, memory: &MvMemory<'_>) -> Vec<Overtaken> {
        if let Some(verification) = self.verification {
            let compare = |executed: &_| verification.transaction(version.tx, executed);
            memory.with_executed(version.tx, compare);
        }
        let mut state = self.state();
        state.executed[version.tx.index()] = true;
        while state.executed.get(state.committed as usize) == Some(&true) {
            state.committed += 1;
        }
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
        self.state().lost.push(Version {
            incarnation: version.incarnation + 1,
            ..version
        });
    }

    fn compared(&self, executed: &Executed) -> usize {
        self.verification.map_or(0, |it| it.compared(executed))
    }

    fn committed(&self) -> TxIdx {
        TxIdx(self.state().committed)
    }
}
