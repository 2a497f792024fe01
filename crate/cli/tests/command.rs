//! The command as a person or a CI job calls it: exit status, standard output and error.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

#[path = "command/anvil.rs"]
mod anvil;
#[path = "command/clocks.rs"]
mod clocks;
#[path = "command/corpus.rs"]
mod corpus;
#[path = "command/expected.rs"]
mod expected;
#[path = "command/fetch.rs"]
mod fetch;
#[path = "command/goldens.rs"]
mod goldens;
#[path = "command/inputs.rs"]
mod inputs;
#[path = "command/lists.rs"]
mod lists;
#[path = "command/side_by_side.rs"]
mod side_by_side;

/// What a call of the command came to.
struct Call {
    status: i32,
    output: String,
    error: String,
}

/// Runs the command in the repository's root with `input` as standard input.
fn interleave(arguments: &[&str], input: &str) -> Call {
    let mut child = Command::new(env!("CARGO_BIN_EXE_interleave"))
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("it was piped");
    // It need not read: some arguments are refused before that.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    Call {
        status: output.status.code().expect("it ended by itself"),
        output: String::from_utf8(output.stdout).expect("text"),
        error: String::from_utf8(output.stderr).expect("text"),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A block of one transfer, as a node gives it; its receipts root is known from public chains.
fn block() -> Value {
    let sender = "0x00000000000000000000000000000000000a11ce";
    let zeros = format!("0x{}", "0".repeat(64));
    json!({
        "block": {
            "number": "0xe00000", "timestamp": "0x62000000",
            "parentHash": zeros, "miner": format!("0x{}", "3".repeat(40)),
            "gasLimit": "0x1c9c380", "gasUsed": "0x5208",
            "receiptsRoot": "0xf78dfb743fbd92ade140711c8bbc542b5e307f0ab7984eff35d751969fe57efa",
            "difficulty": "0x1", "baseFeePerGas": "0x7",
            "transactions": [{
                "type": "0x2", "from": sender, "to": format!("0x{}", "b".repeat(40)),
                "nonce": "0x0", "gas": "0x5208", "value": "0x1", "input": "0x",
                "maxFeePerGas": "0xa", "maxPriorityFeePerGas": "0x2", "chainId": "0x1",
            }],
        },
        "prestate": {sender: {"balance": "0xde0b6b3a7640000"}},
        "blockHashes": {},
    })
}

#[test]
fn the_report_is_one_object_with_the_numbers_of_the_run() {
    let call = interleave(&["run", "-", "--json"], &block().to_string());
    assert_eq!((call.status, call.error.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&call.output).expect("JSON");
    let summary = report["summary"].as_object().expect("a summary");
    for name in [
        "strategy",
        "runner",
        "workers",
        "transactions",
        "gasUsed",
        "receiptsRoot",
        "digest",
        "oracleDigest",
        "aborts",
        "incarnations",
        "speedup",
    ] {
        assert!(summary.contains_key(name), "{name}");
    }
    assert_eq!(summary["digest"], summary["oracleDigest"]);
    assert_eq!(summary["gasUsed"], json!(21_000.0));
}
