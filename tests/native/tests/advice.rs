//! What a script says for strategies that plan, shards and hints: it may be wrong, and costs time only.

use interleave_engine::{hints::Hints, memory::Location, switches::Switches};
use interleave_playground::{
    self as playground,
    batch::{Place, lower, script},
    contracts::Contracts,
    report::{HintSource, Report, RunOptions, RunResult},
};
use interleave_tests::{check, on_machine, report};

/// Two counters, each bumped by half of the transactions; `HINT` stands for what each of these says.
const COUNTERS: &str = r#"
    let people = accounts("person", 12, #{ balance: ether(1) });
    let bump = hex("600054600101600055");
    let left = account("left", #{ nonce: 1, code: bump });
    let right = account("right", #{ nonce: 1, code: bump });
    for i in 0..12 {
        let mine = if i % 2 == 0 { left } else { right };
        let other = if i % 2 == 0 { right } else { left };
        send(people[i], mine, #{ gas_limit: 100_000, HINT });
    }
"#;

fn with_hint(hint: &str) -> String {
    COUNTERS.replace("HINT", hint)
}

fn checked(script: &str) {
    let (batch, problems) = script::evaluate(script, &Contracts::default());
    assert!(problems.is_empty(), "{problems:?}");
    check(&lower(&batch, &Contracts::default()).expect("there is no preparation"));
}

fn run(script: &str, options: &RunOptions) -> RunResult {
    on_machine(|machine| playground::run(script, &[], options, machine)).expect("no worker fails")
}

fn hinted(strategy: &str, hint: &str) -> Report {
    let options = RunOptions {
        strategy: strategy.into(),
        workers: 4,
        hints: HintSource::Script,
        ..RunOptions::default()
    };
    report(&with_hint(hint), &options)
}

#[test]
fn hints_of_any_kind_come_to_the_sequential_result() {
    for hint in [
        "writes: [[mine, 0]]",
        "writes: [[other, 0]]",
        "reads: [[mine, [0, 1]]], writes: []",
        "writes: [mine, other, people[0]]",
        "reads: []",
        "value: 1, writes: [people[(i + 1) % 12]]",
        "reads: [[left, 0]], writes: [[right, hex(\"0x07\")], other]",
    ] {
        println!("{hint}");
        checked(&with_hint(hint));
    }
}

#[test]
fn right_hints_save_what_wrong_or_missing_ones_cost() {
    for strategy in ["dag", "account-locks"] {
        let right = hinted(strategy, "writes: [[mine, 0]]").summary;
        assert_eq!(right.incarnations, 12, "{strategy}");
        for hint in ["writes: [[people[i], 1]]", "reads: []"] {
            let wrong = hinted(strategy, hint).summary;
            assert!(wrong.incarnations > 12, "{strategy}, {hint}");
            assert!(wrong.makespan > right.makespan, "{strategy}, {hint}");
            assert!(wrong.matches);
        }
    }
}

#[test]
fn a_transaction_without_a_hint_has_what_it_says_of_itself() {
    let script = with_hint("value: 1");
    let (batch, _) = script::evaluate(&script, &Contracts::default());
    let block = lower(&batch, &Contracts::default()).expect("there is no preparation");
    let hints = Hints::written(&block, Switches::default());
    let tx = &block.txs[0];
    let to = *tx.kind.to().expect("a call");
    let mut writes = vec![
        Location::Balance(tx.caller),
        Location::Balance(to),
        Location::Nonce(tx.caller),
    ];
    writes.sort_unstable();
    assert_eq!(hints.txs[0].writes, writes);
    assert!(hints.txs[0].reads.contains(&Location::Code(to)));
}

/// Four people in two shards; the third payment crosses.
const SHARDED: &str = r#"
    let people = accounts("person", 4);
    shard([people[0], people[1]], 0);
    shard(people[2], 1);
    shard(people[3], 1);
    transfer(people[0], people[1], 1);
    transfer(people[2], people[3], 1);
    transfer(people[1], people[2], 1);
    transfer(people[0], people[1], 1);
    transfer(people[3], people[2], 1);
"#;

fn sharded(workers: u32) -> RunOptions {
    RunOptions {
        strategy: "shards".into(),
        workers,
        shards: 2,
        ..RunOptions::default()
    }
}

#[test]
fn accounts_are_where_the_script_puts_them() {
    checked(SHARDED);
    let report = report(SHARDED, &sharded(2));
    let shards = report.shards.as_ref().expect("it is that strategy");
    assert_eq!(shards.transactions, [2, 2]);
    assert_eq!(shards.gas, [42_000.0, 42_000.0]);
    assert_eq!((shards.crossing, shards.crossing_gas), (1, 21_000.0));
    assert_eq!(shards.crossing_share, 0.2);
    // One worker runs the payment that crosses; the other waits, once it has validated those below.
    assert!(shards.waiting > 15_000.0, "{shards:?}");
    assert!(shards.waiting < 23_000.0, "{shards:?}");
    let verdict: String = report.verdict.iter().map(|it| it.text.as_str()).collect();
    let said = "20 % of the transactions cross shards and stop all others";
    assert!(verdict.contains(said), "{verdict}");

    let alone = self::report(SHARDED, &sharded(1));
    assert_eq!(alone.shards.expect("the same").waiting, 0.0);
    let other = self::report(SHARDED, &RunOptions::default());
    assert!(other.shards.is_none());
}

#[test]
fn a_shard_that_a_run_does_not_have_is_a_problem_at_its_place() {
    let script = "let a = account(\"a\");\nshard(a, 5);\ntransfer(a, a, 1);";
    let RunResult::Problems { problems } = run(script, &sharded(1)) else {
        panic!("there are two shards");
    };
    assert_eq!(problems[0].place, Some(Place { line: 2, column: 1 }));
    let said = "there is no shard 5: this run has 2, from 0 to 1; choose at least 6 shards";
    assert_eq!(problems[0].message, said);

    let enough = RunOptions {
        shards: 6,
        ..sharded(1)
    };
    assert!(report(script, &enough).summary.matches);
    assert!(report(script, &RunOptions::default()).summary.matches);
}
