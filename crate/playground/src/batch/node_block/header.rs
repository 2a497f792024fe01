//! A block's header and transactions, as `eth_getBlockByNumber` gives them.
//!
//! The rule: what the block's hard fork defines must be there, and only that is used.

use alloy_primitives::{Address, B256, U64, U256};
use interleave_engine::steps::Parent;
use revm::{
    context::BlockEnv, context_interface::block::BlobExcessGasAndPrice,
    primitives::hardfork::SpecId,
};
use serde::Deserialize;

use crate::batch::{
    Expected, Transaction,
    header::{self, Header},
    mainnet,
    transaction::JsonTransaction,
};

/// A block, its hard fork known.
#[derive(Deserialize)]
#[serde(try_from = "Fields")]
pub(super) struct NodeBlock {
    pub(super) spec: SpecId,
    pub(super) env: BlockEnv,
    pub(super) parent: Parent,
    pub(super) expected: Expected,
    pub(super) transactions: Vec<Transaction>,
}

/// The members of the JSON object that execution has a use for.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    expecting = "a block, as eth_getBlockByNumber gives it"
)]
struct Fields {
    number: U64,
    timestamp: U64,
    parent_hash: B256,
    #[serde(alias = "author")]
    miner: Address,
    gas_limit: U64,
    gas_used: U64,
    receipts_root: Option<B256>,
    difficulty: Option<U256>,
    mix_hash: Option<B256>,
    base_fee_per_gas: Option<U64>,
    excess_blob_gas: Option<U64>,
    parent_beacon_block_root: Option<B256>,
    transactions: Vec<JsonTransaction>,
}

impl TryFrom<Fields> for NodeBlock {
    type Error = String;

    fn try_from(block: Fields) -> Result<Self, String> {
        let (number, timestamp) = (block.number.to(), block.timestamp.to());
        let spec = mainnet::spec(number, timestamp)?;
        let header = Header {
            number: block.number,
            timestamp: block.timestamp,
            beneficiary: block.miner,
            gas_limit: block.gas_limit,
            gas_used: Some(block.gas_used),
            difficulty: block.difficulty,
            mix_hash: block.mix_hash,
            base_fee: block.base_fee_per_gas,
            excess_blob_gas: block.excess_blob_gas,
            beacon_root: block.parent_beacon_block_root,
        };
        let mut env = header.env(spec, &header::CHAIN)?;
        if let Some(blobs) = &mut env.blob_excess_gas_and_price {
            let fraction = mainnet::blob_fraction(spec, timestamp);
            *blobs = BlobExcessGasAndPrice::new(blobs.excess_blob_gas, fraction);
        }
        Ok(Self {
            spec,
            env,
            parent: Parent {
                hash: block.parent_hash,
                beacon_root: block.parent_beacon_block_root,
            },
            expected: Expected {
                gas_used: block.gas_used.to(),
                receipts_root: block.receipts_root,
                ..Expected::default()
            },
            transactions: ((0..).zip(block.transactions))
                .map(|(place, tx)| in_place(place, tx))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// The transaction, if it is one of this chain and belongs where it is.
fn in_place(place: u64, tx: JsonTransaction) -> Result<Transaction, String> {
    if let Some(said) = tx.place
        && said != place
    {
        return Err(format!(
            "transactions[{place}] has the `transactionIndex` {said}: some are missing or out of order"
        ));
    }
    match tx.transaction.env.chain_id {
        None | Some(mainnet::CHAIN_ID) => Ok(tx.transaction),
        Some(other) => Err(format!(
            "the chain is {other}, but only blocks of Ethereum mainnet (1) can be read: \
             their hard fork follows from number and time"
        )),
    }
}
