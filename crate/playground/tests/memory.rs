//! The estimate of memory, compared with what runs hold at the most.
//!
//! A program of its own, with one test: it counts every allocation of the process.

use std::time::Instant;

use interleave_engine::runner::{Control, threads::ScopedThreads};
use interleave_playground::{
    batch::{Batch, input, lower},
    contracts::Contracts,
    measure,
    report::{MeasureOptions, MeasureResult, RunOptions, RunResult, RunnerKind},
    run::{
        self, Machine,
        memory::{self, Beside},
    },
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// What large batches are made of: most of their memory is transactions, accounts, slots or data.
const SCRIPTS: [(&str, &str); 6] = [
    (
        "senders",
        "for a in accounts(\"a\", 5_000, #{ balance: ether(1) }) { transfer(a, a, 1); }",
    ),
    (
        "one sender",
        "let a = account(\"a\"); for i in 0..5_000 { transfer(a, a, 1); }",
    ),
    (
        "transactions that are skipped",
        "let a = account(\"a\"); for i in 0..5_000 { transfer(a, a, 1, #{ nonce: 7 }); }",
    ),
    (
        "accounts",
        "for a in accounts(\"a\", 20_000) {} let b = account(\"b\"); transfer(b, b, 1);",
    ),
    (
        "slots",
        "let all = []; for i in 1..5_001 { all.push([i, i]); } \
         for i in 0..5 { account(`a${i}`, #{ storage: all }); } \
         let a = account(\"a\"); transfer(a, a, 1);",
    ),
    (
        "data that is shared, and data that is not",
        "let a = account(\"a\"); let text = \"11\"; for i in 0..13 { text += text; } text = \"0x\" + text; \
         let data = hex(text); \
         for i in 0..400 { send(a, a, #{ data: data, gas_limit: 1_000_000 }); } \
         for i in 0..400 { send(a, a, #{ data: hex(text), gas_limit: 1_000_000 }); }",
    ),
];

/// Bytes that were held at the most while `work` ran, beyond what was held before.
fn most<T>(before: usize, work: impl FnOnce() -> T) -> (T, u64) {
    HEAP.reset_peak_usage();
    let done = work();
    (done, (HEAP.peak_usage() - before) as u64)
}

fn read(script: &str) -> Batch {
    let (batch, _) = input::one(script, &Contracts::default()).expect("it is a script");
    batch
}

#[test]
fn the_estimate_is_never_above_what_a_run_holds_and_not_far_below() {
    let (start, control) = (Instant::now(), Control::default());
    let machine = Machine {
        threads: &ScopedThreads { most: 1 },
        now: &|| start.elapsed().as_secs_f64() * 1e6,
        control: &control,
        memory: None,
    };
    let contracts = Contracts::default();
    for (name, script) in SCRIPTS {
        let before = HEAP.current_usage();
        let batch = read(script);
        let block = lower(&batch, &contracts).expect("it can run");
        let [least, least_measured] =
            [Beside::Report, Beside::Copies(1)].map(|beside| memory::least(&batch, &block, beside));
        drop(block);
        for strategy in ["sequential", "block-stm", "block-access-list"] {
            let options = RunOptions {
                strategy: strategy.into(),
                ..RunOptions::default()
            };
            let (ran, held) = most(before, || run::run(&batch, &contracts, &options, &machine));
            assert!(matches!(ran, Ok(RunResult::Report { .. })), "{name}");
            assert!(least <= held, "{name}, {strategy}: {least} of {held}");
            assert!(least >= held / 4, "{name}, {strategy}: {least} of {held}");
            drop(ran);

            let runs = vec![RunOptions {
                runner: RunnerKind::Threads,
                ..options
            }];
            let measured = MeasureOptions {
                runs,
                rounds: 1,
                untraced: false,
            };
            let (ran, held) = most(before, || {
                measure::measure(&batch, &contracts, &measured, &machine)
            });
            assert!(matches!(ran, Ok(MeasureResult::Measured { .. })), "{name}");
            assert!(
                least_measured <= held,
                "{name}, {strategy}: {least_measured} of {held} measured"
            );
        }
    }
}
