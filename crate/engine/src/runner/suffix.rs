//! The end of a block, one transaction after another, where nothing else can be trusted any more.
//!
//! A transaction panicked, ran again and panicked again. What is final stays; everything above runs in
//! block order over the same memory, each after all below it are final, so it reads final values alone.
//! The rule: the strategy is not asked and not told.

use revm::context::TxEnv;

use super::{
    Control, ENGINE, RunError,
    faults::{Faults, Panicked, guarded},
};
use crate::{
    block::{Block, TxIdx},
    memory::{Executed, MvMemory, Version},
    strategy::{Sees, WorkerId},
    trace::{Activity, Answer, Recorder, Span, Struck},
    vm::{Run, Vm},
};

/// A transaction may panic as often here as before the strategy is given up for it.
const MOST_PANICS: u32 = 2;

/// Where a block goes on, and who does.
pub(super) struct Suffix<'s, 'b> {
    pub block: &'s Block,
    pub memory: &'s MvMemory<'b>,
    pub faults: Faults<'s>,
    pub control: &'s Control,
    /// The lowest transaction that is not final.
    pub from: TxIdx,
    /// By transaction: an incarnation that nobody had before.
    pub incarnations: Vec<u32>,
    pub worker: WorkerId,
}

impl Suffix<'_, '_> {
    /// Executes it from the time `start` on, until it ends or is stopped; `ends` says when an execution
    /// that began at a time ended.
    pub fn execute(
        &self,
        start: f64,
        recorder: &mut Recorder,
        mut ends: impl FnMut(f64, Version, &Executed) -> f64,
    ) -> Result<(), RunError> {
        let idle = TxEnv::default();
        let mut vm = Vm::new(self.block, self.memory, &idle, self.control);
        let mut now = start;
        'block: for tx in (self.from.0..self.block.txs.len() as u32).map(TxIdx) {
            if self.control.stopped() {
                break;
            }
            let gas = self.block.txs[tx.index()].gas_limit;
            self.control.steps(ENGINE, gas);
            let mut version = Version {
                tx,
                incarnation: self.incarnations[tx.index()],
            };
            let mut panics = 0;
            let mut executed = loop {
                match self.execute_one(&mut vm, version) {
                    Ok(executed) => break executed,
                    Err(_) if self.control.stopped() => break 'block,
                    Err(why) if panics == MOST_PANICS => return Err(RunError::Unrecovered(why)),
                    Err(_) => {
                        panics += 1;
                        vm = Vm::new(self.block, self.memory, &idle, self.control);
                        let answer = Answer::Retried;
                        recorder.struck(Struck::panicked(self.worker, version, now, answer));
                        version.incarnation += 1;
                    }
                }
            };
            let gas = executed.outcome.gas_used();
            let end = ends(now, version, &executed);
            self.memory.record(version, &mut executed);
            vm.reuse(executed);
            recorder.span(Span {
                worker: self.worker,
                version,
                activity: Activity::Executed { gas },
                start: now,
                end,
            });
            now = end;
            recorder.committed(now, TxIdx(tx.0 + 1));
            self.control.committed(tx.0 + 1);
        }
        self.control.rests(ENGINE);
        Ok(())
    }

    fn execute_one(&self, vm: &mut Vm<'_, '_>, version: Version) -> Result<Box<Executed>, String> {
        let tx = version.tx.0;
        match guarded(self.faults, version, || vm.execute(version, Sees::Lower)) {
            Ok(Run::Executed(executed)) => Ok(executed),
            Ok(other) => Err(format!(
                "transaction {tx} could not be executed alone: {other:?}"
            )),
            Err(Panicked { message, .. }) => Err(format!(
                "transaction {tx} makes whoever executes it panic, also when it runs alone and in order: {message}"
            )),
        }
    }
}
