//! What this machine's threads can give at most: sequential executions of a block side by side.
//!
//! Processors share caches, memory and sometimes a core, so four threads rarely do four times the work
//! of one, whatever the strategy. Each worker here executes the whole block on a copy of its own, waits
//! for nobody and shares nothing, so what they reach together is what no strategy can pass.
//! The rule: one and many take turns, so that whatever else the machine does slows both.

use std::{hint::black_box, ops::ControlFlow};

use interleave_engine::{
    block::{Block, TxIdx},
    oracle,
    runner::{Phase, RunError},
};

use super::{Machine, alone};
use crate::analysis::median;

/// Pairs of one and many at the most.
const PAIRS: usize = 5;
/// No further pair is begun after this many microseconds.
const BUDGET: f64 = 400_000.0;
/// What is timed takes this many microseconds at least, so that calling the threads does not count.
const SHORTEST: f64 = 2_000.0;
/// Transactions that stand in memory at the same time, at the most.
const MOST_TRANSACTIONS: usize = 400_000;

/// How many times the work of one worker so many do at once, for each of these numbers of workers;
/// none where it cannot be had, as with a clock that stands still.
pub(crate) fn ceilings(
    block: &Block,
    workers: &[u32],
    machine: &Machine<'_>,
) -> Result<Vec<Option<f64>>, RunError> {
    let Some(most) = copies(block, workers) else {
        return Ok(vec![None; workers.len()]);
    };
    machine.control.begin(Phase::Oracle, 0);
    let copies = vec![block.clone(); most as usize];
    let once = side_by_side(&copies[..1], 1, machine)?;
    let Ok(shortest) = alone::shortest(machine.now) else {
        return Ok(vec![None; workers.len()]);
    };
    let times = (SHORTEST.max(shortest) / once.max(1.0)).ceil() as u32;
    let ceiling = |workers: &u32| match *workers {
        1 => Ok(Some(1.0)),
        workers if workers <= most => {
            pairs(&copies[..workers as usize], times.max(1), machine).map(Some)
        }
        _ => Ok(None),
    };
    workers.iter().map(ceiling).collect()
}

/// How many copies of the block are made to find that out; none where it cannot be had.
pub(crate) fn copies(block: &Block, workers: &[u32]) -> Option<u32> {
    let many = |workers: &u32| block.txs.len() * *workers as usize <= MOST_TRANSACTIONS;
    workers.iter().copied().filter(many).max()
}

/// The median of several pairs.
fn pairs(copies: &[Block], times: u32, machine: &Machine<'_>) -> Result<f64, RunError> {
    let began = (machine.now)();
    let mut ratios = Vec::new();
    while ratios.len() < PAIRS && (ratios.is_empty() || (machine.now)() - began < BUDGET) {
        let one = side_by_side(&copies[..1], times, machine)?;
        let many = side_by_side(copies, times, machine)?;
        ratios.push(copies.len() as f64 * one / many);
    }
    Ok(median(&mut ratios))
}

/// Microseconds in which as many workers as there are copies each execute theirs so many times.
pub(crate) fn side_by_side(
    copies: &[Block],
    times: u32,
    machine: &Machine<'_>,
) -> Result<f64, RunError> {
    let control = machine.control;
    let start = (machine.now)();
    machine.threads.broadcast(copies.len() as u32, &|worker| {
        for _ in 0..times {
            let block = &copies[worker as usize];
            let mut stop = |tx: TxIdx, _| {
                control.steps(worker, block.txs[tx.index()].gas_limit);
                match control.stopped() {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            };
            black_box(oracle::execute(block, control, &mut stop));
        }
        control.rests(worker);
    });
    let time = (machine.now)() - start;
    match control.stopped() {
        true => Err(RunError::Stopped),
        false => Ok(time),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use interleave_engine::runner::{Control, threads::Threads};

    use super::*;
    use crate::{
        batch::{lower, script},
        contracts::Contracts,
    };

    /// Workers that take turns on one thread, and a clock that counts who worked: a machine with one
    /// processor.
    struct OneProcessor {
        work: AtomicU32,
    }

    impl Threads for OneProcessor {
        fn count(&self) -> u32 {
            8
        }

        fn broadcast(&self, workers: u32, body: &(dyn Fn(u32) + Sync)) {
            for worker in 0..workers {
                body(worker);
                self.work.fetch_add(10_000, SeqCst);
            }
        }
    }

    fn block() -> Block {
        let script =
            "for it in accounts(\"a\", 20, #{ balance: ether(1) }) { transfer(it, it, wei(1)); }";
        let (batch, problems) = script::evaluate(script, &Contracts::default());
        assert!(problems.is_empty(), "{problems:?}");
        lower(&batch, &Contracts::default()).expect("it can run")
    }

    fn found(workers: &[u32], control: &Control) -> Result<Vec<Option<f64>>, RunError> {
        let threads = OneProcessor {
            work: AtomicU32::new(0),
        };
        let now = || f64::from(threads.work.fetch_add(1, SeqCst));
        let machine = Machine {
            threads: &threads,
            now: &now,
            control,
            memory: None,
        };
        ceilings(&block(), workers, &machine)
    }

    #[test]
    fn one_processor_is_worth_one_however_many_workers_it_has() {
        let found = found(&[1, 2, 8, 1_000_000], &Control::default()).expect("nobody stops it");
        assert_eq!(found[0], Some(1.0));
        for ceiling in &found[1..3] {
            let ceiling = ceiling.expect("the block is small");
            assert!((0.99..1.01).contains(&ceiling), "{ceiling}");
        }
        assert_eq!(found[3], None, "so many copies are not made");
    }

    #[test]
    fn a_person_stops_it() {
        let control = Control::default();
        control.stop();
        assert_eq!(found(&[2], &control), Err(RunError::Stopped));
    }
}
