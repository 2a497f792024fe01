//! Locations, and what an incarnation read and wrote of them.
//!
//! Plain data: nothing here looks anything up.
//! The fields of an account are locations of their own, kept in one record since revm asks for them together.

use std::collections::BTreeSet;

use alloy_primitives::{Address, B256, U256};
use revm::state::Bytecode;

use super::table::Place;
use crate::{
    block::TxIdx,
    state::Account,
    strategy::Sees,
    switches::{Nonces, Switches, Unit},
};

/// The i-th execution of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The transaction.
    pub tx: TxIdx,
    /// Which execution of it, from 0.
    pub incarnation: u32,
}

/// Who reads, and what it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The incarnation.
    pub version: Version,
    /// What it reads.
    pub sees: Sees,
}

impl Reader {
    /// It sees what transactions below this one wrote.
    pub(super) fn sees_below(self) -> TxIdx {
        match self.sees {
            Sees::Lower => self.version.tx,
            // Nobody is below the first.
            Sees::Prestate => TxIdx(0),
        }
    }
}

/// Where a read came from: a version, or the prestate.
pub type Origin = Option<Version>;

/// Something that two transactions can conflict on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// An account's balance.
    Balance(Address),
    /// An account's nonce.
    Nonce(Address),
    /// An account's code.
    Code(Address),
    /// Whether an account exists, and when its storage was last wiped.
    Existence(Address),
    /// A storage slot.
    Slot(Address, U256),
    /// An account as a whole, where that is the unit of conflicts.
    Account(Address),
    /// The fees credited to the beneficiary since its balance was last written.
    Fees,
}

impl Location {
    /// The account it is part of; fees are the beneficiary's, whoever that is.
    pub fn account(self) -> Option<Address> {
        match self {
            Self::Balance(address)
            | Self::Nonce(address)
            | Self::Code(address)
            | Self::Existence(address)
            | Self::Account(address)
            | Self::Slot(address, _) => Some(address),
            Self::Fees => None,
        }
    }
}

/// What a write to [`Location::Existence`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Existence {
    /// Is there an account? Decides before EIP-161 alone; from then on an account exists if it is not empty.
    pub exists: bool,
    /// The transaction that last wiped the account's storage, by destruction or by creation;
    /// a write that wipes nothing repeats what it read.
    pub wiped_by: Option<TxIdx>,
}

/// What an incarnation found out about a balance; less than its value only where fields are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observed {
    /// Nothing: it used the code, or credited or debited a sum at most.
    Nothing,
    /// That it is at least this.
    AtLeast(U256),
    /// Its value.
    Value,
}

/// What a transaction does to a balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BalanceWrite {
    /// It has this value from now on.
    Set(U256),
    /// It has so much more.
    Add(U256),
    /// It has so much less.
    Subtract(U256),
}

impl BalanceWrite {
    /// The balance after it.
    pub fn after(self, before: U256) -> U256 {
        match self {
            Self::Set(value) => value,
            Self::Add(more) => before.saturating_add(more),
            Self::Subtract(less) => before.saturating_sub(less),
        }
    }
}

/// What an incarnation found out about an account, and how it is validated.
#[derive(Clone, Debug)]
pub struct AccountRead {
    /// Whose.
    pub address: Address,
    /// Where the memory keeps it.
    pub place: Place,
    /// What of the balance was found out.
    pub observed: Observed,
    /// The balance seen, without fees.
    pub own_balance: U256,
    /// The transaction that set the balance last; what was added since is not counted.
    pub balance_set_by: Option<TxIdx>,
    /// Was the nonce found out, or may it have been?
    pub sees_nonce: bool,
    /// Is the nonce compared by value?
    pub compares_nonce: bool,
    /// The nonce seen.
    pub nonce: u64,
    /// Had it code?
    pub has_code: bool,
    /// Where each field came from.
    pub origins: AccountOrigins,
    /// The transaction that last wiped the account's storage.
    pub wiped_by: Option<TxIdx>,
    /// For the beneficiary: fees of lower transactions that are part of the balance.
    pub fees: Option<Fees>,
}

impl AccountRead {
    /// Everything from the prestate, where there is nothing.
    pub fn new(address: Address, place: Place) -> Self {
        Self {
            address,
            place,
            observed: Observed::Value,
            own_balance: U256::ZERO,
            balance_set_by: None,
            sees_nonce: true,
            compares_nonce: false,
            nonce: 0,
            has_code: false,
            origins: AccountOrigins::default(),
            wiped_by: None,
            fees: None,
        }
    }
}

/// An account as an incarnation saw it.
#[derive(Clone, Copy, Debug)]
pub struct AccountSeen<'b> {
    /// As it is in the prestate.
    pub before: Option<&'b Account>,
    /// Fees included for the beneficiary.
    pub balance: U256,
    /// Transactions sent, or contracts created.
    pub nonce: u64,
    /// Of its code.
    pub code_hash: B256,
    /// Was there an account at all?
    pub exists: bool,
}

/// Fees credited to the beneficiary since its balance was last written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fees {
    /// Their sum.
    pub sum: U256,
    /// How many transactions credited one, be it nothing.
    pub payers: u32,
}

impl Fees {
    /// Adds what one transaction credited, if it did.
    pub(super) fn add(&mut self, fee: Option<U256>) {
        if let Some(fee) = fee {
            self.sum = self.sum.saturating_add(fee);
            self.payers += 1;
        }
    }
}

/// Where the fields of an account came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountOrigins {
    /// Of the balance.
    pub balance: Origin,
    /// Of the nonce.
    pub nonce: Origin,
    /// Of the code.
    pub code: Origin,
    /// Of existence and storage wipes.
    pub existence: Origin,
    /// Of the account as a whole, where that is the unit of conflicts.
    pub whole: Origin,
}

/// A slot as an incarnation saw it.
#[derive(Clone, Debug)]
pub struct SlotRead {
    /// Whose storage.
    pub address: Address,
    /// Which slot.
    pub slot: U256,
    /// Where the memory keeps it.
    pub place: Place,
    /// Where the value came from.
    pub origin: Origin,
}

/// A slot that an incarnation changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotWrite {
    /// Whose storage.
    pub address: Address,
    /// Which slot.
    pub slot: U256,
    /// Its new value.
    pub value: U256,
    /// Where the memory keeps the account.
    pub account: Place,
    /// Where the memory keeps the slot; none where it was written without being read.
    pub place: Option<Place>,
}

/// All an incarnation read, each location once: the first answer stays.
#[derive(Clone, Debug, Default)]
pub struct ReadSet {
    /// What counts as one location, and what is no dependency.
    pub switches: Switches,
    /// Accounts in the order they were loaded.
    pub accounts: Vec<AccountRead>,
    /// Slots in the order they were loaded.
    pub slots: Vec<SlotRead>,
}

impl ReadSet {
    /// How many records it has.
    pub fn count(&self) -> usize {
        self.accounts.len() + self.slots.len()
    }

    /// Every location read, with its origin.
    pub fn locations(&self) -> impl Iterator<Item = (Location, Origin)> + '_ {
        let Switches { unit, nonces, .. } = self.switches;
        let accounts = self.accounts.iter().flat_map(move |read| {
            let (address, origins) = (read.address, read.origins);
            let balance = match read.observed {
                Observed::Nothing => None,
                // It depends on all those below together, and on none of them.
                Observed::AtLeast(_) => Some((Location::Balance(address), None)),
                Observed::Value => Some((Location::Balance(address), origins.balance)),
            };
            let nonce = match nonces {
                Nonces::Read => origins.nonce,
                Nonces::Expected => None,
            };
            let nonce = read.sees_nonce.then_some((Location::Nonce(address), nonce));
            let others = [
                (Location::Code(address), origins.code),
                (Location::Existence(address), origins.existence),
            ];
            let fields = balance.into_iter().chain(nonce).chain(others);
            let whole = [(Location::Account(address), origins.whole)];
            let (fields, whole) = match unit {
                Unit::Split => (Some(fields), None),
                Unit::Account => (None, Some(whole)),
            };
            fields
                .into_iter()
                .flatten()
                .chain(whole.into_iter().flatten())
        });
        let slots = match unit {
            Unit::Split => self.slots.as_slice(),
            // Nobody reads a slot without its account.
            Unit::Account => &[],
        };
        let slots = slots
            .iter()
            .map(|read| (Location::Slot(read.address, read.slot), read.origin));
        accounts.chain(slots)
    }

    /// Accounts whose balances had to be enough, and are not known otherwise.
    pub fn asked_for_enough(&self) -> impl Iterator<Item = Address> + '_ {
        let asked = |read: &&AccountRead| matches!(read.observed, Observed::AtLeast(_));
        self.accounts.iter().filter(asked).map(|read| read.address)
    }

    /// Did it read the beneficiary's balance, and so the fees of all lower transactions?
    pub fn reads_fees(&self) -> bool {
        self.accounts.iter().any(|read| read.fees.is_some())
    }
}

/// The fields of an account that an incarnation changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountWrite {
    /// Whose.
    pub address: Address,
    /// Where the memory keeps it.
    pub place: Place,
    /// New balance.
    pub balance: Option<BalanceWrite>,
    /// New nonce.
    pub nonce: Option<u64>,
    /// New code hash.
    pub code_hash: Option<B256>,
    /// Created, destroyed or wiped.
    pub existence: Option<Existence>,
}

impl AccountWrite {
    /// A write of nothing yet.
    pub fn new(address: Address, place: Place) -> Self {
        Self {
            address,
            place,
            balance: None,
            nonce: None,
            code_hash: None,
            existence: None,
        }
    }

    /// Does it change nothing?
    pub fn is_empty(&self) -> bool {
        self.balance.is_none()
            && self.nonce.is_none()
            && self.code_hash.is_none()
            && self.existence.is_none()
    }
}

/// All an incarnation changed.
#[derive(Clone, Debug, Default)]
pub struct WriteSet {
    /// What counts as one location.
    pub unit: Unit,
    /// The sender whose next nonce everybody expects.
    pub expected: Option<Address>,
    /// Changed accounts.
    pub accounts: Vec<AccountWrite>,
    /// Changed slots and their new values.
    pub slots: Vec<SlotWrite>,
    /// New code, by hash.
    pub codes: Vec<(B256, Bytecode)>,
    /// Slots that it used of accounts it created; a read of these depends on nobody.
    pub own_slots: Vec<(Address, U256)>,
    /// Deferred fee: due to the beneficiary when this transaction commits.
    /// None when there is nobody to credit: it was skipped, or it destroyed the beneficiary, fee and all.
    pub fee: Option<U256>,
}

impl WriteSet {
    /// Forgets everything but the room it has.
    pub fn clear(&mut self) {
        self.accounts.clear();
        self.slots.clear();
        self.own_slots.clear();
        self.codes.clear();
        self.fee = None;
    }

    /// Every location written.
    pub fn locations(&self) -> Vec<Location> {
        match self.unit {
            Unit::Split => self.values().collect(),
            Unit::Account => self
                .whole_accounts()
                .into_iter()
                .map(|(address, _)| Location::Account(address))
                .collect(),
        }
    }

    /// How many values it has, whatever the unit of conflicts is.
    pub fn count(&self) -> usize {
        self.values().count()
    }

    /// Does nobody depend on this write, but who asks for a sum?
    fn is_free(&self, write: &AccountWrite) -> bool {
        let AccountWrite {
            address,
            place: _,
            balance,
            nonce,
            code_hash,
            existence,
        } = write;
        !matches!(balance, Some(BalanceWrite::Set(_)))
            && (nonce.is_none() || self.expected == Some(*address))
            && code_hash.is_none()
            && existence.is_none()
    }

    /// Balances and nonces on whose writes nobody depends, but who asks for the value.
    pub fn free(&self) -> Vec<Location> {
        let accounts = self.accounts.iter().flat_map(|write| {
            let is_sum = !matches!(write.balance, None | Some(BalanceWrite::Set(_)));
            let is_expected = write.nonce.is_some() && self.expected == Some(write.address);
            let balance = is_sum.then_some(Location::Balance(write.address));
            let nonce = is_expected.then_some(Location::Nonce(write.address));
            balance.into_iter().chain(nonce)
        });
        accounts.collect()
    }

    /// Every account of which something is written, each once: the writes where that is the unit of conflicts.
    pub(super) fn whole_accounts(&self) -> BTreeSet<(Address, Place)> {
        let slots = self
            .slots
            .iter()
            .map(|write| (write.address, write.account));
        let accounts = self.accounts.iter().filter(|write| !self.is_free(write));
        slots
            .chain(accounts.map(|write| (write.address, write.place)))
            .collect()
    }

    /// Every value written, whatever the unit of conflicts is.
    fn values(&self) -> impl Iterator<Item = Location> + '_ {
        let accounts = self.accounts.iter().flat_map(|write| {
            let address = write.address;
            [
                write.balance.map(|_| Location::Balance(address)),
                write.nonce.map(|_| Location::Nonce(address)),
                write.code_hash.map(|_| Location::Code(address)),
                write.existence.map(|_| Location::Existence(address)),
            ]
            .into_iter()
            .flatten()
        });
        let slots = self
            .slots
            .iter()
            .map(|write| Location::Slot(write.address, write.slot));
        accounts.chain(slots)
    }
}

/// Why a read set does not hold any more, or why a read could not be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Where.
    pub location: Location,
    /// The transaction whose write, or withdrawn write, is in the way; none if only the prestate is left.
    pub writer: Option<TxIdx>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whose balance is a sum, and whose next nonce everybody expects, depends on nobody.
    #[test]
    fn an_account_is_written_as_a_whole_unless_all_of_it_is_free() {
        let place = Place::default();
        let sender = Address::repeat_byte(1);
        let writes = |change: &dyn Fn(&mut AccountWrite)| {
            let mut write = AccountWrite::new(sender, place);
            change(&mut write);
            let set = |expected| WriteSet {
                unit: Unit::Account,
                expected,
                accounts: vec![write.clone()],
                ..WriteSet::default()
            };
            [None, Some(sender), Some(Address::ZERO)].map(|it| set(it).locations().len())
        };
        let credit = BalanceWrite::Add(U256::ONE);
        assert_eq!(writes(&|it| it.balance = Some(credit)), [0, 0, 0]);
        assert_eq!(writes(&|it| it.nonce = Some(1)), [1, 0, 1]);
        let set = BalanceWrite::Set(U256::ONE);
        assert_eq!(writes(&|it| it.balance = Some(set)), [1, 1, 1]);
        assert_eq!(writes(&|it| it.code_hash = Some(B256::ZERO)), [1, 1, 1]);
        let gone = Existence {
            exists: false,
            wiped_by: None,
        };
        assert_eq!(writes(&|it| it.existence = Some(gone)), [1, 1, 1]);
    }
}
