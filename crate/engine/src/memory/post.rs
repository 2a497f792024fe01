//! What is left when the block is done, or as far as it is: outcomes, and the changes to the prestate.
//!
//! Called once, when nobody executes any more; of each location it reads the highest entry of a
//! transaction that is final.

use std::collections::BTreeMap;

use alloy_primitives::{Address, KECCAK256_EMPTY, U256};
use revm::primitives::hardfork::SpecId;

use super::{Executed, Fees, MvMemory, Version};
use crate::{
    block::{Block, TxIdx},
    outcome::BlockResult,
    state::{AccountChange, Changes, is_empty},
    sync::into_inner,
};

/// What the block left of one account.
struct Last {
    balance: U256,
    nonce: u64,
    code_hash: alloy_primitives::B256,
    exists: bool,
    /// The transaction that set the balance last.
    balance_by: Option<TxIdx>,
    wiped_by: Option<TxIdx>,
    /// Written slots, with the transaction that wrote each last.
    slots: Vec<(U256, U256, TxIdx)>,
}

impl MvMemory<'_> {
    /// What the transactions below `end` came to, which are final, and the last recorded incarnation of
    /// each, in block order. What others wrote in hope is left out.
    ///
    /// # Panics
    /// When one of them was never recorded: the strategy said too early that it is final.
    pub fn into_final(self, end: TxIdx) -> (BlockResult, Vec<(Version, Executed)>) {
        let adds_fees = self.adds_fees();
        let (block, switches) = (self.block, self.switches);
        let account_cells = self.accounts.into_cells();
        let slot_cells = self.slots.into_cells();
        let records = self.records.into_vec().into_iter().map(into_inner);
        let finals: Vec<_> = (0..)
            .map(TxIdx)
            .zip(records)
            .take(end.index())
            .map(|(tx, record)| {
                record.into_executed(tx, block, switches, &account_cells, &slot_cells)
            })
            .collect();

        let mut accounts: BTreeMap<Address, Last> = BTreeMap::new();
        accounts.insert(
            block.env.beneficiary,
            Last::before(block, block.env.beneficiary),
        );
        for cell in account_cells.iter() {
            let last = accounts
                .entry(cell.address)
                .or_insert_with(|| Last::before(block, cell.address));
            let balance = cell.balance.balance(end, last.balance);
            let (balance, _, set_by) = balance.expect("nothing that is final is an ESTIMATE");
            last.balance = balance;
            last.balance_by = set_by;
            if let Some(entry) = cell.nonce.below(end) {
                last.nonce = entry.value;
            }
            let Some(rare) = &cell.rare else {
                continue;
            };
            if let Some(entry) = rare.code_hash.below(end) {
                last.code_hash = entry.value;
            }
            if let Some(entry) = rare.existence.below(end) {
                last.exists = entry.value.exists;
                last.wiped_by = entry.value.wiped_by;
            }
        }
        for cell in slot_cells.iter() {
            if let Some(entry) = cell.versions.below(end) {
                let address = account_cells.at(cell.account).address;
                let last = accounts
                    .entry(address)
                    .or_insert_with(|| Last::before(block, address));
                last.slots.push((cell.slot, entry.value, entry.version.tx));
            }
        }

        let mut changes = Changes::default();
        let new_codes = into_inner(self.codes);
        for (address, mut last) in accounts {
            if address == block.env.beneficiary && adds_fees {
                last.credit(&finals);
            }
            let Some(change) = last.change(block, address) else {
                continue;
            };
            if let AccountChange::Updated { code_hash, .. } = &change
                && !block.prestate.codes.contains_key(code_hash)
                && let Some(code) = new_codes.get(code_hash)
            {
                changes.codes.insert(*code_hash, code.clone());
            }
            changes.accounts.insert(address, change);
        }
        let outcomes = finals
            .iter()
            .map(|(_, executed)| executed.outcome.clone())
            .collect();
        (BlockResult { outcomes, changes }, finals)
    }
}

impl Last {
    /// An account that the block did not change.
    fn before(block: &Block, address: Address) -> Self {
        let account = block.prestate.accounts.get(&address);
        Self {
            balance: account.map_or(U256::ZERO, |account| account.balance),
            nonce: account.map_or(0, |account| account.nonce),
            code_hash: account.map_or(KECCAK256_EMPTY, |account| account.code_hash),
            exists: account.is_some(),
            balance_by: None,
            wiped_by: None,
            slots: Vec::new(),
        }
    }

    /// Adds the deferred fees since the beneficiary's balance was last written.
    fn credit(&mut self, finals: &[(Version, Executed)]) {
        let first = self.balance_by.max(self.wiped_by).map_or(0, TxIdx::index);
        let mut fees = Fees::default();
        for (_, executed) in &finals[first..] {
            fees.add(executed.writes.fee);
        }
        self.balance = self.balance.saturating_add(fees.sum);
        self.exists |= fees.payers > 0;
    }

    /// The difference from the prestate, if there is one.
    fn change(self, block: &Block, address: Address) -> Option<AccountChange> {
        let Self {
            balance,
            nonce,
            code_hash,
            wiped_by,
            ..
        } = self;
        let before = block.prestate.accounts.get(&address);
        let exists = if block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON) {
            !is_empty(balance, nonce, code_hash)
        } else {
            self.exists
        };
        if !exists {
            return before.map(|_| AccountChange::Deleted);
        }
        let mut slots = BTreeMap::new();
        if let (Some(_), Some(before)) = (wiped_by, before) {
            slots.extend(before.storage.keys().map(|slot| (*slot, U256::ZERO)));
        }
        for (slot, value, by) in self.slots {
            let gone = wiped_by.is_some_and(|wipe| by < wipe);
            slots.insert(slot, if gone { U256::ZERO } else { value });
        }
        slots.retain(|slot, value| *value != block.prestate.slot(address, *slot));
        let same = before.is_some_and(|before| {
            (before.balance, before.nonce, before.code_hash) == (balance, nonce, code_hash)
        });
        (!same || !slots.is_empty()).then_some(AccountChange::Updated {
            balance,
            nonce,
            code_hash,
            slots,
        })
    }
}
