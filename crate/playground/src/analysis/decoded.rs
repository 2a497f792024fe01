//! What transactions said: logs and return values, by the ABIs that are known.
//!
//! Whatever no ABI explains stays hexadecimal, and is cut.

use alloy_dyn_abi::{EventExt, FunctionExt};
use alloy_json_abi::{Event, Function};
use alloy_primitives::{Address, B256, Log, Selector, hex, map::HashMap};
use interleave_engine::outcome::{Outcome, Receipt, Status};
use revm::context::TxEnv;

use super::{Names, Run};
use crate::{
    contracts::{near::shown, revert},
    limits,
    report::Logs,
};

/// All functions and events of known contracts, found without hashing their signatures again.
struct Abis<'a> {
    functions: HashMap<(&'a str, Selector), &'a Function>,
    events: HashMap<B256, Vec<(&'a str, &'a Event)>>,
}

impl<'a> Abis<'a> {
    fn new(run: &Run<'a>) -> Self {
        let mut abis = Self {
            functions: HashMap::default(),
            events: HashMap::default(),
        };
        for artifact in run.contracts.iter() {
            let name = artifact.name.as_str();
            for function in artifact.abi.functions() {
                abis.functions.insert((name, function.selector()), function);
            }
            for event in artifact.abi.events() {
                let known = abis.events.entry(event.selector()).or_default();
                known.push((name, event));
            }
        }
        abis
    }
}

/// The logs of all transactions, in their order.
pub fn logs(run: &Run<'_>, names: &Names<'_>) -> Logs {
    let abis = Abis::new(run);
    let mut logs = Logs {
        tx: Vec::new(),
        from: Vec::new(),
        text: Vec::new(),
        until: run.ran.result.outcomes.len() as u32,
    };
    for (tx, receipt) in run.ran.result.executed() {
        for log in &receipt.logs {
            if logs.tx.len() == limits::LOGS {
                logs.until = tx as u32;
                return logs;
            }
            logs.tx.push(tx as u32);
            logs.from.push(names.account(log.address));
            logs.text.push(event(log, &abis, names));
        }
    }
    logs
}

/// `Transfer(from: alice, to: bob, amount: 5)`, or the log as it is.
fn event(log: &Log, abis: &Abis<'_>, names: &Names<'_>) -> String {
    let topics = log.data.topics();
    let known = topics.first().and_then(|first| abis.events.get(first));
    let known = known.map(Vec::as_slice).unwrap_or_default();
    let own = names.contract(log.address);
    // Of events with the same signature, the contract's own knows what is indexed.
    let own = known.iter().filter(|(name, _)| Some(*name) == own);
    let decoded = own
        .chain(known)
        .find_map(|(_, event)| decode(event, log, names));
    decoded.unwrap_or_else(|| {
        let topics: Vec<_> = topics.iter().map(|topic| topic.to_string()).collect();
        let data = shown(&hex::encode_prefixed(&log.data.data));
        format!("log [{}] {data}", topics.join(", "))
    })
}

fn decode(event: &Event, log: &Log, names: &Names<'_>) -> Option<String> {
    let decoded = event.decode_log(&log.data).ok()?;
    let (mut indexed, mut body) = (decoded.indexed.iter(), decoded.body.iter());
    let values: Vec<_> = event
        .inputs
        .iter()
        .filter_map(|input| {
            let value = if input.indexed {
                indexed.next()
            } else {
                body.next()
            }?;
            Some(labelled(&input.name, &revert::show(value, names.all())))
        })
        .collect();
    Some(format!("{}({})", event.name, values.join(", ")))
}

fn labelled(name: &str, value: &str) -> String {
    match name {
        "" => value.to_owned(),
        name => format!("{name}: {value}"),
    }
}

/// What each transaction's call returned, or the contract it created; empty where there is nothing.
pub fn returned(run: &Run<'_>, names: &Names<'_>) -> Vec<String> {
    let abis = Abis::new(run);
    let outcomes = run.block.txs.iter().zip(&run.ran.result.outcomes);
    outcomes
        .map(|(tx, outcome)| match outcome {
            Outcome::Executed(receipt) if receipt.status == Status::Success => {
                value(tx, receipt, &abis, names)
            }
            _ => String::new(),
        })
        .collect()
}

fn value(tx: &TxEnv, receipt: &Receipt, abis: &Abis<'_>, names: &Names<'_>) -> String {
    if let Some(created) = receipt.created {
        return names.account(created);
    }
    if receipt.output.is_empty() {
        return String::new();
    }
    let function = tx.kind.to().and_then(|to: &Address| {
        let contract = names.contract(*to)?;
        let selector = Selector::try_from(tx.data.get(..4)?).ok()?;
        abis.functions.get(&(contract, selector))
    });
    let values = function.and_then(|it| it.abi_decode_output(&receipt.output).ok().zip(Some(it)));
    match values {
        Some((values, function)) => {
            let named = function.outputs.iter().zip(&values);
            let named: Vec<_> = named
                .map(|(output, value)| labelled(&output.name, &revert::show(value, names.all())))
                .collect();
            named.join(", ")
        }
        None => shown(&hex::encode_prefixed(&receipt.output)),
    }
}
