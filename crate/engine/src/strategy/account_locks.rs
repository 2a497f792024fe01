//! Locks on declared accounts, as Solana's Sealevel takes them.
//!
//! Every transaction says beforehand which accounts it reads and which it writes. Those that share an
//! account, at least one of them writing, run one after another in block order; all others side by side.
//! Nothing is speculative as long as the declarations are true.
//!
//! Here the declarations come from EIP-2930 access lists, from a dry run, from the author of the block
//! or from a sequential run. A transaction that touches an account it did not declare, or writes one it
//! declared for reading, is caught when it has run and is redone in order; one that declared nothing
//! waits for nobody, and is always caught. Who only adds to a sum shares the account as a reader does.
//!
//! Guarantees: what is committed equals sequential execution, whatever was declared.

use alloy_primitives::{Address, map::AddressMap};

use super::{
    Entry, Needs, Plan, WorkerId,
    in_order::{FirstPhase, InOrder},
    precedence::Precedence,
};
use crate::{
    block::TxIdx,
    hints::{Hint, Hints},
    memory::{Follow, MvMemory},
};

/// The menu's line for it.
pub const ENTRY: Entry = Entry {
    id: "account-locks",
    name: "Account locks (Sealevel)",
    summary: "Locks the accounts that each transaction declares for reading or writing, and runs those that do not meet.",
    needs: Needs::Hints,
    follow: Follow::Nobody,
    build: |plan| Box::new(InOrder::by_hints(Box::new(Locks::new(plan)), plan)),
};

/// How a transaction declared to use an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lock {
    Read,
    Write,
}

/// Accounts of a transaction, by address.
type Declared = Vec<(Address, Lock)>;

/// Transactions in the order in which they get their locks.
#[derive(Debug)]
struct Locks {
    declared: Vec<Declared>,
    order: Precedence,
}

impl Locks {
    fn new(plan: Plan<'_>) -> Self {
        let declared = declared(plan.hints, plan.block.txs.len());
        let order = Precedence::new(declared.len(), edges(&declared));
        Self { declared, order }
    }
}

fn declared(hints: &Hints, txs: usize) -> Vec<Declared> {
    hints.each(txs).map(|(_, hint)| locks(hint)).collect()
}

fn locks(hint: &Hint) -> Declared {
    let reads = hint.reads.iter().map(|at| (at, Lock::Read));
    let writes = hint.writes.iter().map(|at| (at, Lock::Write));
    let both = reads.chain(writes);
    let mut locks: Declared = both
        .filter_map(|(at, lock)| Some((at.account()?, lock)))
        .collect();
    locks.extend(hint.free.iter().map(|account| (*account, Lock::Read)));
    locks.sort_unstable();
    // Of several for an account the last one is the strongest.
    locks.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = next.1;
        }
        same
    });
    locks
}

/// A writer comes after all that hold a lock before it, a reader after the last writer.
fn edges(declared: &[Declared]) -> Vec<(TxIdx, TxIdx)> {
    /// Who has an account so far.
    #[derive(Default)]
    struct Queue {
        writer: Option<TxIdx>,
        readers: Vec<TxIdx>,
    }
    let mut queues: AddressMap<Queue> = AddressMap::default();
    let mut edges = Vec::new();
    for (tx, accounts) in (0..).map(TxIdx).zip(declared) {
        for (address, lock) in accounts {
            let queue = queues.entry(*address).or_default();
            edges.extend(queue.writer.map(|writer| (writer, tx)));
            match lock {
                Lock::Read => queue.readers.push(tx),
                Lock::Write => {
                    edges.extend(queue.readers.drain(..).map(|reader| (reader, tx)));
                    queue.writer = Some(tx);
                }
            }
        }
    }
    edges
}

/// May a transaction use an account so?
fn allows(declared: &Declared, address: Address, lock: Lock) -> bool {
    // Nobody locks a precompile to read it.
    let is_precompile = || lock == Lock::Read && address.starts_with(&[0; 18]);
    let held = declared.binary_search_by_key(&address, |it| it.0);
    held.is_ok_and(|at| declared[at].1 >= lock) || is_precompile()
}

impl FirstPhase for Locks {
    fn start(&mut self, _: WorkerId) -> Option<TxIdx> {
        self.order.start()
    }

    fn is_ready(&self) -> bool {
        self.order.is_ready()
    }

    fn executed(&mut self, tx: TxIdx) {
        self.order.done(tx);
    }

    fn keeps_to_plan(&self, tx: TxIdx, memory: &MvMemory<'_>) -> bool {
        let declared = &self.declared[tx.index()];
        let mut keeps = true;
        memory.touched(tx, |address, wrote| {
            let lock = if wrote { Lock::Write } else { Lock::Read };
            keeps &= allows(declared, address, lock);
        });
        keeps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Location;

    #[test]
    fn readers_share_an_account_and_a_writer_has_it_alone() {
        let account = Location::Nonce(Address::ZERO);
        let read = || Hint {
            reads: vec![account],
            ..Hint::default()
        };
        let write = || Hint {
            reads: vec![account],
            writes: vec![account],
            ..Hint::default()
        };
        let hints = Hints {
            txs: vec![read(), read(), write(), read(), write()],
            gas: 0,
        };
        let mut edges = edges(&declared(&hints, 5));
        edges.sort_unstable();
        let pairs = [(0, 2), (1, 2), (2, 3), (2, 4), (3, 4)];
        assert_eq!(edges, pairs.map(|(a, b)| (TxIdx(a), TxIdx(b))));
    }

    #[test]
    fn who_declared_a_read_may_not_write_and_precompiles_are_read_by_all() {
        let (mine, other) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let precompile = Address::with_last_byte(4);
        let cases = [
            (Lock::Read, mine, Lock::Read, true),
            (Lock::Read, mine, Lock::Write, false),
            (Lock::Write, mine, Lock::Read, true),
            (Lock::Write, mine, Lock::Write, true),
            (Lock::Write, other, Lock::Read, false),
            (Lock::Write, other, Lock::Write, false),
            (Lock::Write, precompile, Lock::Read, true),
            (Lock::Write, precompile, Lock::Write, false),
        ];
        for (held, address, wanted, expected) in cases {
            let declared = vec![(mine, held)];
            let found = allows(&declared, address, wanted);
            assert_eq!(
                found, expected,
                "{held:?} of {mine}, {wanted:?} of {address}"
            );
        }
    }
}
