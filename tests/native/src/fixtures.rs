//! Official blockchain tests: chains of blocks with headers and a last state.
//!
//! What a block does beside its transactions is done here as far as the next block or the last
//! state needs it: withdrawals and rewards. The contracts that the calls after a block change
//! (EIP-7002, EIP-7251) are not compared.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U64, U256, address};
use interleave_engine::{
    block::Block,
    outcome::BlockResult,
    state::{Account, State},
    steps::{self, Parent},
};
use revm::{
    context::BlockEnv, context_interface::block::BlobExcessGasAndPrice,
    primitives::hardfork::SpecId,
};
use serde::Deserialize;

use crate::conformance::{Tx, WrittenAccount, state};

/// Written by system calls after the last transaction.
const AFTER_BLOCK: [Address; 2] = [
    address!("00000961Ef480Eb55e80D19ad83579A64c007002"),
    address!("0000BBdDc7CE488642fb579F8B00f3a590007251"),
];

/// One chain.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chain {
    network: String,
    pre: BTreeMap<Address, WrittenAccount>,
    post_state: Option<BTreeMap<Address, WrittenAccount>>,
    blocks: Vec<WrittenBlock>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenBlock {
    block_header: Header,
    transactions: Vec<Tx>,
    #[serde(default)]
    withdrawals: Vec<Withdrawal>,
    #[serde(default)]
    uncle_headers: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    hash: B256,
    parent_hash: B256,
    coinbase: Address,
    receipt_trie: B256,
    difficulty: U256,
    number: U64,
    gas_limit: U64,
    gas_used: U64,
    timestamp: U64,
    mix_hash: B256,
    base_fee_per_gas: Option<U64>,
    excess_blob_gas: Option<U64>,
    parent_beacon_block_root: Option<B256>,
}

#[derive(Deserialize)]
struct Withdrawal {
    address: Address,
    amount: U64,
}

/// The chains of a file, by name.
///
/// # Panics
/// When the text is not such a file.
pub fn read(text: &str) -> Vec<(String, Chain)> {
    let file: BTreeMap<String, serde_json::Value> = serde_json::from_str(text).expect("JSON");
    file.into_iter()
        .filter(|(name, _)| name != "_info")
        .map(|(name, chain)| {
            let chain = serde_json::from_value(chain);
            let chain = chain.unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, chain)
        })
        .collect()
}

impl Chain {
    /// Gas used by all blocks.
    pub fn gas_used(&self) -> u64 {
        let gas = self.blocks.iter().map(|it| it.block_header.gas_used);
        gas.map(|gas| gas.to::<u64>()).sum()
    }

    /// Executes all blocks with `execute`; the first thing that is not as the fixture has it.
    pub fn difference(&self, mut execute: impl FnMut(&Block) -> BlockResult) -> Option<String> {
        let mut state = state(&self.pre);
        let mut hashes = BTreeMap::new();
        for written in &self.blocks {
            // An uncle pays its own miner too, which no case here needs.
            if !written.uncle_headers.is_empty() {
                return None;
            }
            let header = &written.block_header;
            let number = header.number.to::<u64>();
            hashes.insert(number - 1, header.parent_hash);
            let block = self.block(written, state, hashes.clone());
            let result = execute(&block);
            if result.gas_used() != header.gas_used.to::<u64>() {
                let gas = result.gas_used();
                return Some(format!(
                    "block {number}: {gas} gas, not {}",
                    header.gas_used
                ));
            }
            let root = result.receipts_root(block.spec);
            if root.is_some_and(|root| root != header.receipt_trie) {
                return Some(format!("block {number}: another receipts root"));
            }
            hashes.insert(number, header.hash);
            state = block.prestate;
            state.apply(&result.changes);
            after_block(block.spec, written, &mut state);
        }
        self.last_difference(&state)
    }

    fn block(
        &self,
        written: &WrittenBlock,
        mut prestate: State,
        block_hashes: BTreeMap<u64, B256>,
    ) -> Block {
        let header = &written.block_header;
        let spec = spec(&self.network);
        let excess = header.excess_blob_gas.map(|gas| gas.to());
        let env = BlockEnv {
            number: U256::from(header.number),
            beneficiary: header.coinbase,
            timestamp: U256::from(header.timestamp),
            gas_limit: header.gas_limit.to(),
            basefee: header.base_fee_per_gas.map_or(0, |fee| fee.to()),
            difficulty: header.difficulty,
            prevrandao: Some(header.mix_hash),
            blob_excess_gas_and_price: excess
                .map(|excess| BlobExcessGasAndPrice::new_with_spec(excess, spec)),
            slot_num: 0,
        };
        let parent = Parent {
            hash: header.parent_hash,
            beacon_root: header.parent_beacon_block_root,
        };
        steps::before_block(spec, &env, parent, &mut prestate);
        Block {
            spec,
            chain_id: 1,
            env,
            block_hashes,
            prestate,
            txs: written.transactions.iter().cloned().map(Tx::env).collect(),
        }
    }

    fn last_difference(&self, found: &State) -> Option<String> {
        let expected = state(self.post_state.as_ref()?);
        let none = Account::default();
        let mut accounts = found.accounts.keys().chain(expected.accounts.keys());
        accounts.find_map(|address| {
            let of = |state: &State| state.accounts.get(address).unwrap_or(&none).clone();
            let (found, expected) = (of(found), of(&expected));
            let same = found == expected || AFTER_BLOCK.contains(address);
            (!same).then(|| format!("{address}: {found:?}, expected {expected:?}"))
        })
    }
}

/// Withdrawals and the miner's reward.
fn after_block(spec: SpecId, written: &WrittenBlock, state: &mut State) {
    const GWEI: u64 = 1_000_000_000;
    for withdrawal in &written.withdrawals {
        let amount = U256::from(withdrawal.amount) * U256::from(GWEI);
        if !amount.is_zero() {
            state.account_mut(withdrawal.address).balance += amount;
        }
    }
    let ether = match spec {
        _ if spec.is_enabled_in(SpecId::MERGE) => return,
        _ if spec.is_enabled_in(SpecId::PETERSBURG) => 2,
        _ if spec.is_enabled_in(SpecId::BYZANTIUM) => 3,
        _ => 5_u64,
    };
    let reward = U256::from(ether) * U256::from(GWEI) * U256::from(GWEI);
    state.account_mut(written.block_header.coinbase).balance += reward;
}

fn spec(network: &str) -> SpecId {
    match network {
        "EIP150" => SpecId::TANGERINE,
        "EIP158" => SpecId::SPURIOUS_DRAGON,
        "ConstantinopleFix" => SpecId::PETERSBURG,
        "Paris" => SpecId::MERGE,
        _ => network.parse().expect("a known hard fork"),
    }
}
