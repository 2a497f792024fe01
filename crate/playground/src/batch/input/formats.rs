//! Files of other tools and files that hold more than one batch, told apart by their members.
//!
//! It does not read batches itself. The rule: the members that are there say what a file is, and what
//! is then wrong with it is said by who reads that.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::Read;
use crate::{
    batch::{Batch, Problem, broadcast, fixture, json::Part, node_block, state_test, t8n},
    limits,
};

/// What a file can be.
const WHAT: &str = "a block from a node, a t8n input, a blockchain test, a state test, \
a broadcast of Foundry, or lines of these";

/// What one JSON object is.
pub(crate) enum Kind<'t> {
    /// A block from a node with its prestate.
    NodeBlock,
    /// The input of a state transition tool.
    T8n,
    /// What a script of Foundry sent.
    Broadcast,
    /// Cases of tests by name.
    Tests(Vec<(String, Test, Part<'t>)>),
}

/// What a case is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// A chain of blocks.
    Chain,
    /// A transaction on a state.
    State,
}

/// One batch of a text, not yet read.
pub(crate) struct Entry<'t> {
    /// What it is called.
    pub(crate) title: String,
    part: Part<'t>,
    /// The name of its case.
    name: Option<String>,
    /// Its place among the batches of that case where there are several, counted from 1.
    place: Option<usize>,
}

impl Entry<'_> {
    /// A text that holds this batch alone.
    pub(crate) fn text(&self) -> String {
        let text = self.part.text().trim();
        let Some(name) = &self.name else {
            return text.to_owned();
        };
        let name = serde_json::Value::from(name.as_str());
        match (self.place, text.strip_prefix('{')) {
            (Some(place), Some(members)) => {
                format!("{{{name}: {{\"chosen\": \"{place:#x}\",{members}}}\n")
            }
            _ => format!("{{{name}: {text}}}\n"),
        }
    }
}

/// The batches of a text, of which none is read yet.
pub(crate) fn entries(text: &str) -> Result<Vec<Entry<'_>>, Problem> {
    let parts = parts(text);
    let several = parts.len() > 1;
    let mut entries = Vec::new();
    for (line, part) in parts {
        let entry = |title, name, place| Entry {
            title,
            part,
            name,
            place,
        };
        let titled = |what: &str| match several {
            true => format!("Line {line}, {what}"),
            false => what.to_owned(),
        };
        match kind(part)? {
            Kind::NodeBlock => entries.push(entry(titled("a block from a node"), None, None)),
            Kind::T8n => entries.push(entry(titled("a t8n input"), None, None)),
            Kind::Broadcast => entries.push(entry(titled("a broadcast of Foundry"), None, None)),
            Kind::Tests(cases) => {
                for (name, test, part) in cases {
                    let titles = match test {
                        Test::Chain => fixture::titles(&name, part)?,
                        Test::State => state_test::titles(&name, part)?,
                    };
                    let several = titles.len() > 1;
                    entries.extend((1..).zip(titles).map(|(place, title)| Entry {
                        title,
                        part,
                        name: Some(name.clone()),
                        place: several.then_some(place),
                    }));
                }
            }
        }
    }
    Ok(entries)
}

/// The only batch of a JSON text.
pub(super) fn one(text: &str) -> Read {
    let entries = entries(text).map_err(|problem| vec![problem])?;
    if entries.len() == 1 {
        return all(text).pop().unwrap_or_else(|| Err(Vec::new()));
    }
    let titles: Vec<_> = entries.iter().take(5).map(|it| it.title.as_str()).collect();
    Err(vec![Problem::error(format!(
        "this holds {} batches, and one runs at a time: {}{}",
        entries.len(),
        titles.join("; "),
        if entries.len() > titles.len() {
            "; …"
        } else {
            ""
        }
    ))])
}

/// All batches of a JSON text, or of a text whose every line is JSON.
pub(super) fn all(text: &str) -> Vec<Read> {
    let parts = parts(text);
    let mut read = Vec::new();
    let mut refused = 0;
    for (_, part) in parts {
        if refused > limits::PROBLEMS {
            let problem = part.wrong(format!(
                "more than {} batches cannot be read; the rest is not looked at",
                limits::PROBLEMS
            ));
            read.push(Err(vec![problem]));
            break;
        }
        let of_part = value(part);
        refused += of_part.iter().filter(|it| it.is_err()).count();
        read.extend(of_part);
    }
    read
}

/// The JSON values of a text with the numbers of their lines: one, or one in each line.
fn parts(text: &str) -> Vec<(usize, Part<'_>)> {
    let whole = Part::whole(text);
    let lines = || (1..).zip(whole.text().lines());
    let mut written = lines().filter(|(_, line)| !line.trim().is_empty());
    let first = written.next().map_or("", |(_, line)| line);
    let is_value = serde_json::from_str::<&RawValue>(first).is_ok();
    if !is_value || written.next().is_none() {
        return vec![(1, whole)];
    }
    let written = lines().filter(|(_, line)| !line.trim().is_empty());
    written
        .map(|(number, line)| (number, whole.inner(line)))
        .collect()
}

/// What a JSON object is; a problem where it is nothing that is known.
pub(crate) fn kind(part: Part<'_>) -> Result<Kind<'_>, Problem> {
    let members: BTreeMap<String, &RawValue> = part.read(WHAT)?;
    let has = |names: &[&str]| names.iter().all(|name| members.contains_key(*name));
    if has(&["block"]) || has(&["prestate"]) {
        return Ok(Kind::NodeBlock);
    }
    if has(&["txs"]) || has(&["env"]) {
        return Ok(Kind::T8n);
    }
    if has(&["transactions", "parentHash"]) {
        return Err(part.wrong(
            "this is a block without the state it runs on: put it into an object as `block`, beside \
             `prestate`, what the node's `prestateTracer` says of every account it touches",
        ));
    }
    if has(&["transactions"]) {
        return Ok(Kind::Broadcast);
    }
    let test = |text: &str| {
        let is_state = ["\"transaction\"", "\"post\"", "\"pre\""];
        // Without a header, a block is one that must be refused.
        let is_refused = ["\"rlp\"", "\"expectException\""];
        match text {
            _ if text.contains("\"blockHeader\"") => Some(Test::Chain),
            _ if is_refused.iter().all(|member| text.contains(member)) => Some(Test::Chain),
            _ if is_state.iter().all(|member| text.contains(member)) => Some(Test::State),
            _ => None,
        }
    };
    let cases = (members.iter())
        .filter_map(|(name, it)| Some((name.clone(), test(it.get())?, part.inner(it.get()))));
    let cases: Vec<_> = cases.collect();
    if !cases.is_empty() {
        return Ok(Kind::Tests(cases));
    }
    let known: Vec<_> = members.keys().take(5).map(|it| it.as_str()).collect();
    Err(part.wrong(format!(
        "not {WHAT}: its members are {}",
        match known.is_empty() {
            true => "none".into(),
            false => known.join(", "),
        }
    )))
}

/// The batches of one JSON value.
fn value(part: Part<'_>) -> Vec<Read> {
    let kind = match kind(part) {
        Ok(kind) => kind,
        Err(problem) => return vec![Err(vec![problem])],
    };
    match kind {
        Kind::NodeBlock => vec![read(node_block::part(part))],
        Kind::T8n => vec![read(t8n::part(part))],
        Kind::Broadcast => vec![broadcast::part(part).map_err(|problem| vec![problem])],
        Kind::Tests(cases) => {
            let batches = cases.into_iter().map(|(name, test, part)| match test {
                Test::Chain => fixture::part(&name, part),
                Test::State => state_test::part(&name, part)
                    .map(|batches| batches.into_iter().map(Ok).collect()),
            });
            batches
                .flat_map(|batches| match batches {
                    Ok(batches) => batches.into_iter().map(read).collect(),
                    Err(problem) => vec![read(Err(problem))],
                })
                .collect()
        }
    }
}

fn read(batch: Result<Batch, Problem>) -> Read {
    match batch {
        Ok(batch) => Ok((batch, Vec::new())),
        Err(problem) => Err(vec![problem]),
    }
}
