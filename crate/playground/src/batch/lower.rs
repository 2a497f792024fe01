//! From a batch to a block: deployments and preparation are executed, and what they leave is the prestate.
//!
//! They run once, on the oracle, without fees; nothing of it is measured.
//! The rule: a deployment or preparation that fails is a problem at its place, never a block without it.

use std::ops::ControlFlow;

use interleave_engine::{
    block::{Advice, Block, TxIdx},
    oracle,
    outcome::{BlockResult, Outcome, Overfull, Status},
    runner::{Control, ENGINE},
};
use revm::{context::BlockEnv, primitives::hardfork::SpecId};

use super::{Batch, Problem, Severity, Transaction};
use crate::{contracts::Contracts, limits};

/// What is said of a preparation that somebody wanted to stop.
const STOPPED: &str = "the preparation was stopped";

/// The block a batch describes. `contracts` explain what a failing preparation reverts with.
pub fn lower(batch: &Batch, contracts: &Contracts) -> Result<Block, Vec<Problem>> {
    lower_watched(batch, contracts, &Control::default())
}

/// The same while somebody watches, who may want it to stop; then there is none.
pub fn lower_watched(
    batch: &Batch,
    contracts: &Contracts,
    control: &Control,
) -> Result<Block, Vec<Problem>> {
    let (has, most) = (batch.transactions.len(), limits::TRANSACTIONS);
    if has > most {
        let message = format!("a block has at most {most} transactions; this one has {has}");
        return Err(vec![Problem::error(message)]);
    }
    if control.stopped() {
        return Err(vec![Problem::error(STOPPED)]);
    }
    let mut block = Block {
        spec: batch.spec,
        chain_id: batch.chain_id,
        env: BlockEnv {
            // Preparation costs nothing and has room for everything.
            basefee: 0,
            gas_limit: u64::MAX,
            ..batch.env.clone()
        },
        block_hashes: batch.block_hashes.clone(),
        prestate: batch.prestate.clone(),
        txs: envs(&batch.preparation),
        advice: Advice::default(),
    };
    if block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON) {
        block.prestate.remove_empty();
    }
    if !block.txs.is_empty() {
        let mut watch = |tx: TxIdx, gas| {
            control.steps(ENGINE, block.txs[tx.index()].gas_limit);
            match gas > limits::GAS || control.stopped() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let executed = oracle::execute(&block, control, &mut watch);
        control.rests(ENGINE);
        if control.stopped() {
            return Err(vec![Problem::error(STOPPED)]);
        }
        let Some(executed) = executed.filter(|it| it.gas_used() <= limits::GAS) else {
            let most = limits::GAS;
            let message = format!("the preparation of the block uses more than {most} gas");
            return Err(vec![Problem::error(message)]);
        };
        let result = executed.result();
        let problems: Vec<_> = batch
            .preparation
            .iter()
            .zip(&result.outcomes)
            .filter_map(|(tx, outcome)| problem(batch, contracts, tx, outcome))
            .take(limits::PROBLEMS)
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        block.prestate.apply(&result.changes);
    }
    block.env = batch.env.clone();
    block.txs = envs(&batch.transactions);
    let shards = batch.shards.iter();
    block.advice.shards = shards.map(|(at, (shard, _))| (*at, *shard)).collect();
    let txs = (0..).map(TxIdx).zip(&batch.transactions);
    let hints = txs.filter_map(|(tx, said)| Some((tx, said.hint.clone()?)));
    block.advice.hints = hints.collect();
    Ok(block)
}

fn envs(transactions: &[Transaction]) -> Vec<revm::context::TxEnv> {
    transactions.iter().map(|tx| tx.env.clone()).collect()
}

/// Do the block's transactions fit into its gas limit, and their blobs into a block? `truth` is what
/// they came to sequentially.
pub fn room(batch: &Batch, block: &Block, truth: &BlockResult) -> Result<(), Problem> {
    let problem = |tx: TxIdx, what: String| {
        let transaction = &batch.transactions[tx.index()];
        Err(Problem {
            severity: Severity::Error,
            message: format!("transaction {} (`{}`) {what}", tx.0, transaction.label),
            place: transaction.place,
            file: None,
        })
    };
    if let Some(Overfull { tx, left }) = truth.overfull(block) {
        let wants = block.txs[tx.index()].gas_limit;
        return problem(
            tx,
            format!(
                "may use {wants} gas, but those before it leave {left} of the {} gas of the block; \
                 a script raises that with `block(#{{ gas_limit: … }})`",
                block.env.gas_limit
            ),
        );
    }
    if let Some(most) = batch.most_blobs
        && let Some(Overfull { tx, left }) = truth.over_blobs(block, most)
    {
        let wants = block.txs[tx.index()].blob_hashes.len();
        return problem(
            tx,
            format!(
                "has {wants} blobs, but those before it leave {left} of the {most} blobs of a block"
            ),
        );
    }
    Ok(())
}

/// What is wrong with a preparing transaction that came to this.
fn problem(
    batch: &Batch,
    contracts: &Contracts,
    tx: &Transaction,
    outcome: &Outcome,
) -> Option<Problem> {
    let reason = match outcome {
        Outcome::Skipped(reason) => format!("cannot run: {reason}"),
        Outcome::Executed(receipt) => match &receipt.status {
            Status::Success => return None,
            Status::Halt(reason) => format!("fails: {}", in_words(reason)),
            Status::Revert => {
                let called = tx
                    .env
                    .kind
                    .into_to()
                    .and_then(|to| batch.contracts.get(&to))
                    .map(String::as_str);
                let reason = contracts.decode_revert(&receipt.output, called, &batch.names);
                format!("reverts: {reason}")
            }
        },
    };
    Some(Problem {
        severity: Severity::Error,
        message: format!("`{}` {reason}", tx.label),
        place: tx.place,
        file: None,
    })
}

/// What the EVM's word for a failure means to whoever deploys or prepares.
fn in_words(reason: &str) -> &str {
    match reason {
        "CreateContractSizeLimit" => {
            "its code is larger than 24,576 bytes, the most a contract can have"
        }
        "CreateContractStartingWithEF" => "its code begins with 0xEF, which no contract may",
        "CreateCollision" => "there is a contract at its address",
        _ => reason,
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{U256, keccak256};

    use super::*;
    use crate::{
        batch::{Place, script::evaluate},
        contracts::tests::example_contracts,
    };

    fn lowered(script: &str) -> Result<(Batch, Block), Vec<Problem>> {
        let contracts = example_contracts();
        let (batch, problems) = evaluate(script, &contracts);
        assert_eq!(problems, []);
        let block = lower(&batch, &contracts)?;
        Ok((batch, block))
    }

    #[test]
    fn an_account_without_anything_is_no_account_since_eip_161() {
        let accounts = |hardfork: &str| {
            let script = format!(
                "account(\"pauper\", #{{ balance: 0 }}); block(#{{ hardfork: \"{hardfork}\" }});"
            );
            lowered(&script).unwrap().1.prestate.accounts.len()
        };
        assert_eq!(accounts("tangerine"), accounts("spurious-dragon") + 1);
    }

    #[test]
    fn deployments_and_preparation_are_in_the_prestate() {
        let (batch, block) = lowered(
            r#"
            let alice = account("alice", #{ balance: ether(1) });
            let token = deploy("Token", [], #{ from: alice });
            prepare(alice, token, "mint", [alice, 5]);
            send(alice, token, "transfer", [token, 2]);
            "#,
        )
        .unwrap();
        let (token, _) = batch.contracts.first_key_value().unwrap();
        let alice = batch.transactions[0].env.caller;

        let account = &block.prestate.accounts[token];
        assert_eq!((account.nonce, account.balance), (1, U256::ZERO));
        assert!(block.prestate.codes.contains_key(&account.code_hash));
        assert_eq!(block.prestate.slot(*token, U256::ZERO), U256::from(5));
        let balance_of = keccak256([alice.into_word().0, U256::ONE.to_be_bytes()].concat());
        assert_eq!(
            block.prestate.slot(*token, balance_of.into()),
            U256::from(5)
        );

        let alice = &block.prestate.accounts[&alice];
        assert_eq!(alice.balance, U256::from(10).pow(U256::from(18)));
        assert_eq!((alice.nonce, block.txs[0].nonce), (2, 2));
        assert_eq!(block.env, batch.env);

        let result = oracle::result(&block);
        let Outcome::Executed(receipt) = &result.outcomes[0] else {
            panic!("{result:?}");
        };
        assert_eq!((&receipt.status, receipt.logs.len()), (&Status::Success, 1));
    }

    #[test]
    fn a_preparation_that_fails_is_a_problem_at_its_place() {
        let script = "let a = account(\"a\");\n\
            let t = deploy(\"Token\", [], #{ from: a });\n\
            prepare(account(\"b\"), t, \"mint\", [a, 1]);\n\
            prepare(a, t, \"mint\", [a, 1], #{ value: ether(1) });\n\
            prepare(a, t, \"mint\", [a, 1], #{ value: ether(1000) });\n\
            prepare(a, (), #{ data: hex(\"0xfe\") });";
        let problems = lowered(script).unwrap_err();
        let found: Vec<_> = problems
            .iter()
            .map(|problem| (problem.place.unwrap(), problem.message.as_str()))
            .collect();
        let at = |line| Place { line, column: 1 };
        assert_eq!(found.len(), 4, "{found:#?}");
        assert_eq!(
            found[0],
            (
                at(3),
                "`mint(address,uint256)` reverts: NotMinter(caller: b)"
            )
        );
        assert_eq!(
            found[1],
            (at(4), "`mint(address,uint256)` reverts: it gave no reason")
        );
        assert_eq!(found[2].0, at(5));
        assert!(
            found[2]
                .1
                .starts_with("`mint(address,uint256)` cannot run: lack of funds"),
            "{found:#?}"
        );
        assert_eq!(found[3].0, at(6));
        assert!(found[3].1.starts_with("`create` "), "{found:#?}");
    }

    #[test]
    fn transactions_that_do_not_fit_into_the_block_are_a_problem_where_they_are() {
        let found = |limit: u64| {
            let script = format!(
                "let a = account(\"a\"); block(#{{ gas_limit: {limit} }});\n\
                 for i in 0..3 {{\n  transfer(a, a, 1, #{{ gas_limit: 50_000 }});\n}}"
            );
            let (batch, block) = lowered(&script).unwrap();
            room(&batch, &block, &oracle::result(&block))
        };
        // Each uses 21,000.
        assert_eq!(found(92_000), Ok(()));
        let problem = found(91_999).unwrap_err();
        assert_eq!(problem.place, Some(Place { line: 3, column: 3 }));
        assert!(
            problem.message.starts_with(
                "transaction 2 (`transfer`) may use 50000 gas, but those before it leave 49999 of \
                 the 91999 gas of the block"
            ),
            "{problem:?}"
        );
    }

    #[test]
    fn a_contract_that_is_too_large_says_so() {
        // Returns 24,577 bytes of nothing.
        let script = "prepare(account(\"a\"), (), #{ data: hex(\"0x6160015ff3\") });";
        let problems = lowered(script).unwrap_err();
        assert_eq!(
            problems[0].message,
            "`create` fails: its code is larger than 24,576 bytes, the most a contract can have"
        );
    }

    #[test]
    fn transactions_of_an_example_pay_fees_to_the_beneficiary() {
        let (batch, block) = lowered(
            "let a = account(\"a\"); let b = account(\"b\", #{ balance: 0 }); transfer(a, b, 1);",
        )
        .unwrap();
        let mut state = block.prestate.clone();
        state.apply(&oracle::result(&block).changes);
        let fee = U256::from(21_000_000_000_000_u64);
        assert_eq!(state.accounts[&batch.env.beneficiary].balance, fee);
    }
}
