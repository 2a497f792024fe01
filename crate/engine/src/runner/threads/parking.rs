//! Where a worker sleeps that has nothing to do, and how others wake it.

use crate::{
    defect::{Defect, planted},
    sync::{
        Condvar, Mutex,
        atomic::{AtomicU64, Ordering::SeqCst, fence},
        lock, wait,
    },
};

/// Where workers wait for each other's reports.
///
/// A worker that found nothing to do enters, asks the strategy once more, and sleeps only if nobody
/// called since it entered. Whoever reported something looks for sleepers after that. So either the
/// second question finds what the report brought, or the reporter finds the sleeper, and no report is
/// missed; and as long as nobody sleeps, a report changes nothing here that others look at.
///
/// Calls and number of sleepers share one word, so that whoever changes either sees the other as it was
/// at that moment.
#[derive(Debug, Default)]
pub(super) struct Parking {
    /// Calls in the upper half, those who entered in the lower.
    word: AtomicU64,
    gate: Mutex<()>,
    called: Condvar,
}

/// One call, in [`Parking`]'s word.
const CALL: u64 = 1 << 32;

/// How many calls there had been when a worker entered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Calls(u64);

impl Parking {
    pub fn enter(&self) -> Calls {
        let calls = Calls(self.word.fetch_add(1, SeqCst) / CALL);
        // With the one of whoever reports: at least one of the two sees what the other did.
        fence(SeqCst);
        calls
    }

    /// Waits for a call after `since`.
    pub fn sleep(&self, since: Calls) {
        let mut gate = lock(&self.gate);
        while Calls(self.word.load(SeqCst) / CALL) == since && !planted(Defect::ReportMissed) {
            gate = wait(&self.called, gate);
        }
    }

    pub fn leave(&self) {
        self.word.fetch_sub(1, SeqCst);
    }

    /// Does anybody sleep, or is about to? Asked after a report.
    pub fn is_anybody_in(&self) -> bool {
        fence(SeqCst);
        !self.word.load(SeqCst).is_multiple_of(CALL)
    }

    /// Wakes one, or all.
    pub fn call(&self, whom: Whom) {
        self.word.fetch_add(CALL, SeqCst);
        let _gate = lock(&self.gate);
        // The sanitizer's locks say how many were woken.
        match whom {
            Whom::One => {
                self.called.notify_one();
            }
            Whom::All => {
                self.called.notify_all();
            }
        }
    }
}

/// Who is woken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whom {
    One,
    All,
}
