//! Real workers, measured time.
//!
//! Threads and clock are handed in: native ones, or web workers. Each worker runs one long loop; it
//! never waits inside a task, and parks only when the strategy has nothing for it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use revm::context::TxEnv;

use super::{
    Control, RunError,
    faults::{Faults, Panicked, Roster, guarded, message},
    nobody_left,
    schedule::{self, Order, Turn},
    simulated::validation,
};
use crate::{
    block::Block,
    memory::{MvMemory, Overtaken, Version},
    strategy::{Strategy, Task, WorkerId},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
        into_inner, lock,
    },
    trace::{Activity, Recorder, Room, Trace},
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

mod disturbed;
#[cfg(all(test, feature = "loom"))]
mod models;
mod parking;
mod watch;

use disturbed::Fate;
use parking::{Parking, Whom};
use watch::Watch;

/// Who works, by which clock and in which order.
#[derive(Clone, Copy)]
pub struct Crew<'a> {
    /// How many workers.
    pub workers: u32,
    /// Where they come from; there are at least as many.
    pub threads: &'a dyn Threads,
    /// The clock.
    pub now: Now<'a>,
    /// When the run began, which may be before the workers do: building what it needs takes time too.
    pub start: f64,
    /// Progress out, stop in.
    pub control: &'a Control,
    /// Who may go on when.
    pub order: &'a Order,
    /// What goes wrong.
    pub faults: Faults<'a>,
    /// Is it written down what each worker does when? If not, only when all was final is known, and how
    /// far the block is is told only at the end and when a worker has nothing to do.
    pub traced: bool,
}

/// All that the workers of a run share.
struct Shared<'r, 'b> {
    block: &'r Block,
    strategy: &'r dyn Strategy,
    memory: &'r MvMemory<'b>,
    now: Now<'r>,
    control: &'r Control,
    order: &'r Order,
    parking: Parking,
    /// For what the workers write down.
    room: Room,
    workers: u32,
    /// The message of a worker that panicked.
    failure: Mutex<Option<String>>,
    faults: Faults<'r>,
    traced: bool,
    /// Who asks in whose name; asked only once somebody is gone.
    roster: Mutex<Roster>,
    somebody_is_gone: AtomicBool,
    /// The strategy is given up: what is not final is left to whoever is told this.
    fell_back: AtomicBool,
    /// Leave: somebody failed, or the person stopped the run.
    leave: AtomicBool,
    /// The person stopped it.
    stopped: AtomicBool,
    recorders: Mutex<Vec<Recorder>>,
}

/// Runs `strategy` to the end of the block on the first workers of `crew`, or until it is stopped: then
/// the trace ends before the first transaction that was not final.
pub fn run(
    block: &Block,
    strategy: &dyn Strategy,
    memory: &MvMemory<'_>,
    crew: &Crew<'_>,
) -> Result<Trace, RunError> {
    let Crew {
        workers,
        threads,
        now,
        start,
        control,
        order,
        faults,
        traced,
    } = *crew;
    let shared = Shared {
        block,
        strategy,
        memory,
        now: &|| now() - start,
        control,
        order,
        parking: Parking::default(),
        room: Room::default(),
        workers,
        failure: Mutex::new(None),
        faults,
        traced,
        roster: Mutex::new(Roster::new(workers)),
        somebody_is_gone: AtomicBool::new(false),
        fell_back: AtomicBool::new(false),
        leave: AtomicBool::new(false),
        stopped: AtomicBool::new(false),
        recorders: Mutex::default(),
    };
    threads.broadcast(workers, &|worker| {
        let ended = catch_unwind(AssertUnwindSafe(|| shared.work(WorkerId(worker))));
        if let Err(panic) = ended {
            let mut failure = lock(&shared.failure);
            failure.get_or_insert_with(|| message(panic.as_ref()));
            shared.leave.store(true, SeqCst);
            shared.parking.call(Whom::All);
            order.abandon();
        }
    });
    if let Some(failure) = lock(&shared.failure).take() {
        return Err(RunError::WorkerFailed(failure));
    }
    let was_stopped = shared.stopped.load(SeqCst);
    // What is left in the middle differs from what ran to its end.
    if let Some(disagreement) = order.disagreement().filter(|_| !was_stopped) {
        return Err(RunError::Disagrees(disagreement));
    }
    if shared.fell_back.load(SeqCst) && !was_stopped {
        return shared.fall_back();
    }
    if lock(&shared.roster).first().is_none() && !was_stopped {
        return Err(nobody_left());
    }
    Ok(Trace::merge(into_inner(shared.recorders), block.txs.len()))
}

impl Shared<'_, '_> {
    fn work(&self, worker: WorkerId) {
        let idle = TxEnv::default();
        let before_read = |version| {
            let mut turn = self.order.turn(worker)?;
            turn.tell(&self.now, || "read".into());
            (!self.strategy.cancelled(version)).then_some(turn)
        };
        let is_watched = !self.order.is_free() || self.strategy.cancels();
        let fresh = || match is_watched {
            true => Vm::watched_by(&before_read, self.block, self.memory, &idle, self.control),
            false => Vm::new(self.block, self.memory, &idle, self.control),
        };
        let mut vm = fresh();
        let spans = if self.traced {
            2 * self.block.txs.len()
        } else {
            0
        };
        let mut recorder = Recorder::new(&self.room, self.workers, spans);
        self.say_if_slow(worker, &mut recorder);
        let mut watch = Watch::new(self.now, worker);
        self.control.steps(worker.0, 0);
        loop {
            if self.control.stopped() {
                self.stopped.store(true, SeqCst);
                self.leave.store(true, SeqCst);
                self.parking.call(Whom::All);
                self.order.abandon();
            }
            if self.leave.load(SeqCst) {
                break;
            }
            let Some(mut asked) = self.ask(worker, &mut recorder) else {
                break;
            };
            if asked.task == Task::Wait {
                self.look(&mut watch, &mut recorder);
                self.control.rests(worker.0);
                let Some(again) = self.wait(worker, &mut recorder) else {
                    break;
                };
                self.control.steps(worker.0, 0);
                asked = again;
                watch.restart();
            }
            match asked.task {
                Task::Wait => continue,
                Task::Done => break,
                Task::Execute(version, _) => {
                    let gas = self.block.txs[version.tx.index()].gas_limit;
                    self.control.steps(worker.0, gas);
                }
                Task::Validate(..) => self.control.steps(worker.0, 0),
            }
            if !self.faults.are_none() && self.befalls(worker, &asked, &mut recorder) == Fate::Gone
            {
                break;
            }
            if self.parking.is_anybody_in() && self.strategy.has_spare() {
                self.parking.call(Whom::One);
            }
            let performed = match self.perform(worker, asked.task, &mut vm) {
                Done::Performed(performed) => performed,
                Done::Panicked(panicked) => {
                    vm = fresh();
                    self.panicked(worker, asked.task, &panicked, &mut recorder);
                    continue;
                }
                Done::Left => break,
            };
            let Performed {
                version,
                activity,
                aborted,
                end,
                turn,
            } = performed;
            let told = match asked.at.zip(end) {
                Some((start, end)) => {
                    watch.told(version, activity, start..end, &mut recorder);
                    recorder.aborted(aborted, end);
                    Some(end)
                }
                None if !self.traced => None,
                None => watch.ended(version, activity, aborted, &mut recorder),
            };
            if let Some(now) = told {
                self.tell(now, &mut recorder);
            }
            drop(turn);
        }
        self.parking.call(Whom::All);
        self.control.rests(worker.0);
        self.look(&mut watch, &mut recorder);
        lock(&self.recorders).push(recorder);
    }

    /// Asks the strategy; none if the worker has to leave.
    fn ask(&self, worker: WorkerId, recorder: &mut Recorder) -> Option<Asked> {
        let mut turn = self.order.turn(worker)?;
        let task = match self.somebody_is_gone.load(SeqCst) {
            false => self.strategy.next(worker),
            true => lock(&self.roster).next(worker.0, self.strategy),
        };
        let at = turn.tell(&self.now, || schedule::asked(task));
        if let Some(at) = at {
            self.tell(at, recorder);
        }
        Some(Asked { task, at })
    }

    /// Asks once more, and sleeps if there is nothing to do. After a sleep nothing is known: ask again.
    fn wait(&self, worker: WorkerId, recorder: &mut Recorder) -> Option<Asked> {
        let calls = self.parking.enter();
        let mut asked = None;
        if !self.leave.load(SeqCst) {
            asked = self.ask(worker, recorder);
            let waits = asked.as_ref().is_some_and(|it| it.task == Task::Wait);
            if waits && self.order.lets_wait() {
                self.parking.sleep(calls);
            }
        }
        self.parking.leave();
        asked
    }

    /// Looks at the clock, unless a schedule says when things were.
    fn look(&self, watch: &mut Watch<'_>, recorder: &mut Recorder) {
        if self.order.is_free() {
            let now = watch.look(recorder);
            self.tell(now, recorder);
        }
    }

    /// Tells how far the block is.
    fn tell(&self, now: f64, recorder: &mut Recorder) {
        let committed = self.strategy.committed();
        recorder.committed(now, committed);
        self.control.committed(committed.0);
    }

    /// Does a task, and reports.
    fn perform(&self, worker: WorkerId, task: Task, vm: &mut Vm<'_, '_>) -> Done<'_> {
        match task {
            Task::Execute(version, sees) => {
                let began = self.begins(worker);
                let run = guarded(self.faults, version, || vm.execute(version, sees));
                self.lags(worker, began);
                match run {
                    Ok(run) => self.executed(worker, version, run, vm),
                    Err(panicked) => Done::Panicked(panicked),
                }
            }
            Task::Validate(version, ticket) => {
                let Some(mut turn) = self.order.turn(worker) else {
                    return Done::Left;
                };
                let (verdict, _) = self.memory.validate(version.tx);
                let aborted = self
                    .strategy
                    .validated(version, ticket, verdict, self.memory);
                let end = turn.tell(&self.now, || schedule::validated(version, aborted));
                Done::Performed(Performed {
                    version,
                    activity: validation(verdict, aborted),
                    aborted: Vec::new(),
                    end,
                    turn,
                })
            }
            Task::Wait | Task::Done => unreachable!("the loop took these"),
        }
    }

    /// Reports what became of an incarnation.
    fn executed(
        &self,
        worker: WorkerId,
        version: Version,
        run: Run,
        vm: &mut Vm<'_, '_>,
    ) -> Done<'_> {
        let Some(mut turn) = self.order.turn(worker) else {
            return Done::Left;
        };
        let mut all_aborted = Vec::new();
        let (activity, end) = match run {
            Run::Executed(mut executed) => {
                let gas = executed.outcome.gas_used();
                let reads = match turn.is_told() {
                    true => schedule::reads(&executed),
                    false => String::new(),
                };
                let footprint = self.memory.record(version, &mut executed);
                vm.reuse(executed);
                let aborted = self.strategy.executed(version, footprint, self.memory);
                let what = || schedule::executed(version, gas, &reads, &aborted);
                let end = turn.tell(&self.now, what);
                all_aborted = aborted;
                (Activity::Executed { gas }, end)
            }
            Run::Blocked { conflict, gas } => {
                let writer = conflict.writer.expect("an ESTIMATE has a writer");
                self.strategy.blocked(version, writer);
                let what = || schedule::ended("blocked", version, gas);
                let end = turn.tell(&self.now, what);
                (Activity::Blocked { gas, conflict }, end)
            }
            Run::Cancelled { gas } => {
                self.strategy.lost(version);
                let what = || schedule::ended("cancelled", version, gas);
                let end = turn.tell(&self.now, what);
                (Activity::Cancelled { gas }, end)
            }
        };
        Done::Performed(Performed {
            version,
            activity,
            aborted: all_aborted,
            end,
            turn,
        })
    }
}

/// What came of a task.
enum Done<'o> {
    Performed(Performed<'o>),
    Panicked(Panicked),
    /// The worker has to leave.
    Left,
}

/// What a worker was given.
struct Asked {
    task: Task,
    /// When, if that is a step of a schedule.
    at: Option<f64>,
}

/// A task that was done and reported.
struct Performed<'o> {
    version: Version,
    activity: Activity,
    aborted: Vec<Overtaken>,
    /// When, if that is a step of a schedule.
    end: Option<f64>,
    /// Of the report; the step ends when it is dropped.
    turn: Turn<'o>,
}
