//! Blocks of random transactions over few accounts, so that nearly everything conflicts.

use std::collections::BTreeMap;

use alloy_primitives::{Address, Bytes, TxKind, U256, hex};
use interleave_engine::{block::Block, state::State};
use interleave_tests::check;
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};
use revm::{
    context::{BlockEnv, TxEnv},
    primitives::hardfork::SpecId,
    state::Bytecode,
};

/// One transaction, as numbers that shrink.
#[derive(Clone, Debug)]
struct Step {
    from: u8,
    to: u8,
    value: u32,
    tip: u8,
    data: u8,
    wrong_nonce: bool,
}

fn step() -> impl Strategy<Value = Step> {
    (
        0..6u8,
        0..14u8,
        0..4u32,
        0..3u8,
        0..5u8,
        prop::bool::weighted(0.05),
    )
        .prop_map(|(from, to, value, tip, data, wrong_nonce)| Step {
            from,
            to,
            value,
            tip,
            data,
            wrong_nonce,
        })
}

fn account(index: u8) -> Address {
    Address::repeat_byte(index + 1)
}

/// What lives at each address from 6 on.
fn contracts() -> Vec<Bytes> {
    let code = |text: &str| Bytes::from(hex::decode(text).expect("the codes below are hex"));
    // Opcodes of Frontier alone, so that every hard fork runs them.
    vec![
        // slot[first byte of the data] += 1
        code("60003560001a80546001019055"),
        // slot[0] = slot[first byte of the data], and a log of it
        code("60003560001a548060005560005260206000a0"),
        // slot[1] = balance of the beneficiary
        code("4131600155"),
        // slot[2] = own balance, then 1 wei to account 5
        code("303160025560006000600060006001730606060606060606060606060606060606060606617530f1"),
        // fails if slot[0] is odd, else adds one to it
        code("600054806001166011576001016000550000"),
        // destroys itself in favour of account 3
        code("730404040404040404040404040404040404040404ff"),
        // slot[3] = low byte of the address of a child it creates, without code
        code("600060006000f060ff16600355"),
        // slot[4] = size of account 11's code, slot[5] = its balance, slot[6] = gas left
        code("730c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c803b600455316005555a600655"),
    ]
}

fn build(spec: SpecId, beneficiary: u8, steps: &[Step]) -> Block {
    let mut prestate = State::default();
    for index in 0..5 {
        prestate.account_mut(account(index)).balance = U256::from(10u64.pow(18));
    }
    // Account 5 begins with nothing and may become able to pay.
    for (index, code) in (6..).zip(contracts()) {
        prestate.set_code(account(index), Bytecode::new_raw(code));
        let contract = prestate.account_mut(account(index));
        contract.nonce = 1;
        contract.balance = U256::from(7);
        contract.storage.insert(U256::ZERO, U256::from(index));
    }
    let mut nonces = [0u64; 6];
    let txs = steps.iter().map(|step| {
        let nonce = nonces[usize::from(step.from)] + u64::from(step.wrong_nonce);
        nonces[usize::from(step.from)] += u64::from(!step.wrong_nonce);
        TxEnv {
            caller: account(step.from),
            kind: TxKind::Call(account(step.to)),
            value: U256::from(step.value),
            data: Bytes::from(vec![step.data]),
            nonce,
            gas_limit: 200_000,
            gas_price: 10 + u128::from(step.tip),
            ..TxEnv::default()
        }
    });
    let mut env = BlockEnv {
        beneficiary: account(beneficiary),
        basefee: 10,
        gas_limit: 30_000_000,
        ..BlockEnv::default()
    };
    env.prevrandao = Some(Default::default());
    env.set_blob_excess_gas_and_price(0, 1);
    if !spec.is_enabled_in(SpecId::LONDON) {
        env.basefee = 0;
    }
    Block {
        spec,
        chain_id: 1,
        env,
        block_hashes: BTreeMap::new(),
        txs: txs.collect(),
        prestate,
    }
}

proptest! {
    #![proptest_config(Config { cases: 40, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() })]

    #[test]
    fn random_blocks_equal_sequential_execution(
        spec in prop::sample::select(vec![SpecId::HOMESTEAD, SpecId::BYZANTIUM, SpecId::LONDON, SpecId::SHANGHAI, SpecId::CANCUN, SpecId::OSAKA]),
        beneficiary in 0..20u8,
        steps in prop::collection::vec(step(), 0..40),
    ) {
        check(&build(spec, beneficiary, &steps));
    }
}
