//! Real workers, measured time.
//!
//! Threads and clock are handed in: native ones, or web workers. Each worker runs one long loop; it
//! never waits inside a task, and parks only when the strategy has nothing for it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::SeqCst},
    },
};

use revm::context::TxEnv;

use super::{Control, RunError, simulated::validation};
use crate::{
    block::Block,
    memory::{MvMemory, Overtaken, Version},
    strategy::{Strategy, Task, WorkerId},
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
            for worker in 1..workers {
                scope.spawn(move || body(worker));
            }
            body(0);
        });
    }
}

/// The current time in microseconds; only differences count.
pub type Now<'a> = &'a (dyn Fn() -> f64 + Sync);

/// Where workers wait for each other's reports.
///
/// A worker reads the epoch, asks the strategy, and parks only if the epoch has not moved since:
/// every report moves it, so none is missed.
#[derive(Debug, Default)]
struct Parking {
    epoch: AtomicU64,
    parked: AtomicU32,
    gate: Mutex<()>,
    changed: Condvar,
}

impl Parking {
    fn epoch(&self) -> u64 {
        self.epoch.load(SeqCst)
    }

    fn gate(&self) -> MutexGuard<'_, ()> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn advance(&self) {
        self.epoch.fetch_add(1, SeqCst);
        if self.parked.load(SeqCst) > 0 {
            let _gate = self.gate();
            self.changed.notify_all();
        }
    }

    fn park(&self, seen: u64) {
        let mut gate = self.gate();
        self.parked.fetch_add(1, SeqCst);
        while self.epoch() == seen {
            gate = self
                .changed
                .wait(gate)
                .unwrap_or_else(PoisonError::into_inner);
        }
        self.parked.fetch_sub(1, SeqCst);
    }
}

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
            let mut failure = shared
                .failure
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            failure.get_or_insert_with(|| message(panic.as_ref()));
            shared.leave.store(true, SeqCst);
            shared.parking.advance();
        }
    });
    if let Some(failure) = shared
        .failure
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
    {
        return Err(RunError::WorkerFailed(failure));
    }
    if shared.leave.into_inner() {
        return Err(RunError::Stopped);
    }
    let recorders = shared
        .recorders
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    Ok(Trace::merge(recorders, block.txs.len()))
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
        self.recorders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(recorder);
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
