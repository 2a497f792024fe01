//! One worker's EVM: executes one incarnation at a time over the multi-version memory.
//!
//! Built once a worker and reused, since a fresh EVM costs as much as a transfer.
//! It knows nothing of strategies, and writes nothing: what an incarnation read and wrote is handed to the runner.
//! The fee of a transaction is kept out of its read and write sets, or the beneficiary would chain all transactions.

mod numbers;
mod observed;
pub mod preimages;
pub mod sites;
mod view;
mod writes;

use std::marker::PhantomData;

use alloy_primitives::U256;
use revm::{
    Context, MainBuilder, MainContext,
    context::{
        BlockEnv, CfgEnv, Evm, Journal, LocalContextTr as _, TxEnv,
        result::{EVMError, HaltReason},
        transaction::Transaction as _,
    },
    context_interface::{Block as _, context::take_error},
    handler::{
        EthFrame, EthPrecompiles, EvmTr as _, FrameResult, Handler, ItemOrResult,
        instructions::EthInstructions, post_execution,
    },
    interpreter::{Instruction, interpreter::EthInterpreter, interpreter_action::FrameInit},
    primitives::hardfork::SpecId,
};

pub(crate) use self::view::BeforeRead;
use self::{
    observed::Looks,
    view::{Unreadable, View},
};
use crate::{
    block::Block,
    interrupt::{self, Interrupt},
    memory::{self, Conflict, Executed, MvMemory, Reader, Version},
    outcome::Outcome,
    runner::Control,
    strategy::Sees,
    switches::FeeCredit,
};

/// How an incarnation ended.
#[derive(Debug)]
pub enum Run {
    /// It ran to its end.
    Executed(Box<Executed>),
    /// It read an ESTIMATE and stopped.
    Blocked {
        /// Where, and whose.
        conflict: Conflict,
        /// Gas it had used by then.
        gas: u64,
    },
    /// It was told to stop.
    Cancelled {
        /// Gas it had used by then.
        gas: u64,
    },
}

/// What the handler leaves for the caller.
#[derive(Debug)]
struct Deferred {
    /// The fee of the transaction that just ran, unless the beneficiary was paid in place.
    fee: Option<U256>,
    credit: FeeCredit,
    /// Keccak inputs seen; only the pass of [`preimages`] has room for any.
    hashed: preimages::Hashed,
    /// The slot that the pass of [`sites`] looks for.
    watch: sites::Watch,
    interrupt: Interrupt,
}

impl AsMut<Interrupt> for Deferred {
    fn as_mut(&mut self) -> &mut Interrupt {
        &mut self.interrupt
    }
}

type Ctx<'m, 'b> =
    Context<&'m BlockEnv, &'m TxEnv, CfgEnv, View<'m, 'b>, Journal<View<'m, 'b>>, Deferred>;
type RevmEvm<'m, 'b> = Evm<
    Ctx<'m, 'b>,
    (),
    EthInstructions<EthInterpreter, Ctx<'m, 'b>>,
    EthPrecompiles,
    EthFrame<EthInterpreter>,
>;

/// revm for one worker, over a memory borrowed for `'m`, of a block that lives for `'b`.
pub struct Vm<'m, 'b> {
    block: &'m Block,
    evm: RevmEvm<'m, 'b>,
    /// Is it noted which fields of accounts are looked at?
    looks: bool,
    /// Room for what the next incarnation comes to.
    spare: Option<Box<Executed>>,
}

/// The mainnet handler, but the fee is noted instead of credited.
struct DeferFee<'m, 'b>(PhantomData<&'m &'b ()>);

impl<'m, 'b> Vm<'m, 'b> {
    /// A VM that reads `memory`. `idle` is any transaction environment that outlives the run.
    ///
    /// Where `control` says stop, an incarnation that takes long is cancelled.
    pub fn new(
        block: &'m Block,
        memory: &'m MvMemory<'b>,
        idle: &'m TxEnv,
        control: &Control,
    ) -> Self {
        Self::with(block.cfg(), block, memory, idle, None, control)
    }

    /// A VM whose every read asks `before_read` for its turn, and whose incarnations end when they get none.
    pub(crate) fn watched_by(
        before_read: BeforeRead<'m>,
        block: &'m Block,
        memory: &'m MvMemory<'b>,
        idle: &'m TxEnv,
        control: &Control,
    ) -> Self {
        let before_read = Some(before_read);
        Self::with(block.cfg(), block, memory, idle, before_read, control)
    }

    /// A VM that takes any nonce for the right one.
    pub fn without_nonce_check(
        block: &'m Block,
        memory: &'m MvMemory<'b>,
        idle: &'m TxEnv,
        control: &Control,
    ) -> Self {
        let mut cfg = block.cfg();
        cfg.disable_nonce_check = true;
        Self::with(cfg, block, memory, idle, None, control)
    }

    fn with(
        cfg: CfgEnv,
        block: &'m Block,
        memory: &'m MvMemory<'b>,
        idle: &'m TxEnv,
        before_read: Option<BeforeRead<'m>>,
        control: &Control,
    ) -> Self {
        let evm = Context::mainnet()
            .with_cfg(cfg)
            .with_db(View::new(block, memory, before_read))
            .with_block(&block.env)
            .with_tx(idle)
            .with_chain(Deferred {
                fee: None,
                credit: memory.switches().fees,
                hashed: preimages::Hashed::new(0),
                watch: sites::Watch::default(),
                interrupt: Interrupt::new(control),
            })
            .build_mainnet();
        let mut vm = Self {
            block,
            evm,
            looks: observed::matters(memory),
            spare: None,
        };
        if vm.looks {
            observed::watch(&mut vm.evm, block.spec);
        }
        vm
    }

    /// Executes one incarnation to its end, or to the ESTIMATE that stops it.
    pub fn execute(&mut self, version: Version, sees: Sees) -> Run {
        let tx = &self.block.txs[version.tx.index()];
        let ctx = &mut self.evm.ctx;
        ctx.tx = tx;
        ctx.chain.fee = None;
        let looking = Instruction::new(interrupt::jump_destination);
        let instructions = &mut self.evm.instruction;
        ctx.chain.interrupt.fit(tx.gas_limit, instructions, looking);
        let reader = Reader { version, sees };
        ctx.journaled_state.database.begin(reader);

        let result = match Block::undecodable(tx) {
            Some(reason) => Err(EVMError::Transaction(reason)),
            None => DeferFee(PhantomData).run_without_catch_error(&mut self.evm),
        };
        let run = match result {
            Ok(result) => {
                let run = self.executed(version, Outcome::executed(tx, result));
                // revm has cleared the rest.
                self.forget_state();
                return run;
            }
            Err(EVMError::Transaction(reason)) => self.skipped(Outcome::skipped(&reason)),
            Err(EVMError::Database(reason)) => {
                let gas = self.gas_so_far(tx.gas_limit);
                match reason {
                    Unreadable::Blocked(conflict) => Run::Blocked { conflict, gas },
                    Unreadable::Cancelled => Run::Cancelled { gas },
                }
            }
            Err(reason) => self.skipped(Outcome::Skipped(reason.to_string())),
        };
        self.clear();
        run
    }

    /// Takes back what a run came to, for its room.
    pub fn reuse(&mut self, executed: Box<Executed>) {
        self.spare = Some(executed);
    }

    fn executed(&mut self, version: Version, outcome: Outcome) -> Run {
        let mut executed = self.spare.take().unwrap_or_default();
        let fee = self.evm.ctx.chain.fee;
        let journal = &mut self.evm.ctx.journaled_state;
        let Executed { reads, writes, .. } = &mut *executed;
        let found = journal.database.swap_reads(reads);
        let switches = reads.switches;
        let looks = match self.looks {
            true => {
                let tx = &self.block.txs[version.tx.index()];
                Looks::of(found.asks, reads, self.block, tx)
            }
            false => None,
        };
        writes.clear();
        writes.fee = fee;
        writes.unit = switches.unit;
        writes.expected = memory::expected(self.block, version.tx, switches);
        let read = writes::Read {
            reads,
            seen: found.seen,
            looks: looks.as_ref(),
        };
        writes::add(self.block, version.tx, &journal.inner.state, read, writes);
        executed.outcome = outcome;
        Run::Executed(executed)
    }

    /// An invalid transaction changes nothing, but what it read decided that it is invalid.
    fn skipped(&mut self, outcome: Outcome) -> Run {
        let mut executed = self.spare.take().unwrap_or_default();
        let Executed { reads, writes, .. } = &mut *executed;
        self.evm.ctx.journaled_state.database.swap_reads(reads);
        observed::settle_skipped(reads);
        writes.clear();
        executed.outcome = outcome;
        Run::Executed(executed)
    }

    /// Gas used when an error ended the EVM: what no open frame has left.
    fn gas_so_far(&mut self, limit: u64) -> u64 {
        let mut left = 0;
        let frames = &mut self.evm.frame_stack;
        let mut any = false;
        while frames.index().is_some() {
            any = true;
            left += frames.get().interpreter.gas.remaining();
            frames.pop();
        }
        if any { limit.saturating_sub(left) } else { 0 }
    }

    /// Leaves nothing of an incarnation behind that did not run to its end.
    fn clear(&mut self) {
        let evm = &mut self.evm;
        evm.ctx.error = Ok(());
        evm.ctx.local.clear();
        evm.frame_stack.clear();
        evm.ctx.journaled_state.inner.discard_tx();
        self.forget_state();
    }

    /// revm keeps the accounts it loaded.
    fn forget_state(&mut self) {
        let inner = &mut self.evm.ctx.journaled_state.inner;
        inner.state.clear();
        inner.transaction_id = Default::default();
    }
}

impl<'m, 'b: 'm> Handler for DeferFee<'m, 'b> {
    type Evm = RevmEvm<'m, 'b>;
    type Error = EVMError<Unreadable>;
    type HaltReason = HaltReason;

    /// Notes what the stock handler would credit, or lets it.
    fn reward_beneficiary(
        &self,
        evm: &mut Self::Evm,
        result: &mut FrameResult,
    ) -> Result<(), Self::Error> {
        let ctx = &mut evm.ctx;
        if ctx.chain.credit == FeeCredit::InPlace {
            let paid = post_execution::reward_beneficiary(ctx, result.gas());
            return paid.map_err(EVMError::Database);
        }
        let base_fee = u128::from(ctx.block.basefee());
        let mut price = ctx.tx.effective_gas_price(base_fee);
        if ctx.cfg.spec().is_enabled_in(SpecId::LONDON) {
            price = price.saturating_sub(base_fee);
        }
        let gas = result.gas();
        let used = gas.used().saturating_sub(gas.reservoir());
        ctx.chain.fee = Some(U256::from(price) * U256::from(used));
        Ok(())
    }

    /// The stock loop, but a read that fails ends it at once, with all frames left as they are.
    ///
    /// The stock one runs the post-execution of an incarnation whose outermost frame failed to read,
    /// and loses what gas that frame had left.
    fn run_exec_loop(
        &mut self,
        evm: &mut Self::Evm,
        first: FrameInit,
    ) -> Result<FrameResult, Self::Error> {
        if let ItemOrResult::Result(result) = evm.frame_init(first)? {
            return Ok(result);
        }
        loop {
            let next = evm.frame_run()?;
            take_error::<Self::Error, _>(&mut evm.ctx.error)?;
            let result = match next {
                ItemOrResult::Item(init) => match evm.frame_init(init)? {
                    ItemOrResult::Item(_) => continue,
                    ItemOrResult::Result(result) => result,
                },
                ItemOrResult::Result(result) => result,
            };
            if let Some(result) = evm.frame_return_result(result)? {
                return Ok(result);
            }
        }
    }
}
