//! A block's header and transactions, as `eth_getBlockByNumber` gives them.
//!
//! The rule: what the block's hard fork defines must be there, and only that is used.

use alloy_primitives::{Address, B256, U64, U256};
use interleave_engine::steps::Parent;
use revm::{context::BlockEnv, primitives::hardfork::SpecId};
use serde::Deserialize;

use crate::batch::{
    Expected, Transaction,
    blobs::Blobs,
    header::{self, Header},
    mainnet,
    t8n::Withdrawal,
    transaction::JsonTransaction,
};

/// A block, its hard fork known.
pub(super) struct NodeBlock {
    pub(super) spec: SpecId,
    pub(super) env: BlockEnv,
    /// Where the parameters of its chain are known.
    pub(super) most_blobs: Option<u64>,
    pub(super) parent: Parent,
    /// Of the block access list.
    pub(super) access_list_hash: Option<B256>,
    pub(super) expected: Expected,
    /// To whom there are withdrawals.
    pub(super) withdrawn: Vec<Address>,
    pub(super) transactions: Vec<Transaction>,
}

/// The members of the JSON object that execution has a use for.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    expecting = "a block, as eth_getBlockByNumber gives it"
)]
pub(super) struct Fields {
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
    withdrawals_root: Option<B256>,
    requests_hash: Option<B256>,
    block_access_list_hash: Option<B256>,
    slot_number: Option<U64>,
    withdrawals: Option<Vec<Withdrawal>>,
    transactions: Vec<JsonTransaction>,
}

impl Fields {
    /// The block under the rules of its chain.
    pub(super) fn block(self, chain: Chain) -> Result<NodeBlock, String> {
        let (number, timestamp) = (self.number.to(), self.timestamp.to());
        let spec = match (chain.fork, chain.id) {
            (Some(fork), _)
                if self.block_access_list_hash.is_some() && fork < SpecId::AMSTERDAM =>
            {
                let fork: &str = fork.into();
                return Err(format!(
                    "it has a `blockAccessListHash`, which begins with Amsterdam, but `fork` says {fork}"
                ));
            }
            (Some(fork), _) => fork,
            // When it begins on the mainnet is not known here; whatever has such a hash is of it.
            (None, _) if self.block_access_list_hash.is_some() => SpecId::AMSTERDAM,
            (None, mainnet::CHAIN_ID) => mainnet::spec(number, timestamp)?,
            (None, _) => self.spec(chain.id)?,
        };
        let header = Header {
            number: self.number,
            timestamp: self.timestamp,
            beneficiary: self.miner,
            gas_limit: self.gas_limit,
            gas_used: Some(self.gas_used),
            difficulty: self.difficulty,
            mix_hash: self.mix_hash,
            base_fee: self.base_fee_per_gas,
            excess_blob_gas: self.excess_blob_gas,
            beacon_root: self.parent_beacon_block_root,
            slot_number: self.slot_number,
        };
        let blobs = match chain.id {
            mainnet::CHAIN_ID => chain.blobs.or(Some(mainnet::blobs(spec, timestamp))),
            _ => chain.blobs,
        };
        let of_fork = Blobs::of_fork(spec);
        let env = header.env(spec, blobs.unwrap_or(of_fork), &header::CHAIN)?;
        Ok(NodeBlock {
            spec,
            env,
            most_blobs: blobs.map(|it| it.most),
            access_list_hash: self.block_access_list_hash,
            parent: Parent {
                hash: self.parent_hash,
                beacon_root: self.parent_beacon_block_root,
            },
            withdrawn: (self.withdrawals.iter().flatten())
                .map(|it| it.address)
                .collect(),
            expected: Expected {
                gas_used: Some(self.gas_used.to()),
                receipts_root: self.receipts_root,
                ..Expected::default()
            },
            transactions: ((0..).zip(self.transactions))
                .map(|(place, tx)| in_place(place, tx, chain.id))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The hard fork of a chain whose history is not known: the last one that added a member which the
    /// header has. Some add none, so a file may say it.
    fn spec(&self, chain: u64) -> Result<SpecId, String> {
        let added = [
            (self.requests_hash.is_some(), SpecId::PRAGUE),
            (self.excess_blob_gas.is_some(), SpecId::CANCUN),
            (self.withdrawals_root.is_some(), SpecId::SHANGHAI),
            (self.base_fee_per_gas.is_some(), SpecId::LONDON),
        ];
        let last = added
            .into_iter()
            .find_map(|(has, spec)| has.then_some(spec));
        match last {
            Some(SpecId::LONDON) if self.difficulty.is_none_or(|it| it.is_zero()) => {
                Ok(SpecId::MERGE)
            }
            Some(spec) => Ok(spec),
            None => Err(format!(
                "the hard fork of a block of chain {chain} cannot be told from a header without \
                 `baseFeePerGas`: say it as `\"fork\": \"Berlin\"` beside the block"
            )),
        }
    }
}

/// Which chain a block is of.
#[derive(Clone, Copy)]
pub(super) struct Chain {
    /// EIP-155 chain id.
    pub(super) id: u64,
    /// The hard fork, where the file says it.
    pub(super) fork: Option<SpecId>,
    /// The parameters of blobs, where the file says them.
    pub(super) blobs: Option<Blobs>,
}

/// The transaction, if it is one of this chain and belongs where it is.
fn in_place(place: u64, tx: JsonTransaction, chain: u64) -> Result<Transaction, String> {
    if let Some(said) = tx.place
        && said != place
    {
        return Err(format!(
            "transactions[{place}] has the `transactionIndex` {said}: some are missing or out of order"
        ));
    }
    match tx.transaction.env.chain_id {
        Some(other) if other != chain => Err(format!(
            "transactions[{place}] is of chain {other}, but the block is of chain {chain}: \
             a block of another chain than Ethereum mainnet (1) says so as `chainId` beside it"
        )),
        _ => Ok(tx.transaction),
    }
}
