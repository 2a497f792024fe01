//! Small files of every kind: what they are taken for, and what is said of those that are not taken.

use alloy_primitives::{address, hex};
use interleave_engine::{oracle, runner::Control};
use serde_json::{Value, json};

use super::*;
use crate::{
    batch::{Place, lower},
    check,
    contracts::Contracts,
};

const SENDER: &str = "0x00000000000000000000000000000000000a11ce";
const OTHER: &str = "0x0000000000000000000000000000000000000b0b";

fn file(name: &str, text: impl ToString) -> ContractFile {
    ContractFile {
        name: name.into(),
        text: text.to_string(),
    }
}

fn alloc() -> Value {
    json!({ SENDER: { "balance": "0xde0b6b3a7640000", "nonce": "0x1" } })
}

fn env() -> Value {
    json!({
        "currentCoinbase": "0x0000000000000000000000000000000000000fee",
        "currentGasLimit": "0x989680", "currentNumber": "7", "currentTimestamp": "0x10",
        "currentBaseFee": "0x0", "currentDifficulty": "0x20000",
        "currentRandom": format!("0x{}", "0".repeat(64)), "currentExcessBlobGas": "0x0"
    })
}

fn txs() -> Value {
    json!([{
        "type": "0x0", "sender": SENDER, "to": OTHER, "nonce": "0x1", "gas": "0x5208",
        "gasPrice": "0x0", "value": "0x5", "input": "0x"
    }])
}

/// Two values and one gas limit under two forks; the transaction is that of a t8n input.
fn state_test() -> Value {
    let root = format!("0x{}", "1".repeat(64));
    let post = |value: u64| json!({ "hash": root, "logs": root, "indexes": { "data": 0, "gas": 0, "value": value } });
    json!({ "transfer": {
        "env": env(), "pre": alloc(),
        "transaction": {
            "data": ["0x"], "gasLimit": ["0x5208"], "value": ["0x5", "0x6"], "gasPrice": "0x0",
            "nonce": "0x1", "to": OTHER, "sender": SENDER
        },
        "post": { "Berlin": [post(0), post(1)], "Prague": [post(1)] }
    }})
}

fn broadcast() -> Value {
    json!({
        "transactions": [
            {
                "transactionType": "CREATE", "contractName": "Counter", "function": null,
                "contractAddress": "0x5fbdb2315678afecb367f032d93f642f64180aa3",
                "transaction": {
                    "from": "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", "gas": "0x20000",
                    "value": "0x0", "nonce": "0x0", "chainId": "0x7a69",
                    // Its code is one that stops.
                    "input": "0x6001600c60003960016000f300"
                },
                "additionalContracts": [], "isFixedGasLimit": false
            },
            {
                "transactionType": "CALL", "contractName": null, "function": "count()",
                "contractAddress": "0x5fbdb2315678afecb367f032d93f642f64180aa3",
                "transaction": {
                    "from": "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", "gas": "0x20000",
                    "to": "0x5fbdb2315678afecb367f032d93f642f64180aa3",
                    "value": "0x0", "nonce": "0x1", "chainId": "0x7a69", "input": "0x06661abd"
                },
                "additionalContracts": []
            }
        ],
        "receipts": [], "libraries": [], "pending": [], "returns": {}, "chain": 31337
    })
}

fn list() -> Value {
    json!([{
        "address": SENDER, "storageChanges": [], "storageReads": [],
        "balanceChanges": [{ "blockAccessIndex": "0x1", "postBalance": "0xde0b6b3a763fffb" }],
        "nonceChanges": [], "codeChanges": []
    }])
}

fn only(opened: OpenedFiles) -> OpenedBatch {
    assert_eq!(opened.problems, []);
    opened.batch.expect("a batch")
}

fn problem(files: &[ContractFile]) -> Problem {
    let mut opened = open(files, 0);
    assert!(opened.batch.is_none() && opened.beside.is_empty());
    assert_eq!(opened.problems.len(), 1);
    opened.problems.remove(0)
}

/// What is said of a text that was opened, but for its number of transactions.
fn checked(text: &str) -> (String, u32) {
    let said = check(text, &[], &Control::default());
    assert!(!input::cannot_run(&said.problems), "{:?}", said.problems);
    (said.title, said.transactions)
}

#[test]
fn three_files_of_t8n_are_one_batch_in_any_order_and_under_any_name() {
    let files = [
        file("c.json", txs()),
        file("a.json", alloc()),
        file("b.json", env()),
    ];
    // A difficulty is none of a block since the Merge; these have one in `env` of older forks.
    let mut given = env();
    given["currentDifficulty"] = json!("0x0");
    let files = [files[0].clone(), files[1].clone(), file("b.json", given)];
    let batch = only(open(&files, 0));
    assert_eq!(batch.files, ["a.json", "b.json", "c.json"]);
    assert_eq!(checked(&batch.text), ("A t8n input".into(), 1));
    let missing = problem(&files[..2]);
    assert!(
        missing.message.contains("whose `env` is missing"),
        "{missing:?}"
    );
    let twice = problem(&[files[0].clone(), file("d.json", txs())]);
    assert_eq!(twice.file.as_deref(), Some("d.json"));
}

#[test]
fn a_case_is_chosen_and_its_text_holds_it_alone() {
    let tests = [file("tests.json", state_test())];
    let batch = only(open(&tests, 2));
    assert_eq!(
        batch.cases,
        [
            "transfer, Berlin, data 0, gas 0, value 0",
            "transfer, Berlin, data 0, gas 0, value 1",
            "transfer, Prague, data 0, gas 0, value 1",
        ]
    );
    assert_eq!(checked(&batch.text).0, batch.cases[2]);
    // Chosen again it is the same, and there is nothing else in it.
    let again = only(open(&[file("one.json", &batch.text)], 0));
    assert_eq!((again.text, again.cases.len()), (batch.text, 0));
    let all = check(&tests[0].text, &[], &Control::default())
        .problems
        .remove(0);
    assert!(all.message.starts_with("this holds 3 batches"), "{all:?}");
    let beyond = open(&tests, 3).problems.remove(0);
    assert!(beyond.message.contains("only 3"), "{beyond:?}");
}

#[test]
fn lines_are_cases_and_one_is_taken_as_it_is() {
    let line = json!({ "alloc": alloc(), "env": env(), "txs": txs() }).to_string();
    let line = line.replace("\"0x20000\"", "\"0x0\"");
    let batch = only(open(&[file("lines.jsonl", format!("{line}\n{line}\n"))], 1));
    assert_eq!(batch.cases[1], "Line 2, a t8n input");
    assert_eq!(batch.text, line);
}

#[test]
fn a_broadcast_runs_and_says_what_is_assumed() {
    let batch = only(open(&[file("run-latest.json", broadcast())], 0));
    let said = check(&batch.text, &[], &Control::default());
    assert_eq!((said.problems.len(), said.transactions), (0, 2));
    assert!(
        said.description.contains("it is assumed that"),
        "{}",
        said.description
    );

    // The same contract through the factory, and a call of it.
    let mut factory = broadcast();
    let deployer = address!("4e59b44847b379578588920ca78fbf26c0b4956c");
    let code = hex!("6001600c60003960016000f300");
    let made = deployer.create2_from_code([0; 32], code);
    let input = hex::encode_prefixed([&[0; 32][..], &code].concat());
    factory["transactions"][0]["transaction"]["to"] = json!(deployer);
    factory["transactions"][0]["transaction"]["input"] = json!(input);
    factory["transactions"][0]["contractAddress"] = json!(made);
    factory["transactions"][1]["transaction"]["to"] = json!(made);
    let (batch, problems) = input::one(&factory.to_string(), &Contracts::default()).unwrap();
    assert_eq!((problems, &batch.names[&made][..]), (vec![], "Counter"));
    let block = lower(&batch, &Contracts::default()).unwrap();
    let result = oracle::result(&block);
    let state = batch.post_state(&block, &result);
    assert!(state.accounts.contains_key(&made), "{:?}", result.outcomes);
    assert_eq!(state.accounts[&made].nonce, 1);

    let mut elsewhere = broadcast();
    elsewhere["transactions"][1]["transaction"]["to"] = json!(OTHER);
    let said = check(&elsewhere.to_string(), &[], &Control::default());
    let warning = &said.problems[0].message;
    assert!(
        warning.contains(&format!("calls 0x{}", "0".repeat(37))),
        "{warning}"
    );
    assert!(!input::cannot_run(&said.problems));
}

#[test]
fn a_list_is_beside_the_batch_and_must_be_of_it() {
    let script = "let a = account(\"a\");\ntransfer(a, a, wei(1));\n";
    let opened = open(&[file("list.json", list())], 0);
    assert_eq!(
        (opened.batch.is_none(), opened.beside),
        (true, vec!["list.json".into()])
    );
    let said = check(script, &[file("list.json", list())], &Control::default());
    assert_eq!(
        (said.problems, said.access_list),
        (vec![], Some("list.json".into()))
    );

    let mut beyond = list();
    beyond[0]["balanceChanges"][0]["blockAccessIndex"] = json!("0x9");
    let said = check(script, &[file("list.json", beyond)], &Control::default());
    assert_eq!(said.problems[0].file.as_deref(), Some("list.json"));
    let two = [file("list.json", list()), file("more.json", list())];
    let said = check(script, &two, &Control::default());
    assert_eq!(said.problems[0].file.as_deref(), Some("more.json"));
}

#[test]
fn what_is_nothing_known_or_damaged_is_one_problem_with_its_file() {
    let whole = json!({ "alloc": alloc(), "env": env(), "txs": txs() }).to_string();
    for (text, message) in [
        ("{\"hello\": 1}".to_owned(), "its members are hello"),
        (whole[..whole.len() - 9].to_owned(), "EOF while parsing"),
        ("[1, 2".into(), "EOF while parsing"),
        (
            "{\"__proto__\": {\"x\": 1}}".into(),
            "its members are __proto__",
        ),
        ("[".repeat(50_000), "not a JSON array"),
        (
            json!({ "number": "0x1", "parentHash": "0x", "transactions": [] }).to_string(),
            "a block without the state it runs on",
        ),
        ("\u{0}\u{1}binary".into(), ""),
    ] {
        let found = problem(&[file("bad.json", text)]);
        assert_eq!(found.file.as_deref(), Some("bad.json"), "{found:?}");
        assert!(found.message.contains(message), "{found:?}");
    }
    let cut = problem(&[file("bad.json", "{\n  \"env\": {\n")]);
    assert_eq!(cut.place.map(|Place { line, .. }| line), Some(3));
    let two = [file("a.json", broadcast()), file("b.json", state_test())];
    assert_eq!(problem(&two).file.as_deref(), Some("b.json"));
}
