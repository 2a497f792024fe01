//! Block access lists in the EIP's JSON: written, read and replayed; and compared with lists that others made.

use std::fs;

use interleave_engine::{
    access_list::{AccessList, FalseList},
    block::Block,
    oracle,
    runner::RunError,
    strategy,
};
use interleave_playground::{
    batch::{Batch, access_list, lower, script},
    gallery,
    report::{RunOptions, RunnerKind},
    run::{self, Prepared},
};
use interleave_tests::{data, on_machine};
use revm::{
    Context, DatabaseCommit, ExecuteEvm, MainBuilder, MainContext,
    database::{CacheDB, EmptyDB},
    database_interface::bal::BalState,
    primitives::hardfork::SpecId,
    state::AccountInfo,
};
use serde_json::Value;

fn examples() -> Vec<Batch> {
    let examples = gallery::examples().into_iter();
    examples
        .map(|example| script::evaluate(&example.script, gallery::contracts()).0)
        .collect()
}

/// Replays with a list; the result is that of the oracle, or the list is refused.
fn replay(batch: &Batch, block: &Block, list: &AccessList) -> Result<(), FalseList> {
    let entry = strategy::find("block-access-list").expect("there is such a strategy");
    let truth = oracle::result(block);
    let prepared = Prepared::given(block, list.clone(), batch.around(block, &truth));
    for runner in [RunnerKind::Simulated, RunnerKind::Threads] {
        let options = RunOptions {
            runner,
            workers: 3,
            ..RunOptions::default()
        };
        match on_machine(|machine| run::once(block, entry, &prepared, &options, machine)) {
            Ok(ran) => assert_eq!(ran.result, truth, "{}", batch.title),
            Err(RunError::FalseList(reason)) => return Err(reason),
            Err(other) => panic!("{other}"),
        }
    }
    Ok(())
}

#[test]
fn a_list_that_was_written_is_read_and_replayed_to_the_same_result() {
    let (mut replayed, mut unsaid) = (0, 0);
    for batch in examples()
        .iter()
        .chain(&data::generated())
        .chain(&data::fixtures())
    {
        let block = lower(batch, gallery::contracts()).expect("a batch that can run");
        let list = run::whole_access_list(batch, &block);
        match access_list::write(list, &block) {
            Ok(text) => {
                let read = access_list::read(&text, block.txs.len()).expect("it was written here");
                assert_eq!(replay(batch, &block, &read), Ok(()), "{}", batch.title);
                let again = access_list::write(read, &block).expect("it was written before");
                assert_eq!(again, text);
                replayed += 1;
            }
            Err(reason) => {
                assert!(block.spec < SpecId::CANCUN, "{}: {reason}", batch.title);
                unsaid += 1;
            }
        }
    }
    println!(
        "{replayed} replayed, {unsaid} with creations or destructions that the form cannot say"
    );
    assert!(replayed > 0);
}

/// What revm's own builder makes of the transactions; none where one is invalid, as no block has it.
fn by_revm(block: &Block) -> Option<Value> {
    let mut state = CacheDB::new(EmptyDB::default());
    for (address, account) in &block.prestate.accounts {
        let info = AccountInfo {
            balance: account.balance,
            nonce: account.nonce,
            code_hash: account.code_hash,
            code: block.prestate.codes.get(&account.code_hash).cloned(),
            ..AccountInfo::default()
        };
        state.insert_account_info(*address, info);
        for (slot, value) in &account.storage {
            let stored = state.insert_account_storage(*address, *slot, *value);
            stored.expect("nothing is behind this state");
        }
    }
    for (number, hash) in &block.block_hashes {
        let number = alloy_primitives::U256::from(*number);
        state.cache.block_hashes.insert(number, *hash);
    }
    let mut evm = Context::mainnet()
        .with_cfg(block.cfg())
        .with_db(state)
        .with_block(&block.env)
        .build_mainnet();
    let mut list = BalState::new().with_bal_builder();
    for tx in &block.txs {
        let left = evm.transact(tx.clone()).ok()?.state;
        list.bump_bal_index();
        list.commit(&left);
        evm.ctx.journaled_state.database.commit(left);
    }
    let list = list.take_built_alloy_bal().expect("it was built");
    Some(serde_json::to_value(list).expect("a list is JSON"))
}

#[test]
fn the_list_is_the_one_that_revm_builds() {
    let mut compared = 0;
    for batch in examples()
        .iter()
        .chain(&data::generated())
        .chain(&data::fixtures())
    {
        let block = lower(batch, gallery::contracts()).expect("a batch that can run");
        if block.spec < SpecId::CANCUN {
            continue;
        }
        let Some(expected) = by_revm(&block) else {
            continue;
        };
        let text = access_list::write(run::access_list(&block), &block).expect("Cancun");
        let found: Value = serde_json::from_str(&text).expect("it is JSON");
        assert_same(&found, &expected, &batch.title);
        compared += 1;
    }
    println!("{compared} compared");
    assert!(compared > 0);
}

/// The first account that differs, rather than two long lists.
fn assert_same(found: &Value, expected: &Value, title: &str) {
    let accounts = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let (found, expected) = (accounts(found), accounts(expected));
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected, "{title}");
    }
    assert_eq!(found.len(), expected.len(), "{title}");
}

/// Lists of the specification's tests, for rules that are not final: where the gas is what revm makes
/// it, so must the list be, with the steps before and after the block.
#[test]
fn the_list_is_the_one_in_tests_of_the_specification() {
    let Some(folder) = data::folder("conformance/fixtures-amsterdam-bal") else {
        return;
    };
    let (mut blocks, mut same) = (0, 0);
    for file in data::files(&folder, "json") {
        let text = fs::read_to_string(file).expect("a readable file");
        let cases: serde_json::Map<String, Value> = serde_json::from_str(&text).expect("JSON");
        for (name, case) in cases {
            let one = serde_json::json!({ &name: case });
            let read = interleave_playground::read(&one.to_string(), gallery::contracts());
            let written = one[&name]["blocks"].as_array().expect("blocks");
            for (read, written) in read.iter().zip(written) {
                blocks += 1;
                let Ok((batch, _)) = read else {
                    // Blob fees follow rules here that revm does not have yet.
                    continue;
                };
                let block = lower(batch, gallery::contracts()).expect("a block");
                let truth = oracle::result(&block);
                let found = batch.expectations(&block, &truth).expect("a header");
                if !found.unmet.is_empty() {
                    continue;
                }
                let given = written["blockAccessList"].to_string();
                let given = access_list::read(&given, block.txs.len()).expect("a list");
                let made = run::whole_access_list(batch, &block);
                assert_eq!(
                    made.in_eip_form(&block).as_ref(),
                    Ok(&given),
                    "{}",
                    batch.title
                );
                assert_eq!(replay(batch, &block, &given), Ok(()), "{}", batch.title);
                same += 1;
            }
        }
    }
    println!("{same} of {blocks} blocks come to what they expect, and to their lists");
    assert!(same > 0);
}
