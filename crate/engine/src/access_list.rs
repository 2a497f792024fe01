//! The block access list of EIP-7928: what each transaction of a block writes, and what the block reads.
//!
//! With the list every transaction can be executed on its own: what it would read from those below is
//! in the list. In exchange every declared write and read is verified afterwards.
//!
//! Indices are the EIP's: 0 is before execution, 1 to n are the transactions, n + 1 is after.
//! Beside the EIP's content a list has destructions and creations, which hard forks before Cancun need:
//! there an account's storage can go, and the EIP has no word for that.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{B256, U256};
use revm::{context_interface::Block as _, primitives::hardfork::SpecId, state::Bytecode};

use crate::{
    block::{Block, TxIdx},
    memory::{BalanceWrite, Executed, Existence, Location, Version},
    outcome::Outcome,
};

/// A value that a transaction leaves at a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of a balance or a slot.
    Number(U256),
    /// Of a nonce.
    Nonce(u64),
    /// The hash of new code.
    Code(B256),
    /// A creation or destruction.
    Existence(Existence),
}

/// A block access list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessList {
    /// What is written where and at which index.
    pub changes: BTreeMap<(Location, u32), Value>,
    /// Accounts that are accessed, and slots that are read and never changed.
    pub accesses: BTreeSet<Location>,
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
            if matches!(executed.outcome, Outcome::Skipped(_)) {
                continue;
            }
            list.accesses.insert(Location::Account(beneficiary));
            // The fee is deferred, so what was written of the balance comes without it.
            let balance = (Location::Balance(beneficiary), at);
            let after = match list.changes.remove(&balance) {
                Some(Value::Number(written)) => written,
                _ => reward,
            };
            let paid = after.saturating_add(executed.writes.fee.unwrap_or_default());
            if paid != reward {
                list.changes.insert(balance, Value::Number(paid));
            }
            reward = paid;
            let existence = (Location::Existence(beneficiary), at);
            if let Some(Value::Existence(written)) = list.changes.get(&existence) {
                exists = always || written.exists;
                wiped_by = written.wiped_by;
            }
            // Before EIP-161 being paid is enough to exist, be it nothing.
            if executed.writes.fee.is_some() && !std::mem::replace(&mut exists, true) {
                let value = Existence {
                    exists: true,
                    wiped_by,
                };
                list.changes.insert(existence, Value::Existence(value));
            }
        }
        for (location, _) in list.changes.keys() {
            if matches!(location, Location::Slot(..)) {
                list.accesses.remove(location);
            }
        }
        list
    }

    fn add(&mut self, at: u32, executed: &Executed) {
        let (reads, writes) = (&executed.reads, &executed.writes);
        let accounts = reads.accounts.iter();
        self.accesses
            .extend(accounts.map(|read| Location::Account(read.address)));
        let slots = reads.slots.iter();
        self.accesses
            .extend(slots.map(|read| Location::Slot(read.address, read.slot)));
        let mut change = |location, value| self.changes.insert((location, at), value);
        for write in &writes.accounts {
            let address = write.address;
            if let Some(BalanceWrite::Set(value)) = write.balance {
                change(Location::Balance(address), Value::Number(value));
            }
            if let Some(value) = write.nonce {
                change(Location::Nonce(address), Value::Nonce(value));
            }
            if let Some(value) = write.code_hash {
                change(Location::Code(address), Value::Code(value));
            }
            if let Some(value) = write.existence {
                change(Location::Existence(address), Value::Existence(value));
            }
        }
        for (address, slot, value) in &writes.slots {
            change(Location::Slot(*address, *slot), Value::Number(*value));
        }
        self.codes.extend(writes.codes.iter().cloned());
    }

    /// Compares the list with what an execution that relied on it did.
    ///
    /// What went wrong first is named: what comes after may follow from it.
    pub fn verify(&self, block: &Block, finals: &[(Version, Executed)]) -> Result<(), FalseList> {
        let did = Self::of(block, finals);
        let said = self.changes.iter().map(|change| (change, &did));
        let done = did.changes.iter().map(|change| (change, self));
        let other = said
            .chain(done)
            .filter(|((at, value), other)| other.changes.get(at) != Some(value));
        let first = other
            .map(|((at, _), _)| *at)
            .min_by_key(|(location, index)| (*index, *location));
        if let Some(at) = first {
            let what = match (self.changes.get(&at), did.changes.get(&at)) {
                (Some(_), Some(_)) => "it declares another value than was written",
                (Some(_), None) => "it declares a write that was not made",
                (None, _) => "it lacks a write that was made",
            };
            let (location, index) = at;
            return Err(FalseList {
                at: location,
                tx: transaction(index, block.txs.len()),
                what,
            });
        }
        // Reads have no index, so nobody can be named.
        let read = |at: &Location, what| FalseList {
            at: *at,
            tx: None,
            what,
        };
        if let Some(at) = self.accesses.difference(&did.accesses).next() {
            return Err(read(at, "it declares an access that was not made"));
        }
        match did.accesses.difference(&self.accesses).next() {
            Some(at) => Err(read(at, "it lacks an access that was made")),
            None => Ok(()),
        }
    }
}
