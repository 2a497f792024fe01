//! What a block access list declares, in cells that all runs with this list share.
//!
//! Like making the list this is preparation, and in no run's time.
//! The rule: once made, nobody changes them, so nobody waits for anybody to read them.

use std::sync::Arc;

use alloy_primitives::{Address, U256};

use super::{
    BalanceWrite, Follow, Location, MvMemory, Place, Version,
    cell::{Accounts, FrozenAccounts, FrozenSlots, SlotCell, Slots},
};
use crate::{
    access_list::Value,
    block::{Block, TxIdx},
    switches::Switches,
};

/// The cells of everything that a list names.
#[derive(Debug)]
pub struct Declared<'b> {
    accounts: Arc<FrozenAccounts<'b>>,
    slots: Arc<FrozenSlots>,
}

impl<'b> Declared<'b> {
    /// With the values that transactions leave, in block order, and all that may be accessed beside.
    pub(crate) fn new<'l>(
        block: &'b Block,
        values: impl Iterator<Item = (TxIdx, &'l (Location, Value))>,
        accesses: impl Iterator<Item = &'l Location>,
    ) -> Self {
        let accounts = Accounts::to_freeze(2 * block.txs.len());
        let slots = Slots::to_freeze(block.txs.len());
        let switches = Switches::default();
        let memory = MvMemory::with_cells(block, switches, Follow::Nobody, accounts, slots);
        // Cells that a transaction asks for lie together, as when transactions make them.
        for (tx, (location, value)) in values {
            memory.declare(*location, Version { tx, incarnation: 0 }, *value);
        }
        for location in accesses {
            match *location {
                Location::Slot(address, slot) => memory.slot_of(address, slot, |_, _| ()),
                other => {
                    if let Some(address) = other.account() {
                        memory.account(address, |_, _| ());
                    }
                }
            }
        }
        Self {
            accounts: Arc::new(memory.accounts.freeze()),
            slots: Arc::new(memory.slots.freeze()),
        }
    }

    /// Tables that begin with these cells.
    pub(super) fn above(&self) -> (Accounts<'b>, Slots) {
        let (accounts, slots) = (Arc::clone(&self.accounts), Arc::clone(&self.slots));
        (Accounts::above(accounts), Slots::above(slots))
    }

    /// How many cells there are; each has a number below this.
    pub(crate) fn count(&self) -> usize {
        self.accounts.count() + self.slots.count()
    }

    /// The number of the account that a memory over these cells keeps at `place`, if it is named.
    pub(crate) fn account(&self, place: Place) -> Option<usize> {
        self.accounts.number(place)
    }

    /// The same of a slot.
    pub(crate) fn slot(&self, place: Place) -> Option<usize> {
        Some(self.accounts.count() + self.slots.number(place)?)
    }

    /// The number of a whole account or of a slot, if it is named.
    pub(crate) fn number(&self, location: Location) -> Option<usize> {
        let (account, _) = self.accounts.find(location.account()?)?;
        match location {
            Location::Slot(_, slot) => self.slot(self.slots.find((account, slot))?.0),
            _ => self.account(account),
        }
    }
}

impl MvMemory<'_> {
    /// Stores one value of a list.
    fn declare(&self, location: Location, version: Version, value: Value) {
        let Some(address) = location.account() else {
            return;
        };
        if let (Location::Slot(_, slot), Value::Number(value)) = (location, value) {
            self.slot_of(address, slot, |_, cell| cell.versions.set(version, value));
            return;
        }
        self.account(address, |_, cell| match value {
            Value::Number(value) => cell.balance.set(version, BalanceWrite::Set(value)),
            Value::Nonce(value) => cell.nonce.set(version, value),
            Value::Code(value) => cell.rare_mut().code_hash.set(version, value),
            Value::Existence(value) => cell.rare_mut().existence.set(version, value),
        });
    }

    /// Acts on the cell of a slot whose account nobody has looked up yet.
    pub(super) fn slot_of<R>(
        &self,
        address: Address,
        slot: U256,
        act: impl FnOnce(Place, &mut SlotCell) -> R,
    ) -> R {
        let account = self.account(address, |place, _| place);
        let before = || self.block.prestate.slot(address, slot);
        self.slot(account, slot, before, act)
    }
}
