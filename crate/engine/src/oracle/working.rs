//! The oracle's state while it works: the prestate, borrowed, under what the block has changed so far.
//!
//! An account is looked up by its address once a transaction; revm hands the entry's number back
//! with every storage access.
//! The rule: an entry says everything about its account, so nobody asks the prestate behind it.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt,
};

use alloy_primitives::{
    Address, B256, U256,
    map::{AddressMap, HashMap},
};
use revm::{
    Database,
    database_interface::DBErrorMarker,
    primitives::hardfork::SpecId,
    state::{self, AccountId, AccountInfo, Bytecode, EvmState},
};

use crate::{
    block::Block,
    interrupt::Interrupted,
    state::{Account, AccountChange, Changes},
};

/// What ends a transaction in the middle, and all that is known of it: it was told to stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broken;

impl From<Interrupted> for Broken {
    fn from(_: Interrupted) -> Self {
        Self
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the transaction was told to stop")
    }
}

impl Error for Broken {}
impl DBErrorMarker for Broken {}

/// The state as the next transaction finds it.
#[derive(Debug)]
pub(super) struct Working<'a> {
    block: &'a Block,
    /// Where in `entries` an account is.
    index: AddressMap<usize>,
    /// Accounts that were asked for.
    entries: Vec<Entry<'a>>,
    /// Blocks whose hashes were asked for and that the block does not say.
    pub(super) unknown_hashes: BTreeSet<u64>,
}

/// One account, asked for at least once.
#[derive(Debug)]
struct Entry<'a> {
    address: Address,
    /// As it was before the block.
    before: Option<&'a Account>,
    /// As it is now; none where it does not exist.
    info: Option<AccountInfo>,
    /// Slots the block wrote since the last wipe.
    written: HashMap<U256, U256>,
    /// Was the account destroyed or created, so that no slot of `before` holds any more?
    wiped: bool,
}

impl<'a> Working<'a> {
    /// The prestate of `block`.
    pub(super) fn new(block: &'a Block) -> Self {
        Self {
            block,
            index: AddressMap::default(),
            entries: Vec::new(),
            unknown_hashes: BTreeSet::new(),
        }
    }

    /// Makes the changes of one transaction the state of the next.
    pub(super) fn commit(&mut self, journal: &EvmState) {
        let empty_goes = self.block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON);
        for (address, account) in journal {
            if !account.is_touched() {
                continue;
            }
            let number = match account.info.account_id {
                Some(id) => id.get(),
                None => self.number(*address),
            };
            let entry = &mut self.entries[number];
            if account.is_selfdestructed() || (empty_goes && account.is_empty()) {
                entry.destroy();
            } else {
                entry.update(number, account);
            }
        }
    }

    /// What the block changed, all transactions together.
    pub(super) fn changes(self) -> Changes {
        let mut changes = Changes::default();
        for entry in self.entries {
            let Some(change) = entry.change() else {
                continue;
            };
            if let AccountChange::Updated { code_hash, .. } = &change
                && !self.block.prestate.codes.contains_key(code_hash)
                && let Some(code) = entry.info.and_then(|info| info.code)
                && !code.is_empty()
            {
                changes.codes.insert(*code_hash, code);
            }
            changes.accounts.insert(entry.address, change);
        }
        changes
    }

    /// The number of an account's entry, made on the first request.
    fn number(&mut self, address: Address) -> usize {
        *self.index.entry(address).or_insert_with(|| {
            let number = self.entries.len();
            let before = self.block.prestate.accounts.get(&address);
            let info = before.map(|account| AccountInfo {
                balance: account.balance,
                nonce: account.nonce,
                code_hash: account.code_hash,
                account_id: AccountId::new(number),
                code: Some(code(self.block, account.code_hash)),
            });
            self.entries.push(Entry {
                address,
                before,
                info,
                written: HashMap::default(),
                wiped: false,
            });
            number
        })
    }
}

/// Code of the prestate; none is stored for the hash of no code.
fn code(block: &Block, hash: B256) -> Bytecode {
    block.prestate.codes.get(&hash).cloned().unwrap_or_default()
}

impl Entry<'_> {
    /// The account and its storage are gone.
    fn destroy(&mut self) {
        self.info = None;
        self.written.clear();
        self.wiped = true;
    }

    /// The account is what a transaction made of it.
    fn update(&mut self, number: usize, account: &state::Account) {
        if account.is_created() {
            self.written.clear();
            self.wiped = true;
        }
        let mut info = account.info.clone();
        info.account_id = AccountId::new(number);
        self.info = Some(info);
        for (slot, value) in account.changed_storage_slots() {
            self.written.insert(*slot, value.present_value());
        }
    }

    fn slot(&self, slot: U256) -> U256 {
        match (self.written.get(&slot), self.before) {
            (Some(value), _) => *value,
            (None, Some(before)) if !self.wiped => {
                before.storage.get(&slot).copied().unwrap_or_default()
            }
            (None, _) => U256::ZERO,
        }
    }

    /// The difference between before and now, if there is one.
    fn change(&self) -> Option<AccountChange> {
        let Some(info) = &self.info else {
            return self.before.map(|_| AccountChange::Deleted);
        };
        let mut slots = BTreeMap::new();
        let before = |slot: &U256| self.before.and_then(|account| account.storage.get(slot));
        for (slot, value) in &self.written {
            if before(slot).copied().unwrap_or_default() != *value {
                slots.insert(*slot, *value);
            }
        }
        if self.wiped {
            for slot in self.before.into_iter().flat_map(|it| it.storage.keys()) {
                if !self.written.contains_key(slot) {
                    slots.insert(*slot, U256::ZERO);
                }
            }
        }
        let same = slots.is_empty()
            && self.before.is_some_and(|account| {
                account.balance == info.balance
                    && account.nonce == info.nonce
                    && account.code_hash == info.code_hash
            });
        (!same).then_some(AccountChange::Updated {
            balance: info.balance,
            nonce: info.nonce,
            code_hash: info.code_hash,
            slots,
        })
    }
}

impl Database for Working<'_> {
    type Error = Broken;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Broken> {
        let number = self.number(address);
        Ok(self.entries[number].info.clone())
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, Broken> {
        // `basic` always gives the code, so new code is never asked for here.
        Ok(code(self.block, hash))
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Broken> {
        let number = self.number(address);
        Ok(self.entries[number].slot(slot))
    }

    fn storage_by_account_id(
        &mut self,
        _: Address,
        id: AccountId,
        slot: U256,
    ) -> Result<U256, Broken> {
        Ok(self.entries[id.get()].slot(slot))
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Broken> {
        if !self.block.block_hashes.contains_key(&number) {
            self.unknown_hashes.insert(number);
        }
        Ok(self.block.block_hash(number))
    }
}
