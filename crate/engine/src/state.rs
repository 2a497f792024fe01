//! Accounts and storage, and what a block changed of them.
//!
//! It knows nothing of execution.
//! The rule: a state holds no zero slots, so two equal states compare equal.

use std::collections::BTreeMap;

use alloy_primitives::{
    Address, B256, KECCAK256_EMPTY, U256,
    map::{AddressMap, B256Map, HashMap},
};
use alloy_trie::{
    TrieAccount,
    root::{state_root_unhashed, storage_root_unhashed},
};
use revm::state::Bytecode;

/// One account: its fields and its non-zero storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// In wei.
    pub balance: U256,
    /// Transactions sent, or contracts created.
    pub nonce: u64,
    /// Keccak-256 of the code; [`KECCAK256_EMPTY`] where there is none.
    pub code_hash: B256,
    /// Slots that are not zero.
    pub storage: HashMap<U256, U256>,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            balance: U256::ZERO,
            nonce: 0,
            code_hash: KECCAK256_EMPTY,
            storage: HashMap::default(),
        }
    }
}

/// Is an account with these fields empty, as EIP-161 has it? It may still have storage.
pub fn is_empty(balance: U256, nonce: u64, code_hash: B256) -> bool {
    balance.is_zero() && nonce == 0 && code_hash == KECCAK256_EMPTY
}

/// All accounts, and the code they point to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Accounts that exist.
    pub accounts: AddressMap<Account>,
    /// Code by its hash.
    pub codes: B256Map<Bytecode>,
}

impl State {
    /// The account at `address`, made when it is missing.
    pub fn account_mut(&mut self, address: Address) -> &mut Account {
        self.accounts.entry(address).or_default()
    }

    /// Gives `address` this code.
    pub fn set_code(&mut self, address: Address, code: Bytecode) {
        let hash = code.hash_slow();
        self.account_mut(address).code_hash = hash;
        if hash != KECCAK256_EMPTY {
            self.codes.insert(hash, code);
        }
    }

    /// Removes the accounts that are empty.
    pub fn remove_empty(&mut self) {
        self.accounts
            .retain(|_, account| !is_empty(account.balance, account.nonce, account.code_hash));
    }

    /// Root of the state trie, as a header has it.
    pub fn root(&self) -> B256 {
        state_root_unhashed(self.accounts.iter().map(|(address, account)| {
            let slots = account.storage.iter();
            let slots = slots.map(|(slot, value)| (B256::from(*slot), *value));
            let account = TrieAccount {
                nonce: account.nonce,
                balance: account.balance,
                storage_root: storage_root_unhashed(slots),
                code_hash: account.code_hash,
            };
            (*address, account)
        }))
    }

    /// The value of a slot; zero where nothing is stored.
    pub fn slot(&self, address: Address, slot: U256) -> U256 {
        self.accounts
            .get(&address)
            .and_then(|account| account.storage.get(&slot))
            .copied()
            .unwrap_or_default()
    }

    /// Applies what a block changed.
    pub fn apply(&mut self, changes: &Changes) {
        for (hash, code) in &changes.codes {
            self.codes.insert(*hash, code.clone());
        }
        for (address, change) in &changes.accounts {
            match change {
                AccountChange::Deleted => {
                    self.accounts.remove(address);
                }
                AccountChange::Updated {
                    balance,
                    nonce,
                    code_hash,
                    slots,
                } => {
                    let account = self.account_mut(*address);
                    account.balance = *balance;
                    account.nonce = *nonce;
                    account.code_hash = *code_hash;
                    for (slot, value) in slots {
                        if value.is_zero() {
                            account.storage.remove(slot);
                        } else {
                            account.storage.insert(*slot, *value);
                        }
                    }
                }
            }
        }
    }
}

/// What a block did to one account, against its prestate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// It existed before and does not exist any more.
    Deleted,
    /// It exists and differs from what it was. All fields are given, changed or not.
    Updated {
        /// Balance afterwards.
        balance: U256,
        /// Nonce afterwards.
        nonce: u64,
        /// Code hash afterwards.
        code_hash: B256,
        /// Slots whose value differs from the prestate's; a cleared slot is zero here.
        slots: BTreeMap<U256, U256>,
    },
}

/// All a block changed: only what differs from the prestate, so that equal results compare equal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Changed accounts in the order of their addresses.
    pub accounts: BTreeMap<Address, AccountChange>,
    /// Code that is new since the prestate. Content-addressed, so it is no part of the digest.
    pub codes: BTreeMap<B256, Bytecode>,
}
