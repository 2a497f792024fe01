//! What each transaction takes alone: sequential execution, timed piece by piece.
//!
//! A clock has a resolution, down to 100 microseconds in a browser, and a transfer takes two. So what is
//! timed are stretches of the block that are many times as long; within one, time is shared out by gas.
//! The rule: medians of several passes, and the pieces never take longer than the whole.

use std::ops::ControlFlow;

use interleave_engine::{
    block::{Block, TxIdx},
    oracle,
    runner::{Control, RunError, Stopped, costs::Measured, threads::Now},
};

use super::{Machine, oracle_once};
use crate::analysis::median;

/// Passes over the block.
const PASSES: usize = 5;
/// What is timed takes this many times the clock's resolution.
const RESOLUTIONS: f64 = 20.0;
/// Readings of a clock that stands still before it is given up.
const PATIENCE: u32 = 10_000_000;

/// What the transactions of a block take when nothing runs beside them.
#[derive(Clone, Debug)]
pub struct Alone {
    /// Each transaction, in block order.
    pub times: Vec<Measured>,
    /// The whole block, in microseconds, the oracle's own bookkeeping included.
    pub total: f64,
}

impl Alone {
    /// Gas of the block.
    pub fn gas(&self) -> f64 {
        self.times.iter().map(|it| it.gas as f64).sum()
    }

    /// The same of the first transactions, which have their share of the whole.
    pub(super) fn first(&self, transactions: usize) -> Self {
        let sum = |times: &[Measured]| times.iter().map(|it| it.time).sum::<f64>();
        let times = &self.times[..transactions];
        let share = match sum(&self.times) {
            0.0 => 1.0,
            all => sum(times) / all,
        };
        Self {
            times: times.to_vec(),
            total: self.total * share,
        }
    }
}

/// Measures the transactions of `block`.
pub fn measure(block: &Block, machine: &Machine<'_>) -> Result<Alone, RunError> {
    let now = machine.now;
    let shortest = shortest(now)?;
    let start = now();
    let gas: Vec<u64> = oracle_once(block, machine.control)?
        .result()
        .outcomes
        .iter()
        .map(|outcome| outcome.gas_used())
        .collect();
    let first = now() - start;
    // As often as it takes to see the block at all.
    let times = (shortest / first.max(shortest / 1e3)).ceil() as u32;
    let mut totals = Vec::new();
    for _ in 0..PASSES {
        let start = now();
        for _ in 0..times {
            oracle_once(block, machine.control)?;
        }
        totals.push((now() - start) / f64::from(times));
    }
    let total = median(&mut totals);
    let mut stretches = match times {
        1 => stretches(block, machine, shortest)?,
        _ => vec![Stretch {
            end: block.txs.len(),
            time: total,
        }],
    };
    let sum: f64 = stretches.iter().map(|it| it.time).sum();
    if sum > total {
        stretches.iter_mut().for_each(|it| it.time *= total / sum);
    }
    Ok(Alone {
        times: shared_out(&gas, &stretches),
        total,
    })
}

/// Consecutive transactions that were timed together.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// The first transaction after it.
    end: usize,
    time: f64,
}

/// The shortest time that the clock measures well.
pub(super) fn shortest(now: Now<'_>) -> Result<f64, RunError> {
    Ok(RESOLUTIONS * resolution(now)?)
}

/// The smallest step of the clock.
fn resolution(now: Now<'_>) -> Result<f64, RunError> {
    let mut smallest = f64::INFINITY;
    let mut patience = PATIENCE;
    for _ in 0..PASSES {
        let before = now();
        loop {
            let step = now() - before;
            if step > 0.0 {
                smallest = smallest.min(step);
                break;
            }
            patience = patience.checked_sub(1).ok_or(RunError::NoClock)?;
        }
    }
    Ok(smallest)
}

/// Stretches of the block no shorter than `shortest`, each with its median time.
fn stretches(
    block: &Block,
    machine: &Machine<'_>,
    shortest: f64,
) -> Result<Vec<Stretch>, RunError> {
    let now = machine.now;
    let mut ends = Vec::new();
    let mut since = now();
    pass(block, machine.control, &mut |tx| {
        let time = now();
        if tx.0 == 0 {
            since = time;
        } else if time - since >= shortest {
            ends.push(tx.index());
            since = time;
        }
    })?;
    ends.push(block.txs.len());
    let mut times = vec![Vec::new(); ends.len()];
    for _ in 0..PASSES {
        let mut at = 0;
        let mut since = now();
        pass(block, machine.control, &mut |tx| {
            if tx.0 == 0 {
                since = now();
            } else if tx.index() == ends[at] {
                let time = now();
                times[at].push(time - since);
                since = time;
                at += 1;
            }
        })?;
        times[at].push(now() - since);
    }
    let stretch = |(end, mut times): (usize, Vec<f64>)| Stretch {
        end,
        time: median(&mut times),
    };
    Ok(ends.into_iter().zip(times).map(stretch).collect())
}

fn pass(block: &Block, control: &Control, watch: &mut dyn FnMut(TxIdx)) -> Result<(), RunError> {
    let steps = control.on_the_way();
    let executed = oracle::execute(block, control, &mut |tx, _| {
        watch(tx);
        match steps.next(block.txs[tx.index()].gas_limit) {
            Ok(()) => ControlFlow::Continue(()),
            Err(Stopped) => ControlFlow::Break(()),
        }
    });
    executed.map(drop).ok_or(RunError::Stopped)
}

/// The time of each transaction: its share of its stretch, by gas.
fn shared_out(gas: &[u64], stretches: &[Stretch]) -> Vec<Measured> {
    let mut times = Vec::with_capacity(gas.len());
    for stretch in stretches {
        let gas = &gas[times.len()..stretch.end];
        // One that was skipped used none, and took some time all the same.
        let weight = |gas: u64| gas.max(1_000) as f64;
        let all: f64 = gas.iter().map(|gas| weight(*gas)).sum();
        times.extend(gas.iter().map(|gas| Measured {
            time: stretch.time * weight(*gas) / all,
            gas: *gas,
        }));
    }
    times
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use super::*;

    #[test]
    fn a_stretch_is_shared_out_by_gas() {
        let stretches = [Stretch { end: 2, time: 9.0 }, Stretch { end: 4, time: 4.0 }];
        let times = shared_out(&[20_000, 70_000, 0, 3_000], &stretches);
        let times: Vec<f64> = times.iter().map(|it| it.time).collect();
        assert_eq!(times, [2.0, 7.0, 1.0, 3.0]);
    }

    #[test]
    fn a_part_has_its_share_of_the_whole() {
        let times = |times: &[f64]| -> Vec<Measured> {
            let measured = times.iter().map(|time| Measured {
                time: *time,
                gas: 1,
            });
            measured.collect()
        };
        let all = Alone {
            times: times(&[2.0, 1.0, 3.0]),
            total: 12.0,
        };
        let part = all.first(2);
        assert_eq!((part.times.len(), part.total), (2, 6.0));
        assert_eq!(all.first(3).total, all.total);
    }

    #[test]
    fn the_smallest_step_of_a_clock_is_found() {
        let readings = AtomicU32::new(0);
        let coarse = || f64::from(readings.fetch_add(1, SeqCst) / 10 * 5);
        assert_eq!(resolution(&coarse), Ok(5.0));
        assert_eq!(resolution(&|| 1.0), Err(RunError::NoClock));
    }
}
