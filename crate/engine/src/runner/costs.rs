//! What time costs on the simulated runner: executing transactions, and the machinery around it.
//!
//! Execution is charged in gas, or in microseconds that somebody measured. The machinery is charged by
//! parameters in microseconds; in gas time they count [`GAS_PER_MICROSECOND`] each.
//! The rule: the figures are written down here alone, and say where they come from.

use std::ops::{Index, IndexMut};

use crate::block::TxIdx;

/// What a microsecond of the machinery counts in gas time, about what sequential execution gets through
/// in it: measured were 9,400 on a busy machine and 23,100 on a quiet one.
pub const GAS_PER_MICROSECOND: f64 = 10_000.0;

/// What the machinery costs where the clock counts measured time, in microseconds, in the order of
/// [`Parameter::ALL`].
///
/// Fitted by `cargo xtask bench fidelity` to runs of all examples on one and two workers, but for
/// crowding, which is each machine's own; the README of that benchmark says how, and what it is worth.
const MEASURED: [f64; Parameter::ALL.len()] = [
    52.0, 73.0, 15.0, 2.2, 0.02, 0.14, 0.03, 0.13, 0.27, 0.003, 0.022, 0.006, 0.0,
];

/// What it costs in gas time, which is no machine's: less than here, and nothing for the latencies of
/// threads, since gas is a measure of work. Estimates; a plan costs in proportion to comparing with a list.
const WORK: [f64; Parameter::ALL.len()] = [
    0.0, 0.0, 0.0, 0.0, 0.15, 0.03, 0.04, 0.02, 0.3, 0.18, 0.11, 0.0, 0.0,
];

/// Something the machinery around execution spends time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// What it takes the first worker to start the others, where there are any.
    Start,
    /// From then until the others work.
    Arrive,
    /// From a report until a worker that waited for it asks again.
    Wake,
    /// What it costs who gets a task to wake one that waits, where there may be work for it.
    Notify,
    /// Handing out a task and taking its report.
    Task,
    /// Reading one account or slot through the multi-version memory.
    Read,
    /// Recording one value.
    Write,
    /// Validating one account or slot.
    Validate,
    /// Taking back one incarnation.
    Abort,
    /// Comparing one location with a block access list.
    Declare,
    /// Taking one location of a hint into the plan of a strategy that makes one.
    Plan,
    /// By which share the machinery is slower while all other workers are busy: they use the same locks
    /// and the same memory.
    Sharing,
    /// By which share execution is slower while all other workers are busy. 0: nobody is in the way of
    /// another.
    Crowding,
}

impl Parameter {
    /// All there are.
    pub const ALL: [Self; 13] = [
        Self::Start,
        Self::Arrive,
        Self::Wake,
        Self::Notify,
        Self::Task,
        Self::Read,
        Self::Write,
        Self::Validate,
        Self::Abort,
        Self::Declare,
        Self::Plan,
        Self::Sharing,
        Self::Crowding,
    ];

    /// Is it a share of other times, rather than a time?
    pub fn is_share(self) -> bool {
        matches!(self, Self::Sharing | Self::Crowding)
    }

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Arrive => "arrive",
            Self::Wake => "wake",
            Self::Notify => "notify",
            Self::Task => "task",
            Self::Read => "read",
            Self::Write => "write",
            Self::Validate => "validate",
            Self::Abort => "abort",
            Self::Declare => "declare",
            Self::Plan => "plan",
            Self::Sharing => "sharing",
            Self::Crowding => "crowding",
        }
    }
}

/// A value for every [`Parameter`]: microseconds, but for those that are shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overhead([f64; Parameter::ALL.len()]);

impl Overhead {
    /// Unless somebody says otherwise, where the clock counts measured time.
    pub const MEASURED: Self = Self(MEASURED);

    /// The same in gas time.
    pub const WORK: Self = Self(WORK);

    /// A machine that does nothing but execute.
    pub const NONE: Self = Self([0.0; Parameter::ALL.len()]);

    /// Each with its value.
    pub fn values(&self) -> impl Iterator<Item = (Parameter, f64)> + '_ {
        Parameter::ALL.into_iter().zip(self.0)
    }

    /// The same with every time so many times as long.
    fn scaled(mut self, factor: f64) -> Self {
        for parameter in Parameter::ALL {
            if !parameter.is_share() {
                self[parameter] *= factor;
            }
        }
        self
    }
}

impl Index<Parameter> for Overhead {
    type Output = f64;

    fn index(&self, parameter: Parameter) -> &f64 {
        &self.0[parameter as usize]
    }
}

impl IndexMut<Parameter> for Overhead {
    fn index_mut(&mut self, parameter: Parameter) -> &mut f64 {
        &mut self.0[parameter as usize]
    }
}

/// What executing one transaction alone takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Microseconds.
    pub time: f64,
    /// Gas it used.
    pub gas: u64,
}

/// What an incarnation costs.
#[derive(Clone, Copy, Debug)]
enum Execution<'a> {
    /// Its gas.
    Gas,
    /// What its transaction took, by transaction.
    Measured(&'a [Measured]),
}

/// What everything costs in one simulated run.
#[derive(Clone, Copy, Debug)]
pub struct Costs<'a> {
    execution: Execution<'a>,
    /// In the unit of `execution`.
    overhead: Overhead,
    /// Seed of the jitter; 0 is none.
    seed: u32,
}

impl Default for Costs<'_> {
    fn default() -> Self {
        Self::gas(Overhead::WORK, 0)
    }
}

impl<'a> Costs<'a> {
    /// A clock that counts gas.
    pub fn gas(overhead: Overhead, seed: u32) -> Self {
        Self {
            execution: Execution::Gas,
            overhead: overhead.scaled(GAS_PER_MICROSECOND),
            seed,
        }
    }

    /// A clock that counts microseconds; `times` has what each transaction takes.
    pub fn measured(times: &'a [Measured], overhead: Overhead, seed: u32) -> Self {
        Self {
            execution: Execution::Measured(times),
            overhead,
            seed,
        }
    }

    /// What an incarnation of `tx` costs that used `gas`.
    ///
    /// One that took another path than sequential execution did costs as much more as it used more gas.
    pub(super) fn execution(&self, tx: TxIdx, incarnation: u32, gas: u64) -> f64 {
        let cost = match self.execution {
            Execution::Gas => gas as f64,
            Execution::Measured(times) => {
                let Measured { time, gas: usual } = times[tx.index()];
                match usual {
                    0 => time,
                    _ => time * (gas as f64 / usual as f64),
                }
            }
        };
        cost * self.stretch(tx, incarnation)
    }

    /// What the machinery costs, in the unit of the clock.
    pub(super) fn of(&self, parameter: Parameter) -> f64 {
        self.overhead[parameter]
    }

    /// A time in microseconds, in the unit of the clock.
    pub(super) fn microseconds(&self, time: f64) -> f64 {
        match self.execution {
            Execution::Gas => time * GAS_PER_MICROSECOND,
            Execution::Measured(_) => time,
        }
    }

    /// Jitter: a factor of 1 to 1.25 that depends on nothing but seed and version.
    fn stretch(&self, tx: TxIdx, incarnation: u32) -> f64 {
        if self.seed == 0 {
            return 1.0;
        }
        let mut mixed = (u64::from(self.seed) << 32) + u64::from(tx.0);
        mixed = mixed.wrapping_add(u64::from(incarnation).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // The finaliser of SplitMix64, as far as the upper bits need it.
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        1.0 + (mixed >> 40) as f64 / (1u64 << 24) as f64 / 4.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gas_is_charged_as_it_is_used() {
        let costs = Costs::default();
        assert_eq!(costs.execution(TxIdx(0), 0, 21_000), 21_000.0);
        let task = Overhead::WORK[Parameter::Task] * GAS_PER_MICROSECOND;
        assert_eq!(costs.of(Parameter::Task), task);
        assert_eq!(costs.of(Parameter::Wake), 0.0);
    }

    #[test]
    fn measured_time_grows_with_the_gas_of_an_incarnation() {
        let times = [
            Measured {
                time: 3.0,
                gas: 30_000,
            },
            Measured { time: 1.0, gas: 0 },
        ];
        let costs = Costs::measured(&times, Overhead::NONE, 0);
        assert_eq!(costs.execution(TxIdx(0), 0, 30_000), 3.0);
        assert_eq!(costs.execution(TxIdx(0), 1, 10_000), 1.0);
        assert_eq!(costs.execution(TxIdx(1), 0, 0), 1.0);
    }

    #[test]
    fn jitter_is_bounded_and_comes_from_the_seed() {
        let costs = |seed| Costs::gas(Overhead::NONE, seed);
        for incarnation in 0..100 {
            let cost = costs(7).execution(TxIdx(3), incarnation, 1_000);
            assert!((1_000.0..=1_250.0).contains(&cost), "{cost}");
            assert_eq!(cost, costs(7).execution(TxIdx(3), incarnation, 1_000));
        }
        let first = |seed| costs(seed).execution(TxIdx(0), 0, 1_000);
        assert_ne!(first(1), first(2));
    }

    #[test]
    fn every_parameter_has_a_name_and_a_place_of_its_own() {
        let mut overhead = Overhead::NONE;
        for (value, parameter) in (1..).zip(Parameter::ALL) {
            overhead[parameter] = f64::from(value);
        }
        let values: Vec<_> = overhead.values().collect();
        assert_eq!(values.len(), Parameter::ALL.len());
        for (value, (parameter, found)) in (1..).zip(&values) {
            assert_eq!(*found, f64::from(value), "{}", parameter.name());
        }
    }
}
