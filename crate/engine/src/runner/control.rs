//! How a run is watched and stopped from outside: by the page through shared memory, by a terminal, by nobody.
//!
//! It knows nothing of strategies. The rule: everything here is a word that one side writes and the other
//! reads whenever it likes, so nobody waits for anybody.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::Relaxed, Ordering::SeqCst},
};

/// What a run is doing; a word of [`Control`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Phase {
    /// Nothing.
    Idle = 0,
    /// Reading the batch and preparing the prestate.
    Reading = 1,
    /// Executing sequentially, for comparison.
    Oracle = 2,
    /// Executing under the strategy.
    Strategy = 3,
    /// Working out the report.
    Analysis = 4,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// A [`Phase`], as a number.
    pub phase: u32,
    /// Transactions of this phase that are done.
    pub committed: u32,
    /// Transactions of this phase.
    pub transactions: u32,
}

/// Workers that have a pulse of their own; others share them. The last is that of whoever runs the rest.
pub const PULSES: usize = 65;
/// The pulse of the thread that reads, executes sequentially and simulates.
pub const ENGINE: u32 = PULSES as u32 - 1;
/// Gas that the slowest machine executes in a millisecond.
const GAS_PER_MILLISECOND: u64 = 10_000;

/// How a watcher sees that a worker is alive, on a cache line of its own.
#[derive(Debug, Default)]
#[repr(C, align(64))]
struct Pulse {
    /// Another number whenever it takes the next step.
    beats: AtomicU32,
    /// Milliseconds that this step may take; 0 while nothing is asked of it.
    patience: AtomicU32,
}

/// Values of the word `stop`; the numbers are part of the interface.
const GO_ON: u32 = 0;
const STOP: u32 = 1;
const ENOUGH: u32 = 2;

/// The layout is part of the interface.
#[derive(Debug)]
#[repr(C)]
struct Words {
    /// [`GO_ON`], [`STOP`] or [`ENOUGH`].
    stop: AtomicU32,
    committed: AtomicU32,
    transactions: AtomicU32,
    phase: AtomicU32,
    pulses: [Pulse; PULSES],
}

/// Words shared with whoever watches a run: the page through shared memory, a terminal, nobody.
///
/// Clones share them.
#[derive(Clone, Debug)]
pub struct Control {
    words: Arc<Words>,
    /// Called by whichever worker makes progress.
    watcher: fn(Progress),
}

/// Somebody asked for a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the run was stopped")]
pub struct Stopped;

/// The engine's own thread, on its way through something that takes many steps.
///
/// Each step is a beat of its pulse and a look at whether somebody wants it to stop. When this is
/// dropped, nothing is asked of that thread any more.
#[derive(Debug)]
pub struct Steps<'c>(&'c Control);

impl Steps<'_> {
    /// Goes on with something that takes as long as so much gas, unless somebody wants it to stop.
    pub fn next(&self, gas: u64) -> Result<(), Stopped> {
        self.0.steps(ENGINE, gas);
        match self.0.stopped() {
            true => Err(Stopped),
            false => Ok(()),
        }
    }
}

impl Drop for Steps<'_> {
    fn drop(&mut self) {
        self.0.rests(ENGINE);
    }
}

impl Default for Control {
    fn default() -> Self {
        Self::watched(|_| ())
    }
}

impl Control {
    /// Nothing is running; `watcher` will hear of every step.
    pub fn watched(watcher: fn(Progress)) -> Self {
        let words = Words {
            stop: AtomicU32::new(0),
            committed: AtomicU32::new(0),
            transactions: AtomicU32::new(0),
            phase: AtomicU32::new(0),
            pulses: std::array::from_fn(|_| Pulse::default()),
        };
        Self {
            words: Arc::new(words),
            watcher,
        }
    }

    /// Where the words are: `stop`, `committed`, `transactions`, `phase`, and at 64 bytes [`PULSES`]
    /// times two words, 64 bytes apart: the beats of a worker, and how long it may take for the next.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.words) as usize
    }

    /// `worker` takes a step that may use so much gas.
    pub fn steps(&self, worker: u32, gas: u64) {
        let pulse = self.pulse(worker);
        let patience = 1 + gas / GAS_PER_MILLISECOND;
        let patience = u32::try_from(patience).unwrap_or(u32::MAX);
        pulse.patience.store(patience, Relaxed);
        // Nobody else writes it, unless there are more workers than pulses.
        let beats = pulse.beats.load(Relaxed);
        pulse.beats.store(beats.wrapping_add(1), Relaxed);
    }

    /// The engine's own thread begins with something that takes many steps.
    pub fn on_the_way(&self) -> Steps<'_> {
        self.steps(ENGINE, 0);
        Steps(self)
    }

    /// Nothing is asked of `worker`.
    pub fn rests(&self, worker: u32) {
        self.steps(worker, 0);
        self.pulse(worker).patience.store(0, Relaxed);
    }

    fn pulse(&self, worker: u32) -> &Pulse {
        let at = match worker {
            ENGINE => ENGINE as usize,
            worker => worker as usize % ENGINE as usize,
        };
        &self.words.pulses[at]
    }

    /// Asks the run to stop; it does between two tasks, and within one that takes long.
    pub fn stop(&self) {
        self.words.stop.store(STOP, SeqCst);
    }

    /// Asks the run to stop likewise, and to report what it has come to by then.
    pub fn enough(&self) {
        self.words.stop.store(ENOUGH, SeqCst);
    }

    /// Was the run asked to stop?
    pub fn stopped(&self) -> bool {
        self.words.stop.load(SeqCst) != GO_ON
    }

    /// Goes on to the report, unless nobody wants one: whoever has had enough is told what there is, and
    /// may ask for a stop once more.
    pub fn report(&self) -> Result<(), Stopped> {
        let stop = &self.words.stop;
        match stop.compare_exchange(ENOUGH, GO_ON, SeqCst, SeqCst) {
            Ok(_) | Err(GO_ON) => Ok(()),
            Err(_) => Err(Stopped),
        }
    }

    /// How far the run is.
    pub fn progress(&self) -> Progress {
        Progress {
            phase: self.words.phase.load(SeqCst),
            committed: self.words.committed.load(SeqCst),
            transactions: self.words.transactions.load(SeqCst),
        }
    }

    /// Begins a phase in which `transactions` are to be done.
    pub fn begin(&self, phase: Phase, transactions: usize) {
        self.words.committed.store(0, SeqCst);
        self.words.transactions.store(transactions as u32, SeqCst);
        self.words.phase.store(phase as u32, SeqCst);
        (self.watcher)(self.progress());
    }

    /// Forgets the last run. Who asked for a stop takes that back, once there is nothing left to stop.
    pub fn reset(&self) {
        for pulse in &self.words.pulses {
            pulse.patience.store(0, SeqCst);
        }
        self.begin(Phase::Idle, 0);
    }

    /// Transactions of this phase that are done.
    pub fn committed(&self, count: u32) {
        if self.words.committed.swap(count, SeqCst) != count {
            (self.watcher)(self.progress());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_had_enough_is_told_what_there_is_and_who_wants_a_stop_is_not() {
        let control = Control::default();
        assert_eq!(control.report(), Ok(()));
        control.enough();
        assert!(control.stopped());
        assert_eq!(control.report(), Ok(()));
        assert!(!control.stopped());
        for asks in [Control::stop, Control::enough] {
            asks(&control);
            control.stop();
            assert_eq!(control.report(), Err(Stopped));
            assert!(control.stopped());
        }
    }

    #[test]
    fn a_step_is_seen_with_what_it_may_take_and_a_rest_asks_for_nothing() {
        let control = Control::default();
        let seen = |worker| {
            let pulse = control.pulse(worker);
            (pulse.beats.load(Relaxed), pulse.patience.load(Relaxed))
        };
        control.steps(3, 1_000_000);
        assert_eq!(seen(3), (1, 101));
        control.steps(3, u64::MAX);
        assert_eq!(seen(3), (2, u32::MAX));
        control.rests(3);
        assert_eq!(seen(3), (3, 0));
        // Workers beyond the last pulse share them, but never the engine's.
        control.steps(3 + ENGINE, 0);
        assert_eq!(seen(3), (4, 1));
        assert_eq!(seen(ENGINE), (0, 0));
        control.steps(ENGINE, 0);
        assert_eq!(seen(ENGINE), (1, 1));
        control.reset();
        assert_eq!(seen(ENGINE), (1, 0));
        let way = control.on_the_way();
        assert_eq!(way.next(0), Ok(()));
        assert_eq!(seen(ENGINE), (3, 1));
        drop(way);
        assert_eq!(seen(ENGINE), (4, 0));
    }
}
