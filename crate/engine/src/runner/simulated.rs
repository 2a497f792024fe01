//! Any number of virtual workers on a deterministic clock that charges gas.
//!
//! The strategies and the VM are the real ones; only time is modelled. An incarnation reads memory as
//! it is when it starts, and its writes appear when it has spent its cost; ties go to the lower worker.
//! The rule: same block, strategy, workers, costs and seed give the same trace, byte for byte.

use std::{cmp::Reverse, collections::BinaryHeap};

use revm::context::TxEnv;

use super::{Control, RunError};
use crate::{
    block::Block,
    memory::{Executed, MvMemory, Verdict, Version},
    strategy::{Aborted, Sees, Strategy, Task, Ticket, WorkerId},
    trace::{Activity, Recorder, Span, Trace},
    vm::{Run, Vm},
};

/// What the machinery around execution costs, in gas.
///
/// Estimates for revm on one recent core, where a second is worth about ten billion gas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// Handing out a task and taking its report.
    pub task: f64,
    /// Comparing one location: of a read set, or with what was declared.
    pub validated_location: f64,
    /// Seed of the jitter; 0 is none. Each incarnation's cost is stretched by up to a quarter.
    pub seed: u32,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            task: 1_000.0,
            validated_location: 100.0,
            seed: 0,
        }
    }
}

/// What a busy worker will report.
enum Report {
    Executed(Version, Box<Executed>),
    Blocked(Version, crate::memory::Conflict, u64),
    Validated(Version, Ticket, Verdict),
}

struct Busy {
    start: f64,
    end: f64,
    report: Report,
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

/// Runs `strategy` to the end of the block on `workers` virtual workers.
pub fn run(
    block: &Block,
    strategy: &dyn Strategy,
    memory: &MvMemory<'_>,
    workers: u32,
    costs: Costs,
    control: &Control,
) -> Result<Trace, RunError> {
    let idle = TxEnv::default();
    let machine = Machine {
        strategy,
        memory,
        costs,
        vm: Vm::new(block, memory, &idle),
        busy: (0..workers).map(|_| None).collect(),
        events: BinaryHeap::new(),
        recorder: Recorder::new(1, 2 * block.txs.len()),
    };
    machine.run(block.txs.len(), control)
}

struct Machine<'r, 'b> {
    strategy: &'r dyn Strategy,
    memory: &'r MvMemory<'b>,
    costs: Costs,
    /// One VM serves all workers: an incarnation is executed in one go when it starts.
    vm: Vm<'r, 'b>,
    /// What each worker is doing; none for one without work.
    busy: Vec<Option<Busy>>,
    /// When busy workers report.
    events: BinaryHeap<Reverse<Moment>>,
    recorder: Recorder,
}

impl Machine<'_, '_> {
    fn run(mut self, txs: usize, control: &Control) -> Result<Trace, RunError> {
        let mut now = 0.0;
        loop {
            if control.stopped() {
                return Err(RunError::Stopped);
            }
            self.hand_out(now);
            let Some(Reverse(Moment(time, worker))) = self.events.pop() else {
                break;
            };
            let due = self.busy[worker as usize].as_ref();
            if due.is_none_or(|busy| busy.end != time) {
                // What was to end then was cancelled before.
                continue;
            }
            now = time;
            self.report(worker, now);
            self.cancel(now);
            let committed = self.strategy.committed();
            self.recorder.committed(now, committed);
            control.committed(committed.0);
        }
        assert_eq!(
            self.strategy.committed().index(),
            txs,
            "a strategy left its workers waiting"
        );
        Ok(Trace::merge(vec![self.recorder], txs))
    }

    /// Offers work to every worker without any, lower ones first.
    fn hand_out(&mut self, now: f64) {
        for worker in 0..self.busy.len() {
            if self.busy[worker].is_some() {
                continue;
            }
            let id = worker as u32;
            let (cost, report) = match self.strategy.next(WorkerId(id)) {
                Task::Execute(version, sees) => self.execute(version, sees),
                Task::Validate(version, ticket) => self.validate(version, ticket),
                Task::Wait | Task::Done => continue,
            };
            let end = now + self.costs.task + cost;
            self.busy[worker] = Some(Busy {
                start: now,
                end,
                report,
            });
            self.events.push(Reverse(Moment(end, id)));
        }
    }

    fn execute(&mut self, version: Version, sees: Sees) -> (f64, Report) {
        match self.vm.execute(version, sees) {
            Run::Executed(executed) => {
                let gas = executed.outcome.gas_used() as f64 * self.stretch(version);
                let compared = self.strategy.compared(&executed) as f64;
                let cost = gas + compared * self.costs.validated_location;
                (cost, Report::Executed(version, executed))
            }
            Run::Cancelled { .. } => unreachable!("this machine ends incarnations itself"),
            Run::Blocked { conflict, gas } => {
                let cost = gas as f64 * self.stretch(version);
                (cost, Report::Blocked(version, conflict, gas))
            }
        }
    }

    fn validate(&mut self, version: Version, ticket: Ticket) -> (f64, Report) {
        let (verdict, locations) = self.memory.validate(version.tx);
        let cost = locations as f64 * self.costs.validated_location;
        (cost, Report::Validated(version, ticket, verdict))
    }

    /// Jitter: a factor of 1 to 1.25 that depends on nothing but seed and version.
    fn stretch(&self, version: Version) -> f64 {
        if self.costs.seed == 0 {
            return 1.0;
        }
        let mut mixed = u64::from(self.costs.seed) << 32 | u64::from(version.tx.0);
        mixed =
            mixed.wrapping_add(u64::from(version.incarnation).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // The finaliser of SplitMix64.
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        1.0 + (mixed >> 40) as f64 / (1u64 << 24) as f64 / 4.0
    }

    /// Ends what the strategy does not want any more; the writes of such an incarnation never appear.
    fn cancel(&mut self, now: f64) {
        for worker in 0..self.busy.len() {
            let Some(Busy { start, report, .. }) = &self.busy[worker] else {
                continue;
            };
            let (start, version) = match report {
                Report::Executed(version, _) | Report::Blocked(version, ..) => (*start, *version),
                Report::Validated(..) => continue,
            };
            if self.strategy.cancelled(version) {
                self.busy[worker] = None;
                self.strategy.lost(version);
                let gas = (now - start) as u64;
                self.recorder.span(Span {
                    worker: WorkerId(worker as u32),
                    version,
                    activity: Activity::Cancelled { gas },
                    start,
                    end: now,
                });
            }
        }
    }

    fn report(&mut self, worker: u32, now: f64) {
        let Some(Busy { start, report, .. }) = self.busy[worker as usize].take() else {
            return;
        };
        let (version, activity) = match report {
            Report::Executed(version, mut executed) => {
                let gas = executed.outcome.gas_used();
                let footprint = self.memory.record(version, &mut executed);
                self.vm.reuse(executed);
                let aborted = self.strategy.executed(version, footprint, self.memory);
                self.recorder.aborted(aborted, now);
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
                (version, validation(verdict, aborted))
            }
        };
        self.recorder.span(Span {
            worker: WorkerId(worker),
            version,
            activity,
            start,
            end: now,
        });
    }
}

/// What a validation came to.
pub(super) fn validation(verdict: Verdict, aborted: Aborted) -> Activity {
    match (verdict, aborted) {
        (Verdict::Invalid(conflict), Aborted::Yes) => Activity::Rejected { conflict },
        _ => Activity::Validated,
    }
}
