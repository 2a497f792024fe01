//! Contracts that have so much of something, and what is said of them.

use serde_json::{Value, json};

use super::messages;
use crate::{
    contracts::{assembler, reader},
    report::ContractFile,
};

pub(super) fn file(name: &str, text: String) -> ContractFile {
    ContractFile {
        name: name.into(),
        text,
    }
}

pub(super) fn of_files(files: &[ContractFile]) -> Vec<String> {
    messages(reader::read(files).1)
}

pub(super) fn contracts(n: u64) -> String {
    let one = json!({ "abi": [], "evm": { "bytecode": { "object": "00" } } });
    let all: serde_json::Map<_, _> = (0..n).map(|i| (format!("C{i}"), one.clone())).collect();
    json!({ "contracts": { "A.sol": all } }).to_string()
}

/// What is wrong with a contract of this interface.
pub(super) fn of_abi(abi: &Value) -> Vec<String> {
    let artifact = json!({ "contractName": "A", "abi": abi, "bytecode": "00" });
    of_files(&[file("A.json", artifact.to_string())])
}

pub(super) fn errors(n: u64) -> Value {
    (0..n)
        .map(|i| json!({ "type": "error", "name": format!("E{i}"), "inputs": [] }))
        .collect()
}

/// A function with one parameter of this type.
pub(super) fn parameter(kind: &str) -> Value {
    json!([{ "type": "function", "name": "f", "stateMutability": "view", "outputs": [],
             "inputs": [{ "name": "x", "type": kind }] }])
}

/// What is wrong with a contract of this layout.
pub(super) fn of_layout(layout: &Value) -> Vec<String> {
    let artifact =
        json!({ "contractName": "A", "abi": [], "bytecode": "00", "storageLayout": layout });
    of_files(&[file("A.json", artifact.to_string())])
}

/// Each variable counts, and so does its type.
pub(super) fn variables(n: u64) -> Value {
    let variable = json!({ "label": "x", "slot": "0", "offset": 0, "type": "none" });
    json!({ "storage": vec![variable; n as usize], "types": {} })
}

/// Structures in each other.
pub(super) fn structures(n: u64) -> Value {
    let structure = |i: u64| {
        let member = json!({ "label": "m", "slot": "0", "offset": 0, "type": (i + 1).to_string() });
        json!({ "encoding": "inplace", "label": "s", "numberOfBytes": "32", "members": [member] })
    };
    let types: serde_json::Map<_, _> = (0..n).map(|i| (i.to_string(), structure(i))).collect();
    json!({ "storage": [{ "label": "x", "slot": "0", "offset": 0, "type": "0" }], "types": types })
}

pub(super) fn assembled(n: u64) -> Vec<String> {
    let program = "STOP\n".repeat(n as usize);
    assembler::assemble(&program).err().into_iter().collect()
}
