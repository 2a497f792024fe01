//! Randomness of a script: the same numbers for the same seed, natively and in a browser.
//!
//! The rule: no `usize` and no platform mathematics, both of which differ between the two.

use std::collections::BTreeMap;

use alloy_primitives::U256;
use rhai::Array;

/// Sums kept for `zipf`, over all its distributions.
const KEPT_SUMS: usize = 1_000_000;

/// The state of `random`, `shuffle` and `zipf`.
pub(super) struct Random {
    generator: fastrand::Rng,
    /// For (n, bits of s): the sums of the first weights.
    zipf_sums: BTreeMap<(u64, u64), Vec<f64>>,
}

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            generator: fastrand::Rng::with_seed(seed),
            zipf_sums: BTreeMap::new(),
        }
    }

    pub(super) fn seed(&mut self, seed: u64) {
        self.generator = fastrand::Rng::with_seed(seed);
    }

    /// From 0 to `n - 1`; `n` is not zero.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.generator.u64(0..n)
    }

    /// From 0 to `n - 1`; `n` is not zero.
    pub(super) fn below_wide(&mut self, n: U256) -> U256 {
        let bits = (n - U256::ONE).bit_len();
        if bits == 0 {
            return U256::ZERO;
        }
        // Numbers of as many bits, until one is small enough: two rounds on average at most.
        loop {
            let limbs = [(); 4].map(|()| self.generator.u64(..));
            let number = U256::from_limbs(limbs) >> (256 - bits);
            if number < n {
                return number;
            }
        }
    }

    pub(super) fn shuffle(&mut self, list: &mut Array) {
        for last in (1..list.len()).rev() {
            let other = self.below(last as u64 + 1) as usize;
            list.swap(last, other);
        }
    }

    /// From 0 to `n - 1`, where `k` is as likely as 1 / (k + 1)^s. Gives also how many weights had to
    /// be added up.
    pub(super) fn zipf(&mut self, n: u64, s: f64) -> (u64, u64) {
        let mut work = 0;
        if !self.zipf_sums.contains_key(&(n, s.to_bits())) {
            let kept: usize = self.zipf_sums.values().map(Vec::len).sum();
            if kept + n as usize > KEPT_SUMS {
                self.zipf_sums.clear();
            }
            work = n;
        }
        let sums = self.zipf_sums.entry((n, s.to_bits())).or_insert_with(|| {
            let mut sum = 0.0;
            (1..=n)
                .map(|rank| {
                    sum += libm::pow(rank as f64, -s);
                    sum
                })
                .collect()
        });
        let total = sums.last().copied().unwrap_or_default();
        let at = self.generator.f64() * total;
        let found = sums.partition_point(|sum| *sum <= at) as u64;
        (found.min(n - 1), work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_seed_never_change() {
        let mut random = Random::new(7);
        let numbers: Vec<_> = (0..6).map(|_| random.below(100)).collect();
        let popular: Vec<_> = (0..6).map(|_| random.zipf(10, 0.8).0).collect();
        let wide = random.below_wide(U256::from(10).pow(U256::from(30)));
        assert_eq!(
            (numbers, popular, wide.to_string()),
            (
                vec![77, 22, 71, 48, 11, 16],
                vec![5, 0, 0, 2, 3, 0],
                "624889995128212757193353957625".to_owned()
            )
        );
    }

    #[test]
    fn zipf_prefers_the_first() {
        let mut random = Random::new(1);
        let mut counts = [0; 4];
        for _ in 0..4_000 {
            counts[random.zipf(4, 1.0).0 as usize] += 1;
        }
        assert!(counts.is_sorted_by(|a, b| a > b), "{counts:?}");
        // 12/25 of all, as 1 + 1/2 + 1/3 + 1/4 = 25/12.
        assert!((1_800..2_040).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn a_wide_number_is_below_its_bound() {
        let mut random = Random::new(3);
        for n in [1_u64, 2, 3, 255, 256, 257] {
            let seen: std::collections::BTreeSet<_> = (0..5_000)
                .map(|_| random.below_wide(U256::from(n)))
                .collect();
            assert_eq!(seen.len() as u64, n);
        }
        assert!(random.below_wide(U256::MAX) < U256::MAX);
    }
}
