//! Static shards: every account belongs to one, and a transaction that stays in its shard needs nobody else.
//!
//! The idea of Ethereum 2.0's shard chains, Avalanche's subnets and Polygon's sidechains, inside one
//! block: each shard runs its own transactions one after another, all shards side by side. A
//! transaction that crosses shards is a barrier: it waits until everything below has run, runs alone,
//! and everything above waits for it.
//!
//! A transaction belongs to the shards whose state it is expected to write or whose storage it is
//! expected to read; code that is only read is free. The expectation comes from hints. Where an account
//! belongs follows from the hash of its address, unless the author of the block says otherwise.
//!
//! Guarantees: what is committed equals sequential execution, since every result is validated in block
//! order; a wrong expectation costs time only.

use std::collections::{BTreeMap, VecDeque};

use alloy_primitives::{Address, keccak256};

use super::{
    Entry, Needs, Plan, WorkerId,
    in_order::{FirstPhase, InOrder},
};
use crate::{
    block::TxIdx,
    hints::{Hint, Hints},
    memory::{Follow, Location},
};

/// The menu's line for it.
pub const ENTRY: Entry = Entry {
    id: "shards",
    name: "Shards",
    summary: "Splits accounts among shards that run side by side; a transaction that crosses them stops all.",
    needs: Needs::Hints,
    follow: Follow::Nobody,
    build: |plan| Box::new(InOrder::by_hints(Box::new(Shards::new(plan)), plan)),
};

/// The fewest and the most shards there can be.
pub const COUNT: std::ops::RangeInclusive<u32> = 2..=64;

/// Which shard an account belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// How many shards there are.
    pub count: u32,
    /// Accounts that were put somewhere on purpose; all others go by the hash of their address.
    pub accounts: BTreeMap<Address, u32>,
}

impl Default for Assignment {
    /// Four shards, by hash.
    fn default() -> Self {
        Self {
            count: 4,
            accounts: BTreeMap::new(),
        }
    }
}

impl Assignment {
    /// The shard of an account.
    pub fn shard(&self, address: Address) -> u32 {
        let assigned = self.accounts.get(&address).copied();
        let number = assigned.unwrap_or_else(|| {
            let hash = keccak256(address);
            u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
        });
        number % self.count
    }

    /// By transaction: the one shard that it stays in; none where it crosses.
    pub fn homes(&self, hints: &Hints, txs: usize) -> Vec<Option<u32>> {
        hints.each(txs).map(|(_, hint)| self.home(hint)).collect()
    }

    /// The one shard that a transaction stays in; none where it crosses.
    pub fn home(&self, hint: &Hint) -> Option<u32> {
        let is_storage = |at: &&Location| matches!(at, Location::Slot(..));
        let reads = hint.reads.iter().filter(is_storage);
        let located = hint.writes.iter().chain(reads);
        let located = located.filter_map(|at| at.account());
        let mut used = located.chain(hint.free.iter().copied());
        let home = self.shard(used.next()?);
        used.all(|address| self.shard(address) == home)
            .then_some(home)
    }
}

/// The shards and their transactions.
#[derive(Debug)]
struct Shards {
    /// By transaction: its shard, or none where it crosses.
    home: Vec<Option<u32>>,
    /// By shard: transactions that have not started, in block order.
    queues: Vec<VecDeque<TxIdx>>,
    /// By shard: the transaction that runs there.
    running: Vec<Option<TxIdx>>,
    /// Transactions that cross shards and have not run, in block order.
    barriers: VecDeque<TxIdx>,
    /// The first barrier was handed out.
    crossing: bool,
    executed: Vec<bool>,
    /// All below have run.
    low: usize,
}

impl Shards {
    fn new(plan: Plan<'_>) -> Self {
        let home = plan.shards.homes(plan.hints, plan.block.txs.len());
        let mut queues = vec![VecDeque::new(); plan.shards.count as usize];
        let mut barriers = VecDeque::new();
        for (tx, home) in (0..).map(TxIdx).zip(&home) {
            match home {
                Some(shard) => queues[*shard as usize].push_back(tx),
                None => barriers.push_back(tx),
            }
        }
        Self {
            running: vec![None; queues.len()],
            executed: vec![false; home.len()],
            home,
            queues,
            barriers,
            crossing: false,
            low: 0,
        }
    }

    /// The transaction that crosses shards, if it may start now.
    fn due_barrier(&self) -> Option<TxIdx> {
        let barrier = *self.barriers.front()?;
        (barrier.index() == self.low && !self.crossing).then_some(barrier)
    }

    /// May a transaction of this shard start now?
    fn is_free(&self, shard: usize) -> bool {
        let barrier = self.barriers.front();
        let before = |tx: &TxIdx| barrier.is_none_or(|barrier| tx < barrier);
        self.running[shard].is_none() && self.queues[shard].front().is_some_and(before)
    }
}

impl FirstPhase for Shards {
    fn start(&mut self, worker: WorkerId) -> Option<TxIdx> {
        if let Some(barrier) = self.due_barrier() {
            self.crossing = true;
            return Some(barrier);
        }
        let count = self.queues.len();
        // Workers begin at different shards, so that each mostly keeps to its own.
        let mut shards = (0..count).map(|step| (worker.0 as usize + step) % count);
        let free = shards.find(|shard| self.is_free(*shard))?;
        self.running[free] = self.queues[free].pop_front();
        self.running[free]
    }

    fn is_ready(&self) -> bool {
        self.due_barrier().is_some() || (0..self.queues.len()).any(|shard| self.is_free(shard))
    }

    fn executed(&mut self, tx: TxIdx) {
        if std::mem::replace(&mut self.executed[tx.index()], true) {
            return;
        }
        match self.home[tx.index()] {
            Some(shard) => self.running[shard as usize] = None,
            None => {
                self.barriers.pop_front();
                self.crossing = false;
            }
        }
        while self.executed.get(self.low) == Some(&true) {
            self.low += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;

    use super::*;

    fn account(number: u8) -> Address {
        Address::with_last_byte(number)
    }

    fn shards() -> Assignment {
        let accounts = [(account(1), 0), (account(2), 1), (account(3), 0)];
        Assignment {
            count: 2,
            accounts: accounts.into(),
        }
    }

    #[test]
    fn a_transaction_crosses_by_what_it_writes_and_by_the_storage_it_reads() {
        let code = Location::Code(account(2));
        let slot = Location::Slot(account(2), U256::ZERO);
        let writes = vec![Location::Nonce(account(1)), Location::Balance(account(3))];
        let mut hint = Hint {
            reads: vec![code],
            writes,
            ..Hint::default()
        };
        assert_eq!(shards().home(&hint), Some(0));
        hint.free.push(account(1));
        assert_eq!(shards().home(&hint), Some(0));
        hint.free.push(account(2));
        assert_eq!(shards().home(&hint), None);
        hint.free.pop();
        hint.reads.push(slot);
        assert_eq!(shards().home(&hint), None);
    }

    #[test]
    fn a_crossing_transaction_waits_for_all_below_and_is_waited_for_by_all_above() {
        let mut shards = Shards {
            home: vec![Some(0), Some(1), None, Some(1)],
            queues: vec![[TxIdx(0)].into(), [TxIdx(1), TxIdx(3)].into()],
            running: vec![None, None],
            barriers: [TxIdx(2)].into(),
            crossing: false,
            executed: vec![false; 4],
            low: 0,
        };
        let start = |shards: &mut Shards| {
            let is_ready = shards.is_ready();
            let started = shards.start(WorkerId(0));
            assert_eq!(is_ready, started.is_some());
            started
        };
        assert_eq!(start(&mut shards), Some(TxIdx(0)));
        assert_eq!(start(&mut shards), Some(TxIdx(1)));
        shards.executed(TxIdx(1));
        assert_eq!(start(&mut shards), None);
        shards.executed(TxIdx(0));
        assert_eq!(start(&mut shards), Some(TxIdx(2)));
        assert_eq!(start(&mut shards), None);
        shards.executed(TxIdx(2));
        assert_eq!(start(&mut shards), Some(TxIdx(3)));
    }
}
