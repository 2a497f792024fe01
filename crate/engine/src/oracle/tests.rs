//! Small blocks whose post-state is known from the rules, not from another run.

use std::collections::BTreeMap;

use alloy_primitives::{Address, Bytes, KECCAK256_EMPTY, TxKind, U256, address, bytes, keccak256};
use revm::{
    context::{BlockEnv, TxEnv},
    primitives::hardfork::SpecId,
    state::Bytecode,
};

use super::*;
use crate::state::{AccountChange, State};

const ALICE: Address = address!("a11ce00000000000000000000000000000000000");
const BOB: Address = address!("b0b0000000000000000000000000000000000000");
const CODE: Address = address!("c0de000000000000000000000000000000000000");
const MINER: Address = address!("3130000000000000000000000000000000000000");
const ETHER: u64 = 1_000_000_000_000_000_000;

/// A block in which Alice has one ether and every transaction pays `price` for its gas.
fn block(spec: SpecId, price: u128, txs: &[(TxKind, u64, Bytes)]) -> Block {
    let mut prestate = State::default();
    prestate.account_mut(ALICE).balance = U256::from(ETHER);
    let tx = |(nonce, (kind, value, data)): (u64, &(TxKind, u64, Bytes))| TxEnv {
        caller: ALICE,
        nonce,
        kind: *kind,
        value: U256::from(*value),
        data: data.clone(),
        gas_price: price,
        gas_limit: 1_000_000,
        ..TxEnv::default()
    };
    Block {
        spec,
        chain_id: 1,
        env: BlockEnv {
            beneficiary: MINER,
            gas_limit: 30_000_000,
            ..BlockEnv::default()
        },
        prestate,
        txs: (0..).zip(txs).map(tx).collect(),
        ..Block::default()
    }
}

fn call(to: Address, value: u64) -> (TxKind, u64, Bytes) {
    (TxKind::Call(to), value, Bytes::new())
}

fn put_code(block: &mut Block, code: Bytes) {
    block.prestate.set_code(CODE, Bytecode::new_raw(code));
}

fn updated(balance: u64, nonce: u64, slots: &[(u64, u64)]) -> AccountChange {
    AccountChange::Updated {
        balance: U256::from(balance),
        nonce,
        code_hash: KECCAK256_EMPTY,
        slots: slots
            .iter()
            .map(|(slot, value)| (U256::from(*slot), U256::from(*value)))
            .collect(),
    }
}

#[test]
fn transfers_pay_the_beneficiary_and_bump_the_nonce() {
    let block = block(SpecId::CANCUN, 2, &[call(BOB, 5), call(BOB, 7)]);
    let result = result(&block);
    let fees = 2 * 2 * 21_000;
    assert_eq!(result.changes.accounts.len(), 3);
    assert_eq!(
        result.changes.accounts[&ALICE],
        updated(ETHER - 12 - fees, 2, &[])
    );
    assert_eq!(result.changes.accounts[&BOB], updated(12, 0, &[]));
    assert_eq!(result.changes.accounts[&MINER], updated(fees, 0, &[]));
}

#[test]
fn an_invalid_transaction_is_skipped_and_the_next_one_runs() {
    let mut block = block(SpecId::CANCUN, 0, &[call(BOB, 5), call(BOB, 7)]);
    block.txs[0].nonce = 9;
    block.txs[1].nonce = 0;
    let result = result(&block);
    assert_eq!(
        result.outcomes[0],
        Outcome::Skipped("nonce 9 too high, expected 0".into())
    );
    assert!(matches!(result.outcomes[1], Outcome::Executed(_)));
    assert_eq!(result.changes.accounts[&BOB], updated(7, 0, &[]));
}

#[test]
fn breaking_off_gives_no_result() {
    let block = block(SpecId::CANCUN, 0, &[call(BOB, 5), call(BOB, 7)]);
    let mut seen = Vec::new();
    let executed = execute(&block, &Control::default(), &mut |tx, _| {
        seen.push(tx);
        if tx == TxIdx(1) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(executed.is_none());
    assert_eq!(seen, [TxIdx(0), TxIdx(1)]);
}

#[test]
fn a_touched_account_without_anything_goes_from_spurious_dragon_on() {
    for (spec, left) in [
        (SpecId::TANGERINE, Some(updated(0, 0, &[]))),
        (SpecId::SPURIOUS_DRAGON, None),
    ] {
        let result = result(&block(spec, 0, &[call(BOB, 0)]));
        assert_eq!(result.changes.accounts.get(&BOB).cloned(), left);
        // The beneficiary of no fee at all is touched too.
        assert_eq!(result.changes.accounts.get(&MINER).cloned(), left);
    }
}

#[test]
fn an_empty_account_of_the_prestate_is_deleted_when_touched_from_spurious_dragon_on() {
    for (spec, left) in [
        (SpecId::TANGERINE, None),
        (SpecId::SPURIOUS_DRAGON, Some(AccountChange::Deleted)),
    ] {
        let mut block = block(spec, 0, &[call(BOB, 0)]);
        block.prestate.account_mut(BOB);
        let result = result(&block);
        assert_eq!(result.changes.accounts.get(&BOB).cloned(), left);
    }
}

/// `SELFDESTRUCT` to Bob.
fn selfdestruct() -> Bytes {
    bytes!("73b0b0000000000000000000000000000000000000ff")
}

#[test]
fn selfdestruct_deletes_a_contract_before_cancun_and_only_empties_it_after() {
    for (spec, deleted) in [(SpecId::SHANGHAI, true), (SpecId::CANCUN, false)] {
        let mut block = block(spec, 0, &[call(CODE, 0)]);
        put_code(&mut block, selfdestruct());
        let account = block.prestate.account_mut(CODE);
        account.balance = U256::from(3);
        account.storage.insert(U256::ONE, U256::from(77));
        let result = result(&block);
        assert_eq!(result.changes.accounts[&BOB], updated(3, 0, &[]));
        assert_eq!(
            result.changes.accounts[&CODE],
            if deleted {
                AccountChange::Deleted
            } else {
                AccountChange::Updated {
                    balance: U256::ZERO,
                    nonce: 0,
                    code_hash: keccak256(selfdestruct()),
                    slots: BTreeMap::new(),
                }
            }
        );
    }
}

#[test]
fn ether_sent_to_a_destroyed_contract_revives_it_without_code_and_storage() {
    let mut block = block(SpecId::SHANGHAI, 0, &[call(CODE, 0), call(CODE, 4)]);
    put_code(&mut block, selfdestruct());
    let account = block.prestate.account_mut(CODE);
    account.storage.insert(U256::ONE, U256::from(77));
    let result = result(&block);
    assert_eq!(result.changes.accounts[&CODE], updated(4, 0, &[(1, 0)]));
}

#[test]
fn a_contract_created_anew_where_one_was_destroyed_starts_with_empty_storage() {
    // A factory at CODE: CREATE2 with salt 0 of an init code that stores 5 in slot 0 and returns
    // the code `ff` (SELFDESTRUCT to address 0, the stack being padded by CALLDATASIZE).
    // init: 60055f5560 36 5f53 60ff 6001 53 6002 5f f3 => runtime 36ff
    let init = bytes!("60055f5560365f5360ff60015360025ff3");
    let child = CODE.create2_from_code([0; 32], &init);
    let mut factory = Vec::from([0x70]);
    factory.extend_from_slice(&init);
    // MSTORE at 0 puts the 17 bytes at 15..32.
    factory.extend_from_slice(&bytes!("5f525f6011600f5ff500"));
    let mut block = block(
        SpecId::SHANGHAI,
        0,
        &[call(CODE, 0), call(child, 0), call(CODE, 0)],
    );
    put_code(&mut block, factory.into());
    let made = result(&block);
    let AccountChange::Updated { slots, nonce, .. } = &made.changes.accounts[&child] else {
        panic!("the child exists: {made:?}");
    };
    assert_eq!((*nonce, slots.len()), (1, 1));
    assert_eq!(slots[&U256::ZERO], U256::from(5));
    assert_eq!(made.changes.codes.len(), 1);

    // Without the last transaction it is as if the child had never been.
    block.txs.pop();
    let gone = result(&block);
    assert!(!gone.changes.accounts.contains_key(&child));
    assert!(gone.changes.codes.is_empty());
}

#[test]
fn a_slot_set_back_to_its_first_value_is_no_change() {
    // SSTORE(0, CALLVALUE): 7, then 3 as in the prestate.
    let mut block = block(SpecId::CANCUN, 0, &[call(CODE, 7), call(CODE, 3)]);
    put_code(&mut block, bytes!("345f55"));
    let account = block.prestate.account_mut(CODE);
    account.storage.insert(U256::ZERO, U256::from(3));
    let result = result(&block);
    let AccountChange::Updated { slots, balance, .. } = &result.changes.accounts[&CODE] else {
        panic!("the contract was paid");
    };
    assert!(slots.is_empty());
    assert_eq!(*balance, U256::from(10));
}
