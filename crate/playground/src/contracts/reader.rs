//! Files with compiled contracts, whoever wrote them; the content tells which form one has.
//!
//! The forms: what the compiler gives in its standard JSON, artifacts of Foundry, of Hardhat and of
//! this project, and creation code in hexadecimal, with its interface in a JSON file of the same name.
//! The rule: a file is untrusted, so it gives contracts that are sound, or a problem with its place.

#[cfg(test)]
use std::sync::Arc;

use alloy_json_abi::JsonAbi;
use alloy_primitives::Bytes;

use super::{
    Artifact, Contracts, Sources,
    layout::Layout,
    near::{check_name, shown},
    sound,
};
use crate::{
    batch::{Problem, access_list::is_list},
    limits,
    report::ContractFile,
};

mod code;
mod forms;

use self::code::Code;

/// What a file can be.
const WHAT: &str = "a compiled contract: an artifact of Foundry or Hardhat, the compiler's standard \
JSON output with or without its input, an ABI, or creation code in hexadecimal";

/// A contract as a file has it, not yet looked at.
#[derive(Debug)]
struct Found {
    name: String,
    /// Where a person looks for it: the file, or the one it was compiled from.
    file: String,
    abi: JsonAbi,
    code: Code,
    /// What it leaves when it is deployed; nothing where the file does not have it.
    deployed: Bytes,
    layout: Layout,
    /// Of the deployed code; nothing where the file does not have it.
    source_map: String,
    sources: Sources,
}

/// What one file holds.
#[derive(Debug)]
enum Content {
    Contracts(Vec<Found>),
    Interface(JsonAbi),
    Code(Code),
    /// A block access list, which is of the batch.
    AccessList,
}

/// The contracts of all files. What cannot be read is a problem with the name of its file.
pub fn read(files: &[ContractFile]) -> (Contracts, Vec<Problem>) {
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    if files.len() > limits::CONTRACT_FILES || bytes > limits::CONTRACT_BYTES {
        let problem = Problem::error(format!(
            "there are {} files of contracts with {bytes} bytes; there can be at most {} with {} bytes",
            files.len(),
            limits::CONTRACT_FILES,
            limits::CONTRACT_BYTES
        ));
        return (Contracts::default(), vec![problem]);
    }
    let mut problems = Vec::new();
    let mut contracts = Contracts::default();
    let mut twice = Vec::new();
    let mut total = 0;
    for (file, content) in contents(files, &mut problems) {
        total += content.len();
        if total > limits::CONTRACTS {
            let message = format!("there can be at most {} contracts", limits::CONTRACTS);
            problems.push(Problem::error(message).of(file));
            break;
        }
        for contract in content {
            match check(&contract) {
                Ok(()) => offer(&mut contracts, &mut twice, contract),
                Err(why) => {
                    let message = format!("`{}` cannot be used: {why}", shown(&contract.name));
                    problems.push(Problem::error(message).of(file));
                }
            }
        }
    }
    (contracts, problems)
}

/// The contracts of each file; creation code and interfaces of the same name belong together.
fn contents<'a>(
    files: &'a [ContractFile],
    problems: &mut Vec<Problem>,
) -> Vec<(&'a str, Vec<Found>)> {
    let mut contents = Vec::new();
    let mut codes = Vec::new();
    let mut interfaces = Vec::new();
    for file in files {
        match content(file) {
            Ok(Content::Contracts(found)) => contents.push((file.name.as_str(), found)),
            Ok(Content::Interface(abi)) => interfaces.push((file, abi)),
            Ok(Content::Code(code)) => codes.push((file, code)),
            Ok(Content::AccessList) => {}
            Err(problem) => problems.push(problem.of(&file.name)),
        }
    }
    for (file, code) in codes {
        let name = stem(&file.name);
        let own = interfaces.iter().position(|(it, _)| stem(&it.name) == name);
        let abi = own.map(|at| interfaces.swap_remove(at).1);
        let found = Found {
            name: name.to_owned(),
            file: file.name.clone(),
            abi: abi.unwrap_or_default(),
            code,
            deployed: Bytes::new(),
            layout: Layout::default(),
            source_map: String::new(),
            sources: Sources::default(),
        };
        contents.push((&file.name, vec![found]));
    }
    for (file, _) in interfaces {
        let message = format!(
            "an interface alone cannot be deployed; add its creation code as `{}.bin`",
            shown(stem(&file.name))
        );
        problems.push(Problem::error(message).of(&file.name));
    }
    contents
}

/// Is this a file that can be beside a batch, whatever is in the others?
pub fn knows(file: &ContractFile) -> Result<(), Problem> {
    content(file).map(|_| ())
}

fn content(file: &ContractFile) -> Result<Content, Problem> {
    if is_list(&file.text) {
        return Ok(Content::AccessList);
    }
    let text = file.text.trim_start_matches('\u{feff}');
    match text.trim_start().chars().next() {
        Some('{') => forms::object(&file.name, text).map(Content::Contracts),
        Some('[') => forms::interface(text).map(Content::Interface),
        _ => code::plain(text).map(Content::Code),
    }
}

/// Name of a file without folder and ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

fn check(contract: &Found) -> Result<(), String> {
    check_name(&contract.name)?;
    check_name(&contract.file).map_err(|why| format!("its file: {why}"))?;
    for source in contract.sources.values() {
        check_name(&source.name).map_err(|why| format!("a source of it: {why}"))?;
    }
    sound::abi(&contract.abi)?;
    sound::layout(&contract.layout)
}

/// Enters a contract under its name, unless another file has one of this name; `twice` has the names
/// that were found to be of several.
fn offer(contracts: &mut Contracts, twice: &mut Vec<String>, found: Found) {
    let Found {
        name,
        file,
        abi,
        code,
        deployed,
        layout,
        source_map,
        sources,
    } = found;
    if twice.contains(&name) {
        return;
    }
    let known = contracts.get(&name);
    let why = match code {
        Code::Bytes(bytecode) => match known {
            Some(known) if known.bytecode == bytecode && known.abi == abi => return,
            Some(known) => {
                twice.push(name.clone());
                format!(
                    "two files have a contract of this name, `{}` and `{}`",
                    shown(&known.file),
                    shown(&file)
                )
            }
            None => {
                contracts.insert(Artifact {
                    name,
                    file,
                    abi,
                    bytecode,
                    deployed_bytecode: deployed,
                    layout,
                    source_map,
                    sources,
                });
                return;
            }
        },
        _ if known.is_some() => return,
        Code::None => format!(
            "in `{}` it is an interface or abstract, so it has no code",
            shown(&file)
        ),
        Code::Unlinked(libraries) => format!(
            "its code is not linked: it lacks the address of {libraries}. Make the library's \
             functions `internal`, or link it with the tool that compiled it"
        ),
    };
    contracts.refuse(name, why);
}

#[cfg(test)]
pub(super) fn artifact(file: &str, text: &str) -> Result<Arc<Artifact>, Problem> {
    let file = ContractFile {
        name: file.into(),
        text: text.into(),
    };
    let (contracts, problems) = read(std::slice::from_ref(&file));
    match problems.into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(contracts
            .iter()
            .next()
            .expect("a file with a contract")
            .clone()),
    }
}

#[cfg(test)]
mod tests;
