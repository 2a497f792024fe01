//! What becomes of a run on threads in which something goes wrong.
//!
//! That a worker has left is noticed as the end of a thread is: at once, by whoever runs it. A worker
//! that stops without leaving is not noticed here; whoever watches the run from outside does.
//! The rule: a worker that leaves hands back what it had, or says that the run cannot go on.

use std::time::Duration;

use super::{Asked, Shared, Whom};
use crate::{
    runner::{
        RunError,
        faults::{Panicked, Remedy, Strike},
        nobody_left, schedule,
        suffix::Suffix,
    },
    strategy::{Task, WorkerId},
    sync::{atomic::Ordering::SeqCst, lock},
    trace::{Activity, Answer, Failure, Recorder, Span, Struck, Trace},
};

/// A worker that does nothing looks this often whether it has to leave, in microseconds.
const NAP: f64 = 1_000.0;

/// Is a worker still there?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Here,
    Gone,
}

impl Shared<'_, '_> {
    pub(super) fn say_if_slow(&self, worker: WorkerId, recorder: &mut Recorder) {
        if self.faults.slowness(worker) != 1.0 {
            recorder.struck(Struck::slow(worker));
        }
    }

    /// What goes wrong with `worker`, which has just taken a task.
    pub(super) fn befalls(&self, worker: WorkerId, asked: &Asked, recorder: &mut Recorder) -> Fate {
        let task = asked.task;
        let done = lock(&self.roster).begin(worker.0);
        let at = asked.at.unwrap_or_else(self.now);
        match self.faults.strike(worker, done, task) {
            None => Fate::Here,
            Some(Strike::Pauses(time)) => {
                self.sleep(worker, time);
                let until = asked.at.map_or_else(self.now, |at| at + time);
                recorder.struck(Struck::paused(worker, task, at, until));
                Fate::Here
            }
            Some(Strike::Fails) => {
                self.leaves(worker, task, at, recorder);
                Fate::Gone
            }
        }
    }

    /// `worker` will not report what it has.
    fn leaves(&self, worker: WorkerId, task: Task, at: f64, recorder: &mut Recorder) {
        let Some(mut turn) = self.order.turn(worker) else {
            return;
        };
        {
            let mut roster = lock(&self.roster);
            roster.leave(worker.0, task, self.strategy);
            // From now on whoever asks asks the roster, under its lock.
            self.somebody_is_gone.store(true, SeqCst);
            if roster.first().is_none() {
                turn.is_last();
            }
        }
        let told = turn.tell(&self.now, || "failed".into());
        drop(turn);
        let version = task.version();
        let noticed = told.unwrap_or_else(self.now);
        if let (Task::Execute(..), Some(version)) = (task, version) {
            recorder.span(Span {
                worker,
                version,
                activity: Activity::Cancelled { gas: 0 },
                start: at,
                end: noticed,
            });
        }
        recorder.struck(Struck {
            failure: Failure::Failed,
            worker,
            version,
            at,
            noticed: Some(noticed),
            until: None,
            answer: Answer::Reissued,
        });
        self.parking.call(Whom::All);
    }

    /// An incarnation of `worker` panicked: it runs again, or the strategy is given up.
    pub(super) fn panicked(
        &self,
        worker: WorkerId,
        task: Task,
        panicked: &Panicked,
        recorder: &mut Recorder,
    ) {
        let Some(mut turn) = self.order.turn(worker) else {
            return;
        };
        let Some(version) = task.version() else {
            return;
        };
        let remedy = lock(&self.roster).panicked(version.tx);
        match remedy {
            Remedy::Retry => self.strategy.lost(version),
            Remedy::FallBack => {
                self.fell_back.store(true, SeqCst);
                self.leave.store(true, SeqCst);
                turn.is_last();
            }
        }
        let told = turn.tell(&self.now, || {
            schedule::ended("panicked", version, panicked.gas)
        });
        drop(turn);
        let at = told.unwrap_or_else(self.now);
        recorder.span(Span {
            worker,
            version,
            activity: Activity::Cancelled { gas: panicked.gas },
            start: at,
            end: at,
        });
        recorder.struck(Struck::panicked(worker, version, at, remedy.into()));
        self.parking.call(Whom::All);
    }

    /// Goes on from what is final, alone, now that all workers have left.
    pub(super) fn fall_back(&self) -> Result<Trace, RunError> {
        let txs = self.block.txs.len();
        let from = self.strategy.committed();
        let worker = WorkerId(lock(&self.roster).first().ok_or_else(nobody_left)?);
        let mut incarnations = vec![0; txs];
        let mut recorders = std::mem::take(&mut *lock(&self.recorders));
        for recorder in &recorders {
            recorder.count_incarnations(&mut incarnations);
        }
        let suffix = Suffix {
            block: self.block,
            memory: self.memory,
            faults: self.faults,
            control: self.control,
            from,
            incarnations,
            worker,
        };
        let mut recorder = Recorder::new(&self.room, 1, txs);
        suffix.execute((self.now)(), &mut recorder, |_, _, _| (self.now)())?;
        recorders.push(recorder);
        let mut trace = Trace::merge(recorders, txs);
        trace.fell_back = Some(from);
        Ok(trace)
    }

    /// When a task began, where somebody is slow.
    pub(super) fn begins(&self, worker: WorkerId) -> Option<f64> {
        (!self.faults.are_none() && self.faults.slowness(worker) > 1.0).then(|| (self.now)())
    }

    /// A slow worker takes longer for what `began` then.
    pub(super) fn lags(&self, worker: WorkerId, began: Option<f64>) {
        if let Some(began) = began {
            let took = (self.now)() - began;
            self.sleep(worker, took * (self.faults.slowness(worker) - 1.0));
        }
    }

    /// Does nothing for so many microseconds, unless everybody leaves.
    fn sleep(&self, worker: WorkerId, mut time: f64) {
        while time > 0.0 && !self.leave.load(SeqCst) && !self.control.stopped() {
            let nap = time.min(NAP);
            std::thread::sleep(Duration::from_nanos((nap * 1e3) as u64));
            time -= nap;
            self.control.steps(worker.0, 0);
        }
    }
}
