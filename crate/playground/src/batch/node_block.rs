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
mod transaction;

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use interleave_engine::{state::State, steps};
use revm::state::Bytecode;
use serde::Deserialize;

use super::{Batch, Place, Problem, Severity, mainnet};
use header::NodeBlock;

/// Reads a block with its prestate.
pub fn read(text: &str) -> Result<Batch, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    // An array would be taken for the members in their order.
    if !text.trim_start().starts_with('{') {
        let message = "not a block from a node, which is an object with \"block\", \"prestate\" and \"blockHashes\"";
        return Err(Problem::error(message).at(Place { line: 1, column: 1 }));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let file = file(&mut json).map_err(|(path, error)| problem(text, &path, &error))?;
    json.end().map_err(|error| problem(text, ".", &error))?;
    Ok(file.batch())
}

type Json<'t> = serde_json::Deserializer<serde_json::de::StrRead<'t>>;

/// The file, or what is wrong at which of its members.
#[cfg(feature = "paths")]
fn file(json: &mut Json<'_>) -> Result<File, (String, serde_json::Error)> {
    serde_path_to_error::deserialize(json)
        .map_err(|error| (error.path().to_string(), error.into_inner()))
}

/// The file, or what is wrong somewhere.
#[cfg(not(feature = "paths"))]
fn file(json: &mut Json<'_>) -> Result<File, (String, serde_json::Error)> {
    File::deserialize(json).map_err(|error| (String::new(), error))
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
    prestate: BTreeMap<Address, NodeAccount>,
    #[serde(default)]
    block_hashes: BTreeMap<U64, B256>,
}

/// An account in the form of the `prestateTracer`.
#[derive(Deserialize)]
#[serde(expecting = "an account with balance, nonce, code and storage")]
struct NodeAccount {
    #[serde(default)]
    balance: U256,
    #[serde(default)]
    nonce: U64,
    #[serde(default)]
    code: Code,
    #[serde(default)]
    storage: BTreeMap<U256, U256>,
}

/// Code that the EVM can hold.
#[derive(Default, Deserialize)]
#[serde(try_from = "Bytes")]
struct Code(Bytecode);

impl TryFrom<Bytes> for Code {
    type Error = String;

    fn try_from(code: Bytes) -> Result<Self, String> {
        Bytecode::new_raw_checked(code)
            .map(Self)
            .map_err(|error| format!("code no account can have: {error}"))
    }
}

impl File {
    fn batch(self) -> Batch {
        let block = self.block;
        let mut prestate = State::default();
        for (address, account) in self.prestate {
            let entry = prestate.account_mut(address);
            entry.balance = account.balance;
            entry.nonce = account.nonce.to();
            let stored = account.storage.into_iter();
            entry.storage = stored.filter(|(_, value)| !value.is_zero()).collect();
            prestate.set_code(address, account.code.0);
        }
        steps::before_block(block.spec, &block.env, block.parent, &mut prestate);

        let rules: &str = block.spec.into();
        Batch {
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
            names: BTreeMap::new(),
            contracts: BTreeMap::new(),
            prestate,
            preparation: Vec::new(),
            transactions: block.transactions,
            expected: Some(block.expected),
        }
    }
}

/// What is wrong with the JSON, where in the text and at which of its members.
fn problem(text: &str, path: &str, error: &serde_json::Error) -> Problem {
    let message = error.to_string();
    let message = match message.rfind(" at line ") {
        Some(end) => &message[..end],
        None => &message,
    };
    // Where the text ends too early, the last member has no name yet.
    let message = match path.trim_end_matches('?').trim_end_matches('.') {
        "" => message.to_owned(),
        path => format!("{path}: {message}"),
    };
    let line = text.lines().nth(error.line().saturating_sub(1));
    Problem {
        severity: Severity::Error,
        message: format!("not a block from a node: {message}"),
        // serde_json counts bytes; a place counts characters.
        place: line.filter(|_| error.line() > 0).map(|line| Place {
            line: error.line() as u32,
            column: line
                .char_indices()
                .take_while(|(start, _)| *start < error.column())
                .count()
                .max(1) as u32,
        }),
    }
}

#[cfg(test)]
mod tests;
