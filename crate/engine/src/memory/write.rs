//! How writes become visible, and what they take away.
//!
//! The rule: each value appears under the lock of its location, and whoever read there before is found
//! under the same lock.

use std::collections::{BTreeMap, HashSet};

use alloy_primitives::Address;

use super::{
    AccountCell, AccountWrite, BalanceWrite, Conflict, Executed, Follow, Footprint, Location,
    MvMemory, Overtaken, Version, WriteSet,
    readers::Readers,
    versions::{Set, Versions},
};
use crate::{
    access_list::{self, AccessList, Value},
    block::{Block, TxIdx},
    switches::Switches,
    sync::lock,
};

impl<'b> MvMemory<'b> {
    /// A memory that has from the start what `list` declares, and nothing else ever.
    pub fn declared(block: &'b Block, switches: Switches, list: &AccessList) -> Self {
        let memory = Self {
            declared: true,
            ..Self::new(block, switches, Follow::Nobody)
        };
        let version = |index: &u32| {
            let tx = access_list::transaction(*index, block.txs.len())?;
            Some(Version { tx, incarnation: 0 })
        };
        for ((location, index), value) in &list.changes {
            if let Some(version) = version(index) {
                memory.declare(*location, version, *value);
            }
        }
        let codes = list.codes.iter();
        lock(&memory.codes).extend(codes.map(|(hash, code)| (*hash, code.clone())));
        memory
    }

    /// Stores one value of a list.
    fn declare(&self, location: Location, version: Version, value: Value) {
        let Some(address) = location.account() else {
            return;
        };
        if let (Location::Slot(_, slot), Value::Number(value)) = (location, value) {
            let key = (address, slot);
            let mut shard = self.slot_shard(key);
            shard.entry(key).or_default().versions.set(version, value);
            return;
        }
        let mut shard = self.account_shard(address);
        let cell = shard.entry(address).or_default();
        match value {
            Value::Number(value) => cell.balance.set(version, BalanceWrite::Set(value)),
            Value::Nonce(value) => cell.nonce.set(version, value),
            Value::Code(value) => cell.code_hash.set(version, value),
            Value::Existence(value) => cell.existence.set(version, value),
        };
    }

    /// Makes what `version` wrote visible, and takes away what its predecessor wrote and it did not.
    pub fn record(&self, version: Version, executed: Executed) -> Footprint {
        let Version { tx, .. } = version;
        if self.declared {
            let mut record = lock(&self.records[tx.index()]);
            record.executed = Some((version, executed));
            return Footprint::default();
        }
        {
            let mut codes = lock(&self.codes);
            for (hash, code) in &executed.writes.codes {
                codes.entry(*hash).or_insert_with(|| code.clone());
            }
        }
        let mut changed = Changed {
            memory: self,
            writer: tx,
            wrote_new_location: false,
            overtaken: BTreeMap::new(),
            doubtful: BTreeMap::new(),
        };
        for write in &executed.writes.accounts {
            let address = write.address;
            let mut shard = self.account_shard(address);
            let cell = shard.entry(address).or_default();
            let readers = &cell.readers;
            if let Some(value) = write.balance {
                let set = cell.balance.set(version, value);
                changed.note(set, Location::Balance(address), readers);
            }
            if let Some(value) = write.nonce {
                let set = cell.nonce.set(version, value);
                changed.note(set, Location::Nonce(address), readers);
            }
            if let Some(value) = write.code_hash {
                let set = cell.code_hash.set(version, value);
                changed.note(set, Location::Code(address), readers);
            }
            if let Some(value) = write.existence {
                let set = cell.existence.set(version, value);
                changed.note(set, Location::Existence(address), readers);
            }
        }
        for address in executed.writes.whole_accounts() {
            let mut shard = self.account_shard(address);
            let cell = shard.entry(address).or_default();
            let mut set = cell.whole.set(version, ());
            // Nobody compares the values of whole accounts.
            set.is_other = true;
            changed.note(set, Location::Account(address), &cell.readers);
        }
        for (address, slot, value) in &executed.writes.slots {
            let key = (*address, *slot);
            let mut shard = self.slot_shard(key);
            let cell = shard.entry(key).or_default();
            let set = cell.versions.set(version, *value);
            changed.note(set, Location::Slot(*address, *slot), &cell.readers);
        }
        self.take_back_expected_nonce(tx, &executed.writes, &mut changed);
        let fee = executed.writes.fee;
        let old = {
            let mut record = lock(&self.records[tx.index()]);
            record.estimate = false;
            let old = record.executed.replace((version, executed));
            if let Some((_, old)) = &old {
                let now = record.executed.as_ref();
                let now = now.map(|(_, executed)| &executed.writes);
                self.withdraw(tx, &old.writes, now, &mut changed);
            }
            old
        };
        if self.follow == Follow::Readers && old.is_some_and(|(_, old)| old.writes.fee != fee) {
            changed.moved(None, Location::Fees, &lock(&self.fee_readers));
        }
        self.settle_doubts(&mut changed);
        changed.footprint()
    }

    /// A transaction that was skipped leaves its sender's nonce as it was, against what was expected.
    fn take_back_expected_nonce(&self, tx: TxIdx, writes: &WriteSet, changed: &mut Changed<'_>) {
        let sender = self.block.txs[tx.index()].caller;
        let at = Location::Nonce(sender);
        let wrote = |write: &AccountWrite| write.address == sender && write.nonce.is_some();
        if self.compares(at) && !writes.accounts.iter().any(wrote) {
            self.at(at, |entries, readers| {
                changed.removed(entries.remove(tx), at, readers);
            });
        }
    }

    /// Looks whether what those read that may have been overtaken still holds.
    ///
    /// Who still runs has no read set to look at, and is validated when it has.
    fn settle_doubts(&self, changed: &mut Changed<'_>) {
        for (reader, conflict) in std::mem::take(&mut changed.doubtful) {
            let record = lock(&self.records[reader.tx.index()]);
            let ran = record.executed.as_ref().filter(|(ran, _)| *ran == reader);
            let holds = ran.is_none_or(|(_, executed)| {
                self.first_conflict(reader.tx, &executed.reads).is_none()
            });
            if !holds {
                changed.overtaken.entry(reader).or_insert(conflict);
            }
        }
    }

    /// Removes the entries of `old` that `now` does not have.
    fn withdraw(
        &self,
        tx: TxIdx,
        old: &WriteSet,
        now: Option<&WriteSet>,
        changed: &mut Changed<'_>,
    ) {
        let kept: HashSet<Location> = now.into_iter().flat_map(WriteSet::stored).collect();
        for location in old.stored().filter(|location| !kept.contains(location)) {
            self.at(location, |entries, readers| {
                changed.removed(entries.remove(tx), location, readers);
            });
        }
    }

    /// Marks all `tx` wrote as ESTIMATEs: its incarnation was aborted.
    pub fn mark_estimates(&self, tx: TxIdx) {
        let mut record = lock(&self.records[tx.index()]);
        record.estimate = true;
        if let Some((_, executed)) = &record.executed {
            for location in executed.writes.stored().filter(|at| !self.compares(*at)) {
                self.at(location, |entries, _| entries.mark_estimate(tx));
            }
        }
    }

    fn at(&self, location: Location, mut change: impl FnMut(&mut dyn Entries, &Readers)) {
        let mut in_account = |address: Address, field: fn(&mut AccountCell) -> Field<'_>| {
            if let Some(cell) = self.account_shard(address).get_mut(&address) {
                let (entries, readers) = field(cell);
                change(entries, readers);
            }
        };
        match location {
            Location::Balance(at) => in_account(at, |cell| (&mut cell.balance, &cell.readers)),
            Location::Nonce(at) => in_account(at, |cell| (&mut cell.nonce, &cell.readers)),
            Location::Code(at) => in_account(at, |cell| (&mut cell.code_hash, &cell.readers)),
            Location::Existence(at) => in_account(at, |cell| (&mut cell.existence, &cell.readers)),
            Location::Account(at) => in_account(at, |cell| (&mut cell.whole, &cell.readers)),
            Location::Slot(address, slot) => {
                if let Some(cell) = self.slot_shard((address, slot)).get_mut(&(address, slot)) {
                    change(&mut cell.versions, &cell.readers);
                }
            }
            Location::Fees => {}
        }
    }
}

/// A location's entries, whatever their values are.
trait Entries {
    /// Takes the transaction's entry away; says who wrote next above.
    fn remove(&mut self, tx: TxIdx) -> Option<TxIdx>;
    fn mark_estimate(&mut self, tx: TxIdx);
}

/// A field of an account, and who read the account.
type Field<'c> = (&'c mut dyn Entries, &'c Readers);

impl<T> Entries for Versions<T> {
    fn remove(&mut self, tx: TxIdx) -> Option<TxIdx> {
        Versions::remove(self, tx);
        self.above(tx)
    }

    fn mark_estimate(&mut self, tx: TxIdx) {
        Versions::mark_estimate(self, tx);
    }
}

/// What one call of [`MvMemory::record`] changed.
struct Changed<'m> {
    memory: &'m MvMemory<'m>,
    writer: TxIdx,
    wrote_new_location: bool,
    /// Whose reads do not hold any more, and the first reason found.
    overtaken: BTreeMap<Version, Conflict>,
    /// Those who may have been: reads at that location are compared by value.
    doubtful: BTreeMap<Version, Conflict>,
}

impl Changed<'_> {
    /// A value was written.
    fn note(&mut self, set: Set, location: Location, readers: &Readers) {
        if set.is_new || set.is_other {
            // Without ESTIMATEs there, another value is as good as a new location.
            self.wrote_new_location |= set.is_new || self.memory.compares(location);
            self.moved(set.next, location, readers);
        }
    }

    /// A value was taken away; `next` wrote above it.
    fn removed(&mut self, next: Option<TxIdx>, location: Location, readers: &Readers) {
        self.wrote_new_location |= self.memory.compares(location);
        self.moved(next, location, readers);
    }

    /// Readers above the writer read something else, up to the `next` that wrote; where reads are
    /// compared by value they may, and sums go on above the next.
    fn moved(&mut self, next: Option<TxIdx>, location: Location, readers: &Readers) {
        if self.memory.follow == Follow::Nobody {
            return;
        }
        let (found, next) = match self.memory.compares(location) {
            true => (&mut self.doubtful, None),
            false => (&mut self.overtaken, next),
        };
        let conflict = Conflict {
            location,
            writer: Some(self.writer),
        };
        for reader in readers.between(self.writer, next) {
            found.entry(reader).or_insert(conflict);
        }
    }

    fn footprint(self) -> Footprint {
        let overtaken = self.overtaken.into_iter();
        Footprint {
            wrote_new_location: self.wrote_new_location,
            overtaken: overtaken
                .map(|(reader, conflict)| Overtaken { reader, conflict })
                .collect(),
        }
    }
}
