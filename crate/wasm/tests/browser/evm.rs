//! revm itself on two workers: the dependencies that the engine stands on, compiled for threads.

use revm::context::TxEnv;
use revm::context::result::ExecutionResult;
use revm::database::{CacheDB, EmptyDB};
use revm::primitives::{Address, TxKind, U256};
use revm::state::{AccountInfo, Bytecode};
use revm::{Context, ExecuteCommitEvm, MainBuilder, MainContext};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::pool;

const SENDER: Address = Address::with_last_byte(0xaa);
const TARGET: Address = Address::with_last_byte(0xbb);

/// Adds one to slot 0, then calls itself with all the gas it has.
const NEST: [u8; 16] = [
    0x60, 0x01, 0x5f, 0x54, 0x01, 0x5f, 0x55, // slot 0 := slot 0 + 1
    0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x30, 0x5a, 0xf1, // call(gas, this, 0, …)
    0x00,
];

fn prestate(code: &[u8]) -> CacheDB<EmptyDB> {
    let mut state = CacheDB::new(EmptyDB::default());
    state.insert_account_info(SENDER, AccountInfo::from_balance(U256::from(1_000)));
    if !code.is_empty() {
        let code = Bytecode::new_raw(code.to_vec().into());
        state.insert_account_info(TARGET, AccountInfo::default().with_code(code));
    }
    state
}

/// Executes `count` transactions from the sender to the target and returns the post-state.
fn execute(code: &[u8], count: u64, gas_limit: u64, value: u64) -> CacheDB<EmptyDB> {
    let mut evm = Context::mainnet()
        .modify_cfg_chained(|cfg| cfg.tx_gas_limit_cap = Some(u64::MAX))
        .modify_block_chained(|block| block.gas_limit = u64::MAX)
        .with_db(prestate(code))
        .build_mainnet();
    for nonce in 0..count {
        let tx = TxEnv::builder()
            .caller(SENDER)
            .kind(TxKind::Call(TARGET))
            .value(U256::from(value))
            .gas_limit(gas_limit)
            .gas_price(0)
            .nonce(nonce)
            .build()
            .expect("a complete transaction");
        let result = evm.transact_commit(tx).expect("a valid transaction");
        assert!(
            matches!(result, ExecutionResult::Success { .. }),
            "{result:?}"
        );
    }
    evm.ctx.journaled_state.database
}

#[wasm_bindgen_test]
async fn two_workers_execute_transfers() {
    pool().await;
    let transfers = || execute(&[], 100, 21_000, 1);
    let (left, right) = rayon::join(transfers, transfers);
    for state in [left, right] {
        assert_eq!(state.cache.accounts[&TARGET].info.balance, U256::from(100));
        assert_eq!(state.cache.accounts[&SENDER].info.balance, U256::from(900));
        assert_eq!(state.cache.accounts[&SENDER].info.nonce, 100);
    }
}

#[wasm_bindgen_test]
async fn the_stack_of_a_worker_holds_1024_nested_calls() {
    pool().await;
    // A call keeps a 64th of the gas at each level, so the deepest needs a lot at the top.
    let nested = || execute(&NEST, 1, 1 << 56, 0);
    let (left, right) = rayon::join(nested, nested);
    for state in [left, right, nested()] {
        let frames = state.cache.accounts[&TARGET].storage[&U256::ZERO];
        assert_eq!(frames, U256::from(1_025));
    }
}
