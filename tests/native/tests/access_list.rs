//! Replay with a block access list: a true one gives the sequential result, a false one is named.

use alloy_primitives::{Address, U256};
use interleave_engine::{
    access_list::{AccessList, Declarations, FalseList, Value, Verification},
    block::{Block, TxIdx},
    memory::{Location, MvMemory},
    oracle,
    runner::{Control, RunError, costs::Costs, faults::Faults, simulated},
    strategy::{self, Hope, Plan},
};
use interleave_playground::{
    self as playground,
    batch::{lower, script},
    contracts::Contracts,
    gallery,
    report::{CompareResult, CurveOptions, CurveResult, RunOptions, RunResult},
    run::{self, Prepared},
};
use interleave_tests::{example, on_machine};

/// Adds one to a counter, which two transactions call; the third pays somebody.
const SCRIPT: &str = r#"
    let people = accounts("person", 3, #{ balance: ether(1) });
    let counter = account("counter", #{ nonce: 1, code: hex("600054600101600055600154") });
    send(people[0], counter, #{ gas_limit: 100_000 });
    send(people[1], counter, #{ gas_limit: 100_000 });
    transfer(people[2], people[0], 5);
"#;

fn block() -> Block {
    let contracts = Contracts::default();
    let (batch, problems) = script::evaluate(SCRIPT, &contracts);
    assert!(problems.is_empty(), "{problems:?}");
    lower(&batch, &contracts).expect("there is no preparation")
}

fn replay(block: &Block, list: AccessList) -> Result<(), FalseList> {
    let entry = strategy::find("block-access-list").expect("there is such a strategy");
    let options = RunOptions {
        workers: 3,
        ..RunOptions::default()
    };
    let prepared = Prepared::given(block, list, AccessList::default());
    match on_machine(|machine| run::once(block, entry, &prepared, &options, machine)) {
        Ok(ran) => {
            assert_eq!(ran.result, oracle::result(block));
            Ok(())
        }
        Err(RunError::FalseList(reason)) => Err(reason),
        Err(other) => panic!("{other}"),
    }
}

/// The account with code.
fn counter(block: &Block) -> Address {
    let by = |address: &&Address| !block.prestate.accounts[*address].code_hash.is_zero();
    let called = block.txs[0].kind.to().expect("a call");
    *block
        .prestate
        .accounts
        .keys()
        .filter(by)
        .find(|it| *it == called)
        .expect("it is called")
}

#[test]
fn a_true_list_needs_no_order() {
    let block = block();
    assert_eq!(replay(&block, run::access_list(&block)), Ok(()));
}

/// While a block runs, what transactions do is compared with what is declared of them; where that finds
/// anything, all of it is looked at once more, which only costs time if the list is true.
#[test]
fn a_true_list_needs_no_second_look() {
    let entry = strategy::find("block-access-list").expect("there is such a strategy");
    let (hints, shards, around) = Default::default();
    for example in gallery::examples() {
        let (batch, _) = script::evaluate(&example.script, gallery::contracts());
        let block = lower(&batch, gallery::contracts()).expect("it can run");
        let list = run::access_list(&block);
        let declarations = Declarations::new(&block, &list);
        let verification = Verification::new(&block, &list, &declarations, &around);
        let memory = MvMemory::declared(&block, &verification);
        let strategy = (entry.build)(Plan {
            block: &block,
            workers: 3,
            hope: Hope::Unbounded,
            hints: &hints,
            shards: &shards,
        });
        simulated::run(
            &block,
            &*strategy,
            &memory,
            3,
            Costs::default(),
            Faults::default(),
            &Control::default(),
        )
        .expect("nothing goes wrong");
        assert!(verification.holds(), "{}", example.id);
    }
}

#[test]
fn a_false_list_is_rejected_with_the_location_and_the_transaction_if_the_list_has_one() {
    let block = block();
    let counter = counter(&block);
    let count = Location::Slot(counter, U256::ZERO);
    let refused = |change: &dyn Fn(&mut AccessList)| {
        let mut list = run::access_list(&block);
        change(&mut list);
        let reason = replay(&block, list).expect_err("the list is false");
        (reason.at, reason.tx())
    };

    let slot = |slot| Location::Slot(counter, U256::from(slot));
    let wrong_value = refused(&|list| {
        list.changes
            .insert((count, 2), Value::Number(U256::from(7)));
    });
    assert_eq!(wrong_value, (count, Some(TxIdx(1))));

    let lacks_a_write = refused(&|list| {
        assert!(list.changes.remove(&(count, 1)).is_some());
    });
    assert_eq!(lacks_a_write, (count, Some(TxIdx(0))));

    let nonce = Location::Nonce(counter);
    let declares_too_much = refused(&|list| {
        list.changes.insert((nonce, 3), Value::Nonce(9));
    });
    assert_eq!(declares_too_much, (nonce, Some(TxIdx(2))));

    let after_the_block = refused(&|list| {
        list.changes.insert((nonce, 4), Value::Nonce(9));
    });
    assert_eq!(after_the_block, (nonce, None));

    let lacks_a_read = refused(&|list| assert!(list.accesses.remove(&slot(1))));
    assert_eq!(lacks_a_read, (slot(1), None));

    let reads_too_much = refused(&|list| assert!(list.accesses.insert(slot(2))));
    assert_eq!(reads_too_much, (slot(2), None));

    let stranger = Location::Account(Address::repeat_byte(9));
    let knows_a_stranger = refused(&|list| assert!(list.accesses.insert(stranger)));
    assert_eq!(knows_a_stranger, (stranger, None));
}

/// Workers compare while they run, and only a list that does not hold is compared again to name what is
/// wrong: so nothing may be missed by the first.
#[test]
fn no_entry_of_a_list_can_be_changed_or_left_out() {
    let block = block();
    let list = run::access_list(&block);
    for (at, value) in &list.changes {
        let mut without = list.clone();
        without.changes.remove(at);
        assert!(replay(&block, without).is_err(), "without {at:?}");
        let mut other = list.clone();
        let more = match value {
            Value::Number(value) => Value::Number(*value + U256::ONE),
            Value::Nonce(value) => Value::Nonce(value + 1),
            other => *other,
        };
        other.changes.insert(*at, more);
        assert!(replay(&block, other).is_err(), "another {at:?}");
        let mut later = list.clone();
        later.changes.insert((at.0, at.1 + 3), *value);
        assert!(replay(&block, later).is_err(), "{at:?} again");
    }
    for at in &list.accesses {
        let mut without = list.clone();
        without.accesses.remove(at);
        assert!(replay(&block, without).is_err(), "without {at:?}");
    }
}

#[test]
fn a_refusal_is_a_sentence() {
    let block = block();
    let counter = counter(&block);
    let mut list = run::access_list(&block);
    let count = Location::Slot(counter, U256::ZERO);
    list.changes.insert((count, 0), Value::Number(U256::ONE));
    assert_eq!(
        replay(&block, list)
            .expect_err("there are no steps")
            .to_string(),
        format!(
            "the block access list does not hold at the slot 0x0 of {counter}, before the first \
             transaction: it declares a write that no step around the block makes"
        )
    );
}

#[test]
fn the_list_is_the_same_however_it_is_found() {
    let block = block();
    assert_eq!(run::access_list(&block), run::access_list(&block));
    let list = run::access_list(&block);
    let slot = |slot| Location::Slot(counter(&block), U256::from(slot));
    let written = list.changes.keys().filter(|(at, _)| *at == slot(0));
    assert_eq!(written.count(), 2);
    assert!(list.accesses.contains(&slot(1)));
    assert!(
        !list.accesses.contains(&slot(0)),
        "a slot that changes is no read"
    );
}

#[test]
fn a_list_that_a_script_makes_false_is_rejected_and_looked_at_by_nobody_else() {
    let text = example("false-list");
    let under = |strategy: &str| RunOptions {
        strategy: strategy.into(),
        workers: 2,
        ..RunOptions::default()
    };
    let ran = |text: &str, strategy| {
        let options = under(strategy);
        on_machine(|machine| playground::run(text, &[], &options, machine)).expect("no failure")
    };
    let RunResult::Rejected { problem, .. } = ran(&text, "block-access-list") else {
        panic!("the list is false");
    };
    let lies = "access_list_change(";
    let line = text.lines().position(|line| line.starts_with(lies));
    let line = line.expect("it lies") as u32 + 1;
    assert_eq!(problem.place.expect("in the script").line, line);
    let said = problem.message;
    assert!(
        said.contains("does not hold at the balance of till (0x"),
        "{said}"
    );
    assert!(
        said.ends_with(", transaction 60: it declares another value than was written"),
        "{said}"
    );

    for entry in strategy::ALL {
        let honest: String = text
            .lines()
            .filter(|it| !it.starts_with(lies))
            .collect::<Vec<_>>()
            .join("\n");
        let texts = match entry.id {
            "block-access-list" => vec![honest.as_str()],
            _ => vec![honest.as_str(), text.as_str()],
        };
        for text in texts {
            let RunResult::Report { report, .. } = ran(text, entry.id) else {
                panic!("{}", entry.id);
            };
            assert!(
                report.summary.matches && report.summary.unmet == 0,
                "{}",
                entry.id
            );
        }
    }

    let all: Vec<_> = strategy::ALL.iter().map(|entry| under(entry.id)).collect();
    let (batch, _) = script::evaluate(&text, &Contracts::default());
    let contracts = Contracts::default();
    let compared =
        on_machine(|machine| playground::series::compare(&batch, &contracts, &all, machine));
    let Ok(CompareResult::Comparison { comparison, .. }) = compared else {
        panic!("the others ran");
    };
    assert_eq!(comparison.runs.len(), all.len() - 1);
    assert_eq!(comparison.sketches.len(), all.len() - 1);
    let [rejected] = &comparison.rejected[..] else {
        panic!("one is rejected");
    };
    assert_eq!(
        (rejected.strategy.as_str(), &rejected.reason),
        ("block-access-list", &said)
    );

    let options = CurveOptions {
        run: under("block-access-list"),
        workers: vec![1, 2],
    };
    let curve =
        on_machine(|machine| playground::series::curve(&batch, &contracts, &options, machine));
    let Ok(CurveResult::Problems { problems }) = curve else {
        panic!("there is nothing to draw");
    };
    assert_eq!(problems[0].message, format!("rejected: {said}"));
}

#[test]
fn a_list_can_say_another_nonce_or_slot_and_leave_out_what_was_written() {
    let lie = |line: &str| {
        let text = format!("{SCRIPT}\n{line}");
        let options = RunOptions {
            strategy: "block-access-list".into(),
            workers: 2,
            ..RunOptions::default()
        };
        let ran = on_machine(|machine| playground::run(&text, &[], &options, machine));
        match ran.expect("no failure") {
            RunResult::Rejected { problem, .. } => problem.message,
            other => panic!("{other:?}"),
        }
    };
    let said = lie("access_list_change(2, people[2], \"nonce\", 7);");
    assert!(said.contains("nonce of person-2 (0x"), "{said}");
    assert!(
        said.contains("transaction 2: it declares another value"),
        "{said}"
    );
    let said = lie("access_list_change(1, counter, 0, ());");
    assert!(said.contains("slot 0x0 of counter (0x"), "{said}");
    assert!(said.contains("transaction 1: "), "{said}");
    let said = lie("access_list_change(2, counter, 9, 1);");
    assert!(
        said.ends_with("transaction 2: it declares a write that was not made"),
        "{said}"
    );
}
