//! Accounts that delegate to code (EIP-7702), and nonces that grow in more than one way.

use alloy_primitives::{Address, KECCAK256_EMPTY, U256, keccak256};
use interleave_tests::scene::{SPY, Scene, Word as _, account, code};
use revm::{
    context::{
        either::Either,
        transaction::{RecoveredAuthority, RecoveredAuthorization},
    },
    primitives::hardfork::SpecId,
};

/// What the code of an account is that delegates to `to`.
fn designator(to: Address) -> [u8; 23] {
    let mut code = [0; 23];
    code[..3].copy_from_slice(&[0xef, 1, 0]);
    code[3..].copy_from_slice(&to[..]);
    code
}

/// A contract whose code adds `step` to slot 0 of whoever runs it.
fn counter(scene: &mut Scene, number: u8, step: u8) -> Address {
    scene.contract(number, &format!("0 SLOAD {step} ADD 0 SSTORE"))
}

#[test]
fn a_delegation_is_made_changed_and_cleared_and_the_storage_stays() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let by_one = counter(&mut scene, 0x20, 1);
    let by_ten = counter(&mut scene, 0x21, 10);
    let spies = [0x22, 0x23, 0x24].map(|number| scene.contract(number, SPY));
    let it = account(15);
    scene.send(0, it);
    scene.tell(1, spies[0], it);
    // The transaction that makes it may already use it.
    scene.send(2, it);
    scene.authorize(it, by_one, 0);
    scene.send(3, it);
    scene.tell(4, spies[1], it);
    scene.send(5, account(0x40));
    scene.authorize(it, by_ten, 1);
    scene.send(6, it);
    scene.send(7, it);
    scene.send(8, it);
    scene.authorize(it, Address::ZERO, 2);
    scene.tell(9, spies[2], it);
    scene.send(10, it);
    let played = scene.check();
    assert_eq!(played.letters(), "s".repeat(11));
    assert_eq!(played.slot(it, 0), U256::from(22));
    let [before, during, after] = spies.map(|spy| played.slots::<2>(spy));
    assert_eq!(before, [KECCAK256_EMPTY.word(), U256::ZERO]);
    let delegated = keccak256(designator(by_one));
    assert_eq!(during, [delegated.word(), U256::from(23)]);
    assert_eq!(after, before);
    assert_eq!(played.nonce(it), 3);
    assert_eq!(played.code_hash(it), Some(KECCAK256_EMPTY));
}

#[test]
fn a_delegation_is_not_followed_twice_nor_into_a_precompile() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let by_one = counter(&mut scene, 0x20, 1);
    let [first, second, third] = [13, 14, 15].map(account);
    scene.send(0, first);
    scene.authorize(first, by_one, 0);
    scene.send(1, second);
    scene.authorize(second, first, 0);
    // The identity, which would give back what it is told, and never fails.
    scene.tell(2, third, 7);
    scene.authorize(third, Address::with_last_byte(4), 0);
    for (from, to) in [(3, first), (4, second), (5, third)] {
        scene.send(from, to);
    }
    // The first is free again, and with it who delegates to it.
    scene.send(6, first);
    scene.authorize(first, Address::ZERO, 1);
    scene.send(7, second);
    let played = scene.check();
    assert_eq!(played.letters(), "shsshsss");
    assert_eq!(played.slot(first, 0), U256::from(2));
    assert_eq!(played.slot(second, 0), U256::ZERO);
    let output = |tx: usize| match &played.result.outcomes[tx] {
        interleave_engine::outcome::Outcome::Executed(receipt) => receipt.output.clone(),
        interleave_engine::outcome::Outcome::Skipped(reason) => panic!("{reason}"),
    };
    assert!(output(2).is_empty());
}

#[test]
fn code_and_its_hash_agree_while_delegations_change() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let short = scene.contract(0x20, "1 0 MSTORE 32 0 RETURN");
    let jumps = "@far JUMP STOP STOP STOP near: 2 0 MSTORE 32 0 RETURN STOP far: @near JUMP";
    let long = scene.contract(0x21, jumps);
    let it = account(15);
    // Keeps the hash, and what a call gives.
    let words = format!(
        "{it} EXTCODEHASH 0 SSTORE 32 0 0 0 0 {it} GAS CALL POP 0 MLOAD 1 SSTORE \
         {it} EXTCODEHASH 0 SLOAD EQ 2 SSTORE"
    );
    let readers: Vec<_> = (0x30..0x36)
        .map(|number| scene.contract(number, &words))
        .collect();
    let mut from = 0..15;
    let mut next = || from.next().expect("there are enough");
    for (nonce, reader) in (0..).zip(&readers) {
        scene.send(next(), account(0x40));
        scene.authorize(it, [short, long][nonce as usize % 2], nonce);
        scene.send(next(), *reader);
    }
    let played = scene.check();
    assert_eq!(played.letters(), "s".repeat(12));
    for (number, reader) in readers.into_iter().enumerate() {
        let hash = keccak256(designator([short, long][number % 2]));
        let given = U256::from(1 + number % 2);
        assert_eq!(played.slots(reader), [hash.word(), given, U256::ONE]);
    }
}

#[test]
fn an_authorization_that_does_not_hold_is_passed_over() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let by_one = counter(&mut scene, 0x20, 1);
    let contract = scene.contract(0x21, "STOP");
    let it = account(15);
    let to = account(0x40);
    scene.send(0, to);
    // A nonce to come, a contract, and for another chain.
    scene.authorize(it, by_one, 1);
    scene.authorize(contract, by_one, 1);
    scene.authorize(it, by_one, 0);
    let list = &mut scene.block.txs[0].authorization_list;
    if let Some(Either::Right(last)) = list.last_mut() {
        let mut other = (**last).clone();
        other.chain_id = U256::from(5);
        *last = RecoveredAuthorization::new_unchecked(other, RecoveredAuthority::Valid(it));
    }
    scene.send(1, it);
    // Now the nonce is the right one, once; the second takes the place of the first.
    scene.send(2, to);
    scene.authorize(it, contract, 0);
    scene.authorize(it, by_one, 0);
    scene.authorize(it, by_one, 1);
    scene.send(3, it);
    let played = scene.check();
    assert_eq!(played.letters(), "ssss");
    assert_eq!(played.slot(it, 0), U256::ONE);
    assert_eq!(played.nonce(it), 2);
    let kept = keccak256(code("STOP"));
    assert_eq!(played.code_hash(contract), Some(kept));
}

#[test]
fn a_sender_whose_code_creates_has_a_higher_nonce_than_it_sent_transactions() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let creates = scene.contract(0x20, "0 0 0 CREATE 0 SSTORE");
    let it = account(15);
    scene.send(0, account(0x40));
    scene.authorize(it, creates, 0);
    scene.send(1, it);
    scene.send(2, it);
    // Two creations and an authorization came before.
    scene.send(15, account(0x40)).nonce = 1;
    scene.send(15, account(0x40)).nonce = 3;
    // Creates once more, with the nonce after its own.
    scene.send(15, it).nonce = 4;
    scene.send(15, account(0x40)).nonce = 5;
    scene.send(15, account(0x40)).nonce = 6;
    let played = scene.check();
    assert_eq!(played.letters(), "sss-ss-s");
    assert_eq!(played.slot(it, 0), it.create(5).word());
    assert_eq!(played.nonce(it), 7);
    for nonce in [1, 2, 5] {
        assert_eq!(played.nonce(it.create(nonce)), 1, "{nonce}");
    }
}

#[test]
fn who_delegates_itself_uses_two_nonces_or_more() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let by_one = counter(&mut scene, 0x20, 1);
    let by_ten = counter(&mut scene, 0x21, 10);
    let it = account(0);
    scene.send(0, it);
    scene.authorize(it, by_one, 1);
    // Its next nonce is not the one after.
    scene.send(0, it).nonce = 1;
    scene.send(0, it).nonce = 2;
    scene.send(0, it).nonce = 3;
    scene.authorize(it, by_one, 4);
    scene.authorize(it, by_ten, 5);
    scene.send(0, it).nonce = 4;
    scene.send(0, it).nonce = 6;
    // One that names the nonce of its own transaction does not hold.
    scene.send(0, it).nonce = 7;
    scene.authorize(it, by_one, 7);
    let played = scene.check();
    assert_eq!(played.letters(), "s-ss-ss");
    assert_eq!(played.slot(it, 0), U256::from(32));
    assert_eq!(played.nonce(it), 8);
    assert_eq!(played.code_hash(it), Some(keccak256(designator(by_ten))));
}

#[test]
fn an_authorization_that_another_sends_uses_a_nonce() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let by_one = counter(&mut scene, 0x20, 1);
    let (it, to) = (account(1), account(0x40));
    scene.send(1, to).value = U256::ONE;
    scene.send(0, to);
    scene.authorize(it, by_one, 1);
    // What it would have sent next does not count any more.
    scene.send(1, to).value = U256::from(2);
    scene.send(1, to).value = U256::from(4);
    // Signed for a nonce that was used in between.
    scene.send(2, to);
    scene.authorize(it, Address::ZERO, 2);
    scene.send(1, to).nonce = 3;
    let played = scene.check();
    assert_eq!(played.letters(), "ss-sss");
    assert_eq!(played.balance(to), U256::from(5));
    assert_eq!(played.nonce(it), 4);
    assert_eq!(played.code_hash(it), Some(keccak256(designator(by_one))));
}
