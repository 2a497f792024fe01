//! Whatever a person gives: a script, a block from a node, or a file of another tool. Its content
//! tells which.
//!
//! The rule: JSON is never a script, so what begins like JSON is read as such, and its problems
//! speak of what it seems to be.

use super::{Batch, Problem, Severity, node_block, script};
use crate::contracts::Contracts;

/// A batch and its warnings, or why it cannot run.
pub type Read = Result<(Batch, Vec<Problem>), Vec<Problem>>;

/// Reads `text`. There is no batch where nothing could be made of it; it can run if no problem is an error.
pub fn read(text: &str, contracts: &Contracts) -> (Option<Batch>, Vec<Problem>) {
    if is_json(text) {
        return match node_block::read(text) {
            Ok(batch) => (Some(batch), Vec::new()),
            Err(problem) => (None, vec![problem]),
        };
    }
    let (batch, problems) = script::evaluate(text, contracts);
    (Some(batch), problems)
}

/// Reads `text`, which is a script or a block from a node, if it can run.
pub fn one(text: &str, contracts: &Contracts) -> Read {
    match read(text, contracts) {
        (Some(batch), problems) if !cannot_run(&problems) => Ok((batch, problems)),
        (_, problems) => Err(problems),
    }
}

/// Reads all batches that `text` holds, of whatever format, in their order.
///
/// What cannot be read is an error in its place; the others go on.
#[cfg(feature = "formats")]
pub fn all(text: &str, contracts: &Contracts) -> Vec<Read> {
    match is_json(text) {
        true => formats::all(text),
        false => vec![one(text, contracts)],
    }
}

/// Can the batch that gave these problems not run?
pub fn cannot_run(problems: &[Problem]) -> bool {
    problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
}

/// Does the text begin like a JSON object or array, as no script does?
fn is_json(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start().chars();
    match rest.next() {
        Some('[') => true,
        Some('{') => matches!(rest.find(|c| !c.is_whitespace()), None | Some('"' | '}')),
        _ => false,
    }
}

/// Formats that hold more than one batch, or come from other tools.
#[cfg(feature = "formats")]
mod formats {
    use std::collections::BTreeMap;

    use serde_json::value::RawValue;

    use super::Read;
    use crate::batch::{Batch, Problem, fixture, json::Part, limits, node_block, t8n};

    /// What a file can be.
    const WHAT: &str = "a block from a node, a t8n input, a blockchain test, or lines of these";

    /// All batches of a JSON text, or of a text whose every line is JSON.
    pub(super) fn all(text: &str) -> Vec<Read> {
        let whole = Part::whole(text);
        let mut lines = whole.text().lines().filter(|line| !line.trim().is_empty());
        let first = lines.next().unwrap_or_default();
        let is_value = serde_json::from_str::<&RawValue>(first).is_ok();
        if !is_value || lines.next().is_none() {
            return value(whole);
        }
        let mut read = Vec::new();
        let mut refused = 0;
        let lines = whole.text().lines().filter(|line| !line.trim().is_empty());
        for line in lines.map(|line| whole.inner(line)) {
            if refused > limits::PROBLEMS {
                let problem = line.wrong(format!(
                    "more than {} batches cannot be read; the rest is not looked at",
                    limits::PROBLEMS
                ));
                read.push(Err(vec![problem]));
                break;
            }
            let of_line = value(line);
            refused += of_line.iter().filter(|it| it.is_err()).count();
            read.extend(of_line);
        }
        read
    }

    /// The batches of one JSON value.
    fn value(part: Part<'_>) -> Vec<Read> {
        let members: BTreeMap<String, &RawValue> = match part.read(WHAT) {
            Ok(members) => members,
            Err(problem) => return vec![Err(vec![problem])],
        };
        let has = |names: &[&str]| names.iter().all(|name| members.contains_key(*name));
        if has(&["block"]) || has(&["prestate"]) {
            return vec![read(node_block::part(part))];
        }
        if has(&["txs"]) || has(&["env"]) {
            return vec![read(t8n::part(part))];
        }
        let is_case = |value: &RawValue| value.get().contains("\"blockHeader\"");
        let cases: Vec<_> = members.iter().filter(|(_, it)| is_case(it)).collect();
        if cases.is_empty() {
            let known: Vec<_> = members.keys().take(5).map(|it| it.as_str()).collect();
            let problem = part.wrong(format!(
                "not {WHAT}: its members are {}",
                match known.is_empty() {
                    true => "none".into(),
                    false => known.join(", "),
                }
            ));
            return vec![Err(vec![problem])];
        }
        let cases = cases.into_iter();
        let chains = cases.map(|(name, case)| fixture::part(name, part.inner(case.get())));
        chains
            .flat_map(|chain| match chain {
                Ok(batches) => batches.into_iter().map(|batch| read(Ok(batch))).collect(),
                Err(problem) => vec![read(Err(problem))],
            })
            .collect()
    }

    fn read(batch: Result<Batch, Problem>) -> Read {
        match batch {
            Ok(batch) => Ok((batch, Vec::new())),
            Err(problem) => Err(vec![problem]),
        }
    }
}

#[cfg(all(test, feature = "formats"))]
mod tests;
