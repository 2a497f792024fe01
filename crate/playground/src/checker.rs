//! The one checker: a block under every strategy, runner and number of workers, against the oracle.
//!
//! Tests and the command line use it alike. The usual switches are tried with every number of workers
//! and every seed, each other pair of switches and each other source of hints with one of them.

use interleave_engine::{
    block::Block,
    outcome::{BlockResult, Difference},
    runner::RunError,
    strategy::{self, Entry, Needs},
};

use crate::{
    report::{ConflictUnit, HintSource, RunOptions, RunnerKind},
    run::{self, Machine, Prepared},
};

/// In which ways a block is run.
#[derive(Clone, Debug)]
pub struct Ways {
    /// Strategies.
    pub strategies: Vec<&'static Entry>,
    /// Runners.
    pub runners: Vec<RunnerKind>,
    /// Numbers of workers.
    pub workers: Vec<u32>,
    /// Seeds of the simulated runner's jitter; on threads, that many repetitions.
    pub seeds: u32,
}

impl Default for Ways {
    /// All there are.
    fn default() -> Self {
        Self {
            strategies: strategy::ALL.iter().collect(),
            runners: vec![RunnerKind::Simulated, RunnerKind::Threads],
            workers: vec![1, 2, 3, 4, 8],
            seeds: 3,
        }
    }
}

/// A run that did not come to what the oracle came to.
#[derive(Clone, Debug)]
pub struct Divergence {
    /// The run.
    pub options: RunOptions,
    /// The first difference, or why there was no result.
    pub what: String,
}

/// What checking came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Runs that were compared.
    pub runs: u32,
    /// Those that differed.
    pub divergences: Vec<Divergence>,
}

impl Ways {
    /// The options of all runs under one strategy; those that share a preparation follow each other.
    fn options(&self, strategy: &Entry) -> Vec<RunOptions> {
        let usual = RunOptions {
            strategy: strategy.id.into(),
            ..RunOptions::default()
        };
        let mut all = Vec::new();
        for runner in &self.runners {
            for workers in &self.workers {
                all.extend((0..self.seeds).map(|seed| RunOptions {
                    runner: *runner,
                    workers: *workers,
                    seed,
                    ..usual.clone()
                }));
            }
        }
        let few = self.workers.iter().copied().max().unwrap_or(1).min(3);
        let mut once = |options: RunOptions| {
            all.extend(self.runners.iter().map(|runner| RunOptions {
                runner: *runner,
                workers: few,
                seed: 1,
                ..options.clone()
            }));
        };
        for switches in SWITCHES {
            once(switches.applied(&usual));
        }
        if strategy.needs == Needs::Hints {
            for hints in HINTS {
                once(RunOptions {
                    hints,
                    ..usual.clone()
                });
            }
        }
        all
    }
}

/// Where hints may come from, besides the usual source.
const HINTS: [HintSource; 3] = [
    HintSource::AccessLists,
    HintSource::Script,
    HintSource::Perfect,
];

/// Unit of conflicts, deferred fees, commutative balances, expected nonces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Switches(ConflictUnit, bool, bool, bool);

/// Any two switches in all four positions, besides the usual ones.
const SWITCHES: [Switches; 7] = [
    Switches(ConflictUnit::Split, true, true, true),
    Switches(ConflictUnit::Split, false, false, true),
    Switches(ConflictUnit::Split, false, true, false),
    Switches(ConflictUnit::Account, true, false, true),
    Switches(ConflictUnit::Account, true, true, false),
    Switches(ConflictUnit::Account, false, false, false),
    Switches(ConflictUnit::Account, false, true, true),
];

impl Switches {
    fn of(options: &RunOptions) -> Self {
        Self(
            options.unit,
            options.deferred_fees,
            options.commutative_balances,
            options.expected_nonces,
        )
    }

    fn applied(self, options: &RunOptions) -> RunOptions {
        let Self(unit, deferred_fees, commutative_balances, expected_nonces) = self;
        RunOptions {
            unit,
            deferred_fees,
            commutative_balances,
            expected_nonces,
            ..options.clone()
        }
    }
}

/// What decides on the preparation of a strategy.
fn preparation(options: &RunOptions) -> (Switches, HintSource) {
    (Switches::of(options), options.hints)
}

/// Runs `block` in all `ways` and compares each result with `truth`, the oracle's.
pub fn check(block: &Block, truth: &BlockResult, ways: &Ways, machine: &Machine<'_>) -> Tally {
    let mut tally = Tally::default();
    for strategy in &ways.strategies {
        let mut last: Option<(RunOptions, Prepared<'_>)> = None;
        for options in ways.options(strategy) {
            let (_, prepared) = match last.take() {
                Some(last) if preparation(&last.0) == preparation(&options) => last,
                _ => {
                    let prepared = Prepared::new(block, strategy, &options, machine.now);
                    (options.clone(), prepared)
                }
            };
            let ran = run::once(block, strategy, &prepared, &options, machine);
            tally.runs += 1;
            let what = match ran {
                Ok(ran) => ran
                    .result
                    .first_difference(truth)
                    .map(difference)
                    .or_else(|| {
                        let unnamed = "the results differ where nobody looks";
                        (ran.result != *truth).then(|| unnamed.to_owned())
                    }),
                Err(RunError::Stopped) => return tally,
                Err(error) => Some(error.to_string()),
            };
            last = Some((options.clone(), prepared));
            if let Some(what) = what {
                tally.divergences.push(Divergence { options, what });
            }
        }
    }
    tally
}

fn difference(first: Difference) -> String {
    let Difference {
        tx,
        field,
        found,
        expected,
    } = first;
    let place = tx.map_or("post-state".into(), |tx| format!("transaction {tx}"));
    format!("{place}: {field} is {found}, sequentially {expected}")
}

impl std::fmt::Display for Divergence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let RunOptions {
            strategy,
            runner,
            workers,
            seed,
            hints,
            ..
        } = &self.options;
        let switches = Switches::of(&self.options);
        let what = &self.what;
        write!(
            f,
            "{strategy} on {runner:?}, {workers} workers, seed {seed}, {switches:?}, hints {hints:?}: {what}"
        )
    }
}
