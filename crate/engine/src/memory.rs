//! The multi-version memory: for each location the values written, by transaction.
//!
//! A read by transaction `i` sees the write of the highest transaction below `i`, or the prestate.
//! The idea is that of Block-STM (Gelashvili et al., PPoPP 2023); every strategy uses it.
//! It knows nothing of scheduling.
//! The one rule: writes become visible through [`MvMemory::record`] alone.

mod location;
mod post;
mod readers;
mod validate;
mod versions;
mod write;

use std::{collections::HashMap, hash::BuildHasher};

use alloy_primitives::{
    Address, B256, KECCAK256_EMPTY, U256,
    map::{B256Map, DefaultHashBuilder},
};
use revm::{
    context::transaction::Transaction as _, context_interface::Block as _,
    primitives::hardfork::SpecId, state::Bytecode,
};

pub use location::{
    AccountOrigins, AccountRead, AccountWrite, BalanceWrite, Conflict, Existence, Fees, Location,
    Observed, Origin, ReadSet, Reader, SlotRead, Version, WriteSet,
};
use readers::Readers;
use versions::Versions;

use crate::{
    block::{Block, TxIdx},
    defect::{Defect, planted},
    outcome::Outcome,
    state::is_empty,
    switches::{Balances, FeeCredit, Nonces, Switches},
    sync::{Mutex, MutexGuard, lock},
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Did it write where its predecessor had not? Then readers above may have missed it.
    pub wrote_new_location: bool,
    /// Incarnations that had read what it changed, each once; known only where readers are followed.
    pub overtaken: Vec<Overtaken>,
}

/// An incarnation whose read does not hold any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overtaken {
    /// Who read.
    pub reader: Version,
    /// What, and who wrote it since.
    pub conflict: Conflict,
}

/// Does the memory remember who read what?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// No: reads are compared when they are validated.
    Nobody,
    /// Yes: a write tells whose reads it overtook.
    Readers,
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
    balance: Versions<BalanceWrite>,
    nonce: Versions<u64>,
    code_hash: Versions<B256>,
    existence: Versions<Existence>,
    /// Who wrote anything of it, where the account is the unit of conflicts.
    whole: Versions<()>,
    readers: Readers,
}

#[derive(Default)]
struct SlotCell {
    versions: Versions<U256>,
    readers: Readers,
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
type Slots = Table<SlotKey, SlotCell>;

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
    switches: Switches,
    /// All values were there from the start; what is recorded is compared with them elsewhere.
    declared: bool,
    follow: Follow,
    /// Who read the fees.
    fee_readers: Mutex<Readers>,
}

fn shards<K, V>() -> Box<[Shard<K, V>]> {
    (0..SHARDS).map(|_| Mutex::default()).collect()
}

impl<'b> MvMemory<'b> {
    /// An empty memory over the block's prestate.
    pub fn new(block: &'b Block, switches: Switches, follow: Follow) -> Self {
        let memory = Self {
            block,
            switches: possible(block, switches),
            declared: false,
            follow,
            fee_readers: Mutex::default(),
            hasher: DefaultHashBuilder::default(),
            accounts: shards(),
            slots: shards(),
            codes: Mutex::default(),
            records: (0..block.txs.len()).map(|_| Mutex::default()).collect(),
        };
        if memory.switches.nonces == Nonces::Expected {
            memory.expect_nonces();
        }
        memory
    }

    /// Every transaction is taken to leave its sender's nonce one higher.
    fn expect_nonces(&self) {
        for (tx, env) in (0..).map(TxIdx).zip(&self.block.txs) {
            let version = Version { tx, incarnation: 0 };
            let mut shard = self.account_shard(env.caller);
            let cell = shard.entry(env.caller).or_default();
            cell.nonce.set(version, env.nonce.saturating_add(1));
        }
    }

    /// Are reads of some locations compared by value, so that they have no ESTIMATEs?
    pub fn compares_values(&self) -> bool {
        let Switches {
            balances, nonces, ..
        } = self.switches;
        balances == Balances::Commutative || nonces == Nonces::Expected
    }

    /// Is a read of this location compared by value? Then every change of it is one that readers may
    /// have missed.
    fn compares(&self, location: Location) -> bool {
        match location {
            Location::Balance(_) => self.switches.balances == Balances::Commutative,
            Location::Nonce(_) => self.switches.nonces == Nonces::Expected,
            _ => false,
        }
    }

    /// How this run looks at conflicts.
    pub fn switches(&self) -> Switches {
        self.switches
    }

    fn account_shard(&self, address: Address) -> MutexGuard<'_, Accounts> {
        lock(&self.accounts[self.hasher.hash_one(address) as usize % SHARDS])
    }

    fn slot_shard(&self, key: SlotKey) -> MutexGuard<'_, Slots> {
        lock(&self.slots[self.hasher.hash_one(key) as usize % SHARDS])
    }

    /// The account as `reader` sees it now, or the transaction it has to wait for.
    pub fn read_account(&self, address: Address, reader: Reader) -> Result<AccountRead, Conflict> {
        let tx = reader.sees_below();
        let before = self.block.prestate.accounts.get(&address);
        let mut read = AccountRead {
            address,
            balance: before.map_or(U256::ZERO, |account| account.balance),
            own_balance: U256::ZERO,
            observed: match self.switches.balances {
                Balances::Plain => Observed::Value,
                Balances::Commutative => Observed::Nothing,
            },
            balance_set_by: None,
            nonce: before.map_or(0, |account| account.nonce),
            code_hash: before.map_or(KECCAK256_EMPTY, |account| account.code_hash),
            exists: before.is_some(),
            origins: AccountOrigins::default(),
            wiped_by: None,
            fees: None,
        };
        let mut shard = self.account_shard(address);
        if self.follow == Follow::Readers {
            shard
                .entry(address)
                .or_default()
                .readers
                .add(reader.version);
        }
        if let Some(cell) = shard.get(&address) {
            let (balance, origin, set_by) =
                cell.balance
                    .balance(tx, read.balance)
                    .map_err(|writer| Conflict {
                        location: Location::Balance(address),
                        writer: Some(writer),
                    })?;
            read.balance = balance;
            read.origins.balance = origin;
            read.balance_set_by = set_by;
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
            let whole = &mut read.origins.whole;
            seen(&cell.whole, tx, Location::Account(address), whole)?;
        }
        drop(shard);
        read.own_balance = read.balance;
        if address == self.block.env.beneficiary && self.adds_fees() {
            if self.follow == Follow::Readers {
                // Before the sum is made: a fee that changes while it is made is noticed.
                lock(&self.fee_readers).add(reader.version);
            }
            let fees = self.fees_below(tx, &read)?;
            if !planted(Defect::FeesUnseen) {
                read.balance = read.balance.saturating_add(fees.sum);
            }
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

    /// The slot as `reader` sees it now. `wiped_by` is what the read of its account said.
    pub fn read_slot(
        &self,
        address: Address,
        slot: U256,
        wiped_by: Option<TxIdx>,
        reader: Reader,
    ) -> Result<(U256, SlotRead), Conflict> {
        let tx = reader.sees_below();
        let key = (address, slot);
        let mut origin = None;
        let mut shard = self.slot_shard(key);
        if self.follow == Follow::Readers && !planted(Defect::SlotReaderForgotten) {
            shard.entry(key).or_default().readers.add(reader.version);
        }
        let written = match shard.get(&key) {
            Some(cell) => {
                let location = Location::Slot(address, slot);
                seen(&cell.versions, tx, location, &mut origin)?.copied()
            }
            None => None,
        };
        let wiped_by = wiped_by.filter(|_| !planted(Defect::DestroyedStorageKept));
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

    /// Are fees to be added to what is written of the beneficiary's balance?
    fn adds_fees(&self) -> bool {
        self.switches.fees == FeeCredit::Deferred && !self.declared
    }

    /// Fees that transactions below `tx` paid since the beneficiary's balance was last written.
    ///
    /// Whether a lower transaction is valid, and what it pays, is not known before it ran: one that
    /// has not run yet, or is to run again, is waited for.
    fn fees_below(&self, tx: TxIdx, read: &AccountRead) -> Result<Fees, Conflict> {
        let since = read.balance_set_by.max(read.wiped_by);
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

    /// Asks something of the last recorded incarnation of `tx`.
    ///
    /// # Panics
    /// When there is none: only a transaction that was executed can be asked.
    pub fn with_executed<T>(&self, tx: TxIdx, ask: impl FnOnce(&Executed) -> T) -> T {
        let record = lock(&self.records[tx.index()]);
        let (_, executed) = record.executed.as_ref().expect("it was executed");
        ask(executed)
    }
}

/// The switches that can be had for this block.
///
/// Sums need that a debit never empties an account that exists (EIP-161), that being paid costs the
/// same whoever is paid, and that no sum overflows.
fn possible(block: &Block, switches: Switches) -> Switches {
    if switches.balances == Balances::Plain {
        return switches;
    }
    let mut left: U256 = U256::MAX >> 1;
    let mut balances = block.prestate.accounts.values().map(|it| it.balance);
    let fits = balances.all(|balance| {
        let fits = balance <= left;
        left = left.saturating_sub(balance);
        fits
    });
    let rules = block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON)
        && !block.spec.is_enabled_in(SpecId::AMSTERDAM);
    match fits && rules {
        true => switches,
        false => Switches {
            balances: Balances::Plain,
            ..switches
        },
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
