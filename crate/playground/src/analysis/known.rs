//! Who is who: the names and contracts of a batch, and those of the contracts that its block created.
//!
//! A contract of the block is found where one of the batch's contracts, or its code, says what it is;
//! it is called after who made it, `factory#1`, or after its contract.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use alloy_primitives::{Address, KECCAK256_EMPTY};
use interleave_engine::{
    block::Block,
    outcome::{BlockResult, Outcome},
    state::AccountChange,
};

use crate::{
    batch::Batch,
    contracts::{Artifact, Contracts, Names},
};

/// Contracts of one creator that get a name.
const MOST_NONCES: u64 = 10_000;

/// Names and contracts, by address.
pub struct Known<'a> {
    /// What a person calls an account.
    pub names: Cow<'a, Names>,
    /// Which artifact an account's code comes from.
    pub contracts: Cow<'a, BTreeMap<Address, String>>,
}

impl<'a> Known<'a> {
    /// What is known of `batch` after `block` came to `result`.
    pub fn new(
        batch: &'a Batch,
        block: &Block,
        result: &BlockResult,
        contracts: &Contracts,
    ) -> Self {
        let mut known = Self {
            names: Cow::Borrowed(&batch.names),
            contracts: Cow::Borrowed(&batch.contracts),
        };
        let mut created: Vec<Address> = result
            .changes
            .accounts
            .iter()
            .filter(|(address, change)| {
                let before = block.prestate.accounts.get(*address);
                let had_code = before.is_some_and(|it| it.code_hash != KECCAK256_EMPTY);
                let has_code = matches!(change, AccountChange::Updated { code_hash, .. } if *code_hash != KECCAK256_EMPTY);
                has_code && !had_code && !batch.names.contains_key(*address)
            })
            .map(|(address, _)| *address)
            .collect();
        if created.is_empty() {
            return known;
        }
        let by = creators(block, result, &created, batch);
        // In the order in which their creator made them, so that numbers follow it.
        created.sort_by_key(|address| by.get(address).copied());
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        for address in created {
            let artifact = artifact_of(result, address, contracts);
            let creator = by.get(&address).and_then(|(by, _)| batch.names.get(by));
            let Some(kind) = creator.or(artifact.map(|artifact| &artifact.name)) else {
                continue;
            };
            let number = numbers.entry(kind.clone()).or_default();
            *number += 1;
            let name = format!("{kind}#{number}");
            known.names.to_mut().insert(address, name);
            if let Some(artifact) = artifact {
                let contracts = known.contracts.to_mut();
                contracts.insert(address, artifact.name.clone());
            }
        }
        known
    }
}

/// Who made these contracts, with which nonce: senders, and contracts that grew their nonce.
fn creators(
    block: &Block,
    result: &BlockResult,
    created: &[Address],
    batch: &Batch,
) -> BTreeMap<Address, (Address, u64)> {
    let created: BTreeSet<_> = created.iter().collect();
    let mut by = BTreeMap::new();
    for (tx, outcome) in block.txs.iter().zip(&result.outcomes) {
        if let Outcome::Executed(receipt) = outcome
            && let Some(address) = receipt.created
        {
            by.insert(address, (tx.caller, tx.nonce));
        }
    }
    for (address, change) in &result.changes.accounts {
        let before = block.prestate.accounts.get(address);
        if let (AccountChange::Updated { nonce, .. }, Some(before)) = (change, before)
            && before.code_hash != KECCAK256_EMPTY
            && batch.names.contains_key(address)
        {
            let last = (*nonce).min(before.nonce.saturating_add(MOST_NONCES));
            for nonce in before.nonce..last {
                let made = address.create(nonce);
                if created.contains(&made) {
                    by.insert(made, (*address, nonce));
                }
            }
        }
    }
    by
}

/// The artifact whose code an account got, whatever its immutables are.
fn artifact_of<'a>(
    result: &BlockResult,
    address: Address,
    contracts: &'a Contracts,
) -> Option<&'a Artifact> {
    let Some(AccountChange::Updated { code_hash, .. }) = result.changes.accounts.get(&address)
    else {
        return None;
    };
    let code = result.changes.codes.get(code_hash)?.original_byte_slice();
    // Immutables are zero in an artifact.
    let is_like = |artifact: &&Artifact| {
        let known = &artifact.deployed_bytecode;
        let mut bytes = known.iter().zip(code);
        !known.is_empty()
            && known.len() == code.len()
            && bytes.all(|(known, it)| *known == 0 || known == it)
    };
    contracts.iter().map(|artifact| &**artifact).find(is_like)
}
