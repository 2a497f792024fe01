//! Block-STM: optimistic execution in block order, validated until nothing can change.
//!
//! After "Block-STM: Scaling Blockchain Execution by Turning Ordering Curse to a Performance Blessing"
//! (Gelashvili et al., PPoPP 2023), with a commit that follows along instead of one at the very end.
//!
//! Two cursors sweep the block: one hands out first executions, the other validations.
//! A transaction that fails validation marks its writes as ESTIMATEs and runs again; whoever reads an
//! ESTIMATE stops and waits for its writer. Lower transactions are always served first.
//!
//! ```text
//!            next            executed           validated(valid) + everything below final
//!   Ready ─────────▶ Executing ─────────▶ Executed ─────────────────────────────▶ Committed
//!     ▲                  │                   │
//!     │ writer executed  │ blocked           │ validated(invalid)
//!     ├──────────────────┴─ Blocked          │
//!     └──────────────────────────────────────┘  next incarnation
//! ```
//!
//! When does a validation count? Whenever something changes at transaction `i` that a higher one may
//! have missed (an abort, or a write where the previous incarnation had none), the validation cursor
//! goes back to `i` or `i + 1` and begins a new *wave*. A transaction is final when everything below
//! it is, and it passed a validation of the highest wave that began at or below it.
//!
//! Where hope is [`Measured`](super::Hope::Measured), as on real workers and where virtual time stands for
//! theirs, three things are added (`pace.rs`). First executions are handed out in runs. A run that begins
//! where everything below is final reads final values only, so its transactions need no validation. And
//! the validation cursor waits for first executions that have not ended instead of passing them: nobody
//! above can be final before, and whoever they would overtake would be validated twice.
//!
//! A transaction that failed too often ([`LAST_IN_HOPE`]) waits until everything below it is final; what
//! it then reads is final as well, so it needs no validation.
//!
//! Guarantees: what is committed equals sequential execution. The lowest uncommitted transaction reads
//! final values only, so its next incarnation commits and the block ends. No transaction has more than
//! [`LAST_IN_HOPE`] incarnations and the one after them, but for those a worker lost.

mod cursor;

use crossbeam_utils::CachePadded;

use self::cursor::{Cursor, Place};
use super::{
    Aborted, Entry, LAST_IN_HOPE, Needs, Plan, Sees, Strategy, Task, Ticket, WorkerId,
    due::{AllDue, Due},
    pace::Pace,
};
use crate::{
    block::TxIdx,
    defect::{Defect, planted},
    memory::{Follow, Footprint, MvMemory, Overtaken, Verdict, Version},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU32, Ordering::SeqCst},
        lock,
    },
};

/// The menu's line for it.
pub const ENTRY: Entry = Entry {
    id: "block-stm",
    name: "Block-STM",
    summary: "Executes everything at once in hope, validates in block order and runs again what read too early.",
    needs: Needs::Nothing,
    follow: Follow::Nobody,
    build: |plan| Box::new(BlockStm::new(plan)),
};

/// Valid whatever wave begins: it read final values.
const FOR_GOOD: Option<u32> = Some(u32::MAX);

/// Where a transaction is in the diagram above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Ready,
    Executing,
    Blocked,
    /// It failed too often, and waits for everything below it.
    LastInLine,
    Executed,
    Committed,
}

/// What is known of one transaction; all of it guarded by one lock.
#[derive(Debug)]
struct Status {
    phase: Phase,
    /// The incarnation that is due, running, or the last to have run.
    incarnation: u32,
    /// The highest wave in which this incarnation was found valid.
    valid_in: Option<u32>,
    /// It reads final values, and needs no validation.
    on_final: bool,
    /// It is the last of its run.
    ends_run: bool,
    /// The last wave that began here.
    wave_from_here: u32,
    /// Transactions that wait for this one to execute.
    waiting: Vec<TxIdx>,
}

impl Status {
    /// Did the first execution end?
    fn has_run(&self) -> bool {
        self.incarnation > 0 || matches!(self.phase, Phase::Executed | Phase::Committed)
    }
}

/// First executions that a worker has still to make.
#[derive(Clone, Copy, Debug, Default)]
struct Stretch {
    next: u32,
    end: u32,
    /// Everything below `next` is final, or was executed on final values.
    on_final: bool,
}

/// The scheduler.
///
/// What all workers look at and seldom changes is apart from each thing that one of them changes with every
/// task.
#[derive(Debug)]
pub struct BlockStm {
    pace: CachePadded<Pace>,
    /// By worker.
    runs: Box<[CachePadded<Mutex<Stretch>>]>,
    status: Box<[Mutex<Status>]>,
    /// The next transaction that was never handed out.
    execution: CachePadded<AtomicU32>,
    validation: CachePadded<Cursor>,
    /// Single tasks that are due besides those the cursors find.
    due: AllDue,
    /// Transactions below are final.
    committed: CachePadded<AtomicU32>,
    /// Held by whoever moves `committed`: the highest wave that began at or below it.
    commit_wave: CachePadded<Mutex<u32>>,
}

impl BlockStm {
    /// Nothing handed out yet.
    pub fn new(plan: Plan<'_>) -> Self {
        let status = |_| {
            Mutex::new(Status {
                phase: Phase::Ready,
                incarnation: 0,
                valid_in: None,
                on_final: false,
                ends_run: false,
                wave_from_here: 0,
                waiting: Vec::new(),
            })
        };
        let txs = plan.block.txs.len();
        Self {
            pace: Pace::new(plan.hope, plan.workers, txs as u32).into(),
            runs: (0..plan.workers).map(|_| CachePadded::default()).collect(),
            status: (0..txs).map(status).collect(),
            execution: AtomicU32::new(0).into(),
            validation: CachePadded::default(),
            due: AllDue::default(),
            committed: AtomicU32::new(0).into(),
            commit_wave: Mutex::new(0).into(),
        }
    }

    fn txs(&self) -> u32 {
        self.status.len() as u32
    }

    fn status(&self, tx: TxIdx) -> MutexGuard<'_, Status> {
        lock(&self.status[tx.index()])
    }

    /// The lowest single task that is still wanted.
    fn pop(&self) -> Option<Task> {
        while let Some(due) = self.due.pop() {
            match due {
                Due::Execute(tx) => {
                    if let Some(version) = self.start(tx) {
                        return Some(Task::Execute(version, Sees::Lower));
                    }
                }
                Due::Validate(tx, version, ticket) => {
                    let status = self.status(tx);
                    if status.phase == Phase::Executed && status.incarnation == version.incarnation
                    {
                        return Some(Task::Validate(version, ticket));
                    }
                }
            }
        }
        None
    }

    /// Ready → Executing.
    fn start(&self, tx: TxIdx) -> Option<Version> {
        let mut status = self.status(tx);
        if status.phase != Phase::Ready {
            return None;
        }
        status.phase = Phase::Executing;
        status.on_final = self.pace.is_measured() && self.committed.load(SeqCst) == tx.0;
        status.ends_run = true;
        Some(Version {
            tx,
            incarnation: status.incarnation,
        })
    }

    /// The next transaction the validation cursor finds executed, if the cursor is behind executions.
    fn sweep(&self) -> Option<Task> {
        loop {
            let seen = self.validation.place();
            let at = seen.tx;
            let committed = self.committed.load(SeqCst);
            if self.pace.is_measured() && at < committed {
                // What is final is not looked at again.
                self.validation.advance(seen, committed);
                continue;
            }
            if at >= self.execution.load(SeqCst).min(self.txs()) {
                return None;
            }
            if self.pace.is_measured() && !self.status(TxIdx(at)).has_run() {
                return None;
            }
            if !self.validation.advance(seen, at + 1) {
                continue;
            }
            let tx = TxIdx(at);
            let status = self.status(tx);
            if status.phase == Phase::Executed && status.valid_in != FOR_GOOD {
                let incarnation = status.incarnation;
                let ticket = Ticket(seen.wave);
                return Some(Task::Validate(Version { tx, incarnation }, ticket));
            }
        }
    }

    /// Has the validation cursor something to do at `tx`? Whoever executes a run on final values passes
    /// over what is executed of it without help.
    fn wants_sweep(&self, tx: TxIdx) -> bool {
        let status = self.status(tx);
        status.has_run() && status.valid_in != FOR_GOOD
    }

    /// The next first execution of a run.
    fn go_on(&self, run: &mut Stretch) -> Option<Task> {
        if run.next == run.end {
            return None;
        }
        let tx = TxIdx(run.next);
        run.next += 1;
        let mut status = self.status(tx);
        status.phase = Phase::Executing;
        status.on_final = run.on_final;
        status.ends_run = run.next == run.end;
        Some(Task::Execute(Version { tx, incarnation: 0 }, Sees::Lower))
    }

    /// Claims the next stretch of the block for first executions, if one may begin now.
    fn begin_run(&self) -> Option<Stretch> {
        loop {
            let at = self.execution.load(SeqCst);
            let left = self.txs() - at;
            let committed = self.committed.load(SeqCst);
            let length = self.pace.run(at, committed, left).min(left);
            if length == 0 {
                return None;
            }
            let end = at + length;
            let claimed = self.execution.compare_exchange(at, end, SeqCst, SeqCst);
            if claimed.is_ok() {
                return Some(Stretch {
                    next: at,
                    end,
                    on_final: self.pace.is_measured() && committed == at,
                });
            }
        }
    }

    /// The run of whoever executed `tx` goes on after something that is not final.
    fn doubt(&self, tx: TxIdx) {
        for run in &self.runs {
            let mut run = lock(run);
            if run.next == tx.0 + 1 {
                run.on_final = false;
            }
        }
    }

    /// Takes the validation cursor back to `tx` in a new wave, if it had passed it.
    ///
    /// `status` is the lock of `tx`: while it is held nobody commits `tx` by the old wave.
    fn sweep_again_from(&self, tx: TxIdx, status: &mut Status) -> bool {
        let wave = self.validation.go_back(tx);
        if let Some(wave) = wave {
            status.wave_from_here = status.wave_from_here.max(wave);
        }
        wave.is_some()
    }

    /// Makes the next incarnation of `tx` due.
    fn due_again(&self, tx: TxIdx) {
        {
            let mut status = self.status(tx);
            status.incarnation += 1;
            status.valid_in = None;
            status.on_final = false;
            // Whoever commits the one below looks here after that, under the same lock.
            if status.incarnation >= LAST_IN_HOPE && self.committed.load(SeqCst) < tx.0 {
                status.phase = Phase::LastInLine;
                return;
            }
            status.phase = Phase::Ready;
        }
        self.due.push(Due::Execute(tx));
    }

    /// Moves the commit cursor as far as it goes.
    fn commit(&self) {
        let mut commit_wave = lock(&self.commit_wave);
        loop {
            let at = self.committed.load(SeqCst);
            if at == self.txs() {
                return;
            }
            let mut status = self.status(TxIdx(at));
            if status.phase == Phase::LastInLine {
                status.phase = Phase::Ready;
                drop(status);
                self.due.push(Due::Execute(TxIdx(at)));
                return;
            }
            *commit_wave = status.wave_from_here.max(*commit_wave);
            let is_final = status.phase == Phase::Executed
                && (status.valid_in.is_some_and(|wave| wave >= *commit_wave)
                    || planted(Defect::CommitUnvalidated));
            if !is_final {
                return;
            }
            status.phase = Phase::Committed;
            self.committed.store(at + 1, SeqCst);
        }
    }
}

impl Strategy for BlockStm {
    fn next(&self, worker: WorkerId) -> Task {
        if self.committed.load(SeqCst) == self.txs() {
            return Task::Done;
        }
        let mut run = lock(&self.runs[worker.0 as usize]);
        self.pop()
            .or_else(|| self.go_on(&mut run))
            .or_else(|| self.sweep())
            .or_else(|| {
                *run = self.begin_run()?;
                self.go_on(&mut run)
            })
            .unwrap_or(Task::Wait)
    }

    fn executed(&self, version: Version, footprint: Footprint, _: &MvMemory<'_>) -> Vec<Overtaken> {
        let Version { tx, .. } = version;
        self.pace.executed(footprint.gas);
        let mut is_final = false;
        let waiting = {
            let mut status = self.status(tx);
            if status.phase != Phase::Executing || status.incarnation != version.incarnation {
                return Vec::new();
            }
            status.phase = Phase::Executed;
            if version.incarnation >= LAST_IN_HOPE || status.on_final {
                // Everything below was final when it began.
                status.valid_in = FOR_GOOD;
                is_final = status.ends_run;
                self.pace.went_on(footprint.gas);
            }
            let noticed = footprint.wrote_new_location && !planted(Defect::NewLocationUnnoticed);
            let swept = noticed && self.sweep_again_from(tx, &mut status);
            let Place { wave, tx: at } = self.validation.place();
            if !swept && at > tx.0 && status.valid_in.is_none() {
                // The cursor is past it and nobody above can have missed anything: it alone is due.
                self.due.push(Due::Validate(tx, version, Ticket(wave)));
            }
            std::mem::take(&mut status.waiting)
        };
        for reader in waiting {
            self.due_again(reader);
        }
        if is_final {
            self.commit();
        }
        Vec::new()
    }

    fn blocked(&self, version: Version, writer: TxIdx) {
        self.pace.failed();
        {
            // Lower lock first, everywhere: the writer is below the reader.
            let mut writer = self.status(writer);
            let mut status = self.status(version.tx);
            if status.phase != Phase::Executing || status.incarnation != version.incarnation {
                return;
            }
            let ended = matches!(writer.phase, Phase::Executed | Phase::Committed);
            if !ended || planted(Defect::DependencyUnchecked) {
                status.phase = Phase::Blocked;
                writer.waiting.push(version.tx);
                return;
            }
        }
        // The writer executed in between, and will wake nobody up any more.
        self.due_again(version.tx);
    }

    fn validated(
        &self,
        version: Version,
        ticket: Ticket,
        verdict: Verdict,
        memory: &MvMemory<'_>,
    ) -> Aborted {
        let Version { tx, .. } = version;
        let mut status = self.status(tx);
        if status.phase != Phase::Executed || status.incarnation != version.incarnation {
            return Aborted::No;
        }
        match verdict {
            Verdict::Valid => {
                status.valid_in = status.valid_in.max(Some(ticket.0));
                drop(status);
                if version.incarnation == 0 {
                    self.pace.held();
                }
                if self.committed.load(SeqCst) == tx.0 {
                    self.commit();
                }
                Aborted::No
            }
            Verdict::Invalid(_) => {
                // Nobody else may abort or commit it now, and nobody runs it before `due_again`.
                status.phase = Phase::Blocked;
                drop(status);
                self.pace.failed();
                memory.mark_estimates(tx);
                if tx.0 + 1 < self.txs() && !planted(Defect::AbortUnnoticed) {
                    let above = TxIdx(tx.0 + 1);
                    self.sweep_again_from(above, &mut self.status(above));
                }
                self.due_again(tx);
                Aborted::Yes
            }
        }
    }

    fn lost(&self, version: Version) {
        {
            let status = self.status(version.tx);
            if status.phase != Phase::Executing || status.incarnation != version.incarnation {
                return;
            }
        }
        self.doubt(version.tx);
        // What a run on final values executed below is final, and only its end would have said so.
        self.commit();
        self.due_again(version.tx);
    }

    fn committed(&self) -> TxIdx {
        TxIdx(self.committed.load(SeqCst))
    }

    fn has_spare(&self) -> bool {
        if !self.due.is_empty() {
            return true;
        }
        let begun = self.execution.load(SeqCst).min(self.txs());
        let committed = self.committed.load(SeqCst);
        // What is final needs no look.
        let at = self.validation.place().tx.max(committed);
        if at < begun && (!self.pace.is_measured() || self.wants_sweep(TxIdx(at))) {
            return true;
        }
        let left = self.txs() - begun;
        left > 0 && self.pace.run(begun, committed, left) > 0
    }
}
