//! The one checker: a block under every strategy, runner and number of workers, against the oracle.

pub mod conformance;
pub mod data;
pub mod fixtures;

use interleave_engine::{
    block::Block,
    oracle,
    runner::{Control, threads::ScopedThreads},
    strategy,
};
use interleave_playground::{
    report::{RunOptions, RunnerKind},
    run::{self, Machine, Prepared},
};

/// Worker counts that every block is tried with.
pub const WORKERS: [u32; 5] = [1, 2, 3, 4, 8];

/// Seeds of the simulated runner's jitter; on threads, that many repetitions.
pub const SEEDS: [u32; 3] = [0, 1, 2];

/// How many runs [`check`] compares for one block.
pub const RUNS: usize = strategy::ALL.len() * WORKERS.len() * SEEDS.len() * 2;

/// Runs `block` in every way there is and compares each result with the oracle's.
///
/// # Panics
/// At the first run that differs, naming it and what differs.
pub fn check(block: &Block) {
    let truth = oracle::result(block);
    let threads = ScopedThreads { most: 8 };
    let control = Control::default();
    let machine = Machine {
        threads: &threads,
        now: &|| 0.0,
        control: &control,
    };
    for strategy in strategy::ALL {
        let prepared = Prepared::new(block, strategy, &RunOptions::default(), machine.now);
        for runner in [RunnerKind::Simulated, RunnerKind::Threads] {
            for workers in WORKERS {
                for seed in SEEDS {
                    let name = format!(
                        "{} on {runner:?} with {workers} workers, seed {seed}",
                        strategy.id
                    );
                    let options = RunOptions {
                        strategy: strategy.id.into(),
                        runner,
                        workers,
                        seed,
                        ..RunOptions::default()
                    };
                    let ran = run::once(block, strategy, &prepared, &options, &machine)
                        .unwrap_or_else(|error| panic!("{name}: {error}"));
                    assert_eq!(ran.trace.committed_at.len(), block.txs.len(), "{name}");
                    if let Some(first) = ran.result.first_difference(&truth) {
                        panic!("{name}: {first:?}");
                    }
                    assert_eq!(ran.result, truth, "{name}");
                }
            }
        }
    }
}
