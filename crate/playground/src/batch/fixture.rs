//! Blockchain tests in the format of ethereum/tests and execution-spec-tests: chains of blocks.
//!
//! A file holds cases by name. The state a block leaves is the prestate of the next, so reading
//! executes the blocks on the oracle, with the steps before and after each.
//! A block that must be refused has a place among them, and leaves the state as it is.
//! The rule: every header's gas, receipts root and state root are expected, and of the last block
//! the whole state; nothing is skipped because it is hard.

use std::{collections::BTreeMap, mem};

use alloy_primitives::{Address, B256, U64, U256};
use interleave_engine::{
    oracle,
    state::State,
    steps::{self, Closing, Parent, Shown},
};
use revm::primitives::hardfork::SpecId;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::{
    Batch, Expected, Problem,
    blobs::{Blobs, Schedule, network},
    header::{self, Header},
    json::{Accounts, Part, state},
    lower,
    t8n::Withdrawal,
    transaction::JsonTransaction,
};
use crate::contracts::Contracts;

/// One case.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a case of a blockchain test")]
struct Chain<'t> {
    network: String,
    #[serde(default)]
    config: Config,
    pre: Accounts,
    post_state: Option<Accounts>,
    #[serde(borrow)]
    blocks: Vec<&'t RawValue>,
    /// Of this project alone: which of the blocks is meant, counted from 1.
    chosen: Option<U64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "the configuration of a chain")]
struct Config {
    #[serde(default)]
    blob_schedule: Schedule,
}

/// As much of a case as tells its batches apart.
#[derive(Deserialize)]
struct Outline {
    blocks: Vec<IgnoredAny>,
    chosen: Option<U64>,
}

/// Titles of the batches of a case.
pub(super) fn titles(name: &str, part: Part<'_>) -> Result<Vec<String>, Problem> {
    let outline: Outline = part.read("a case of a blockchain test")?;
    let count = outline.blocks.len();
    let titles = (1..=count).map(|number| title(name, number, count));
    part.chosen(titles.collect(), outline.chosen)
}

fn title(name: &str, number: usize, count: usize) -> String {
    match count {
        1 => name.to_owned(),
        _ => format!("{name}, block {number} of {count}"),
    }
}

#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    expecting = "a block with header and transactions"
)]
struct ChainBlock {
    block_header: ChainHeader,
    transactions: Vec<JsonTransaction>,
    #[serde(default)]
    withdrawals: Vec<Withdrawal>,
    #[serde(default)]
    uncle_headers: Vec<Uncle>,
}

/// As much of a block as says that it must be refused, which may have neither header nor transactions.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a block")]
struct Verdict {
    expect_exception: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a header")]
struct ChainHeader {
    hash: B256,
    parent_hash: B256,
    coinbase: Address,
    receipt_trie: B256,
    state_root: B256,
    difficulty: U256,
    number: U64,
    gas_limit: U64,
    gas_used: U64,
    timestamp: U64,
    mix_hash: B256,
    base_fee_per_gas: Option<U64>,
    excess_blob_gas: Option<U64>,
    parent_beacon_block_root: Option<B256>,
    slot_number: Option<U64>,
}

#[derive(Deserialize)]
struct Uncle {
    number: U64,
    coinbase: Address,
}

/// The blocks of a case, each with its prestate, or why one is none.
pub(super) fn part(name: &str, part: Part<'_>) -> Result<Vec<Result<Batch, Problem>>, Problem> {
    let chain: Chain<'_> = part.read("a case of a blockchain test")?;
    let network = network(&chain.network, &chain.config.blob_schedule);
    let (spec, blobs) = network.map_err(|message| part.wrong(message))?;
    let blocks = (1..).zip(&chain.blocks);
    let blocks = blocks.map(|(number, text)| block(number, part.inner(text.get())));
    let blocks: Vec<Result<ChainBlock, Problem>> = blocks.collect::<Result<_, _>>()?;
    let last = blocks.iter().rposition(Result::is_ok);
    let count = blocks.len();
    let mut case = Case {
        spec,
        blobs,
        left: state(chain.pre),
        hashes: BTreeMap::new(),
        post: chain.post_state.map(state),
    };
    let mut batches = Vec::with_capacity(count);
    for (place, written) in blocks.into_iter().enumerate() {
        let wrong = |it| part.wrong(format!("block {} of the case: {it}", place + 1));
        let is_last = last == Some(place);
        batches.push(match written {
            Ok(written) => Ok(Batch {
                title: title(name, place + 1, count),
                ..case.next(written, is_last, wrong)?
            }),
            Err(refused) => Err(refused),
        });
    }
    part.chosen(batches, chain.chosen)
}

/// The block that is written, or that it must be refused.
fn block(number: usize, part: Part<'_>) -> Result<Result<ChainBlock, Problem>, Problem> {
    let what = format!("block {number} of a blockchain test");
    let verdict: Verdict = part.read(&what)?;
    Ok(match verdict.expect_exception {
        Some(reason) => Err(part.wrong(format!(
            "block {number} of this case must be refused ({reason}), which is no matter of execution"
        ))),
        None => Ok(part.read(&what)?),
    })
}

/// A case, as far as it has been read.
struct Case {
    spec: SpecId,
    blobs: Blobs,
    /// What the last block has left.
    left: State,
    hashes: BTreeMap<u64, B256>,
    /// What the last block must leave.
    post: Option<State>,
}

impl Case {
    /// The next block; `wrong` says which it is.
    fn next(
        &mut self,
        written: ChainBlock,
        is_last: bool,
        wrong: impl Fn(String) -> Problem,
    ) -> Result<Batch, Problem> {
        let (spec, header) = (self.spec, &written.block_header);
        let env = header.header().env(spec, self.blobs, &header::CHAIN);
        let env = env.map_err(wrong)?;
        let number = header.number.to::<u64>();
        self.hashes
            .insert(number.saturating_sub(1), header.parent_hash);
        let mut prestate = mem::take(&mut self.left);
        let parent = Parent {
            hash: header.parent_hash,
            beacon_root: header.parent_beacon_block_root,
        };
        let shown = Shown::BeforeSteps;
        let opening = steps::before_block(spec, &env, parent, shown, &mut prestate);
        let rules: &str = spec.into();
        let batch = Batch {
            description: format!(
                "{} transactions under the rules of {rules}.",
                written.transactions.len()
            ),
            spec,
            chain_id: 1,
            env,
            most_blobs: Some(self.blobs.most),
            block_hashes: self.hashes.clone(),
            prestate,
            opening,
            expected: Some(Expected {
                gas_used: Some(header.gas_used.to()),
                receipts_root: Some(header.receipt_trie),
                state_root: Some(header.state_root),
                receipts: None,
                logs_hash: None,
                post: self.post.take_if(|_| is_last),
            }),
            closing: Some(Closing {
                uncles: (written.uncle_headers.iter())
                    .map(|uncle| (uncle.number.to(), uncle.coinbase))
                    .collect(),
                ..Withdrawal::closing(&written.withdrawals)
            }),
            transactions: written
                .transactions
                .into_iter()
                .map(|tx| tx.transaction)
                .collect(),
            ..Batch::default()
        };
        self.hashes.insert(number, header.hash);
        if !is_last {
            let block = lower(&batch, &Contracts::default()).map_err(|mut problems| {
                (problems.pop()).unwrap_or_else(|| Problem::error("the block cannot be built"))
            })?;
            self.left = batch.post_state(&block, &oracle::result(&block));
        }
        Ok(batch)
    }
}

impl ChainHeader {
    fn header(&self) -> Header {
        Header {
            number: self.number,
            timestamp: self.timestamp,
            beneficiary: self.coinbase,
            gas_limit: self.gas_limit,
            gas_used: Some(self.gas_used),
            difficulty: Some(self.difficulty),
            mix_hash: Some(self.mix_hash),
            base_fee: self.base_fee_per_gas,
            excess_blob_gas: self.excess_blob_gas,
            beacon_root: self.parent_beacon_block_root,
            slot_number: self.slot_number,
        }
    }
}
