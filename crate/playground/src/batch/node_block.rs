//! A block as a node gives it: `{"block": …, "prestate": …, "blockHashes": …}`.
//!
//! `block` is the answer to `eth_getBlockByNumber` with full transactions, `prestate` what the
//! `prestateTracer` says of every account the block touches, `blockHashes` (number to hash) what
//! `BLOCKHASH` asked for.
//! Fields that execution has no use for are ignored; one that is missing or wrong is an error with
//! its place.
//! The rule: senders and authorities are taken or recovered here, once, so that nothing executes a
//! signature again.

mod header;
#[cfg(feature = "formats")]
mod seal;

use std::collections::BTreeMap;

use alloy_primitives::{B256, U64, U256};
use interleave_engine::steps::{self, Shown};
use serde::Deserialize;

use super::{
    Batch, Listed, Problem,
    json::{Accounts, Part, state, zero_slots},
    mainnet,
};
use header::NodeBlock;

/// What people call it.
const WHAT: &str = "a block from a node";

/// Reads a block with its prestate.
pub fn read(text: &str) -> Result<Batch, Problem> {
    part(Part::whole(text))
}

/// Reads a block with its prestate that is part of a text.
pub(super) fn part(part: Part<'_>) -> Result<Batch, Problem> {
    let file: File = part.read(WHAT)?;
    #[cfg(feature = "formats")]
    seal::check(part)?;
    file.batch().map_err(|message| part.wrong(message))
}

/// The whole file.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "an object with \"block\", \"prestate\" and \"blockHashes\""
)]
struct File {
    block: NodeBlock,
    prestate: Accounts,
    #[serde(default)]
    block_hashes: BTreeMap<U64, B256>,
}

impl File {
    fn batch(self) -> Result<Batch, String> {
        let block = self.block;
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
        };
        let mut prestate = state(self.prestate);
        let opening = steps::before_block(
            block.spec,
            &block.env,
            block.parent,
            Shown::AfterSteps,
            &mut prestate,
        );

        let rules: &str = block.spec.into();
        Ok(Batch {
            title: format!("Block {} of Ethereum mainnet", block.env.number),
            description: format!(
                "{} transactions under the rules of {rules}, with the state they touch as a node gave it.",
                block.transactions.len()
            ),
            spec: block.spec,
            chain_id: mainnet::CHAIN_ID,
            env: block.env,
            block_hashes: self
                .block_hashes
                .into_iter()
                .map(|(number, hash)| (number.to(), hash))
                .collect(),
            prestate,
            opening,
            transactions: block.transactions,
            expected: Some(block.expected),
            listed: Some(listed),
            ..Batch::default()
        })
    }
}

#[cfg(test)]
mod tests;
