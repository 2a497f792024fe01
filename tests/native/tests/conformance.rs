//! Batches with receipts, roots and post-states that the executable specification computed, and
//! official blockchain tests.
//!
//! The oracle executes all of them, every strategy each eighth, or all with `INTERLEAVE_ALL=1`; so
//! too the blockchain tests that take long.

use std::{fs, path::PathBuf};

use interleave_engine::oracle;
use interleave_playground::batch::Batch;
use interleave_tests::{batches, block, check, data};

/// More gas than this takes long without optimisation.
const LONG: u64 = 30_000_000;

fn generated() -> Vec<Batch> {
    let folder = data::folder("conformance/batches");
    let files = folder.iter().flat_map(|folder| data::packed(folder));
    let cases: Vec<_> = files.flat_map(|file| batches(&data::text(&file))).collect();
    println!("{} batches", cases.len());
    cases
}

fn fixtures() -> Vec<Batch> {
    let folders = ["legacy", "tests", "eest"].map(|name| format!("conformance/fixtures/{name}"));
    let folders = folders.iter().filter_map(|name| data::folder(name));
    let files: Vec<PathBuf> = folders.flat_map(|it| data::files(&it, "json")).collect();
    let text = |file| fs::read_to_string(file).expect("a readable file");
    let mut blocks: Vec<_> = files.iter().flat_map(|it| batches(&text(it))).collect();
    if !data::all() {
        blocks.retain(|it| it.expected.as_ref().is_some_and(|it| it.gas_used < LONG));
    }
    println!("{} blocks", blocks.len());
    blocks
}

fn all_hold(batches: &[Batch]) {
    let mut wrong = Vec::new();
    for batch in batches {
        let block = block(batch);
        let mut result = oracle::result(&block);
        let unmet = batch.unmet(&block, &result).into_iter();
        wrong.extend(unmet.map(|it| format!("{}: {it}", batch.title)));
        // The comparison itself must notice changes that are not there.
        if !result.changes.accounts.is_empty() {
            result.changes.accounts.clear();
            assert_ne!(batch.unmet(&block, &result), [""; 0], "{}", batch.title);
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
