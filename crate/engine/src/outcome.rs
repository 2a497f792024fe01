//! What a block's execution comes to: an outcome for each transaction and the changes to the state.
//!
//! The same for the oracle and for every strategy; two are equal exactly when their digests are.

mod difference;
mod digest;
mod gas_limit;
mod receipts;

use alloy_primitives::{Address, B256, Bytes, Log, keccak256};
use revm::{
    context::{
        TxEnv,
        result::{ExecutionResult, InvalidTransaction, Output},
    },
    primitives::hardfork::SpecId,
};

pub use gas_limit::Overfull;

use crate::state::Changes;

/// How the EVM ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It returned or stopped.
    Success,
    /// It ran into `REVERT`; the output is the reason.
    Revert,
    /// It failed and used all its gas; the word is revm's own, such as `OutOfGas`.
    Halt(String),
}

/// The receipt of an executed transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// EIP-2718 type.
    pub tx_type: u8,
    /// How it ended.
    pub status: Status,
    /// Gas used by this transaction alone, after refunds.
    pub gas_used: u64,
    /// Logs in the order they were emitted.
    pub logs: Vec<Log>,
    /// Return data, revert data, or the deployed code.
    pub output: Bytes,
    /// Address of the contract a creation transaction made.
    pub created: Option<Address>,
}

/// What became of one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was executed.
    Executed(Receipt),
    /// It was invalid and changed nothing; the text is revm's reason.
    Skipped(String),
}

impl Default for Outcome {
    /// Of a transaction that nobody looked at.
    fn default() -> Self {
        Self::Skipped(String::new())
    }
}

impl Outcome {
    /// The outcome of a transaction that revm executed.
    pub fn executed(tx: &TxEnv, result: ExecutionResult) -> Self {
        let gas_used = result.tx_gas_used();
        let (status, logs, output) = match result {
            ExecutionResult::Success { logs, output, .. } => (Status::Success, logs, output),
            ExecutionResult::Revert { logs, output, .. } => {
                (Status::Revert, logs, Output::Call(output))
            }
            ExecutionResult::Halt { reason, logs, .. } => {
                let status = Status::Halt(format!("{reason:?}"));
                (status, logs, Output::Call(Bytes::new()))
            }
        };
        Self::Executed(Receipt {
            tx_type: tx.tx_type,
            status,
            gas_used,
            logs,
            created: output.address().copied(),
            output: output.into_data(),
        })
    }

    /// The outcome of a transaction that revm found invalid.
    pub fn skipped(reason: &InvalidTransaction) -> Self {
        Self::Skipped(reason.to_string())
    }

    /// Gas the transaction used; nothing if it was skipped.
    pub fn gas_used(&self) -> u64 {
        match self {
            Self::Executed(receipt) => receipt.gas_used,
            Self::Skipped(_) => 0,
        }
    }
}

/// What a block came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockResult {
    /// One outcome a transaction, in block order.
    pub outcomes: Vec<Outcome>,
    /// Post-state against prestate.
    pub changes: Changes,
}

/// The first place where a result is not what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The transaction, or none when only the post-state differs.
    pub tx: Option<u32>,
    /// What differs, such as `gasUsed` or `balance of 0x…`.
    pub field: String,
    /// The value there is.
    pub found: String,
    /// The value that was expected.
    pub expected: String,
}

impl BlockResult {
    /// 32 bytes that are equal exactly when two results are.
    pub fn digest(&self) -> B256 {
        digest::digest(self)
    }

    /// Executed transactions, each with its place in the block.
    pub fn executed(&self) -> impl Iterator<Item = (usize, &Receipt)> {
        let all = self.outcomes.iter().enumerate();
        all.filter_map(|(tx, outcome)| match outcome {
            Outcome::Executed(receipt) => Some((tx, receipt)),
            Outcome::Skipped(_) => None,
        })
    }

    /// Transactions that were invalid, each with its place in the block and the reason.
    pub fn skipped(&self) -> impl Iterator<Item = (usize, &str)> {
        let all = self.outcomes.iter().enumerate();
        all.filter_map(|(tx, outcome)| match outcome {
            Outcome::Executed(_) => None,
            Outcome::Skipped(reason) => Some((tx, reason.as_str())),
        })
    }

    /// Gas used by all transactions of the block.
    pub fn gas_used(&self) -> u64 {
        self.outcomes.iter().map(Outcome::gas_used).sum()
    }

    /// Root of the receipts, where the hard fork's receipts do not hold a state root.
    pub fn receipts_root(&self, spec: SpecId) -> Option<B256> {
        receipts::root(self, spec)
    }

    /// All logs of the block in their order.
    pub fn logs(&self) -> impl Iterator<Item = &Log> {
        self.executed().flat_map(|(_, receipt)| &receipt.logs)
    }

    /// Hash of the RLP of all logs, as state tests and state transition tools have it.
    pub fn logs_hash(&self) -> B256 {
        keccak256(alloy_rlp::encode(self.logs().collect::<Vec<_>>()))
    }

    /// The first thing that is not as `expected` has it: transactions in block order, then accounts.
    pub fn first_difference(&self, expected: &Self) -> Option<Difference> {
        difference::first(self, expected)
    }
}
