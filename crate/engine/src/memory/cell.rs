//! What the memory keeps of one account and of one slot.

use alloy_primitives::{
    Address, B256, KECCAK256_EMPTY, U256,
    map::{DefaultHashBuilder, FbBuildHasher},
};

use super::{
    location::{AccountWrite, BalanceWrite, Existence},
    readers::Readers,
    record::Fields,
    sums::Sums,
    table::{AllCells, Cell, Frozen, Place, Table},
    versions::Versions,
};
use crate::{block::TxIdx, state::Account};

type AccountHasher = FbBuildHasher<20>;
type SlotHasher = DefaultHashBuilder;

/// Cells of accounts.
pub(super) type Accounts<'b> = Table<AccountCell<'b>, AccountHasher>;
/// Cells of slots.
pub(super) type Slots = Table<SlotCell, SlotHasher>;
/// Cells of accounts that nobody changes any more.
pub(super) type FrozenAccounts<'b> = Frozen<AccountCell<'b>, AccountHasher>;
/// Cells of slots that nobody changes any more.
pub(super) type FrozenSlots = Frozen<SlotCell, SlotHasher>;
/// Cells of accounts at the end of a run.
pub(super) type AllAccounts<'b> = AllCells<AccountCell<'b>, AccountHasher>;
/// Cells of slots at the end of a run.
pub(super) type AllSlots = AllCells<SlotCell, SlotHasher>;

/// An account that was read or written.
#[derive(Debug)]
pub(super) struct AccountCell<'b> {
    pub address: Address,
    /// As it is in the prestate.
    pub before: Option<&'b Account>,
    pub balance: Sums,
    pub nonce: Versions<u64>,
    /// What few accounts have; made with the first entry.
    pub rare: Option<Box<Rare>>,
    pub readers: Readers,
}

/// Fields that are seldom written.
#[derive(Debug, Default)]
pub(super) struct Rare {
    pub code_hash: Versions<B256>,
    pub existence: Versions<Existence>,
    /// Who wrote anything of it, where the account is the unit of conflicts.
    pub whole: Versions<()>,
}

impl Cell for AccountCell<'_> {
    type Key = Address;

    fn key(&self) -> Address {
        self.address
    }
}

impl<'b> AccountCell<'b> {
    /// Nobody wrote to it yet.
    pub fn new(address: Address, before: Option<&'b Account>) -> Self {
        Self {
            address,
            before,
            balance: Sums::default(),
            nonce: Versions::default(),
            rare: None,
            readers: Readers::default(),
        }
    }

    /// The balance in the prestate.
    pub fn balance_before(&self) -> U256 {
        self.before.map_or(U256::ZERO, |account| account.balance)
    }

    /// The nonce in the prestate.
    pub fn nonce_before(&self) -> u64 {
        self.before.map_or(0, |account| account.nonce)
    }

    /// The code hash in the prestate.
    pub fn code_hash_before(&self) -> B256 {
        self.before
            .map_or(KECCAK256_EMPTY, |account| account.code_hash)
    }

    pub fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Does nobody depend on what `tx` wrote to these fields, but who asks for a sum or a nonce? `expected`
    /// is the account whose next nonce everybody expects.
    pub fn is_free(&self, tx: TxIdx, fields: Fields, expected: Option<Address>) -> bool {
        let sets = matches!(self.balance.of(tx), Some(BalanceWrite::Set(_)));
        let balance = Fields::BALANCE.unless(sets);
        let nonce = Fields::NONCE.unless(expected != Some(self.address));
        fields.without(balance).without(nonce).is_empty()
    }

    /// What the last incarnation of `tx` wrote.
    pub fn written_by(&self, tx: TxIdx, place: Place) -> AccountWrite {
        let rare = self.rare.as_deref();
        AccountWrite {
            balance: self.balance.of(tx).copied(),
            nonce: self.nonce.of(tx).copied(),
            code_hash: rare.and_then(|rare| rare.code_hash.of(tx).copied()),
            existence: rare.and_then(|rare| rare.existence.of(tx).copied()),
            ..AccountWrite::new(self.address, place)
        }
    }
}

/// A slot that was read or written.
#[derive(Debug)]
pub(super) struct SlotCell {
    /// Whose.
    pub account: Place,
    pub slot: U256,
    /// Its value in the prestate.
    pub before: U256,
    pub versions: Versions<U256>,
    pub readers: Readers,
}

impl Cell for SlotCell {
    type Key = (Place, U256);

    fn key(&self) -> (Place, U256) {
        (self.account, self.slot)
    }
}

impl SlotCell {
    /// Nobody wrote to it yet.
    pub fn new(account: Place, slot: U256, before: U256) -> Self {
        Self {
            account,
            slot,
            before,
            versions: Versions::default(),
            readers: Readers::default(),
        }
    }
}
