//! A block as an input of a state transition tool, to be read again or run by another implementation.
//!
//! What comes before the transactions is in the state already. A signature is not kept, since the
//! engine executes recovered senders: sender and signer are written instead.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U64, U128, U256};
use interleave_engine::{
    block::Block,
    state::{Account, State},
    steps::Closing,
};
use revm::{
    context::{TxEnv, either::Either},
    primitives::hardfork::SpecId,
};
use serde_json::{Map, Value, json};

use crate::batch::{Batch, blobs::Blobs};

/// The block of `batch` with what of the steps after its transactions an environment speaks of.
pub fn whole(batch: &Batch, block: &Block) -> Value {
    let mut written = write(block);
    // Even a list of none says that there are such steps.
    if let Some(closing) = &batch.closing
        && block.spec.is_enabled_in(SpecId::SHANGHAI)
    {
        written["env"]["withdrawals"] = withdrawals(closing);
    }
    written
}

/// Withdrawals; numbers of them and of validators, which no step looks at, are made up.
fn withdrawals(closing: &Closing) -> Value {
    let withdrawal = |(index, (address, gwei)): (u64, &(Address, u64))| {
        json!({
            "index": U64::from(index),
            "validatorIndex": U64::ZERO,
            "address": address,
            "amount": U64::from(*gwei),
        })
    };
    let all = (0..).zip(&closing.withdrawals).map(withdrawal);
    all.collect()
}

/// The members `fork`, `chainId`, `alloc`, `env` and `txs`: the transactions alone.
pub fn write(block: &Block) -> Value {
    let fork: &str = block.spec.into();
    let env = &block.env;
    let hashes = block.block_hashes.iter();
    let mut written = json!({
        "fork": fork,
        "chainId": U64::from(block.chain_id),
        "alloc": alloc(&block.prestate),
        "env": {
            "currentCoinbase": env.beneficiary,
            "currentGasLimit": U64::from(env.gas_limit),
            "currentNumber": env.number,
            "currentTimestamp": env.timestamp,
            "currentBaseFee": U64::from(env.basefee),
            "currentDifficulty": env.difficulty,
            "currentRandom": env.prevrandao,
            "blockHashes": hashes
                .map(|(number, hash)| (U64::from(*number), *hash))
                .collect::<BTreeMap<_, _>>(),
        },
        "txs": block.txs.iter().map(transaction).collect::<Vec<_>>(),
    });
    if let Some(blobs) = &env.blob_excess_gas_and_price {
        let excess = blobs.excess_blob_gas;
        written["env"]["currentExcessBlobGas"] = json!(U64::from(excess));
        let of_fork = Blobs::of_fork(block.spec);
        let has: usize = block.txs.iter().map(|tx| tx.blob_hashes.len()).sum();
        if *blobs != of_fork.price(excess) || has as u64 > of_fork.most {
            written["env"]["currentBlobBaseFee"] = json!(U128::from(blobs.blob_gasprice));
        }
    }
    if env.slot_num != 0 {
        written["env"]["slotNumber"] = json!(U64::from(env.slot_num));
    }
    written
}

/// All accounts of a state, by address.
pub fn alloc(state: &State) -> BTreeMap<Address, Value> {
    let account = |(address, account): (&Address, &Account)| {
        let storage: BTreeMap<U256, B256> = (account.storage.iter())
            .map(|(slot, value)| (*slot, B256::from(*value)))
            .collect();
        let mut written = json!({
            "balance": account.balance,
            "nonce": U64::from(account.nonce),
            "storage": storage,
        });
        if let Some(code) = state.codes.get(&account.code_hash) {
            written["code"] = json!(code.original_bytes());
        }
        (*address, written)
    };
    state.accounts.iter().map(account).collect()
}

fn transaction(tx: &TxEnv) -> Value {
    let mut members = Map::new();
    let mut member = |name: &str, value: Value| members.insert(name.into(), value);
    member("type", json!(U64::from(tx.tx_type)));
    member("sender", json!(tx.caller));
    member("to", json!(tx.kind.to()));
    member("nonce", json!(U64::from(tx.nonce)));
    member("gas", json!(U64::from(tx.gas_limit)));
    member("value", json!(tx.value));
    member("input", json!(tx.data));
    if let Some(id) = tx.chain_id {
        member("chainId", json!(U64::from(id)));
    }
    if tx.tx_type < 2 {
        member("gasPrice", json!(U256::from(tx.gas_price)));
    } else {
        member("maxFeePerGas", json!(U256::from(tx.gas_price)));
        let tip = U256::from(tx.gas_priority_fee.unwrap_or_default());
        member("maxPriorityFeePerGas", json!(tip));
    }
    if tx.tx_type > 0 {
        member("accessList", json!(tx.access_list));
    }
    if tx.tx_type == 3 {
        member("blobVersionedHashes", json!(tx.blob_hashes));
        let fee = U256::from(tx.max_fee_per_blob_gas);
        member("maxFeePerBlobGas", json!(fee));
    }
    if tx.tx_type == 4 {
        let list = tx.authorization_list.iter().map(|authorization| {
            let (of, signer) = match authorization {
                Either::Left(signed) => (signed.inner(), signed.recover_authority().ok()),
                Either::Right(recovered) => (&**recovered, recovered.authority()),
            };
            json!({
                "chainId": of.chain_id,
                "address": of.address,
                "nonce": U64::from(of.nonce),
                "signer": signer,
            })
        });
        member("authorizationList", json!(list.collect::<Vec<_>>()));
    }
    Value::Object(members)
}
