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
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
        into_inner, lock, wait,
    },
    trace::{Activity, Recorder, Span, Trace},
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
/// A worker reads the epoch, asks the strategy, and parks only if the epoch has not moved since:
/// every report moves it, so none is missed. Epoch and number of parked workers share one word, so
/// that whoever changes either sees the other as it was at that moment.
#[derive(Debug, Default)]
struct Parking {
    /// Epoch in the upper half, parked workers in the lower.
    word: AtomicU64,
    gate: Mutex<()>,
    changed: Condvar,
}

/// One report, in [`Parking`]'s word.
const REPORT: u64 = 1 << 32;

fn epoch(word: u64) -> u64 {
    word / REPORT
}

impl Parking {
    fn epoch(&self) -> u64 {
        epoch(self.word.load(SeqCst))
    }

    fn advance(&self) {
        let before = self.word.fetch_add(REPORT, SeqCst);
        if !before.is_multiple_of(REPORT) {
            let _gate = lock(&self.gate);
            self.changed.notify_all();
        }
    }

    fn park(&self, seen: u64) {
        let mut gate = lock(&self.gate);
        let mut now = epoch(self.word.fetch_add(1, SeqCst));
        if planted(Defect::ReportMissed) {
            now = seen;
        }
        while now == seen {
            gate = wait(&self.changed, gate);
            now = self.epoch();
        }
        self.word.fetch_sub(1, SeqCst);
    }
}

#[cfg(all(test, feature = "loom"))]
mod models;

/// All that the workers of a run share.
struct Shared<'r> {
    block: &'r Block,
    strategy: &'r dyn Strategy,
    memory: &'r MvMemory<'r>,
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
pub fn run(
    block: &Block,
    strategy: &dyn Strategy,
    memory: &MvMemory<'_>,
    workers: u32,
    threads: &dyn Threads,
    now: Now<'_>,
    control: &Control,
) -> Result<Trace, RunError> {
    let start = now();
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
            shared.parking.advance();
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

impl Shared<'_> {
    fn work(&self, worker: WorkerId) {
        let idle = TxEnv::default();
        let cancelled = |version| self.strategy.cancelled(version);
        let mut vm = Vm::cancelled_by(&cancelled, self.block, self.memory, &idle);
        let mut recorder = Recorder::new(self.workers);
        loop {
            if self.control.stopped() {
                self.leave.store(true, SeqCst);
                self.parking.advance();
            }
            if self.leave.load(SeqCst) {
                break;
            }
            let epoch = self.parking.epoch();
            let task = self.strategy.next(worker);
            let start = match task {
                Task::Wait => {
                    self.parking.park(epoch);
                    continue;
                }
                Task::Done => break,
                Task::Execute(..) | Task::Validate(..) => (self.now)(),
            };
            let (version, activity, aborted) = self.perform(task, &mut vm);
            let end = (self.now)();
            recorder.aborted(aborted, end);
            recorder.span(Span {
                worker,
                version,
                activity,
                start,
                end,
            });
            let committed = self.strategy.committed();
            recorder.committed(end, committed);
            self.control.committed(committed.0);
            self.parking.advance();
        }
        lock(&self.recorders).push(recorder);
    }

    fn perform(&self, task: Task, vm: &mut Vm<'_>) -> (Version, Activity, Vec<Overtaken>) {
        match task {
            Task::Execute(version, sees) => match vm.execute(version, sees) {
                Run::Executed(executed) => {
                    let gas = executed.outcome.gas_used();
                    let footprint = self.memory.record(version, *executed);
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
