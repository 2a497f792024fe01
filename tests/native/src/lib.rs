//! What tests of whole blocks share: the checker, and where data is.

pub mod conformance;
pub mod data;
pub mod fixtures;

use interleave_engine::{
    block::Block,
    oracle,
    runner::{Control, threads::ScopedThreads},
};
use interleave_playground::{
    checker::{self, Ways},
    run::Machine,
};

/// Runs `block` in every way there is and compares each result with the oracle's.
///
/// # Panics
/// When a run differs, naming the first that does and what differs.
pub fn check(block: &Block) {
    let threads = ScopedThreads { most: 8 };
    let control = Control::default();
    let machine = Machine {
        threads: &threads,
        now: &|| 0.0,
        control: &control,
    };
    let tally = checker::check(block, &oracle::result(block), &Ways::default(), &machine);
    assert!(tally.runs > 0);
    if let Some(first) = tally.divergences.first() {
        panic!(
            "{} of {} runs differ: {first}",
            tally.divergences.len(),
            tally.runs
        );
    }
}
