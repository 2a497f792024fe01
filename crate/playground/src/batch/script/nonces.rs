//! Which nonce the next transaction of a sender has, as far as a script alone can tell.
//!
//! A transaction that is skipped uses up none. The rule: one that nothing surely refuses is taken to
//! run, but what is said of the nonces after it holds whether it does or not.

use std::collections::HashMap;

use alloy_primitives::{Address, U256};

use super::recorder::{Draft, Recorder};

/// The senders of a block, while its transactions are gone through in order.
pub(super) struct Nonces {
    of: HashMap<Address, Next>,
    /// What the preparation sends from each account.
    prepared: HashMap<Address, U256>,
}

/// What is known of a sender before its next transaction.
pub(super) struct Next {
    /// Its nonce, if whatever may be skipped is.
    least: u64,
    /// Its nonce, if whatever can run does.
    most: u64,
    /// What it surely has left.
    funds: U256,
}

impl Nonces {
    /// Nothing was sent but by the preparation.
    pub(super) fn new(prepared: &[Draft]) -> Self {
        let mut sent: HashMap<_, U256> = HashMap::new();
        for draft in prepared {
            let all = sent.entry(draft.caller).or_default();
            *all = all.saturating_add(draft.value);
        }
        Self {
            of: HashMap::new(),
            prepared: sent,
        }
    }

    /// What is known of `account`.
    pub(super) fn of(&mut self, account: Address, recorder: &Recorder) -> &mut Next {
        let new = || {
            let nonce = recorder.next_prepared_nonce(account);
            let has = recorder.prestate.accounts.get(&account);
            let has = has.map_or(U256::ZERO, |it| it.balance);
            let sent = self.prepared.get(&account).copied().unwrap_or_default();
            Next {
                least: nonce,
                most: nonce,
                funds: has.saturating_sub(sent),
            }
        };
        self.of.entry(account).or_insert_with(new)
    }
}

impl Next {
    /// The nonce, if whatever can run does.
    pub(super) fn nonce(&self) -> u64 {
        self.most
    }

    /// Can a transaction with this nonce run?
    pub(super) fn may_be(&self, nonce: u64) -> bool {
        (self.least..=self.most).contains(&nonce)
    }

    /// What people read: the nonce, or those that it can be.
    pub(super) fn shown(&self) -> String {
        match self.least == self.most {
            true => self.most.to_string(),
            false => format!("between {} and {}", self.least, self.most),
        }
    }

    /// A transaction with this nonce can run, and costs so much at the most.
    pub(super) fn sent(&mut self, nonce: u64, cost: U256) {
        if nonce == self.least && cost <= self.funds {
            self.least = self.least.saturating_add(1);
        }
        self.use_up(nonce);
        self.funds = self.funds.saturating_sub(cost);
    }

    /// Something that uses up this nonce takes effect, or does not if it is another's turn.
    pub(super) fn authorized(&mut self, nonce: u64) {
        if nonce == self.least {
            self.least = self.least.saturating_add(1);
        }
        self.use_up(nonce);
    }

    fn use_up(&mut self, nonce: u64) {
        if nonce == self.most {
            self.most = self.most.saturating_add(1);
        }
    }
}
