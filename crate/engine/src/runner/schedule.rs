//! The order in which what workers do takes effect: written down on threads, and gone through again.
//!
//! Workers share things in steps: one asks the strategy, one reads something, one reports. While a
//! schedule is recorded, a step excludes all others and is written down; what is executed between
//! steps runs at the same time as ever. When it is replayed, each worker waits for its turn, so the
//! strategy is asked and told the same in the same order, and reads find the same versions: also those
//! of an incarnation that read one thing before and another after somebody's report.
//! The rule: each step of a replay is compared with the recorded one, and the first that differs ends it.
//!
//! What a schedule cannot hold is a race inside one step, since recording takes it away.

use crate::{
    memory::{Executed, Overtaken, Version},
    strategy::{Aborted, Task, WorkerId},
    sync::{Condvar, Mutex, MutexGuard, lock, wait},
};

/// Something a worker did that others could notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who.
    pub worker: u32,
    /// When, in nanoseconds from the start of the run.
    pub at: u64,
    /// What, in words.
    pub what: String,
}

/// The steps of a run in the order they took effect.
pub type Schedule = Vec<Step>;

/// Who may take the next step.
#[derive(Debug, Default)]
pub enum Order {
    /// Anybody, at any time.
    #[default]
    Free,
    /// Anybody who finds nobody else at it, and it is written down.
    Recorded(Mutex<Schedule>, Possible),
    /// Whose turn it was.
    Replayed(Replay, Possible),
}

/// Where runs cannot be recorded, nothing of this type exists, and the compiler leaves out what needs it.
#[cfg(not(feature = "replay"))]
#[derive(Clone, Copy, Debug)]
pub enum Possible {}

/// Runs can be recorded here.
#[cfg(feature = "replay")]
#[derive(Clone, Copy, Debug)]
pub struct Possible;

/// A schedule that is gone through again.
#[derive(Debug)]
pub struct Replay {
    schedule: Schedule,
    state: Mutex<Progress>,
    moved: Condvar,
}

#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// The step that is next.
    at: usize,
    /// Why it cannot go on.
    ended: Option<String>,
}

#[cfg(feature = "replay")]
impl Order {
    /// An order that is written down.
    pub fn recorded() -> Self {
        Self::Recorded(Mutex::default(), Possible)
    }

    /// The order of a run that was recorded.
    pub fn replayed(schedule: Schedule) -> Self {
        let replay = Replay {
            schedule,
            state: Mutex::default(),
            moved: Condvar::new(),
        };
        Self::Replayed(replay, Possible)
    }

    /// What was written down.
    pub fn into_schedule(self) -> Schedule {
        match self {
            Self::Recorded(steps, _) => crate::sync::into_inner(steps),
            Self::Free | Self::Replayed(..) => Schedule::new(),
        }
    }
}

impl Order {
    /// The turn of `worker`, as soon as it has one; none if nobody has one any more.
    #[inline]
    pub(crate) fn turn(&self, worker: WorkerId) -> Option<Turn<'_>> {
        match self {
            Self::Free => Some(Turn::Free),
            Self::Recorded(..) | Self::Replayed(..) => self.turn_in_order(worker),
        }
    }

    /// The same where steps have an order.
    #[cold]
    fn turn_in_order(&self, worker: WorkerId) -> Option<Turn<'_>> {
        match self {
            Self::Free => Some(Turn::Free),
            Self::Recorded(steps, possible) => Some(Turn::Recorded(lock(steps), worker, *possible)),
            Self::Replayed(replay, possible) => replay.turn(worker, *possible),
        }
    }

    /// Is nothing written down or compared?
    pub(super) fn is_free(&self) -> bool {
        matches!(self, Self::Free)
    }

    /// May a worker without a task wait for a report? In a replay it waits for its turn alone.
    pub(super) fn lets_wait(&self) -> bool {
        !matches!(self, Self::Replayed(..))
    }

    /// Nobody has a turn any more.
    pub(super) fn abandon(&self) {
        if let Self::Replayed(replay, _) = self {
            lock(&replay.state).ended.get_or_insert_default();
            replay.moved.notify_all();
        }
    }

    /// The first step that was not the recorded one; to be asked when all workers have left.
    pub(super) fn disagreement(&self) -> Option<String> {
        let Self::Replayed(replay, _) = self else {
            return None;
        };
        let state = lock(&replay.state);
        let ended = state.ended.clone().filter(|why| !why.is_empty());
        ended.or_else(|| {
            let left = replay
                .schedule
                .get(state.at)
                .filter(|_| state.ended.is_none())?;
            Some(differs(state.at, left, "the run is at its end"))
        })
    }
}

fn differs(at: usize, step: &Step, found: &str) -> String {
    format!(
        "the replay is not the recorded run: in step {}, worker {} recorded `{}`, and now {found}",
        at + 1,
        step.worker,
        step.what
    )
}

impl Replay {
    fn turn(&self, worker: WorkerId, possible: Possible) -> Option<Turn<'_>> {
        let mut state = lock(&self.state);
        loop {
            if state.ended.is_some() {
                return None;
            }
            match self.schedule.get(state.at) {
                Some(step) if step.worker == worker.0 => {
                    return Some(Turn::Replayed(state, self, possible));
                }
                Some(_) => state = wait(&self.moved, state),
                None => {
                    let went_on = format!(
                        "the replay is not the recorded run: worker {} goes on after the end of it",
                        worker.0
                    );
                    state.ended = Some(went_on);
                    self.moved.notify_all();
                    return None;
                }
            }
        }
    }
}

/// The right to take one step, until it is dropped.
pub(crate) enum Turn<'o> {
    Free,
    Recorded(MutexGuard<'o, Schedule>, WorkerId, Possible),
    Replayed(MutexGuard<'o, Progress>, &'o Replay, Possible),
}

impl Turn<'_> {
    /// Is it written down, or compared?
    pub(super) fn is_told(&self) -> bool {
        !matches!(self, Self::Free)
    }

    /// Says what the step is, and is told when it is; `now` counts microseconds, and is asked only
    /// where steps are written down.
    pub(crate) fn tell(
        &mut self,
        now: &dyn Fn() -> f64,
        what: impl FnOnce() -> String,
    ) -> Option<f64> {
        match self {
            Self::Free => None,
            Self::Recorded(steps, worker, _) => {
                let at = (now() * 1e3) as u64;
                steps.push(Step {
                    worker: worker.0,
                    at,
                    what: what(),
                });
                Some(at as f64 / 1e3)
            }
            Self::Replayed(state, replay, _) => {
                let step = &replay.schedule[state.at];
                let what = what();
                if step.what != what {
                    let why = differs(state.at, step, &format!("did `{what}`"));
                    state.ended.get_or_insert(why);
                }
                Some(step.at as f64 / 1e3)
            }
        }
    }

    /// In a replay nobody has a turn after this one.
    pub(super) fn is_last(&mut self) {
        if let Self::Replayed(state, ..) = self {
            state.ended.get_or_insert_default();
        }
    }
}

impl Drop for Turn<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.is_told() {
            self.end();
        }
    }
}

impl Turn<'_> {
    #[cold]
    fn end(&mut self) {
        match self {
            Self::Free => {}
            Self::Recorded(steps, worker, _) => {
                if std::thread::panicking() {
                    let at = steps.last().map_or(0, |last| last.at);
                    steps.push(Step {
                        worker: worker.0,
                        at,
                        what: "panic".into(),
                    });
                }
            }
            Self::Replayed(state, replay, _) => {
                state.at += 1;
                replay.moved.notify_all();
            }
        }
    }
}

/// An incarnation, as `transaction.incarnation`.
fn name(version: Version) -> String {
    format!("{}.{}", version.tx.0, version.incarnation)
}

/// What a worker that asked was given.
pub(super) fn asked(task: Task) -> String {
    match task {
        Task::Execute(version, sees) => format!("execute {} {sees:?}", name(version)),
        Task::Validate(version, ticket) => format!("validate {} {}", name(version), ticket.0),
        Task::Wait => "wait".into(),
        Task::Done => "done".into(),
    }
}

/// What an incarnation that ran to its end had read of others.
pub(super) fn reads(executed: &Executed) -> String {
    let mut text = String::new();
    for (location, origin) in executed.reads.locations() {
        if let Some(version) = origin {
            text += &format!(", {location:?} of {}", name(version));
        }
    }
    text
}

/// An incarnation ran to its end, after those `reads`.
pub(super) fn executed(version: Version, gas: u64, reads: &str, aborted: &[Overtaken]) -> String {
    let mut text = format!("executed {} with {gas} gas{reads}", name(version));
    for it in aborted {
        text += &format!(", aborted {}", name(it.reader));
    }
    text
}

/// An incarnation ended in another way.
pub(super) fn ended(how: &str, version: Version, gas: u64) -> String {
    format!("{how} {} with {gas} gas", name(version))
}

/// A validation ended.
pub(super) fn validated(version: Version, aborted: Aborted) -> String {
    let how = match aborted {
        Aborted::Yes => "rejected",
        Aborted::No => "validated",
    };
    format!("{how} {}", name(version))
}
