//! Every example under every strategy, runner and number of workers; and what its report says.

use interleave_engine::strategy;
use interleave_playground::{
    self as playground,
    batch::{lower, script},
    gallery,
    report::{ConflictUnit, HintSource, Report, RunOptions, RunResult, RunnerKind, Summary},
};
use interleave_tests::{check, on_machine};

#[test]
fn every_example_equals_sequential_execution() {
    for example in gallery::examples() {
        let (batch, problems) = script::evaluate(&example.script, gallery::contracts());
        assert!(problems.is_empty(), "{}: {problems:?}", example.id);
        println!("{}", example.id);
        check(
            &lower(&batch, gallery::contracts()).expect("the preparation of an example succeeds"),
        );
    }
}

#[test]
fn what_a_script_watches_and_expects_is_in_the_report_of_every_strategy() {
    let script = r#"
        let a = account("a"); let b = account("b", #{ balance: 0 });
        let token = deploy("Token", [], #{ from: a, name: "token" });
        let factory = deploy("WalletFactory", [], #{ name: "factory" });
        prepare(a, token, "mint", [a, 100]);
        send(a, token, "transfer(address,uint256)", [b, 5]);
        send(a, token, "transfer(address,uint256)", [a, 1_000]);
        send(a, factory, "create()", []);
        send(a, token, "balanceOf(address)", [b]);
        watch("b", token, "balanceOf", [b]);
        expect(token, "balanceOf", [b], 5);
expect(token, "balanceOf", [b], 6);
    "#;
    for strategy in strategy::ALL {
        let options = RunOptions {
            strategy: strategy.id.into(),
            workers: 3,
            ..RunOptions::default()
        };
        let ran = on_machine(|machine| playground::run(script, &[], &options, machine));
        let Ok(RunResult::Report { report, problems }) = ran else {
            panic!("{ran:?}");
        };
        let watch = &report.watches[0];
        assert_eq!((watch.before.as_str(), watch.after.as_str()), ("0", "5"));
        assert_eq!(watch.change.as_deref(), Some("+5"));
        let holds: Vec<_> = report.expectations.iter().map(|it| it.holds).collect();
        assert_eq!((holds, report.summary.unmet), (vec![true, false], 1));
        let [problem] = problems.as_slice() else {
            panic!("{problems:?}");
        };
        assert_eq!(
            problem.place.map(|place| (place.line, place.column)),
            Some((12, 1))
        );
        assert_eq!(
            problem.message,
            "after the block, token.balanceOf(b) is 5, expected 6"
        );

        // What transactions said is decoded, and what they made has a name.
        assert_eq!(report.logs.tx[0], 0);
        assert_eq!(report.logs.from[0], "token");
        assert_eq!(report.logs.text[0], "Transfer(from: a, to: b, amount: 5)");
        assert_eq!(report.txs.returned[0], "true");
        assert_eq!(report.txs.returned[2], "wallet: factory#1");
        assert_eq!(report.txs.returned[3], "amount: 5");
        assert_eq!(
            report.txs.reason[1],
            "InsufficientBalance(holder: a, balance: 95, needed: 1000)"
        );
    }
}

fn report(example: &str, runner: RunnerKind, workers: u32) -> Report {
    run(
        example,
        &RunOptions {
            runner,
            workers,
            ..RunOptions::default()
        },
    )
}

fn run(example: &str, options: &RunOptions) -> Report {
    interleave_tests::report(&interleave_tests::example(example), options)
}

fn verdict(report: &Report) -> String {
    report
        .verdict
        .iter()
        .map(|part| part.text.as_str())
        .collect()
}

#[test]
fn independent_transfers_use_all_workers() {
    let report = report("independent-transfers", RunnerKind::Simulated, 8);
    let summary = &report.summary;
    assert!(summary.matches);
    assert_eq!((summary.aborts, summary.blocked), (0, 0));
    assert!(summary.speedup > 6.0, "{}", verdict(&report));
    assert!(
        verdict(&report).ends_with("No transaction read what another wrote."),
        "{}",
        verdict(&report)
    );
}

#[test]
fn the_hot_counter_is_named() {
    let report = report("hot-counter", RunnerKind::Simulated, 8);
    println!("{}", verdict(&report));
    assert!(
        report.summary.critical_path_bound < 1.5,
        "every claim reads what the one before wrote"
    );
    assert!(
        report.locations[0].name.ends_with(".claimed"),
        "{:?}",
        report.locations[0]
    );
    assert!(
        report.locations[0].loss_share > 0.9,
        "{:?}",
        report.locations[0]
    );
    assert!(report.summary.aborts + report.summary.blocked > 0);
}

#[test]
fn the_same_simulated_run_gives_the_same_report() {
    for example in gallery::examples() {
        let first = report(&example.id, RunnerKind::Simulated, 4);
        assert_eq!(
            first,
            report(&example.id, RunnerKind::Simulated, 4),
            "{}",
            example.id
        );
        println!("{}: {}", example.id, verdict(&first));
    }
}

#[test]
fn columns_of_a_report_have_one_length() {
    let report = report("mixed-block", RunnerKind::Simulated, 3);
    let spans = &report.spans;
    let count = spans.tx.len();
    assert!(count > 0);
    assert_eq!(
        [
            spans.worker.len(),
            spans.kind.len(),
            spans.start.len(),
            spans.end.len()
        ],
        [count; 4]
    );
    assert_eq!(
        [
            spans.incarnation.len(),
            spans.writer.len(),
            spans.location.len()
        ],
        [count; 3]
    );
    let txs = report.summary.transactions as usize;
    assert_eq!(
        [
            report.txs.label.len(),
            report.txs.committed_at.len(),
            report.txs.critical.len()
        ],
        [txs; 3]
    );
    let edges = report.dependencies.reader.len();
    assert_eq!(
        [
            report.dependencies.location.len(),
            report.dependencies.critical.len()
        ],
        [edges; 2]
    );
    assert!(
        report
            .dependencies
            .location
            .iter()
            .all(|at| (*at as usize) < report.locations.len())
    );
    assert!(report.lanes.idle.iter().all(|idle| *idle >= 0.0));
}

#[test]
fn paying_the_beneficiary_at_once_chains_all_transactions() {
    let options = |deferred_fees| RunOptions {
        workers: 8,
        deferred_fees,
        ..RunOptions::default()
    };
    let bound = |deferred| {
        let report = run("independent-transfers", &options(deferred));
        assert!(report.summary.matches);
        report.summary.critical_path_bound
    };
    assert!(bound(true) > 100.0);
    assert_eq!(bound(false), 1.0);
}

#[test]
fn with_whole_accounts_as_the_unit_every_call_of_a_contract_conflicts() {
    let options = |unit| RunOptions {
        workers: 8,
        unit,
        ..RunOptions::default()
    };
    let split = run("token-ring", &options(ConflictUnit::Split)).summary;
    let whole = run("token-ring", &options(ConflictUnit::Account)).summary;
    assert!(split.matches && whole.matches);
    assert!(
        split.critical_path_bound > 20.0,
        "{}",
        split.critical_path_bound
    );
    assert_eq!(whole.critical_path_bound, 1.0);
}

#[test]
fn strategies_differ_where_the_books_say_so() {
    let summary = |strategy: &str, example: &str| {
        let options = RunOptions {
            strategy: strategy.into(),
            workers: 8,
            ..RunOptions::default()
        };
        let summary = run(example, &options).summary;
        assert!(summary.matches, "{strategy} on {example}");
        summary
    };
    // True declarations: nothing is ever redone.
    let locks = summary("account-locks", "hot-counter");
    assert_eq!(locks.incarnations, locks.transactions);
    let graph = summary("dag", "hot-counter");
    assert_eq!(graph.incarnations, graph.transactions);
    assert_eq!(locks.preparation, graph.preparation);
    assert!(graph.preparation > 0.0);
    // All claims but the first see the counter as it was before the block.
    let two = summary("two-phase", "hot-counter");
    assert_eq!(two.aborts, two.transactions - 1);
    assert!(two.speedup < 1.0);
    // Nothing is validated where a writer tells its readers.
    let second = summary("block-stm-v2", "hot-counter");
    assert_eq!(second.validations, 0);
    assert!(second.aborts + second.cancelled + second.blocked > 0);
    // At most two executions each.
    let optimistic = summary("optimistic", "hot-counter");
    assert!(optimistic.incarnations <= 2 * optimistic.transactions);
    // A list knows the values of the chain before it is computed.
    let list = summary("block-access-list", "hot-counter");
    assert_eq!(
        (list.incarnations, list.validations),
        (list.transactions, 0)
    );
    assert!(
        list.speedup > 2.0 && list.critical_path_bound < 1.5,
        "{}",
        list.speedup
    );
    let replay = RunOptions {
        strategy: "block-access-list".into(),
        workers: 8,
        ..RunOptions::default()
    };
    let told = verdict(&run("hot-counter", &replay));
    let end = "Without the list, which tells every value beforehand, it would be 1.0×.";
    assert!(told.ends_with(end), "{told}");
    assert!(summary("shards", "independent-transfers").speedup > 0.5);
}

#[test]
fn with_sums_and_expected_nonces_neither_a_sender_nor_a_payee_chains() {
    let script = r#"
        let rich = account("rich", #{ balance: ether(100) });
        let payee = account("payee", #{});
        let people = accounts("person", 40, #{ balance: ether(1) });
        for person in people { transfer(rich, person, 1); }
        for person in people { transfer(person, payee, 1); }
    "#;
    let bound = |commutative_balances, expected_nonces, unit| {
        let options = RunOptions {
            workers: 8,
            commutative_balances,
            expected_nonces,
            unit,
            ..RunOptions::default()
        };
        let summary = interleave_tests::report(script, &options).summary;
        assert!(summary.matches);
        (
            summary.critical_path_bound,
            summary.aborts + summary.blocked,
        )
    };
    let (split, account) = (ConflictUnit::Split, ConflictUnit::Account);
    // The last payer was paid by all payments of the rich one before, and is followed by nobody.
    assert!(bound(false, false, split).0 < 2.5);
    assert!(
        bound(true, false, split).0 < 2.5,
        "the nonce still chains the sender"
    );
    assert!(
        bound(false, true, split).0 < 2.5,
        "the balance still chains the sender"
    );
    assert_eq!(bound(true, true, split), (80.0, 0));
    assert_eq!(bound(true, true, account), (80.0, 0));
}

#[test]
fn a_contract_that_pays_is_no_queue_where_balances_are_sums() {
    // Calls that find less than they want to pay have to know how much there is.
    let script = |has: u32| {
        format!(
            r#"
        let till = deploy(assemble("PUSH 0 PUSH 0 PUSH 0 PUSH 0 PUSH 1 CALLER GAS CALL"), [], #{{
            name: "till", value: {has}
        }});
        for person in accounts("person", 40) {{ send(person, till, ""); }}
    "#
        )
    };
    // A list declares values, so nothing is a sum there.
    let asks = strategy::ALL.iter();
    for strategy in asks.filter(|entry| entry.needs != strategy::Needs::List) {
        let run = |has| {
            let options = RunOptions {
                strategy: strategy.id.into(),
                workers: 8,
                commutative_balances: true,
                ..RunOptions::default()
            };
            let summary = interleave_tests::report(&script(has), &options).summary;
            assert!(summary.matches, "{} with {has}", strategy.id);
            summary
        };
        let all = run(40);
        // The till is in one shard, and most people are not.
        if !["sequential", "shards"].contains(&strategy.id) {
            assert!(all.speedup > 2.0, "{}: {}", strategy.id, all.speedup);
        }
        assert_eq!(all.critical_path_bound.round(), 40.0, "{}", strategy.id);
        assert_eq!(all.aborts, 0, "{}", strategy.id);
        run(25);
    }
}

/// Each strategy that runs what it planned by hints, with each source of these.
fn planned(script: &str, options: &RunOptions, mut see: impl FnMut(&str, &Summary)) {
    for strategy in ["dag", "account-locks"] {
        for hints in [
            HintSource::DryRun,
            HintSource::Perfect,
            HintSource::Script,
            HintSource::AccessLists,
        ] {
            let options = RunOptions {
                strategy: strategy.into(),
                hints,
                workers: 8,
                ..options.clone()
            };
            let summary = interleave_tests::report(script, &options).summary;
            assert!(summary.matches, "{strategy} {hints:?}");
            see(
                &format!("{strategy} {hints:?} {:?}", options.unit),
                &summary,
            );
        }
    }
}

#[test]
fn whoever_plans_by_hints_makes_no_queue_of_what_depends_on_nobody() {
    let script = r#"
        let rich = account("rich", #{ balance: ether(100) });
        for person in accounts("person", 40) { transfer(rich, person, 1); }
    "#;
    for unit in [ConflictUnit::Split, ConflictUnit::Account] {
        let options = RunOptions {
            commutative_balances: true,
            expected_nonces: true,
            unit,
            ..RunOptions::default()
        };
        planned(script, &options, |name, summary| {
            assert_eq!(summary.incarnations, 40, "{name}");
            assert!(summary.speedup > 2.0, "{name}: {}", summary.speedup);
        });
    }
}

#[test]
fn locks_are_declared_on_all_that_is_added_to() {
    let script = r#"
        let people = accounts("person", 80);
        for i in 0..40 { transfer(people[i], people[40 + i], 1); }
    "#;
    for unit in [ConflictUnit::Split, ConflictUnit::Account] {
        for expected_nonces in [false, true] {
            let options = RunOptions {
                commutative_balances: true,
                expected_nonces,
                unit,
                ..RunOptions::default()
            };
            planned(script, &options, |name, summary| {
                assert_eq!(summary.incarnations, 40, "{name}");
                assert!(summary.speedup > 2.0, "{name}: {}", summary.speedup);
            });
        }
    }
}

#[test]
fn a_beneficiary_that_is_paid_in_place_is_in_every_hint() {
    let script = r#"
        let people = accounts("person", 80);
        for i in 0..40 { transfer(people[i], people[40 + i], 1); }
    "#;
    for commutative_balances in [false, true] {
        let options = RunOptions {
            deferred_fees: false,
            commutative_balances,
            ..RunOptions::default()
        };
        planned(script, &options, |name, summary| {
            assert_eq!(summary.incarnations, 40, "{name}");
        });
    }
}

#[test]
fn a_nonce_that_was_expected_in_vain_and_a_balance_that_falls_short_are_found_out() {
    let script = r#"
        let poor = account("poor", #{ balance: 200_000 });
        let rich = account("rich", #{ balance: ether(1) });
        block(#{ base_fee: 1 });
        // Its next nonce is 0, not 1: it is skipped, and with it the next, which expected it.
        send(rich, poor, #{ nonce: 1, value: 1, gas_limit: 21_000, gas_price: 1 });
        send(rich, poor, #{ nonce: 2, value: 1, gas_limit: 21_000, gas_price: 1 });
        send(rich, poor, #{ nonce: 0, value: 1, gas_limit: 21_000, gas_price: 1 });
        // Nine of these can be paid for.
        for turn in 0..12 { send(poor, rich, #{ nonce: turn, value: 0, gas_limit: 21_000, gas_price: 1 }); }
    "#;
    for strategy in ["block-stm", "block-stm-v2", "optimistic"] {
        let options = RunOptions {
            strategy: strategy.into(),
            workers: 8,
            commutative_balances: true,
            expected_nonces: true,
            ..RunOptions::default()
        };
        let summary = interleave_tests::report(script, &options).summary;
        assert!(summary.matches, "{strategy}");
        assert_eq!((summary.succeeded, summary.skipped), (10, 5), "{strategy}");
    }
}

#[test]
fn a_beneficiary_may_spend_the_fees_it_was_just_paid() {
    let script = r#"
        let people = accounts("person", 10, #{ balance: ether(1) });
        let miner = account("miner", #{ balance: 0 });
        let payee = account("payee", #{ balance: 1 });
        block(#{ base_fee: 1, beneficiary: miner });
        for person in people { send(person, payee, #{ gas_limit: 21_000, gas_price: 3, value: 1 }); }
        send(miner, payee, #{ gas_limit: 21_000, gas_price: 3, value: 1 });
    "#;
    for strategy in ["block-stm", "block-stm-v2", "optimistic", "sequential"] {
        let options = RunOptions {
            strategy: strategy.into(),
            workers: 3,
            commutative_balances: true,
            ..RunOptions::default()
        };
        let summary = interleave_tests::report(script, &options).summary;
        assert!(summary.matches, "{strategy}");
        assert_eq!(summary.succeeded, 11, "{strategy}");
    }
}
