//! The keccak inputs that give mapping entries their slots, seen while a block's committed
//! incarnations run once more.
//!
//! A run itself does not look: this is a pass of its own, made only for naming.

use std::collections::{BTreeMap, btree_map::Entry};

use alloy_primitives::{Bytes, U256};
use revm::{
    bytecode::opcode::KECCAK256,
    context::TxEnv,
    interpreter::{
        Instruction, InstructionContext, InstructionExecResult,
        instructions::{gas_table_spec, system},
        interpreter::EthInterpreter,
    },
};

use super::{Ctx, Vm};
use crate::{
    block::Block,
    memory::{Executed, MvMemory, Version},
    runner::{Control, Stopped},
    strategy::Sees,
};

/// What was hashed, by its Keccak-256 as a number: 64 bytes for most mappings, 32 for an array.
pub type Preimages = BTreeMap<U256, Bytes>;

/// Longer inputs are no keys of mappings.
const LONGEST: usize = 1_024;
/// Bytes that all inputs of a block may take together, with what finds them; what is beyond is not kept.
const ROOM: usize = 64 << 20;
/// What an input takes beside its bytes.
const BESIDE: usize = 128;

/// What was hashed so far.
#[derive(Debug)]
pub(super) struct Hashed {
    inputs: Preimages,
    room: usize,
}

impl Hashed {
    /// Has room for so many bytes.
    pub fn new(room: usize) -> Self {
        Self {
            inputs: Preimages::new(),
            room,
        }
    }

    /// Notes an input, unless it is known or there is no room for it.
    fn note(&mut self, hash: U256, input: &[u8]) {
        let size = input.len() + BESIDE;
        if size <= self.room
            && let Entry::Vacant(place) = self.inputs.entry(hash)
        {
            place.insert(Bytes::copy_from_slice(input));
            self.room -= size;
        }
    }
}

/// Runs every committed incarnation once more and collects what it hashes. `memory` holds what the
/// block came to.
pub fn of(
    block: &Block,
    memory: &MvMemory<'_>,
    finals: &[(Version, Executed)],
    control: &Control,
) -> Result<Preimages, Stopped> {
    let steps = control.on_the_way();
    let idle = TxEnv::default();
    let mut vm = Vm::new(block, memory, &idle, control);
    let gas = gas_table_spec(block.spec)[KECCAK256 as usize];
    vm.evm
        .instruction
        .insert_instruction(KECCAK256, Instruction::new(keccak256), gas);
    vm.evm.ctx.chain.hashed = Hashed::new(ROOM);
    for (version, executed) in finals {
        // Only code hashes, and only a transaction that used storage has slots to name.
        if !executed.reads.slots.is_empty() {
            steps.next(block.txs[version.tx.index()].gas_limit)?;
            vm.execute(*version, Sees::Lower);
        }
    }
    Ok(vm.evm.ctx.chain.hashed.inputs)
}

/// The stock instruction, which also notes what it hashed.
fn keccak256<'m, 'b>(
    context: InstructionContext<'_, Ctx<'m, 'b>, EthInterpreter>,
) -> InstructionExecResult {
    let stack = &context.interpreter.stack;
    let (offset, length) = (stack.peek(0), stack.peek(1));
    system::keccak256(InstructionContext {
        interpreter: &mut *context.interpreter,
        host: &mut *context.host,
    })?;
    if let (Ok(offset), Ok(length)) = (offset, length)
        && let (Ok(offset), Ok(length)) = (usize::try_from(offset), usize::try_from(length))
        && (32..=LONGEST).contains(&length)
        && let Ok(hash) = context.interpreter.stack.peek(0)
    {
        let input = context.interpreter.memory.slice_len(offset, length);
        context.host.chain.hashed.note(hash, &input);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_kept_once_and_as_long_as_there_is_room() {
        let mut hashed = Hashed::new(2 * (64 + BESIDE) + 63);
        for number in [1, 1, 2, 2, 3] {
            hashed.note(U256::from(number), &[number; 64]);
        }
        let kept: Vec<_> = hashed.inputs.keys().copied().collect();
        assert_eq!(kept, [1, 2].map(U256::from));
        // Nothing is noted where nobody asks.
        let mut none = Hashed::new(0);
        none.note(U256::ONE, &[]);
        assert!(none.inputs.is_empty());
    }
}
