//! A block, ready to execute: environment, prestate and transactions in order.
//!
//! Nothing here runs anything. The prestate is complete: deployments, preparation and the system
//! calls before a block are already in it.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use revm::{
    context::{
        BlockEnv, CfgEnv, TxEnv,
        result::InvalidTransaction,
        transaction::{Transaction as _, TransactionType},
    },
    primitives::{
        eip4844::{MAX_BLOB_NUMBER_PER_BLOCK_CANCUN, MAX_BLOB_NUMBER_PER_BLOCK_PRAGUE},
        hardfork::SpecId,
    },
};

use crate::{
    hints::Hint,
    state::{Changes, State},
};

/// Blobs of one transaction at the most, since EIP-7594; before, as many as a block may have.
const MAX_BLOBS_OSAKA: u64 = 6;

/// A transaction's place in block order, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TxIdx(pub u32);

impl TxIdx {
    /// The place as an index into a list.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A block to execute.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// The hard fork whose rules hold.
    pub spec: SpecId,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// Number, time, base fee, beneficiary and so on.
    pub env: BlockEnv,
    /// Hashes that `BLOCKHASH` can ask for.
    pub block_hashes: BTreeMap<u64, B256>,
    /// State before the first transaction. From EIP-161 on it has no empty accounts (EIP-7523).
    pub prestate: State,
    /// Transactions in block order.
    pub txs: Vec<TxEnv>,
    /// What its author says about it.
    pub advice: Advice,
}

/// What the author of a block says about it, for strategies that plan. It changes no result.
#[derive(Clone, Debug, Default)]
pub struct Advice {
    /// Accounts that were put in a shard.
    pub shards: BTreeMap<Address, u32>,
    /// What transactions are said to read and write; a transaction that is missing has no hint.
    pub hints: BTreeMap<TxIdx, Hint>,
}

impl Block {
    /// The block of its first transactions.
    pub fn first(&self, transactions: usize) -> Self {
        let mut first = self.clone();
        first.txs.truncate(transactions);
        first.advice.hints.retain(|tx, _| tx.index() < transactions);
        first
    }

    /// The state after its transactions, if they changed this.
    pub fn after(&self, changes: &Changes) -> State {
        let mut state = self.prestate.clone();
        state.apply(changes);
        state
    }

    /// revm's configuration for this block: the rules of its hard fork, all checks on.
    pub fn cfg(&self) -> CfgEnv {
        let mut cfg = CfgEnv::new_with_spec(self.spec);
        cfg.chain_id = self.chain_id;
        // revm lets a transaction have any number of blobs unless it is told.
        cfg.set_max_blobs_per_tx(match self.spec {
            spec if spec.is_enabled_in(SpecId::OSAKA) => MAX_BLOBS_OSAKA,
            spec if spec.is_enabled_in(SpecId::PRAGUE) => MAX_BLOB_NUMBER_PER_BLOCK_PRAGUE,
            _ => MAX_BLOB_NUMBER_PER_BLOCK_CANCUN,
        });
        cfg
    }

    /// Why `tx` is invalid whatever the state, where revm leaves that to whoever decodes transactions.
    pub fn undecodable(tx: &TxEnv) -> Option<InvalidTransaction> {
        match TransactionType::from(tx.tx_type) {
            _ if tx.kind.is_call() => None,
            TransactionType::Eip4844 => Some(InvalidTransaction::BlobCreateTransaction),
            TransactionType::Eip7702 => {
                let reason = "set code transaction cannot create";
                Some(InvalidTransaction::Str(reason.into()))
            }
            _ => None,
        }
    }

    /// Does `tx` pay the beneficiary nothing, whatever becomes of it?
    pub fn gives_no_tip(&self, tx: &TxEnv) -> bool {
        let base_fee = u128::from(self.env.basefee);
        self.spec.is_enabled_in(SpecId::LONDON) && tx.effective_gas_price(base_fee) <= base_fee
    }

    /// What `BLOCKHASH` answers for `number`; zero where the block does not say.
    pub fn block_hash(&self, number: u64) -> B256 {
        self.block_hashes.get(&number).copied().unwrap_or_default()
    }
}
