//! The balances written at one account: sums of what transactions added since one of them set it.
//!
//! Whom everybody pays has as many entries as the block has transactions, and each payment loads the sum
//! below it. So what the first so many entries come to is kept, as far as none of them changes.

use std::ops::Deref;

use alloy_primitives::U256;

use super::{
    location::{BalanceWrite, Origin, Version},
    versions::{Entry, Set, Versions},
};
use crate::block::TxIdx;

/// A sum is kept after so many entries, and after so many more.
const EVERY: usize = 32;

/// The entries of a balance, and what many of them come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    versions: Versions<BalanceWrite>,
    /// After each [`EVERY`] entries; none as long as there are few.
    kept: Option<Box<Kept>>,
}

#[derive(Clone, Debug, Default)]
struct Kept(Vec<Sum>);

/// What some entries come to, from the first on.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    /// Who set it last, and to what.
    set: Option<(TxIdx, U256)>,
    /// What was added and taken away since.
    more: U256,
    less: U256,
    /// The first ESTIMATE among what counts.
    estimate: Option<TxIdx>,
}

impl Sum {
    fn and(mut self, entry: &Entry<BalanceWrite>) -> Self {
        let tx = entry.version.tx;
        match entry.value {
            BalanceWrite::Set(value) => {
                self = Self {
                    set: Some((tx, value)),
                    ..Self::default()
                }
            }
            BalanceWrite::Add(more) => self.more = self.more.saturating_add(more),
            BalanceWrite::Subtract(less) => self.less = self.less.saturating_add(less),
        }
        if entry.estimate {
            self.estimate.get_or_insert(tx);
        }
        self
    }

    fn value(&self, before: U256) -> U256 {
        let base = self.set.map_or(before, |(_, value)| value);
        base.saturating_add(self.more).saturating_sub(self.less)
    }
}

/// Reading goes to the entries; changing them goes through here.
impl Deref for Sums {
    type Target = Versions<BalanceWrite>;

    fn deref(&self) -> &Self::Target {
        &self.versions
    }
}

impl Sums {
    /// Writes, and says what that changed.
    pub fn set(&mut self, version: Version, value: BalanceWrite) -> Set {
        let set = self.versions.set(version, value);
        self.changed(version.tx);
        set
    }

    /// Takes the transaction's entry away.
    pub fn remove(&mut self, tx: TxIdx) {
        self.versions.remove(tx);
        self.changed(tx);
    }

    /// Marks the transaction's entry as an ESTIMATE.
    pub fn mark_estimate(&mut self, tx: TxIdx) {
        self.versions.mark_estimate(tx);
        self.changed(tx);
    }

    /// What is kept is of entries below `tx` alone, and of all others again.
    fn changed(&mut self, tx: TxIdx) {
        let entries = self.versions.entries();
        if entries.len() < EVERY {
            self.kept = None;
            return;
        }
        let Kept(kept) = &mut **self.kept.get_or_insert_default();
        kept.truncate(self.versions.position(tx) / EVERY);
        while let Some(next) = entries.get(kept.len() * EVERY..(kept.len() + 1) * EVERY) {
            let last = kept.last().copied().unwrap_or_default();
            kept.push(next.iter().fold(last, Sum::and));
        }
    }

    /// The balance that `tx` sees if it was `before` in the prestate, where it came from last, and
    /// who set it last. An ESTIMATE among what counts is a conflict with its transaction.
    pub fn balance(&self, tx: TxIdx, before: U256) -> Result<(U256, Origin, Option<TxIdx>), TxIdx> {
        let below = &self.versions.entries()[..self.versions.position(tx)];
        let kept = self.kept.as_ref().map_or(&[][..], |kept| &kept.0);
        let known = kept.len().min(below.len() / EVERY);
        let start = kept[..known].last().copied().unwrap_or_default();
        let sum = below[known * EVERY..].iter().fold(start, Sum::and);
        match sum.estimate {
            Some(tx) => Err(tx),
            None => {
                let last = below.last().map(|entry| entry.version);
                Ok((sum.value(before), last, sum.set.map(|(tx, _)| tx)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entry by entry, as it is defined.
    fn one_by_one(sums: &Sums, tx: TxIdx, before: U256) -> Result<U256, TxIdx> {
        let below = &sums.entries()[..sums.position(tx)];
        let is_set = |entry: &Entry<_>| matches!(entry.value, BalanceWrite::Set(_));
        let first = below.iter().rposition(is_set).unwrap_or(0);
        match below[first..].iter().find(|entry| entry.estimate) {
            Some(entry) => Err(entry.version.tx),
            None => Ok((below[first..].iter()).fold(before, |sum, it| it.value.after(sum))),
        }
    }

    #[test]
    fn a_sum_is_that_of_its_entries_however_they_changed() {
        let before = U256::from(1_000_000);
        for seed in 0..20 {
            let mut state: u64 = seed;
            let mut random = |below: u64| {
                state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                (state >> 33) % below
            };
            let mut sums = Sums::default();
            for incarnation in 0..1_500 {
                let tx = TxIdx(random(300) as u32);
                let value = U256::from(random(100));
                match random(40) {
                    0..20 => _ = sums.set(Version { tx, incarnation }, BalanceWrite::Add(value)),
                    20..35 => {
                        _ = sums.set(Version { tx, incarnation }, BalanceWrite::Subtract(value));
                    }
                    35 => _ = sums.set(Version { tx, incarnation }, BalanceWrite::Set(before)),
                    36..39 => sums.remove(tx),
                    _ => sums.mark_estimate(tx),
                }
                for _ in 0..3 {
                    let reader = TxIdx(random(301) as u32);
                    let found = sums.balance(reader, before).map(|(sum, ..)| sum);
                    assert_eq!(found, one_by_one(&sums, reader, before), "{seed}");
                }
            }
            assert!(sums.kept.is_some_and(|kept| !kept.0.is_empty()), "{seed}");
        }
    }

    #[test]
    fn a_read_says_who_was_last_and_who_set_it() {
        let mut sums = Sums::default();
        let version = |tx| Version {
            tx: TxIdx(tx),
            incarnation: 0,
        };
        for tx in 0..100 {
            let value = match tx {
                40 => BalanceWrite::Set(U256::from(7)),
                _ => BalanceWrite::Add(U256::ONE),
            };
            sums.set(version(tx), value);
        }
        let seen = |tx| sums.balance(TxIdx(tx), U256::from(5));
        assert_eq!(seen(0), Ok((U256::from(5), None, None)));
        assert_eq!(seen(40), Ok((U256::from(45), Some(version(39)), None)));
        let set = Some(TxIdx(40));
        assert_eq!(seen(41), Ok((U256::from(7), Some(version(40)), set)));
        assert_eq!(seen(100), Ok((U256::from(66), Some(version(99)), set)));
    }
}
