//! Balances that change behind a transaction's back: the beneficiary's fees, and what a sender has left.

use alloy_primitives::{Address, KECCAK256_EMPTY, U256};
use interleave_engine::outcome::Outcome;
use interleave_tests::scene::{ETHER, Played, SPY, Scene, account, deploying, mortal};
use revm::primitives::hardfork::SpecId;

/// Pays all it has to `heir`.
fn purse(heir: Address) -> String {
    format!("0 0 0 0 SELFBALANCE {heir} GAS CALL POP")
}

const BASE_FEE: u64 = 10;
/// Of each unit of gas the beneficiary gets this much.
const TIP: u64 = 2;
const PRICE: u128 = (BASE_FEE + TIP) as u128;

/// The tips of these transactions.
fn tips(played: &Played, txs: impl IntoIterator<Item = usize>) -> U256 {
    let gas = played.gas();
    U256::from(txs.into_iter().map(|tx| gas[tx] * TIP).sum::<u64>())
}

#[test]
fn who_looks_at_the_beneficiary_sees_the_fees_of_all_lower_transactions() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let beneficiary = scene.block.env.beneficiary;
    let spies = [0x20, 0x21, 0x22].map(|number| scene.contract(number, SPY));
    scene.tell(0, spies[0], beneficiary);
    scene.tell(1, spies[1], beneficiary);
    for from in 2..8 {
        scene.send(from, account(0x40)).value = U256::ONE;
    }
    scene.tell(8, spies[2], beneficiary);
    scene.price(BASE_FEE, PRICE);
    let played = scene.check();
    // Before the first fee there is no such account.
    assert_eq!(played.slots(spies[0]), [U256::ZERO; 3]);
    let seen = |balance| [KECCAK256_EMPTY.into(), U256::ZERO, balance];
    assert_eq!(played.slots(spies[1]), seen(tips(&played, [0])));
    assert_eq!(played.slots(spies[2]), seen(tips(&played, 0..8)));
    assert_eq!(played.balance(beneficiary), tips(&played, 0..9));
}

#[test]
fn a_beneficiary_that_is_a_contract_pays_with_its_fees() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let heir = account(0x50);
    let beneficiary = scene.contract(0x20, &(purse(heir) + " 0 SLOAD 1 ADD 0 SSTORE"));
    scene.block.env.beneficiary = beneficiary;
    let spies = [0x21, 0x22].map(|number| scene.contract(number, SPY));
    for from in 0..3 {
        scene.send(from, account(0x40)).value = U256::ONE;
    }
    scene.send(3, beneficiary);
    scene.tell(4, spies[0], beneficiary);
    scene.send(5, beneficiary).value = U256::from(7);
    scene.tell(6, spies[1], heir);
    scene.price(BASE_FEE, PRICE);
    let played = scene.check();
    assert_eq!(played.slot(spies[0], 2), tips(&played, [3]));
    let paid = tips(&played, 0..5) + U256::from(7);
    assert_eq!(played.slot(spies[1], 2), paid);
    assert_eq!(played.balance(heir), paid);
    assert_eq!(played.balance(beneficiary), tips(&played, [5, 6]));
    assert_eq!(played.slot(beneficiary, 0), U256::from(2));
}

#[test]
fn a_beneficiary_that_is_emptied_again_has_no_fees_of_before() {
    let mut scene = Scene::new(SpecId::OSAKA);
    // Pays all it has to whom it is told.
    let words = "0 0 0 0 SELFBALANCE 0 CALLDATALOAD GAS CALL POP";
    let beneficiary = scene.contract(0x20, words);
    scene.block.env.beneficiary = beneficiary;
    let heirs = [0x50, 0x51, 0x52].map(account);
    for (from, heir) in (0..).zip(heirs) {
        scene.tell(from, beneficiary, heir).value = U256::from(from + 1);
    }
    scene.price(BASE_FEE, BASE_FEE.into());
    // The first alone gives a tip, so nobody has to wait for the others' fees.
    scene.block.txs[0].gas_price = PRICE;
    let played = scene.check();
    let paid = heirs.map(|heir| played.balance(heir));
    let second = U256::from(2) + tips(&played, [0]);
    assert_eq!(paid, [U256::from(1), second, U256::from(3)]);
}

#[test]
fn a_beneficiary_that_destroys_itself_loses_a_fee_and_earns_new_ones() {
    let mut scene = Scene::new(SpecId::LONDON);
    let heir = account(0x50);
    let beneficiary = scene.contract(0x20, &mortal(heir));
    scene.block.env.beneficiary = beneficiary;
    let spies = [0x21, 0x22].map(|number| scene.contract(number, SPY));
    scene.send(0, account(0x40)).value = U256::ONE;
    scene.send(1, beneficiary);
    scene.tell(2, beneficiary, 1);
    scene.tell(3, spies[0], beneficiary);
    scene.send(4, account(0x40)).value = U256::ONE;
    scene.tell(5, spies[1], beneficiary);
    scene.price(BASE_FEE, PRICE);
    let played = scene.check();
    assert_eq!(played.letters(), "ssssss");
    assert_eq!(played.balance(heir), tips(&played, [0, 1]));
    // The fee of the transaction in which it goes, goes with it.
    assert_eq!(played.slots(spies[0]), [U256::ZERO; 3]);
    let seen = [KECCAK256_EMPTY.into(), U256::ZERO, tips(&played, [3, 4])];
    assert_eq!(played.slots(spies[1]), seen);
    assert_eq!(played.balance(beneficiary), tips(&played, [3, 4, 5]));
    assert_eq!(played.slot(beneficiary, 0), U256::ZERO);
}

#[test]
fn a_beneficiary_that_delegates_pays_with_its_fees() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let heir = account(0x50);
    let delegate = scene.contract(0x20, &purse(heir));
    let beneficiary = account(15);
    scene.block.env.beneficiary = beneficiary;
    scene.send(0, beneficiary).value = U256::from(3);
    // It may still send, and its nonce was used by the authorization.
    scene.send(1, account(0x40));
    scene.authorize(beneficiary, delegate, 0);
    scene.send(15, account(0x40)).nonce = 1;
    scene.send(2, beneficiary);
    scene.send(3, account(0x40)).value = U256::ONE;
    scene.send(4, beneficiary);
    // It has no more than two fees, which do not pay for a million gas.
    scene.send(15, account(0x40)).nonce = 2;
    scene.price(BASE_FEE, PRICE);
    let played = scene.check();
    assert_eq!(played.letters(), "ssssss-");
    let spent = U256::from(played.gas()[2] * (BASE_FEE + TIP));
    let first = U256::from(ETHER + 3) + tips(&played, [0, 1, 2]) - spent;
    assert_eq!(played.balance(heir), first + tips(&played, [3, 4]));
    assert_eq!(played.balance(beneficiary), tips(&played, [5]));
    assert_eq!(played.nonce(beneficiary), 2);
}

#[test]
fn a_beneficiary_that_is_made_in_the_block_begins_with_its_fees() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let heir = account(0x50);
    let program = interleave_tests::scene::code(&purse(heir));
    let beneficiary = account(1).create(0);
    scene.block.env.beneficiary = beneficiary;
    let spy = scene.contract(0x21, SPY);
    scene.send(0, account(0x40)).value = U256::ONE;
    scene.create(1, deploying(&program));
    scene.tell(2, spy, beneficiary);
    scene.send(3, beneficiary);
    scene.send(4, account(0x40)).value = U256::ONE;
    scene.price(BASE_FEE, PRICE);
    let played = scene.check();
    assert_eq!(played.letters(), "sssss");
    assert_eq!(played.slot(spy, 1), U256::from(program.len()));
    assert_eq!(played.slot(spy, 2), tips(&played, [0, 1]));
    assert_eq!(played.balance(heir), tips(&played, [0, 1, 2]));
    assert_eq!(played.balance(beneficiary), tips(&played, [3, 4]));
    assert_eq!(played.nonce(beneficiary), 1);
}

#[test]
fn without_tips_there_is_no_beneficiary() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let spies = [0x20, 0x21].map(|number| scene.contract(number, SPY));
    let beneficiary = scene.block.env.beneficiary;
    for (from, spy) in (0..).zip(spies) {
        scene.tell(from, spy, beneficiary);
    }
    scene.send(2, beneficiary);
    scene.price(BASE_FEE, BASE_FEE.into());
    let played = scene.check();
    assert_eq!(played.letters(), "sss");
    assert_eq!(played.slots(spies[1]), [U256::ZERO; 3]);
    assert_eq!(played.code_hash(beneficiary), None);
}

#[test]
fn who_looks_at_a_sender_sees_what_it_has_left() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let spies = [0x20, 0x21, 0x22].map(|number| scene.contract(number, SPY));
    // The sender looks at itself too.
    let mirror = scene.contract(0x23, "CALLER BALANCE 0 SSTORE");
    for spy in spies {
        scene.send(0, account(0x40)).value = U256::from(100);
        scene.tell(1, spy, account(0));
    }
    scene.send(0, mirror).value = U256::from(100);
    scene.price(BASE_FEE, PRICE);
    let played = scene.check();
    let gas = played.gas();
    let price = BASE_FEE + TIP;
    let mut left = U256::from(ETHER);
    for (spy, tx) in spies.into_iter().zip([0, 2, 4]) {
        left -= U256::from(100 + gas[tx] * price);
        assert_eq!(played.slot(spy, 2), left);
    }
    // While it runs, all the gas it may use is paid for.
    let while_running = left - U256::from(100 + 1_000_000 * price);
    assert_eq!(played.slot(mirror, 0), while_running);
    assert_eq!(
        played.balance(account(0)),
        left - U256::from(100 + gas[6] * price)
    );
}

#[test]
fn who_was_paid_by_a_lower_transaction_can_pay_and_who_was_drained_by_one_cannot() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let other = account(0x40);
    let (poor, fuel) = (0x30, 21_000 * (BASE_FEE + TIP));
    let pay = |scene: &mut Scene, nonce, value: u64| {
        let tx = scene.send(poor, other);
        tx.nonce = nonce;
        tx.gas_limit = 21_000;
        tx.value = U256::from(value);
    };
    pay(&mut scene, 0, 1);
    scene.send(0, account(poor)).value = U256::from(2 * fuel + 5);
    pay(&mut scene, 0, 3);
    // Three more than it has.
    pay(&mut scene, 1, 5);
    pay(&mut scene, 1, 2);
    pay(&mut scene, 2, 0);
    scene.send(1, account(poor)).value = U256::from(fuel);
    pay(&mut scene, 2, 0);
    scene.price(BASE_FEE, PRICE);
    let played = scene.check();
    assert_eq!(played.letters(), "-ss-s-ss");
    let lacks = |reason: &&str| reason.contains("lack of funds");
    assert_eq!(played.reasons().iter().filter(|it| lacks(it)).count(), 3);
    assert_eq!(played.balance(other), U256::from(5));
    assert_eq!(played.balance(account(poor)), U256::ZERO);
    assert_eq!(played.nonce(account(poor)), 3);
}

#[test]
fn what_a_transaction_would_have_written_is_not_read_when_it_becomes_invalid() {
    let mut scene = Scene::new(SpecId::OSAKA);
    // Keeps what it is paid, or tells what it kept.
    let words =
        "CALLDATASIZE @tell JUMPI CALLVALUE 0 SSTORE STOP tell: 0 SLOAD 0 MSTORE 32 0 RETURN";
    let notes = scene.contract(0x20, words);
    let words = format!("32 0 1 0 0 {notes} GAS CALL POP 0 MLOAD 0 SSTORE");
    let readers = [0x21, 0x22].map(|number| scene.contract(number, &words));
    scene.send(1, account(0x40)).value = U256::from(ETHER - 5);
    // On the state before the block it could pay.
    scene.send(1, notes).value = U256::from(9);
    scene.send(2, readers[0]);
    scene.send(3, notes).value = U256::from(2);
    scene.send(4, readers[1]);
    let played = scene.check();
    assert_eq!(played.letters(), "s-sss");
    let read = readers.map(|reader| played.slot(reader, 0));
    assert_eq!(read, [0, 2].map(U256::from));
    assert_eq!(played.balance(notes), U256::from(2));
    assert_eq!(played.balance(account(1)), U256::from(5));
}

#[test]
fn a_contract_pays_until_it_has_too_little_and_again_when_it_was_paid() {
    let mut scene = Scene::new(SpecId::OSAKA);
    // Pays its caller three out of what it is paid and what it has, twice.
    let pay = "0 0 0 0 3 CALLER GAS CALL";
    let till = scene.contract(0x20, &format!("{pay} {pay} ADD 0 MSTORE 32 0 RETURN"));
    let friends = [0x21, 0x22].map(|number| {
        let words = format!("0 0 0 0 0 {till} GAS CALL POP");
        scene.contract(number, &words)
    });
    // Enough for two calls and a half.
    scene.endow(till, 15);
    for from in 0..4 {
        scene.send(from, till);
    }
    // It pays with what it is just being paid.
    scene.send(4, till).value = U256::from(6);
    scene.send(5, till).value = U256::from(8);
    scene.send(6, friends[0]);
    scene.send(7, account(0x40)).value = U256::ONE;
    scene.send(8, friends[1]);
    scene.send(9, till).value = U256::from(1);
    let played = scene.check();
    assert_eq!(played.letters(), "ssssssssss");
    let paid = |outcome: &Outcome| match outcome {
        Outcome::Executed(receipt) => U256::from_be_slice(&receipt.output),
        Outcome::Skipped(_) => U256::ZERO,
    };
    let payments: Vec<_> = played.result.outcomes.iter().map(paid).collect();
    let payments: Vec<u64> = payments.iter().map(|it| it.to()).collect();
    assert_eq!(payments, [2, 2, 1, 0, 2, 2, 0, 0, 0, 1]);
    assert_eq!(played.balance(till), U256::from(0));
    assert_eq!(played.balance(friends[0]), U256::from(0));
}

#[test]
fn who_makes_a_contract_with_more_than_it_has_makes_none() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let maker = scene.contract(0x20, "0 0 4 CREATE 0 MSTORE 32 0 RETURN");
    scene.endow(maker, 9);
    for from in 0..3 {
        scene.send(from, maker);
    }
    scene.send(3, maker).value = U256::from(3);
    let played = scene.check();
    assert_eq!(played.balance(maker), U256::ZERO);
    // The two that were made, and the one that was paid for.
    assert_eq!(played.nonce(maker), 4);
}

#[test]
fn a_balance_that_has_no_room_for_fees_gets_none_of_them() {
    for room in [0, 1, 200_000] {
        let mut scene = Scene::new(SpecId::OSAKA);
        let beneficiary = account(0x30);
        scene.block.env.beneficiary = beneficiary;
        let before = U256::MAX - U256::from(room);
        scene.block.prestate.account_mut(beneficiary).balance = before;
        let spy = scene.contract(0x20, SPY);
        for from in 0..6 {
            scene.send(from, account(0x40)).value = U256::ONE;
        }
        scene.tell(6, spy, beneficiary);
        scene.price(BASE_FEE, PRICE);
        let played = scene.check();
        let fees = tips(&played, 0..7);
        let paid = played.balance(beneficiary) - before;
        assert!(paid <= U256::from(room) && paid < fees, "{room}: {paid}");
    }
}
