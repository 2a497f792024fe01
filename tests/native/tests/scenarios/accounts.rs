//! Accounts that go, come back or are made: destruction, revival, creation and emptiness.

use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use interleave_tests::scene::{
    ETHER, SPY, Scene, Word as _, account, code, deploying, in_memory, mortal,
};
use revm::{primitives::hardfork::SpecId, state::Bytecode};

/// What the hash of no code is, as a word.
fn no_code() -> U256 {
    KECCAK256_EMPTY.into()
}

/// A contract that makes another one with `init`, always at the same address, and counts the attempts
/// in slot 0; in the slot of an attempt's number is whether it succeeded.
/// Told anything, it then tells the other one something, in the same transaction.
fn maker(scene: &mut Scene, number: u8, init: &Bytes) -> (Address, Address) {
    let child = account(number).create2_from_code(B256::ZERO, init);
    let words = format!(
        "0 {} 0 CREATE2 ISZERO ISZERO 0 SLOAD 1 ADD DUP1 0 SSTORE SSTORE \
         CALLDATASIZE ISZERO @end JUMPI 0 0 1 0 0 {child} GAS CALL POP end:",
        in_memory(init)
    );
    (scene.contract(number, &words), child)
}

#[test]
fn who_was_destroyed_and_is_paid_again_has_neither_code_nor_nonce_nor_storage() {
    let mut scene = Scene::new(SpecId::LONDON);
    let heir = account(0x50);
    let it = scene.contract(0x20, &mortal(heir));
    scene.store(it, 0, 9);
    let spies = [0x21, 0x22, 0x23].map(|number| scene.contract(number, SPY));
    scene.send(0, it).value = U256::from(3);
    scene.tell(1, spies[0], it);
    scene.tell(2, it, 1);
    scene.tell(3, spies[1], it);
    scene.send(4, it).value = U256::from(5);
    scene.tell(5, spies[2], it);
    let hash = scene.block.prestate.accounts[&it].code_hash;
    let size = U256::from(code(&mortal(heir)).len());

    let played = scene.check();
    assert_eq!(played.letters(), "ssssss");
    assert_eq!(played.slots(spies[0]), [hash.into(), size, U256::from(3)]);
    assert_eq!(played.slots(spies[1]), [U256::ZERO; 3]);
    let left = [no_code(), U256::ZERO, U256::from(5)];
    assert_eq!(played.slots(spies[2]), left);
    assert_eq!(played.balance(heir), U256::from(3));
    assert_eq!(played.nonce(it), 0);
    assert_eq!(played.code_hash(it), Some(KECCAK256_EMPTY));
    assert_eq!(played.slot(it, 0), U256::ZERO);
}

#[test]
fn a_contract_that_comes_back_with_other_code_begins_without_storage() {
    let mut scene = Scene::new(SpecId::LONDON);
    // Hands out the word it was told last.
    let words = "CALLDATASIZE @set JUMPI 0 SLOAD 0 MSTORE 32 0 RETURN set: 0 CALLDATALOAD 0 SSTORE";
    let book = scene.contract(0x20, words);
    // What is made with it has the code that is in the book.
    let init = code(&format!("32 0 0 0 0 {book} GAS CALL POP 32 0 RETURN"));
    let (maker, child) = maker(&mut scene, 0x21, &init);
    let spies = [0x22, 0x23].map(|number| scene.contract(number, SPY));
    let program = |words: &str| {
        let mut word = [0; 32];
        let code = code(words);
        word[..code.len()].copy_from_slice(&code);
        B256::from(word)
    };
    let by_one =
        program("CALLDATASIZE @die JUMPI 0 SLOAD 1 ADD 0 SSTORE STOP die: CALLER SELFDESTRUCT");
    let by_ten = program(
        "CALLDATASIZE @die JUMPI 0 SLOAD 10 ADD 0 SSTORE 7 1 SSTORE STOP die: CALLER SELFDESTRUCT",
    );
    scene.tell(0, book, by_one);
    scene.send(1, maker);
    scene.send(2, child);
    scene.send(3, child);
    scene.tell(4, spies[0], child);
    scene.tell(5, child, 1);
    // Nothing is there now.
    scene.send(6, child);
    scene.tell(7, book, by_ten);
    scene.send(8, maker);
    scene.send(9, child);
    scene.send(10, child);
    scene.tell(11, spies[1], child);
    scene.tell(12, child, 1);
    scene.tell(13, book, by_one);
    scene.send(14, maker);
    scene.send(15, child);

    let played = scene.check();
    assert_eq!(played.letters(), "s".repeat(16));
    assert_eq!(played.slots(maker), [3, 1, 1, 1].map(U256::from));
    let hashes = spies.map(|spy| played.slot(spy, 0));
    assert_eq!(hashes, [by_one, by_ten].map(|code| keccak256(code).word()));
    assert_eq!(played.code_hash(child), Some(keccak256(by_one)));
    assert_eq!(played.slots(child), [1, 0].map(U256::from));
    assert_eq!(played.nonce(child), 1);
    assert_eq!(played.nonce(maker), 4);
}

#[test]
fn a_slot_is_zero_after_destruction_and_after_revival_what_was_stored_since() {
    let mut scene = Scene::new(SpecId::LONDON);
    // Gives its slot 0 and counts it up, or destroys itself.
    let program = code(
        "CALLDATASIZE @die JUMPI 0 SLOAD DUP1 0 MSTORE 1 ADD 0 SSTORE 32 0 RETURN \
         die: CALLER SELFDESTRUCT",
    );
    let (maker, child) = maker(&mut scene, 0x20, &deploying(&program));
    // It has been there since before the block.
    scene.block.prestate.account_mut(child).nonce = 1;
    (scene.block.prestate).set_code(child, Bytecode::new_legacy(program));
    scene.store(child, 0, 9);
    // Told a number, it keeps there what the child gives, and 100 more.
    let words = format!("32 0 0 0 0 {child} GAS CALL POP 0 MLOAD 100 ADD 0 CALLDATALOAD SSTORE");
    let reader = scene.contract(0x21, &words);
    scene.tell(0, reader, 0);
    scene.tell(1, child, 1);
    scene.tell(2, reader, 1);
    scene.tell(3, reader, 2);
    scene.send(4, maker);
    scene.tell(5, reader, 3);
    scene.tell(6, reader, 4);
    scene.tell(7, child, 1);
    scene.send(8, maker);
    scene.tell(9, reader, 5);

    let played = scene.check();
    let read = [109, 100, 100, 100, 101, 100].map(U256::from);
    assert_eq!(played.slots(reader), read);
    assert_eq!(played.slots(maker), [2, 1, 1].map(U256::from));
    assert_eq!(played.slot(child, 0), U256::ONE);
}

#[test]
fn since_cancun_only_what_was_made_in_the_same_transaction_goes() {
    let mut scene = Scene::new(SpecId::CANCUN);
    let heir = account(0x50);
    let old = scene.contract(0x20, &mortal(heir));
    scene.store(old, 0, 9);
    scene.endow(old, 7);
    let program = code(&mortal(heir));
    let (maker, child) = maker(&mut scene, 0x21, &deploying(&program));
    // Pays its heir and stays.
    scene.tell(0, old, 1);
    scene.send(1, old);
    // Made and gone at once; made to stay; not made again.
    scene.tell(2, maker, 1);
    scene.send(3, maker);
    scene.send(4, child).value = U256::from(2);
    scene.tell(5, child, 1);
    scene.tell(6, maker, 1);
    scene.send(7, child);

    let played = scene.check();
    assert_eq!(played.letters(), "ssssssss");
    assert_eq!(played.slot(old, 0), U256::from(10));
    let kept = Some(keccak256(&program));
    assert_eq!(
        (played.code_hash(old), played.code_hash(child)),
        (kept, kept)
    );
    assert_eq!(played.slots(maker), [3, 1, 1, 0].map(U256::from));
    assert_eq!(played.slot(child, 0), U256::from(2));
    assert_eq!(played.balance(heir), U256::from(9));
    assert_eq!(played.nonce(child), 1);
}

#[test]
fn who_is_destroyed_twice_in_one_transaction_takes_along_what_it_was_paid_after() {
    for (spec, left) in [(SpecId::LONDON, 1), (SpecId::CANCUN, 4)] {
        let mut scene = Scene::new(spec);
        let heir = account(0x50);
        let it = scene.contract(0x20, &mortal(heir));
        scene.endow(it, 7);
        let words = format!(
            "0 0 1 0 0 {it} GAS CALL POP 0 0 1 0 2 {it} GAS CALL POP 0 0 0 0 3 {it} GAS CALL POP"
        );
        let killer = scene.contract(0x21, &words);
        scene.endow(killer, 20);
        scene.send(0, it);
        scene.send(1, killer);
        scene.send(2, it).value = U256::ONE;

        let played = scene.check();
        assert_eq!(played.letters(), "sss");
        assert_eq!(played.balance(heir), U256::from(9), "{spec:?}");
        assert_eq!(played.balance(killer), U256::from(15), "{spec:?}");
        assert_eq!(played.balance(it), U256::from(left), "{spec:?}");
        let counted = if spec == SpecId::LONDON { 0 } else { 3 };
        assert_eq!(played.slot(it, 0), U256::from(counted), "{spec:?}");
    }
}

#[test]
fn a_touch_makes_an_account_before_eip_161_and_none_since() {
    for spec in [SpecId::TANGERINE, SpecId::SPURIOUS_DRAGON] {
        let mut scene = Scene::new(spec);
        let nobody = account(0x60);
        // How much gas calling nobody costs, which is more if there is none to be called.
        let words = format!("GAS 0 0 0 0 0 {nobody} 50000 CALL POP GAS SWAP1 SUB 0 SSTORE");
        let callers = [0x20, 0x21, 0x22].map(|number| scene.contract(number, &words));
        for (from, caller) in (0..).zip(callers) {
            scene.send(from, caller);
        }
        let played = scene.check();
        let [first, second, third] = callers.map(|caller| played.slot(caller, 0));
        assert_eq!(second, third);
        let before = spec == SpecId::TANGERINE;
        let more = if before { 25_000 } else { 0 };
        assert_eq!(first - second, U256::from(more), "{spec:?}");
        assert_eq!(played.code_hash(nobody).is_some(), before, "{spec:?}");
    }
}

#[test]
fn the_first_fee_makes_the_beneficiary_before_eip_161_be_it_of_nothing() {
    for price in [0, 1] {
        let mut scene = Scene::new(SpecId::TANGERINE);
        let beneficiary = scene.block.env.beneficiary;
        // How much gas it costs to run the beneficiary's code, which is none, with a bit of value.
        let words = format!("GAS 0 0 0 0 1 {beneficiary} 50000 CALL POP GAS SWAP1 SUB 0 SSTORE");
        let callers = [0x20, 0x21].map(|number| scene.contract(number, &words));
        for (from, caller) in (0..).zip(callers) {
            scene.endow(caller, 1);
            scene.send(from, caller);
        }
        scene.price(0, price);
        let played = scene.check();
        let [first, second] = callers.map(|caller| played.slot(caller, 0));
        assert_eq!(first - second, U256::from(25_000), "{price}");
    }
}

#[test]
fn without_anybody_who_pays_there_is_no_beneficiary() {
    for spec in [SpecId::TANGERINE, SpecId::OSAKA] {
        let mut scene = Scene::new(spec);
        let beneficiary = scene.block.env.beneficiary;
        scene.send(0, account(0x60)).nonce = 9;
        let played = scene.check();
        assert_eq!(played.letters(), "-", "{spec:?}");
        assert_eq!(played.code_hash(beneficiary), None, "{spec:?}");
    }
}

#[test]
fn an_account_that_a_call_without_value_touches_after_its_destruction_stays_away() {
    let mut scene = Scene::new(SpecId::LONDON);
    let it = scene.contract(0x20, &mortal(account(0x50)));
    let toucher = scene.contract(0x21, &format!("0 0 0 0 0 {it} GAS CALL 1 ADD 0 SSTORE"));
    let spy = scene.contract(0x22, SPY);
    scene.tell(0, it, 1);
    scene.send(1, toucher);
    scene.send(2, it);
    scene.tell(3, spy, it);
    let played = scene.check();
    assert_eq!(played.slot(toucher, 0), U256::from(2));
    assert_eq!(played.slots(spy), [U256::ZERO; 3]);
    assert_eq!(played.code_hash(it), None);
}

#[test]
fn a_touch_of_the_third_precompile_that_is_undone_leaves_nothing() {
    let mut scene = Scene::new(SpecId::SPURIOUS_DRAGON);
    let third = Address::with_last_byte(3);
    let touch = format!("0 0 0 0 0 {third} 5000 CALL POP");
    let fails = scene.contract(0x20, &format!("{touch} INVALID"));
    let keeps = scene.contract(0x21, &format!("{touch} {third} BALANCE 0 SSTORE"));
    scene.send(0, fails);
    scene.send(1, keeps);
    scene.send(2, third).value = U256::from(4);
    scene.send(3, fails);
    scene.send(4, keeps);
    let played = scene.check();
    assert_eq!(played.letters(), "hsshs");
    assert_eq!(played.slot(keeps, 0), U256::from(4));
    assert_eq!(played.balance(third), U256::from(4));
}

#[test]
fn only_the_first_of_several_creations_at_one_address_succeeds_until_it_is_free_again() {
    let mut scene = Scene::new(SpecId::LONDON);
    let program = code(&mortal(account(0x50)));
    let (maker, child) = maker(&mut scene, 0x20, &deploying(&program));
    for from in 0..3 {
        scene.send(from, maker);
    }
    scene.tell(3, child, 1);
    for from in 4..7 {
        scene.send(from, maker);
    }
    let played = scene.check();
    let made = [6, 1, 0, 0, 1, 0, 0].map(U256::from);
    assert_eq!(played.slots(maker), made);
    assert_eq!(played.code_hash(child), Some(keccak256(&program)));
    // A creation that collides takes a nonce all the same.
    assert_eq!(played.nonce(maker), 7);
}

#[test]
fn what_is_made_where_somebody_paid_before_keeps_the_payment() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let child = account(1).create(0);
    let spies = [0x20, 0x21].map(|number| scene.contract(number, SPY));
    scene.tell(0, spies[0], child);
    scene.send(2, child).value = U256::from(5);
    // Writes what it has into slot 0 while it is made, and has the code of a stop.
    scene
        .create(1, code("SELFBALANCE 0 SSTORE 1 0 RETURN"))
        .value = U256::from(3);
    scene.tell(3, spies[1], child);
    scene.send(4, child).value = U256::from(2);
    let played = scene.check();
    assert_eq!(played.letters(), "sssss");
    assert_eq!(played.slots(spies[0]), [U256::ZERO; 3]);
    let made = [keccak256([0]).into(), U256::ONE, U256::from(8)];
    assert_eq!(played.slots(spies[1]), made);
    assert_eq!(played.slot(child, 0), U256::from(8));
    assert_eq!(played.balance(child), U256::from(10));
    assert_eq!(played.balance(account(2)), U256::from(ETHER - 5));
}
