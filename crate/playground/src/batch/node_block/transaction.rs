//! A transaction of a block, as a node gives it.
//!
//! The rule: each type has exactly the fields its EIP defines; what a node adds, such as the gas
//! price a dynamic fee came to, is not used.

use alloy_primitives::{Address, B256, Bytes, TxKind, U64, U128, U256, hex};
use revm::context::{
    TxEnv,
    either::Either,
    transaction::{AccessList, SignedAuthorization},
};
use serde::Deserialize;

use crate::batch::{Transaction, mainnet};

/// A transaction that revm can execute.
#[derive(Deserialize)]
#[serde(try_from = "Fields")]
pub(super) struct NodeTransaction(pub(super) Transaction);

/// The members of the JSON object that execution has a use for.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    expecting = "a transaction object (ask the node for full transactions, not their hashes)"
)]
struct Fields {
    #[serde(default, rename = "type")]
    tx_type: U64,
    from: Address,
    to: Option<Address>,
    nonce: U64,
    gas: U64,
    value: U256,
    input: Bytes,
    gas_price: Option<U128>,
    max_fee_per_gas: Option<U128>,
    max_priority_fee_per_gas: Option<U128>,
    max_fee_per_blob_gas: Option<U128>,
    chain_id: Option<U64>,
    access_list: Option<AccessList>,
    blob_versioned_hashes: Option<Vec<B256>>,
    authorization_list: Option<Vec<SignedAuthorization>>,
}

impl TryFrom<Fields> for NodeTransaction {
    type Error = String;

    fn try_from(tx: Fields) -> Result<Self, String> {
        let tx_type = tx.tx_type.to::<u64>();
        let missing = |name: &str| {
            format!("missing field `{name}`, which transactions of type {tx_type} have")
        };
        let chain_id = tx.chain_id.map(|id| id.to::<u64>());
        if chain_id.is_some_and(|id| id != mainnet::CHAIN_ID) {
            return Err(format!(
                "the chain is {}, but only blocks of Ethereum mainnet (1) can be read: \
                 their hard fork follows from number and time",
                chain_id.unwrap_or_default()
            ));
        }

        let mut env = TxEnv {
            caller: tx.from,
            gas_limit: tx.gas.to(),
            kind: tx.to.map_or(TxKind::Create, TxKind::Call),
            value: tx.value,
            data: tx.input,
            nonce: tx.nonce.to(),
            chain_id,
            access_list: tx.access_list.unwrap_or_default(),
            ..TxEnv::default()
        };
        env.tx_type = match tx_type {
            0..=4 => tx_type as u8,
            _ => return Err(format!("transaction type {tx_type} is not one of 0 to 4")),
        };
        if tx_type < 2 {
            env.gas_price = tx.gas_price.ok_or_else(|| missing("gasPrice"))?.to();
        } else {
            let fee = tx.max_fee_per_gas;
            env.gas_price = fee.ok_or_else(|| missing("maxFeePerGas"))?.to();
            let tip = tx.max_priority_fee_per_gas;
            let tip = tip.ok_or_else(|| missing("maxPriorityFeePerGas"))?;
            env.gas_priority_fee = Some(tip.to());
        }
        if tx_type == 3 {
            let fee = tx.max_fee_per_blob_gas;
            env.max_fee_per_blob_gas = fee.ok_or_else(|| missing("maxFeePerBlobGas"))?.to();
            let hashes = tx.blob_versioned_hashes;
            env.blob_hashes = hashes.ok_or_else(|| missing("blobVersionedHashes"))?;
        }
        if tx_type == 4 {
            let list = tx.authorization_list;
            let list = list.ok_or_else(|| missing("authorizationList"))?;
            env.authorization_list = list
                .into_iter()
                .map(|signed| Either::Right(signed.into_recovered()))
                .collect();
        }
        Ok(Self(Transaction {
            label: label(&env),
            env,
            place: None,
        }))
    }
}

/// `create`, `transfer`, or the selector of the function that is called.
fn label(env: &TxEnv) -> String {
    match (env.kind, &env.data[..]) {
        (TxKind::Create, _) => "create".into(),
        (TxKind::Call(_), []) => "transfer".into(),
        (TxKind::Call(_), data) => hex::encode_prefixed(&data[..data.len().min(4)]),
    }
}
