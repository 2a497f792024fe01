//! Blocks of Ethereum mainnet come to what their headers say.
//!
//! A few by default; all of them with `INTERLEAVE_ALL=1`.

use std::path::PathBuf;

use interleave_engine::{
    oracle,
    outcome::{BlockResult, Outcome},
};
use interleave_playground::batch::node_block;
use interleave_tests::{block, check, data};

/// One or two of every kind: before and after Spurious Dragon and Byzantium, the last block of
/// Petersburg's rules, of proof of work, the first of Cancun, no transactions, a blob transaction.
const FEW: [u64; 9] = [
    930_196, 2_462_997, 2_688_148, 4_369_999, 9_068_998, 15_537_393, 19_426_587, 19_910_734,
    19_934_116,
];

fn blocks() -> Vec<PathBuf> {
    let Some(folder) = data::folder("mainnet") else {
        return Vec::new();
    };
    if data::all() {
        return data::packed(&folder);
    }
    FEW.map(|number| folder.join(format!("{number}.json.gz")))
        .into()
}

/// Every transaction of a block on the chain was valid.
fn first_skipped(result: &BlockResult) -> Option<&str> {
    result.outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Skipped(reason) => Some(reason.as_str()),
        Outcome::Executed(_) => None,
    })
}

#[test]
fn the_oracle_comes_to_the_gas_and_receipts_of_the_header() {
    let mut wrong = Vec::new();
    let files = blocks();
    for file in &files {
        let batch = node_block::read(&data::text(file)).expect("a block with its prestate");
        let block = block(&batch);
        let result = oracle::result(&block);
        let expected = batch.expected.expect("a header");
        let root = result.receipts_root(block.spec);
        if Some(result.gas_used()) != expected.gas_used {
            let gas = result.gas_used();
            wrong.push(format!(
                "{file:?}: gas {gas}, header {:?}",
                expected.gas_used
            ));
        } else if let Some(skipped) = first_skipped(&result) {
            wrong.push(format!("{file:?}: {skipped}"));
        } else if root.is_some() && root != expected.receipts_root {
            wrong.push(format!("{file:?}: another receipts root"));
        }
    }
    println!("{} blocks", files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_strategy_agrees_with_the_oracle_on_mainnet() {
    for file in blocks() {
        println!("{}", file.display());
        let batch = node_block::read(&data::text(&file)).expect("a block with its prestate");
        check(&block(&batch));
    }
}
