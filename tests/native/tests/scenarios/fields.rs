//! Which field of an account a transaction depends on: on the balance and the nonce only if it found out
//! about them.

use alloy_primitives::U256;
use interleave_engine::{
    memory::{Executed, Location},
    strategy,
};
use interleave_playground::{
    report::RunOptions,
    run::{self, Prepared},
};
use interleave_tests::{
    on_machine,
    scene::{SPY, Scene, account, code, in_memory},
};
use revm::primitives::hardfork::SpecId;

/// Counts calls of each sender in a slot of its own.
const COUNTER: &str = "CALLER SLOAD 1 ADD CALLER SSTORE";

/// What transaction `tx` read that lower ones wrote, and who did, with the switches as they are at first.
fn depends_on(scene: &Scene, tx: usize) -> Vec<(Location, u32)> {
    depends_with(scene, tx, &RunOptions::default())
}

fn depends_with(scene: &Scene, tx: usize, options: &RunOptions) -> Vec<(Location, u32)> {
    let reads = executed(scene, tx, options).reads;
    let found = reads.locations();
    let found = found.filter_map(|(location, origin)| Some((location, origin?.tx.0)));
    found.collect()
}

/// What transaction `tx` came to.
fn executed(scene: &Scene, tx: usize, options: &RunOptions) -> Executed {
    let options = RunOptions {
        strategy: "sequential".into(),
        ..options.clone()
    };
    let entry = strategy::find(&options.strategy).expect("there is such a strategy");
    let prepared = Prepared::default();
    let ran = on_machine(|machine| run::once(&scene.block, entry, &prepared, &options, machine));
    ran.expect("it runs").finals.swap_remove(tx).1
}

#[test]
fn who_is_only_called_is_not_written() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let inner = scene.contract(0x20, "STOP");
    let outer = scene.contract(0x21, &format!("0 0 0 0 0 {inner} GAS CALL POP"));
    scene.send(0, outer);
    let Executed { reads, writes, .. } = executed(&scene, 0, &RunOptions::default());
    assert!(reads.accounts.iter().any(|read| read.address == inner));
    let written: Vec<_> = writes.accounts.iter().map(|write| write.address).collect();
    assert_eq!(written, [scene.block.txs[0].caller]);
}

#[test]
fn who_only_calls_a_contract_does_not_depend_on_who_pays_it() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let counter = scene.contract(0x20, COUNTER);
    for from in 0..6 {
        let tx = scene.send(from, counter);
        tx.value = U256::from(from % 2);
    }
    // The third calls, the second and the fourth pay: these depend on each other, and it on nobody.
    assert_eq!(depends_on(&scene, 2), []);
    assert_eq!(depends_on(&scene, 3), [(Location::Balance(counter), 1)]);
    let commutative = RunOptions {
        commutative_balances: true,
        ..RunOptions::default()
    };
    assert_eq!(depends_with(&scene, 3, &commutative), []);
    let played = scene.check();
    assert_eq!(played.balance(counter), U256::from(3));
}

#[test]
fn calls_of_every_kind_look_at_code_alone_until_it_asks_for_more() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let target = scene.contract(0x20, COUNTER);
    let call = |words: &str| format!("0 0 0 0 {words} POP");
    let by_call = scene.contract(0x21, &call(&format!("0 {target} GAS CALL")));
    let by_delegate = scene.contract(0x22, &call(&format!("{target} GAS DELEGATECALL")));
    let by_static = scene.contract(0x23, &call(&format!("{target} GAS STATICCALL")));
    let by_size = scene.contract(0x24, &format!("{target} EXTCODESIZE {target} EXTCODEHASH"));
    let by_balance = scene.contract(0x25, &format!("{target} BALANCE POP"));
    let own = scene.contract(0x26, "SELFBALANCE POP");
    let by_value = scene.contract(0x27, &call(&format!("1 {target} GAS CALL")));
    scene.endow(by_value, 10);
    let free = [by_call, by_delegate, by_static, by_size];
    scene.send(0, target).value = U256::ONE;
    scene.send(1, own).value = U256::ONE;
    for (from, to) in (2..).zip(free.into_iter().chain([by_balance, own, by_value])) {
        scene.send(from, to);
    }
    for tx in 2..6 {
        assert_eq!(depends_on(&scene, tx), [], "transaction {tx}");
    }
    assert_eq!(depends_on(&scene, 6), [(Location::Balance(target), 0)]);
    assert_eq!(depends_on(&scene, 7), [(Location::Balance(own), 1)]);
    assert_eq!(depends_on(&scene, 8), [(Location::Balance(target), 0)]);
    let played = scene.check();
    assert_eq!(played.letters(), "sssssssss");
}

#[test]
fn who_makes_a_contract_depends_on_the_nonce_and_who_calls_does_not() {
    let mut scene = Scene::new(SpecId::OSAKA);
    // Told anything it makes a contract without code, and told nothing it counts.
    let create = format!("{} 0 CREATE POP", in_memory(&code("0 0 RETURN")));
    let factory = scene.contract(
        0x20,
        &format!("CALLDATASIZE @make JUMPI {COUNTER} STOP make: {create}"),
    );
    scene.tell(0, factory, 1);
    scene.send(1, factory).value = U256::from(5);
    scene.send(2, factory);
    scene.tell(3, factory, 1);
    assert_eq!(depends_on(&scene, 2), []);
    assert_eq!(depends_on(&scene, 3), [(Location::Nonce(factory), 0)]);
    let played = scene.check();
    assert_eq!(played.nonce(factory), 3);
}

#[test]
fn whether_an_account_without_code_is_there_depends_on_its_balance() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let nobody = account(0x40);
    let spy = scene.contract(0x20, SPY);
    let hash = scene.contract(0x21, &format!("{nobody} EXTCODEHASH 0 SSTORE"));
    scene.send(0, nobody).value = U256::ONE;
    scene.send(1, hash);
    scene.tell(2, spy, nobody);
    for tx in [1, 2] {
        let found = depends_on(&scene, tx);
        assert_eq!(found, [(Location::Balance(nobody), 0)], "transaction {tx}");
    }
    scene.check();
}

#[test]
fn an_empty_account_of_before_that_is_touched_goes_unless_somebody_pays_it_first() {
    // Account 15 has nothing left to send when its turn comes, which nobody above it knows at first.
    for pays in [true, false] {
        let mut scene = Scene::new(SpecId::OSAKA);
        let empty = account(0x40);
        scene.endow(empty, 0);
        scene.endow(account(15), 10);
        if !pays {
            scene.send(15, account(0x41)).value = U256::from(10);
        }
        scene.send(15, empty).value = U256::from(10);
        for from in 0..4 {
            scene.send(from, empty);
        }
        let played = scene.check();
        let there = played.post.accounts.contains_key(&empty);
        assert_eq!(there, pays, "paid: {pays}");
    }
}
