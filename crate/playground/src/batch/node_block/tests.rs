//! Blocks made by hand: what is read, and what is said of a file that is not one.

use alloy_primitives::{TxKind, address, b256};
use interleave_engine::oracle;
use revm::primitives::hardfork::SpecId;
use serde_json::{Value, json};

use super::*;
use crate::{
    batch::{Place, input, lower, room},
    contracts::Contracts,
    run,
};

/// A block of Cancun with one transaction.
fn file(tx: Value) -> Value {
    json!({
        "block": {
            "number": "0x1302ba4",
            "timestamp": "0x664f7ed3",
            "parentHash": B256::repeat_byte(7),
            "miner": "0x34842c43e655779a86e890e2b56d09bc477a1ce3",
            "gasLimit": "0x1c9c380",
            "gasUsed": "0x5208",
            "receiptsRoot": B256::repeat_byte(8),
            "mixHash": B256::repeat_byte(9),
            "difficulty": "0x0",
            "baseFeePerGas": "0x7",
            "excessBlobGas": "0x0",
            "parentBeaconBlockRoot": B256::repeat_byte(6),
            "size": "0x46cc",
            "transactions": [tx],
        },
        "prestate": {
            "0x00000000000000000000000000000000000a11ce": {"balance": "0xde0b6b3a7640000", "nonce": 5},
            "0x000f3df6d732807ef1319fb7b8bb8522d0beac02": {
                "balance": "0x0",
                "code": "0x00",
                "storage": {
                    "0x0000000000000000000000000000000000000000000000000000000000000001":
                        "0x0000000000000000000000000000000000000000000000000000000000000002",
                    "0x0000000000000000000000000000000000000000000000000000000000000003":
                        "0x0000000000000000000000000000000000000000000000000000000000000000",
                },
            },
        },
        "blockHashes": {"19934115": B256::repeat_byte(7)},
    })
}

fn transfer() -> Value {
    json!({
        "type": "0x2",
        "from": "0x00000000000000000000000000000000000a11ce",
        "to": "0x0000000000000000000000000000000000000b0b",
        "nonce": "0x5",
        "gas": "0x5208",
        "value": "0x1",
        "input": "0x",
        "gasPrice": "0x9",
        "maxFeePerGas": "0xa",
        "maxPriorityFeePerGas": "0x2",
        "chainId": "0x1",
        "accessList": [],
    })
}

/// The transaction with some members replaced.
fn transfer_with(members: Value) -> Value {
    let mut tx = transfer();
    for (name, value) in members.as_object().unwrap() {
        tx[name] = value.clone();
    }
    tx
}

fn message(value: &Value) -> String {
    read(&value.to_string()).unwrap_err().message
}

#[test]
fn a_block_becomes_a_batch() {
    let batch = read(&file(transfer()).to_string()).unwrap();
    assert_eq!(batch.title, "Block 19934116 of Ethereum mainnet");
    assert_eq!((batch.spec, batch.chain_id), (SpecId::CANCUN, 1));
    assert_eq!(batch.env.prevrandao, Some(B256::repeat_byte(9)));
    assert_eq!(batch.env.basefee, 7);
    assert_eq!(batch.block_hashes[&19_934_115], B256::repeat_byte(7));
    let expected = batch.expected.unwrap();
    assert_eq!(expected.gas_used, Some(21_000));
    assert_eq!(expected.receipts_root, Some(B256::repeat_byte(8)));

    let tx = &batch.transactions[0];
    assert_eq!(tx.label, "transfer");
    assert_eq!((tx.env.tx_type, tx.env.nonce, tx.env.gas_price), (2, 5, 10));
    assert_eq!(tx.env.gas_priority_fee, Some(2));
}

/// Nodes say of a block before Shanghai that it has none, or nothing.
#[test]
fn to_whom_there_are_withdrawals_is_read_where_a_block_has_any() {
    let rich = address!("9999999999999999999999999999999999999999");
    for (withdrawals, expected) in [
        (Value::Null, vec![]),
        (json!([]), vec![]),
        (
            json!([{"index": "0x0", "validatorIndex": "0x0", "address": rich, "amount": "0x0"}]),
            vec![rich],
        ),
    ] {
        let mut file = file(transfer());
        file["block"]["withdrawals"] = withdrawals;
        let batch = read(&file.to_string()).unwrap();
        assert_eq!(batch.listed.unwrap().withdrawn, expected);
    }
}

#[test]
fn the_prestate_has_no_zero_slots_and_has_the_beacon_root() {
    let batch = read(&file(transfer()).to_string()).unwrap();
    let roots = address!("000f3df6d732807ef1319fb7b8bb8522d0beac02");
    let storage = &batch.prestate.accounts[&roots].storage;
    let row = U256::from(0x664f_7ed3 % 8191);
    assert_eq!(storage.len(), 3);
    assert_eq!(storage[&U256::ONE], U256::from(2));
    assert_eq!(storage[&row], U256::from(0x664f_7ed3));
    assert_eq!(
        storage[&(row + U256::from(8191))],
        U256::from_be_bytes(B256::repeat_byte(6).0)
    );
}

#[test]
fn labels_tell_creations_and_calls_apart() {
    for (members, label) in [
        (json!({"to": null, "input": "0x6001"}), "create"),
        (json!({"input": "0xa9059cbb00"}), "0xa9059cbb"),
        (json!({"input": "0x01"}), "0x01"),
    ] {
        let batch = read(&file(transfer_with(members)).to_string()).unwrap();
        assert_eq!(batch.transactions[0].label, label);
    }
}

#[test]
fn blobs_and_authorizations_are_read_with_their_types() {
    let hash = b256!("0100000000000000000000000000000000000000000000000000000000000001");
    let blob = json!({"type": "0x3", "maxFeePerBlobGas": "0x3", "blobVersionedHashes": [hash]});
    let batch = read(&file(transfer_with(blob)).to_string()).unwrap();
    let env = &batch.transactions[0].env;
    assert_eq!(
        (env.max_fee_per_blob_gas, &env.blob_hashes[..]),
        (3, &[hash][..])
    );

    // The example of EIP-7702's reference tests: signed, but by nobody in particular.
    let signed = json!({
        "chainId": "0x1", "address": "0x0000000000000000000000000000000000000b0b", "nonce": "0x0",
        "yParity": "0x0",
        "r": "0x48b55bfa915ac795c431978d8a6a992b628d557da5ff759b307d495a36649353",
        "s": "0x1fffd310ac743f371de3b9f7f9cb56c0b28ad43601b4ab949f53faa07bd2c804",
    });
    let set_code = json!({"type": "0x4", "authorizationList": [signed]});
    let batch = read(&file(transfer_with(set_code)).to_string()).unwrap();
    let list = &batch.transactions[0].env.authorization_list;
    assert!(list[0].as_ref().right().unwrap().authority().is_some());
}

/// A transaction with so many blobs.
fn with_blobs(nonce: &str, count: usize) -> Value {
    let hash = b256!("0100000000000000000000000000000000000000000000000000000000000001");
    transfer_with(json!({
        "type": "0x3", "nonce": nonce, "maxFeePerBlobGas": "0x3", "blobVersionedHashes": vec![hash; count],
    }))
}

/// What is said of the blobs of a batch.
fn said_of_blobs(batch: &Batch) -> Result<(), String> {
    let block = lower(batch, &Contracts::default()).unwrap();
    let said = room(batch, &block, &oracle::result(&block));
    said.map_err(|problem| problem.message)
}

#[test]
fn more_blobs_than_a_block_has_are_one_problem() {
    let mut block = file(with_blobs("0x5", 4));
    let said = |block: &Value| said_of_blobs(&read(&block.to_string()).unwrap());
    assert_eq!(said(&block), Ok(()));
    let transactions = block["block"]["transactions"].as_array_mut().unwrap();
    transactions.push(with_blobs("0x6", 3));
    let refused = "transaction 1 (`transfer`) has 3 blobs, but those before it leave 2 of the 6 blobs of a block";
    assert_eq!(said(&block), Err(refused.into()));

    // Of another chain it is known where the file says it.
    block["chainId"] = json!("0x64");
    for tx in block["block"]["transactions"].as_array_mut().unwrap() {
        tx["chainId"] = json!("0x64");
    }
    assert_eq!(said(&block), Ok(()));
    block["blobSchedule"] = json!({"max": 6, "baseFeeUpdateFraction": 1_112_826});
    assert_eq!(said(&block), Err(refused.into()));
    block["blobSchedule"]["max"] = json!(7);
    assert_eq!(said(&block), Ok(()));
}

/// A block of the mainnet that has more blobs than its fork alone allows.
#[test]
fn more_blobs_than_the_fork_allows_survive_being_written_as_t8n() {
    let mut file = file(with_blobs("0x5", 6));
    let transactions = file["block"]["transactions"].as_array_mut().unwrap();
    transactions.push(with_blobs("0x6", 6));
    file["block"]["timestamp"] = json!("0x69700000");
    file["block"]["number"] = json!("0x1700000");
    let batch = read(&file.to_string()).unwrap();
    assert_eq!(said_of_blobs(&batch), Ok(()));
    let block = lower(&batch, &Contracts::default()).unwrap();
    let written = crate::batch::t8n::write(&block);
    let read = |text: String| {
        input::all(&text, &Contracts::default())
            .remove(0)
            .unwrap()
            .0
    };
    assert_eq!(said_of_blobs(&read(written.to_string())), Ok(()));
    // A tool that is told the fork has its limit, however late the block is.
    let mut plain = written;
    plain["env"]
        .as_object_mut()
        .unwrap()
        .remove("currentBlobBaseFee");
    let said = said_of_blobs(&read(plain.to_string())).unwrap_err();
    assert!(said.contains("leave 3 of the 9 blobs of a block"), "{said}");
}

#[test]
fn what_the_fork_or_the_type_defines_must_be_there() {
    let mut block = file(transfer());
    block["block"]
        .as_object_mut()
        .unwrap()
        .remove("baseFeePerGas");
    assert_eq!(
        message(&block),
        "not a block from a node: block: missing field `baseFeePerGas`, which blocks of Cancun have"
    );
    let tx = transfer_with(json!({"maxFeePerGas": null}));
    assert_eq!(
        message(&file(tx)),
        "not a block from a node: block.transactions[0]: \
         missing field `maxFeePerGas`, which transactions of type 2 have"
    );
}

#[test]
fn members_that_contradict_each_other_are_refused() {
    for (name, value, expected) in [
        ("difficulty", "0x1", "since the Merge it is zero"),
        (
            "gasUsed",
            "0x1c9c381",
            "more than the `gasLimit` of 30000000",
        ),
        ("number", "0x1", "block 1 came before the Merge"),
    ] {
        let mut block = file(transfer());
        block["block"][name] = json!(value);
        let message = message(&block);
        assert!(message.contains(expected), "{message}");
    }
    let moved = file(transfer_with(json!({"transactionIndex": "0x1"})));
    let message_of_it = message(&moved);
    assert!(message_of_it.contains("transactions[0] has the `transactionIndex` 1"));
    let mut orphan = file(transfer());
    orphan["block"]["parentHash"] = json!(B256::repeat_byte(1));
    let message_of_it = message(&orphan);
    assert!(
        message_of_it.starts_with("`parentHash` is 0x0101"),
        "{message_of_it}"
    );
    let mut early = file(transfer());
    early["block"]["timestamp"] = json!("0x64400000");
    early["block"]["excessBlobGas"] = json!("0x20000");
    let message = message(&early);
    assert!(message.contains("`excessBlobGas` is not zero, but it begins with Cancun"));
}

#[test]
fn a_header_with_the_hash_of_an_access_list_is_of_no_older_fork() {
    let mut block = file(transfer());
    block["block"]["blockAccessListHash"] = json!(B256::ZERO);
    let spec = |block: &Value| read(&block.to_string()).unwrap().spec;
    assert_eq!(spec(&block), SpecId::AMSTERDAM);
    block["fork"] = json!("Amsterdam");
    assert_eq!(spec(&block), SpecId::AMSTERDAM);
    block["fork"] = json!("Osaka");
    assert!(message(&block).contains("which begins with Amsterdam, but `fork` says Osaka"));
}

/// What is wrong with a block of Cancun whose transaction calls a contract that reads its slots 1 to 3.
fn unmet(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let call = transfer_with(json!({
        "to": "0x000f3df6d732807ef1319fb7b8bb8522d0beac02", "gas": "0x186a0",
    }));
    let mut file = file(call);
    let contract = &mut file["prestate"]["0x000f3df6d732807ef1319fb7b8bb8522d0beac02"];
    contract["code"] = json!("0x600154600254600354");
    contract["storage"]["0x0000000000000000000000000000000000000000000000000000000000000002"] =
        json!("0x0000000000000000000000000000000000000000000000000000000000000000");
    file["block"]
        .as_object_mut()
        .unwrap()
        .remove("receiptsRoot");
    // The transaction, three pushes and three cold reads.
    file["block"]["gasUsed"] = json!(format!("{:#x}", 21_000 + 3 * 3 + 3 * 2_100));
    change(&mut file);
    let batch = read(&file.to_string()).unwrap();
    let block = lower(&batch, &Contracts::default()).unwrap();
    let found = run::expectations(&batch, &block, &oracle::result(&block));
    found.unwrap().unmet
}

#[test]
fn what_a_prestate_does_not_list_is_named_when_the_header_says_something_else() {
    assert_eq!(unmet(|_| ()), [""; 0]);
    let gas = "gas used is 27309, expected 1";
    let other = |file: &mut Value| file["block"]["gasUsed"] = json!("0x1");
    assert_eq!(unmet(other), [gas]);
    let found = unmet(|file| {
        other(file);
        let contract = &mut file["prestate"]["0x000f3df6d732807ef1319fb7b8bb8522d0beac02"];
        let storage = contract["storage"].as_object_mut().unwrap();
        storage.retain(|slot, _| slot.ends_with('1'));
    });
    assert_eq!(found[0], gas);
    assert!(
        found[1].starts_with(
            "the prestate does not list slot 0x2 of 0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02 \
             (read by transaction 0), slot 0x3 of "
        ),
        "{found:?}"
    );
    let found = unmet(|file| {
        let prestate = file["prestate"].as_object_mut().unwrap();
        prestate.remove("0x00000000000000000000000000000000000a11ce");
    });
    assert!(
        found[0].starts_with("transaction 0 is invalid (nonce 5 too high, expected 0)"),
        "{found:?}"
    );
    assert!(
        found[2].contains("account 0x00000000000000000000000000000000000A11cE (read by"),
        "{found:?}"
    );
}

/// Blob parameters change without a hard fork, and t8n names forks alone.
#[test]
fn the_price_of_blob_gas_survives_being_written_as_t8n() {
    let mut file = file(transfer());
    file["block"]["timestamp"] = json!("0x69700000");
    file["block"]["number"] = json!("0x1700000");
    file["block"]["excessBlobGas"] = json!("0xa000000");
    let batch = read(&file.to_string()).unwrap();
    let block = lower(&batch, &Contracts::default()).unwrap();
    assert_eq!(block.spec, SpecId::OSAKA);
    let written = crate::batch::t8n::write(&block).to_string();
    let again = input::all(&written, &Contracts::default()).remove(0);
    let again = lower(&again.unwrap().0, &Contracts::default()).unwrap();
    assert_eq!(again.env, block.env);
}

#[test]
fn a_wrong_member_is_named_with_its_place() {
    let tx = transfer_with(json!({"nonce": "five"}));
    let text = serde_json::to_string_pretty(&file(tx)).unwrap();
    let problem = read(&text).unwrap_err();
    let line = text.lines().position(|line| line.contains("five")).unwrap();
    assert_eq!(problem.place.unwrap().line as usize, line + 1);
    assert!(
        problem.message.contains("block.transactions[0].nonce: "),
        "{}",
        problem.message
    );
}

#[test]
fn nonsense_is_one_clear_error() {
    for (value, expected) in [
        (json!([]), "which is a JSON object"),
        (json!("x"), "which is a JSON object"),
        (json!({}), "missing field `block`"),
        (json!({"jsonrpc": "2.0"}), "unknown field `jsonrpc`"),
        (
            file(json!(B256::ZERO)),
            "ask the node for full transactions, not their hashes",
        ),
        (
            file(transfer_with(json!({"type": "0x7e"}))),
            "type 126 is not one of 0 to 4",
        ),
        (
            file(transfer_with(json!({"chainId": "0xa"}))),
            "transactions[0] is of chain 10, but the block is of chain 1",
        ),
        (
            file(transfer_with(json!({"value": "-1"}))),
            "block.transactions[0].value",
        ),
        (
            file(transfer_with(json!({"gas": "0x10000000000000000"}))),
            "transactions[0].gas",
        ),
    ] {
        let message = message(&value);
        assert!(message.contains(expected), "{message}");
    }
    for text in ["", "{", "{\"block\": 1} x", "[[[[", "\u{feff}{}"] {
        assert!(read(text).is_err(), "{text}");
    }
    assert!(read(&"[".repeat(100_000)).is_err());
    assert!(read(&"{\"block\":".repeat(100_000)).is_err());
    let cut = read("{\"block\": {\"number\": \"0x1\"").unwrap_err();
    assert_eq!(
        cut.message,
        "not a block from a node: block: EOF while parsing an object"
    );
}

#[test]
fn a_place_counts_characters() {
    let problem = read("{\"ééé\": 1}").unwrap_err();
    assert_eq!(problem.place, Some(Place { line: 1, column: 6 }));
}

#[test]
fn a_creation_has_no_receiver() {
    let batch = read(&file(transfer_with(json!({"to": null}))).to_string()).unwrap();
    assert_eq!(batch.transactions[0].env.kind, TxKind::Create);
}
