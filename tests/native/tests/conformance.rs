//! Batches with receipts, roots and post-states that the executable specification computed.
//!
//! The oracle executes all of them, every strategy each eighth, or all with `INTERLEAVE_ALL=1`.

use interleave_engine::oracle;
use interleave_tests::{check, conformance::Case, data};

fn cases() -> Vec<Case> {
    let folder = data::folder("conformance/batches");
    let files = folder.iter().flat_map(|folder| data::packed(folder));
    let texts: Vec<_> = files.map(|file| data::text(&file)).collect();
    let cases: Vec<_> = texts
        .iter()
        .flat_map(|text| text.lines())
        .map(Case::read)
        .collect();
    println!("{} batches", cases.len());
    cases
}

#[test]
fn the_oracle_agrees_with_the_executable_specification() {
    let mut wrong = Vec::new();
    for case in cases() {
        let mut result = oracle::result(&case.block);
        if let Some(difference) = case.difference(&result) {
            wrong.push(format!("{}: {difference}", case.name));
        }
        // The comparison itself must notice a post-state that is not there.
        result.changes.accounts.clear();
        assert!(case.difference(&result).is_some(), "{}", case.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_strategy_agrees_with_the_oracle_on_the_batches_of_the_specification() {
    let step = if data::all() { 1 } else { 8 };
    for case in cases().iter().step_by(step) {
        println!("{}", case.name);
        check(&case.block);
    }
}
