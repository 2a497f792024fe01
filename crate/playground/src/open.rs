//! Files that a person opens together: which is the batch, and which belong beside it.
//!
//! A state transition tool has its input in three files, which make one. Of a file with several batches
//! one is taken. The rule: a file is told by its content, and one that is nothing known, or damaged,
//! is a problem with its name and place; then nothing is taken.

use alloy_primitives::Address;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

use crate::{
    batch::{Problem, access_list, input, json::Part},
    contracts::reader,
    limits,
    report::{ContractFile, OpenedBatch, OpenedFiles},
};

/// What a file that is no whole batch can be part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Member {
    Alloc,
    Env,
    Txs,
}

const MEMBERS: [(Member, &str); 3] = [
    (Member::Alloc, "alloc"),
    (Member::Env, "env"),
    (Member::Txs, "txs"),
];

/// What these files are; of a file with several batches, number `case` is taken.
pub fn open(files: &[ContractFile], case: u32) -> OpenedFiles {
    match sorted(files, case) {
        Ok(opened) => opened,
        Err(problem) => OpenedFiles {
            problems: vec![problem],
            ..OpenedFiles::default()
        },
    }
}

fn sorted(files: &[ContractFile], case: u32) -> Result<OpenedFiles, Problem> {
    let mut whole: Vec<&ContractFile> = Vec::new();
    let mut members: BTreeMap<Member, &ContractFile> = BTreeMap::new();
    let mut beside = Vec::new();
    for file in files {
        match what(file).map_err(|problem| problem.of(&file.name))? {
            What::Batch => whole.push(file),
            What::Beside => beside.push(file.name.clone()),
            What::Member(member) => {
                if let Some(other) = members.insert(member, file) {
                    return Err(two("the same part of a t8n input", other, file));
                }
            }
        }
    }
    if let [one, other, ..] = whole[..] {
        return Err(two("a batch", one, other));
    }
    let batch = match (whole.pop(), members.is_empty()) {
        (Some(file), true) => Some(chosen(file, case).map_err(|problem| problem.of(&file.name))?),
        (Some(file), false) => {
            let other = members.into_values().next().unwrap_or(file);
            return Err(two("a batch", file, other));
        }
        (None, false) => Some(joined(&members)?),
        (None, true) => None,
    };
    Ok(OpenedFiles {
        batch,
        beside,
        problems: Vec::new(),
    })
}

fn two(what: &str, one: &ContractFile, other: &ContractFile) -> Problem {
    let message = format!("`{}` is {what} too, and there can be only one", one.name);
    Problem::error(message).of(&other.name)
}

enum What {
    Batch,
    Member(Member),
    Beside,
}

/// What a file is by itself.
fn what(file: &ContractFile) -> Result<What, Problem> {
    let part = Part::whole(&file.text);
    if access_list::is_list(&file.text) {
        // Whether it is of this block is found out when there is one.
        part.items("a block access list (EIP-7928)")?;
        return Ok(What::Beside);
    }
    if !input::is_json(&file.text) {
        return reader::knows(file).map(|()| What::Beside);
    }
    if part.text().trim_start().starts_with('[') {
        let items = part.items("a JSON array of transactions, accounts or functions")?;
        let is_tx = |item: &Part<'_>| {
            let members = item.read::<BTreeMap<String, &RawValue>>("a transaction");
            members.is_ok_and(|it| it.contains_key("nonce"))
        };
        if !items.is_empty() && items.iter().all(is_tx) {
            return Ok(What::Member(Member::Txs));
        }
        return reader::knows(file).map(|()| What::Beside);
    }
    // Several lines of JSON are no JSON value, but a known kind of file.
    let members: BTreeMap<String, &RawValue> = match part.read("JSON") {
        Ok(members) => members,
        Err(damaged) => {
            let lines = input::formats::entries(&file.text);
            return lines.map(|_| What::Batch).map_err(|problem| {
                // What is no JSON at all is said to be so, at the place where it ends to be.
                if problem.place > damaged.place {
                    problem
                } else {
                    damaged
                }
            });
        }
    };
    let has = |name: &str| members.contains_key(name);
    if has("currentCoinbase") {
        return Ok(What::Member(Member::Env));
    }
    let is_account = |(name, value): (&String, &&RawValue)| {
        name.parse::<Address>().is_ok() && value.get().starts_with('{')
    };
    if !members.is_empty() && members.iter().all(is_account) {
        return Ok(What::Member(Member::Alloc));
    }
    match input::formats::kind(part) {
        Ok(_) => Ok(What::Batch),
        // A contract has members of its own; what is neither is told as a batch.
        Err(problem) => match reader::knows(file) {
            Ok(()) => Ok(What::Beside),
            Err(_) => Err(problem),
        },
    }
}

/// One of the batches that a file holds.
fn chosen(file: &ContractFile, case: u32) -> Result<OpenedBatch, Problem> {
    let entries = input::formats::entries(&file.text)?;
    let Some(entry) = entries.get(case as usize) else {
        let count = entries.len();
        return Err(Problem::error(format!(
            "there is no batch {case} in it, only {count}"
        )));
    };
    let text = match entries.len() {
        1 => file.text.clone(),
        _ => entry.text(),
    };
    let titles = entries
        .iter()
        .take(limits::CASES)
        .map(|it| it.title.clone());
    Ok(OpenedBatch {
        text,
        files: vec![file.name.clone()],
        cases: if entries.len() > 1 {
            titles.collect()
        } else {
            Vec::new()
        },
        batches: entries.len() as u32,
        case,
    })
}

/// The three files of a state transition tool as one.
fn joined(members: &BTreeMap<Member, &ContractFile>) -> Result<OpenedBatch, Problem> {
    let mut parts = Vec::new();
    for (member, name) in MEMBERS {
        let Some(file) = members.get(&member) else {
            let given = members.values().map(|file| file.name.as_str());
            let given = given.collect::<Vec<_>>().join("` and `");
            return Err(Problem::error(format!(
                "`{given}` is part of a t8n input, whose `{name}` is missing; open the three files together"
            )));
        };
        parts.push(format!(
            "\"{name}\": {}",
            Part::whole(&file.text).text().trim()
        ));
    }
    Ok(OpenedBatch {
        text: format!("{{\n{}\n}}\n", parts.join(",\n")),
        files: members.values().map(|file| file.name.clone()).collect(),
        cases: Vec::new(),
        batches: 1,
        case: 0,
    })
}

#[cfg(test)]
mod tests;
