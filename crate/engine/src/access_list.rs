//! The block access list of EIP-7928: what each transaction of a block writes, and what the block reads.
//!
//! With the list every transaction can be executed on its own: what it would read from those below is
//! in the list. In exchange every declared write and read is verified afterwards.
//!
//! Indices are the EIP's: 0 is before execution, 1 to n are the transactions, n + 1 is after.
//! Beside the EIP's content a list has destructions and creations, which hard forks before Cancun need:
//! there an account's storage can go, and the EIP has no word for that.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, U256};
use revm::{context_interface::Block as _, primitives::hardfork::SpecId, state::Bytecode};

use crate::{
    block::{Block, TxIdx},
    memory::{Executed, Existence, Location, Version},
    outcome::Outcome,
};

/// Values by index.
type Changes<T> = BTreeMap<u32, T>;

/// What a list says of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Balances after the transactions that changed it.
    pub balance: Changes<U256>,
    /// Nonces after the transactions that changed it.
    pub nonce: Changes<u64>,
    /// Hashes of new code.
    pub code: Changes<B256>,
    /// Creations and destructions.
    pub existence: Changes<Existence>,
    /// Values of slots after the transactions that changed them.
    pub slots: BTreeMap<U256, Changes<U256>>,
    /// Slots that are read and never changed.
    pub reads: BTreeSet<U256>,
}

/// A block access list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessList {
    /// Every account that is accessed.
    pub accounts: BTreeMap<Address, Listed>,
    /// New code by its hash.
    pub codes: BTreeMap<B256, Bytecode>,
}

/// Where a list and an execution differ.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the block access list is false at {at:?}{}: {what}", tx.map(|tx| format!(", transaction {}", tx.0)).unwrap_or_default())]
pub struct FalseList {
    /// Where.
    pub at: Location,
    /// The transaction, where the list has one.
    pub tx: Option<TxIdx>,
    /// Which of the two has more, or that values differ.
    pub what: &'static str,
}

/// The index of a transaction.
fn index(tx: TxIdx) -> u32 {
    tx.0 + 1
}

/// The transaction of an index; none for those before and after.
pub fn transaction(index: u32, txs: usize) -> Option<TxIdx> {
    let tx = TxIdx(index.checked_sub(1)?);
    (tx.index() < txs).then_some(tx)
}

impl AccessList {
    /// The list of an execution.
    pub fn of(block: &Block, finals: &[(Version, Executed)]) -> Self {
        let mut list = Self::default();
        let beneficiary = block.env.beneficiary();
        let before = block.prestate.accounts.get(&beneficiary);
        let mut reward = before.map_or(U256::ZERO, |account| account.balance);
        let always = block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON);
        let mut exists = always || before.is_some();
        let mut wiped_by = None;
        for (version, executed) in finals {
            let at = index(version.tx);
            list.add(at, executed);
            if matches!(executed.outcome, Outcome::Executed(_)) {
                let listed = list.accounts.entry(beneficiary).or_default();
                // The fee is deferred, so what was written of the balance comes without it.
                let written = listed.balance.get(&at).copied();
                let after = written.unwrap_or(reward);
                let paid = after.saturating_add(executed.writes.fee.unwrap_or_default());
                if paid == reward {
                    listed.balance.remove(&at);
                } else {
                    listed.balance.insert(at, paid);
                }
                reward = paid;
                if let Some(written) = listed.existence.get(&at) {
                    exists = always || written.exists;
                    wiped_by = written.wiped_by;
                }
                // Before EIP-161 being paid is enough to exist, be it nothing.
                if executed.writes.fee.is_some() && !std::mem::replace(&mut exists, true) {
                    let existence = Existence {
                        exists: true,
                        wiped_by,
                    };
                    listed.existence.insert(at, existence);
                }
            }
        }
        for listed in list.accounts.values_mut() {
            let Listed { slots, reads, .. } = listed;
            reads.retain(|slot| !slots.contains_key(slot));
        }
        list
    }

    fn add(&mut self, at: u32, executed: &Executed) {
        let (reads, writes) = (&executed.reads, &executed.writes);
        for read in &reads.accounts {
            self.accounts.entry(read.address).or_default();
        }
        for read in &reads.slots {
            let listed = self.accounts.entry(read.address).or_default();
            listed.reads.insert(read.slot);
        }
        for write in &writes.accounts {
            let listed = self.accounts.entry(write.address).or_default();
            listed
                .balance
                .extend(write.balance.map(|value| (at, value)));
            listed.nonce.extend(write.nonce.map(|value| (at, value)));
            listed.code.extend(write.code_hash.map(|hash| (at, hash)));
            listed
                .existence
                .extend(write.existence.map(|value| (at, value)));
        }
        for (address, slot, value) in &writes.slots {
            let listed = self.accounts.entry(*address).or_default();
            listed.slots.entry(*slot).or_default().insert(at, *value);
        }
        self.codes.extend(writes.codes.iter().cloned());
    }

    /// Compares the list with what an execution that relied on it did.
    ///
    /// What went wrong first is named: what comes after may follow from it.
    pub fn verify(&self, block: &Block, finals: &[(Version, Executed)]) -> Result<(), FalseList> {
        let did = Self::of(block, finals);
        let addresses: BTreeSet<_> = self.accounts.keys().chain(did.accounts.keys()).collect();
        let nothing = Listed::default();
        let mut found = Vec::new();
        for address in addresses {
            let (said, done) = (self.accounts.get(address), did.accounts.get(address));
            let mut compare = Compare {
                address: *address,
                txs: block.txs.len(),
                found: &mut found,
            };
            compare.account(said.unwrap_or(&nothing), done.unwrap_or(&nothing));
            match (said, done) {
                (Some(_), None) => compare.surplus(Location::Account(*address)),
                (None, Some(_)) => compare.missing(Location::Account(*address)),
                _ => {}
            }
        }
        let first = found
            .into_iter()
            .min_by_key(|it| (it.tx.is_none(), it.tx, it.at));
        first.map_or(Ok(()), Err)
    }
}

/// Compares what is said of one account with what was done.
struct Compare<'a> {
    address: Address,
    txs: usize,
    found: &'a mut Vec<FalseList>,
}

impl Compare<'_> {
    fn account(&mut self, said: &Listed, done: &Listed) {
        let address = self.address;
        self.changes(Location::Balance(address), &said.balance, &done.balance);
        self.changes(Location::Nonce(address), &said.nonce, &done.nonce);
        self.changes(Location::Code(address), &said.code, &done.code);
        let at = Location::Existence(address);
        self.changes(at, &said.existence, &done.existence);
        let nothing = Changes::new();
        let slots: BTreeSet<_> = said.slots.keys().chain(done.slots.keys()).collect();
        for slot in slots {
            let said = said.slots.get(slot).unwrap_or(&nothing);
            let done = done.slots.get(slot).unwrap_or(&nothing);
            self.changes(Location::Slot(address, *slot), said, done);
        }
        for slot in said.reads.difference(&done.reads) {
            self.surplus(Location::Slot(address, *slot));
        }
        for slot in done.reads.difference(&said.reads) {
            self.missing(Location::Slot(address, *slot));
        }
    }

    fn changes<T: PartialEq>(&mut self, at: Location, said: &Changes<T>, done: &Changes<T>) {
        let indices: BTreeSet<_> = said.keys().chain(done.keys()).collect();
        for index in indices {
            let what = match (said.get(index), done.get(index)) {
                (Some(said), Some(done)) if said == done => continue,
                (Some(_), Some(_)) => "it declares another value than was written",
                (Some(_), None) => "it declares a write that was not made",
                (None, _) => "it lacks a write that was made",
            };
            let tx = transaction(*index, self.txs);
            self.found.push(FalseList { at, tx, what });
        }
    }

    /// Reads have no index, so nobody can be named.
    fn surplus(&mut self, at: Location) {
        let what = "it declares an access that was not made";
        self.found.push(FalseList { at, tx: None, what });
    }

    fn missing(&mut self, at: Location) {
        let what = "it lacks an access that was made";
        self.found.push(FalseList { at, tx: None, what });
    }
}
