//! What a node answered about one block, and the file that comes of it.
//!
//! The `prestateTracer` gives what each transaction found. What the block found is the first that is
//! seen of each account and slot, unless an earlier transaction made it: tracers leave out what did
//! not exist, so a later one shows what the block itself has written.
//! In the mode `diffMode` the tracer says what each transaction left, and so what it made.
//! The rule: the answers are from a stranger. What does not fit together is one error, and the file is
//! read again, as any file is, before anybody gets it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    ops::ControlFlow,
};

use alloy_primitives::{Address, B256, U64};
use interleave_engine::{oracle, runner::Control};
use revm::primitives::hardfork::SpecId;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{WHAT, mainnet, receipts::NodeReceipt};
use crate::{
    batch::{
        Problem, access_list,
        blobs::Blobs,
        json::{Accounts, Part},
        lower,
    },
    contracts::Contracts,
    limits::OPENED_BYTES,
    report::{Assembled, NodeAnswers},
};

/// The members of a block that say which one it is.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    expecting = "a block with its number, timestamp and full transactions"
)]
struct Named {
    number: U64,
    timestamp: U64,
    block_access_list_hash: Option<B256>,
    transactions: Vec<Sent>,
}

#[derive(Deserialize)]
struct Sent {
    hash: B256,
}

/// What a tracer says of one transaction.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "the trace of a transaction")]
struct Traced<'a> {
    tx_hash: Option<B256>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<String>,
}

/// What a transaction left of the accounts it changed.
#[derive(Deserialize)]
#[serde(expecting = "an object with \"pre\" and \"post\", as diffMode gives it")]
struct Left {
    post: Accounts,
}

/// `eth_config` (EIP-7910), as far as it tells what no header does.
#[derive(Deserialize)]
struct Config<'a> {
    #[serde(borrow)]
    current: Option<Rules<'a>>,
    next: Option<Rules<'a>>,
    last: Option<Rules<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rules<'a> {
    activation_time: u64,
    precompiles: BTreeMap<String, Address>,
    #[serde(borrow)]
    blob_schedule: Option<&'a RawValue>,
}

impl Rules<'_> {
    /// The hard fork where the header does not tell: Osaka added no member.
    fn fork(&self) -> Option<SpecId> {
        let has = self.precompiles.contains_key("P256VERIFY");
        has.then_some(SpecId::OSAKA)
    }

    /// The parameters of blobs, where there are any that make sense.
    fn blobs(&self) -> Option<Blobs> {
        serde_json::from_str(self.blob_schedule?.get()).ok()
    }
}

/// The file that `answers` make, or what else must be known for it.
pub fn assemble(answers: &NodeAnswers) -> Assembled {
    let made = text(answers).and_then(|(text, lacks)| {
        let numbers = unknown_hashes(&text)?;
        Ok(match numbers.is_empty() {
            true => Assembled::File { text, lacks },
            false => Assembled::Hashes { numbers },
        })
    });
    made.unwrap_or_else(|problems| Assembled::Problems { problems })
}

/// The text of the file, and what of the answers it is without.
fn text(answers: &NodeAnswers) -> Result<(String, Vec<Problem>), Vec<Problem>> {
    let one = |problem: Problem| vec![problem];
    let block: Named = part(&answers.block, "eth_getBlockByNumber").map_err(one)?;
    let number: u64 = block.number.to();
    if let Some(asked) = number_of(&answers.asked)
        && asked != number
    {
        return Err(one(Problem::error(format!(
            "the node was asked for block {asked} and gave block {number}"
        ))));
    }
    let chain: U64 = part(&answers.chain, "eth_chainId").map_err(one)?;
    let prestate = prestate(answers, &block).map_err(one)?;

    let mut text = String::from("{\n");
    let chain: u64 = chain.to();
    if chain != mainnet::CHAIN_ID {
        let _ = writeln!(text, "\"chainId\": \"{chain:#x}\",");
        let rules = rules(answers, block.timestamp.to());
        // With that hash the header tells the fork.
        if block.block_access_list_hash.is_none()
            && let Some(fork) = rules.as_ref().and_then(Rules::fork)
        {
            let fork: &str = fork.into();
            let _ = writeln!(text, "\"fork\": \"{fork}\",");
        }
        if let Some(blobs) = rules.as_ref().and_then(Rules::blobs) {
            let Blobs { most, fraction } = blobs;
            let _ = writeln!(
                text,
                "\"blobSchedule\": {{\"max\": {most}, \"baseFeeUpdateFraction\": {fraction}}},"
            );
        }
    }
    let _ = writeln!(
        text,
        "\"block\": {},\n\"prestate\": {{",
        answers.block.trim()
    );
    for (place, (address, account)) in prestate.iter().enumerate() {
        let comma = if place + 1 == prestate.len() { "" } else { "," };
        let _ = writeln!(text, "\"{address:#x}\": {account}{comma}");
    }
    let _ = write!(text, "}},\n\"blockHashes\": {}", answers.hashes.trim());
    if let Some(receipts) = &answers.receipts {
        let receipts: Vec<NodeReceipt> = part(receipts, "eth_getBlockReceipts").map_err(one)?;
        text.push_str(",\n\"receipts\": [\n");
        for (place, receipt) in receipts.iter().enumerate() {
            let comma = if place + 1 == receipts.len() { "" } else { "," };
            let _ = writeln!(text, "{receipt}{comma}");
        }
        text.push(']');
    }
    let room = OPENED_BYTES.saturating_sub(text.len());
    let mut lacks = Vec::new();
    match list(answers, &block, room) {
        Ok(None) => {}
        Ok(Some(list)) => {
            let _ = write!(text, ",\n\"blockAccessList\": {list}");
        }
        // The block runs without.
        Err(reason) => lacks.push(Problem::warning(format!(
            "the block access list is left out: {reason}"
        ))),
    }
    text.push_str("\n}\n");
    Ok((text, lacks))
}

/// The block access list, if the node has one; why it is left out, where it cannot be used.
fn list<'a>(
    answers: &'a NodeAnswers,
    block: &Named,
    room: usize,
) -> Result<Option<&'a str>, String> {
    // Of a block that it does not know, a node says `null`.
    let text = answers.list.as_deref().map(str::trim);
    let Some(text) = text.filter(|it| *it != "null") else {
        return Ok(None);
    };
    if text.len() > room {
        return Err("with it the file would be larger than can be read".into());
    }
    let (count, hash) = (block.transactions.len(), block.block_access_list_hash);
    let read = access_list::part(Part::whole(text), count, hash);
    read.map_err(|problem| format!("eth_getBlockAccessList gave what is {}", problem.message))?;
    Ok(Some(text))
}

/// What the block found of each account that it touched.
fn prestate(answers: &NodeAnswers, block: &Named) -> Result<Accounts, Problem> {
    let method = "debug_traceBlockByHash";
    let found = in_order(&answers.found, block, method)?;
    let left = match &answers.left {
        Some(left) => in_order(left, block, "debug_traceBlockByHash with diffMode")?,
        None => Vec::new(),
    };
    let mut made = BTreeSet::new();
    let mut prestate = Accounts::new();
    let mut left = left.into_iter();
    for accounts in found {
        let accounts: Accounts = part(accounts, method)?;
        for (address, account) in accounts {
            if made.contains(&address) {
                continue;
            }
            match prestate.get_mut(&address) {
                None => drop(prestate.insert(address, account)),
                Some(known) => known.add_slots(account),
            }
        }
        let left = left.next().map(|it| part::<Left>(it, method)).transpose()?;
        for (address, account) in left.map(|it| it.post).unwrap_or_default() {
            match prestate.get_mut(&address) {
                None => drop(made.insert(address)),
                // It found all that it writes, but for the slots of an account that it made.
                Some(known) => known.add_zero_slots(&account),
            }
        }
    }
    Ok(prestate)
}

/// What a tracer says, if it is of the transactions of this block.
fn in_order<'a>(answer: &'a str, block: &Named, method: &str) -> Result<Vec<&'a str>, Problem> {
    let traces: Vec<Traced<'_>> = part(answer, method)?;
    let counts = (traces.len(), block.transactions.len());
    if counts.0 != counts.1 {
        return Err(Problem::error(format!(
            "{method} gave {} traces for a block of {} transactions",
            counts.0, counts.1
        )));
    }
    let pairs = traces.into_iter().zip(&block.transactions).enumerate();
    pairs
        .map(|(tx, (trace, sent))| match trace {
            Traced {
                error: Some(error), ..
            } => Err(format!(
                "could not trace transaction {tx}: {}",
                shown(&error)
            )),
            Traced {
                tx_hash: Some(hash),
                ..
            } if hash != sent.hash => Err(format!(
                "traced {hash} where the block has {}: the block may have been replaced meanwhile",
                sent.hash
            )),
            Traced {
                result: Some(result),
                ..
            } => Ok(result.get()),
            Traced { result: None, .. } => Err(format!("gave no trace of transaction {tx}")),
        })
        .collect::<Result<_, _>>()
        .map_err(|message| Problem::error(format!("{method} {message}")))
}

/// Characters of a node's own words that a message repeats at the most.
const WORDS: usize = 200;

fn shown(words: &str) -> String {
    let plain = words.chars().filter(|it| !it.is_control());
    plain.take(WORDS).collect()
}

/// The rules at `timestamp`, as far as the node has them.
fn rules(answers: &NodeAnswers, timestamp: u64) -> Option<Rules<'_>> {
    let config: Config<'_> = serde_json::from_str(answers.config.as_ref()?).ok()?;
    let rules = [config.current, config.next, config.last];
    let begun = rules.into_iter().flatten();
    let begun = begun.filter(|it| it.activation_time <= timestamp);
    begun.max_by_key(|it| it.activation_time)
}

/// The number that was asked for; none for the latest block.
fn number_of(asked: &str) -> Option<u64> {
    match asked.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => asked.parse().ok(),
    }
}

/// Reads an answer; what is wrong with it names the method.
fn part<'a, T: Deserialize<'a>>(text: &'a str, method: &str) -> Result<T, Problem> {
    let what = format!("what {method} gives");
    let read = Part::whole(text).value(&what);
    // A place in an answer that nobody sees helps nobody.
    read.map_err(|problem| Problem {
        place: None,
        ..problem
    })
}

/// Blocks whose hashes the block of a file asks for, and that the file does not have.
fn unknown_hashes(text: &str) -> Result<Vec<f64>, Vec<Problem>> {
    let batch = super::read(text).map_err(|problem| {
        let message = format!(
            "the node's answers are not {WHAT} that can be run: {}",
            problem.message
        );
        vec![Problem::error(message)]
    })?;
    let block = lower(&batch, &Contracts::default())?;
    let alone = Control::default();
    let executed = oracle::execute(&block, &alone, &mut |_, _| ControlFlow::Continue(()));
    let executed = executed.expect("nobody broke off");
    let numbers = executed.unknown_hashes().iter();
    Ok(numbers.map(|number| *number as f64).collect())
}

#[cfg(test)]
mod tests;
