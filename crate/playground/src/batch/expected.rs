//! What the source of a block says it must come to, and what of it does not hold.
//!
//! The rule: whatever is said is compared, after the steps that follow the last transaction; what a
//! hard fork does not define (a status before Byzantium) is not.

use std::{collections::BTreeSet, fmt::Debug};

use alloy_primitives::{Address, B256, Log};
use interleave_engine::{
    access_list::AccessList,
    block::Block,
    outcome::{BlockResult, Outcome, Status},
    state::{Account, State},
    steps,
};
use revm::primitives::hardfork::SpecId;
use serde::Serialize;

use super::Batch;

/// What a block must come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Gas used by all transactions.
    pub gas_used: Option<u64>,
    /// Root of the receipts.
    pub receipts_root: Option<B256>,
    /// Root of the state after the block's last step.
    pub state_root: Option<B256>,
    /// Hash of all logs in their order.
    pub logs_hash: Option<B256>,
    /// For each transaction its receipt, or none where it is invalid at its turn.
    pub receipts: Option<Vec<Option<ExpectedReceipt>>>,
    /// The state after the block's last step.
    pub post: Option<State>,
}

/// What a block's source expects of it, compared with what it came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Expectations {
    /// What was compared, such as `gas used`.
    pub compared: Vec<String>,
    /// What does not hold, each in a sentence.
    pub unmet: Vec<String>,
}

impl Expectations {
    fn compare(&mut self, what: &str, found: String, expected: String) {
        if found != expected {
            self.unmet
                .push(format!("{what} is {found}, expected {expected}"));
        }
    }
}

/// What a transaction must come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedReceipt {
    /// Did it succeed?
    pub success: bool,
    /// Gas used by it alone.
    pub gas_used: u64,
    /// Its logs.
    pub logs: Vec<Log>,
}

impl Batch {
    /// The state after the last step of the block, if `result` is what its transactions came to.
    pub fn post_state(&self, block: &Block, result: &BlockResult) -> State {
        let mut state = block.after(&result.changes);
        if let Some(closing) = &self.closing {
            steps::after_block(block, closing, &mut state);
        }
        state
    }

    /// What the steps before and after the transactions add to the block access list, if `result` is
    /// what those came to.
    ///
    /// Where the prestate has no more than the transactions touched, a list that came with it says what
    /// of these steps nothing else does.
    pub fn around(&self, block: &Block, result: &BlockResult) -> AccessList {
        let mut around = self.opening.clone();
        if let Some(closing) = &self.closing {
            let mut state = block.after(&result.changes);
            around.join(&steps::after_block(block, closing, &mut state));
        } else if let (Some(list), Some(listed)) = (&self.access_list, &self.listed) {
            around.join(&steps::untold(block, list, &listed.withdrawn));
        }
        around
    }

    /// Root of that state, where all of it is known.
    pub fn state_root(&self, block: &Block, result: &BlockResult) -> Option<B256> {
        let is_whole = self.listed.is_none();
        is_whole.then(|| self.post_state(block, result).root())
    }

    /// What the source expects, compared with `result`; none where it expects nothing.
    pub fn expectations(&self, block: &Block, result: &BlockResult) -> Option<Expectations> {
        let expected = self.expected.as_ref()?;
        let mut of = Expectations::default();
        // A node has only blocks whose transactions were valid.
        if self.listed.is_some()
            && let Some((tx, reason)) = result.skipped().next()
        {
            of.unmet.push(format!(
                "transaction {tx} is invalid ({reason}), but a block of a chain has none such"
            ));
        }
        if let Some(expected) = expected.gas_used {
            of.compared.push("gas used".into());
            let found = result.gas_used();
            of.compare("gas used", found.to_string(), expected.to_string());
        }
        // Before Byzantium, receipts hold state roots.
        if let (Some(found), Some(expected)) =
            (result.receipts_root(block.spec), expected.receipts_root)
        {
            of.compared.push("receipts root".into());
            of.compare("receipts root", found.to_string(), expected.to_string());
        }
        if let Some(expected) = expected.logs_hash {
            of.compared.push("logs".into());
            let found = result.logs_hash();
            of.compare("hash of the logs", found.to_string(), expected.to_string());
        }
        if let Some(receipts) = &expected.receipts {
            of.compared.push("receipts".into());
            for (tx, (found, expected)) in result.outcomes.iter().zip(receipts).enumerate() {
                let found = receipt(found, block.spec);
                let expected = expected.as_ref().map(|it| of_fork(it.clone(), block.spec));
                of.compare(&format!("transaction {tx}"), text(&found), text(&expected));
            }
            let counts = (result.outcomes.len(), receipts.len());
            let what = "number of outcomes";
            of.compare(what, counts.0.to_string(), counts.1.to_string());
        }
        if expected.state_root.is_some() || expected.post.is_some() {
            let state = self.post_state(block, result);
            if let Some(expected) = &expected.post {
                of.compared.push("post-state".into());
                if let Some((address, found, expected)) = first_other(&state, expected) {
                    of.compare(&address.to_string(), text(&found), text(&expected));
                }
            }
            if let Some(expected) = expected.state_root {
                of.compared.push("state root".into());
                of.compare("state root", state.root().to_string(), expected.to_string());
            }
        }
        Some(of)
    }
}

/// The first account that differs; one that is not there is as an empty one.
fn first_other(found: &State, expected: &State) -> Option<(Address, Account, Account)> {
    let nothing = Account::default();
    let of =
        |state: &State, address: &Address| state.accounts.get(address).unwrap_or(&nothing).clone();
    let addresses = found.accounts.keys().chain(expected.accounts.keys());
    let addresses: BTreeSet<Address> = addresses.copied().collect();
    let mut both = (addresses.into_iter()).map(|it| (it, of(found, &it), of(expected, &it)));
    both.find(|(_, found, expected)| found != expected)
}

fn text(of: &impl Debug) -> String {
    format!("{of:?}")
}

/// What of an outcome the source can speak of; none when the transaction was invalid.
fn receipt(outcome: &Outcome, spec: SpecId) -> Option<ExpectedReceipt> {
    match outcome {
        Outcome::Skipped(_) => None,
        Outcome::Executed(receipt) => {
            let receipt = ExpectedReceipt {
                success: receipt.status == Status::Success,
                gas_used: receipt.gas_used,
                logs: receipt.logs.clone(),
            };
            Some(of_fork(receipt, spec))
        }
    }
}

/// Before EIP-658 a receipt has no status.
fn of_fork(receipt: ExpectedReceipt, spec: SpecId) -> ExpectedReceipt {
    ExpectedReceipt {
        success: receipt.success || !spec.is_enabled_in(SpecId::BYZANTIUM),
        ..receipt
    }
}
