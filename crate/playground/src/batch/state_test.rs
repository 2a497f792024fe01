//! State tests in the format of ethereum/tests and execution-spec-tests: one transaction, on one state.
//!
//! A case has lists of data, gas limits and values, and says for each hard fork which of them make a
//! transaction, and what it leaves. Each of these is a batch of its own.
//! The rule: nothing runs before or after the transaction, and nobody is rewarded; of the environment
//! counts what the hard fork knows.

use std::collections::BTreeMap;

use alloy_primitives::{B256, U64, U256, keccak256};
use revm::primitives::hardfork::SpecId;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Batch, Expected, Problem, Transaction,
    blobs::{Schedule, network},
    header::Header,
    json::{Accounts, Part, state},
    t8n::{Env, NAMES},
    transaction::JsonTransaction,
};

/// What people call it.
const WHAT: &str = "a case of a state test";

/// How far back `BLOCKHASH` sees.
const HASHES: u64 = 256;

/// One case.
#[derive(Deserialize)]
#[serde(expecting = "a case of a state test")]
struct Test {
    env: Env,
    pre: Accounts,
    transaction: Map<String, Value>,
    post: BTreeMap<String, Vec<Post>>,
    #[serde(default)]
    config: Config,
    /// Of this project alone: which of the transactions is meant, counted from 1.
    chosen: Option<U64>,
}

#[derive(Default, Deserialize)]
struct Config {
    chainid: Option<U64>,
    #[serde(default, rename = "blobSchedule")]
    blob_schedule: Schedule,
}

/// What one transaction leaves under the rules of a hard fork.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "what a transaction leaves")]
struct Post {
    hash: B256,
    logs: Option<B256>,
    indexes: Indexes,
    expect_exception: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
struct Indexes {
    data: usize,
    gas: usize,
    value: usize,
}

/// As much of a case as tells its batches apart.
#[derive(Deserialize)]
struct Outline {
    post: BTreeMap<String, Vec<PostOutline>>,
    chosen: Option<U64>,
}

#[derive(Deserialize)]
struct PostOutline {
    indexes: Indexes,
}

/// Titles of the batches of a case.
pub(super) fn titles(name: &str, part: Part<'_>) -> Result<Vec<String>, Problem> {
    let outline: Outline = part.read(WHAT)?;
    let posts = outline.post.iter();
    let all = posts.flat_map(|(fork, posts)| posts.iter().map(move |it| (fork, it.indexes)));
    let titles = all.map(|(fork, indexes)| title(name, fork, indexes));
    part.chosen(titles.collect(), outline.chosen)
}

fn title(name: &str, fork: &str, of: Indexes) -> String {
    let Indexes { data, gas, value } = of;
    format!("{name}, {fork}, data {data}, gas {gas}, value {value}")
}

/// The batches of a case.
pub(super) fn part(name: &str, part: Part<'_>) -> Result<Vec<Batch>, Problem> {
    let test: Test = part.read(WHAT)?;
    let posts = test.post.iter();
    let all = posts.flat_map(|(fork, posts)| posts.iter().map(move |it| (fork.as_str(), it)));
    let chosen = part.chosen(all.collect(), test.chosen)?;
    if chosen.is_empty() {
        return Err(part.wrong("this state test has no `post`, so there is nothing to run"));
    }
    let state = state(test.pre);
    let batch = |(fork, post): (&str, &Post)| {
        let title = title(name, fork, post.indexes);
        let wrong = |message| part.wrong(format!("{title}: {message}"));
        let (spec, blobs) = network(fork, &test.config.blob_schedule).map_err(wrong)?;
        let header = header(&test.env, spec);
        let env = header.env(spec, blobs, &NAMES).map_err(wrong)?;
        let transaction = transaction(&test.transaction, post.indexes).map_err(wrong)?;
        let rules: &str = spec.into();
        let number = header.number.to::<u64>();
        Ok(Batch {
            description: format!("One transaction under the rules of {rules}."),
            spec,
            chain_id: test.config.chainid.map_or(1, |id| id.to()),
            env,
            most_blobs: Some(blobs.most),
            block_hashes: hashes(number),
            prestate: state.clone(),
            transactions: vec![transaction],
            expected: Some(Expected {
                logs_hash: post.logs,
                state_root: Some(post.hash),
                // An exception is what makes a transaction invalid.
                receipts: post.expect_exception.as_ref().map(|_| vec![None]),
                ..Expected::default()
            }),
            title,
            ..Batch::default()
        })
    };
    chosen.into_iter().map(batch).collect()
}

/// The environment without what the hard fork does not know: the same one serves all of them.
fn header(env: &Env, spec: SpecId) -> Header {
    let of = env.header();
    let since = |fork| spec.is_enabled_in(fork);
    let merged = since(SpecId::MERGE);
    Header {
        difficulty: of.difficulty.filter(|_| !merged).or(Some(U256::ZERO)),
        base_fee: of.base_fee.filter(|_| since(SpecId::LONDON)),
        excess_blob_gas: since(SpecId::CANCUN).then(|| of.excess_blob_gas.unwrap_or_default()),
        beacon_root: None,
        slot_number: of.slot_number.filter(|_| since(SpecId::AMSTERDAM)),
        ..of
    }
}

/// What these tests give for the hashes of earlier blocks: those of their numbers, in decimals.
fn hashes(number: u64) -> BTreeMap<u64, B256> {
    let earlier = number.saturating_sub(HASHES)..number;
    let hash = |number: u64| (number, keccak256(number.to_string()));
    earlier.map(hash).collect()
}

/// The transaction that has these of the listed members.
fn transaction(template: &Map<String, Value>, of: Indexes) -> Result<Transaction, String> {
    let mut written = template.clone();
    let mut choose = |list: &str, member: &str, index: usize| {
        let Some(values) = written.remove(list) else {
            return Ok(());
        };
        let value = values.get(index).cloned();
        let value = value.ok_or_else(|| {
            format!("`post` asks for number {index} of `{list}`, which is not there")
        })?;
        written.insert(member.to_owned(), value);
        Ok::<_, String>(())
    };
    choose("data", "data", of.data)?;
    choose("accessLists", "accessList", of.data)?;
    choose("gasLimit", "gasLimit", of.gas)?;
    choose("value", "value", of.value)?;
    let text = Value::Object(written).to_string();
    let read: Result<JsonTransaction, _> =
        Part::whole(&text).read("the transaction of a state test");
    match read {
        Ok(read) => Ok(read.transaction),
        // Its place is one of a text that nobody has written.
        Err(problem) => Err(problem.message),
    }
}
