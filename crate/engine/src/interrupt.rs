//! How a transaction that may run for long is told to stop.
//!
//! Whoever executes a block looks at the stop word between two transactions. Within one nobody does but
//! its code: a loop comes past a `JUMPDEST` each time around, and that looks. Calls of contracts without
//! one and precompiles do not; they pay for what they do, and come to an end.
//! The rule: what cannot run for long is executed with the stock instruction, so its loops take no more
//! than they do anywhere.

use revm::{
    Context, Database, Journal,
    bytecode::opcode::JUMPDEST,
    context::{CfgEnv, ContextError},
    handler::instructions::EthInstructions,
    interpreter::{
        Host, Instruction, InstructionContext, InstructionExecResult, InstructionResult,
        instructions::control, interpreter::EthInterpreter,
    },
};

use crate::runner::Control;

/// With so much gas a transaction ends soon: within a tenth of a second on the slowest machine.
pub(crate) const SHORT: u64 = 1_000_000;

/// Of so many times around a loop one looks, since whoever looks waits for who writes beside that word.
const TIMES_A_LOOK: u32 = 64;

/// A transaction was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interrupted;

/// What one EVM needs to look.
#[derive(Debug)]
pub(crate) struct Interrupt {
    control: Control,
    /// Times around loops.
    times: u32,
    /// Is the instruction that looks in the table?
    looks: bool,
}

impl Interrupt {
    /// Looks at what `control` says.
    pub fn new(control: &Control) -> Self {
        Self {
            control: control.clone(),
            times: 0,
            looks: false,
        }
    }

    /// Makes `instructions` fit for a transaction of so much gas; `looking` is [`jump_destination`].
    #[inline]
    pub fn fit<H: Host>(
        &mut self,
        gas: u64,
        instructions: &mut EthInstructions<EthInterpreter, H>,
        looking: Instruction<EthInterpreter, H>,
    ) {
        let looks = gas > SHORT;
        if looks != self.looks {
            self.looks = looks;
            instructions.instruction_table_mut()[JUMPDEST as usize] = match looks {
                true => looking,
                false => Instruction::new(control::jumpdest),
            };
        }
    }

    /// Looks now and then.
    fn interrupts(&mut self) -> bool {
        self.times = self.times.wrapping_add(1);
        self.times.is_multiple_of(TIMES_A_LOOK) && self.control.stopped()
    }
}

impl AsMut<Self> for Interrupt {
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

/// The context of an EVM with the usual journal.
type Ctx<BLOCK, TX, DB, CHAIN> = Context<BLOCK, TX, CfgEnv, DB, Journal<DB>, CHAIN>;

/// The stock instruction, which does nothing, and a look.
pub(crate) fn jump_destination<BLOCK, TX, DB, CHAIN>(
    context: InstructionContext<'_, Ctx<BLOCK, TX, DB, CHAIN>, EthInterpreter>,
) -> InstructionExecResult
where
    DB: Database<Error: From<Interrupted>>,
    CHAIN: AsMut<Interrupt>,
{
    if context.host.chain.as_mut().interrupts() {
        context.host.error = Err(ContextError::Db(Interrupted.into()));
        return Err(InstructionResult::FatalExternalError);
    }
    Ok(())
}
