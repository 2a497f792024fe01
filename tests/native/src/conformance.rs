//! Batches whose results the executable specification computed: the oracle's own oracle.
//!
//! The format is that of the test data alone, so its reader is here and not in the engine.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, Log, TxKind, U64, U128, U256};
use interleave_engine::{
    block::Block,
    outcome::{BlockResult, Outcome, Status},
    state::{Account, State},
};
use revm::{
    context::{
        BlockEnv, TxEnv,
        either::Either,
        transaction::{AccessList, SignedAuthorization},
    },
    context_interface::block::BlobExcessGasAndPrice,
    primitives::hardfork::SpecId,
    state::Bytecode,
};
use serde::{Deserialize, Deserializer, de::Error};

/// A batch and what it must come to.
#[derive(Debug)]
pub struct Case {
    /// Its name in the data.
    pub name: String,
    /// What to execute.
    pub block: Block,
    expect: Expect,
}

impl Case {
    /// Reads one line of a file.
    ///
    /// # Panics
    /// When the line is not such a case.
    pub fn read(line: &str) -> Self {
        let written: Written =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:.200}"));
        Self {
            name: written.name,
            expect: written.expect,
            block: Block {
                spec: written.fork.parse().expect("a known hard fork"),
                chain_id: 1,
                block_hashes: (written.env.block_hashes.iter())
                    .map(|(number, hash)| (number.to(), *hash))
                    .collect(),
                env: written.env.block(&written.fork),
                prestate: state(&written.pre),
                txs: written.txs.into_iter().map(Tx::env).collect(),
            },
        }
    }

    /// The first thing that is not as the specification has it.
    pub fn difference(&self, result: &BlockResult) -> Option<String> {
        let mut cumulative = U64::ZERO;
        let mut receipts = self.expect.receipts.iter();
        for (tx, outcome) in result.outcomes.iter().enumerate() {
            let rejected = self.expect.rejected.get(&U64::from(tx));
            let receipt = match (outcome, rejected) {
                (Outcome::Executed(receipt), None) => receipt,
                (Outcome::Skipped(_), Some(_)) => continue,
                (found, expected) => {
                    return Some(format!("tx {tx}: {found:?}, expected {expected:?}"));
                }
            };
            let Some(expected) = receipts.next() else {
                return Some(format!("tx {tx}: no receipt expected"));
            };
            cumulative += U64::from(receipt.gas_used);
            let found = Receipt {
                tx: U64::from(tx),
                status: receipt.status == Status::Success,
                gas_used: U64::from(receipt.gas_used),
                cumulative_gas_used: cumulative,
                logs: receipt.logs.clone(),
            };
            if found != *expected {
                return Some(format!("tx {tx}: {found:?}, expected {expected:?}"));
            }
        }
        if receipts.next().is_some() {
            return Some("too few receipts".into());
        }
        let root = result.receipts_root(self.block.spec);
        if root != Some(self.expect.receipts_root) {
            return Some("another receipts root".into());
        }
        let mut found = self.block.prestate.clone();
        found.apply(&result.changes);
        let expected = state(&self.expect.post);
        let nothing = Account::default();
        let accounts = found.accounts.keys().chain(expected.accounts.keys());
        for address in accounts {
            let of = |state: &State| state.accounts.get(address).unwrap_or(&nothing).clone();
            if of(&found) != of(&expected) {
                let (found, expected) = (of(&found), of(&expected));
                return Some(format!("{address}: {found:?}, expected {expected:?}"));
            }
        }
        None
    }
}

/// A line of a file.
#[derive(Deserialize)]
struct Written {
    name: String,
    fork: String,
    env: Env,
    pre: BTreeMap<Address, WrittenAccount>,
    txs: Vec<Tx>,
    expect: Expect,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expect {
    receipts: Vec<Receipt>,
    rejected: BTreeMap<U64, String>,
    receipts_root: B256,
    post: BTreeMap<Address, WrittenAccount>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    tx: U64,
    status: bool,
    gas_used: U64,
    cumulative_gas_used: U64,
    logs: Vec<Log>,
}

/// An account, as both these batches and blockchain tests have it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WrittenAccount {
    balance: U256,
    nonce: U64,
    code: Bytes,
    storage: BTreeMap<U256, U256>,
}

pub(crate) fn state(accounts: &BTreeMap<Address, WrittenAccount>) -> State {
    let mut state = State::default();
    for (address, written) in accounts {
        let account = state.account_mut(*address);
        account.balance = written.balance;
        account.nonce = written.nonce.to();
        let slots = written.storage.iter().filter(|(_, value)| !value.is_zero());
        account.storage = slots.map(|(slot, value)| (*slot, *value)).collect();
        state.set_code(*address, Bytecode::new_raw(written.code.clone()));
    }
    state
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Env {
    current_coinbase: Address,
    current_gas_limit: U64,
    current_number: U256,
    current_timestamp: U256,
    current_base_fee: U64,
    current_random: B256,
    current_excess_blob_gas: Option<U64>,
    #[serde(default)]
    block_hashes: BTreeMap<U64, B256>,
}

impl Env {
    fn block(&self, fork: &str) -> BlockEnv {
        let spec: SpecId = fork.parse().expect("a known hard fork");
        let excess = self.current_excess_blob_gas.map(|gas| gas.to());
        BlockEnv {
            number: self.current_number,
            beneficiary: self.current_coinbase,
            timestamp: self.current_timestamp,
            gas_limit: self.current_gas_limit.to(),
            basefee: self.current_base_fee.to(),
            difficulty: self.current_random.into(),
            prevrandao: Some(self.current_random),
            blob_excess_gas_and_price: excess
                .map(|excess| BlobExcessGasAndPrice::new_with_spec(excess, spec)),
            slot_num: 0,
        }
    }
}

/// A transaction, as both these batches and blockchain tests have it.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tx {
    #[serde(default, rename = "type")]
    tx_type: U64,
    sender: Address,
    #[serde(deserialize_with = "receiver")]
    to: Option<Address>,
    nonce: U64,
    #[serde(alias = "gasLimit")]
    gas: U64,
    value: U256,
    #[serde(alias = "data")]
    input: Bytes,
    gas_price: Option<U128>,
    max_fee_per_gas: Option<U128>,
    max_priority_fee_per_gas: Option<U128>,
    chain_id: Option<U64>,
    #[serde(default)]
    access_list: AccessList,
    #[serde(default)]
    blob_versioned_hashes: Vec<B256>,
    #[serde(default)]
    max_fee_per_blob_gas: U128,
    #[serde(default)]
    authorization_list: Vec<SignedAuthorization>,
}

/// A creation has no receiver, or an empty one.
fn receiver<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Address>, D::Error> {
    let written = Option::<Bytes>::deserialize(deserializer)?.unwrap_or_default();
    if written.is_empty() {
        return Ok(None);
    }
    Address::try_from(&written[..])
        .map(Some)
        .map_err(D::Error::custom)
}

impl Tx {
    pub(crate) fn env(self) -> TxEnv {
        let price = self.gas_price.or(self.max_fee_per_gas);
        TxEnv {
            tx_type: self.tx_type.to(),
            caller: self.sender,
            gas_limit: self.gas.to(),
            gas_price: price.expect("a gas price").to(),
            kind: self.to.map_or(TxKind::Create, TxKind::Call),
            value: self.value,
            data: self.input,
            nonce: self.nonce.to(),
            // Zero stands for none in some blockchain tests.
            chain_id: self.chain_id.map(|id| id.to()).filter(|id| *id > 0),
            access_list: self.access_list,
            gas_priority_fee: self.max_priority_fee_per_gas.map(|tip| tip.to()),
            blob_hashes: self.blob_versioned_hashes,
            max_fee_per_blob_gas: self.max_fee_per_blob_gas.to(),
            authorization_list: (self.authorization_list.into_iter())
                .map(|signed| Either::Right(signed.into_recovered()))
                .collect(),
        }
    }
}
