//! Small files of every format, made by hand: what is read, and what is said of what is not one.

use alloy_primitives::{U256, address};
use interleave_engine::oracle;
use revm::primitives::hardfork::SpecId;
use serde_json::{Value, json};

use super::*;
use crate::{
    batch::{Place, lower, t8n},
    limits,
};

mod signatures;

const SENDER: &str = "0x00000000000000000000000000000000000a11ce";

/// One transfer of 5 wei without fees, and what it must come to.
fn t8n() -> Value {
    let zeros = format!("0x{}", "0".repeat(64));
    json!({
        "name": "one transfer",
        "fork": "Prague",
        "pre": { SENDER: { "balance": "0x64", "nonce": "0x1", "storage": { "0x1": "0x0" } } },
        "env": {
            "currentCoinbase": "0x0000000000000000000000000000000000000fee",
            "currentGasLimit": "0x989680",
            "currentNumber": "7",
            "currentTimestamp": "0x10",
            "currentBaseFee": "0x0",
            "currentRandom": zeros,
            "currentExcessBlobGas": "0x0"
        },
        "txs": [{
            "type": "0x0", "sender": SENDER, "to": "0x0000000000000000000000000000000000000b0b",
            "nonce": "0x1", "gas": "0x5208", "gasPrice": "0x0", "value": "0x5", "input": "0x"
        }],
        "expect": {
            "gasUsed": "0x5208",
            "receipts": [{ "tx": "0x0", "status": true, "gasUsed": "0x5208", "logs": [] }],
            "post": {
                SENDER: { "balance": "0x5f", "nonce": "0x2" },
                "0x0000000000000000000000000000000000000b0b": { "balance": "0x5" }
            }
        }
    })
}

/// A chain of two empty blocks before the Merge, each rewarded with five ether.
fn fixture() -> Value {
    let zeros = format!("0x{}", "0".repeat(64));
    let empty = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
    let block = |number: u64| {
        json!({
            "blockHeader": {
                "hash": zeros, "parentHash": zeros, "receiptTrie": empty, "mixHash": zeros,
                "coinbase": "0x0000000000000000000000000000000000000fee",
                "stateRoot": zeros, "difficulty": "0x1", "number": format!("{number:#x}"),
                "gasLimit": "0x989680", "gasUsed": "0x00", "timestamp": "0x10"
            },
            "transactions": [], "uncleHeaders": []
        })
    };
    json!({
        "chain": {
            "_info": { "comment": "by hand" },
            "network": "Frontier",
            "pre": {},
            "postState": { "0x0000000000000000000000000000000000000fee": { "balance": "0x8ac7230489e80000" } },
            "blocks": [block(1), block(2)]
        }
    })
}

fn read_all(text: &str) -> Vec<Read> {
    all(text, &Contracts::default())
}

fn batches(text: &str) -> Vec<Batch> {
    let read = read_all(text).into_iter();
    read.map(|read| read.expect("it can run").0).collect()
}

fn unmet(batch: &Batch) -> Vec<String> {
    let block = lower(batch, &Contracts::default()).expect("it can run");
    let expected = batch.expectations(&block, &oracle::result(&block));
    expected.expect("something is expected").unmet
}

fn first_error(value: &Value) -> String {
    let problems = read_all(&value.to_string())
        .remove(0)
        .expect_err("an error");
    problems[0].message.clone()
}

#[test]
fn a_t8n_input_runs_and_comes_to_what_it_expects() {
    let batch = batches(&t8n().to_string()).remove(0);
    assert_eq!(
        (batch.title.as_str(), batch.spec, batch.env.number),
        ("one transfer", SpecId::PRAGUE, U256::from(7))
    );
    let sender = &batch.prestate.accounts[&address!("0x00000000000000000000000000000000000a11ce")];
    assert!(sender.storage.is_empty());
    assert_eq!(unmet(&batch), [""; 0]);
}

#[test]
fn whatever_is_expected_is_compared() {
    for (member, value, speaks_of) in [
        (
            "/expect/gasUsed",
            json!("0x5209"),
            "gas used is 21000, expected 21001",
        ),
        (
            "/expect/receipts/0/status",
            json!(false),
            "transaction 0 is ",
        ),
        (
            "/expect/post/0x0000000000000000000000000000000000000b0b/balance",
            json!("0x6"),
            "0x0000000000000000000000000000000000000B0b is ",
        ),
    ] {
        let mut file = t8n();
        *file.pointer_mut(member).expect("it is there") = value;
        let unmet = unmet(&batches(&file.to_string())[0]);
        assert_eq!(unmet.len(), 1, "{unmet:?}");
        assert!(unmet[0].starts_with(speaks_of), "{unmet:?}");
    }
    for root in ["receiptsRoot", "stateRoot"] {
        let mut file = t8n();
        file["expect"][root] = json!(format!("0x{}", "1".repeat(64)));
        let unmet = unmet(&batches(&file.to_string())[0]);
        assert_eq!(unmet.len(), 1, "{unmet:?}");
    }
}

#[test]
fn rules_that_are_not_written_follow_from_the_environment() {
    let spec = |without: &[&str]| {
        let mut file = t8n();
        file.as_object_mut().expect("an object").remove("fork");
        for name in without {
            file["env"]
                .as_object_mut()
                .expect("an object")
                .remove(*name);
        }
        batches(&file.to_string())[0].spec
    };
    assert_eq!(spec(&[]), SpecId::OSAKA);
    assert_eq!(spec(&["currentExcessBlobGas"]), SpecId::MERGE);
    assert_eq!(
        spec(&["currentExcessBlobGas", "currentRandom", "currentBaseFee"]),
        SpecId::BERLIN
    );
}

#[test]
fn a_list_of_no_withdrawals_is_no_reward() {
    let mut file = t8n();
    file["fork"] = json!("Berlin");
    file["env"]["withdrawals"] = json!([]);
    let batch = batches(&file.to_string()).remove(0);
    assert_eq!(unmet(&batch), [""; 0]);
}

#[test]
fn the_slot_of_a_block_is_read_and_written() {
    let of_t8n = |fork: &str, slot: &str| {
        let mut file = t8n();
        file["fork"] = json!(fork);
        file["env"]["slotNumber"] = json!(slot);
        file
    };
    let batch = batches(&of_t8n("Amsterdam", "0x5").to_string()).remove(0);
    assert_eq!(batch.env.slot_num, 5);
    let block = lower(&batch, &Contracts::default()).expect("it can run");
    let again = batches(&t8n::write(&block).to_string()).remove(0);
    assert_eq!(again.env, batch.env);
    assert!(first_error(&of_t8n("Osaka", "0x5")).contains("`slotNumber` is not zero"));
    // Before it begins, no block is written with one.
    let batch = batches(&of_t8n("Osaka", "0x0").to_string()).remove(0);
    let block = lower(&batch, &Contracts::default()).expect("it can run");
    assert_eq!(t8n::write(&block)["env"].get("slotNumber"), None);

    let mut file = fixture();
    file["chain"]["network"] = json!("Amsterdam");
    for block in file["chain"]["blocks"].as_array_mut().expect("a list") {
        for (name, value) in [
            ("difficulty", "0x0"),
            ("baseFeePerGas", "0x7"),
            ("excessBlobGas", "0x0"),
            ("slotNumber", "0x9"),
        ] {
            block["blockHeader"][name] = json!(value);
        }
    }
    assert_eq!(batches(&file.to_string())[1].env.slot_num, 9);

    let mut file = state_test(
        format!("0x{}", "0".repeat(64)),
        format!("0x{}", "0".repeat(64)),
    );
    let case = &mut file["transfer"];
    case["env"]["slotNumber"] = json!("0x7");
    case["post"]["Amsterdam"] = case["post"]["Prague"].take();
    case["post"]
        .as_object_mut()
        .expect("an object")
        .remove("Prague");
    let slots: Vec<u64> = batches(&file.to_string())
        .iter()
        .map(|it| it.env.slot_num)
        .collect();
    // The same environment serves all forks.
    assert_eq!(slots, [7, 0]);
}

/// A tool works out what an environment says of the parent alone; here that is not done.
#[test]
fn what_only_the_parent_has_is_refused() {
    for (fork, missing, given) in [
        (None, "currentBaseFee", "parentBaseFee"),
        (Some("London"), "currentBaseFee", "parentBaseFee"),
        (None, "currentExcessBlobGas", "parentExcessBlobGas"),
        (
            Some("Prague"),
            "currentExcessBlobGas",
            "parentExcessBlobGas",
        ),
        (Some("Berlin"), "currentDifficulty", "parentDifficulty"),
    ] {
        let mut file = t8n();
        file["fork"] = json!(fork);
        let env = file["env"].as_object_mut().expect("an object");
        if fork.is_some_and(|it| it != "Prague") {
            env.remove("currentExcessBlobGas");
            env.remove("currentRandom");
        }
        env.remove(missing);
        env.insert(given.into(), json!("0x7"));
        let said = first_error(&file);
        let expected = format!("env: `{given}` is there, but `{missing}` is not");
        assert!(said.starts_with(&expected), "{fork:?}: {said}");
        // With both, the block is what it says itself.
        file["env"][missing] = json!("0x0");
        assert!(read_all(&file.to_string())[0].is_ok(), "{given}");
    }
}

#[test]
fn blocks_of_a_chain_follow_each_other() {
    let batches = batches(&fixture().to_string());
    assert_eq!(batches[1].title, "chain, block 2 of 2");
    let fee = address!("0x0000000000000000000000000000000000000fee");
    let five = U256::from(5) * U256::from(10).pow(U256::from(18));
    assert_eq!(batches[1].prestate.accounts[&fee].balance, five);
    // Both headers have a wrong state root; the last state is right.
    for batch in &batches {
        let unmet = unmet(batch);
        assert_eq!(unmet.len(), 1, "{unmet:?}");
        assert!(unmet[0].starts_with("state root is "), "{unmet:?}");
    }
}

#[test]
fn lines_are_read_one_by_one_and_a_bad_one_is_an_error_in_its_place() {
    let line = t8n().to_string();
    let read = read_all(&format!(
        "{line}\n\n{{\"pre\": {{}}, \"txs\": 1}}\n{line}\n"
    ));
    assert_eq!(read.len(), 3);
    assert!(read[0].is_ok() && read[2].is_ok());
    let problem = &read[1].as_ref().expect_err("an error")[0];
    assert_eq!(
        problem.place,
        Some(Place {
            line: 3,
            column: 20
        })
    );
    assert!(problem.message.contains("txs: invalid type"), "{problem:?}");
}

#[test]
fn a_place_within_a_case_is_one_of_the_file() {
    let text = "{\n  \"ä\": {\"network\": \"Berlin\", \"pre\": {},\n    \"blocks\": [{\"blockHeader\": 1}]}\n}";
    let read = read_all(text);
    let problem = &read[0].as_ref().expect_err("an error")[0];
    assert_eq!(
        problem.place,
        Some(Place {
            line: 3,
            column: 32
        }),
        "{problem:?}"
    );
}

#[test]
fn what_contradicts_itself_is_refused() {
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut file = t8n();
        change(&mut file);
        first_error(&file)
    };
    for (message, expected) in [
        (
            changed(&|it| it["fork"] = json!("Oslo")),
            "there is no hard fork `Oslo`",
        ),
        (
            changed(&|it| it["env"]["currentRandom"] = json!(null)),
            "missing field `currentRandom`",
        ),
        (
            changed(&|it| it["env"]["currentBaseFee"] = json!(null)),
            "missing field `currentBaseFee`",
        ),
        (
            changed(&|it| {
                it["fork"] = json!("Berlin");
                it["env"]["currentExcessBlobGas"] = json!("0x1");
            }),
            "`currentExcessBlobGas` is not zero",
        ),
        (
            changed(&|it| {
                it["fork"] = json!("Osaka");
                it["env"]["currentExcessBlobGas"] = json!("0xeec9bc9");
            }),
            "`currentExcessBlobGas` is 250387401, but above 250385800",
        ),
        (
            changed(&|it| it["env"]["currentDifficulty"] = json!("0x1")),
            "`currentDifficulty` is 1, but since the Merge it is zero",
        ),
        (
            changed(&|it| it["env"]["currentExcessBlobGas"] = json!(null)),
            "missing field `currentExcessBlobGas`, which blocks of Prague have",
        ),
        (
            changed(&|it| {
                it["fork"] = json!("Paris");
                it["env"]["currentExcessBlobGas"] = json!(null);
                it["env"]["withdrawals"] = json!([{ "address": SENDER, "amount": "0x1" }]);
            }),
            "`withdrawals`, but they begin with Shanghai",
        ),
        (
            changed(&|it| it["expect"]["rejected"] = json!({"0x0": "nonce"})),
            "transaction 0 must have",
        ),
        (
            changed(&|it| it["expect"]["receipts"] = json!([])),
            "transaction 0 must have",
        ),
        (
            changed(&|it| it["expect"]["receipts"][0]["tx"] = json!("0x1")),
            "there is no transaction 1",
        ),
        (
            changed(&|it| it["txs"][0]["to"] = json!("0x12")),
            "a receiver is an address",
        ),
        (
            first_error(&json!({"hello": 1, "world": 2})),
            "its members are hello, world",
        ),
        (first_error(&json!({})), "its members are none"),
    ] {
        assert!(message.contains(expected), "{message}");
    }
    let mut refused = fixture();
    refused["chain"]["blocks"][1]["blockHeader"]["baseFeePerGas"] = json!("0x7");
    assert!(first_error(&refused).contains("block 2 of the case: `baseFeePerGas` is not zero"));
    let mut refused = fixture();
    refused["chain"]["blocks"][0]["blockHeader"]["gasUsed"] = json!("0xffffffff");
    assert!(first_error(&refused).contains("more than the `gasLimit`"));
}

#[test]
fn of_a_chain_only_the_blocks_that_must_be_refused_are() {
    let mut file = fixture();
    let blocks = file["chain"]["blocks"].as_array_mut().expect("a list");
    let decoded = blocks[1].clone();
    let bad = json!({"rlp": "0xc0", "expectException": "TooMuchGas", "rlp_decoded": decoded});
    blocks.insert(1, bad);
    let mut read = read_all(&file.to_string());
    assert_eq!(read.len(), 3);
    let said = read.remove(1).expect_err("it is refused").remove(0).message;
    assert!(
        said.contains("block 2 of this case must be refused (TooMuchGas)"),
        "{said}"
    );
    // The next block is on the one before it, and the last state is right.
    let last = read.remove(1).expect("it can run").0;
    assert_eq!(last.title, "chain, block 3 of 3");
    assert_eq!(unmet(&last).len(), 1);
    let text = |place: usize| formats::entries(&file.to_string()).expect("cases")[place].text();
    assert!(read_all(&text(0))[0].is_ok());
    assert!(read_all(&text(1))[0].is_err());
    assert!(read_all(&text(2))[0].is_ok());

    // Where it is the last, the state that is left is of the one before.
    let blocks = file["chain"]["blocks"].as_array_mut().expect("a list");
    blocks.swap(1, 2);
    let last = read_all(&file.to_string()).remove(1).expect("it can run").0;
    assert_eq!(unmet(&last).len(), 1);
    // A case may have no other.
    file["chain"]["blocks"] = json!([{"rlp": "0xc0", "expectException": "TooMuchGas"}]);
    assert!(first_error(&file).contains("must be refused (TooMuchGas)"));
    // Others have a header.
    file["chain"]["blocks"] = json!([{"rlp": "0xc0", "blockHeader": null}]);
    assert!(first_error(&file).contains("blockHeader"));
}

#[test]
fn a_file_of_lines_that_cannot_be_read_is_not_read_to_its_end() {
    let read = read_all(&"{\"hello\": 1}\n".repeat(1_000));
    assert_eq!(read.len(), limits::PROBLEMS + 2);
    let last = &read.last().expect("some").as_ref().expect_err("an error")[0];
    assert!(last.message.contains("the rest is not looked at"));
    assert_eq!(
        last.place.map(|it| it.line),
        Some(limits::PROBLEMS as u32 + 2)
    );
}

#[test]
fn a_transaction_without_a_type_has_the_first_that_fits() {
    let tx_type = |members: Value| {
        let mut file = t8n();
        let tx = file["txs"][0].as_object_mut().expect("an object");
        tx.remove("type");
        tx.extend(members.as_object().expect("an object").clone());
        batches(&file.to_string())[0].transactions[0].env.tx_type
    };
    assert_eq!(tx_type(json!({})), 0);
    assert_eq!(tx_type(json!({"accessList": []})), 1);
    let fees = json!({"maxFeePerGas": "0x0", "maxPriorityFeePerGas": "0x0", "accessList": []});
    assert_eq!(tx_type(fees), 2);
}

#[test]
fn json_is_told_from_a_script() {
    for json in ["{\"block\": 1}", " \n{ }", "{", "[1]", "\u{feff}{\"a\""] {
        assert!(is_json(json), "{json}");
    }
    for script in ["", "// {", "let a = 1;", "{ let a = 1; }", "#{ a: 1 };"] {
        assert!(!is_json(script), "{script}");
    }
}

#[test]
fn problems_speak_of_what_the_text_seems_to_be() {
    let first = |text| read(text, &Contracts::default()).1.remove(0).message;
    assert!(first("{\"block\": 1}").starts_with("not a block from a node: "));
    assert!(!first("let a = ;").contains("node"));
}

#[test]
fn a_network_that_changes_blobs_alone_has_the_rules_of_osaka() {
    let schedule = json!({"target": "0x0a", "max": "0x0f", "baseFeeUpdateFraction": "0x7f5a51"});
    let config = json!({"network": "BPO1", "blobSchedule": {"BPO1": schedule}});
    let mut file = fixture();
    file["chain"]["network"] = json!("BPO1");
    for block in file["chain"]["blocks"].as_array_mut().expect("a list") {
        for (name, value) in [
            ("difficulty", "0x0"),
            ("baseFeePerGas", "0x7"),
            ("excessBlobGas", "0x2000000"),
        ] {
            block["blockHeader"][name] = json!(value);
        }
    }
    assert!(first_error(&file).contains("`BPO1` in `config.blobSchedule`"));
    file["chain"]["config"] = config.clone();
    let zeros = format!("0x{}", "0".repeat(64));
    let mut state_test = state_test(zeros.clone(), zeros);
    let case = &mut state_test["transfer"];
    case["config"] = config;
    case["env"]["currentExcessBlobGas"] = json!("0x2000000");
    case["post"]["BPO1"] = case["post"]["Prague"].clone();
    for (batch, expected) in [
        (
            &batches(&file.to_string())[1],
            (SpecId::OSAKA, Some(15), 55),
        ),
        (
            &batches(&state_test.to_string())[0],
            (SpecId::OSAKA, Some(15), 55),
        ),
        (
            &batches(&state_test.to_string())[2],
            (SpecId::PRAGUE, Some(9), 812),
        ),
    ] {
        let blobs = batch.env.blob_excess_gas_and_price.expect("it has blobs");
        assert_eq!(
            (batch.spec, batch.most_blobs, blobs.blob_gasprice),
            expected
        );
    }
}

/// The t8n input as a state test, under two forks; `expected` has the root and the hash of logs.
fn state_test(root: String, logs: String) -> Value {
    let t8n = t8n();
    let mut env = t8n["env"].clone();
    // What older and newer forks have is there for all.
    env["currentDifficulty"] = json!("0x20000");
    let post =
        json!([{ "hash": root, "logs": logs, "indexes": { "data": 0, "gas": 0, "value": 0 } }]);
    json!({ "transfer": {
        "env": env, "pre": t8n["pre"],
        "transaction": {
            "data": ["0x"], "gasLimit": ["0x5208"], "value": ["0x5"], "gasPrice": "0x0",
            "nonce": "0x1", "to": t8n["txs"][0]["to"], "sender": SENDER
        },
        "post": { "Berlin": post, "Prague": post }
    }})
}

#[test]
fn a_state_test_comes_to_the_root_that_the_same_t8n_input_comes_to() {
    let same = batches(&t8n().to_string()).remove(0);
    let block = lower(&same, &Contracts::default()).expect("it can run");
    let root = same.state_root(&block, &oracle::result(&block));
    let root = root.expect("the state is whole").to_string();
    // Keccak of the RLP of no logs.
    let logs = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
    let found = batches(&state_test(root.clone(), logs.into()).to_string());
    assert_eq!(
        [found[0].spec, found[1].spec],
        [SpecId::BERLIN, SpecId::PRAGUE]
    );
    for batch in &found {
        assert_eq!(unmet(batch), [""; 0]);
    }
    let wrong = batches(&state_test(logs.into(), root).to_string());
    let unmet = unmet(&wrong[0]);
    assert_eq!(unmet.len(), 2, "{unmet:?}");
    assert!(
        unmet[0].starts_with("hash of the logs is 0x1dcc"),
        "{unmet:?}"
    );
}

#[test]
fn an_exception_of_a_state_test_is_an_invalid_transaction() {
    let same = batches(&t8n().to_string()).remove(0);
    let root = same.prestate.root().to_string();
    let logs = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
    let mut file = state_test(root, logs.into());
    file["transfer"]["transaction"]["nonce"] = json!("0x7");
    for post in ["Berlin", "Prague"] {
        file["transfer"]["post"][post][0]["expectException"] = json!("NONCE_TOO_HIGH");
    }
    for batch in batches(&file.to_string()) {
        assert_eq!(unmet(&batch), [""; 0]);
    }
    file["transfer"]["post"]["Berlin"][0]["indexes"]["gas"] = json!(3);
    let message = first_error(&file);
    assert!(message.contains("number 3 of `gasLimit`"), "{message}");
}

#[test]
fn one_block_of_a_chain_can_be_chosen() {
    let mut file = fixture();
    file["chain"]["chosen"] = json!("0x2");
    let chosen = batches(&file.to_string());
    let titles: Vec<_> = chosen.iter().map(|it| it.title.as_str()).collect();
    assert_eq!(titles, ["chain, block 2 of 2"]);
    for wrong in ["0x0", "0x3", "0xffffffffffffffff"] {
        file["chain"]["chosen"] = json!(wrong);
        assert!(first_error(&file).contains("but it holds 2"));
    }
}
