//! Ways in which schedulers and memories have been wrong: too early, too late, too often, for ever.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use alloy_primitives::{B256, KECCAK256_EMPTY, U256};
use interleave_engine::{
    access_list::AccessList,
    oracle,
    runner::{Control, RunError, threads::ScopedThreads},
    strategy::{self, Needs},
};
use interleave_playground::{
    report::{HintSource, RunOptions, RunnerKind},
    run::{self, Machine, Prepared, once},
};
use interleave_tests::{
    few, on_machine,
    scene::{SPY, Scene, Word as _, account, code},
};
use revm::{
    context::transaction::{AccessList as Declared, AccessListItem},
    primitives::hardfork::SpecId,
};

/// Adds one to slot 0.
const COUNTER: &str = "0 SLOAD 1 ADD 0 SSTORE";

#[test]
fn a_re_execution_that_writes_elsewhere_sends_all_above_to_validation() {
    let mut scene = Scene::new(SpecId::OSAKA);
    // Slot 0 says which slot is next to be counted up.
    let words = "0 SLOAD DUP1 10 ADD DUP1 SLOAD 1 ADD SWAP1 SSTORE 1 ADD 0 SSTORE";
    let pointer = scene.contract(0x20, words);
    for from in 0..12 {
        scene.send(from, pointer);
    }
    let played = scene.check();
    assert_eq!(played.slot(pointer, 0), U256::from(12));
    assert!((10..22).all(|slot| played.slot(pointer, slot) == U256::ONE));
}

#[test]
fn a_re_execution_that_drops_a_write_withdraws_it_and_its_readers() {
    let mut scene = Scene::new(SpecId::OSAKA);
    // Counts in slot 1 when slot 0 is zero, else in slot 2; then flips slot 0.
    let words = "0 SLOAD @odd JUMPI 1 SLOAD 1 ADD 1 SSTORE @flip JUMP \
                 odd: 2 SLOAD 1 ADD 2 SSTORE flip: 0 SLOAD ISZERO 0 SSTORE";
    let toggle = scene.contract(0x20, words);
    for from in 0..13 {
        scene.send(from, toggle);
    }
    let played = scene.check();
    assert_eq!(played.slot(toggle, 1), U256::from(7));
    assert_eq!(played.slot(toggle, 2), U256::from(6));
}

#[test]
fn two_reads_of_one_location_in_one_incarnation_agree() {
    let mut scene = Scene::new(SpecId::OSAKA);
    // Adds up how far two reads of the counter, with much between them, are apart.
    let words = "0 SLOAD 200 again: 1 SWAP1 SUB DUP1 @again JUMPI POP \
                 0 SLOAD SUB 1 SLOAD ADD 1 SSTORE 0 SLOAD 1 ADD 0 SSTORE";
    let counter = scene.contract(0x20, words);
    for from in 0..12 {
        scene.send(from, counter);
    }
    let played = scene.check();
    assert_eq!(played.slot(counter, 0), U256::from(12));
    assert_eq!(played.slot(counter, 1), U256::ZERO);
}

#[test]
fn looking_for_an_account_that_is_not_there_is_a_read() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let watchers = [0x20, 0x21, 0x22].map(|number| scene.contract(number, SPY));
    let new = account(0x40);
    scene.tell(0, watchers[0], new);
    scene.send(1, new).value = U256::from(5);
    scene.tell(2, watchers[1], new);
    scene.send(3, new).value = U256::from(6);
    scene.tell(4, watchers[2], new);
    let played = scene.check();
    let balances = watchers.map(|watcher| played.slot(watcher, 2));
    assert_eq!(balances, [0, 5, 11].map(U256::from));
    assert_eq!(played.slot(watchers[0], 0), U256::ZERO);
    let empty = KECCAK256_EMPTY.word();
    assert_eq!(played.slot(watchers[2], 0), empty);
}

#[test]
fn who_fails_only_for_what_it_read_too_early_does_not_fail() {
    let mut scene = Scene::new(SpecId::OSAKA);
    // Told a number, it keeps it; else it jumps there. Zero is no place to jump to.
    let words = "CALLDATASIZE @set JUMPI 0 SLOAD JUMP good: 1 SLOAD 1 ADD 1 SSTORE STOP \
                 set: 0 CALLDATALOAD 0 SSTORE";
    let jumper = scene.contract(0x20, words);
    let good = code("CALLDATASIZE @set JUMPI 0 SLOAD JUMP set:").len() - 1;
    scene.send(0, jumper);
    scene.tell(1, jumper, good as u64);
    for from in 2..10 {
        scene.send(from, jumper);
    }
    let played = scene.check();
    assert_eq!(played.letters(), "hsssssssss");
    assert_eq!(played.slot(jumper, 1), U256::from(8));
}

#[test]
fn who_would_never_end_for_what_it_read_too_early_ends() {
    let mut scene = Scene::new(SpecId::OSAKA);
    // Loops until its gas is gone while slot 0 is zero.
    let words = "CALLDATASIZE @set JUMPI again: 0 SLOAD ISZERO @again JUMPI 1 SLOAD 1 ADD 1 SSTORE STOP \
                 set: 1 0 SSTORE";
    let looper = scene.contract(0x20, words);
    scene.tell(0, looper, 1);
    for from in 1..8 {
        scene.send(from, looper);
    }
    let played = scene.check();
    assert_eq!(played.letters(), "ssssssss");
    assert_eq!(played.slot(looper, 1), U256::from(7));
}

#[test]
fn two_hot_slots_and_a_thousand_transactions_come_to_an_end() {
    let mut scene = Scene::new(SpecId::OSAKA);
    // Each adds what is in the one to the other, in turn.
    let words = "0 CALLDATALOAD DUP1 SLOAD 1 ADD SWAP1 1 SUB SSTORE";
    let hot = scene.contract(0x20, words);
    for number in 0..1_000_u64 {
        scene.tell((number % 16) as u8, hot, number % 2);
    }
    let played = scene.check_in(&few());
    assert_eq!(played.slots(hot), [1_000, 999].map(U256::from));
}

#[test]
fn blocks_of_any_length() {
    for length in [0, 1, 2, 3, 7, 8, 9, 15, 16, 17] {
        let mut scene = Scene::new(SpecId::OSAKA);
        let counter = scene.contract(0x20, COUNTER);
        for number in 0..length {
            scene.send(number % 16, counter);
        }
        assert_eq!(scene.check().slot(counter, 0), U256::from(length));
    }
}

/// Runs a contended block on four threads with a clock that does something at its `at`th look.
fn interrupted(strategy: &str, at: u32, act: fn(&Control)) -> Result<(), RunError> {
    let mut scene = Scene::new(SpecId::OSAKA);
    let counter = scene.contract(0x20, COUNTER);
    for number in 0..200 {
        scene.send(number % 16, counter);
    }
    let strategy = strategy::find(strategy).expect("there is such a strategy");
    let options = RunOptions {
        runner: RunnerKind::Threads,
        workers: 4,
        ..RunOptions::default()
    };
    let prepared = Prepared::new(&scene.block, strategy, &options, &|| 0.0);
    let control = Control::default();
    let looks = AtomicU32::new(0);
    let now = || {
        if looks.fetch_add(1, SeqCst) == at {
            act(&control);
        }
        0.0
    };
    let machine = Machine {
        threads: &ScopedThreads { most: 4 },
        now: &now,
        control: &control,
        memory: None,
    };
    once(&scene.block, strategy, &prepared, &options, &machine).map(|_| ())
}

#[test]
fn a_worker_that_panics_ends_the_run_with_its_message_and_nobody_waits() {
    for entry in strategy::ALL {
        for at in [1, 2, 10, 20] {
            let ended = interrupted(entry.id, at, |_| panic!("a wire broke"));
            let failed = RunError::WorkerFailed("a wire broke".into());
            assert_eq!(ended, Err(failed), "{}", entry.id);
        }
    }
}

#[test]
fn a_run_that_is_stopped_says_so_and_nobody_waits() {
    for entry in strategy::ALL {
        for at in [1, 2, 10, 20] {
            let ended = interrupted(entry.id, at, Control::stop);
            assert_eq!(ended, Err(RunError::Stopped), "{}", entry.id);
        }
    }
}

#[test]
fn hints_that_are_wrong_cost_time_only() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let counter = scene.contract(0x20, COUNTER);
    let other = scene.contract(0x21, COUNTER);
    for from in 0..12 {
        let tx = scene.send(from, counter);
        tx.tx_type = 1;
        // The wrong contract, the wrong slot, nothing, and the truth.
        let (address, slot) = match from % 4 {
            0 => (other, 0),
            1 => (counter, 7),
            2 => continue,
            _ => (counter, 0),
        };
        tx.access_list = Declared(vec![AccessListItem {
            address,
            storage_keys: vec![B256::with_last_byte(slot)],
        }]);
    }
    let truth = oracle::result(&scene.block);
    for id in ["dag", "account-locks", "shards"] {
        let strategy = strategy::find(id).expect("there is such a strategy");
        for workers in [1, 2, 3, 8] {
            for runner in [RunnerKind::Threads, RunnerKind::Simulated] {
                let options = RunOptions {
                    runner,
                    workers,
                    hints: HintSource::AccessLists,
                    ..RunOptions::default()
                };
                on_machine(|machine| {
                    let prepared = Prepared::new(&scene.block, strategy, &options, machine.now);
                    let ran = once(&scene.block, strategy, &prepared, &options, machine);
                    assert_eq!(ran.expect("it ends").result, truth, "{id}");
                });
            }
        }
    }
}

#[test]
fn who_says_nothing_beforehand_runs_all_the_same() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let counter = scene.contract(0x20, COUNTER);
    for from in 0..12 {
        scene.send(from, counter);
    }
    let truth = oracle::result(&scene.block);
    let hinted = strategy::ALL.iter().filter(|it| it.needs == Needs::Hints);
    for entry in hinted {
        for workers in [1, 2, 3, 8] {
            for runner in [RunnerKind::Threads, RunnerKind::Simulated] {
                let options = RunOptions {
                    runner,
                    workers,
                    ..RunOptions::default()
                };
                let nothing = Prepared::default();
                on_machine(|machine| {
                    let ran = once(&scene.block, entry, &nothing, &options, machine);
                    let ran = ran.expect("it ends");
                    assert_eq!(ran.result, truth, "{} on {workers}", entry.id);
                    assert_eq!(ran.finals.len(), 12);
                });
            }
        }
    }
}

#[test]
fn what_is_made_from_a_run_does_not_depend_on_its_schedule() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let counter = scene.contract(0x20, COUNTER);
    for number in 0..40 {
        scene.send(number % 16, counter);
    }
    let list = run::access_list(&scene.block);
    let options = RunOptions {
        runner: RunnerKind::Threads,
        workers: 4,
        ..RunOptions::default()
    };
    for entry in strategy::ALL {
        for _ in 0..5 {
            on_machine(|machine| {
                let prepared = Prepared::new(&scene.block, entry, &options, machine.now);
                let ran = once(&scene.block, entry, &prepared, &options, machine);
                let finals = ran.expect("it ends").finals;
                assert_eq!(AccessList::of(&scene.block, &finals), list, "{}", entry.id);
            });
        }
    }
}
