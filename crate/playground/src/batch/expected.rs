//! What the source of a block says it must come to, and what of it does not hold.
//!
//! The rule: whatever is said is compared, after the steps that follow the last transaction; what a
//! hard fork does not define (a status before Byzantium) is not.

use std::fmt::Debug;

use alloy_primitives::{B256, Log};
use interleave_engine::{
    block::Block,
    outcome::{BlockResult, Outcome, Status},
    state::{Account, State},
    steps,
};
use revm::primitives::hardfork::SpecId;

use super::Batch;

/// What a block must come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Gas used by all transactions.
    pub gas_used: u64,
    /// Root of the receipts.
    pub receipts_root: Option<B256>,
    /// Root of the state after the block's last step.
    pub state_root: Option<B256>,
    /// For each transaction its receipt, or none where it is invalid at its turn.
    pub receipts: Option<Vec<Option<ExpectedReceipt>>>,
    /// The state after the block's last step.
    pub post: Option<State>,
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
        let mut state = block.prestate.clone();
        state.apply(&result.changes);
        if let Some(closing) = &self.closing {
            steps::after_block(block, closing, &mut state);
        }
        state
    }

    /// What the source expects and `result` does not come to, each in a sentence.
    pub fn unmet(&self, block: &Block, result: &BlockResult) -> Vec<String> {
        let Some(expected) = &self.expected else {
            return Vec::new();
        };
        let mut unmet = Vec::new();
        let mut compare = |what: &str, found: String, expected: String| {
            if found != expected {
                unmet.push(format!("{what} is {found}, expected {expected}"));
            }
        };
        let gas = (result.gas_used(), expected.gas_used);
        compare("gas used", gas.0.to_string(), gas.1.to_string());
        if let (Some(found), Some(expected)) =
            (result.receipts_root(block.spec), expected.receipts_root)
        {
            compare("receipts root", found.to_string(), expected.to_string());
        }
        if let Some(receipts) = &expected.receipts {
            for (tx, (found, expected)) in result.outcomes.iter().zip(receipts).enumerate() {
                let found = receipt(found, block.spec);
                let expected = expected.as_ref().map(|it| of_fork(it.clone(), block.spec));
                compare(&format!("transaction {tx}"), text(&found), text(&expected));
            }
            let counts = (result.outcomes.len(), receipts.len());
            compare(
                "number of outcomes",
                counts.0.to_string(),
                counts.1.to_string(),
            );
        }
        if expected.state_root.is_some() || expected.post.is_some() {
            let state = self.post_state(block, result);
            if let Some(expected) = &expected.post {
                let nothing = Account::default();
                let addresses = state.accounts.keys().chain(expected.accounts.keys());
                let differs = addresses.into_iter().find_map(|address| {
                    let of =
                        |state: &State| state.accounts.get(address).unwrap_or(&nothing).clone();
                    let (found, expected) = (of(&state), of(expected));
                    (found != expected).then_some((address, found, expected))
                });
                if let Some((address, found, expected)) = differs {
                    compare(&address.to_string(), text(&found), text(&expected));
                }
            }
            if let Some(expected) = expected.state_root {
                compare("state root", state.root().to_string(), expected.to_string());
            }
        }
        unmet
    }
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
