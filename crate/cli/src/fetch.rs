//! `interleave fetch`: asks a node for a block and all that executing it needs, and writes a file that
//! every other command reads.
//!
//! What is asked is in `requests.json`, which the page reads too; what the answers make is said by the
//! engine. The rule: the endpoint's address may hold a key, so no message shows more of it than its host.

mod endpoint;
mod node;
mod table;

use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use flate2::{Compression, write::GzEncoder};
use interleave_playground::{
    self as playground,
    batch::Problem,
    limits,
    report::{Assembled, NodeAnswers},
};
use serde_json::{Value, json, value::RawValue};

use crate::source::Refused;
use endpoint::Endpoint;
use node::{NoAnswer, Node};
use table::{Call, Request, Table};

/// Rounds of hashes: knowing one may let a block ask for another.
const ROUNDS: usize = 256;

/// Arguments of `interleave fetch`.
#[derive(Args)]
pub struct FetchArgs {
    /// The node's JSON-RPC endpoint. It may hold a key, so the environment is the better place for it.
    #[arg(
        long,
        value_name = "URL",
        env = "INTERLEAVE_RPC",
        hide_env_values = true
    )]
    rpc: String,
    /// Number of the block, or `latest`.
    #[arg(long, value_name = "N", value_parser = block_number, default_value = "latest")]
    block: String,
    /// The file to write, packed if its name ends in `.gz`; without it, standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// How long an answer may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = limits::NODE_SECONDS,
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

/// A block as JSON-RPC names it: `latest`, or its number in hexadecimal.
fn block_number(text: &str) -> Result<String, String> {
    let number = match text.strip_prefix("0x") {
        _ if text == "latest" => return Ok(text.to_owned()),
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let number = number.map_err(|_| "it is a number, or `latest`")?;
    Ok(format!("{number:#x}"))
}

/// Fetches the block.
pub fn fetch(args: &FetchArgs) -> Result<ExitCode, Refused> {
    let endpoint = Endpoint::read(&args.rpc)
        .map_err(|problem| ("--rpc".to_owned(), vec![Problem::error(problem)]))?;
    let host = endpoint.host().to_owned();
    let mut node = Node::new(endpoint, Duration::from_secs(args.timeout));
    let (text, lacks) =
        file(&mut node, &args.block).map_err(|problems| (host.clone(), problems))?;
    crate::warn(&host, &lacks);
    let Some(name) = &args.output else {
        return Ok(crate::print(Ok(text), true));
    };
    let written = write(name, &text);
    written.map_err(|error| (name.clone(), vec![Problem::error(error.to_string())]))?;
    Ok(ExitCode::SUCCESS)
}

fn write(name: &str, text: &str) -> io::Result<()> {
    let mut file = File::create(name)?;
    if name.ends_with(".gz") {
        let mut packed = GzEncoder::new(file, Compression::default());
        packed.write_all(text.as_bytes())?;
        packed.finish()?;
        return Ok(());
    }
    file.write_all(text.as_bytes())
}

/// The text of the file, and what of the answers it is without.
fn file(node: &mut Node, block: &str) -> Result<(String, Vec<Problem>), Vec<Problem>> {
    let one = |message: String| vec![Problem::error(message)];
    let table = Table::get();
    let mut asked = Asked::of(block);
    let mut answers = NodeAnswers {
        asked: block.to_owned(),
        hashes: "{}".into(),
        ..NodeAnswers::default()
    };
    for request in &table.requests {
        say(&request.step);
        let answer = asked.answer(node, request).map_err(one)?;
        asked
            .note(&request.answer, answer.as_deref())
            .map_err(one)?;
        put(&mut answers, &request.answer, answer);
    }
    let mut hashes = serde_json::Map::new();
    for _ in 0..ROUNDS {
        match playground::assemble(&answers) {
            Assembled::File { text, lacks } => return Ok((text, lacks)),
            Assembled::Problems { problems } => return Err(problems),
            Assembled::Hashes { numbers } => {
                say(&table.hash.step);
                for number in numbers {
                    let number = format!("{:#x}", number as u64);
                    asked.number = number.clone();
                    let hash = asked
                        .ask(node, &table.hash, None)
                        .map_err(|it| one(it.message))?;
                    let hash = member(&hash, "hash").ok_or_else(|| {
                        one(format!(
                            "the node has no block {number}, whose hash this block asks for"
                        ))
                    })?;
                    hashes.insert(number, json!(hash));
                }
                answers.hashes = Value::Object(hashes.clone()).to_string();
            }
        }
    }
    Err(one("the block asks for more hashes than a block can".into()))
}

fn put(answers: &mut NodeAnswers, name: &str, answer: Option<String>) {
    match name {
        "chain" => answers.chain = answer.unwrap_or_default(),
        "block" => answers.block = answer.unwrap_or_default(),
        "found" => answers.found = answer.unwrap_or_default(),
        "left" => answers.left = answer,
        "config" => answers.config = answer,
        "receipts" => answers.receipts = answer,
        "list" => answers.list = answer,
        _ => unreachable!("the table of requests names no other answer"),
    }
}

/// On a terminal, what is being asked.
fn say(step: &str) {
    if io::stderr().is_terminal() {
        eprintln!("{step}…");
    }
}

/// What later requests need to know of earlier answers.
struct Asked {
    block: String,
    number: String,
    hash: String,
    txs: Vec<String>,
}

impl Asked {
    fn of(block: &str) -> Self {
        Self {
            block: block.to_owned(),
            number: String::new(),
            hash: String::new(),
            txs: Vec::new(),
        }
    }

    /// Keeps what a block says of itself.
    fn note(&mut self, name: &str, answer: Option<&str>) -> Result<(), String> {
        let Some(block) = answer.filter(|_| name == "block") else {
            return Ok(());
        };
        let block: Value = serde_json::from_str(block).map_err(|error| error.to_string())?;
        if block.is_null() {
            return Err(format!("the node has no block {}", self.block));
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let txs = block["transactions"].as_array();
        let txs = txs.and_then(|all| all.iter().map(|tx| text(&tx["hash"])).collect());
        let (Some(number), Some(hash), Some(txs)) =
            (text(&block["number"]), text(&block["hash"]), txs)
        else {
            return Err(
                "eth_getBlockByNumber gave something else than a block with its transactions"
                    .into(),
            );
        };
        (self.number, self.hash, self.txs) = (number, hash, txs);
        match self.txs.len() > limits::NODE_TRANSACTIONS {
            true => Err(format!(
                "the block has {} transactions, more than can be read",
                self.txs.len()
            )),
            false => Ok(()),
        }
    }

    /// The answer to a request; none where the node does not have it and it can be done without.
    fn answer(&self, node: &mut Node, request: &Request) -> Result<Option<String>, String> {
        let refused = match self.ask(node, &request.call, None) {
            Ok(answer) => return Ok(Some(answer)),
            Err(no) if !no.by_node => return Err(no.message),
            Err(no) => no,
        };
        let refused = match &request.each {
            None => refused,
            Some(each) => match self.each(node, each, &request.answer) {
                Ok(answers) => return Ok(Some(answers)),
                Err(no) if !no.by_node => return Err(no.message),
                Err(no) => NoAnswer {
                    message: format!("{}; {}", refused.message, no.message),
                    ..no
                },
            },
        };
        match &request.lacking {
            _ if request.optional => Ok(None),
            Some(advice) => Err(format!("{}. {advice}", refused.message)),
            None => Err(refused.message),
        }
    }

    /// The same for one transaction after another.
    fn each(&self, node: &mut Node, call: &Call, name: &str) -> Result<String, NoAnswer> {
        let mut answers = Vec::new();
        for tx in &self.txs {
            let answer = self.ask(node, call, Some(tx))?;
            answers.push(match name {
                "receipts" => answer,
                _ => format!("{{\"txHash\": \"{tx}\", \"result\": {answer}}}"),
            });
        }
        Ok(format!("[{}]", answers.join(",")))
    }

    fn ask(&self, node: &mut Node, call: &Call, tx: Option<&str>) -> Result<String, NoAnswer> {
        let params = call.params.iter().map(|param| match param.as_str() {
            Some("$block") => json!(self.block),
            Some("$number") => json!(self.number),
            Some("$hash") => json!(self.hash),
            Some("$tx") => json!(tx),
            _ => param.clone(),
        });
        node.ask(&call.method, &Value::Array(params.collect()))
    }
}

/// A text that is a member of an object.
fn member(object: &str, name: &str) -> Option<String> {
    let object: std::collections::BTreeMap<String, &RawValue> =
        serde_json::from_str(object).ok()?;
    serde_json::from_str(object.get(name)?.get()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_named_by_its_number_or_as_the_latest() {
        assert_eq!(block_number("latest"), Ok("latest".into()));
        assert_eq!(block_number("255"), Ok("0xff".into()));
        assert_eq!(block_number("0xff"), Ok("0xff".into()));
        for wrong in ["", "-1", "0x", "pending", "1e3", "0x1ffffffffffffffff"] {
            assert!(block_number(wrong).is_err(), "{wrong}");
        }
    }
}
