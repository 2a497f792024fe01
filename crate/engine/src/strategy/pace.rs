//! How far a strategy that runs in hope is ahead of what is final, and in runs of how many transactions.
//!
//! A run is a stretch of the block whose first executions one worker makes, one after another. A run
//! of small transactions costs little more to hand out than one of them, and transactions that follow
//! each other mostly read what the same worker wrote before.
//!
//! Every abort halves how far ahead anybody begins a run; every execution in hope that turns out valid
//! lets it grow by a quarter of a transaction. Where it falls below two, one worker goes on alone, on
//! final values, and now and then another one tries again: later each time that it was in vain.
//! (Additive increase and multiplicative decrease, as TCP has it: Chiu and Jain, 1989.)
//!
//! All numbers here only decide who does what when. None of them is needed for a right result, so they
//! may be read while somebody changes them.

use crate::{
    strategy::Hope,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

/// A run is about this much gas: long against handing it out, short against the block.
const RUN_GAS: u32 = 300_000;
/// Transactions of a run at the most.
const LONGEST_RUN: u32 = 32;
/// One transaction, in the unit of [`Pace::ahead`].
const ONE: u32 = 4;
/// Transactions that one worker executes alone before the first new try.
const FIRST_TRY: u32 = 64;
/// And before the last.
const LAST_TRY: u32 = 4_096;

/// See the module.
#[derive(Debug)]
pub(super) struct Pace {
    hope: Hope,
    workers: u32,
    most: u32,
    /// How far beyond what is final a run may begin, in quarters of a transaction.
    ahead: AtomicU32,
    /// Gas of a transaction, as a moving average.
    gas: AtomicU32,
    /// Transactions that are still to be executed alone before the next try.
    alone: AtomicU32,
    /// After how many the try after that comes.
    next_try: AtomicU32,
}

impl Pace {
    pub fn new(hope: Hope, workers: u32, txs: u32) -> Self {
        let most = txs.max(workers).saturating_mul(ONE);
        Self {
            hope,
            workers,
            most,
            ahead: AtomicU32::new(most),
            gas: AtomicU32::new(RUN_GAS / 4),
            alone: AtomicU32::new(0),
            next_try: AtomicU32::new(FIRST_TRY),
        }
    }

    /// Is hope bounded by what came of it?
    pub fn is_measured(&self) -> bool {
        self.hope == Hope::Measured
    }

    /// How long a run may be that begins at `at` when all below `committed` is final; 0 if none may begin.
    pub fn run(&self, at: u32, committed: u32, left: u32) -> u32 {
        if !self.is_measured() {
            return 1;
        }
        let by_gas = (RUN_GAS / self.gas.load(Relaxed).max(1)).clamp(1, LONGEST_RUN);
        if self.workers == 1 {
            return by_gas;
        }
        let ahead = self.ahead.load(Relaxed) / ONE;
        if ahead < 2 {
            // Alone, and only on final values.
            return if at == committed { by_gas } else { 0 };
        }
        // Who asks may have looked at `at` before others took it and committed it.
        if at.saturating_sub(committed) >= ahead.max(self.workers) {
            return 0;
        }
        // The last runs are short, so that all workers end together.
        let fair = (left / (2 * self.workers)).max(1);
        by_gas.min(fair).min((ahead / self.workers).max(1))
    }

    /// A transaction ran to its end and used so much gas.
    pub fn executed(&self, gas: u64) {
        if self.is_measured() {
            let before = self.gas.load(Relaxed);
            let gas = u32::try_from(gas).unwrap_or(u32::MAX / 8);
            set(&self.gas, before - before / 8 + gas / 8);
        }
    }

    /// An execution in hope turned out valid.
    pub fn held(&self) {
        if self.is_measured() {
            let ahead = self.ahead.load(Relaxed);
            if ahead < self.most {
                self.ahead.store(ahead + 1, Relaxed);
            }
            set(&self.next_try, FIRST_TRY);
        }
    }

    /// An execution in hope was in vain.
    pub fn failed(&self) {
        if self.is_measured() {
            let ahead = self.ahead.load(Relaxed) / 2;
            self.ahead.store(ahead.max(ONE), Relaxed);
            if ahead < 2 * ONE && self.alone.load(Relaxed) == 0 {
                let next = self.next_try.load(Relaxed);
                self.alone.store(next, Relaxed);
                self.next_try.store((2 * next).min(LAST_TRY), Relaxed);
            }
        }
    }

    /// So many transactions were executed on final values.
    pub fn went_on(&self, txs: u32) {
        let alone = self.alone.load(Relaxed);
        if alone > 0 {
            self.alone.store(alone.saturating_sub(txs), Relaxed);
            if alone <= txs {
                self.ahead.store(2 * ONE, Relaxed);
            }
        }
    }
}

/// Writes a number that is mostly as it was already, and that all workers look at.
fn set(number: &AtomicU32, value: u32) {
    if number.load(Relaxed) != value {
        number.store(value, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace() -> Pace {
        Pace::new(Hope::Measured, 2, 1_000)
    }

    #[test]
    fn runs_are_long_where_transactions_are_small_and_short_at_the_end() {
        let pace = pace();
        assert_eq!(pace.run(0, 0, 1_000), 4);
        for _ in 0..100 {
            pace.executed(21_000);
        }
        assert_eq!(pace.run(0, 0, 1_000), 14);
        assert_eq!(pace.run(980, 970, 20), 5);
        for _ in 0..100 {
            pace.executed(10_000_000);
        }
        assert_eq!(pace.run(0, 0, 1_000), 1);
    }

    #[test]
    fn after_failures_one_goes_on_alone_until_the_next_try() {
        let pace = pace();
        for _ in 0..20 {
            pace.failed();
        }
        assert_eq!((pace.run(5, 4, 900), pace.run(4, 4, 900)), (0, 4));
        pace.went_on(FIRST_TRY);
        assert_eq!(pace.run(5, 4, 900), 1);
        pace.failed();
        pace.went_on(FIRST_TRY);
        assert_eq!(pace.run(5, 4, 900), 0);
        pace.went_on(FIRST_TRY);
        assert_eq!(pace.run(5, 4, 900), 1);
    }

    #[test]
    fn what_holds_lets_it_grow_again() {
        let pace = pace();
        for _ in 0..20 {
            pace.failed();
        }
        pace.went_on(FIRST_TRY);
        for _ in 0..40 {
            pace.held();
        }
        assert_eq!((pace.run(15, 4, 900), pace.run(16, 4, 900)), (4, 0));
    }

    #[test]
    fn unbounded_hope_hands_out_one_at_a_time_whatever_happens() {
        let pace = Pace::new(Hope::Unbounded, 2, 1_000);
        for _ in 0..20 {
            pace.failed();
        }
        assert_eq!(pace.run(900, 0, 100), 1);
    }
}
