//! What tests of whole blocks share: the checker, and where data is.

pub mod adversary;
pub mod contract;
pub mod data;
pub mod hostile;
pub mod random;
pub mod scene;
pub mod watched;

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use interleave_engine::{
    block::Block,
    oracle,
    runner::{Control, RunError, threads::ScopedThreads},
};
use interleave_playground::{
    self as playground,
    batch::{Batch, lower},
    checker::{self, Ways},
    contracts::Contracts,
    gallery,
    report::{Report, RunOptions, RunResult},
    run::Machine,
};

/// All batches of a text.
///
/// # Panics
/// When one cannot be read.
pub fn batches(text: &str) -> Vec<Batch> {
    let read = playground::read(text, &Contracts::default()).into_iter();
    read.map(|read| match read {
        Ok((batch, _)) => batch,
        Err(problems) => panic!("{problems:?}"),
    })
    .collect()
}

/// The block of a batch.
///
/// # Panics
/// When it cannot be built.
pub fn block(batch: &Batch) -> Block {
    lower(batch, &Contracts::default()).expect("a batch that can run")
}

/// The script of an example.
///
/// # Panics
/// When there is no such example.
pub fn example(id: &str) -> String {
    let mut examples = gallery::examples().into_iter();
    let example = examples.find(|it| it.id == id);
    example.expect("there is such an example").script
}

/// The report of a run.
///
/// # Panics
/// When there is none.
pub fn reported(ran: Result<RunResult, RunError>) -> Report {
    match ran {
        Ok(RunResult::Report { report, .. }) => *report,
        other => panic!("{other:?}"),
    }
}

/// The report of a script, run on the machine of [`on_machine`].
///
/// # Panics
/// When it cannot be run.
pub fn report(script: &str, options: &RunOptions) -> Report {
    reported(on_machine(|machine| {
        playground::run(script, &[], options, machine)
    }))
}

/// Does something with a machine of one thread, whose clock goes on by so many microseconds whenever
/// somebody looks at it: who runs alone finds the same each time.
pub fn on_one_thread<T>(step: u32, act: impl FnOnce(&Machine<'_>) -> T) -> T {
    let time = AtomicU32::new(1_000);
    act(&Machine {
        threads: &ScopedThreads { most: 1 },
        now: &|| f64::from(time.fetch_add(step, SeqCst)),
        control: &Control::default(),
        memory: None,
    })
}

/// Does something with a machine of eight threads and a clock that stands still.
pub fn on_machine<T>(act: impl FnOnce(&Machine<'_>) -> T) -> T {
    act(&Machine {
        threads: &ScopedThreads { most: 8 },
        now: &|| 0.0,
        control: &Control::default(),
        memory: None,
    })
}

/// Runs `block` in every way there is and compares each result with the oracle's.
///
/// # Panics
/// When a run differs, naming the first that does and what differs.
pub fn check(block: &Block) {
    check_in(block, &Ways::default());
}

/// Fewer ways, for blocks that take long.
pub fn few() -> Ways {
    Ways {
        workers: vec![1, 3, 8],
        seeds: 1,
        ..Ways::default()
    }
}

/// The same as [`check`], in these ways only.
///
/// # Panics
/// When a run differs.
pub fn check_in(block: &Block, ways: &Ways) {
    let truth = oracle::result(block);
    let tally = on_machine(|machine| checker::check(block, &truth, ways, machine));
    assert!(tally.runs > 0);
    if let Some(first) = tally.divergences.first() {
        panic!(
            "{} of {} runs differ: {first}",
            tally.divergences.len(),
            tally.runs
        );
    }
}
