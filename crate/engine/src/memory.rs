//! The multi-version memory: for each location the values written, by transaction.
//!
//! A read by transaction `i` sees the write of the highest transaction below `i`, or the prestate.
//! The idea is that of Block-STM (Gelashvili et al., PPoPP 2023); every strategy uses it.
//! It knows nothing of scheduling.
//! The one rule: writes become visible through [`MvMemory::record`] alone.

mod location;
mod post;
mod versions;

use std::{
    collections::HashMap,
    hash::BuildHasher,
    sync::{Mutex, MutexGuard, PoisonError},
};

use alloy_primitives::{
    Address, B256, KECCAK256_EMPTY, U256,
    map::{B256Map, DefaultHashBuilder},
};
use revm::{
    context::transaction::Transaction as _, context_interface::Block as _,
    primitives::hardfork::SpecId, state::Bytecode,
};

pub use location::{
    AccountOrigins, AccountRead, AccountWrite, Conflict, Existence, Fees, Location, Origin,
    ReadSet, SlotRead, Version, WriteSet,
};
use versions::Versions;

use crate::{
    block::{Block, TxIdx},
    outcome::Outcome,
    state::is_empty,
};

/// Locations are spread over this many locks.
const SHARDS: usize = 64;

/// What an incarnation came to when it ran to its end.
#[derive(Clone, Debug)]
pub struct Executed {
    /// The receipt, or why it was skipped.
    pub outcome: Outcome,
    /// What it read.
    pub reads: ReadSet,
    /// What it wrote.
    pub writes: WriteSet,
}

/// What a strategy learns of an incarnation that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footprint {
    /// Did it write where its predecessor had not? Then readers above may have missed it.
    pub wrote_new_location: bool,
}

/// Does a read set still hold?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every read would see the same version now.
    Valid,
    /// This read would not.
    Invalid(Conflict),
}

#[derive(Default)]
struct AccountCell {
    balance: Versions<U256>,
    nonce: Versions<u64>,
    code_hash: Versions<B256>,
    existence: Versions<Existence>,
}

/// The last recorded incarnation of a transaction.
#[derive(Default)]
struct Record {
    /// What it came to; none before the first incarnation ran to its end.
    executed: Option<(Version, Executed)>,
    /// It was aborted: its fee is not to be relied on.
    estimate: bool,
}

/// A storage slot of an account.
type SlotKey = (Address, U256);
type Table<K, V> = HashMap<K, V, DefaultHashBuilder>;
type Shard<K, V> = Mutex<Table<K, V>>;
type Accounts = Table<Address, AccountCell>;
type Slots = Table<SlotKey, Versions<U256>>;

/// The multi-version memory of one run over one block.
pub struct MvMemory<'b> {
    block: &'b Block,
    hasher: DefaultHashBuilder,
    /// Fields of accounts that were written.
    accounts: Box<[Mutex<Accounts>]>,
    /// Slots that were written.
    slots: Box<[Mutex<Slots>]>,
    /// Code that is new in this block. Content-addressed: what is in here never changes.
    codes: Mutex<B256Map<Bytecode>>,
    /// By transaction.
    records: Box<[Mutex<Record>]>,
}

/// Takes a lock whose holder may have panicked.
///
/// Every critical section here leaves the data whole at each step that can panic (allocation alone),
/// and a run in which a worker panicked is thrown away.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shards<K, V>() -> Box<[Shard<K, V>]> {
    (0..SHARDS).map(|_| Mutex::default()).collect()
}

impl<'b> MvMemory<'b> {
    /// An empty memory over the block's prestate.
    pub fn new(block: &'b Block) -> Self {
        Self {
            block,
            hasher: DefaultHashBuilder::default(),
            accounts: shards(),
            slots: shards(),
            codes: Mutex::default(),
            records: (0..block.txs.len()).map(|_| Mutex::default()).collect(),
        }
    }

    fn account_shard(&self, address: Address) -> MutexGuard<'_, Accounts> {
        lock(&self.accounts[self.hasher.hash_one(address) as usize % SHARDS])
    }

    fn slot_shard(&self, key: SlotKey) -> MutexGuard<'_, Slots> {
        lock(&self.slots[self.hasher.hash_one(key) as usize % SHARDS])
    }

    /// The account as `tx` sees it now, or the transaction it has to wait for.
    pub fn read_account(&self, address: Address, tx: TxIdx) -> Result<AccountRead, Conflict> {
        let before = self.block.prestate.accounts.get(&address);
        let mut read = AccountRead {
            address,
            balance: before.map_or(U256::ZERO, |account| account.balance),
            nonce: before.map_or(0, |account| account.nonce),
            code_hash: before.map_or(KECCAK256_EMPTY, |account| account.code_hash),
            exists: before.is_some(),
            origins: AccountOrigins::default(),
            wiped_by: None,
            fees: None,
        };
        if let Some(cell) = self.account_shard(address).get(&address) {
            if let Some(value) = seen(
                &cell.balance,
                tx,
                Location::Balance(address),
                &mut read.origins.balance,
            )? {
                read.balance = *value;
            }
            if let Some(value) = seen(
                &cell.nonce,
                tx,
                Location::Nonce(address),
                &mut read.origins.nonce,
            )? {
                read.nonce = *value;
            }
            if let Some(value) = seen(
                &cell.code_hash,
                tx,
                Location::Code(address),
                &mut read.origins.code,
            )? {
                read.code_hash = *value;
            }
            let existence = &mut read.origins.existence;
            if let Some(value) = seen(&cell.existence, tx, Location::Existence(address), existence)?
            {
                read.exists = value.exists;
                read.wiped_by = value.wiped_by;
            }
        }
        if address == self.block.env.beneficiary {
            let fees = self.fees_below(tx, &read)?;
            read.balance = read.balance.saturating_add(fees.sum);
            read.fees = Some(fees);
        }
        // From EIP-161 on an account exists if it is not empty. Before it, being touched was enough,
        // and every fee, also a fee of nothing, touches the beneficiary.
        read.exists = if self.block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON) {
            !is_empty(read.balance, read.nonce, read.code_hash)
        } else {
            read.exists || read.fees.is_some_and(|fees| fees.payers > 0)
        };
        Ok(read)
    }

    /// The slot as `tx` sees it now. `wiped_by` is what the read of its account said.
    pub fn read_slot(
        &self,
        address: Address,
        slot: U256,
        wiped_by: Option<TxIdx>,
        tx: TxIdx,
    ) -> Result<(U256, SlotRead), Conflict> {
        let mut origin = None;
        let shard = self.slot_shard((address, slot));
        let written = match shard.get(&(address, slot)) {
            Some(versions) => {
                seen(versions, tx, Location::Slot(address, slot), &mut origin)?.copied()
            }
            None => None,
        };
        let value = match (written, wiped_by) {
            (Some(_), Some(wipe)) if origin.is_some_and(|by| by.tx < wipe) => U256::ZERO,
            (Some(value), _) => value,
            (None, Some(_)) => U256::ZERO,
            (None, None) => self.block.prestate.slot(address, slot),
        };
        Ok((
            value,
            SlotRead {
                address,
                slot,
                origin,
            },
        ))
    }

    /// Code by its hash, from the prestate or from a creation in this block.
    pub fn code(&self, hash: B256) -> Option<Bytecode> {
        match self.block.prestate.codes.get(&hash) {
            Some(code) => Some(code.clone()),
            None => lock(&self.codes).get(&hash).cloned(),
        }
    }

    /// Fees that transactions below `tx` paid since the beneficiary's balance was last written.
    ///
    /// Whether a lower transaction is valid, and what it pays, is not known before it ran: one that
    /// has not run yet, or is to run again, is waited for.
    fn fees_below(&self, tx: TxIdx, read: &AccountRead) -> Result<Fees, Conflict> {
        let since = read
            .origins
            .balance
            .map(|version| version.tx)
            .max(read.wiped_by);
        let first = since.map_or(0, TxIdx::index);
        let mut fees = Fees::default();
        for below in (first..tx.index()).rev() {
            if self.cannot_pay(below) {
                continue;
            }
            let record = lock(&self.records[below]);
            match &record.executed {
                Some((_, executed)) if !record.estimate => fees.add(executed.writes.fee),
                _ => {
                    let writer = Some(TxIdx(below as u32));
                    return Err(Conflict {
                        location: Location::Fees,
                        writer,
                    });
                }
            }
        }
        Ok(fees)
    }

    /// A transaction without a tip pays the beneficiary nothing, whatever becomes of it.
    fn cannot_pay(&self, tx: usize) -> bool {
        let base_fee = u128::from(self.block.env.basefee());
        self.block.spec.is_enabled_in(SpecId::LONDON)
            && self.block.txs[tx].effective_gas_price(base_fee) <= base_fee
    }

    /// Makes what `version` wrote visible, and takes away what its predecessor wrote and it did not.
    pub fn record(&self, version: Version, executed: Executed) -> Footprint {
        let Version { tx, .. } = version;
        {
            let mut codes = lock(&self.codes);
            for (hash, code) in &executed.writes.codes {
                codes.entry(*hash).or_insert_with(|| code.clone());
            }
        }
        let mut wrote_new_location = false;
        for write in &executed.writes.accounts {
            let mut shard = self.account_shard(write.address);
            let cell = shard.entry(write.address).or_default();
            wrote_new_location |= write
                .balance
                .is_some_and(|value| cell.balance.set(version, value));
            wrote_new_location |= write
                .nonce
                .is_some_and(|value| cell.nonce.set(version, value));
            wrote_new_location |= write
                .code_hash
                .is_some_and(|value| cell.code_hash.set(version, value));
            wrote_new_location |= write
                .existence
                .is_some_and(|value| cell.existence.set(version, value));
        }
        for (address, slot, value) in &executed.writes.slots {
            let mut shard = self.slot_shard((*address, *slot));
            wrote_new_location |= shard
                .entry((*address, *slot))
                .or_default()
                .set(version, *value);
        }
        let mut record = lock(&self.records[tx.index()]);
        record.estimate = false;
        if let Some((_, old)) = record.executed.replace((version, executed)) {
            let now = record
                .executed
                .as_ref()
                .map(|(_, executed)| &executed.writes);
            self.withdraw(tx, &old.writes, now);
        }
        Footprint { wrote_new_location }
    }

    /// Removes the entries of `old` that `now` does not have.
    fn withdraw(&self, tx: TxIdx, old: &WriteSet, now: Option<&WriteSet>) {
        let kept: std::collections::HashSet<Location> =
            now.into_iter().flat_map(WriteSet::locations).collect();
        for location in old.locations().filter(|location| !kept.contains(location)) {
            self.at(location, |entries| entries.remove(tx));
        }
    }

    /// Marks all `tx` wrote as ESTIMATEs: its incarnation was aborted.
    pub fn mark_estimates(&self, tx: TxIdx) {
        let mut record = lock(&self.records[tx.index()]);
        record.estimate = true;
        if let Some((_, executed)) = &record.executed {
            for location in executed.writes.locations() {
                self.at(location, |entries| entries.mark_estimate(tx));
            }
        }
    }

    fn at(&self, location: Location, change: impl Fn(&mut dyn Entries)) {
        let in_account = |address: Address, field: fn(&mut AccountCell) -> &mut dyn Entries| {
            if let Some(cell) = self.account_shard(address).get_mut(&address) {
                change(field(cell));
            }
        };
        match location {
            Location::Balance(address) => in_account(address, |cell| &mut cell.balance),
            Location::Nonce(address) => in_account(address, |cell| &mut cell.nonce),
            Location::Code(address) => in_account(address, |cell| &mut cell.code_hash),
            Location::Existence(address) => in_account(address, |cell| &mut cell.existence),
            Location::Slot(address, slot) => {
                if let Some(versions) = self.slot_shard((address, slot)).get_mut(&(address, slot)) {
                    change(versions);
                }
            }
            Location::Fees => {}
        }
    }

    /// Asks something of the last recorded incarnation of `tx`.
    ///
    /// # Panics
    /// When there is none: only a transaction that was executed can be asked.
    pub fn with_executed<T>(&self, tx: TxIdx, ask: impl FnOnce(&Executed) -> T) -> T {
        let record = lock(&self.records[tx.index()]);
        let (_, executed) = record.executed.as_ref().expect("it was executed");
        ask(executed)
    }

    /// Would the last recorded incarnation of `tx` read now what it read then?
    /// Also says how many locations were compared, at most.
    pub fn validate(&self, tx: TxIdx) -> (Verdict, usize) {
        let record = lock(&self.records[tx.index()]);
        let Some((_, executed)) = &record.executed else {
            return (Verdict::Valid, 0);
        };
        let verdict = match self.first_conflict(tx, &executed.reads) {
            Some(conflict) => Verdict::Invalid(conflict),
            None => Verdict::Valid,
        };
        (verdict, executed.reads.len())
    }

    fn first_conflict(&self, tx: TxIdx, reads: &ReadSet) -> Option<Conflict> {
        let accounts = reads
            .accounts
            .iter()
            .find_map(|read| self.account_conflict(tx, read));
        accounts.or_else(|| {
            reads
                .slots
                .iter()
                .find_map(|read| self.slot_conflict(tx, read))
        })
    }

    fn account_conflict(&self, tx: TxIdx, read: &AccountRead) -> Option<Conflict> {
        let address = read.address;
        let origins = &read.origins;
        let in_cell = match self.account_shard(address).get(&address) {
            Some(cell) => [
                (
                    Location::Balance(address),
                    cell.balance.still(tx, origins.balance),
                ),
                (
                    Location::Nonce(address),
                    cell.nonce.still(tx, origins.nonce),
                ),
                (
                    Location::Code(address),
                    cell.code_hash.still(tx, origins.code),
                ),
                (
                    Location::Existence(address),
                    cell.existence.still(tx, origins.existence),
                ),
            ]
            .into_iter()
            .find_map(|(location, still)| still.err().map(|writer| Conflict { location, writer })),
            // Cells are never taken away, so no version can have been read where there is none.
            None => None,
        };
        in_cell.or_else(|| {
            let seen = read.fees?;
            match self.fees_below(tx, read) {
                Ok(now) if now == seen => None,
                Ok(_) => Some(Conflict {
                    location: Location::Fees,
                    writer: Some(TxIdx(tx.0 - 1)),
                }),
                Err(conflict) => Some(conflict),
            }
        })
    }

    fn slot_conflict(&self, tx: TxIdx, read: &SlotRead) -> Option<Conflict> {
        let key = (read.address, read.slot);
        let writer = self
            .slot_shard(key)
            .get(&key)?
            .still(tx, read.origin)
            .err()?;
        Some(Conflict {
            location: Location::Slot(read.address, read.slot),
            writer,
        })
    }
}

/// A location's entries, whatever their values are.
trait Entries {
    fn remove(&mut self, tx: TxIdx);
    fn mark_estimate(&mut self, tx: TxIdx);
}

impl<T> Entries for Versions<T> {
    fn remove(&mut self, tx: TxIdx) {
        Versions::remove(self, tx);
    }

    fn mark_estimate(&mut self, tx: TxIdx) {
        Versions::mark_estimate(self, tx);
    }
}

/// What `tx` sees at a location, with its origin; an ESTIMATE is a conflict.
fn seen<'v, T>(
    versions: &'v Versions<T>,
    tx: TxIdx,
    location: Location,
    origin: &mut Origin,
) -> Result<Option<&'v T>, Conflict> {
    match versions.below(tx) {
        Some(entry) if entry.estimate => Err(Conflict {
            location,
            writer: Some(entry.version.tx),
        }),
        Some(entry) => {
            *origin = Some(entry.version);
            Ok(Some(&entry.value))
        }
        None => Ok(None),
    }
}
