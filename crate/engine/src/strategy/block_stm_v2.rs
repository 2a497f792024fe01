//! Block-STM, second version: a finished writer aborts the readers it overtook itself.
//!
//! After the second scheduler of Aptos' block executor (2025). The memory remembers who read what, so
//! nothing is ever validated: when a transaction has run, everyone who had read what it changed is
//! aborted, or cancelled if it still runs. A write that repeats the value before it disturbs nobody. A
//! transaction that was aborted is likely to lose again while its writer is itself due to run, so it
//! waits for that writer.
//!
//! ```text
//!            next              executed            everything below committed
//!   Ready ─────────▶ Executing ─────────▶ Executed ───────────────────▶ Committed
//!     ▲                  │                    │
//!     │ writer executed  │ blocked            │ overtaken by a lower writer
//!     ├──────────── Waiting                   │
//!     └──────────────────┴────────────────────┘  next incarnation
//! ```
//!
//! Where hope is [`Measured`](super::Hope::Measured), first executions begin no further ahead than it
//! turned out well lately (`pace.rs`): everybody who runs too early reads what each of the lower ones
//! writes, and each of those looks through all of them.
//!
//! One that failed too often ([`LAST_IN_HOPE`]) waits until everything below it is committed, and then
//! commits whatever it comes to: nobody is left who could overtake it.
//!
//! Guarantees: what is committed equals sequential execution. When everything below a transaction has
//! executed, so have all writes that could overtake its reads, and each of them was noticed: a reader
//! is entered under the lock under which it reads.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    Aborted, Entry, LAST_IN_HOPE, Needs, Plan, Sees, Strategy, Task, Ticket, WorkerId, pace::Pace,
};
use crate::{
    block::TxIdx,
    defect::{Defect, planted},
    memory::{Conflict, Follow, Footprint, MvMemory, Overtaken, Verdict, Version},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
        lock,
    },
};

/// The menu's line for it.
pub const ENTRY: Entry = Entry {
    id: "block-stm-v2",
    name: "Block-STM v2",
    summary: "Executes everything at once in hope; a writer that finishes stops those who read too early, so nothing is validated.",
    needs: Needs::Nothing,
    follow: Follow::Readers,
    build: |plan| Box::new(BlockStmV2::new(plan)),
};

/// Where a transaction is in the diagram above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Ready,
    Executing,
    Waiting,
    /// It failed too often, and waits for everything below it.
    LastInLine,
    Executed,
}

/// What is known of one transaction.
#[derive(Debug)]
struct Status {
    phase: Phase,
    /// The incarnation that is due, running, or the last to have run.
    incarnation: u32,
    /// It reads final values.
    on_final: bool,
    /// The writer that aborted it last.
    loses_to: Option<TxIdx>,
    /// Transactions that wait for this one to execute.
    waiting: Vec<TxIdx>,
}

#[derive(Debug)]
struct State {
    status: Vec<Status>,
    /// Transactions that are due again, lowest first.
    due: BinaryHeap<Reverse<TxIdx>>,
    /// The next transaction that was never handed out.
    next: usize,
}

/// The scheduler.
#[derive(Debug)]
pub struct BlockStmV2 {
    pace: Pace,
    state: Mutex<State>,
    /// By transaction: one more than the last incarnation that is not wanted any more.
    cancelled: Box<[AtomicU32]>,
    /// Transactions below are final. Moved only under the lock of `state`.
    committed: AtomicU32,
    /// Was there work for one more worker when the last one got some?
    has_spare: AtomicBool,
}

impl BlockStmV2 {
    /// Nothing handed out yet.
    pub fn new(plan: Plan<'_>) -> Self {
        let txs = plan.block.txs.len();
        let status = |_| Status {
            phase: Phase::Ready,
            incarnation: 0,
            on_final: false,
            loses_to: None,
            waiting: Vec::new(),
        };
        Self {
            pace: Pace::new(plan.hope, plan.workers, txs as u32),
            state: Mutex::new(State {
                status: (0..txs).map(status).collect(),
                due: BinaryHeap::new(),
                next: 0,
            }),
            cancelled: (0..txs).map(|_| AtomicU32::new(0)).collect(),
            committed: AtomicU32::new(0),
            has_spare: AtomicBool::new(true),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn commit(&self, state: &mut State) {
        let mut committed = self.committed.load(SeqCst) as usize;
        while let Some(status) = state.status.get(committed)
            && status.phase == Phase::Executed
        {
            if status.incarnation == 0 && !status.on_final {
                self.pace.held();
            }
            committed += 1;
        }
        self.committed.store(committed as u32, SeqCst);
        if let Some(status) = state.status.get_mut(committed)
            && status.phase == Phase::LastInLine
        {
            status.phase = Phase::Ready;
            state.due.push(Reverse(TxIdx(committed as u32)));
        }
    }

    /// Writes of `writer` overtook these readers. Those whose incarnation that put an end to stay.
    fn overtake(
        &self,
        state: &mut State,
        writer: TxIdx,
        mut overtaken: Vec<Overtaken>,
        memory: &MvMemory<'_>,
    ) -> Vec<Overtaken> {
        overtaken.retain(|it| self.abort(state, writer, it.reader, memory));
        if !overtaken.is_empty() {
            self.pace.failed();
        }
        overtaken
    }

    /// A write of `writer` overtook this reader. Did that put an end to it, and nothing before?
    fn abort(
        &self,
        state: &mut State,
        writer: TxIdx,
        reader: Version,
        memory: &MvMemory<'_>,
    ) -> bool {
        let status = &mut state.status[reader.tx.index()];
        if status.incarnation != reader.incarnation {
            return false;
        }
        match status.phase {
            Phase::Executed if planted(Defect::EndedReaderKept) => false,
            Phase::Executing if planted(Defect::RunningReaderKept) => false,
            Phase::Executed => {
                memory.mark_estimates(reader.tx);
                status.loses_to = Some(writer);
                state.again(reader.tx);
                true
            }
            Phase::Executing => {
                status.loses_to = Some(writer);
                let stop = reader.incarnation + 1;
                self.cancelled[reader.tx.index()].swap(stop, SeqCst) < stop
            }
            Phase::Ready | Phase::Waiting | Phase::LastInLine => false,
        }
    }

    /// What `version`, which has ended and was not told to stop, read too early: what is compared by
    /// value was not compared while it ran.
    fn conflict(&self, version: Version, memory: &MvMemory<'_>) -> Option<Conflict> {
        let compares = version.incarnation < LAST_IN_HOPE && memory.compares_values();
        compares.then(|| memory.value_conflict(version.tx))?
    }

    /// What the last incarnation of `tx` came to is final when everything below it is.
    fn keep(&self, state: &mut State, tx: TxIdx, gas: u64) {
        let status = &mut state.status[tx.index()];
        status.phase = Phase::Executed;
        if status.on_final {
            self.pace.went_on(gas);
        }
        for waiting in std::mem::take(&mut status.waiting) {
            state.status[waiting.index()].phase = Phase::Ready;
            state.due.push(Reverse(waiting));
        }
        self.commit(state);
    }
}

impl State {
    /// The next incarnation of `tx` is due.
    fn again(&mut self, tx: TxIdx) {
        let status = &mut self.status[tx.index()];
        status.phase = Phase::Ready;
        status.incarnation += 1;
        self.due.push(Reverse(tx));
    }

    /// `tx` waits until `writer` has executed.
    fn wait(&mut self, tx: TxIdx, writer: TxIdx) {
        self.status[tx.index()].phase = Phase::Waiting;
        self.status[writer.index()].waiting.push(tx);
    }

    /// Starts the lowest transaction that may run.
    fn start_next(&mut self, committed: u32, pace: &Pace) -> Option<Version> {
        while let Some(Reverse(tx)) = self.due.pop() {
            let status = &mut self.status[tx.index()];
            if status.incarnation >= LAST_IN_HOPE && committed < tx.0 {
                status.phase = Phase::LastInLine;
                continue;
            }
            let loses_to = self.status[tx.index()].loses_to.take();
            match loses_to {
                Some(writer) if self.status[writer.index()].phase != Phase::Executed => {
                    self.wait(tx, writer);
                }
                _ => return Some(self.start(tx, committed)),
            }
        }
        if !self.has_first(committed, pace) {
            return None;
        }
        let tx = TxIdx(self.next as u32);
        self.next += 1;
        Some(self.start(tx, committed))
    }

    /// Is there a first execution that may begin now?
    fn has_first(&self, committed: u32, pace: &Pace) -> bool {
        let left = (self.status.len() - self.next) as u32;
        left > 0 && pace.run(self.next as u32, committed, left) > 0
    }

    fn start(&mut self, tx: TxIdx, committed: u32) -> Version {
        let status = &mut self.status[tx.index()];
        status.phase = Phase::Executing;
        status.on_final = tx.0 == committed;
        Version {
            tx,
            incarnation: status.incarnation,
        }
    }

    fn is_running(&self, version: Version) -> bool {
        let status = &self.status[version.tx.index()];
        status.phase == Phase::Executing && status.incarnation == version.incarnation
    }
}

impl Strategy for BlockStmV2 {
    fn next(&self, _: WorkerId) -> Task {
        let mut state = self.state();
        let committed = self.committed.load(SeqCst);
        if committed as usize == state.status.len() {
            return Task::Done;
        }
        let next = state.start_next(committed, &self.pace);
        let has_spare = !state.due.is_empty() || state.has_first(committed, &self.pace);
        self.has_spare.store(has_spare, SeqCst);
        match next {
            Some(version) => Task::Execute(version, Sees::Lower),
            None => Task::Wait,
        }
    }

    fn executed(
        &self,
        version: Version,
        footprint: Footprint,
        memory: &MvMemory<'_>,
    ) -> Vec<Overtaken> {
        let (tx, gas) = (version.tx, footprint.gas);
        self.pace.executed(gas);
        let mut state = self.state();
        // Also if this incarnation was overtaken itself: what it wrote is in the memory now.
        let mut aborted = self.overtake(&mut state, tx, footprint.overtaken, memory);
        if !state.is_running(version) {
            return aborted;
        }
        // Whoever overtook it has said why.
        let is_stopped = self.cancelled(version);
        let conflict = match is_stopped {
            true => None,
            false => self.conflict(version, memory),
        };
        if is_stopped || conflict.is_some() {
            memory.mark_estimates(tx);
            state.again(tx);
        } else {
            self.keep(&mut state, tx, gas);
        }
        let reader = version;
        aborted.extend(conflict.map(|conflict| Overtaken { reader, conflict }));
        aborted
    }

    fn blocked(&self, version: Version, writer: TxIdx) {
        let mut state = self.state();
        if state.is_running(version) {
            self.pace.failed();
            let status = &mut state.status[version.tx.index()];
            status.incarnation += 1;
            status.phase = Phase::Ready;
            match state.status[writer.index()].phase {
                Phase::Executed => state.due.push(Reverse(version.tx)),
                _ => state.wait(version.tx, writer),
            }
        }
    }

    fn validated(&self, _: Version, _: Ticket, _: Verdict, _: &MvMemory<'_>) -> Aborted {
        // It hands out no validations.
        Aborted::No
    }

    fn lost(&self, version: Version) {
        let mut state = self.state();
        if state.is_running(version) {
            state.again(version.tx);
        }
    }

    fn cancels(&self) -> bool {
        true
    }

    fn cancelled(&self, version: Version) -> bool {
        self.cancelled[version.tx.index()].load(SeqCst) > version.incarnation
    }

    fn has_spare(&self) -> bool {
        self.has_spare.load(SeqCst)
    }

    fn committed(&self) -> TxIdx {
        TxIdx(self.committed.load(SeqCst))
    }
}
