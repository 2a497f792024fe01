//! Where in its code a transaction reads and writes a slot, seen while its committed incarnation runs
//! once more.
//!
//! A run itself does not look: this is a pass of its own over the block's final values, and only the
//! transactions that are asked for run again.

use alloy_primitives::{Address, U256};
use revm::{
    bytecode::opcode::{SLOAD, SSTORE},
    context::TxEnv,
    interpreter::{
        Instruction, InstructionContext, InstructionExecResult,
        instructions::{gas_table_spec, host},
        interpreter::EthInterpreter,
        interpreter_types::Jumps as _,
    },
};

use super::{Ctx, Vm};
use crate::{
    block::Block,
    memory::{MvMemory, Version},
    runner::{Control, Stopped},
    strategy::Sees,
};

/// An instruction of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// Whose code.
    pub code: Address,
    /// Where in it.
    pub pc: usize,
}

/// What is asked: where these transactions read and wrote a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// Whose storage.
    pub address: Address,
    /// Which slot.
    pub slot: U256,
    /// Who read it.
    pub reader: Version,
    /// Who wrote it.
    pub writer: Version,
}

/// The answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The first read.
    pub read: Option<Site>,
    /// The last write.
    pub write: Option<Site>,
}

/// What a transaction does with the slot that is watched.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Watch {
    slot: Option<(Address, U256)>,
    seen: Answer,
}

/// Runs the transactions of the questions once more; `memory` holds what the block came to.
pub fn of(
    block: &Block,
    memory: &MvMemory<'_>,
    questions: &[Question],
    control: &Control,
) -> Result<Vec<Answer>, Stopped> {
    let steps = control.on_the_way();
    let idle = TxEnv::default();
    let mut vm = Vm::new(block, memory, &idle, control);
    let gas = gas_table_spec(block.spec);
    let instructions = &mut vm.evm.instruction;
    instructions.insert_instruction(SLOAD, Instruction::new(load), gas[SLOAD as usize]);
    instructions.insert_instruction(SSTORE, Instruction::new(store), gas[SSTORE as usize]);
    let mut seen = |version: Version, question: &Question| {
        vm.evm.ctx.chain.watch = Watch {
            slot: Some((question.address, question.slot)),
            seen: Answer::default(),
        };
        steps.next(block.txs[version.tx.index()].gas_limit)?;
        vm.execute(version, Sees::Lower);
        Ok(vm.evm.ctx.chain.watch.seen)
    };
    let answers = questions.iter().map(|question| {
        Ok(Answer {
            read: seen(question.reader, question)?.read,
            write: seen(question.writer, question)?.write,
        })
    });
    answers.collect()
}

/// The instruction that runs, if it is about the slot that is watched.
fn site(context: &InstructionContext<'_, Ctx<'_, '_>, EthInterpreter>) -> Option<Site> {
    let interpreter = &context.interpreter;
    let slot = interpreter.stack.peek(0).ok()?;
    let own = interpreter.input.target_address;
    let watched = context.host.chain.watch.slot == Some((own, slot));
    watched.then(|| Site {
        code: interpreter.input.bytecode_address.unwrap_or(own),
        // It points behind the instruction already.
        pc: interpreter.bytecode.pc() - 1,
    })
}

fn load<'m, 'b>(
    context: InstructionContext<'_, Ctx<'m, 'b>, EthInterpreter>,
) -> InstructionExecResult {
    if let Some(site) = site(&context) {
        context.host.chain.watch.seen.read.get_or_insert(site);
    }
    host::sload(context)
}

fn store<'m, 'b>(
    context: InstructionContext<'_, Ctx<'m, 'b>, EthInterpreter>,
) -> InstructionExecResult {
    if let Some(site) = site(&context) {
        context.host.chain.watch.seen.write = Some(site);
    }
    host::sstore(context)
}
