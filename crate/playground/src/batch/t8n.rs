//! The input of a state transition tool: `{"alloc": …, "env": …, "txs": […]}`.
//!
//! Geth's `evm t8n` takes these three files; here they are members of one object. A test batch has
//! more: `fork`, and in `expect` what the transactions must come to, where another implementation
//! computed it (its state is called `pre`). A block that was written has `currentBlobBaseFee` in
//! `env` where blobs are not those of its fork, whose parameters change without one.
//! The rule: transactions run on the state as given, and nothing runs before or after them but what
//! the environment speaks of (withdrawals).

mod write;

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Log, U64, U128, U256};
use interleave_engine::{
    access_list::AccessList,
    steps::{self, Closing, Parent, Shown},
};
use revm::primitives::hardfork::SpecId;
use serde::Deserialize;

use super::{
    Batch, Expected, ExpectedReceipt, Problem,
    blobs::Blobs,
    header::{Header, Names},
    json::{Accounts, Part, state},
    transaction::JsonTransaction,
};

pub use write::{alloc, whole, write};

/// Reads a batch.
pub(super) fn part(part: Part<'_>) -> Result<Batch, Problem> {
    let file: File = part.read("the input of a state transition tool (t8n)")?;
    file.batch().map_err(|message| part.wrong(message))
}

/// All three files.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    expecting = "an object with \"alloc\", \"env\" and \"txs\""
)]
struct File {
    name: Option<String>,
    fork: Option<String>,
    chain_id: Option<U64>,
    #[serde(alias = "pre")]
    alloc: Accounts,
    env: Env,
    txs: Vec<JsonTransaction>,
    expect: Option<Expect>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "the environment of a block")]
pub(super) struct Env {
    current_coinbase: Address,
    current_gas_limit: U64,
    current_number: U64,
    current_timestamp: U64,
    current_base_fee: Option<U64>,
    current_difficulty: Option<U256>,
    current_random: Option<U256>,
    current_excess_blob_gas: Option<U64>,
    /// Of this project alone: what blob gas costs, where the parameters of the fork do not hold.
    current_blob_base_fee: Option<U128>,
    parent_base_fee: Option<U64>,
    parent_difficulty: Option<U256>,
    parent_excess_blob_gas: Option<U64>,
    parent_beacon_block_root: Option<B256>,
    slot_number: Option<U64>,
    #[serde(default)]
    block_hashes: BTreeMap<U64, B256>,
    withdrawals: Option<Vec<Withdrawal>>,
}

/// A withdrawal of EIP-4895.
#[derive(Clone, Deserialize)]
pub(super) struct Withdrawal {
    pub(super) address: Address,
    amount: U64,
}

impl Withdrawal {
    pub(super) fn closing(withdrawals: &[Self]) -> Closing {
        Closing {
            withdrawals: (withdrawals.iter())
                .map(|it| (it.address, it.amount.to()))
                .collect(),
            uncles: Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expect {
    gas_used: U64,
    receipts_root: Option<B256>,
    state_root: Option<B256>,
    receipts: Vec<Receipt>,
    #[serde(default)]
    rejected: BTreeMap<U64, String>,
    post: Option<Accounts>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    tx: U64,
    status: bool,
    gas_used: U64,
    logs: Vec<Log>,
}

impl File {
    fn batch(self) -> Result<Batch, String> {
        let spec = match &self.fork {
            Some(name) => spec(name)?,
            None => self.env.newest(),
        };
        let of_fork = Blobs::of_fork(spec);
        let header = self.env.is_whole(spec);
        let env = header.and_then(|()| self.env.header().env(spec, of_fork, &NAMES));
        let mut env = env.map_err(|it| format!("env: {it}"))?;
        if let (Some(blobs), Some(fee)) = (
            &mut env.blob_excess_gas_and_price,
            self.env.current_blob_base_fee,
        ) {
            blobs.blob_gasprice = fee.to();
        }
        // Of which schedule that price is, nothing says.
        let most_blobs = match self.env.current_blob_base_fee {
            Some(_) => None,
            None => Some(of_fork.most),
        };
        if spec < SpecId::SHANGHAI
            && self
                .env
                .withdrawals
                .as_ref()
                .is_some_and(|it| !it.is_empty())
        {
            let rules: &str = spec.into();
            return Err(format!(
                "env: there are `withdrawals`, but they begin with Shanghai, and this is a block of {rules}"
            ));
        }
        let withdrawals = self.env.withdrawals.as_deref();
        let withdrawals = withdrawals.filter(|_| spec.is_enabled_in(SpecId::SHANGHAI));
        let closing = withdrawals.map(Withdrawal::closing);
        let mut prestate = state(self.alloc);
        let mut opening = AccessList::default();
        if let Some(root) = self.env.parent_beacon_block_root {
            let number = self.env.current_number.to::<u64>();
            let parent = number.checked_sub(1).map(U64::from);
            let hash = parent.and_then(|number| self.env.block_hashes.get(&number));
            let parent = Parent {
                hash: hash.copied().unwrap_or_default(),
                beacon_root: Some(root),
            };
            let shown = Shown::BeforeSteps;
            opening = steps::before_block(spec, &env, parent, shown, &mut prestate);
        }
        let transactions: Vec<_> = self.txs.into_iter().map(|tx| tx.transaction).collect();
        let rules: &str = spec.into();
        let expected = match self.expect {
            Some(expect) => Some(expect.of(transactions.len())?),
            None => None,
        };
        Ok(Batch {
            title: self.name.unwrap_or_else(|| "A t8n input".into()),
            description: format!(
                "{} transactions under the rules of {rules}.",
                transactions.len()
            ),
            spec,
            chain_id: self.chain_id.map_or(1, |id| id.to()),
            env,
            most_blobs,
            block_hashes: (self.env.block_hashes.into_iter())
                .map(|(number, hash)| (number.to(), hash))
                .collect(),
            prestate,
            opening,
            transactions,
            expected,
            closing,
            ..Batch::default()
        })
    }
}

/// How t8n calls the members of a header.
pub(super) const NAMES: Names = Names {
    difficulty: "currentDifficulty",
    mix_hash: "currentRandom",
    base_fee: "currentBaseFee",
    excess_blob_gas: "currentExcessBlobGas",
};

impl Env {
    pub(super) fn header(&self) -> Header {
        Header {
            number: self.current_number,
            timestamp: self.current_timestamp,
            beneficiary: self.current_coinbase,
            gas_limit: self.current_gas_limit,
            gas_used: None,
            // Test batches of proof of work leave it out.
            difficulty: Some(self.current_difficulty.unwrap_or_default()),
            mix_hash: self.current_random.map(Into::into),
            base_fee: self.current_base_fee,
            excess_blob_gas: self.current_excess_blob_gas,
            beacon_root: self.parent_beacon_block_root,
            slot_number: self.slot_number,
        }
    }

    /// Is all there that the rules define? Where only the parent has it, a tool works it out; here
    /// that is not done.
    fn is_whole(&self, spec: SpecId) -> Result<(), String> {
        let since = |fork| spec.is_enabled_in(fork);
        let fee = self.current_base_fee.is_none() && self.parent_base_fee.is_some();
        let difficulty = self.current_difficulty.is_none() && self.parent_difficulty.is_some();
        let excess =
            self.current_excess_blob_gas.is_none() && self.parent_excess_blob_gas.is_some();
        let (parent, block) = if since(SpecId::LONDON) && fee {
            ("parentBaseFee", NAMES.base_fee)
        } else if !since(SpecId::MERGE) && difficulty {
            ("parentDifficulty", NAMES.difficulty)
        } else if since(SpecId::CANCUN) && excess {
            ("parentExcessBlobGas", NAMES.excess_blob_gas)
        } else {
            return Ok(());
        };
        Err(format!(
            "`{parent}` is there, but `{block}` is not, and it is not worked out of the parent's"
        ))
    }

    /// The newest rules whose blocks have what this one has: t8n is told them apart from its input.
    fn newest(&self) -> SpecId {
        if self.slot_number.is_some_and(|it| !it.is_zero()) {
            SpecId::AMSTERDAM
        } else if self.current_excess_blob_gas.is_some()
            || self.parent_excess_blob_gas.is_some()
            || self.parent_beacon_block_root.is_some()
        {
            SpecId::OSAKA
        } else if self.withdrawals.is_some() {
            SpecId::SHANGHAI
        } else if self.current_random.is_some() {
            SpecId::MERGE
        } else if self.current_base_fee.is_some() || self.parent_base_fee.is_some() {
            SpecId::LONDON
        } else {
            SpecId::BERLIN
        }
    }
}

impl Expect {
    fn of(self, transactions: usize) -> Result<Expected, String> {
        let mut receipts = vec![None; transactions];
        for receipt in self.receipts {
            let tx = receipt.tx.to::<usize>();
            let place = receipts.get_mut(tx);
            *place.ok_or_else(|| format!("expect: there is no transaction {tx}"))? =
                Some(ExpectedReceipt {
                    success: receipt.status,
                    gas_used: receipt.gas_used.to(),
                    logs: receipt.logs,
                });
        }
        let rejected = |tx| self.rejected.contains_key(&U64::from(tx));
        if let Some(tx) = (0..transactions).find(|tx| rejected(*tx) == receipts[*tx].is_some()) {
            return Err(format!(
                "expect: transaction {tx} must have a receipt or be rejected, not both"
            ));
        }
        Ok(Expected {
            gas_used: Some(self.gas_used.to()),
            receipts_root: self.receipts_root,
            state_root: self.state_root,
            receipts: Some(receipts),
            logs_hash: None,
            post: self.post.map(state),
        })
    }
}

/// The hard fork of this name, as tools and test fixtures call it.
pub(super) fn spec(name: &str) -> Result<SpecId, String> {
    match name {
        "EIP150" => Ok(SpecId::TANGERINE),
        "EIP158" => Ok(SpecId::SPURIOUS_DRAGON),
        "ConstantinopleFix" => Ok(SpecId::PETERSBURG),
        "Paris" => Ok(SpecId::MERGE),
        _ => (name.parse()).map_err(|_| format!("there is no hard fork `{name}`")),
    }
}
