//! What a report says beside the run itself: facts that must agree with runs made to see them.

use std::collections::BTreeSet;

use interleave_engine::strategy;
use interleave_playground::{
    self as playground, gallery,
    report::{
        CompareResult, Comparison, ConflictUnit, Curve, CurveOptions, CurveResult, Pattern, Report,
        RunOptions, RunnerKind, Setting,
    },
};
use interleave_tests::{example, on_machine, random::scripts, report};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};

/// A batch in which every switch makes a difference.
const SWITCHES: &str = r#"
    let rich = account("rich", #{ balance: ether(100) });
    let poor = account("poor", #{ balance: 0 });
    let payee = account("payee", #{});
    let people = accounts("person", 30, #{ balance: ether(1) });
    let token = deploy("Token", [], #{ from: rich });
    for person in people { prepare(rich, token, "mint", [person, 100]); }
    for person in people { transfer(rich, person, 1); }
    for person in people { transfer(person, payee, 1); transfer(person, payee, 1); }
    let others = accounts("other", 30, #{ balance: 0 });
    for turn in 0..3 { for i in 0..30 { send(people[i], token, "transfer", [others[i], 1]); } }
    // What it spends it was just paid.
    transfer(rich, poor, ether(1));
    for turn in 0..4 { transfer(poor, payee, 1); }
"#;

#[test]
fn the_bound_of_each_setting_is_that_of_a_run_under_it() {
    let usual = RunOptions {
        strategy: "sequential".into(),
        ..RunOptions::default()
    };
    let account = RunOptions {
        unit: ConflictUnit::Account,
        ..usual.clone()
    };
    let commutative = RunOptions {
        commutative_balances: true,
        ..usual.clone()
    };
    let settings = [
        (
            Setting::Naive,
            RunOptions {
                deferred_fees: false,
                ..account.clone()
            },
        ),
        (Setting::Account, account),
        (Setting::Split, usual),
        (
            Setting::AllSwitches,
            RunOptions {
                expected_nonces: true,
                ..commutative.clone()
            },
        ),
        (Setting::Commutative, commutative),
    ];
    let mut scripts: Vec<String> = gallery::examples()
        .into_iter()
        .map(|it| it.script)
        .collect();
    scripts.push(SWITCHES.into());
    for script in scripts {
        for (setting, options) in &settings {
            let report = report(&script, options);
            let bound = report.bounds.iter().find(|it| it.setting == *setting);
            let bound = bound.expect("every setting has a bound").speedup;
            let ran = report.summary.critical_path_bound;
            assert_eq!(bound, ran, "{}: {setting:?}", report.title);
        }
        let bounds = report(&script, &RunOptions::default()).bounds;
        let finer = bounds[..5]
            .windows(2)
            .all(|pair| pair[0].speedup <= pair[1].speedup);
        assert!(finer, "{bounds:?}");
    }
}

/// What reports call the sum of the fees.
const FEES: &str = "fees of the beneficiary";

#[test]
fn dependencies_are_the_origins_of_committed_reads() {
    let mut seen_sums = 0;
    for unit in [ConflictUnit::Split, ConflictUnit::Account] {
        let options = RunOptions {
            unit,
            workers: 4,
            ..RunOptions::default()
        };
        let scripts = gallery::examples().into_iter().map(|it| it.script);
        for script in scripts.chain([SWITCHES.into()]) {
            let report = report(&script, &options);
            let accesses = &report.accesses;
            let reads = (0..accesses.tx.len()).filter_map(|row| {
                let name = &accesses.names[accesses.name[row] as usize];
                Some((accesses.tx[row], accesses.origin[row]?, name.as_str()))
            });
            let edges = &report.dependencies;
            let edges = (0..edges.reader.len()).map(|row| {
                let location = &report.locations[edges.location[row] as usize];
                (edges.reader[row], edges.writer[row], location.name.as_str())
            });
            // A sum has no origin: who asks for it has one edge, from the one that it waits for.
            let (sums, edges): (Vec<_>, Vec<_>) = edges.partition(|(_, _, name)| *name == FEES);
            let askers: BTreeSet<_> = sums.iter().map(|(reader, ..)| reader).collect();
            assert_eq!(askers.len(), sums.len(), "{}: {sums:?}", report.title);
            assert!(sums.iter().all(|(reader, writer, _)| writer < reader));
            seen_sums += sums.len();
            let (reads, edges): (BTreeSet<_>, BTreeSet<_>) =
                (reads.collect(), edges.into_iter().collect());
            assert_eq!(reads, edges, "{}", report.title);
        }
    }
    assert!(seen_sums > 0, "an example looks at the fees");
}

#[test]
fn every_switch_makes_a_difference_somewhere() {
    let bounds = report(SWITCHES, &RunOptions::default()).bounds;
    let speedups: Vec<f64> = bounds.iter().map(|it| it.speedup).collect();
    assert!(
        speedups[..5].windows(2).all(|pair| pair[0] < pair[1]),
        "{speedups:?}"
    );
}

#[test]
fn the_state_root_is_that_of_the_whole_state() {
    let script = example("token-ring");
    let root = |strategy: &str| {
        let options = RunOptions {
            strategy: strategy.into(),
            workers: 4,
            ..RunOptions::default()
        };
        report(&script, &options).summary.state_root
    };
    let first = root("block-stm").expect("a script has all of its state");
    assert_eq!(first.len(), 66);
    assert_eq!(Some(first), root("sequential"));
}

#[test]
fn hot_locations_have_the_pattern_a_person_would_name() {
    let options = RunOptions {
        workers: 8,
        ..RunOptions::default()
    };
    for (id, name, pattern) in [
        ("hot-counter", "Airdrop.claimed", Pattern::GlobalCounter),
        ("nft-mint", "nft.nextId", Pattern::SequenceNumber),
        ("swaps-one-pool", "pool.reserve0", Pattern::SharedPool),
        (
            "token-hot-receiver",
            "token.balanceOf",
            Pattern::SinglePayee,
        ),
    ] {
        let report = report(&example(id), &options);
        let worst = &report.locations[0];
        assert!(worst.name.starts_with(name), "{id}: {worst:?}");
        assert_eq!(worst.pattern, Some(pattern), "{id}: {worst:?}");
        assert!(worst.loss_share > 0.9, "{id}: {worst:?}");
        let told: String = report.verdict.iter().map(|it| it.text.as_str()).collect();
        let remedy = worst.remedy.as_deref().expect("a pattern has a remedy");
        assert!(told.contains(remedy), "{told}");
    }
}

#[test]
fn the_lines_that_read_and_write_a_hot_slot_are_shown() {
    let options = RunOptions {
        workers: 8,
        ..RunOptions::default()
    };
    for (id, name, read, write) in [
        (
            "hot-counter",
            "Airdrop.claimed",
            ("Airdrop.sol", "uint256 left = supply - claimed;"),
            ("Airdrop.sol", "claimed += amount;"),
        ),
        (
            "swaps-one-pool",
            "pool.reserve0",
            (
                "Pool.sol",
                "amountOut = quote(amountIn, reserve0, reserve1);",
            ),
            ("Pool.sol", "reserve0 += amountIn;"),
        ),
        (
            // The pool calls the token: the line is in the token's code.
            "swaps-one-pool",
            "usd.balanceOf[pool]",
            ("Token.sol", "balanceOf[to] += amount;"),
            ("Token.sol", "balanceOf[to] += amount;"),
        ),
    ] {
        let report = report(&example(id), &options);
        let found = report.locations.iter().find(|it| it.name == name);
        let found = found.unwrap_or_else(|| panic!("{id}: {name} in {:?}", report.locations));
        let line = |line: &Option<playground::report::SourceLine>| {
            let line = line.as_ref().expect("its source is known");
            (line.file.clone(), line.text.clone())
        };
        let owned = |(file, text): (&str, &str)| (file.to_owned(), text.to_owned());
        assert_eq!(line(&found.read_at), owned(read), "{id}: {name}");
        assert_eq!(line(&found.written_at), owned(write), "{id}: {name}");
    }
}

#[test]
fn functions_and_contracts_add_up_to_the_run() {
    let options = RunOptions {
        workers: 8,
        ..RunOptions::default()
    };
    for example in gallery::examples() {
        let report = report(&example.script, &options);
        let it = &report.summary;
        let functions = &report.functions;
        let sum = |of: fn(&playground::report::FunctionFacts) -> u32| {
            functions.iter().map(of).sum::<u32>()
        };
        assert_eq!(sum(|it| it.transactions), it.transactions, "{}", example.id);
        assert_eq!(sum(|it| it.incarnations), it.incarnations, "{}", example.id);
        assert_eq!(sum(|it| it.blocked), it.blocked, "{}", example.id);
        assert_eq!(
            sum(|it| it.aborts),
            it.aborts + it.cancelled,
            "{}",
            example.id
        );
        let wasted: f64 = functions.iter().map(|it| it.wasted_gas).sum();
        assert_eq!(wasted, it.wasted_gas, "{}", example.id);
        assert!(
            report.contracts.iter().all(|it| it.wasted_gas <= wasted),
            "{}",
            example.id
        );
        assert!(report.latency.is_some(), "{}", example.id);
    }
}

/// Whatever was lost has one reason, which stands at its location and is counted there.
fn tables_add_up(report: &Report) -> Result<(), TestCaseError> {
    let it = &report.summary;
    let (lost, reasons) = (it.aborts + it.cancelled + it.blocked, &report.aborts);
    let ended: BTreeSet<_> = reasons.tx.iter().zip(&reasons.incarnation).collect();
    prop_assert_eq!(ended.len(), reasons.tx.len(), "each incarnation ends once");
    // Who was redone for what it had not declared was in nobody's way.
    let undeclared = it.strategy == "account-locks";
    let told = reasons.tx.len() as u32;
    prop_assert!(
        told == lost || undeclared && told < lost,
        "{told} of {lost}"
    );
    let blocked = reasons.blocked.iter().filter(|blocked| **blocked).count();
    prop_assert_eq!(blocked as u32, it.blocked);
    let named = reasons.location.iter().flatten().count();
    prop_assert_eq!(named as u32, told);
    let by_location: u32 = report.locations.iter().map(|it| it.aborts).sum();
    prop_assert_eq!(by_location, told);
    let functions = &report.functions;
    let aborts: u32 = functions.iter().map(|it| it.aborts).sum();
    prop_assert_eq!(aborts, it.aborts + it.cancelled);
    let blocked: u32 = functions.iter().map(|it| it.blocked).sum();
    prop_assert_eq!(blocked, it.blocked);
    let caused = |it: &playground::report::FunctionFacts| it.aborts_caused + it.blocked_caused;
    let caused: u32 = functions.iter().map(caused).sum();
    let writers = reasons.writer.iter().flatten().count();
    prop_assert_eq!(caused as usize, writers);
    let wasted: f64 = functions.iter().map(|it| it.wasted_gas).sum();
    prop_assert_eq!(wasted, it.wasted_gas);
    Ok(())
}

proptest! {
    #![proptest_config(Config { cases: 24, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() })]

    #[test]
    fn tables_of_random_blocks_add_up_with_the_summary(script in scripts(), by_value: bool) {
        for strategy in strategy::ALL {
            for runner in [RunnerKind::Simulated, RunnerKind::Threads] {
                let options = RunOptions {
                    strategy: strategy.id.into(),
                    runner,
                    workers: 4,
                    commutative_balances: by_value,
                    expected_nonces: by_value,
                    ..RunOptions::default()
                };
                let report = report(&script.0, &options);
                let told = tables_add_up(&report);
                prop_assert!(told.is_ok(), "{} {runner:?}: {told:?}", strategy.id);
            }
        }
    }
}

#[test]
fn whoever_looks_at_a_balance_that_is_paid_is_lost_there_under_each_block_stm() {
    let script = r#"
        let till = deploy(assemble("SELFBALANCE POP"), [], #{ name: "till" });
        for person in accounts("person", 16) { send(person, till, #{ value: 1 }); }
    "#;
    for strategy in ["block-stm", "block-stm-v2"] {
        for commutative_balances in [false, true] {
            let options = RunOptions {
                strategy: strategy.into(),
                workers: 4,
                commutative_balances,
                ..RunOptions::default()
            };
            let report = report(script, &options);
            let it = &report.summary;
            let lost = it.aborts + it.blocked + it.cancelled;
            let worst = &report.locations[0];
            assert_eq!(worst.name, "balance of till", "{strategy}");
            assert!(lost > 0 && worst.aborts == lost, "{strategy}: {worst:?}");
        }
    }
}

#[test]
fn a_location_that_matters_only_without_another_is_listed() {
    // The sum that the beneficiary asks for waits elsewhere once something else is ignored.
    let script = r#"
        let people = accounts("person", 3, #{ balance: ether(1) });
        block(#{ hardfork: "homestead", base_fee: 0, beneficiary: people[0] });
        let data = encode("(uint256,address)", [0, people[0]]);
        send(people[1], people[0], #{ gas_price: 10, gas_limit: 200_000, data: data });
        send(people[1], people[2], #{ gas_price: 10, gas_limit: 200_000, data: data });
    "#;
    let options = RunOptions {
        workers: 4,
        commutative_balances: true,
        expected_nonces: true,
        ..RunOptions::default()
    };
    let report = report(script, &options);
    let fees = report.locations.iter().find(|it| it.name == FEES);
    let fees = fees.expect("it is listed");
    assert_eq!((fees.dependencies, fees.loss_share), (0, 1.0));
}

/// What is read of a slot that keeps its value depends on nobody who pays its owner.
#[test]
fn who_loads_a_slot_that_keeps_its_value_is_not_overtaken_by_a_payment() {
    let script = r#"
        let people = accounts("person", 3);
        let kept = deploy(assemble(`CALLVALUE PUSH @set JUMPI PUSH 0 SLOAD POP STOP
            set: PUSH 7 PUSH 0 SSTORE`), [], #{ name: "kept" });
        let payer = deploy(assemble(`PUSH 32 CALLDATASIZE GT PUSH @slow JUMPI
            PUSH 0 PUSH 0 PUSH 0 PUSH 0 PUSH 0 SLOAD PUSH 1 ADD PUSH 0 CALLDATALOAD GAS CALL STOP
            slow: PUSH 4000 again: PUSH 1 SWAP1 SUB DUP1 PUSH @again JUMPI PUSH 1 PUSH 0 SSTORE`),
            [], #{ name: "payer", value: 10 });
        send(people[0], payer, #{ data: encode("(address,address)", [kept, kept]), gas_limit: 1_000_000 });
        send(people[1], payer, #{ data: encode("(address)", [kept]), gas_limit: 1_000_000 });
        send(people[2], kept, #{ gas_limit: 100_000 });
    "#;
    for commutative_balances in [false, true] {
        let options = RunOptions {
            strategy: "block-stm-v2".into(),
            workers: 2,
            commutative_balances,
            ..RunOptions::default()
        };
        let report = report(script, &options);
        let summary = &report.summary;
        assert_eq!((summary.succeeded, summary.incarnations), (3, 4));
        // Who paid with what it read too early, and nobody else.
        assert_eq!(report.aborts.tx, [1], "{:?}", report.locations);
        let slot = report.aborts.location[0].expect("it is listed") as usize;
        assert_eq!(report.locations[slot].name, "payer.0x0");
    }
}

fn comparison(script: &str, options: &RunOptions) -> Comparison {
    match on_machine(|machine| playground::compare(script, &[], options, machine)) {
        Ok(CompareResult::Comparison { comparison, .. }) => *comparison,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_comparison_has_the_numbers_of_single_runs() {
    let script = example("mixed-block");
    let options = RunOptions {
        workers: 4,
        ..RunOptions::default()
    };
    let comparison = comparison(&script, &options);
    assert_eq!(
        comparison.runs.len(),
        playground::catalog().strategies.len()
    );
    for it in &comparison.runs {
        let alone = RunOptions {
            strategy: it.strategy.clone(),
            ..options.clone()
        };
        assert_eq!(*it, report(&script, &alone).summary, "{}", it.strategy);
    }
}

fn curve(script: &str, options: &CurveOptions) -> Curve {
    match on_machine(|machine| playground::curve(script, &[], options, machine)) {
        Ok(CurveResult::Curve { curve, .. }) => *curve,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_curve_stays_below_its_bound_and_measures_what_the_machine_has() {
    let options = CurveOptions {
        run: RunOptions::default(),
        workers: vec![1, 2, 8, 1_024],
    };
    let curve = curve(&example("independent-transfers"), &options);
    assert!(curve.matches);
    let workers: Vec<u32> = curve.points.iter().map(|it| it.workers).collect();
    assert_eq!(workers, options.workers);
    for point in &curve.points {
        assert!(point.simulated <= point.bound, "{point:?}");
        assert!(point.bound <= f64::from(point.workers), "{point:?}");
        if let Some(it) = point.measured {
            assert!(
                it.slowest <= it.median && it.median <= it.fastest,
                "{point:?}"
            );
        }
    }
    assert!(curve.points[0].measured.is_some());
    assert!(curve.points[3].measured.is_none());
    assert!(curve.points[2].simulated > 4.0 * curve.points[0].simulated);
}

#[test]
fn what_cannot_run_is_said_before_anything_runs() {
    let result = on_machine(|machine| {
        playground::compare("let a = ;", &[], &RunOptions::default(), machine)
    });
    assert!(
        matches!(result, Ok(CompareResult::Problems { .. })),
        "{result:?}"
    );
    let options = CurveOptions {
        run: RunOptions::default(),
        workers: vec![0],
    };
    let result = on_machine(|machine| playground::curve("", &[], &options, machine));
    assert!(
        matches!(result, Ok(CurveResult::Problems { .. })),
        "{result:?}"
    );
}

#[test]
fn where_nothing_could_run_nothing_is_said_of_its_speed() {
    let script = r#"
        let poor = account("poor", #{ balance: 0 });
        for i in 0..5 { transfer(poor, account("other"), ether(1)); }
    "#;
    for strategy in ["block-stm", "sequential", "block-access-list"] {
        let report = report(
            script,
            &RunOptions {
                strategy: strategy.into(),
                ..RunOptions::default()
            },
        );
        assert_eq!((report.summary.skipped, report.summary.gas_used), (5, 0.0));
        let said: String = report.verdict.iter().map(|part| &*part.text).collect();
        assert_eq!(
            said, "No transaction could run: all were skipped.",
            "{strategy}"
        );
    }
}

#[test]
fn a_list_lets_no_transaction_run_on_two_workers() {
    let script = r#"
        let people = accounts("person", 3);
        for person in people { transfer(person, account("shop"), 1); }
    "#;
    let options = RunOptions {
        strategy: "block-access-list".into(),
        workers: 8,
        ..RunOptions::default()
    };
    let report = report(script, &options);
    assert!((report.summary.ideal_speedup - 3.0).abs() < 1e-9);
    let said: String = report.verdict.iter().map(|part| &*part.text).collect();
    assert!(said.contains("its heaviest transaction allows"), "{said}");
}
