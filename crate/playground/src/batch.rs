//! What a person wrote, evaluated: accounts, contracts and transactions with the places they came from.
//!
//! Every input (script, block from a node) becomes a [`Batch`]; lowering makes it a [`Block`](interleave_engine::block::Block).
//! Reading a batch never panics and never hangs: it gives a batch and its problems.

pub mod access_list;
mod blobs;
mod broadcast;
mod expected;
mod fixture;
mod header;
pub mod input;
pub(crate) mod json;
pub mod list_change;
mod listed;
mod lower;
mod mainnet;
pub mod node_block;
pub mod script;
mod signature;
mod state_test;
pub mod t8n;
mod transaction;
pub mod view;

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use interleave_engine::{access_list::AccessList, hints::Hint, state::State, steps::Closing};
use revm::{
    context::{BlockEnv, TxEnv},
    primitives::hardfork::SpecId,
};
use serde::Serialize;

pub use self::{
    expected::{Expectations, Expected, ExpectedReceipt},
    list_change::ListChange,
    listed::Listed,
    lower::{lower, lower_watched, room},
    view::{Expectation, Watch},
};

/// A place in a text, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Place {
    /// Line.
    pub line: u32,
    /// Column, in characters.
    pub column: u32,
}

impl Place {
    /// The place that follows `text`, whose lines end as in editors: a carriage return that stands alone
    /// ends one too.
    pub fn after(text: &str) -> Self {
        let last = text.rsplit(['\n', '\r']).next().unwrap_or_default();
        let ends = |end: &str| text.matches(end).count();
        Self {
            line: (ends("\n") + ends("\r") - ends("\r\n")) as u32 + 1,
            column: last.chars().count() as u32 + 1,
        }
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Severity {
    /// The batch cannot run.
    Error,
    /// The batch runs, but perhaps not as meant.
    Warning,
}

/// Something wrong with what a person wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// One sentence that says what is wrong and what would be right.
    pub message: String,
    /// Where; absent when it concerns the whole text.
    pub place: Option<Place>,
    /// The file of contracts it is in; absent when it is in the script or block itself.
    pub file: Option<String>,
}

impl Problem {
    /// An error that concerns the whole text, or no text.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            place: None,
            file: None,
        }
    }

    /// What runs all the same.
    pub fn warning(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(message)
        }
    }

    /// The same, at a place.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self {
            place: Some(place),
            ..self
        }
    }

    /// The same, in a file of contracts.
    #[must_use]
    pub fn of(self, file: &str) -> Self {
        Self {
            file: Some(file.to_owned()),
            ..self
        }
    }
}

/// One transaction of a batch.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// What revm executes.
    pub env: TxEnv,
    /// What a person calls it, such as `claim(uint256)` or `transfer`.
    pub label: String,
    /// The call in the script that made it.
    pub place: Option<Place>,
    /// What the script says that it reads and writes.
    pub hint: Option<Hint>,
}

/// A batch: everything needed to build and explain a block.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// First comment line of a script, or what a file is.
    pub title: String,
    /// The comment lines after it.
    pub description: String,
    /// The hard fork whose rules hold.
    pub spec: SpecId,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The block's environment.
    pub env: BlockEnv,
    /// How many blobs a block has at the most, where that is known.
    pub most_blobs: Option<u64>,
    /// Hashes that `BLOCKHASH` can ask for.
    pub block_hashes: BTreeMap<u64, B256>,
    /// Names people gave to addresses.
    pub names: BTreeMap<Address, String>,
    /// Which contract (an artifact's name) lives at an address.
    pub contracts: BTreeMap<Address, String>,
    /// State before anything ran.
    pub prestate: State,
    /// Deployments and preparation, executed on the prestate and not measured.
    pub preparation: Vec<Transaction>,
    /// The block's transactions in order.
    pub transactions: Vec<Transaction>,
    /// Values that are shown before and after.
    pub watches: Vec<Watch>,
    /// Values that must hold after the block.
    pub expectations: Vec<Expectation>,
    /// Accounts that were put in a shard, and where the script says so.
    pub shards: BTreeMap<Address, (u32, Option<Place>)>,
    /// What the steps before the first transaction did; the prestate is after them.
    pub opening: AccessList,
    /// The block access list that came with it, and that may be false.
    pub access_list: Option<AccessList>,
    /// What the script has that list say that is not so; without a list, the true one.
    pub list_changes: Vec<ListChange>,
    /// What it must come to, where its source says so.
    pub expected: Option<Expected>,
    /// What a prestate lists that has no more than the block touched; absent where it is complete.
    pub listed: Option<Listed>,
    /// The steps after the last transaction, where the source has them.
    pub closing: Option<Closing>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_as_in_editors() {
        let after = |text| {
            let Place { line, column } = Place::after(text);
            (line, column)
        };
        assert_eq!(after(""), (1, 1));
        assert_eq!(after("ab\n"), (2, 1));
        assert_eq!(after("ab\r\ncö"), (2, 3));
        assert_eq!(after("ab\rc"), (2, 2));
        assert_eq!(after("\r\r\n\n\r"), (5, 1));
    }
}
