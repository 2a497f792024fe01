//! Plain sequential revm: the truth every strategy is compared with, and the 1.00× of every speedup.
//!
//! It is not a strategy: no runner, no multi-version memory, no fee deferred.
//! The rule: with the rest it shares `block`, `state`, `outcome` and `steps` alone, and how it is told to
//! stop, so that an error elsewhere cannot hide by happening here too.
//! One EVM serves the whole block, and its journal is read in place and cleared, because a slow
//! oracle would make every strategy look fast.

mod working;

use std::{collections::BTreeSet, ops::ControlFlow};

use alloy_primitives::{Address, Bytes, U256};
use revm::{
    Context, ExecuteEvm, MainBuilder, MainContext, SystemCallEvm,
    context::{TxEnv, result::EVMError},
    interpreter::Instruction,
};

use crate::{
    block::{Block, TxIdx},
    interrupt::{Interrupt, jump_destination},
    outcome::{BlockResult, Outcome, Receipt},
    runner::{Control, Stopped},
    state::Changes,
};
use working::{Broken, Working};

/// Gas of a call in the name of the protocol.
const VIEW_GAS: u64 = 30_000_000;

/// A block after its last transaction, before anything was made of it.
///
/// Taking time around [`execute`] measures execution; [`Executed::result`] is bookkeeping.
#[derive(Debug)]
pub struct Executed<'a> {
    outcomes: Vec<Outcome>,
    state: Working<'a>,
}

impl Executed<'_> {
    /// Numbers of blocks that `BLOCKHASH` asked for and the block does not say, as it must where a
    /// chain has them.
    pub fn unknown_hashes(&self) -> &BTreeSet<u64> {
        &self.state.unknown_hashes
    }

    /// Gas of all transactions together.
    pub fn gas_used(&self) -> u64 {
        let each = self.outcomes.iter().map(Outcome::gas_used);
        each.fold(0, u64::saturating_add)
    }

    /// Outcomes and the changes against the prestate.
    pub fn result(self) -> BlockResult {
        BlockResult {
            changes: self.state.changes(),
            outcomes: self.outcomes,
        }
    }
}

/// Executes the transactions of `block` one after another.
///
/// `watch` is told each transaction before it runs, with the gas that those before it used, and may
/// break off; then there is no result. Nor is there where `control` says stop within a transaction that
/// takes long.
pub fn execute<'a>(
    block: &'a Block,
    control: &Control,
    watch: &mut dyn FnMut(TxIdx, u64) -> ControlFlow<()>,
) -> Option<Executed<'a>> {
    let before_first = TxEnv::default();
    let mut evm = Context::mainnet()
        .with_cfg(block.cfg())
        .with_db(Working::new(block))
        .with_block(&block.env)
        .with_tx(&before_first)
        .with_chain(Interrupt::new(control))
        .build_mainnet();
    let mut outcomes = Vec::with_capacity(block.txs.len());
    let mut gas = 0u64;

    for (index, tx) in (0..).zip(&block.txs) {
        if watch(TxIdx(index), gas).is_break() {
            return None;
        }
        let executed = match Block::undecodable(tx) {
            Some(reason) => Err(EVMError::Transaction(reason)),
            None => {
                let looking = Instruction::new(jump_destination);
                let instructions = &mut evm.instruction;
                evm.ctx.chain.fit(tx.gas_limit, instructions, looking);
                evm.transact_one(tx)
            }
        };
        let outcome = match executed {
            Ok(result) => Outcome::executed(tx, result),
            Err(EVMError::Transaction(reason)) => Outcome::skipped(&reason),
            Err(EVMError::Database(Broken)) => return None,
            Err(reason) => Outcome::Skipped(reason.to_string()),
        };
        let journal = &mut evm.ctx.journaled_state;
        if matches!(outcome, Outcome::Executed(_)) {
            journal.database.commit(&journal.inner.state);
        } else {
            // revm keeps the error, and the next transaction would fail with it.
            evm.ctx.error = Ok(());
        }
        // Also after an invalid transaction: what it loaded would be taken for the latest.
        journal.inner.state.clear();
        gas = gas.saturating_add(outcome.gas_used());
        outcomes.push(outcome);
    }
    Some(Executed {
        outcomes,
        state: evm.ctx.journaled_state.database,
    })
}

/// Executes `block` to its end and says what it came to.
pub fn result(block: &Block) -> BlockResult {
    execute(block, &Control::default(), &mut |_, _| {
        ControlFlow::Continue(())
    })
    .expect("nobody broke off")
    .result()
}

/// What calls come to on the prestate of `block`, each on its own: nothing of what they do is kept.
///
/// Nobody pays for them, and they have as much gas as a call in the name of the protocol. A call that
/// could not even begin gives the reason.
pub fn views(
    block: &Block,
    calls: impl Iterator<Item = (Address, Bytes)>,
    control: &Control,
) -> Result<Vec<Result<Receipt, String>>, Stopped> {
    let steps = control.on_the_way();
    let tx = TxEnv::default();
    let mut evm = Context::mainnet()
        .with_cfg(block.cfg())
        .with_db(Working::new(block))
        .with_block(&block.env)
        .with_chain(Interrupt::new(control))
        .build_mainnet();
    let looking = Instruction::new(jump_destination);
    let instructions = &mut evm.instruction;
    evm.ctx.chain.fit(VIEW_GAS, instructions, looking);
    calls
        .map(|(to, data)| {
            steps.next(VIEW_GAS)?;
            let called = evm.system_call_one_with_caller(Address::ZERO, to, data);
            evm.ctx.journaled_state.inner.state.clear();
            Ok(match called.map(|result| Outcome::executed(&tx, result)) {
                Ok(Outcome::Executed(receipt)) => Ok(receipt),
                Ok(Outcome::Skipped(reason)) => Err(reason),
                Err(EVMError::Database(Broken)) => return Err(Stopped),
                Err(reason) => {
                    evm.ctx.error = Ok(());
                    Err(reason.to_string())
                }
            })
        })
        .collect()
}

/// What a call in the name of the protocol did.
#[derive(Debug, Default)]
pub struct SystemCall {
    /// What it changed of the prestate.
    pub changes: Changes,
    /// Accounts it used, and which of their slots, changed or not.
    pub accesses: Vec<(Address, Vec<U256>)>,
}

/// What calling `contract` in the name of the protocol does to the prestate of `block`.
///
/// Such a call pays nothing and is no transaction; one that fails changes nothing.
pub fn system_call(block: &Block, contract: Address) -> SystemCall {
    let mut evm = Context::mainnet()
        .with_cfg(block.cfg())
        .with_db(Working::new(block))
        .with_block(&block.env)
        // Nobody stops it; with another type here there would be one more interpreter in the browser.
        .with_chain(Interrupt::new(&Control::default()))
        .build_mainnet();
    let called = evm.system_call_one(contract, Bytes::new());
    let journal = &mut evm.ctx.journaled_state;
    let accesses = journal.inner.state.iter();
    let slots = |account: &revm::state::Account| account.storage.keys().copied().collect();
    let accesses = accesses
        .map(|(address, account)| (*address, slots(account)))
        .collect();
    if called.is_ok_and(|result| result.is_success()) {
        journal.database.commit(&journal.inner.state);
    }
    SystemCall {
        changes: evm.ctx.journaled_state.database.changes(),
        accesses,
    }
}

#[cfg(test)]
mod tests;
