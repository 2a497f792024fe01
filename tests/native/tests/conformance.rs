//! Batches with receipts, roots and post-states that the executable specification computed, and
//! official blockchain tests.
//!
//! The oracle executes all of them, every strategy each eighth, or all with `INTERLEAVE_ALL=1`; so
//! too the blockchain tests that take long.

use interleave_engine::{block::Block, oracle, outcome::BlockResult};
use interleave_playground::batch::{Batch, t8n};
use interleave_tests::{
    batches, block, check,
    data::{self, fixtures, generated},
};

fn all_hold(batches: &[Batch]) {
    let mut wrong = Vec::new();
    for batch in batches {
        let block = block(batch);
        let mut result = oracle::result(&block);
        let unmet = |result: &BlockResult| {
            let expected = batch.expectations(&block, result);
            expected.expect("something is expected").unmet
        };
        let found = unmet(&result).into_iter();
        wrong.extend(found.map(|it| format!("{}: {it}", batch.title)));
        // The comparison itself must notice changes that are not there.
        if !result.changes.accounts.is_empty() {
            result.changes.accounts.clear();
            assert_ne!(unmet(&result), [""; 0], "{}", batch.title);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn some_are_checked(batches: &[Batch]) {
    let step = if data::all() { 1 } else { 8 };
    for batch in batches.iter().step_by(step) {
        println!("{}", batch.title);
        check(&block(batch));
    }
}

#[test]
fn the_oracle_agrees_with_the_executable_specification() {
    all_hold(&generated());
}

#[test]
fn every_strategy_agrees_with_the_oracle_on_the_batches_of_the_specification() {
    some_are_checked(&generated());
}

#[test]
fn the_oracle_comes_to_what_blockchain_tests_say() {
    all_hold(&fixtures());
}

#[test]
fn every_strategy_agrees_with_the_oracle_on_blockchain_tests() {
    some_are_checked(&fixtures());
}

/// Every batch, written as t8n and read again, is the same block.
#[test]
fn what_is_written_as_t8n_is_read_as_the_same_block() {
    for batch in generated().iter().chain(&fixtures()) {
        let block = block(batch);
        let again = block_of(&t8n::write(&block).to_string());
        assert_eq!(again.txs, block.txs, "{}", batch.title);
        assert_eq!(again.env, block.env, "{}", batch.title);
        let accounts = (&again.prestate.accounts, &block.prestate.accounts);
        assert_eq!(accounts.0, accounts.1, "{}", batch.title);
        let (found, expected) = (oracle::result(&again), oracle::result(&block));
        assert_eq!(found, expected, "{}", batch.title);
    }
}

fn block_of(text: &str) -> Block {
    block(&batches(text)[0])
}
