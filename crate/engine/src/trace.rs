//! What happened during a run, as the runner saw it: spans of workers and times of commits.
//!
//! Nothing is interpreted here. Times are in the runner's unit, from the start of the run.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use crate::{
    block::TxIdx,
    memory::{Conflict, Overtaken, Version},
    strategy::{Task, WorkerId},
};

/// Spans kept of one run; what is beyond is not counted either.
pub const MAX_SPANS: usize = 1_000_000;
/// Spans that a recorder takes room for at once.
const AT_ONCE: usize = 256;

/// The room that all recorders of a run share, of [`MAX_SPANS`] spans.
#[derive(Clone, Debug)]
pub struct Room(Arc<AtomicUsize>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(AtomicUsize::new(MAX_SPANS)))
    }
}

impl Room {
    /// Takes room for some more spans, and says for how many.
    fn take(&self) -> usize {
        let left = |left: usize| Some(left.saturating_sub(AT_ONCE));
        let before = self.0.fetch_update(Relaxed, Relaxed, left);
        before.unwrap_or_default().min(AT_ONCE)
    }
}

/// What a worker did for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Executed an incarnation to its end.
    Executed {
        /// Gas of the transaction; nothing for one that was skipped.
        gas: u64,
    },
    /// Executed until an ESTIMATE stopped it.
    Blocked {
        /// Gas it had used by then.
        gas: u64,
        /// Where, and whose.
        conflict: Conflict,
    },
    /// Executed until it was told to stop.
    Cancelled {
        /// Gas it had used by then.
        gas: u64,
    },
    /// Validated, and the incarnation stands, or was superseded already.
    Validated,
    /// Validated, and aborted the incarnation.
    Rejected {
        /// The first read that did not hold.
        conflict: Conflict,
    },
}

/// A stretch of a worker's time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Whose time.
    pub worker: WorkerId,
    /// For which incarnation.
    pub version: Version,
    /// What it did.
    pub activity: Activity,
    /// When it began.
    pub start: f64,
    /// When it ended.
    pub end: f64,
}

/// An incarnation that was aborted by the write of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Abort {
    /// Which one, and why.
    pub overtaken: Overtaken,
    /// When.
    pub at: f64,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A worker failed, for good.
    Failed,
    /// A worker did nothing for a while.
    Paused,
    /// A worker is slow, all the time.
    Slow,
    /// An incarnation panicked.
    Panicked,
}

/// What was done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing: it cost time alone.
    Nothing,
    /// Another worker was given the task.
    Reissued,
    /// The incarnation's transaction ran again.
    Retried,
    /// What was not final yet ran one after another.
    FellBack,
}

/// A fault that struck, and what was done about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Struck {
    /// What went wrong.
    pub failure: Failure,
    /// Whose worker.
    pub worker: WorkerId,
    /// What it was at.
    pub version: Option<Version>,
    /// When.
    pub at: f64,
    /// When that was noticed; none if it never was.
    pub noticed: Option<f64>,
    /// When the worker went on; none if it never did.
    pub until: Option<f64>,
    /// What was done about it.
    pub answer: Answer,
}

impl Struck {
    /// `worker` is slow from the beginning to the end.
    pub(crate) fn slow(worker: WorkerId) -> Self {
        Self {
            failure: Failure::Slow,
            worker,
            version: None,
            at: 0.0,
            noticed: None,
            until: None,
            answer: Answer::Nothing,
        }
    }

    /// `worker` did nothing from `at` to `until`, and nobody noticed.
    pub(crate) fn paused(worker: WorkerId, task: Task, at: f64, until: f64) -> Self {
        Self {
            failure: Failure::Paused,
            worker,
            version: task.version(),
            at,
            noticed: None,
            until: Some(until),
            answer: Answer::Nothing,
        }
    }

    /// `version` panicked, which its worker notices at once.
    pub(crate) fn panicked(worker: WorkerId, version: Version, at: f64, answer: Answer) -> Self {
        Self {
            failure: Failure::Panicked,
            worker,
            version: Some(version),
            at,
            noticed: Some(at),
            until: Some(at),
            answer,
        }
    }
}

/// A run.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Spans, by worker and then by start.
    pub spans: Vec<Span>,
    /// Aborts that no validation found, by time.
    pub aborts: Vec<Abort>,
    /// Faults that struck, by time.
    pub struck: Vec<Struck>,
    /// From this transaction on the strategy was given up.
    pub fell_back: Option<TxIdx>,
    /// By transaction: when it could no longer change.
    pub committed_at: Vec<f64>,
    /// When the last transaction could no longer change.
    pub makespan: f64,
    /// Were there more spans than [`MAX_SPANS`]?
    pub truncated: bool,
}

/// What one worker, or one simulated machine, writes down while it runs.
#[derive(Debug)]
pub struct Recorder {
    spans: Vec<Span>,
    aborts: Vec<Abort>,
    struck: Vec<Struck>,
    room: Room,
    /// Spans for which there is room.
    left: usize,
    /// Aborts at the most.
    most: usize,
    truncated: bool,
    /// `(time, committed)` whenever the count was seen to grow.
    commits: Vec<(f64, TxIdx)>,
}

impl Recorder {
    /// One of `recorders` that share this room, and about so many spans.
    pub fn new(room: &Room, recorders: u32, spans: usize) -> Self {
        let recorders = recorders.max(1) as usize;
        let most = MAX_SPANS / recorders;
        Self {
            // Growing later would copy what there is.
            spans: Vec::with_capacity((spans / recorders + 1).min(most)),
            aborts: Vec::new(),
            struck: Vec::new(),
            room: room.clone(),
            left: 0,
            most,
            truncated: false,
            commits: Vec::new(),
        }
    }

    /// Adds a span.
    pub fn span(&mut self, span: Span) {
        if self.left == 0 {
            self.left = self.room.take();
        }
        match self.left {
            0 => self.truncated = true,
            _ => {
                self.left -= 1;
                self.spans.push(span);
            }
        }
    }

    /// Adds aborts that happened at `at`.
    pub fn aborted(&mut self, overtaken: Vec<Overtaken>, at: f64) {
        let left = self.most - self.aborts.len();
        self.truncated |= overtaken.len() > left;
        let aborts = overtaken.into_iter().take(left);
        self.aborts
            .extend(aborts.map(|overtaken| Abort { overtaken, at }));
    }

    /// Adds a fault that struck.
    pub fn struck(&mut self, struck: Struck) {
        self.struck.push(struck);
    }

    /// Raises the numbers of incarnations, by transaction, above those that are written down here.
    pub(crate) fn count_incarnations(&self, next: &mut [u32]) {
        for Span { version, .. } in &self.spans {
            let next = &mut next[version.tx.index()];
            *next = (*next).max(version.incarnation + 1);
        }
    }

    /// Notes that transactions below `committed` are final at `time`.
    pub fn committed(&mut self, time: f64, committed: TxIdx) {
        if self
            .commits
            .last()
            .is_none_or(|(_, last)| *last < committed)
        {
            self.commits.push((time, committed));
        }
    }
}

impl Trace {
    /// Puts together what all recorders of a run of so many transactions wrote down.
    ///
    /// Of a run that was stopped on the way it has the transactions that were final by then, and nothing
    /// of what was done for others.
    pub fn merge(recorders: Vec<Recorder>, txs: usize) -> Self {
        let mut trace = Self::default();
        let mut commits = Vec::new();
        for mut recorder in recorders {
            match trace.spans.is_empty() {
                true => trace.spans = recorder.spans,
                false => trace.spans.append(&mut recorder.spans),
            }
            trace.aborts.extend(recorder.aborts);
            trace.struck.append(&mut recorder.struck);
            trace.truncated |= recorder.truncated;
            commits.extend(recorder.commits);
        }
        trace
            .spans
            .sort_by(|a, b| a.worker.cmp(&b.worker).then(a.start.total_cmp(&b.start)));
        trace.aborts.sort_by(|a, b| {
            let reader = |abort: &Abort| abort.overtaken.reader;
            a.at.total_cmp(&b.at).then(reader(a).cmp(&reader(b)))
        });
        let worker = |struck: &Struck| (struck.worker, struck.version);
        (trace.struck).sort_by(|a, b| a.at.total_cmp(&b.at).then(worker(a).cmp(&worker(b))));
        commits.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        trace.count_each_end_once();
        for (time, committed) in commits {
            let first = trace.committed_at.len();
            trace
                .committed_at
                .extend((first..committed.index()).map(|_| time));
        }
        trace.makespan = trace.committed_at.last().copied().unwrap_or_default();
        if trace.committed_at.len() < txs {
            trace.leave_out_the_rest();
        }
        trace
    }

    /// Transactions below this one are final: all of the block, unless the run was stopped on the way.
    pub fn end(&self) -> TxIdx {
        TxIdx(self.committed_at.len() as u32)
    }

    /// Whoever was overtaken and stopped on an ESTIMATE before it was told so ended there.
    fn count_each_end_once(&mut self) {
        if self.aborts.is_empty() {
            return;
        }
        let blocked = |span: &Span| matches!(span.activity, Activity::Blocked { .. });
        let spans = self.spans.iter().filter(|span| blocked(span));
        let mut blocked: Vec<_> = spans.map(|span| span.version).collect();
        blocked.sort_unstable();
        (self.aborts).retain(|abort| blocked.binary_search(&abort.overtaken.reader).is_err());
    }

    fn leave_out_the_rest(&mut self) {
        let end = self.end();
        self.spans.retain(|span| span.version.tx < end);
        self.aborts.retain(|abort| abort.overtaken.reader.tx < end);
        // A fault that struck at nothing is one all the same.
        for struck in &mut self.struck {
            struck.version = struck.version.filter(|version| version.tx < end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Location;

    #[test]
    fn recorders_share_their_room_however_much_of_it_each_needs() {
        let room = Room(Arc::new(AtomicUsize::new(600)));
        let mut recorders = [(); 3].map(|()| Recorder::new(&room, 3, 10));
        let span = |tx| Span {
            worker: WorkerId(0),
            version: Version {
                tx: TxIdx(tx),
                incarnation: 0,
            },
            activity: Activity::Validated,
            start: 0.0,
            end: 1.0,
        };
        // One needs more than a third.
        (0..300).for_each(|tx| recorders[0].span(span(tx)));
        assert!(!recorders[0].truncated);
        (0..88).for_each(|tx| recorders[1].span(span(tx)));
        assert!(!recorders[1].truncated);
        recorders[2].span(span(0));
        recorders[1].span(span(88));
        assert!(recorders[2].truncated && recorders[1].truncated);
        let kept: usize = recorders.iter().map(|recorder| recorder.spans.len()).sum();
        assert_eq!(kept, 388);
    }

    #[test]
    fn who_stops_on_an_estimate_after_it_was_overtaken_ends_once() {
        let version = |tx| Version {
            tx: TxIdx(tx),
            incarnation: 0,
        };
        let conflict = Conflict {
            location: Location::Fees,
            writer: Some(TxIdx(0)),
        };
        let span = |tx, activity| Span {
            worker: WorkerId(tx),
            version: version(tx),
            activity,
            start: 0.0,
            end: 2.0,
        };
        let overtaken = |tx| Overtaken {
            reader: version(tx),
            conflict,
        };
        let mut recorder = Recorder::new(&Room::default(), 1, 2);
        recorder.span(span(1, Activity::Blocked { gas: 1, conflict }));
        recorder.span(span(2, Activity::Cancelled { gas: 1 }));
        recorder.aborted(vec![overtaken(1), overtaken(2)], 1.0);
        recorder.committed(3.0, TxIdx(3));
        let trace = Trace::merge(vec![recorder], 3);
        let aborted: Vec<_> = trace.aborts.iter().map(|it| it.overtaken).collect();
        assert_eq!(aborted, [overtaken(2)]);
    }
}
