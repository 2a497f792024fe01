//! Every example at 10,000 transactions: the oracle, and a strategy on one and two workers.
//!
//! Prints one JSON line an example, in microseconds; `cargo xtask bench` makes a table of them.
//! Only ratios within one line mean anything: oracle and strategy take turns on the same machine.

use std::time::Instant;

use interleave_engine::runner::{Control, threads::ScopedThreads};
use interleave_playground::{
    self as playground,
    report::{RunOptions, RunResult, RunnerKind},
    run::Machine,
};

/// Transactions that each example is scaled to.
const TRANSACTIONS: u32 = 10_000;

fn main() {
    let start = Instant::now();
    let now = || start.elapsed().as_secs_f64() * 1e6;
    let control = Control::default();
    let machine = Machine {
        threads: &ScopedThreads { most: 2 },
        now: &now,
        control: &control,
    };
    // `cargo bench NAME` runs the examples whose name has NAME in it; cargo adds `--bench` itself.
    let wanted = std::env::args()
        .skip(1)
        .find(|word| !word.starts_with('-'))
        .unwrap_or_default();
    for example in playground::catalog().examples {
        if !example.id.contains(&wanted) {
            continue;
        }
        let script = playground::scaled(&example.script, TRANSACTIONS)
            .expect("every example has a line `let n = …;`");
        for workers in [1, 2] {
            let options = RunOptions {
                strategy: "block-stm".into(),
                runner: RunnerKind::Threads,
                workers,
                ..RunOptions::default()
            };
            match playground::run(&script, &[], &options, &machine) {
                Ok(RunResult::Report { report, .. }) => print(&example.id, &report.summary),
                other => panic!("{} did not run: {other:?}", example.id),
            }
        }
    }
}

fn print(example: &str, summary: &interleave_playground::report::Summary) {
    assert!(
        summary.matches,
        "{example} differs from sequential execution: {:?}",
        summary.difference
    );
    let line = serde_json::json!({ "example": example, "summary": summary });
    println!("{line}");
}
