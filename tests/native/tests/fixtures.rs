//! Official blockchain tests: gas used, receipts roots and last states.
//!
//! The long ones only with `INTERLEAVE_ALL=1`.

use std::fs;

use interleave_engine::oracle;
use interleave_tests::{
    check, data,
    fixtures::{self, Chain},
};

/// More gas than this takes long without optimisation.
const LONG: u64 = 30_000_000;

fn chains() -> Vec<(String, Chain)> {
    let mut chains = Vec::new();
    for name in ["legacy", "tests", "eest"] {
        let folder = data::folder(&format!("conformance/fixtures/{name}"));
        for file in folder.iter().flat_map(|folder| data::files(folder, "json")) {
            let text = fs::read_to_string(&file).expect("a readable file");
            chains.extend(fixtures::read(&text));
        }
    }
    if !data::all() {
        chains.retain(|(_, chain): &(String, Chain)| chain.gas_used() < LONG);
    }
    println!("{} chains", chains.len());
    chains
}

#[test]
fn the_oracle_comes_to_what_blockchain_tests_say() {
    let wrong: Vec<_> = chains()
        .into_iter()
        .filter_map(|(name, chain)| {
            let difference = chain.difference(oracle::result)?;
            Some(format!("{name}: {difference}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_strategy_agrees_with_the_oracle_on_blockchain_tests() {
    let step = if data::all() { 1 } else { 8 };
    for (name, chain) in chains().into_iter().step_by(step) {
        println!("{name}");
        let difference = chain.difference(|block| {
            check(block);
            oracle::result(block)
        });
        assert_eq!(difference, None, "{name}");
    }
}
