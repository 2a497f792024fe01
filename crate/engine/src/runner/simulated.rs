//! Any number of virtual workers on a deterministic clock that charges gas, or measured time.
//!
//! The strategies and the VM are the real ones; only time is modelled. An incarnation reads memory as
//! it is when it starts, and its writes appear when it has spent its cost; ties go to the lower worker.
//! A worker without work waits for a report, and asks again when it has woken up. Every report wakes all
//! who wait; what that costs is charged as on threads, to who gets a task while others wait and there may
//! be work for one more.
//! The rule: same block, strategy, workers, costs and seed give the same trace, byte for byte.

mod disturbed;

use std::{cmp::Reverse, collections::BinaryHeap};

use disturbed::Given;
use revm::context::TxEnv;

use super::{
    Control, ENGINE, RunError,
    costs::{Costs, Parameter},
    faults::{Faults, Panicked, Roster, guarded},
    nobody_left,
};
use crate::{
    block::Block,
    memory::{Executed, MvMemory, Overtaken, Verdict, Version},
    strategy::{Aborted, Sees, Strategy, Task, Ticket, WorkerId},
    trace::{Activity, Recorder, Room, Span, Trace},
    vm::{Run, Vm},
};

/// What a busy worker will report.
enum Report {
    Panicked(Version, u64),
    /// The run is asked to stop.
    Interrupted(Version, u64),
    Executed(Version, Box<Executed>),
    Blocked(Version, crate::memory::Conflict, u64),
    Validated(Version, Ticket, Verdict),
}

struct Busy {
    start: f64,
    end: f64,
    report: Report,
}

/// What a worker is about.
enum Doing {
    /// Nothing until somebody reports something.
    Waits,
    /// It asks for work at this time.
    Asks(f64),
    /// The same once it has woken up.
    Wakes(f64),
    /// A task.
    Works(Box<Busy>),
    /// Nothing, and it will not report what it has.
    IsSilent(Box<Silence>),
    /// Nothing, and that was noticed; it is back at this time, if ever.
    IsAway(Option<f64>),
}

/// A worker that is not heard of.
struct Silence {
    task: Task,
    since: f64,
    /// When that is noticed.
    noticed: f64,
    /// When it goes on, if ever.
    until: Option<f64>,
}

impl Doing {
    /// When something happens to it next.
    fn due(&self) -> Option<f64> {
        match self {
            Self::Waits => None,
            Self::Asks(time) | Self::Wakes(time) => Some(*time),
            Self::Works(busy) => Some(busy.end),
            Self::IsSilent(silence) => Some(silence.noticed),
            Self::IsAway(until) => *until,
        }
    }
}

/// A point in time; the lower worker first.
#[derive(Clone, Copy, PartialEq)]
struct Moment(f64, u32);

impl Eq for Moment {}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

/// Runs `strategy` to the end of the block on `workers` virtual workers, or until it is stopped: then the
/// trace ends before the first transaction that was not final.
pub fn run(
    block: &Block,
    strategy: &dyn Strategy,
    memory: &MvMemory<'_>,
    workers: u32,
    costs: Costs<'_>,
    faults: Faults<'_>,
    control: &Control,
) -> Result<Trace, RunError> {
    let idle = TxEnv::default();
    let machine = Machine {
        block,
        strategy,
        memory,
        costs,
        faults,
        idle: &idle,
        vm: Vm::new(block, memory, &idle, control),
        control,
        workers: (0..workers).map(|_| Doing::Asks(0.0)).collect(),
        roster: Roster::new(workers),
        events: BinaryHeap::new(),
        recorder: Recorder::new(&Room::default(), 1, 2 * block.txs.len()),
    };
    machine.run()
}

struct Machine<'r, 'b> {
    block: &'r Block,
    strategy: &'r dyn Strategy,
    memory: &'r MvMemory<'b>,
    costs: Costs<'r>,
    faults: Faults<'r>,
    idle: &'r TxEnv,
    /// One VM serves all workers: an incarnation is executed in one go when it starts.
    vm: Vm<'r, 'b>,
    workers: Vec<Doing>,
    control: &'r Control,
    roster: Roster,
    /// When workers ask or report.
    events: BinaryHeap<Reverse<Moment>>,
    recorder: Recorder,
}

impl Machine<'_, '_> {
    fn run(mut self) -> Result<Trace, RunError> {
        let control = self.control;
        let txs = self.block.txs.len();
        // A plan is made before anybody executes.
        let before = self.strategy.planned() as f64 * self.costs.of(Parameter::Plan);
        // Whoever begins the run starts the others, which come to work later.
        let start = match self.workers.len() {
            1 => before,
            _ => before + self.costs.of(Parameter::Start),
        };
        let arrive = start + self.costs.of(Parameter::Arrive);
        self.say_who_is_slow();
        for worker in 0..self.workers.len() {
            let after = if worker == 0 { start } else { arrive };
            self.will_ask(worker, 0.0, after, Doing::Asks);
        }
        // Between two looks at the control at most one transaction is executed.
        let gas = self.block.txs.iter().map(|tx| tx.gas_limit).max();
        let gas = gas.unwrap_or_default();
        while let Some(Reverse(Moment(time, worker))) = self.events.pop() {
            if control.stopped() {
                control.rests(ENGINE);
                return Ok(Trace::merge(vec![self.recorder], txs));
            }
            control.steps(ENGINE, gas);
            let at = worker as usize;
            if self.workers[at].due() != Some(time) {
                // What was to end then was cancelled before.
                continue;
            }
            match std::mem::replace(&mut self.workers[at], Doing::Waits) {
                Doing::Waits => {}
                Doing::Asks(now) | Doing::Wakes(now) => self.ask(at, now),
                Doing::Works(busy) => {
                    if let Some(panicked) = self.ends(at, *busy) {
                        return self.fall_back(panicked);
                    }
                }
                Doing::IsSilent(silence) => self.notice(at, &silence),
                Doing::IsAway(_) => self.is_back(at, time),
            }
        }
        control.rests(ENGINE);
        if self.roster.first().is_none() {
            return Err(nobody_left());
        }
        assert_eq!(
            self.strategy.committed().index(),
            txs,
            "a strategy left its workers waiting"
        );
        Ok(Trace::merge(vec![self.recorder], txs))
    }

    /// `worker` reports, and who waited for that will ask again. Says if the strategy must be given up.
    fn ends(&mut self, worker: usize, busy: Busy) -> Option<Given> {
        let now = busy.end;
        if let Report::Panicked(version, gas) = busy.report {
            let given = self.panicked(worker, version, gas, busy.start..now);
            if given.is_some() {
                return given;
            }
        }
        let debt = self.report(worker as u32, busy);
        // Whoever reports is awake, and asks as soon as it is done with that: when others are woken.
        self.workers[worker] = Doing::Asks(now);
        self.cancel(now);
        let committed = self.strategy.committed();
        self.recorder.committed(now, committed);
        self.control.committed(committed.0);
        self.wake(worker, now, debt);
        None
    }

    /// Who waits will ask, and `worker` after its `debt`.
    fn wake(&mut self, worker: usize, now: f64, debt: f64) {
        let wake = self.costs.of(Parameter::Wake);
        for other in 0..self.workers.len() {
            match self.workers[other] {
                Doing::Waits => self.will_ask(other, now, wake, Doing::Wakes),
                Doing::Asks(_) if other == worker => self.will_ask(worker, now, debt, Doing::Asks),
                Doing::Asks(_)
                | Doing::Wakes(_)
                | Doing::Works(_)
                | Doing::IsSilent(_)
                | Doing::IsAway(_) => {}
            }
        }
    }

    /// What it costs `worker`, which has just got a task, to wake another.
    fn notify(&self, worker: usize) -> f64 {
        let sleeps = |doing: &Doing| matches!(doing, Doing::Waits | Doing::Wakes(_));
        let mut others = self.workers.iter().enumerate();
        let anybody_sleeps = others.any(|(at, doing)| at != worker && sleeps(doing));
        match anybody_sleeps && self.strategy.has_spare() {
            true => self.costs.of(Parameter::Notify),
            false => 0.0,
        }
    }

    /// `worker` asks for work `after` `now`, and until then is about `that`.
    fn will_ask(&mut self, worker: usize, now: f64, after: f64, that: fn(f64) -> Doing) {
        if after == 0.0 {
            return self.ask(worker, now);
        }
        self.workers[worker] = that(now + after);
        self.events
            .push(Reverse(Moment(now + after, worker as u32)));
    }

    /// `worker` asks for work now, and waits if there is none.
    fn ask(&mut self, worker: usize, now: f64) {
        let task = self.roster.next(worker as u32, self.strategy);
        if matches!(task, Task::Wait | Task::Done) {
            self.workers[worker] = Doing::Waits;
            return;
        }
        let pause = match self.strike(worker, now, task) {
            Some(pause) => pause,
            None => return,
        };
        let notify = self.notify(worker);
        let (cost, report) = match task {
            Task::Execute(version, sees) => self.execute(version, sees),
            Task::Validate(version, ticket) => self.validate(version, ticket),
            Task::Wait | Task::Done => unreachable!("it waits"),
        };
        let slowness = self.faults.slowness(WorkerId(worker as u32));
        let end = now + pause + notify + slowness * cost;
        self.workers[worker] = Doing::Works(Box::new(Busy {
            start: now,
            end,
            report,
        }));
        self.events.push(Reverse(Moment(end, worker as u32)));
    }

    fn execute(&mut self, version: Version, sees: Sees) -> (f64, Report) {
        // Any number of workers may ask between two looks.
        if self.control.stopped() {
            return (0.0, Report::Interrupted(version, 0));
        }
        let run = guarded(self.faults, version, || self.vm.execute(version, sees));
        let run = match run {
            Ok(run) => run,
            Err(Panicked { gas, .. }) => {
                self.vm = Vm::new(self.block, self.memory, self.idle, self.control);
                let cost = self.task(version, gas, 0.0);
                return (cost, Report::Panicked(version, gas));
            }
        };
        match run {
            Run::Executed(executed) => {
                let written = match self.memory.stores() {
                    true => executed.writes.count(),
                    false => 0,
                };
                let compared = self.memory.compared(&executed);
                let machinery = executed.reads.count() as f64 * self.costs.of(Parameter::Read)
                    + written as f64 * self.costs.of(Parameter::Write)
                    + compared as f64 * self.costs.of(Parameter::Declare);
                let cost = self.task(version, executed.outcome.gas_used(), machinery);
                (cost, Report::Executed(version, executed))
            }
            // This machine ends itself what the strategy does not want any more.
            Run::Cancelled { gas } => (0.0, Report::Interrupted(version, gas)),
            Run::Blocked { conflict, gas } => {
                let cost = self.task(version, gas, 0.0);
                (cost, Report::Blocked(version, conflict, gas))
            }
        }
    }

    fn validate(&mut self, version: Version, ticket: Ticket) -> (f64, Report) {
        let (verdict, locations) = self.memory.validate(version.tx);
        let machinery = locations as f64 * self.costs.of(Parameter::Validate);
        let cost = self.machinery(machinery);
        (cost, Report::Validated(version, ticket, verdict))
    }

    /// What executing costs, with the machinery that goes with it.
    fn task(&self, version: Version, gas: u64, machinery: f64) -> f64 {
        let cost = self.costs.execution(version.tx, version.incarnation, gas);
        cost * self.slower_by(Parameter::Crowding) + self.machinery(machinery)
    }

    /// What a task costs that needs so much of the machinery.
    fn machinery(&self, cost: f64) -> f64 {
        (self.costs.of(Parameter::Task) + cost) * self.slower_by(Parameter::Sharing)
    }

    /// How many times as long something takes beside those who are busy now, if all others slow it
    /// down by this share.
    fn slower_by(&self, share: Parameter) -> f64 {
        let share = self.costs.of(share);
        let others = self.workers.len() - 1;
        if share == 0.0 || others == 0 {
            return 1.0;
        }
        let busy = |doing: &&Doing| matches!(doing, Doing::Works(_));
        let busy = self.workers.iter().filter(busy).count();
        1.0 + share * busy as f64 / others as f64
    }

    /// Ends what the strategy does not want any more; the writes of such an incarnation never appear.
    fn cancel(&mut self, now: f64) {
        if !self.strategy.cancels() {
            return;
        }
        for worker in 0..self.workers.len() {
            let Doing::Works(busy) = &self.workers[worker] else {
                continue;
            };
            let (version, gas) = match &busy.report {
                Report::Executed(version, executed) => (*version, executed.outcome.gas_used()),
                Report::Blocked(version, _, gas) | Report::Panicked(version, gas) => {
                    (*version, *gas)
                }
                Report::Validated(..) | Report::Interrupted(..) => continue,
            };
            if self.strategy.cancelled(version) {
                let Busy { start, end, .. } = **busy;
                let share = (now - start) / (end - start);
                self.workers[worker] = Doing::Asks(now);
                self.events.push(Reverse(Moment(now, worker as u32)));
                self.strategy.lost(version);
                self.recorder.span(Span {
                    worker: WorkerId(worker as u32),
                    version,
                    activity: Activity::Cancelled {
                        gas: (gas as f64 * share) as u64,
                    },
                    start,
                    end: now,
                });
            }
        }
    }

    /// Tells the strategy, and says how long that takes beyond the task itself.
    fn report(&mut self, worker: u32, busy: Busy) -> f64 {
        let Busy { start, end, report } = busy;
        let mut aborts = 0;
        let (version, activity) = match report {
            Report::Panicked(version, gas) | Report::Interrupted(version, gas) => {
                self.strategy.lost(version);
                (version, Activity::Cancelled { gas })
            }
            Report::Executed(version, mut executed) => {
                let gas = executed.outcome.gas_used();
                let footprint = self.memory.record(version, &mut executed);
                self.vm.reuse(executed);
                let aborted = self.strategy.executed(version, footprint, self.memory);
                // Of who is only told to stop nothing is taken back.
                let ended = |it: &&Overtaken| !self.strategy.cancelled(it.reader);
                aborts = aborted.iter().filter(ended).count();
                self.recorder.aborted(aborted, end);
                (version, Activity::Executed { gas })
            }
            Report::Blocked(version, conflict, gas) => {
                let writer = conflict.writer.expect("an ESTIMATE has a writer");
                self.strategy.blocked(version, writer);
                (version, Activity::Blocked { gas, conflict })
            }
            Report::Validated(version, ticket, verdict) => {
                let aborted = self
                    .strategy
                    .validated(version, ticket, verdict, self.memory);
                aborts += usize::from(aborted == Aborted::Yes);
                (version, validation(verdict, aborted))
            }
        };
        self.recorder.span(Span {
            worker: WorkerId(worker),
            version,
            activity,
            start,
            end,
        });
        aborts as f64 * self.costs.of(Parameter::Abort)
    }
}

/// What a validation came to.
pub(super) fn validation(verdict: Verdict, aborted: Aborted) -> Activity {
    match (verdict, aborted) {
        (Verdict::Invalid(conflict), Aborted::Yes) => Activity::Rejected { conflict },
        _ => Activity::Validated,
    }
}
