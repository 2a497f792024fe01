//! A block as a node gives it: `{"block": …, "prestate": …, "blockHashes": …}`.
//!
//! `block` is the answer to `eth_getBlockByNumber` with full transactions, `prestate` what the
//! `prestateTracer` says of every account the block touches, `blockHashes` (number to hash) what
//! `BLOCKHASH` asked for.
//! The node's `receipts` may stand beside them; then a run is compared with each.
//! So may `blockAccessList`, what `eth_getBlockAccessList` gives; then the strategy of that name replays
//! with it.
//! A block of another chain than Ethereum mainnet has its `chainId` beside it, its `fork` where the
//! header does not tell, and the parameters of its blobs as `blobSchedule` (in the form of `eth_config`).
//! `answers` makes such a file of what a node was asked.
//! Fields that execution has no use for are ignored; one that is missing or wrong is an error with
//! its place.
//! The rule: senders and authorities are taken or recovered here, once, so that nothing executes a
//! signature again.

pub mod answers;
mod header;
mod receipts;
mod seal;

use std::collections::BTreeMap;

use alloy_primitives::{B256, U64, U256};
use interleave_engine::steps::{self, Shown};
use revm::primitives::hardfork::SpecId;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Batch, Expected, Listed, Problem, access_list,
    blobs::Blobs,
    json::{Accounts, Part, state, zero_slots},
    mainnet,
};
use header::{Chain, Fields};
use receipts::NodeReceipt;

/// What people call it.
const WHAT: &str = "a block from a node";

/// Reads a block with its prestate.
pub fn read(text: &str) -> Result<Batch, Problem> {
    part(Part::whole(text))
}

/// Reads a block with its prestate that is part of a text.
pub(super) fn part(part: Part<'_>) -> Result<Batch, Problem> {
    let file: File<'_> = part.read(WHAT)?;
    seal::check(part)?;
    let list = file.block_access_list.map(|list| part.inner(list.get()));
    let (mut batch, hash) = file.batch().map_err(|message| part.wrong(message))?;
    if let Some(list) = list {
        let read = access_list::part(list, batch.transactions.len(), hash)?;
        batch.access_list = Some(read);
    }
    Ok(batch)
}

/// The whole file.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "an object with \"block\", \"prestate\" and \"blockHashes\""
)]
struct File<'t> {
    chain_id: Option<U64>,
    fork: Option<String>,
    blob_schedule: Option<Blobs>,
    block: Fields,
    prestate: Accounts,
    #[serde(default)]
    block_hashes: BTreeMap<U64, B256>,
    receipts: Option<Vec<NodeReceipt>>,
    #[serde(borrow)]
    block_access_list: Option<&'t RawValue>,
}

impl File<'_> {
    /// The batch without its access list, and the hash of that.
    fn batch(self) -> Result<(Batch, Option<B256>), String> {
        let chain = Chain {
            id: self.chain_id.map_or(mainnet::CHAIN_ID, |it| it.to()),
            fork: self.fork.map(fork).transpose()?,
            blobs: self.blob_schedule,
        };
        let block = self.block.block(chain);
        let block = block.map_err(|message| format!("not {WHAT}: block: {message}"))?;
        let before = (self.block_hashes.iter())
            .find(|(number, _)| U256::from(**number) + U256::ONE == block.env.number);
        if let Some((number, hash)) = before
            && *hash != block.parent.hash
        {
            return Err(format!(
                "`parentHash` is {}, but `blockHashes` has {hash} for block {number}",
                block.parent.hash
            ));
        }
        let listed = Listed {
            zero_slots: zero_slots(&self.prestate),
            withdrawn: block.withdrawn,
        };
        let mut prestate = state(self.prestate);
        let opening = steps::before_block(
            block.spec,
            &block.env,
            block.parent,
            Shown::AfterSteps,
            &mut prestate,
        );

        let receipts = self
            .receipts
            .map(|all| all.into_iter().map(NodeReceipt::expected));
        let rules: &str = block.spec.into();
        let batch = Batch {
            title: match chain.id {
                mainnet::CHAIN_ID => format!("Block {} of Ethereum mainnet", block.env.number),
                other => format!("Block {} of chain {other}", block.env.number),
            },
            description: format!(
                "{} transactions under the rules of {rules}, with the state they touch as a node gave it.",
                block.transactions.len()
            ),
            spec: block.spec,
            chain_id: chain.id,
            env: block.env,
            most_blobs: block.most_blobs,
            block_hashes: self
                .block_hashes
                .into_iter()
                .map(|(number, hash)| (number.to(), hash))
                .collect(),
            prestate,
            opening,
            transactions: block.transactions,
            expected: Some(Expected {
                receipts: receipts.map(|all| all.map(Some).collect()),
                ..block.expected
            }),
            listed: Some(listed),
            ..Batch::default()
        };
        Ok((batch, block.access_list_hash))
    }
}

/// The hard fork of this name.
fn fork(name: String) -> Result<SpecId, String> {
    (name.parse()).map_err(|_| {
        format!("there is no hard fork `{name}`; they are called Berlin, London, Merge, Shanghai, Cancun, Prague, Osaka, Amsterdam")
    })
}

#[cfg(test)]
mod tests;
