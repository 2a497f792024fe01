//! What becomes of a simulated run in which something goes wrong.
//!
//! A worker that falls silent is noticed after a while, and what it had is due again; one that comes
//! back after that has its work dropped. The rule: whatever is noticed is written down.

use std::{cmp::Reverse, ops::Range};

use super::{Doing, Machine, Moment, Report, Silence};
use crate::{
    memory::Version,
    runner::{
        RunError,
        costs::Parameter,
        faults::{NOTICED_AFTER, Remedy, Strike},
        nobody_left,
        suffix::Suffix,
    },
    strategy::{Task, WorkerId},
    trace::{Activity, Answer, Failure, Span, Struck, Trace},
};

/// When the strategy was given up.
pub(super) struct Given {
    now: f64,
}

/// What goes wrong.
impl Machine<'_, '_> {
    pub(super) fn say_who_is_slow(&mut self) {
        for worker in (0..self.workers.len() as u32).map(WorkerId) {
            if self.faults.slowness(worker) != 1.0 {
                self.recorder.struck(Struck::slow(worker));
            }
        }
    }

    /// What befalls `worker` with this task: a pause, which may be nothing, or else it falls silent.
    pub(super) fn strike(&mut self, worker: usize, now: f64, task: Task) -> Option<f64> {
        let id = WorkerId(worker as u32);
        let done = self.roster.begin(id.0);
        let patience = self.costs.microseconds(NOTICED_AFTER);
        let until = match self.faults.strike(id, done, task) {
            None => return Some(0.0),
            Some(Strike::Fails) => None,
            Some(Strike::Pauses(time)) => Some(now + self.costs.microseconds(time)),
        };
        if let Some(until) = until.filter(|until| *until <= now + patience) {
            self.recorder.struck(Struck::paused(id, task, now, until));
            return Some(until - now);
        }
        let noticed = now + patience;
        self.workers[worker] = Doing::IsSilent(Box::new(Silence {
            task,
            since: now,
            noticed,
            until,
        }));
        self.events.push(Reverse(Moment(noticed, id.0)));
        None
    }

    /// `worker` was silent for too long: somebody else gets what it had.
    pub(super) fn notice(&mut self, worker: usize, silence: &Silence) {
        let Silence {
            task,
            since,
            noticed,
            until,
        } = *silence;
        let id = WorkerId(worker as u32);
        self.workers[worker] = Doing::IsAway(until);
        if let Some(until) = until {
            self.events.push(Reverse(Moment(until, id.0)));
        }
        self.roster.leave(id.0, task, self.strategy);
        if let Task::Execute(version, _) = task {
            self.recorder.span(Span {
                worker: id,
                version,
                activity: Activity::Cancelled { gas: 0 },
                start: since,
                end: noticed,
            });
        }
        self.recorder.struck(Struck {
            failure: match until {
                Some(_) => Failure::Paused,
                None => Failure::Failed,
            },
            worker: id,
            version: task.version(),
            at: since,
            noticed: Some(noticed),
            until,
            answer: Answer::Reissued,
        });
        self.wake(worker, noticed, 0.0);
    }

    /// `worker` is there again. What it had is another's by now, so what it made of it is dropped.
    pub(super) fn is_back(&mut self, worker: usize, now: f64) {
        self.roster.back(worker as u32);
        self.ask(worker, now);
    }

    /// An incarnation panicked. Says so if the strategy must be given up.
    pub(super) fn panicked(
        &mut self,
        worker: usize,
        version: Version,
        gas: u64,
        time: Range<f64>,
    ) -> Option<Given> {
        let worker = WorkerId(worker as u32);
        let remedy = self.roster.panicked(version.tx);
        let struck = Struck::panicked(worker, version, time.end, remedy.into());
        self.recorder.struck(struck);
        if remedy == Remedy::Retry {
            return None;
        }
        self.recorder.span(Span {
            worker,
            version,
            activity: Activity::Cancelled { gas },
            start: time.start,
            end: time.end,
        });
        Some(Given { now: time.end })
    }

    /// Drops what workers are at, and goes on from what is final with one of them.
    pub(super) fn fall_back(mut self, Given { now }: Given) -> Result<Trace, RunError> {
        for (worker, doing) in (0..).map(WorkerId).zip(&self.workers) {
            let Doing::Works(busy) = doing else { continue };
            let version = match &busy.report {
                Report::Executed(version, _)
                | Report::Blocked(version, ..)
                | Report::Panicked(version, _) => *version,
                Report::Validated(..) | Report::Interrupted(..) => continue,
            };
            self.recorder.span(Span {
                worker,
                version,
                activity: Activity::Cancelled { gas: 0 },
                start: busy.start,
                end: now,
            });
        }
        let txs = self.block.txs.len();
        let from = self.strategy.committed();
        let worker = WorkerId(self.roster.first().ok_or_else(nobody_left)?);
        let mut incarnations = vec![0; txs];
        self.recorder.count_incarnations(&mut incarnations);
        let suffix = Suffix {
            block: self.block,
            memory: self.memory,
            faults: self.faults,
            control: self.control,
            from,
            incarnations,
            worker,
        };
        let costs = self.costs;
        let slowness = self.faults.slowness(worker);
        suffix.execute(now, &mut self.recorder, |start, version, executed| {
            let gas = executed.outcome.gas_used();
            let reads = executed.reads.count() as f64 * costs.of(Parameter::Read);
            let writes = executed.writes.count() as f64 * costs.of(Parameter::Write);
            let execution = costs.execution(version.tx, version.incarnation, gas);
            start + slowness * (costs.of(Parameter::Task) + execution + reads + writes)
        })?;
        let mut trace = Trace::merge(vec![self.recorder], txs);
        trace.fell_back = Some(from);
        Ok(trace)
    }
}
