//! What code sees and may do: transient storage, gas, logs, the block, depth and size, precompiles.

use alloy_primitives::{Address, B256, Bytes, U256, hex, keccak256};
use interleave_tests::{
    few,
    scene::{Scene, Word as _, account, code},
};
use revm::{context_interface::block::BlobExcessGasAndPrice, primitives::hardfork::SpecId};

#[test]
fn transient_storage_is_empty_when_a_transaction_begins() {
    let mut scene = Scene::new(SpecId::CANCUN);
    // Adds what is left of others, leaves something itself, and counts who came back to it.
    let words = "0 TLOAD 0 SLOAD ADD 0 SSTORE 7 0 TSTORE 0 TLOAD 1 SSTORE 2 SLOAD 1 ADD 2 SSTORE";
    let keeper = scene.contract(0x20, words);
    // Fails after it left something.
    let fails = scene.contract(0x21, "0 TLOAD 9 0 TSTORE INVALID");
    for from in 0..5 {
        scene.send(from, keeper);
        scene.send(from + 5, fails);
    }
    let played = scene.check();
    assert_eq!(played.letters(), "sh".repeat(5));
    assert_eq!(played.slots(keeper), [0, 7, 5].map(U256::from));
}

#[test]
fn the_gas_of_a_store_follows_from_the_value_before_the_transaction() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let store = scene.contract(0x20, "0 CALLDATALOAD 0 SSTORE");
    // Changes it and changes it back.
    let back = "7 SLOAD 8 7 SSTORE 7 SSTORE";
    let and_back = scene.contract(0x21, back);
    scene.store(and_back, 7, 3);
    for (from, value) in (0..).zip([1_u64, 1, 2, 0, 0, 3]) {
        scene.tell(from, store, value);
    }
    scene.send(6, and_back);
    scene.send(7, and_back);
    let played = scene.check();
    let gas = played.gas();
    // One byte that is not zero costs 12 more; a cold slot 2100.
    let nothing = gas[4] - 2_200;
    let plain = |more| nothing + 12 + 2_100 + more;
    assert_eq!(gas[0], plain(20_000));
    assert_eq!(gas[1], plain(100));
    assert_eq!(gas[2], plain(2_900));
    // A fifth of the gas is given back at the most, and 4800 for a slot that is cleared.
    let cleared = nothing + 5_000;
    assert_eq!(gas[3], cleared - (cleared / 5).min(4_800));
    assert_eq!(gas[5], plain(20_000));
    assert_eq!(gas[6], gas[7]);
}

#[test]
fn what_one_transaction_warmed_is_cold_for_the_next() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let words = format!("5 SLOAD POP {} BALANCE POP GAS 0 SSTORE", account(0x40));
    let toucher = scene.contract(0x20, &words);
    let again = scene.contract(0x21, &words);
    for from in 0..5 {
        scene.send(from, toucher);
    }
    scene.send(5, again);
    let played = scene.check();
    let gas = played.gas();
    // The slot with the gas left is new for the first, and the same ever after.
    assert_eq!(gas[0], gas[5]);
    assert!(gas[1..5].iter().all(|it| *it == gas[1] && *it < 30_000));
    assert_eq!(played.slot(toucher, 0), played.slot(again, 0));
}

#[test]
fn logs_come_in_order_and_tell_the_balances_of_their_turn() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let purse = account(0x40);
    let words =
        format!("{purse} BALANCE 0 MSTORE 0 CALLDATALOAD 32 0 LOG1 SELFBALANCE 0 MSTORE 32 0 LOG0");
    let crier = scene.contract(0x20, &words);
    let mute = scene.contract(0x21, &(words.clone() + " INVALID"));
    for turn in 0..5_u8 {
        scene.send(turn, purse).value = U256::from(turn + 1);
        scene.tell(turn, crier, u64::from(turn)).value = U256::from(100);
        scene.tell(turn, mute, u64::from(turn));
    }
    let played = scene.check();
    assert_eq!(played.letters(), "ssh".repeat(5));
    let logs = played.logs();
    assert_eq!(logs.len(), 10);
    let mut paid = 0;
    for (turn, pair) in (0..).zip(logs.chunks(2)) {
        paid += turn + 1;
        assert!(pair.iter().all(|log| log.address == crier));
        assert_eq!(pair[0].topics(), [B256::from(turn.word())]);
        assert_eq!(U256::from_be_slice(&pair[0].data.data), U256::from(paid));
        assert!(pair[1].topics().is_empty());
        let own = U256::from(100 * (turn + 1));
        assert_eq!(U256::from_be_slice(&pair[1].data.data), own);
    }
}

#[test]
fn every_worker_sees_the_same_block() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let env = &mut scene.block.env;
    env.number = U256::from(1_000);
    env.timestamp = U256::from(77_777);
    env.gas_limit = 50_000_000;
    env.prevrandao = Some(B256::repeat_byte(0x5a));
    let blobs = BlobExcessGasAndPrice::new_with_spec(60_000_000, SpecId::OSAKA);
    env.blob_excess_gas_and_price = Some(blobs);
    let (known, unknown) = (B256::repeat_byte(1), B256::ZERO);
    scene.block.block_hashes.insert(999, known);
    let words = "999 BLOCKHASH 0 SSTORE 998 BLOCKHASH 1 SSTORE COINBASE 2 SSTORE BASEFEE 3 SSTORE \
                 BLOBBASEFEE 4 SSTORE DIFFICULTY 5 SSTORE TIMESTAMP 6 SSTORE NUMBER 7 SSTORE \
                 GASLIMIT 8 SSTORE CHAINID 9 SSTORE GASPRICE 10 SSTORE ORIGIN 11 SSTORE GAS 12 SSTORE";
    let contracts = [0x20, 0x21, 0x22, 0x23].map(|number| scene.contract(number, words));
    for (from, contract) in (0..).zip(contracts) {
        scene.send(from, contract);
    }
    scene.price(10, 12);
    let played = scene.check();
    let env = &scene.block.env;
    let blob_price = U256::from(blobs.blob_gasprice);
    assert!(blob_price > U256::ONE);
    for (from, contract) in (0..).zip(contracts) {
        let seen: [U256; 13] = played.slots(contract);
        let expected = [
            known.word(),
            unknown.word(),
            env.beneficiary.word(),
            U256::from(10),
            blob_price,
            B256::repeat_byte(0x5a).word(),
            env.timestamp,
            env.number,
            U256::from(env.gas_limit),
            U256::ONE,
            U256::from(12),
            account(from).word(),
            played.slot(contracts[0], 12),
        ];
        assert_eq!(seen, expected);
        assert!(!seen[12].is_zero());
    }
}

#[test]
fn calls_are_nested_as_deep_as_they_may() {
    // Gas for all depths at once, which EIP-150 makes hard to have since.
    for (spec, gas) in [
        (SpecId::HOMESTEAD, 100_000_000),
        (SpecId::PRAGUE, 1_000_000_000_000),
    ] {
        let mut scene = Scene::new(spec);
        let gas_left = match spec {
            SpecId::HOMESTEAD => "30000 GAS SUB",
            _ => "GAS",
        };
        let words = format!("0 SLOAD 1 ADD 0 SSTORE 0 0 0 0 0 ADDRESS {gas_left} CALL 1 SSTORE");
        let deep = scene.contract(0x20, &words);
        for from in 0..2 {
            scene.send(from, deep).gas_limit = gas;
        }
        let played = scene.check_in(&few());
        assert_eq!(played.letters(), "ss");
        // The outermost call is at depth zero, and the innermost at 1024.
        assert_eq!(played.slot(deep, 0), U256::from(2 * 1_025), "{spec:?}");
    }
}

#[test]
fn code_may_be_as_long_as_it_may_and_not_longer() {
    let mut scene = Scene::new(SpecId::PRAGUE);
    // Deploys zeros, of which a stop is made.
    let init = |deployed: usize, length: usize| {
        let mut init = code(&format!("{deployed} 0 RETURN")).to_vec();
        init.resize(length, 0);
        Bytes::from(init)
    };
    let (most, most_init) = (24_576, 49_152);
    for (from, init) in (0..).zip([
        init(most, 40),
        init(most + 1, 40),
        init(1, most_init),
        init(1, most_init + 1),
    ]) {
        scene.create(from, init).gas_limit = 10_000_000;
    }
    let longest = account(0).create(0);
    let words = format!("{longest} EXTCODESIZE 0 SSTORE {longest} EXTCODEHASH 1 SSTORE");
    let spy = scene.contract(0x20, &words);
    scene.send(4, spy);
    scene.send(5, longest);
    let played = scene.check();
    assert_eq!(played.letters(), "shs-ss");
    assert_eq!(played.reasons(), ["create initcode size limit"]);
    let hash = keccak256(vec![0; most]);
    assert_eq!(played.slots(spy), [U256::from(most), hash.word()]);
    assert_eq!(played.code_hash(account(2).create(0)), Some(keccak256([0])));
}

const BLS_X: &str = "0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";
const BLS_Y: &str = "0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1";

/// Each precompile's address, what it is told, and the first word it answers.
fn precompiles() -> Vec<(u8, Vec<u8>, B256)> {
    let word = |text: &str| -> B256 { format!("{text:0>64}").parse().expect("a word") };
    let told = |parts: &[&str]| hex::decode(parts.concat()).expect("hexadecimal");
    let padded = |number: u64| format!("{number:064x}");
    let one = padded(1);
    // A point of BN254 and its inverse, paired with the same point of the other curve.
    let inverse = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd45";
    let other = "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2\
                 1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed\
                 090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b\
                 12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";
    let double = "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3";
    let infinity = format!("c0{:094}", 0);
    vec![
        (
            1,
            told(&[
                "1c8aff950685c2ed4bc3174f3472287b56d9517b9c948127319a09a7a36deac8",
                &padded(27),
                "433ec3d37e4f1253df15e2dea412fed8e915737730f74b3dfb1353268f932ef5",
                "557c9158e0b34bce39de28d11797b42e9b1acb2749230885fe075aedc3e491a4",
            ]),
            word("7e5f4552091a69125d5dfcb7b8c2659029395bdf"),
        ),
        (
            2,
            b"hello".to_vec(),
            word("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
        ),
        (
            3,
            b"hello".to_vec(),
            word("108f07b8382412612c048d07d13f814118445acd"),
        ),
        (4, told(&[&padded(77)]), word("4d")),
        // 3 ** 5 % 100, each of one byte, as is the answer.
        (
            5,
            told(&[&one, &one, &one, "030564"]),
            B256::right_padding_from(&[43]),
        ),
        (6, told(&[&one, &padded(2), &one, &padded(2)]), word(double)),
        (7, told(&[&one, &padded(2), &padded(2)]), word(double)),
        (
            8,
            told(&[&one, &padded(2), other, &one, inverse, other]),
            word("1"),
        ),
        // The commitment to nothing, opened at 0.
        (
            10,
            told(&[
                "010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014",
                &padded(0),
                &padded(0),
                &infinity,
                &infinity,
            ]),
            word("1000"),
        ),
        // Adds a point to itself.
        (
            11,
            told(&[BLS_X, BLS_Y, BLS_X, BLS_Y]),
            word("0572cbea904d67468808c8eb50a9450c"),
        ),
        (
            0,
            told(&[
                "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
                "b7458ecc9ddd84d559fa0bbee7bb61b894170d545488e95cf3450b12e1fcb54c",
                "3c00056fad0a6768a2729d5404808adbfcfa69f42915e725a95f983860af7233",
                "8e533b6fa0bf7b4625bb30667c01fb607ef9f8b8a80fef5b300628703187b2a3",
                "73eb1dbde03318366d069f83a6f5900053c73633cb041b21c55e1a86c1f400b4",
            ]),
            word("1"),
        ),
    ]
}

#[test]
fn precompiles_share_nothing_between_workers() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let mut asked = Vec::new();
    for (from, (number, told, answer)) in (0..).zip(precompiles()) {
        // P256VERIFY (EIP-7951) is the only one whose address has two bytes.
        let precompile = match number {
            0 => Address::with_last_byte(0) | Address::left_padding_from(&[1, 0]),
            _ => Address::with_last_byte(number),
        };
        let words = format!(
            "CALLDATASIZE 0 0 CALLDATACOPY 32 1024 CALLDATASIZE 0 0 {precompile} GAS CALL 1 SSTORE \
             1024 MLOAD 0 SSTORE"
        );
        for turn in 0..2 {
            let asks = scene.contract(0x20 + 2 * from + turn, &words);
            scene.send(from, asks).data = told.clone().into();
            asked.push((precompile, asks, answer));
        }
    }
    let played = scene.check_in(&few());
    for (precompile, asks, answer) in asked {
        let answered = played.slots(asks);
        assert_eq!(answered, [answer.word(), U256::ONE], "{precompile}");
    }
}
