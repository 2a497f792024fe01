//! What nodes answer, made by hand: what becomes of it, and what is said of answers that do not fit.

use interleave_engine::runner::{Control, threads::ScopedThreads};
use serde_json::{Value, json};

use super::*;
use crate::{
    batch::Batch,
    report::{ListSource, RunOptions, RunResult},
    run,
};

const MINER: &str = "0x0000000000000000000000000000000000031337";
const ALICE: &str = "0x00000000000000000000000000000000000a11ce";
const MADE: &str = "0x00000000000000000000000000000000000b0a7d";
const OLD: &str = "0x0000000000000000000000000000000000000c0d";

fn hash(byte: u8) -> Value {
    json!(B256::repeat_byte(byte))
}

/// A block of another chain with as many transactions that call `OLD`.
fn block(transactions: u8) -> Value {
    let txs: Vec<_> = (0..transactions)
        .map(|tx| {
            json!({
                "hash": hash(tx), "type": "0x2", "from": ALICE, "to": OLD, "nonce": format!("{tx:#x}"),
                "gas": "0x186a0", "value": "0x0", "input": "0x", "chainId": "0x7a69", "accessList": [],
                "maxFeePerGas": "0xa", "maxPriorityFeePerGas": "0x0", "transactionIndex": format!("{tx:#x}"),
            })
        })
        .collect();
    json!({
        "number": "0x64", "timestamp": "0x65000000", "hash": hash(100), "parentHash": hash(99), "miner": MINER,
        "gasLimit": "0x1c9c380", "gasUsed": "0x0", "difficulty": "0x0", "mixHash": hash(0),
        "baseFeePerGas": "0x7", "withdrawalsRoot": hash(0), "transactions": txs,
        "withdrawals": [
            {"index": "0x0", "validatorIndex": "0x0", "address": RICH, "amount": "0x1"},
            {"index": "0x1", "validatorIndex": "0x1", "address": POOR, "amount": "0x0"},
        ],
    })
}

fn traces(results: &[Value]) -> String {
    let trace = |(tx, result): (u8, &Value)| json!({"txHash": hash(tx), "result": result});
    json!((0..).zip(results).map(trace).collect::<Vec<_>>()).to_string()
}

/// The answers about a block whose every transaction found only who sent it and what it called.
fn answers(transactions: u8) -> NodeAnswers {
    let found = json!({
        ALICE: {"balance": "0xde0b6b3a7640000", "nonce": 0}, OLD: {"balance": "0x0", "nonce": 1, "code": "0x00"},
    });
    NodeAnswers {
        asked: "0x64".into(),
        chain: "\"0x7a69\"".into(),
        block: block(transactions).to_string(),
        found: traces(&vec![found; transactions.into()]),
        hashes: "{}".into(),
        ..NodeAnswers::default()
    }
}

fn file(answers: &NodeAnswers) -> (Value, Batch) {
    let Assembled::File { text, lacks } = assemble(answers) else {
        panic!("{:?}", assemble(answers));
    };
    assert_eq!(lacks, []);
    let read = crate::batch::node_block::read(&text);
    (serde_json::from_str(&text).unwrap(), read.unwrap())
}

fn problem(answers: &NodeAnswers) -> String {
    match assemble(answers) {
        Assembled::Problems { problems } => problems[0].message.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_seen_first_is_what_the_block_found() {
    let slot = |number: u8| B256::with_last_byte(number).to_string();
    let mut of = answers(3);
    of.found = traces(&[
        json!({ALICE: {"balance": "0x64"}, OLD: {"code": "0x00", "storage": {slot(1): slot(7)}}}),
        json!({ALICE: {"balance": "0x63"}, OLD: {"code": "0x00", "storage": {slot(1): slot(8), slot(2): slot(9)}}}),
        json!({MINER: {"balance": "0x5"}, OLD: {"code": "0x00", "storage": {slot(2): slot(3)}}}),
    ]);
    let (file, batch) = file(&of);
    assert_eq!(file["prestate"][ALICE]["balance"], "0x64");
    assert_eq!(file["prestate"][MINER]["balance"], "0x5");
    assert_eq!(
        file["prestate"][OLD]["storage"],
        json!({slot(1): slot(7), slot(2): slot(9)})
    );
    assert_eq!(batch.title, "Block 100 of chain 31337");
    assert_eq!(batch.transactions.len(), 3);
}

#[test]
fn what_the_block_itself_made_was_not_there_before() {
    let slot = |number: u8| B256::with_last_byte(number).to_string();
    let mut of = answers(2);
    // The first makes two accounts and writes their slots; one tracer leaves out what did not exist,
    // another shows it as empty.
    of.found = traces(&[
        json!({ALICE: {"balance": "0x64"}, OLD: {"balance": "0x0"}}),
        json!({
            MADE: {"balance": "0x1", "nonce": 1, "code": "0x00", "storage": {slot(1): slot(7)}},
            OLD: {"nonce": 1, "code": "0x00", "storage": {slot(1): slot(7), slot(2): slot(0)}},
        }),
    ]);
    let (naive, _) = file(&of);
    assert_eq!(naive["prestate"][MADE]["storage"][slot(1)], slot(7));
    let made = json!({"nonce": 1, "code": "0x00", "storage": {slot(1): slot(7)}});
    of.left = Some(traces(&[
        json!({"pre": {}, "post": {MADE: made, OLD: made}}),
        json!({"pre": {}, "post": {}}),
    ]));
    let (file, _) = file(&of);
    assert_eq!(file["prestate"].get(MADE), None);
    assert_eq!(file["prestate"][OLD]["nonce"], "0x0");
    assert_eq!(
        file["prestate"][OLD]["storage"],
        json!({slot(1): slot(0), slot(2): slot(0)})
    );
}

#[test]
fn hashes_are_asked_for_until_none_is_missing() {
    // BLOCKHASH(98), and BLOCKHASH(97) if that is not zero.
    let asks = "0x60624015600a576061405b00";
    let mut of = answers(1);
    of.found = traces(&[json!({
        ALICE: {"balance": "0xde0b6b3a7640000"}, OLD: {"nonce": 1, "code": asks},
    })]);
    let asked = |of: &NodeAnswers| match assemble(of) {
        Assembled::Hashes { numbers } => numbers,
        other => panic!("{other:?}"),
    };
    assert_eq!(asked(&of), [98.0]);
    of.hashes = json!({"0x62": hash(98)}).to_string();
    assert_eq!(asked(&of), [97.0]);
    of.hashes = json!({"0x62": hash(98), "0x61": hash(97)}).to_string();
    let (_, batch) = file(&of);
    assert_eq!(batch.block_hashes.len(), 2);
}

#[test]
fn receipts_are_compared_one_by_one() {
    let mut of = answers(2);
    let receipt =
        |gas: &str| json!({"status": "0x1", "gasUsed": gas, "logs": [], "logsBloom": "0x00"});
    of.receipts = Some(json!([receipt("0x5208"), receipt("0x1")]).to_string());
    let (_, batch) = file(&of);
    let block = lower(&batch, &Contracts::default()).unwrap();
    let unmet = run::expectations(&batch, &block, &oracle::result(&block))
        .unwrap()
        .unmet;
    assert!(
        unmet.iter().any(|it| it.starts_with("transaction 1 is")),
        "{unmet:?}"
    );
    assert!(
        !unmet.iter().any(|it| it.starts_with("transaction 0 is")),
        "{unmet:?}"
    );
}

const ROOTS: &str = "0x000f3df6d732807ef1319fb7b8bb8522d0beac02";
const REQUESTS: &str = "0x00000961ef480eb55e80d19ad83579a64c007002";
const RICH: &str = "0x9999999999999999999999999999999999999999";
/// To whom there is a withdrawal of nothing.
const POOR: &str = "0x999999999999999999999999999999999999999a";

/// The list that a node has of a block: what the transactions do, and steps of which only it can tell.
fn list_of(answers: &NodeAnswers) -> Value {
    let batch = file(answers).1;
    let block = lower(&batch, &Contracts::default()).unwrap();
    let list = access_list::write(run::whole_access_list(&batch, &block), &block).unwrap();
    let Value::Array(mut accounts) = serde_json::from_str(&list).unwrap() else {
        panic!("{list}");
    };
    let after = format!("{:#x}", batch.transactions.len() + 1);
    let slots = json!([{"key": "0x7", "changes": [{"index": "0x0", "value": "0x5"}]}]);
    let paid = json!([{"index": after, "value": "0x64"}]);
    let none = json!([]);
    for (address, slots, reads, paid) in [
        (ROOTS, &slots, json!(["0x9"]), &none),
        (REQUESTS, &none, json!(["0x0", "0x1"]), &none),
        (RICH, &none, json!([]), &paid),
        (POOR, &none, json!([]), &none),
    ] {
        accounts.push(json!({
            "address": address, "storageChanges": slots, "storageReads": reads,
            "balanceChanges": paid, "nonceChanges": [], "codeChanges": [],
        }));
    }
    accounts.sort_by_key(|it| it["address"].to_string());
    json!(accounts)
}

/// Why a replay with the list in the file refuses it; none where it comes to the oracle's result.
fn refusal(file: &Value) -> Option<String> {
    let options = RunOptions {
        strategy: "block-access-list".into(),
        ..RunOptions::default()
    };
    let control = Control::default();
    let machine = run::Machine {
        threads: &ScopedThreads { most: 1 },
        now: &|| 0.0,
        control: &control,
        memory: None,
    };
    match crate::run(&file.to_string(), &[], &options, &machine).unwrap() {
        RunResult::Report { report, .. } => {
            assert!(report.summary.matches);
            assert_eq!(report.summary.list.unwrap().source, ListSource::Given);
            None
        }
        RunResult::Rejected { problem, .. } => Some(problem.message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_block_is_replayed_with_the_list_that_the_node_has_of_it() {
    let mut of = answers(2);
    assert_eq!(file(&of).1.access_list, None);
    of.list = Some("null".into());
    assert_eq!(file(&of).1.access_list, None);
    let list = list_of(&of);
    let given = |of: &mut NodeAnswers, list: &Value| {
        of.list = Some(list.to_string());
        file(of)
    };
    let (text, _) = given(&mut of, &list);
    assert_eq!(text["blockAccessList"], list);
    assert_eq!(refusal(&text), None);

    // Steps around a block happen to contracts of the protocol, or after all that could notice.
    let at = |address: &str| {
        let accounts = list.as_array().unwrap();
        accounts
            .iter()
            .position(|it| it["address"] == address)
            .unwrap()
    };
    let mut false_lists = vec![list.clone(); 4];
    false_lists[0][at(RICH)]["balanceChanges"][0]["index"] = json!("0x0");
    false_lists[1][at(RICH)]["storageReads"] = json!(["0x1"]);
    false_lists[2][at(ALICE)]["nonceChanges"][0]["value"] = json!("0x9");
    false_lists[3].as_array_mut().unwrap().remove(at(POOR));
    let refused = false_lists.iter().map(|it| refusal(&given(&mut of, it).0));
    let refused: Vec<String> = refused.map(|it| it.expect("it is false")).collect();
    for (refused, said) in refused.iter().zip([
        "a write that no step around the block makes",
        "an access that was not made",
        "another value than was written",
        "it lacks an access that was made",
    ]) {
        assert!(refused.contains(said), "{refused}");
    }
}

#[test]
fn a_list_that_cannot_be_used_is_left_out_and_said() {
    let mut of = answers(1);
    let list = list_of(&of);
    let mut late = list.clone();
    late[0]["nonceChanges"] = json!([{"index": "0x7", "value": "0x1"}]);
    let said = |of: &NodeAnswers| {
        let Assembled::File { text, lacks } = assemble(of) else {
            panic!("{:?}", assemble(of));
        };
        assert!(!text.contains("blockAccessList\""), "{text}");
        assert!(crate::batch::node_block::read(&text).is_ok());
        lacks.into_iter().map(|it| it.message).collect::<String>()
    };
    let before = "the block access list is left out: ";
    for (list, expected) in [
        (
            json!({"accountChanges": list}).to_string(),
            "gave what is not a block access list (EIP-7928)",
        ),
        ("[{}]".into(), "missing field"),
        (
            "\"0xc0\"".into(),
            "gave what is not a block access list (EIP-7928)",
        ),
        (late.to_string(), "exceeds the block maximum 2"),
        (
            format!("[{}]", " ".repeat(OPENED_BYTES)),
            "larger than can be read",
        ),
    ] {
        of.list = Some(list);
        let said = said(&of);
        assert!(
            said.starts_with(before) && said.contains(expected),
            "{said}"
        );
    }

    // The header says which list is its own.
    let with_hash = |hash: Value| {
        let mut block = block(1);
        for (name, value) in [
            ("blockAccessListHash", hash),
            ("slotNumber", json!("0x5")),
            ("excessBlobGas", json!("0x0")),
            ("requestsHash", self::hash(0)),
        ] {
            block[name] = value;
        }
        NodeAnswers {
            block: block.to_string(),
            list: Some("[]".into()),
            ..answers(1)
        }
    };
    let said = said(&with_hash(hash(1)));
    assert!(
        said.contains("not the block access list of this block: it gives the hash 0x1dcc4de8"),
        "{said}"
    );
    let empty = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
    let (_, batch) = file(&with_hash(json!(empty)));
    assert_eq!((batch.spec, batch.env.slot_num), (SpecId::AMSTERDAM, 5));
    assert!(batch.access_list.is_some());
}

#[test]
fn the_hard_fork_of_another_chain_follows_from_header_and_rules() {
    let rules = |activation: u64, name: &str| {
        let rules = json!({"activationTime": activation, "precompiles": {name: MADE}});
        json!({"current": rules, "next": null, "last": null}).to_string()
    };
    let header = json!({
        "requestsHash": hash(0), "excessBlobGas": "0x0", "parentBeaconBlockRoot": hash(0),
    });
    let spec = |members: &Value, config: Option<String>| {
        let mut of = answers(1);
        let mut block = block(1);
        for (name, value) in members.as_object().unwrap() {
            block[name] = value.clone();
        }
        of.block = block.to_string();
        of.config = config;
        file(&of).1.spec
    };
    assert_eq!(spec(&json!({}), None), SpecId::SHANGHAI);
    assert_eq!(spec(&header, None), SpecId::PRAGUE);
    assert_eq!(spec(&header, Some(rules(0, "P256VERIFY"))), SpecId::OSAKA);
    assert_eq!(spec(&header, Some(rules(0, "BLS"))), SpecId::PRAGUE);
    // It begins later than the block.
    assert_eq!(
        spec(&header, Some(rules(u32::MAX.into(), "P256VERIFY"))),
        SpecId::PRAGUE
    );
    assert_eq!(spec(&header, Some("\"no rules\"".into())), SpecId::PRAGUE);
    // Whatever has such a hash is of it, and its node lists the precompile too.
    let mut amsterdam = header.clone();
    amsterdam["blockAccessListHash"] = hash(0);
    assert_eq!(spec(&amsterdam, None), SpecId::AMSTERDAM);
    let osaka = Some(rules(0, "P256VERIFY"));
    assert_eq!(spec(&amsterdam, osaka), SpecId::AMSTERDAM);
}

#[test]
fn the_blobs_of_another_chain_follow_from_its_rules() {
    let read = |schedule: Value| {
        let rules = json!({
            "activationTime": 0, "precompiles": {"P256VERIFY": MADE}, "blobSchedule": schedule,
        });
        let mut of = answers(1);
        let mut block = block(1);
        block["requestsHash"] = hash(0);
        block["excessBlobGas"] = json!("0x2000000");
        of.block = block.to_string();
        of.config = Some(json!({"current": rules, "next": null, "last": null}).to_string());
        let (file, batch) = file(&of);
        let blobs = batch.env.blob_excess_gas_and_price.unwrap();
        (file, batch.spec, batch.most_blobs, blobs.blob_gasprice)
    };
    // e to the power of 33,554,432 / 8,346,193.
    let given = json!({"target": 10, "max": 15, "baseFeeUpdateFraction": 8_346_193});
    let (file, spec, most, price) = read(given);
    let written = json!({"max": 15, "baseFeeUpdateFraction": 8_346_193});
    assert_eq!(file["blobSchedule"], written);
    assert_eq!((spec, most, price), (SpecId::OSAKA, Some(15), 55));
    // With others, the price is the one of the fork, and there is no limit.
    for other in [Value::Null, json!({"max": 15, "baseFeeUpdateFraction": 0})] {
        let (file, spec, most, price) = read(other);
        assert_eq!(file.get("blobSchedule"), None);
        assert_eq!((spec, most, price), (SpecId::OSAKA, None, 812));
    }
}

#[test]
fn answers_that_do_not_fit_together_are_one_clear_error() {
    let of = |change: &dyn Fn(&mut NodeAnswers)| {
        let mut of = answers(2);
        change(&mut of);
        problem(&of)
    };
    let one = json!({ALICE: {"balance": "0x0"}});
    let cases: [(&str, String); 9] = [
        (
            "asked for block 99 and gave block 100",
            of(&|it| it.asked = "99".into()),
        ),
        (
            "gave 1 traces for a block of 2",
            of(&|it| it.found = traces(std::slice::from_ref(&one))),
        ),
        (
            "may have been replaced meanwhile",
            of(&|it| {
                it.found = it.found.replace("0x0101", "0x0909");
            }),
        ),
        (
            "could not trace transaction 1: missing trie node",
            of(&|it| {
                it.found =
                    json!([{"result": one}, {"error": "missing trie\u{7} node"}]).to_string();
            }),
        ),
        (
            "gave no trace of transaction 0",
            of(&|it| it.found = json!([{}, {}]).to_string()),
        ),
        (
            "what debug_traceBlockByHash gives",
            of(&|it| it.found = "{}".into()),
        ),
        (
            "what eth_getBlockByNumber gives",
            of(&|it| it.block = "[]".into()),
        ),
        (
            "what eth_chainId gives",
            of(&|it| it.chain = "\"mainnet\"".into()),
        ),
        (
            "type 126 is not one of 0 to 4",
            of(&|it| {
                it.block = it.block.replace("\"type\":\"0x2\"", "\"type\":\"0x7e\"");
            }),
        ),
    ];
    for (expected, found) in cases {
        assert!(found.contains(expected), "{expected}: {found}");
    }
}
