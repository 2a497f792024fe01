//! How writes become visible, and what they take away.
//!
//! The rule: each value appears under the lock of its location, and whoever read there before is found
//! under the same lock.

use alloy_primitives::Address;

use super::{
    AccountWrite, Conflict, Executed, Follow, Footprint, Location, MvMemory, Overtaken, Place,
    SlotWrite, Version, WriteSet,
    cell::AccountCell,
    readers::Readers,
    record::{Fields, Record, Wrote},
    sums::Sums,
    versions::{Set, Versions},
};
use crate::{
    access_list::Verification,
    block::{Block, TxIdx},
    switches::{Nonces, Switches, Unit},
    sync::lock,
};

impl<'b> MvMemory<'b> {
    /// A memory in which all of this was executed, be it in another memory.
    pub fn executed(block: &'b Block, switches: Switches, finals: &[(Version, Executed)]) -> Self {
        let memory = Self::new(block, switches, Follow::Nobody);
        let place = |address| memory.account(address, |place, _| place);
        for (version, executed) in finals {
            let mut executed = executed.clone();
            for read in &mut executed.reads.accounts {
                read.place = place(read.address);
            }
            for read in &mut executed.reads.slots {
                read.place = memory.slot_of(read.address, read.slot, |place, _| place);
            }
            for write in &mut executed.writes.accounts {
                write.place = place(write.address);
            }
            for write in &mut executed.writes.slots {
                write.account = place(write.address);
                write.place = None;
            }
            memory.record(*version, &mut executed);
        }
        memory
    }

    /// Makes what `version` wrote visible, and takes away what its predecessor wrote and it did not.
    ///
    /// What is left of `executed` is its room, to be used again.
    pub fn record(&self, version: Version, executed: &mut Executed) -> Footprint {
        let Version { tx, .. } = version;
        if let Some(verification) = self.declared {
            verification.transaction(tx, executed);
            return self.keep_declared(version, verification, executed);
        }
        if !executed.writes.codes.is_empty() {
            let mut codes = lock(&self.codes);
            for (hash, code) in &executed.writes.codes {
                codes.entry(*hash).or_insert_with(|| code.clone());
            }
        }
        let mut changed = Changed {
            memory: self,
            writer: tx,
            gas: executed.outcome.gas_used(),
            wrote_new_location: false,
            overtaken: Vec::new(),
            doubtful: Vec::new(),
        };
        let fee_changed = {
            // Whoever looks at the record finds all of it, and all values.
            let mut record = lock(&self.records[tx.index()]);
            let old = record.begin(version.incarnation);
            self.write_accounts(version, &executed.writes, &mut record, &mut changed);
            self.write_slots(version, &executed.writes, &mut record, &mut changed);
            self.take_back_expected_nonce(tx, &executed.writes, &mut changed);
            record.keep(executed);
            old.is_some_and(|old| {
                self.withdraw(tx, &old, &record, &mut changed);
                old.fee != record.fee
            })
        };
        if self.follow == Follow::Readers {
            if fee_changed {
                changed.moved(None, Location::Fees, &lock(&self.fee_readers));
            }
            self.settle_doubts(&mut changed);
        }
        changed.footprint()
    }

    /// Keeps what was executed where the cells have what was declared, which is the same: a list that
    /// does not hold has no result.
    fn keep_declared(
        &self,
        version: Version,
        verification: &Verification<'_>,
        executed: &mut Executed,
    ) -> Footprint {
        let gas = executed.outcome.gas_used();
        let mut record = lock(&self.records[version.tx.index()]);
        record.begin(version.incarnation);
        if verification.declares_all(&executed.writes) {
            for write in &executed.writes.accounts {
                record.wrote.push((write.place, Fields::of(write)));
            }
            for write in &executed.writes.slots {
                record.wrote_slots.push(self.place_of(write));
            }
            record.keep(executed);
        } else {
            record.all = Some(Box::new(std::mem::take(executed)));
        }
        Footprint {
            gas,
            ..Footprint::default()
        }
    }

    /// Where a slot that is written is: nobody read it before if the account is new.
    fn place_of(&self, write: &SlotWrite) -> Place {
        let declared = || self.slots.below()?.find((write.account, write.slot));
        let place = write.place.or_else(|| Some(declared()?.0));
        place.unwrap_or_else(|| {
            let before = || self.block.prestate.slot(write.address, write.slot);
            self.slot(write.account, write.slot, before, |place, _| place)
        })
    }

    fn write_accounts(
        &self,
        version: Version,
        writes: &WriteSet,
        now: &mut Record,
        changed: &mut Changed<'_, '_>,
    ) {
        now.wrote.reserve(writes.accounts.len());
        for write in &writes.accounts {
            let address = write.address;
            self.accounts.at(write.place, |cell| {
                if let Some(value) = write.balance {
                    let set = cell.balance.set(version, value);
                    changed.note(set, Location::Balance(address), &cell.readers);
                }
                if let Some(value) = write.nonce {
                    let set = cell.nonce.set(version, value);
                    changed.note(set, Location::Nonce(address), &cell.readers);
                }
                if let Some(value) = write.code_hash {
                    let set = cell.rare_mut().code_hash.set(version, value);
                    changed.note(set, Location::Code(address), &cell.readers);
                }
                if let Some(value) = write.existence {
                    let set = cell.rare_mut().existence.set(version, value);
                    changed.note(set, Location::Existence(address), &cell.readers);
                }
            });
            now.wrote.push((write.place, Fields::of(write)));
        }
        if writes.unit == Unit::Account {
            for (address, place) in writes.whole_accounts() {
                self.accounts.at(place, |cell| {
                    let mut set = cell.rare_mut().whole.set(version, ());
                    // Nobody compares the values of whole accounts.
                    set.is_other = true;
                    changed.note(set, Location::Account(address), &cell.readers);
                });
                now.wrote.push((place, Fields::WHOLE));
            }
        }
    }

    fn write_slots(
        &self,
        version: Version,
        writes: &WriteSet,
        now: &mut Record,
        changed: &mut Changed<'_, '_>,
    ) {
        now.wrote_slots.reserve(writes.slots.len());
        for write in &writes.slots {
            let location = Location::Slot(write.address, write.slot);
            let place = self.place_of(write);
            self.slots.at(place, |cell| {
                let set = cell.versions.set(version, write.value);
                changed.note(set, location, &cell.readers);
            });
            now.wrote_slots.push(place);
        }
    }

    /// A transaction that was skipped leaves its sender's nonce as it was, against what was expected.
    fn take_back_expected_nonce(
        &self,
        tx: TxIdx,
        writes: &WriteSet,
        changed: &mut Changed<'_, '_>,
    ) {
        if self.switches.nonces == Nonces::Read {
            return;
        }
        let sender = self.block.txs[tx.index()].caller;
        let at = Location::Nonce(sender);
        let wrote = |write: &AccountWrite| write.address == sender && write.nonce.is_some();
        if !writes.accounts.iter().any(wrote) {
            self.account(sender, |_, cell| {
                cell.nonce.remove(tx);
                changed.removed(cell.nonce.above(tx), at, &cell.readers);
            });
        }
    }

    /// Looks whether those that may have been overtaken depend on what changed.
    ///
    /// Nothing else of their read sets is looked at: whatever else `record` changed has entries of its own,
    /// and whatever others change they notice themselves.
    fn settle_doubts(&self, changed: &mut Changed<'_, '_>) {
        for (doubtful, running) in std::mem::take(&mut changed.doubtful) {
            let reader = doubtful.reader;
            let record = lock(&self.records[reader.tx.index()]);
            let ran = record.incarnation == Some(reader.incarnation);
            let overtaken = match ran {
                true => self.depends_on(reader.tx, &record, doubtful.conflict.location),
                // It has no read set to look at yet.
                false => running == Running::Overtaken,
            };
            if overtaken {
                changed.overtaken.push(doubtful);
            }
        }
    }

    /// Removes the entries of `old` that `now` does not have.
    fn withdraw(&self, tx: TxIdx, old: &Wrote, now: &Record, changed: &mut Changed<'_, '_>) {
        // There may be thousands of both.
        let mut accounts = now.wrote.to_vec();
        accounts.sort_unstable_by_key(|(place, _)| *place);
        let mut slots = now.wrote_slots.to_vec();
        slots.sort_unstable();
        for &(place, fields) in &old.accounts {
            let kept = &accounts[accounts.partition_point(|(at, _)| *at < place)..];
            let kept = kept.iter().take_while(|(at, _)| *at == place);
            let gone = kept.fold(fields, |left, (_, kept)| left.without(*kept));
            if !gone.is_empty() {
                self.accounts.at(place, |cell| {
                    each_field(cell, gone, |location, entries, readers| {
                        changed.removed(entries.remove(tx), location, readers);
                    });
                });
            }
        }
        for &place in &old.slots {
            if slots.binary_search(&place).is_ok() {
                continue;
            }
            self.slots.at(place, |cell| {
                let address = self.accounts.look(cell.account, |account| account.address);
                let next = Entries::remove(&mut cell.versions, tx);
                changed.removed(next, Location::Slot(address, cell.slot), &cell.readers);
            });
        }
    }

    /// Marks all `tx` wrote as ESTIMATEs: its incarnation was aborted.
    pub fn mark_estimates(&self, tx: TxIdx) {
        let mut record = lock(&self.records[tx.index()]);
        record.estimate = true;
        for &(place, fields) in &record.wrote {
            self.accounts.at(place, |cell| {
                each_field(cell, fields, |location, entries, _| {
                    if !self.compares(location) {
                        entries.mark_estimate(tx);
                    }
                });
            });
        }
        for &place in &record.wrote_slots {
            self.slots.at(place, |cell| cell.versions.mark_estimate(tx));
        }
    }
}

/// Acts on some fields of an account.
fn each_field(
    cell: &mut AccountCell<'_>,
    fields: Fields,
    mut act: impl FnMut(Location, &mut dyn Entries, &Readers),
) {
    let AccountCell {
        address,
        balance,
        nonce,
        rare,
        readers,
        ..
    } = cell;
    let address: Address = *address;
    if fields.has(Fields::BALANCE) {
        act(Location::Balance(address), balance, readers);
    }
    if fields.has(Fields::NONCE) {
        act(Location::Nonce(address), nonce, readers);
    }
    let Some(rare) = rare else {
        return;
    };
    if fields.has(Fields::CODE) {
        act(Location::Code(address), &mut rare.code_hash, readers);
    }
    if fields.has(Fields::EXISTENCE) {
        act(Location::Existence(address), &mut rare.existence, readers);
    }
    if fields.has(Fields::WHOLE) {
        act(Location::Account(address), &mut rare.whole, readers);
    }
}

/// A location's entries, whatever their values are.
trait Entries {
    /// Takes the transaction's entry away; says who wrote next above.
    fn remove(&mut self, tx: TxIdx) -> Option<TxIdx>;
    fn mark_estimate(&mut self, tx: TxIdx);
}

impl Entries for Sums {
    fn remove(&mut self, tx: TxIdx) -> Option<TxIdx> {
        Sums::remove(self, tx);
        self.above(tx)
    }

    fn mark_estimate(&mut self, tx: TxIdx) {
        Sums::mark_estimate(self, tx);
    }
}

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
struct Changed<'m, 'b> {
    memory: &'m MvMemory<'b>,
    writer: TxIdx,
    gas: u64,
    wrote_new_location: bool,
    /// Whose reads do not hold any more, with every reason found.
    overtaken: Vec<Overtaken>,
    /// Those who may have been: reads at that location are compared by value, or not all that load it
    /// look at it.
    doubtful: Vec<(Overtaken, Running)>,
}

/// What a reader is taken for that still runs, so that nobody knows what it will have found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Running {
    /// It is validated when it has run.
    Undecided,
    Overtaken,
}

impl Changed<'_, '_> {
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
        let compares = self.memory.compares(location);
        let next = next.filter(|_| !compares);
        let conflict = Conflict {
            location,
            writer: Some(self.writer),
        };
        let readers = readers.between(self.writer, next);
        let found = readers.map(|reader| Overtaken { reader, conflict });
        let is_loaded_unseen = matches!(location, Location::Balance(_) | Location::Nonce(_))
            && self.memory.tells_fields();
        let running = match (compares, is_loaded_unseen) {
            (true, _) => Running::Undecided,
            (false, true) => Running::Overtaken,
            (false, false) => return self.overtaken.extend(found),
        };
        self.doubtful.extend(found.map(|it| (it, running)));
    }

    fn footprint(mut self) -> Footprint {
        // The lowest location of each stays, not the first found: revm's journal has no order of its own.
        if self.overtaken.len() > 1 {
            self.overtaken
                .sort_by_key(|overtaken| (overtaken.reader, overtaken.conflict.location));
            self.overtaken.dedup_by_key(|overtaken| overtaken.reader);
        }
        Footprint {
            wrote_new_location: self.wrote_new_location,
            overtaken: self.overtaken,
            gas: self.gas,
        }
    }
}
