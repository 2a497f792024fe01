//! What goes wrong in a run on purpose, and what became of it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::limits::{self, FAULT_TASKS};

/// How much slower a worker can be.
const FACTOR: std::ops::RangeInclusive<f64> = 1.0..=limits::FAULT_FACTOR as f64;
/// The longest pause, in microseconds.
const LONGEST_PAUSE: f64 = limits::FAULT_MICROSECONDS as f64;

/// Something that goes wrong in a run.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// A worker takes one more task after so many, and never reports it.
    Fail {
        /// Which, from 0.
        worker: u32,
        /// Tasks it does before.
        after: u32,
    },
    /// A worker does nothing for a while, in the middle of a task.
    Pause {
        /// Which, from 0.
        worker: u32,
        /// Tasks it does before.
        after: u32,
        /// For so many microseconds.
        time: f64,
    },
    /// A worker takes longer for everything.
    Slow {
        /// Which, from 0.
        worker: u32,
        /// So many times as long, 1 to 100.
        factor: f64,
    },
    /// The first incarnations of a transaction panic.
    Panic {
        /// Which, from 0.
        tx: u32,
        /// How many. One is run again; after two what is not final runs one after another.
        times: u32,
    },
    /// Under the strategy `shards`: the worker that executes a shard's transactions fails.
    Drop {
        /// Which, from 0.
        shard: u32,
        /// Transactions of the shard that are executed before.
        after: u32,
    },
}

impl Fault {
    /// What is wrong with it in a run of so many workers and shards.
    pub(crate) fn problem(&self, workers: u32, shards: u32) -> Option<String> {
        let beyond = |what: &str, it: u32, has: u32| {
            (it >= has).then(|| {
                let last = has.saturating_sub(1);
                format!("{what} {it} cannot fail: this run has 0 to {last}")
            })
        };
        let too_late = |after: u32| {
            (after > FAULT_TASKS).then(|| {
                format!("a fault cannot come after {after} tasks: {FAULT_TASKS} is the most")
            })
        };
        match *self {
            Self::Fail { worker, after } => {
                beyond("worker", worker, workers).or_else(|| too_late(after))
            }
            Self::Pause {
                worker,
                after,
                time,
            } => {
                let in_vain = || {
                    (!(0.0..=LONGEST_PAUSE).contains(&time)).then(|| {
                        format!("a pause cannot be {time}: it is 0 to {LONGEST_PAUSE} microseconds")
                    })
                };
                beyond("worker", worker, workers)
                    .or_else(|| too_late(after))
                    .or_else(in_vain)
            }
            Self::Slow { worker, factor } => {
                let (least, most) = (FACTOR.start(), FACTOR.end());
                let in_vain = || {
                    (!FACTOR.contains(&factor)).then(|| {
                        format!(
                            "a worker cannot be {factor} times as slow: it is {least} to {most} times"
                        )
                    })
                };
                beyond("worker", worker, workers).or_else(in_vain)
            }
            Self::Drop { shard, after } => {
                beyond("shard", shard, shards).or_else(|| too_late(after))
            }
            Self::Panic { .. } => None,
        }
    }
}

/// As the command line takes it: `fail:WORKER:AFTER`, `pause:WORKER:AFTER:TIME`, `slow:WORKER:FACTOR`,
/// `panic:TX:TIMES`, `drop:SHARD:AFTER`.
impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        fn number<T: FromStr>(text: &str) -> Result<T, String> {
            text.parse().map_err(|_| format!("{text} is not a number"))
        }
        let parts: Vec<&str> = text.split(':').collect();
        Ok(match parts[..] {
            ["fail", worker, after] => Self::Fail {
                worker: number(worker)?,
                after: number(after)?,
            },
            ["pause", worker, after, time] => Self::Pause {
                worker: number(worker)?,
                after: number(after)?,
                time: number(time)?,
            },
            ["slow", worker, factor] => Self::Slow {
                worker: number(worker)?,
                factor: number(factor)?,
            },
            ["panic", tx, times] => Self::Panic {
                tx: number(tx)?,
                times: number(times)?,
            },
            ["drop", shard, after] => Self::Drop {
                shard: number(shard)?,
                after: number(after)?,
            },
            _ => {
                return Err("a fault is fail:WORKER:AFTER, pause:WORKER:AFTER:TIME, \
                            slow:WORKER:FACTOR, panic:TX:TIMES or drop:SHARD:AFTER"
                    .into());
            }
        })
    }
}

crosses! {
    /// Faults that struck, and what was done about them.
    #[derive(Copy, Eq)]
    pub struct Recovery {
        /// How many struck.
        pub seen: u32,
        /// Tasks that another worker was given.
        pub reissued: u32,
        /// Incarnations that panicked and ran again.
        pub retries: u32,
        /// From this transaction on the strategy was given up, and one ran after another.
        pub fell_back_from: Option<u32>,
    }

    /// Faults that struck, by time; in time of the clock.
    pub struct Faults {
        /// What went wrong.
        pub kind: Vec<FaultKind>,
        /// Whose lane.
        pub worker: Vec<u32>,
        /// The transaction the worker was at.
        pub tx: Vec<Option<u32>>,
        /// When.
        pub at: Vec<f64>,
        /// When that was noticed; none if it never was.
        pub noticed: Vec<Option<f64>>,
        /// When the worker went on; none if it never did.
        pub until: Vec<Option<f64>>,
        /// What was done about it.
        pub answer: Vec<FaultAnswer>,
        /// The same in a sentence.
        pub text: Vec<String>,
    }

    /// What went wrong.
    #[derive(Copy, Eq)]
    pub enum FaultKind {
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
    #[derive(Copy, Eq)]
    pub enum FaultAnswer {
        /// Nothing: it cost time alone.
        Nothing,
        /// Another worker was given the task.
        Reissued,
        /// The transaction ran again.
        Retried,
        /// What was not final ran one after another.
        FellBack,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_as_it_is_written_on_the_command_line() {
        let fail = Fault::Fail {
            worker: 3,
            after: 5,
        };
        assert_eq!("fail:3:5".parse(), Ok(fail));
        assert_eq!(
            "slow:1:2.5".parse(),
            Ok(Fault::Slow {
                worker: 1,
                factor: 2.5
            })
        );
        assert_eq!(
            "panic:7:x".parse::<Fault>(),
            Err("x is not a number".into())
        );
        assert!("explode".parse::<Fault>().is_err());
    }

    #[test]
    fn a_fault_at_its_limit_is_taken_and_one_above_is_not() {
        let fail = |worker, after| Fault::Fail { worker, after };
        assert_eq!(fail(7, FAULT_TASKS).problem(8, 4), None);
        assert!(fail(8, 0).problem(8, 4).is_some());
        assert!(fail(0, FAULT_TASKS + 1).problem(8, 4).is_some());
        let slow = |factor| Fault::Slow { worker: 0, factor };
        assert_eq!(slow(100.0).problem(1, 4), None);
        assert!(slow(100.1).problem(1, 4).is_some());
        assert!(slow(f64::NAN).problem(1, 4).is_some());
        let pause = |time| Fault::Pause {
            worker: 0,
            after: 0,
            time,
        };
        assert_eq!(pause(LONGEST_PAUSE).problem(1, 4), None);
        assert!(pause(LONGEST_PAUSE + 1.0).problem(1, 4).is_some());
        let drop = |shard| Fault::Drop { shard, after: 0 };
        assert_eq!(drop(3).problem(1, 4), None);
        assert!(drop(4).problem(1, 4).is_some());
    }
}
