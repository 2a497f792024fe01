//! The commit phase shared by strategies whose first phase may guess wrong.
//!
//! The first phase executes every transaction once, in an order of its own choosing. The commit
//! phase walks the block once, in block order: it validates each transaction and redoes the ones
//! that were wrong. When its turn comes everything below is final, so a second execution is right.
//! A transaction whose first execution began when everything below it was final needs no validation
//! either. It knows nothing of workers; whoever asks gets the next step.
//!
//! ```text
//!           first phase            its turn, valid
//!   Due ─────────────▶ Executed ────────────────────▶ Committed
//!    ▲                    │                               ▲
//!    │ its turn, invalid  │      its turn, redone         │
//!    └────────────────────┘───────────────────────────────┘
//! ```

use std::fmt;

use super::{Aborted, Plan, Sees, Strategy, Task, Ticket, WorkerId};
use crate::{
    block::TxIdx,
    defect::{Defect, planted},
    memory::{Footprint, MvMemory, Overtaken, Verdict, Version},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
        lock,
    },
};

/// Which transaction is to be executed for the first time, and when.
pub trait FirstPhase: fmt::Debug + Send {
    /// What first executions read.
    fn sees(&self) -> Sees {
        Sees::Lower
    }

    /// The next transaction to execute for the first time, if one may start now.
    ///
    /// Every transaction is handed out once, the lowest uncommitted one at the latest when asked for
    /// again and again while nothing else runs.
    fn start(&mut self, worker: WorkerId) -> Option<TxIdx>;

    /// Would [`start`](Self::start) find one now, whoever asks?
    fn is_ready(&self) -> bool;

    /// `tx` was executed to its end: for the first time, or for the last.
    fn executed(&mut self, tx: TxIdx);

    /// The first execution of `tx` did not come to its end; it is executed again at its turn.
    fn gave_up(&mut self, _tx: TxIdx) {}

    /// May the commit phase begin? Once it may, it always may.
    fn settled(&self) -> bool {
        true
    }

    /// Did `tx` keep to what was declared of it? If not, it is redone at its turn.
    fn keeps_to_plan(&self, _tx: TxIdx, _memory: &MvMemory<'_>) -> bool {
        true
    }
}

/// Where a transaction is in the diagram above. The number is the incarnation that is due or ran last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The first phase has not executed it to its end yet.
    First,
    /// Nor this one, whose first execution began when everything below was final.
    Sure,
    Executed(u32),
    Due(u32),
}

#[derive(Debug)]
struct State {
    first: Box<dyn FirstPhase>,
    phase: Box<[Phase]>,
    /// Somebody validates or redoes the lowest uncommitted transaction.
    step_out: bool,
}

/// A first phase of guesses, then the truth in block order.
#[derive(Debug)]
pub struct InOrder {
    txs: u32,
    /// Locations of hints that the first phase was planned by.
    planned: usize,
    /// Transactions below are final. Moved only under the lock.
    committed: AtomicU32,
    /// Was there work for one more worker when the last one got some?
    has_spare: AtomicBool,
    state: Mutex<State>,
}

impl InOrder {
    /// Nothing executed yet.
    pub fn new(first: Box<dyn FirstPhase>, txs: usize) -> Self {
        Self {
            txs: txs as u32,
            planned: 0,
            committed: AtomicU32::new(0),
            has_spare: AtomicBool::new(true),
            state: Mutex::new(State {
                first,
                phase: vec![Phase::First; txs].into(),
                step_out: false,
            }),
        }
    }

    /// The same where the first phase follows a plan that was made from hints.
    pub fn by_hints(first: Box<dyn FirstPhase>, plan: Plan<'_>) -> Self {
        Self {
            planned: plan.hints.locations(),
            ..Self::new(first, plan.block.txs.len())
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The next step of the commit phase, if it can be taken now.
    fn step(&self, state: &State) -> Option<Task> {
        if state.step_out || !state.first.settled() {
            return None;
        }
        let tx = TxIdx(self.committed.load(SeqCst));
        match *state.phase.get(tx.index())? {
            Phase::First | Phase::Sure => None,
            Phase::Executed(incarnation) => {
                Some(Task::Validate(Version { tx, incarnation }, Ticket(0)))
            }
            Phase::Due(incarnation) => {
                Some(Task::Execute(Version { tx, incarnation }, Sees::Lower))
            }
        }
    }

    /// The next task, if there is one now.
    fn task(&self, state: &mut State, worker: WorkerId) -> Option<Task> {
        if let Some(step) = self.step(state) {
            state.step_out = true;
            return Some(step);
        }
        let tx = state.first.start(worker)?;
        let sees = state.first.sees();
        if sees == Sees::Lower && tx.0 == self.committed.load(SeqCst) {
            state.phase[tx.index()] = Phase::Sure;
        }
        Some(Task::Execute(Version { tx, incarnation: 0 }, sees))
    }

    /// `tx` is final: the step that was out ended so, or it needed none.
    fn commit(&self, state: &mut State, tx: TxIdx) {
        state.step_out = false;
        self.committed.store(tx.0 + 1, SeqCst);
    }
}

impl Strategy for InOrder {
    fn next(&self, worker: WorkerId) -> Task {
        let mut state = self.state();
        if self.committed.load(SeqCst) == self.txs {
            return Task::Done;
        }
        let task = self.task(&mut state, worker);
        let has_spare = self.step(&state).is_some() || state.first.is_ready();
        self.has_spare.store(has_spare, SeqCst);
        task.unwrap_or(Task::Wait)
    }

    fn executed(&self, version: Version, _: Footprint, memory: &MvMemory<'_>) -> Vec<Overtaken> {
        let Version { tx, incarnation } = version;
        let mut state = self.state();
        match state.phase[tx.index()] {
            phase @ (Phase::First | Phase::Sure) => {
                match (state.first.keeps_to_plan(tx, memory), phase) {
                    (true, Phase::Sure) => self.commit(&mut state, tx),
                    (true, _) => state.phase[tx.index()] = Phase::Executed(0),
                    (false, _) => state.phase[tx.index()] = Phase::Due(1),
                }
            }
            Phase::Due(due) if due == incarnation => self.commit(&mut state, tx),
            // Of an incarnation that was given up meanwhile.
            _ => return Vec::new(),
        }
        state.first.executed(tx);
        Vec::new()
    }

    fn blocked(&self, version: Version, _: TxIdx) {
        // Its turn comes when the writer is final.
        self.lost(version);
    }

    fn validated(
        &self,
        version: Version,
        _: Ticket,
        verdict: Verdict,
        _: &MvMemory<'_>,
    ) -> Aborted {
        let Version { tx, incarnation } = version;
        let mut state = self.state();
        match verdict {
            _ if verdict == Verdict::Valid || planted(Defect::FailedValidationCommits) => {
                self.commit(&mut state, tx);
                Aborted::No
            }
            _ => {
                state.step_out = false;
                state.phase[tx.index()] = Phase::Due(incarnation + 1);
                Aborted::Yes
            }
        }
    }

    fn lost(&self, version: Version) {
        let Version { tx, incarnation } = version;
        let mut state = self.state();
        match state.phase[tx.index()] {
            Phase::First | Phase::Sure => {
                state.phase[tx.index()] = Phase::Due(1);
                state.first.gave_up(tx);
            }
            Phase::Due(due) if due == incarnation => {
                state.step_out = false;
                state.phase[tx.index()] = Phase::Due(incarnation + 1);
            }
            _ => {}
        }
    }

    fn has_spare(&self) -> bool {
        self.has_spare.load(SeqCst)
    }

    fn planned(&self) -> usize {
        self.planned
    }

    fn committed(&self) -> TxIdx {
        TxIdx(self.committed.load(SeqCst))
    }
}
