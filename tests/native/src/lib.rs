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
    report::{ConflictUnit, RunOptions, RunnerKind},
    run::{self, Machine, Prepared},
};

/// Worker counts that every block is tried with.
pub const WORKERS: [u32; 5] = [1, 2, 3, 4, 8];

/// Seeds of the simulated runner's jitter; on threads, that many repetitions.
pub const SEEDS: [u32; 3] = [0, 1, 2];

/// Every pair of switches that is not the usual one.
fn switches() -> impl Iterator<Item = RunOptions> {
    let units = [ConflictUnit::Split, ConflictUnit::Account];
    let all = units
        .into_iter()
        .flat_map(|unit| [true, false].map(|deferred_fees| (unit, deferred_fees)));
    all.skip(1).map(|(unit, deferred_fees)| RunOptions {
        unit,
        deferred_fees,
        ..RunOptions::default()
    })
}

/// Every way to run a block under one strategy: runners, workers and seeds with the usual switches,
/// and each pair of switches with few of them.
fn ways() -> Vec<RunOptions> {
    let runners = [RunnerKind::Simulated, RunnerKind::Threads];
    let mut ways = Vec::new();
    for runner in runners {
        for workers in WORKERS {
            ways.extend(SEEDS.map(|seed| RunOptions {
                runner,
                workers,
                seed,
                ..RunOptions::default()
            }));
        }
        ways.extend(switches().map(|options| RunOptions {
            runner,
            workers: 3,
            seed: 1,
            ..options
        }));
    }
    ways
}

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
        let mut prepared: Option<(RunOptions, Prepared)> = None;
        for options in ways() {
            let options = RunOptions {
                strategy: strategy.id.into(),
                ..options
            };
            let same = |made: &RunOptions| {
                (made.unit, made.deferred_fees) == (options.unit, options.deferred_fees)
            };
            if !prepared.as_ref().is_some_and(|(made, _)| same(made)) {
                let made = Prepared::new(block, strategy, &options, machine.now);
                prepared = Some((options.clone(), made));
            }
            let (_, prepared) = prepared.as_ref().expect("made above");
            let ran = run::once(block, strategy, prepared, &options, &machine)
                .unwrap_or_else(|error| panic!("{options:?}: {error}"));
            assert_eq!(ran.trace.committed_at.len(), block.txs.len(), "{options:?}");
            if let Some(first) = ran.result.first_difference(&truth) {
                panic!("{options:?}: {first:?}");
            }
            assert_eq!(ran.result, truth, "{options:?}");
        }
    }
}
