//! The simulated runner charges what it is told to, and nothing else, and always does the same.

use alloy_primitives::keccak256;
use interleave_engine::strategy;
use interleave_playground::{
    self as playground, gallery,
    report::{Clock, CostModel, RunOptions, Summary},
};
use interleave_tests::{on_machine, on_one_thread, report, reported};
use serde_json::{Value, json};

const PARTS: [&str; 13] = [
    "start", "arrive", "wake", "notify", "task", "read", "write", "validate", "abort", "declare",
    "plan", "sharing", "crowding",
];

/// An example in gas time, where nothing but these parts of the machinery costs anything.
fn run(example: &str, strategy: &str, workers: u32, overhead: &[(&str, f64)]) -> Summary {
    let mut options = RunOptions {
        strategy: strategy.into(),
        workers,
        overhead: PARTS.iter().map(|name| ((*name).into(), 0.0)).collect(),
        ..RunOptions::default()
    };
    for (name, value) in overhead {
        options.overhead.insert((*name).into(), *value);
    }
    let summary = report(&interleave_tests::example(example), &options).summary;
    assert!(summary.matches);
    summary
}

#[test]
fn without_overhead_one_worker_takes_the_gas_of_the_block() {
    for strategy in [
        "sequential",
        "block-stm",
        "block-stm-v2",
        "optimistic",
        "dag",
    ] {
        let summary = run("mixed-block", strategy, 1, &[]);
        assert_eq!(summary.makespan, summary.gas_used, "{strategy}");
        assert_eq!(summary.speedup, 1.0, "{strategy}");
    }
}

#[test]
fn each_part_of_the_overhead_is_charged_for_itself() {
    let unit = run("mixed-block", "block-stm", 1, &[])
        .overhead
        .expect("simulated")
        .unit;
    let extra = |strategy, workers, part| {
        let free = run("mixed-block", strategy, workers, &[]);
        let summary = run("mixed-block", strategy, workers, &[(part, 1.0)]);
        (summary.makespan - free.makespan) / unit
    };
    let one = run("mixed-block", "block-stm", 1, &[]);
    // One worker does one task after the other, and the last to end is a validation.
    let tasks = f64::from(one.incarnations + one.validations);
    assert!((extra("block-stm", 1, "task") - tasks).abs() < 1e-6);
    // A transaction reads and writes an account at least.
    for part in ["read", "write", "validate"] {
        assert!(
            extra("block-stm", 1, part) >= f64::from(one.transactions),
            "{part}"
        );
    }
    // Nothing is validated here.
    assert_eq!(extra("sequential", 1, "validate"), 0.0);
    // One worker has nobody to wait for, and no abort.
    for part in [
        "start", "arrive", "wake", "notify", "abort", "declare", "plan", "sharing", "crowding",
    ] {
        assert_eq!(extra("block-stm", 1, part), 0.0, "{part}");
    }
    // A list leaves nothing to wait for and nothing to record: its values are there before all else.
    let list = run("mixed-block", "block-access-list", 2, &[]).list;
    let values = list.expect("it was replayed").values;
    assert!(values > one.transactions);
    assert_eq!(extra("block-access-list", 2, "write"), 0.0);
    // Values are compared, as are the accesses.
    assert!(extra("block-access-list", 1, "declare") > f64::from(values));
    assert_eq!(extra("block-access-list", 2, "start"), 1.0);
    assert!(extra("block-access-list", 2, "crowding") > 0.0);
}

#[test]
fn who_plans_pays_for_the_plan_before_anybody_works() {
    let makespan = |strategy, parts: &[_]| run("mixed-block", strategy, 2, parts).makespan;
    for strategy in ["dag", "account-locks", "shards"] {
        let plan = makespan(strategy, &[("plan", 1.0)]) - makespan(strategy, &[]);
        let unit = makespan(strategy, &[("start", 1.0)]) - makespan(strategy, &[]);
        // A transaction has its sender's nonce and balance in its hint, which it reads and writes.
        let transactions = f64::from(run("mixed-block", strategy, 2, &[]).transactions);
        assert!(plan >= 4.0 * transactions * unit, "{strategy}: {plan}");
    }
    for strategy in ["block-stm", "block-stm-v2", "optimistic", "two-phase"] {
        let free = makespan(strategy, &[]);
        assert_eq!(makespan(strategy, &[("plan", 1.0)]), free, "{strategy}");
    }
}

#[test]
fn the_first_worker_does_not_wait_for_the_others_to_arrive() {
    let makespan = |workers, parts: &[_]| run("mixed-block", "optimistic", workers, parts).makespan;
    let alone = makespan(1, &[]);
    // Others that never come in time are none.
    assert_eq!(makespan(2, &[("arrive", 1e6)]), alone);
    assert!(makespan(2, &[]) < alone);
    assert!(makespan(2, &[("start", 1.0)]) > makespan(2, &[]));
}

#[test]
fn who_is_not_alone_shares_the_machinery() {
    let makespan = |parts: &[_]| run("transfer-chain", "optimistic", 2, parts).makespan;
    // What costs nothing is not slower beside others.
    assert_eq!(makespan(&[("sharing", 1.0)]), makespan(&[]));
    let reads = [("read", 1.0)];
    assert!(makespan(&[("read", 1.0), ("sharing", 1.0)]) > makespan(&reads));
}

#[test]
fn who_waits_is_woken_up_late() {
    let late = |wake| run("transfer-chain", "dag", 2, &[("wake", wake)]).makespan;
    // Who ends a transaction of a chain takes the next one itself, so sleepers do not matter.
    assert_eq!(late(0.0), late(50.0));
    // A barrier keeps everybody waiting.
    let shards = |wake| run("mixed-block", "shards", 4, &[("wake", wake)]).makespan;
    assert!(shards(50.0) > shards(0.0));
}

#[test]
fn who_waits_is_woken_for_work_alone() {
    let makespan = |example, strategy, workers, notify| {
        let overhead = [("wake", 50.0), ("notify", notify)];
        run(example, strategy, workers, &overhead).makespan
    };
    for (example, strategy) in [("hot-counter", "dag"), ("mixed-block", "sequential")] {
        let notified = makespan(example, strategy, 4, 1.0);
        let free = makespan(example, strategy, 4, 0.0);
        assert_eq!(notified, free, "{strategy}: one works at a time");
    }
    // Beyond a barrier there is work for several, and each that gets some wakes the next.
    for workers in [2, 4] {
        let notified = makespan("mixed-block", "shards", workers, 1.0);
        assert!(notified > makespan("mixed-block", "shards", workers, 0.0));
    }
}

#[test]
fn an_abort_costs_whoever_finds_out() {
    // Nobody else can go on meanwhile.
    let makespan = |abort| run("hot-counter", "two-phase", 1, &[("abort", abort)]).makespan;
    assert!(makespan(5.0) > makespan(0.0));
}

#[test]
fn a_clock_that_stands_still_cannot_measure() {
    let options = RunOptions {
        costs: CostModel::Measured,
        ..RunOptions::default()
    };
    let examples = gallery::examples();
    let ran = on_machine(|machine| playground::run(&examples[0].script, &[], &options, machine));
    let error = ran.expect_err("nothing was measured").to_string();
    assert!(error.starts_with("the clock does not advance"), "{error}");
    assert_eq!(run("hot-counter", "block-stm", 4, &[]).clock, Clock::Gas);
}

/// What is done differently in some of the runs below.
fn variants() -> [Value; 12] {
    let fail = json!({ "kind": "fail", "worker": 1, "after": 3 });
    let pause = |after, time| json!({ "kind": "pause", "worker": 0, "after": after, "time": time });
    let slow = json!({ "kind": "slow", "worker": 2, "factor": 3 });
    let slower = json!({ "kind": "slow", "worker": 0, "factor": 2 });
    let panic = |times| json!({ "kind": "panic", "tx": 7, "times": times });
    let overhead =
        json!({ "wake": 2, "notify": 0.5, "abort": 1, "sharing": 0.25, "crowding": 0.5 });
    [
        json!({}),
        json!({ "overhead": overhead }),
        json!({ "commutativeBalances": true }),
        json!({ "expectedNonces": true }),
        json!({ "commutativeBalances": true, "expectedNonces": true }),
        json!({ "unit": "account", "commutativeBalances": true, "expectedNonces": true }),
        json!({ "unit": "account", "deferredFees": false }),
        json!({ "faults": [fail, pause(1, 20), pause(4, 90), slow, panic(1)] }),
        json!({ "faults": [slow, panic(2)] }),
        json!({ "runner": "threads", "workers": 1 }),
        json!({ "runner": "threads", "workers": 1, "faults": [pause(1, 2), slower, panic(1)] }),
        json!({ "runner": "threads", "workers": 1, "faults": [panic(2)] }),
    ]
}

/// What the same options give everywhere: `crate/wasm` compares its own reports with these.
///
/// Each example runs under one strategy, which its name alone decides, so that a new one changes no other
/// line; four in which a bit of everything happens run under all of them, in all variants.
/// Whoever changes a report writes the file again:
/// `INSTA_UPDATE=always cargo test -p interleave-tests --test simulated`.
#[test]
fn reports_are_the_same_everywhere_byte_for_byte() {
    let mut lines = String::new();
    for example in gallery::examples() {
        let at = example.id.bytes().map(usize::from).sum::<usize>();
        let (strategies, variants) = match example.id.as_str() {
            "deferred-fees" | "hot-counter" | "mixed-block" | "transfer-chain" => {
                (strategy::ALL, variants().to_vec())
            }
            _ => {
                let one = at % strategy::ALL.len();
                (&strategy::ALL[one..=one], vec![json!({})])
            }
        };
        for entry in strategies {
            for variant in &variants {
                let mut options = json!({ "runner": "simulated", "workers": 3, "seed": 7 });
                let fields = options.as_object_mut().expect("an object");
                fields.extend(variant.as_object().expect("an object").clone());
                options["strategy"] = entry.id.into();
                let read = serde_json::from_value(options.clone()).expect("options");
                let report = on_one_thread(1, |machine| {
                    reported(playground::run(&example.script, &[], &read, machine))
                });
                let text = serde_json::to_string(&report).expect("JSON");
                lines += &format!("{} {options} {}\n", example.id, keccak256(text));
            }
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("reports", lines));
}
