//! Transactions that cannot be executed: skipped where they stand, without effect, and the rest goes on.

use alloy_primitives::{B256, Bytes, KECCAK256_EMPTY, U256};
use interleave_tests::scene::{ETHER, SPY, Scene, account};
use revm::{context_interface::block::BlobExcessGasAndPrice, primitives::hardfork::SpecId};

/// A versioned hash of EIP-4844.
fn blob(number: u8) -> B256 {
    let mut hash = B256::repeat_byte(number);
    hash[0] = 1;
    hash
}

#[test]
fn invalid_transactions_are_skipped_for_the_same_reason_by_all_and_later_ones_go_on() {
    let mut scene = Scene::new(SpecId::OSAKA);
    scene.block.env.gas_limit = 10_000_000;
    let to = account(0x40);
    let contract = scene.contract(0x20, "0 SLOAD 1 ADD 0 SSTORE");
    // An account with code that signs transactions (EIP-3607).
    let code_hash = scene.block.prestate.accounts[&contract].code_hash;
    scene.block.prestate.account_mut(account(14)).code_hash = code_hash;
    // The last of all nonces.
    scene.block.prestate.account_mut(account(13)).nonce = u64::MAX;
    scene.send(0, to).nonce = 1;
    scene.send(1, contract);
    scene.send(1, to).nonce = 0;
    scene.send(2, to).value = U256::from(2 * ETHER);
    scene.send(3, to).gas_limit = 20_999;
    scene.send(4, to).gas_limit = 10_000_001;
    // These two are to pay another price than the rest.
    scene.send(5, to);
    scene.send(6, to).tx_type = 2;
    scene.send(7, to).chain_id = Some(2);
    scene.create(8, Bytes::from(vec![0; 49_153])).gas_limit = 9_000_000;
    scene.send(14, to);
    scene.send(13, to).nonce = u64::MAX;
    scene.send(9, to).tx_type = 4;
    scene.create(11, Bytes::new());
    scene.authorize(account(12), to, 0);
    let tx = scene.create(12, Bytes::new());
    (tx.tx_type, tx.gas_priority_fee) = (3, Some(0));
    (tx.blob_hashes, tx.max_fee_per_blob_gas) = (vec![blob(1)], 1);
    scene.send(10, to).data = vec![1; 25_000].into();
    // All of them try again, and who cannot be helped is left out.
    for from in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] {
        scene.send(from, contract).nonce = u64::from(from == 1);
    }
    scene.price(10, 12);
    scene.block.txs[6].gas_price = 9;
    scene.block.txs[7].gas_priority_fee = Some(13);
    let played = scene.check();
    assert_eq!(
        played.letters(),
        format!("-s{}{}", "-".repeat(14), "s".repeat(13))
    );
    let reasons = played.reasons();
    let expected = [
        "nonce 1 too high, expected 0",
        "nonce 0 too low, expected 1",
        "lack of funds",
        "call gas cost",
        "caller gas limit exceeds the block gas limit",
        "gas price is less than basefee",
        "priority fee is greater than max fee",
        "invalid chain ID",
        "create initcode size limit",
        "reject transactions from senders with deployed code",
        "nonce overflow in transaction",
        "empty authorization list",
        "set code transaction cannot create",
        "blob create transaction",
        "gas floor",
    ];
    assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
    for (reason, expected) in reasons.iter().zip(expected) {
        assert!(reason.contains(expected), "{reason}, not {expected}");
    }
    assert_eq!(played.slot(contract, 0), U256::from(14));
    assert_eq!(played.code_hash(account(12)), Some(KECCAK256_EMPTY));
    assert_eq!(played.balance(to), U256::ZERO);
}

#[test]
fn types_and_fields_that_a_hard_fork_does_not_know_are_refused() {
    for (spec, letters) in [
        (SpecId::ISTANBUL, "s----s"),
        (SpecId::BERLIN, "ss---s"),
        (SpecId::LONDON, "sss--s"),
        (SpecId::CANCUN, "ssss-s"),
        (SpecId::PRAGUE, "ssssss"),
    ] {
        let mut scene = Scene::new(spec);
        let to = account(0x40);
        for tx_type in 0..5 {
            let tx = scene.send(tx_type, to);
            tx.tx_type = tx_type;
            if tx_type == 3 {
                tx.blob_hashes = vec![blob(1)];
                tx.max_fee_per_blob_gas = 1_000_000;
            }
            if tx_type == 4 {
                scene.authorize(account(9), to, 0);
            }
        }
        scene.send(5, to);
        assert_eq!(scene.check().letters(), letters, "{spec:?}");
    }
}

#[test]
fn a_blob_transaction_that_cannot_be_paid_or_is_too_big_leaves_no_trace() {
    let mut scene = Scene::new(SpecId::OSAKA);
    let blobs = BlobExcessGasAndPrice::new_with_spec(60_000_000, SpecId::OSAKA);
    let price = blobs.blob_gasprice;
    scene.block.env.blob_excess_gas_and_price = Some(blobs);
    // Keeps its second blob.
    let contract = scene.contract(0x20, "1 BLOBHASH 0 SSTORE BLOBBASEFEE 1 SSTORE");
    let spy = scene.contract(0x21, SPY);
    let send = |scene: &mut Scene, from: u8, hashes: Vec<B256>, most: u128| {
        let tx = scene.send(from, contract);
        (tx.tx_type, tx.gas_priority_fee) = (3, Some(0));
        (tx.blob_hashes, tx.max_fee_per_blob_gas) = (hashes, most);
        tx.nonce = 0;
    };
    let hashes = |count: u8| (1..=count).map(blob).collect::<Vec<_>>();
    send(&mut scene, 0, hashes(2), price - 1);
    send(&mut scene, 1, hashes(7), price);
    send(&mut scene, 2, Vec::new(), price);
    send(&mut scene, 3, vec![B256::repeat_byte(2)], price);
    // It could not pay the most, though it could pay what it comes to.
    send(&mut scene, 4, hashes(2), ETHER);
    scene.tell(15, spy, account(0));
    send(&mut scene, 0, hashes(2), price);
    send(&mut scene, 4, hashes(6), 2 * price);
    let played = scene.check();
    assert_eq!(played.letters(), "-----sss");
    assert_eq!(
        played.slots(contract),
        [U256::from_be_bytes(blob(2).0), U256::from(price)]
    );
    assert_eq!(played.slot(spy, 2), U256::from(ETHER));
    let left = |blobs: u128| U256::from(ETHER - blobs * 131_072 * price);
    assert_eq!(played.balance(account(0)), left(2));
    assert_eq!(played.balance(account(4)), left(6));
    for from in 1..4 {
        assert_eq!(played.nonce(account(from)), 0);
    }
}

#[test]
fn a_transaction_above_the_gas_limit_of_the_block_is_skipped_whatever_ran_before() {
    let mut scene = Scene::new(SpecId::PRAGUE);
    scene.block.env.gas_limit = 1_000_000;
    let contract = scene.contract(0x20, "0 SLOAD 1 ADD 0 SSTORE");
    for from in 0..4 {
        scene.send(from, contract).gas_limit = 1_000_000;
        scene.send(from, contract).gas_limit = 1_000_001;
        scene.send(from, contract).nonce = 1;
    }
    let played = scene.check();
    assert_eq!(played.letters(), "s-s".repeat(4));
    assert_eq!(played.slot(contract, 0), U256::from(8));
}
