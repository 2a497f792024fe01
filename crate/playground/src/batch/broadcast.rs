//! What a script of Foundry sent: `broadcast/…/run-latest.json`, which has transactions alone.
//!
//! Neither the block nor the state is in such a file, so both are assumed: one block without fees,
//! senders who have plenty and the nonces they used, and no contract but those the file creates and
//! the factory that Foundry's `CREATE2` goes through.
//! The rule: what is assumed is said, and a call of what is not there is a warning.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, Bytes, TxKind, U64, U256, address, hex};
use revm::{
    context::{BlockEnv, TxEnv, transaction::AccessList},
    primitives::hardfork::SpecId,
    state::Bytecode,
};
use serde::Deserialize;

use super::{
    Batch, Problem, Severity, Transaction,
    json::Part,
    transaction::{label, receiver},
};
use interleave_engine::state::State;

/// Where the factory is, on every chain that has it.
const FACTORY: Address = address!("4e59b44847b379578588920ca78fbf26c0b4956c");

/// Its code: what follows the first word is created, with that word as the salt.
const FACTORY_CODE: [u8; 69] = hex!(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
);

/// What each sender has, in ether.
const ETHER: u64 = 1_000_000;

/// The gas limit of a block that is large enough for most.
const GAS_LIMIT: u64 = 36_000_000;

/// Names a message has at the most.
const NAMES: usize = 5;

#[derive(Deserialize)]
#[serde(expecting = "a broadcast of Foundry with \"transactions\"")]
struct File {
    transactions: Vec<Sent>,
    chain: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a transaction of a broadcast")]
struct Sent {
    contract_name: Option<String>,
    contract_address: Option<Address>,
    function: Option<String>,
    #[serde(alias = "tx")]
    transaction: Fields,
    #[serde(default)]
    additional_contracts: Vec<Additional>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Additional {
    address: Address,
}

/// What of a transaction does not depend on fees.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a transaction")]
struct Fields {
    from: Address,
    #[serde(default, deserialize_with = "receiver")]
    to: Option<Address>,
    #[serde(alias = "gasLimit")]
    gas: U64,
    #[serde(default)]
    value: U256,
    #[serde(alias = "data", default)]
    input: Bytes,
    nonce: U64,
    access_list: Option<AccessList>,
}

impl Fields {
    /// Where the contract is that it creates, by itself or through the factory.
    fn creates(&self) -> Option<Address> {
        match (self.to, self.input.split_first_chunk()) {
            (None, _) => Some(self.from.create(self.nonce.to())),
            (Some(FACTORY), Some((salt, code))) => {
                Some(FACTORY.create2_from_code::<[u8; 32], _>(*salt, code))
            }
            _ => None,
        }
    }
}

/// Reads a broadcast, and says what had to be assumed.
pub(super) fn part(part: Part<'_>) -> Result<(Batch, Vec<Problem>), Problem> {
    let file: File = part.read("a broadcast of Foundry")?;
    let mut batch = Batch {
        title: "A broadcast of Foundry".into(),
        spec: SpecId::PRAGUE,
        chain_id: file.chain.unwrap_or(1),
        ..Batch::default()
    };
    let mut nonces: BTreeMap<Address, u64> = BTreeMap::new();
    let mut created = BTreeSet::from([FACTORY]);
    let mut absent: BTreeMap<Address, usize> = BTreeMap::new();
    let mut gas: u64 = 0;
    for (place, sent) in file.transactions.into_iter().enumerate() {
        let tx = sent.transaction;
        nonces.entry(tx.from).or_insert(tx.nonce.to());
        gas = gas.saturating_add(tx.gas.to());
        if let Some(to) = tx.to
            && !tx.input.is_empty()
            && !created.contains(&to)
        {
            absent.entry(to).or_insert(place);
        }
        let more = sent.additional_contracts.iter().map(|it| it.address);
        created.extend(more.chain(tx.creates()));
        if let (Some(name), Some(address)) = (sent.contract_name, sent.contract_address)
            && created.contains(&address)
        {
            batch.names.entry(address).or_insert_with(|| name.clone());
            batch.contracts.entry(address).or_insert(name);
        }
        let access_list = tx.access_list.unwrap_or_default();
        let env = TxEnv {
            tx_type: u8::from(!access_list.0.is_empty()),
            caller: tx.from,
            kind: tx.to.map_or(TxKind::Create, TxKind::Call),
            gas_limit: tx.gas.to(),
            value: tx.value,
            data: tx.input,
            nonce: tx.nonce.to(),
            access_list,
            chain_id: None,
            ..TxEnv::default()
        };
        batch.transactions.push(Transaction {
            label: sent.function.unwrap_or_else(|| label(&env)),
            env,
            place: None,
            hint: None,
        });
    }
    if batch.transactions.is_empty() {
        return Err(part.wrong("this broadcast has no transactions"));
    }
    batch.env = env(gas);
    batch.prestate = prestate(&nonces);
    batch.description = format!(
        "{} transactions of chain {}, as a script of Foundry sent them. The file has neither their \
         block nor its state, so it is assumed that all are in one block of Prague without fees, \
         that each sender has {ETHER} ether, and that there are no contracts but those it creates.",
        batch.transactions.len(),
        batch.chain_id,
    );
    Ok((batch, warning(part, &absent).into_iter().collect()))
}

/// One block for all of them.
fn env(gas: u64) -> BlockEnv {
    BlockEnv {
        number: U256::from(1),
        timestamp: U256::from(1),
        gas_limit: gas.max(GAS_LIMIT),
        basefee: 0,
        ..Batch::default().env
    }
}

/// The senders with their nonces, and the factory.
fn prestate(nonces: &BTreeMap<Address, u64>) -> State {
    let mut state = State::default();
    for (sender, nonce) in nonces {
        let account = state.account_mut(*sender);
        account.nonce = *nonce;
        account.balance = U256::from(ETHER) * U256::from(10).pow(U256::from(18));
    }
    state.account_mut(FACTORY).nonce = 1;
    state.set_code(FACTORY, Bytecode::new_raw(FACTORY_CODE.into()));
    state
}

/// What is called but not there, each with the first transaction that does.
fn warning(part: Part<'_>, absent: &BTreeMap<Address, usize>) -> Option<Problem> {
    if absent.is_empty() {
        return None;
    }
    let mut calls: Vec<_> = absent.iter().collect();
    calls.sort_by_key(|(_, tx)| **tx);
    let names = calls.iter().take(NAMES);
    let names = names.map(|(address, tx)| format!("{address} (transaction {tx})"));
    let names = names.collect::<Vec<_>>().join(", ");
    let more = match calls.len().saturating_sub(NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(Problem {
        severity: Severity::Warning,
        ..part.wrong(format!(
            "the broadcast calls {names}{more}, and nothing in it creates them: they are taken to \
             have no code, so that these calls do nothing. Fetch the block from a node to run them"
        ))
    })
}
