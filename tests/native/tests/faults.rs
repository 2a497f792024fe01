//! Faults of every kind, under every strategy, on both runners: the result is that of sequential
//! execution, or there is an error that says why not.

use std::time::{Duration, Instant};

use interleave_engine::{oracle, strategy};
use interleave_playground::{
    self as playground,
    batch::{input, lower, script},
    contracts::Contracts,
    report::{
        Fault, FaultAnswer, FaultKind, HintSource, Recovery, Report, RunOptions, RunResult,
        RunnerKind,
    },
};
use interleave_tests::{
    example, on_machine, on_one_thread,
    random::{fault, holds, scripts},
    report, reported,
};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, RngSeed},
};

const WORKERS: u32 = 4;

/// Few workers and their faults: of a few it happens that none is left, or that one is back as the last.
fn crew() -> impl Strategy<Value = (u32, Vec<Fault>)> {
    (1..=WORKERS).prop_flat_map(|workers| {
        let faults = prop::collection::vec(fault(workers, 40), 1..6);
        (Just(workers), faults)
    })
}

proptest! {
    #![proptest_config(Config { cases: 40, rng_seed: RngSeed::Fixed(11), failure_persistence: None, ..Config::default() })]

    #[test]
    fn whatever_goes_wrong_the_result_is_right_or_an_error(
        script in scripts(),
        (workers, faults) in crew(),
        seed in 0..3_u32,
        switches in any::<[bool; 3]>(),
    ) {
        let contracts = Contracts::default();
        let (batch, problems) = script::evaluate(&script.0, &contracts);
        prop_assert!(!input::cannot_run(&problems), "{problems:?}");
        let block = lower(&batch, &contracts).expect("there is no preparation");
        let mut faults = faults;
        let txs = block.txs.len() as u32;
        faults.retain(|fault| !matches!(fault, Fault::Panic { tx, .. } if *tx >= txs));
        let truth = oracle::result(&block);
        for entry in strategy::ALL {
            for runner in [RunnerKind::Simulated, RunnerKind::Threads] {
                let options = RunOptions {
                    strategy: entry.id.into(),
                    runner,
                    workers,
                    seed,
                    faults: faults.clone(),
                    deferred_fees: switches[0],
                    commutative_balances: switches[1],
                    expected_nonces: switches[2],
                    ..RunOptions::default()
                };
                holds(&block, &truth, entry, &options)?;
            }
        }
    }

    #[test]
    fn a_shard_that_is_dropped_comes_back(
        shard in 0..4_u32,
        after in 0..4_u32,
        id in select(vec!["shards-apart", "shards-crossing", "cross-shard"]),
        hints in select(vec![HintSource::DryRun, HintSource::Perfect]),
    ) {
        let options = RunOptions {
            strategy: "shards".into(),
            workers: WORKERS,
            hints,
            faults: vec![Fault::Drop { shard, after }],
            ..RunOptions::default()
        };
        match outcome(id, &options) {
            RunResult::Report { report, .. } => {
                prop_assert!(report.summary.matches);
                prop_assert_eq!(recovery(&report).reissued, 1);
            }
            RunResult::Problems { problems } => {
                prop_assert!(problems[0].message.contains("it has"), "{problems:?}");
            }
            other => prop_assert!(false, "nobody stops it, and there is no list: {other:?}"),
        }
    }
}

fn outcome(id: &str, options: &RunOptions) -> RunResult {
    let text = example(id);
    on_machine(|machine| playground::run(&text, &[], options, machine)).expect("it ends")
}

fn recovery(report: &Report) -> Recovery {
    report.summary.recovery.expect("faults were asked for")
}

fn disturbed(id: &str, strategy: &str, runner: RunnerKind, faults: &[Fault]) -> Report {
    let report = report(
        &example(id),
        &RunOptions {
            strategy: strategy.into(),
            runner,
            workers: WORKERS,
            faults: faults.into(),
            ..RunOptions::default()
        },
    );
    assert!(report.summary.matches, "{strategy} {runner:?} {faults:?}");
    report
}

const BOTH: [RunnerKind; 2] = [RunnerKind::Simulated, RunnerKind::Threads];

#[test]
fn a_worker_that_fails_is_noticed_and_its_task_is_given_to_another() {
    for entry in strategy::ALL {
        let fail = [Fault::Fail {
            worker: 0,
            after: 0,
        }];
        let report = disturbed("mixed-block", entry.id, RunnerKind::Simulated, &fail);
        let faults = report.faults.clone().expect("one struck");
        assert_eq!(faults.kind, [FaultKind::Failed], "{}", entry.id);
        assert_eq!(faults.answer, [FaultAnswer::Reissued]);
        assert!(faults.noticed[0].is_some_and(|noticed| noticed > faults.at[0]));
        let after = faults.noticed[0];
        let by_failed = report.spans.worker.iter().zip(&report.spans.start);
        let late = by_failed.filter(|(worker, start)| **worker == 0 && Some(**start) >= after);
        assert_eq!(late.count(), 0, "{}: nobody works on that lane", entry.id);
        // On threads worker 0 may find nothing left to do.
        disturbed("mixed-block", entry.id, RunnerKind::Threads, &fail);
    }
}

#[test]
fn a_worker_that_is_back_has_what_it_did_dropped_and_works_again() {
    for entry in strategy::ALL {
        let pause = [Fault::Pause {
            worker: 0,
            after: 1,
            time: 60.0,
        }];
        let report = disturbed("hot-counter", entry.id, RunnerKind::Simulated, &pause);
        let faults = report.faults.expect("one struck");
        assert_eq!(faults.answer, [FaultAnswer::Reissued], "{}", entry.id);
        assert_eq!(faults.until[0], Some(faults.at[0] + 600_000.0));
    }
}

#[test]
fn a_panic_is_retried_once_and_then_one_runs_after_another() {
    for entry in strategy::ALL {
        for runner in BOTH {
            let panic = |times| [Fault::Panic { tx: 7, times }];
            let once = disturbed("mixed-block", entry.id, runner, &panic(1));
            let found = recovery(&once);
            assert_eq!((found.seen, found.retries), (1, 1), "{}", entry.id);
            assert_eq!(found.fell_back_from, None);
            let twice = disturbed("mixed-block", entry.id, runner, &panic(2));
            let from = recovery(&twice).fell_back_from;
            assert!(from.is_some_and(|from| from <= 7), "{}: {from:?}", entry.id);
        }
    }
}

#[test]
fn a_transaction_that_always_panics_is_an_error_that_names_it() {
    for runner in BOTH {
        let options = RunOptions {
            runner,
            workers: WORKERS,
            faults: vec![Fault::Panic { tx: 3, times: 99 }],
            ..RunOptions::default()
        };
        let RunResult::Problems { problems } = outcome("hot-counter", &options) else {
            panic!("it cannot run");
        };
        assert!(problems[0].message.contains("transaction 3 makes whoever"));
    }
}

#[test]
fn when_every_worker_fails_there_is_an_error_and_nobody_waits() {
    for runner in BOTH {
        for entry in strategy::ALL {
            let options = RunOptions {
                strategy: entry.id.into(),
                runner,
                workers: 1,
                faults: vec![Fault::Fail {
                    worker: 0,
                    after: 3,
                }],
                ..RunOptions::default()
            };
            let RunResult::Problems { problems } = outcome("hot-counter", &options) else {
                panic!("{}: it cannot run", entry.id);
            };
            assert!(problems[0].message.contains("nobody is left"));
        }
    }
}

#[test]
fn faults_of_a_simulated_run_are_the_same_every_time() {
    let faults = [
        Fault::Fail {
            worker: 1,
            after: 5,
        },
        Fault::Pause {
            worker: 2,
            after: 3,
            time: 40.0,
        },
        Fault::Slow {
            worker: 3,
            factor: 2.5,
        },
        Fault::Panic { tx: 9, times: 2 },
    ];
    for entry in strategy::ALL {
        let once = || disturbed("mixed-block", entry.id, RunnerKind::Simulated, &faults);
        assert_eq!(once(), once(), "{}", entry.id);
    }
}

#[test]
fn slower_workers_and_fewer_take_longer() {
    let time = |faults: &[Fault]| {
        disturbed(
            "independent-transfers",
            "block-stm",
            RunnerKind::Simulated,
            faults,
        )
        .summary
        .makespan
    };
    let slow = Fault::Slow {
        worker: 2,
        factor: 4.0,
    };
    let fail = Fault::Fail {
        worker: 2,
        after: 2,
    };
    assert!(time(&[slow]) > time(&[]));
    assert!(time(&[fail]) > time(&[]));
}

/// A clock that counts milliseconds by how often it is looked at: what a task took is known, and what a
/// slow worker sleeps for it is real.
#[test]
fn a_slow_worker_on_threads_sleeps_for_what_it_would_take() {
    let text = example("independent-transfers");
    let time = |faults: &[Fault]| {
        let options = RunOptions {
            runner: RunnerKind::Threads,
            workers: 1,
            faults: faults.into(),
            ..RunOptions::default()
        };
        let start = Instant::now();
        let ran = on_one_thread(1_000, |machine| {
            playground::run(&text, &[], &options, machine)
        });
        (start.elapsed(), reported(ran))
    };
    let (_, usual) = time(&[]);
    assert_eq!(usual.faults, None);
    let (took, report) = time(&[Fault::Slow {
        worker: 0,
        factor: 3.0,
    }]);
    let tasks = report.spans.worker.len() as u64;
    // A look when it begins and one when it ends, and twice as much beside.
    assert!(took >= Duration::from_millis(2 * tasks), "{took:?}");
    assert_eq!(report.faults.expect("one is slow").kind, [FaultKind::Slow]);
}
