//! Real workers, measured time.
//!
//! Threads and clock are handed in: native ones, or web workers. Each worker runs one long loop; it
//! never waits inside a task, and parks only when the strategy has nothing for it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use revm::context::TxEnv;

use super::{Control, RunError, simulated::validation};
use crate::{
    block::Block,
    defect::{Defect, planted},
    memory::{MvMemory, Overtaken, Version},
    strategy::{Strategy, Task, WorkerId},
    sync::{
        Condvar, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst, fence},
        into_inner, lock, wait,
    },
    trace::{Activity, Recorder, Trace},
    vm::{Run, Vm},
};

/// Where workers come from.
pub trait Threads: Sync {
    /// How many there are.
    fn count(&self) -> u32;

    /// Runs `body` once for each worker from 0 to `workers - 1`, at the same time, and returns when all have.
    fn broadcast(&self, workers: u32, body: &(dyn Fn(u32) + Sync));
}

/// Native threads, started for each run.
#[derive(Debug)]
pub struct ScopedThreads {
    /// How many may be started.
    pub most: u32,
}

impl Threads for ScopedThreads {
    fn count(&self) -> u32 {
        self.most
    }

    fn broadcast(&self, workers: u32, body: &(dyn Fn(u32) + Sync)) {
        std::thread::scope(|scope| {
            let spawn = |worker| scope.spawn(move || body(worker));
            let others: Vec<_> = (1..workers).map(spawn).collect();
            body(0);
            for other in others {
                other.join().expect("bodies catch their panics");
            }
        });
    }
}

/// The current time in microseconds; only differences count.
pub type Now<'a> = &'a (dyn Fn() -> f64 + Sync);

/// Where workers wait for each other's reports.
///
/// A worker that found nothing to do enters, asks the strategy once more, and sleeps only if nobody
/// called since it entered. Whoever reported something looks for sleepers after that. So either the
/// second question finds what the report brought, or the reporter finds the sleeper, and no report is
/// missed; and as long as nobody sleeps, a report changes nothing here that others look at.
///
/// Calls and number of sleepers share one word, so that whoever changes either sees the other as it was
/// at that moment.
#[derive(Debug, Default)]
struct Parking {
    /// Calls in the upper half, those who entered in the lower.
    word: AtomicU64,
    gate: Mutex<()>,
    called: Condvar,
}

/// One call, in [`Parking`]'s word.
const CALL: u64 = 1 << 32;

/// How many calls there had been when a worker entered.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Calls(u64);

impl Parking {
    fn enter(&self) -> Calls {
        let calls = Calls(self.word.fetch_add(1, SeqCst) / CALL);
        // With the one of whoever reports: at least one of the two sees what the other did.
        fence(SeqCst);
        calls
    }

    /// Waits for a call after `since`.
    fn sleep(&self, since: Calls) {
        let mut gate = lock(&self.gate);
        while Calls(self.word.load(SeqCst) / CALL) == since && !planted(Defect::ReportMissed) {
            gate = wait(&self.called, gate);
        }
    }

    fn leave(&self) {
        self.word.fetch_sub(1, SeqCst);
    }

    /// Does anybody sleep, or is about to? Asked after a report.
    fn is_anybody_in(&self) -> bool {
        fence(SeqCst);
        !self.word.load(SeqCst).is_multiple_of(CALL)
    }

    /// Wakes one, or all.
    fn call(&self, whom: Whom) {
        self.word.fetch_add(CALL, SeqCst);
        let _gate = lock(&self.gate);
        match whom {
            Whom::One => self.called.notify_one(),
            Whom::All => self.called.notify_all(),
        }
    }
}

/// Who is woken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whom {
    One,
    All,
}

#[cfg(all(test, feature = "loom"))]
mod models;
mod watch;

use watch::Watch;

/// All that the workers of a run share.
struct Shared<'r, 'b> {
    block: &'r Block,
    strategy: &'r dyn Strategy,
    memory: &'r MvMemory<'b>,
    now: Now<'r>,
    control: &'r Control,
    parking: Parking,
    workers: u32,
    /// The message of a worker that panicked.
    failure: Mutex<Option<String>>,
    /// Leave: somebody failed, or the person stopped the run.
    leave: AtomicBool,
    recorders: Mutex<Vec<Recorder>>,
}

/// Runs `strategy` to the end of the block on the first `workers` of `threads`.
///
/// `start` is when the run began, which may be before this call: building what it needs takes time too.
#[expect(clippy::too_many_arguments)]
pub fn run(
    block: &Block,
    strategy: &dyn Strategy,
    memory: &MvMemory<'_>,
    workers: u32,
    threads: &dyn Threads,
    now: Now<'_>,
    control: &Control,
    start: f64,
) -> Result<Trace, RunError> {
    let shared = Shared {
        block,
        strategy,
        memory,
        now: &|| now() - start,
        control,
        parking: Parking::default(),
        workers,
        failure: Mutex::new(None),
        leave: AtomicBool::new(false),
        recorders: Mutex::default(),
    };
    threads.broadcast(workers, &|worker| {
        let ended = catch_unwind(AssertUnwindSafe(|| shared.work(WorkerId(worker))));
        if let Err(panic) = ended {
            let mut failure = lock(&shared.failure);
            failure.get_or_insert_with(|| message(panic.as_ref()));
            shared.leave.store(true, SeqCst);
            shared.parking.call(Whom::All);
        }
    });
    if let Some(failure) = into_inner(shared.failure) {
        return Err(RunError::WorkerFailed(failure));
    }
    if shared.leave.load(SeqCst) {
        return Err(RunError::Stopped);
    }
    Ok(Trace::merge(into_inner(shared.recorders), block.txs.len()))
}

/// What a panic said.
fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic without a message".into())
}

impl Shared<'_, '_> {
    fn work(&self, worker: WorkerId) {
        let idle = TxEnv::default();
        let cancelled = |version| self.strategy.cancelled(version);
        let mut vm = Vm::cancelled_by(&cancelled, self.block, self.memory, &idle);
        let mut recorder = Recorder::new(self.workers, 2 * self.block.txs.len());
        let mut watch = Watch::new(self.now, worker);
        loop {
            if self.control.stopped() {
                self.leave.store(true, SeqCst);
                self.parking.call(Whom::All);
            }
            if self.leave.load(SeqCst) {
                break;
            }
            let task = match self.strategy.next(worker) {
                Task::Wait => {
                    let now = watch.look(&mut recorder);
                    self.tell(now, &mut recorder);
                    let task = self.wait(worker);
                    watch.restart();
                    task
                }
                task => task,
            };
            match task {
                Task::Wait => continue,
                Task::Done => break,
                Task::Execute(..) | Task::Validate(..) => {}
            }
            if self.parking.is_anybody_in() && self.strategy.has_spare() {
                self.parking.call(Whom::One);
            }
            let (version, activity, aborted) = self.perform(task, &mut vm);
            if let Some(now) = watch.ended(version, activity, aborted, &mut recorder) {
                self.tell(now, &mut recorder);
            }
        }
        self.parking.call(Whom::All);
        let now = watch.look(&mut recorder);
        self.tell(now, &mut recorder);
        lock(&self.recorders).push(recorder);
    }

    /// Asks once more, and sleeps if there is nothing to do. After a sleep nothing is known: ask again.
    fn wait(&self, worker: WorkerId) -> Task {
        let calls = self.parking.enter();
        let mut task = Task::Wait;
        if !self.leave.load(SeqCst) {
            task = self.strategy.next(worker);
            if task == Task::Wait {
                self.parking.sleep(calls);
            }
        }
        self.parking.leave();
        task
    }

    /// Tells how far the block is.
    fn tell(&self, now: f64, recorder: &mut Recorder) {
        let committed = self.strategy.committed();
        recorder.committed(now, committed);
        self.control.committed(committed.0);
    }

    fn perform(&self, task: Task, vm: &mut Vm<'_, '_>) -> (Version, Activity, Vec<Overtaken>) {
        match task {
            Task::Execute(version, sees) => match vm.execute(version, sees) {
                Run::Executed(mut executed) => {
                    let gas = executed.outcome.gas_used();
                    let footprint = self.memory.record(version, &mut executed);
                    vm.reuse(executed);
                    let aborted = self.strategy.executed(version, footprint, self.memory);
                    (version, Activity::Executed { gas }, aborted)
                }
                Run::Blocked { conflict, gas } => {
                    let writer = conflict.writer.expect("an ESTIMATE has a writer");
                    self.strategy.blocked(version, writer);
                    (version, Activity::Blocked { gas, conflict }, Vec::new())
                }
                Run::Cancelled { gas } => {
                    self.strategy.lost(version);
                    (version, Activity::Cancelled { gas }, Vec::new())
                }
            },
            Task::Validate(version, ticket) => {
                let (verdict, _) = self.memory.validate(version.tx);
                let aborted = self
                    .strategy
                    .validated(version, ticket, verdict, self.memory);
                (version, validation(verdict, aborted), Vec::new())
            }
            Task::Wait | Task::Done => unreachable!("the loop took these"),
        }
    }
}
