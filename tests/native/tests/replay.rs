//! A schedule recorded on threads does the same again, or says where it does not.

use std::time::{Duration, Instant};

use interleave_engine::{
    runner::{Control, RunError, threads::ScopedThreads},
    strategy,
};
use interleave_playground::{
    batch::{Batch, script},
    gallery,
    report::{ConflictUnit, Fault, Report, RunOptions, RunResult, RunnerKind},
    run::Machine,
    schedule::{self, Recording},
};
use interleave_tests::{on_one_thread, reported};

fn on_machine<T>(act: impl FnOnce(&Machine<'_>) -> T) -> T {
    let start = Instant::now();
    act(&Machine {
        threads: &ScopedThreads { most: 8 },
        now: &|| start.elapsed().as_secs_f64() * 1e6,
        control: &Control::default(),
        memory: None,
    })
}

fn example(id: &str) -> Batch {
    script::evaluate(&interleave_tests::example(id), gallery::contracts()).0
}

fn options(strategy: &str) -> RunOptions {
    RunOptions {
        strategy: strategy.into(),
        runner: RunnerKind::Threads,
        workers: 4,
        ..RunOptions::default()
    }
}

fn recorded(batch: &Batch, options: &RunOptions) -> (Report, Recording) {
    let (result, recording) =
        on_machine(|machine| schedule::record(batch, gallery::contracts(), options, machine));
    (reported(result), recording.expect("it was recorded"))
}

fn replayed(batch: &Batch, recording: &Recording) -> Result<RunResult, RunError> {
    on_machine(|machine| schedule::replay(batch, gallery::contracts(), recording, machine))
}

/// What is read from a file that holds this recording, after `change`.
fn changed(recording: &Recording, change: impl FnOnce(&mut serde_json::Value)) -> Recording {
    let (member, mut value) = recording.write();
    change(&mut value);
    let text = serde_json::json!({ member: value }).to_string();
    Recording::read(&text).expect("it can be read")
}

#[test]
fn a_replay_gives_the_report_of_the_recorded_run_byte_for_byte() {
    let mut again = 0;
    for id in [
        "hot-counter",
        "token-hot-receiver",
        "swaps-one-pool",
        "mixed-block",
    ] {
        let batch = example(id);
        for entry in strategy::ALL {
            let options = options(entry.id);
            let (first, recording) = recorded(&batch, &options);
            assert!(first.summary.matches, "{id} under {}", entry.id);
            // Through a file, as a person would.
            let recording = changed(&recording, |_| ());
            let second = reported(replayed(&batch, &recording));
            let [a, b] = [&first, &second].map(|it| serde_json::to_string(it).expect("JSON"));
            assert!(a == b, "{id} under {}", entry.id);
            again += first.summary.incarnations - first.summary.transactions;
        }
    }
    println!("{again} incarnations that did not commit were replayed");
    assert!(again > 0, "nothing was contended");
}

#[test]
fn switches_are_replayed_too() {
    let batch = example("mixed-block");
    for entry in strategy::ALL {
        let options = RunOptions {
            unit: ConflictUnit::Account,
            commutative_balances: true,
            expected_nonces: true,
            deferred_fees: false,
            ..options(entry.id)
        };
        let (first, recording) = recorded(&batch, &options);
        assert_eq!(
            first,
            reported(replayed(&batch, &recording)),
            "{}",
            entry.id
        );
    }
}

#[test]
fn a_schedule_of_another_block_is_refused() {
    let (_, recording) = recorded(&example("hot-counter"), &options("block-stm"));
    let Ok(RunResult::Problems { problems }) = replayed(&example("mixed-block"), &recording) else {
        panic!("it was replayed");
    };
    let message = &problems[0].message;
    assert!(
        message.starts_with("the schedule was recorded on another block"),
        "{message}"
    );
}

#[test]
fn a_schedule_that_does_not_fit_names_the_first_step_that_differs() {
    let batch = example("hot-counter");
    let (_, recording) = recorded(&batch, &options("block-stm"));
    let disagreement = |change: fn(&mut Vec<serde_json::Value>)| {
        let steps = |value: &mut serde_json::Value| {
            change(value["steps"].as_array_mut().expect("a list"));
        };
        match replayed(&batch, &changed(&recording, steps)) {
            Err(RunError::Disagrees(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    // The second to execute something was given another transaction.
    let why = disagreement(|steps| {
        let mut asked = steps.iter_mut().filter(|it| it[2] == "execute 1.0 Lower");
        asked.next().expect("it was executed")[2] = "execute 7.0 Lower".into();
    });
    assert!(
        why.contains("recorded `execute 7.0 Lower`, and now did `execute 1.0 Lower`"),
        "{why}"
    );
    // A version was read that nobody reads.
    let why = disagreement(|steps| {
        let mut ended = steps.iter_mut().filter(|it| {
            it[2]
                .as_str()
                .is_some_and(|what| what.starts_with("executed 0.0"))
        });
        let step = ended.next().expect("it was executed");
        let what = step[2].as_str().expect("a text").to_owned() + ", Fees of 9.9";
        step[2] = what.into();
    });
    assert!(
        why.contains("Fees of 9.9`, and now did `executed 0.0"),
        "{why}"
    );
    let why = disagreement(|steps| steps.truncate(steps.len() / 2));
    assert!(why.contains("goes on after the end"), "{why}");
    let why = disagreement(|steps| steps.push(serde_json::json!([0, 1, "wait"])));
    assert!(why.contains("the run is at its end"), "{why}");
}

#[test]
fn a_recording_says_who_did_what_and_when_in_nanoseconds() {
    let text = r#"
        let people = accounts("person", 2, #{ balance: ether(1) });
        transfer(people[0], people[1], 1);
        transfer(people[1], people[0], 1);
    "#;
    let (batch, _) = script::evaluate(text, gallery::contracts());
    let options = RunOptions {
        workers: 1,
        ..options("two-phase")
    };
    let (result, recording) = on_one_thread(1, |machine| {
        schedule::record(&batch, gallery::contracts(), &options, machine)
    });
    let report = reported(result);
    assert_eq!(report.spans.worker.len(), 5);
    let (_, recording) = recording.expect("it was recorded").write();
    let steps: Vec<(u32, u64, String)> =
        serde_json::from_value(recording["steps"].clone()).expect("steps");
    let said: Vec<_> = steps
        .iter()
        .map(|(worker, _, what)| {
            assert_eq!(*worker, 0);
            what.as_str()
        })
        .collect();
    let first = "0xed866e92b113027c8e05771fc6d8a438eb6614c5";
    let second = "0x95c7169e0c1c695369757c0ba1aed90c55da9938";
    let read =
        format!(", Balance({second}) of 0.0, Balance({first}) of 0.0, Nonce({first}) of 0.0");
    assert_eq!(
        said,
        [
            "execute 0.0 Prestate",
            "read",
            "read",
            "executed 0.0 with 21000 gas",
            "execute 1.0 Prestate",
            "read",
            "read",
            "executed 1.0 with 21000 gas",
            "validate 0.0 0",
            "validated 0.0",
            "validate 1.0 0",
            "rejected 1.0",
            "execute 1.1 Lower",
            "read",
            "read",
            &format!("executed 1.1 with 21000 gas{read}"),
            "done",
        ]
    );
    // It looked at the clock once before the first, and once for each.
    let times = steps.iter().map(|(_, at, _)| *at);
    let each = (2..).map(|look| look * 1_000).take(steps.len());
    assert!(times.eq(each), "{steps:?}");
}

#[test]
fn faults_are_replayed_too() {
    let batch = example("mixed-block");
    let fail = |worker, after| Fault::Fail { worker, after };
    for entry in strategy::ALL {
        for faults in [
            vec![fail(0, 3)],
            vec![Fault::Panic { tx: 7, times: 1 }, fail(2, 1)],
            vec![Fault::Panic { tx: 7, times: 2 }],
        ] {
            let options = RunOptions {
                faults,
                ..options(entry.id)
            };
            let (first, recording) = recorded(&batch, &options);
            if matches!(options.faults[0], Fault::Panic { .. }) {
                let steps = recording.write().1["steps"].to_string();
                assert!(steps.contains(r#""panicked 7.0 with "#), "{}", entry.id);
            }
            let again = reported(replayed(&batch, &recording));
            assert_eq!(first.summary.digest, again.summary.digest, "{}", entry.id);
            let struck = |report: Report| report.faults.map(|it| (it.at, it.worker, it.answer));
            assert_eq!(struck(first), struck(again), "{}", entry.id);
        }
    }
}

/// The last one that fails ends the schedule.
#[test]
fn a_run_in_which_everybody_fails_is_replayed_to_that_end() {
    let batch = example("hot-counter");
    let fail = |worker| Fault::Fail { worker, after: 3 };
    let options = RunOptions {
        workers: 2,
        faults: vec![fail(0), fail(1)],
        ..options("block-stm")
    };
    let (result, recording) =
        on_machine(|machine| schedule::record(&batch, gallery::contracts(), &options, machine));
    let again = replayed(&batch, &recording.expect("it was recorded"));
    for ended in [result, again] {
        let Ok(RunResult::Problems { problems }) = ended else {
            panic!("{ended:?}");
        };
        assert!(problems[0].message.contains("nobody is left"));
    }
}

/// Who waits for its turn is not left behind by those who leave, and a transaction that is left in the
/// middle is no step that differs.
#[test]
fn a_replay_can_be_stopped() {
    let text = r#"
        let people = accounts("person", 4, #{ balance: ether(1) });
        let circle = account("circle", #{ nonce: 1, code: hex("5b600056") });
        for n in 0..4 { send(people[n], circle, #{ gas_limit: 5_000_000 }); }
    "#;
    let (batch, _) = script::evaluate(text, gallery::contracts());
    let (_, recording) = recorded(&batch, &options("block-stm"));
    for moment in (0..40).map(|n| Duration::from_micros(500 * n)) {
        let control = Control::default();
        let machine = Machine {
            threads: &ScopedThreads { most: 8 },
            now: &|| 0.0,
            control: &control,
            memory: None,
        };
        let result = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(moment);
                control.stop();
            });
            schedule::replay(&batch, gallery::contracts(), &recording, &machine)
        });
        assert!(
            matches!(result, Ok(RunResult::Stopped | RunResult::Report { .. })),
            "{moment:?}: {result:?}"
        );
    }
}

#[test]
fn a_simulated_run_is_not_recorded() {
    let options = RunOptions {
        runner: RunnerKind::Simulated,
        ..options("block-stm")
    };
    let (result, recording) = on_machine(|machine| {
        schedule::record(
            &example("hot-counter"),
            gallery::contracts(),
            &options,
            machine,
        )
    });
    assert!(
        matches!(result, Ok(RunResult::Problems { .. })),
        "{result:?}"
    );
    assert_eq!(recording, None);
}

#[test]
fn a_file_that_holds_no_schedule_is_refused() {
    for (text, says) in [
        ("let n = 5;", "is JSON"),
        ("{}", "no recorded schedule"),
        (r#"{"schedule": {}}"#, "missing field"),
    ] {
        let problem = Recording::read(text).expect_err("it is none");
        assert!(problem.message.contains(says), "{}", problem.message);
    }
}
