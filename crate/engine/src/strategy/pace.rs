//! How far a strategy that runs in hope is ahead of what is final, and in runs of how many transactions.
//!
//! A run is a stretch of the block whose first executions one worker makes, one after another. A run
//! of small transactions costs little more to hand out than one of them, and transactions that follow
//! each other mostly read what the same worker wrote before.
//!
//! Every execution in vain halves how far ahead anybody begins a run; every one in hope that turns out
//! valid lets it grow by a quarter of a transaction, but each worker may always be one ahead. (Additive
//! increase and multiplicative decrease, as TCP has it: Chiu and Jain, 1989.) Where hope is in vain so
//! often that it loses more than it wins, one worker goes on alone, on final values, and now and then
//! another one tries again: later each time that it was in vain.
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
/// Transactions that each worker may always be ahead.
const LEAST: u32 = 8;
/// What it takes, in gas, that an execution was in vain: to abort it and to have it made again.
const IN_VAIN: u32 = 15_000;
/// The doubt of whom everything failed.
const DESPAIR: u32 = 1_024;
/// Gas that one worker executes alone before the first new try.
const FIRST_TRY: u32 = 300_000;
/// And before the last.
const LAST_TRY: u32 = 100_000_000;

/// See the module.
#[derive(Debug)]
pub(super) struct Pace {
    hope: Hope,
    workers: u32,
    most: u32,
    /// How far beyond what is final a run may begin, in quarters of a transaction.
    ahead: AtomicU32,
    /// Share of executions in hope that were in vain, of [`DESPAIR`], as a moving average.
    doubt: AtomicU32,
    /// Gas of a transaction, as a moving average.
    gas: AtomicU32,
    /// Gas that is still to be executed alone before the next try.
    alone: AtomicU32,
    /// After how much the try after that comes.
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
            doubt: AtomicU32::new(0),
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
        if self.alone.load(Relaxed) > 0 {
            return if at == committed { by_gas } else { 0 };
        }
        let ahead = (self.ahead.load(Relaxed) / ONE).max(LEAST * self.workers);
        // Who asks may have looked at `at` before others took it and committed it.
        if at.saturating_sub(committed) >= ahead {
            return 0;
        }
        // The last runs are short, so that all workers end together.
        let fair = (left / (2 * self.workers)).max(1);
        by_gas.min(fair).min(ahead / (LEAST * self.workers))
    }

    /// A transaction ran to its end and used so much gas.
    pub fn executed(&self, gas: u64) {
        if self.is_measured() {
            let before = self.gas.load(Relaxed);
            set(&self.gas, before - before / 8 + whole(gas) / 8);
        }
    }

    /// A first execution in hope turned out valid.
    pub fn held(&self) {
        if self.is_measured() {
            let ahead = self.ahead.load(Relaxed);
            if ahead < self.most {
                self.ahead.store(ahead + 1, Relaxed);
            }
            let doubt = self.doubt.load(Relaxed);
            set(&self.doubt, doubt - doubt.div_ceil(8));
            if doubt < self.bearable() / 2 {
                set(&self.next_try, FIRST_TRY);
            }
        }
    }

    /// An execution in hope was in vain.
    pub fn failed(&self) {
        if self.is_measured() {
            let ahead = self.ahead.load(Relaxed) / 2;
            self.ahead.store(ahead.max(LEAST * ONE), Relaxed);
            let doubt = self.doubt.load(Relaxed);
            let doubt = doubt + (DESPAIR - doubt) / 8;
            self.doubt.store(doubt, Relaxed);
            if doubt > self.bearable() && self.alone.load(Relaxed) == 0 {
                let next = self.next_try.load(Relaxed);
                self.alone.store(next, Relaxed);
                self.next_try.store((2 * next).min(LAST_TRY), Relaxed);
            }
        }
    }

    /// So much gas was executed on final values.
    pub fn went_on(&self, gas: u64) {
        let alone = self.alone.load(Relaxed);
        if alone > 0 {
            let left = alone.saturating_sub(whole(gas));
            self.alone.store(left, Relaxed);
            if left == 0 {
                // One or two more in vain, and it was.
                self.doubt.store(self.bearable() / 8 * 7, Relaxed);
            }
        }
    }

    /// The doubt up to which hope is worth it: of two transactions at once, the second is won or, when
    /// that was in vain, some gas is lost.
    fn bearable(&self) -> u32 {
        let gas = self.gas.load(Relaxed).max(IN_VAIN);
        (DESPAIR / 4 * 3).saturating_sub(DESPAIR * IN_VAIN / gas)
    }
}

/// As much as fits where gas is counted here.
fn whole(gas: u64) -> u32 {
    u32::try_from(gas).unwrap_or(u32::MAX / 8)
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

    fn of(gas: u64) -> Pace {
        let pace = pace();
        for _ in 0..100 {
            pace.executed(gas);
        }
        pace
    }

    #[test]
    fn after_failures_one_goes_on_alone_until_the_next_try() {
        let pace = of(60_000);
        for _ in 0..20 {
            pace.failed();
        }
        assert_eq!((pace.run(5, 4, 900), pace.run(4, 4, 900)), (0, 4));
        pace.went_on(u64::from(FIRST_TRY) - 1);
        assert_eq!(pace.run(5, 4, 900), 0);
        pace.went_on(1);
        assert_eq!(pace.run(5, 4, 900), 1);
        for _ in 0..2 {
            pace.failed();
        }
        pace.went_on(u64::from(FIRST_TRY));
        assert_eq!(pace.run(5, 4, 900), 0);
        pace.went_on(u64::from(FIRST_TRY));
        assert_eq!(pace.run(5, 4, 900), 1);
    }

    #[test]
    fn hope_that_is_in_vain_every_second_time_is_given_up_for_small_transactions_only() {
        for (gas, ahead) in [(21_000, 0), (60_000, 0), (1_000_000, 1)] {
            let pace = of(gas);
            for _ in 0..50 {
                pace.failed();
                pace.held();
            }
            assert_eq!(pace.run(5, 4, 900), ahead, "{gas}");
        }
    }

    #[test]
    fn each_worker_may_be_ahead_a_little_and_what_holds_lets_that_grow_again() {
        let pace = of(60_000);
        let least = LEAST * 2;
        for _ in 0..3 {
            pace.failed();
            pace.held();
        }
        for _ in 0..12 {
            pace.failed();
            (0..4).for_each(|_| pace.held());
        }
        assert_eq!(
            (
                pace.run(3 + least, 4, 900),
                pace.run(4 + least, 4, 900),
                pace.run(4, 4, 900)
            ),
            (1, 0, 1)
        );
        (0..4 * 100).for_each(|_| pace.held());
        assert_eq!(
            (pace.run(3 + 100, 4, 900), pace.run(4 + 120, 4, 900)),
            (4, 0)
        );
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
