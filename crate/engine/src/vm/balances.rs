//! What an incarnation found out about balances, where credits and debits commute.
//!
//! revm loads accounts whole, so the opcodes that look at a balance say so themselves; whoever is
//! merely credited is not looked at, and whoever pays is asked for enough of it, and no more than that.
//! The rule: in doubt a balance counts as looked at.

use alloy_primitives::{Address, KECCAK256_EMPTY, U256};
use revm::{
    bytecode::opcode,
    context::{TxEnv, transaction::Transaction as _},
    interpreter::{
        Instruction, InstructionContext, InstructionExecResult,
        instructions::{contract, gas_table_spec, host},
        interpreter::EthInterpreter,
    },
    primitives::hardfork::SpecId,
    state::EvmState,
};

use super::{
    Ctx, RevmEvm,
    view::{Asked, View},
};
use crate::memory::{AccountSeen, Observed, ReadSet};

type Context<'a, 'm, 'b> = InstructionContext<'a, Ctx<'m, 'b>, EthInterpreter>;

/// Makes the opcodes that look at balances say so.
pub(super) fn watch(evm: &mut RevmEvm<'_, '_>, spec: SpecId) {
    let gas = gas_table_spec(spec);
    let mut insert = |opcode: u8, instruction| {
        evm.instruction
            .insert_instruction(opcode, instruction, gas[opcode as usize]);
    };
    insert(opcode::BALANCE, Instruction::new(balance));
    insert(opcode::SELFBALANCE, Instruction::new(self_balance));
    insert(opcode::EXTCODEHASH, Instruction::new(code_hash));
    insert(opcode::CALL, Instruction::new(call));
    insert(opcode::CALLCODE, Instruction::new(call_code));
    insert(opcode::CREATE, Instruction::new(create::<false>));
    insert(opcode::CREATE2, Instruction::new(create::<true>));
    insert(opcode::SELFDESTRUCT, Instruction::new(self_destruct));
}

fn database<'c, 'm, 'b>(context: &'c mut Context<'_, 'm, 'b>) -> &'c mut View<'m, 'b> {
    &mut context.host.journaled_state.database
}

/// The account at the top of the stack or `depth` below.
fn ask_of(context: &mut Context<'_, '_, '_>, depth: usize, asked: Asked) {
    if let Ok(word) = context.interpreter.stack.peek(depth) {
        database(context).ask(Address::from_word(word.into()), asked);
    }
}

fn ask_of_self(context: &mut Context<'_, '_, '_>) {
    let own = context.interpreter.input.target_address;
    database(context).ask(own, Asked::Value);
}

/// The value that a call or creation sends along; none where it sends nothing.
fn value(context: &Context<'_, '_, '_>, depth: usize) -> Option<U256> {
    let value = context.interpreter.stack.peek(depth).ok()?;
    (!value.is_zero()).then_some(value)
}

/// Whoever executes is about to pay `value`, which fails if there is not so much.
///
/// What this transaction itself was paid and has paid so far is the same whatever there was before it.
fn ask_for_enough(context: &mut Context<'_, '_, '_>, value: U256) {
    let own = context.interpreter.input.target_address;
    let journal = &mut context.host.journaled_state;
    let now = journal.inner.state.get(&own).map(|it| it.info.balance);
    let rest = now.and_then(|now| now.checked_sub(value));
    let before = journal.database.seen(own).map(|seen| seen.balance);
    let asked = match before.zip(rest) {
        Some((before, rest)) => Asked::AtLeast(before.saturating_sub(rest)),
        None => Asked::Value,
    };
    journal.database.ask(own, asked);
}

fn balance<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    ask_of(&mut context, 0, Asked::Value);
    host::balance(context)
}

fn self_balance<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    ask_of_self(&mut context);
    host::selfbalance(context)
}

fn code_hash<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    ask_of(&mut context, 0, Asked::Emptiness);
    host::extcodehash(context)
}

/// To pay, one must have enough; to be paid costs more if one is empty.
fn call<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    if let Some(value) = value(&context, 2) {
        ask_for_enough(&mut context, value);
        ask_of(&mut context, 1, Asked::Emptiness);
    }
    contract::call::<{ opcode::CALL }, _, _>(context)
}

fn call_code<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    if let Some(value) = value(&context, 2) {
        ask_for_enough(&mut context, value);
    }
    contract::call::<{ opcode::CALLCODE }, _, _>(context)
}

fn create<'m, 'b, const TWO: bool>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    if let Some(value) = value(&context, 0) {
        ask_for_enough(&mut context, value);
    }
    contract::create::<TWO, _, _>(context)
}

fn self_destruct<'m, 'b>(mut context: Context<'_, 'm, 'b>) -> InstructionExecResult {
    ask_of_self(&mut context);
    ask_of(&mut context, 0, Asked::Emptiness);
    host::selfdestruct(context)
}

/// Notes in the read set what an executed transaction found out.
pub(super) fn settle(
    reads: &mut ReadSet,
    seen: &[AccountSeen<'_>],
    asked: &[(Address, Asked)],
    state: &EvmState,
    tx: &TxEnv,
) {
    let enough = tx.max_balance_spending().ok();
    let authorities: Vec<Address> = tx
        .authorization_list
        .iter()
        .filter_map(|signed| match signed {
            revm::context::either::Either::Left(signed) => signed.recover_authority().ok(),
            revm::context::either::Either::Right(recovered) => recovered.authority(),
        })
        .collect();
    for (read, seen) in reads.accounts.iter_mut().zip(seen) {
        let address = read.address;
        // With a nonce or code an account is not empty, whatever it has. Without, nothing is taken from
        // it, so it is not empty if it had anything.
        let may_be_empty = seen.nonce == 0 && seen.code_hash == KECCAK256_EMPTY;
        let mut by_code = false;
        let mut least = U256::ZERO;
        for (_, asked) in asked.iter().filter(|(of, _)| *of == address) {
            match asked {
                Asked::Value => by_code = true,
                Asked::AtLeast(value) => least = least.max(*value),
                Asked::Emptiness if !may_be_empty => {}
                Asked::Emptiness if seen.balance.is_zero() => by_code = true,
                Asked::Emptiness => least = least.max(U256::ONE),
            }
        }
        let by_rule = state.get(&address).is_some_and(|account| {
            account.is_created()
                || account.is_selfdestructed()
                || (account.is_touched() && account.is_empty())
        });
        // Fees are no entries that a debit could be taken from.
        let is_paid_fees = read.fees.is_some();
        let by_rule = by_rule || is_paid_fees || authorities.contains(&address);
        read.observed = if by_code || by_rule {
            Observed::Value
        } else if address == tx.caller {
            enough.map_or(Observed::Value, |it| Observed::AtLeast(it.max(least)))
        } else if least > U256::ZERO {
            Observed::AtLeast(least)
        } else {
            Observed::Nothing
        };
    }
}

/// Notes that a transaction that was skipped may have been for any balance it read.
pub(super) fn settle_skipped(reads: &mut ReadSet) {
    for read in &mut reads.accounts {
        read.observed = Observed::Value;
    }
}

/// How a balance changed that nobody looked at.
pub(super) fn difference(now: U256, before: U256) -> crate::memory::BalanceWrite {
    use crate::memory::BalanceWrite::{Add, Subtract};
    match now.checked_sub(before) {
        Some(more) => Add(more),
        None => Subtract(before - now),
    }
}
