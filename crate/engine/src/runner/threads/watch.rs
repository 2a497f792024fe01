//! When a worker's tasks began and ended, without a look at the clock for each.
//!
//! A look takes as long as a good part of a transfer. So small tasks are timed together, and each is
//! given the part of that time that its gas is of the gas of all. What one look times is a few
//! microseconds; what is longer has a look of its own.

use std::ops::Range;

use super::Now;
use crate::{
    memory::{Overtaken, Version},
    strategy::WorkerId,
    trace::{Activity, Recorder, Span},
};

/// A look at the clock after this much gas, about ten microseconds.
const LOOK_GAS: f64 = 150_000.0;
/// What a task costs beside its gas: a validation, or the machinery around an execution.
const TASK_GAS: f64 = 3_000.0;

/// A worker's clock.
pub(super) struct Watch<'r> {
    now: Now<'r>,
    worker: WorkerId,
    /// When the first of `tasks` began.
    since: f64,
    /// Tasks since then.
    tasks: Vec<(Version, Activity)>,
    gas: f64,
}

fn gas(activity: &Activity) -> f64 {
    let gas = match activity {
        Activity::Executed { gas }
        | Activity::Blocked { gas, .. }
        | Activity::Cancelled { gas } => *gas,
        Activity::Validated | Activity::Rejected { .. } => 0,
    };
    TASK_GAS + gas as f64
}

impl<'r> Watch<'r> {
    pub fn new(now: Now<'r>, worker: WorkerId) -> Self {
        Self {
            now,
            worker,
            since: now(),
            tasks: Vec::new(),
            gas: 0.0,
        }
    }

    /// A task ended, and aborted some. Says the time if it looked at the clock.
    pub fn ended(
        &mut self,
        version: Version,
        activity: Activity,
        aborted: Vec<Overtaken>,
        recorder: &mut Recorder,
    ) -> Option<f64> {
        self.gas += gas(&activity);
        self.tasks.push((version, activity));
        if self.gas < LOOK_GAS && aborted.is_empty() {
            return None;
        }
        let now = self.look(recorder);
        recorder.aborted(aborted, now);
        Some(now)
    }

    /// A task that a schedule says the times of.
    pub fn told(
        &self,
        version: Version,
        activity: Activity,
        time: Range<f64>,
        recorder: &mut Recorder,
    ) {
        recorder.span(Span {
            worker: self.worker,
            version,
            activity,
            start: time.start,
            end: time.end,
        });
    }

    /// Looks at the clock, and writes down the tasks since the last look.
    pub fn look(&mut self, recorder: &mut Recorder) -> f64 {
        let now = (self.now)();
        let per_gas = (now - self.since) / self.gas.max(1.0);
        let mut start = self.since;
        for (version, activity) in self.tasks.drain(..) {
            let end = start + gas(&activity) * per_gas;
            recorder.span(Span {
                worker: self.worker,
                version,
                activity,
                start,
                end,
            });
            start = end;
        }
        self.gas = 0.0;
        self.since = now;
        now
    }

    /// Begins anew: what was since the last look is nobody's.
    pub fn restart(&mut self) {
        self.since = (self.now)();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use super::*;
    use crate::{
        block::TxIdx,
        trace::{Room, Trace},
    };

    fn version(tx: u32) -> Version {
        Version {
            tx: TxIdx(tx),
            incarnation: 0,
        }
    }

    /// When each span began and ended, in a trace of so many transactions that were final at a time.
    fn times(mut recorder: Recorder, now: f64, txs: u32) -> Vec<(f64, f64)> {
        recorder.committed(now, TxIdx(txs));
        let trace = Trace::merge(vec![recorder], txs as usize);
        trace.spans.iter().map(|it| (it.start, it.end)).collect()
    }

    #[test]
    fn small_tasks_share_a_stretch_by_their_gas() {
        let looks = AtomicU32::new(0);
        let now = || f64::from(looks.fetch_add(1, SeqCst)) * 100.0;
        let mut recorder = Recorder::new(&Room::default(), 1, 4);
        let mut watch = Watch::new(&now, WorkerId(0));
        let executed = |gas| Activity::Executed { gas };
        let first = watch.ended(version(0), executed(37_000), Vec::new(), &mut recorder);
        let second = watch.ended(version(1), executed(117_000), Vec::new(), &mut recorder);
        assert_eq!((first, second), (None, Some(100.0)));
        assert_eq!(times(recorder, 100.0, 2), [(0.0, 25.0), (25.0, 100.0)]);
        assert_eq!(looks.load(SeqCst), 2);
    }

    #[test]
    fn what_was_before_it_begins_anew_is_nobodys() {
        let looks = AtomicU32::new(0);
        let now = || f64::from(looks.fetch_add(1, SeqCst)) * 100.0;
        let mut recorder = Recorder::new(&Room::default(), 1, 4);
        let mut watch = Watch::new(&now, WorkerId(0));
        watch.restart();
        let activity = Activity::Executed { gas: 1 };
        watch.ended(version(0), activity, Vec::new(), &mut recorder);
        assert_eq!(watch.look(&mut recorder), 200.0);
        assert_eq!(times(recorder, 200.0, 1), [(100.0, 200.0)]);
    }
}
