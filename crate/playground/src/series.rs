//! Several runs of one batch, which is read once and whose sequential execution is timed once.
//!
//! Runs that follow each other under one strategy share its preparation.

use interleave_engine::{
    block::Block,
    runner::{Phase, RunError},
};

use crate::{
    batch::{self, Batch, Problem},
    contracts::Contracts,
    limits::CURVE_POINTS,
    report::{
        Clock, CompareResult, Comparison, Curve, CurveOptions, CurvePoint, CurveResult,
        MeasuredSpeedup, RunOptions, RunnerKind, Summary,
    },
    run::{self, Machine, Summaries, memory::Beside},
};

/// Numbers of workers of a curve if nobody says otherwise.
const WORKERS: [u32; 7] = [1, 2, 4, 8, 16, 32, 64];
/// Transactions that all points of a curve execute together, at the most; there are two points at least.
const CURVE_TRANSACTIONS: usize = 200_000;

/// Runs `batch` in all these ways, each compared with sequential execution.
///
/// A worker that fails is an `Err`; all that is wrong with batch or options is in the result.
pub fn compare(
    batch: &Batch,
    contracts: &Contracts,
    runs: &[RunOptions],
    machine: &Machine<'_>,
) -> Result<CompareResult, RunError> {
    let block = match ready(batch, contracts, runs, &[], machine) {
        Ok(block) => block,
        Err(_) if machine.control.stopped() => return Ok(CompareResult::Stopped),
        Err(problems) => return Ok(CompareResult::Problems { problems }),
    };
    match run::summaries(batch, &block, contracts, runs, machine) {
        Ok(Ok(ran)) => Ok(CompareResult::Comparison {
            comparison: Box::new(Comparison {
                title: batch.title.clone(),
                bounds: ran.bounds,
                runs: ran.runs,
                sketches: ran.sketches,
                rejected: ran.rejected,
            }),
            problems: ran.unmet,
        }),
        Ok(Err(problem)) => Ok(CompareResult::Problems {
            problems: vec![problem],
        }),
        Err(RunError::Stopped) => Ok(CompareResult::Stopped),
        Err(failed) => Err(failed),
    }
}

/// Runs `batch` under one strategy on more and more workers: simulated, and on the machine's threads
/// as far as they go.
///
/// A worker that fails is an `Err`; all that is wrong with batch or options is in the result.
pub fn curve(
    batch: &Batch,
    contracts: &Contracts,
    options: &CurveOptions,
    machine: &Machine<'_>,
) -> Result<CurveResult, RunError> {
    let wanted = match wanted(&options.workers) {
        Ok(wanted) => wanted,
        Err(problem) => {
            return Ok(CurveResult::Problems {
                problems: vec![problem],
            });
        }
    };
    let workers = thinned(&wanted, batch.transactions.len());
    let on = |runner, workers: u32| RunOptions {
        runner,
        workers,
        // What workers give is asked, and a fault may be of one that is not there.
        faults: Vec::new(),
        ..options.run.clone()
    };
    let simulated = workers
        .iter()
        .map(|workers| on(RunnerKind::Simulated, *workers));
    let threads = machine.threads.count();
    let real = workers.iter().copied().filter(|it| *it <= threads);
    let real: Vec<u32> = real.collect();
    let measured = real.iter().map(|it| on(RunnerKind::Threads, *it));
    let runs: Vec<RunOptions> = simulated.chain(measured).collect();

    let block = match ready(batch, contracts, &runs, &real, machine) {
        Ok(block) => block,
        Err(_) if machine.control.stopped() => return Ok(CurveResult::Stopped),
        Err(problems) => return Ok(CurveResult::Problems { problems }),
    };
    let Summaries {
        runs,
        unmet,
        rejected,
        ..
    } = match run::summaries(batch, &block, contracts, &runs, machine) {
        Ok(Ok(ran)) => ran,
        Ok(Err(problem)) => {
            return Ok(CurveResult::Problems {
                problems: vec![problem],
            });
        }
        Err(RunError::Stopped) => return Ok(CurveResult::Stopped),
        Err(failed) => return Err(failed),
    };
    if let Some(it) = rejected.into_iter().next() {
        return Ok(CurveResult::Problems {
            problems: vec![Problem::error(format!("rejected: {}", it.reason))],
        });
    }
    let (simulated, measured) = runs.split_at(workers.len());
    let ceilings = match run::ceilings(&block, &real, machine) {
        Ok(ceilings) => ceilings,
        Err(RunError::Stopped) => return Ok(CurveResult::Stopped),
        Err(failed) => return Err(failed),
    };
    let points = simulated.iter().map(|it| {
        let real = real.iter().position(|workers| *workers == it.workers);
        CurvePoint {
            workers: it.workers,
            bound: it.ideal_speedup,
            simulated: it.speedup,
            measured: real.and_then(|at| speedup(&measured[at])),
            ceiling: real.and_then(|at| ceilings[at]),
        }
    });
    Ok(CurveResult::Curve {
        curve: Box::new(Curve {
            title: batch.title.clone(),
            strategy: options.run.strategy.clone(),
            clock: simulated.first().map_or(Clock::Gas, |it| it.clock),
            matches: runs.iter().all(|it| it.matches),
            left_out: (wanted.len() - workers.len()) as u32,
            points: points.collect(),
        }),
        problems: unmet,
    })
}

/// The block, if all runs are possible, and the ceilings of so many workers.
fn ready(
    batch: &Batch,
    contracts: &Contracts,
    runs: &[RunOptions],
    ceilings: &[u32],
    machine: &Machine<'_>,
) -> Result<Block, Vec<Problem>> {
    for options in runs {
        let strategy = run::checked(options, machine).map_err(|problem| vec![problem])?;
        if let Some(problems) = run::misplaced(batch, strategy, options) {
            return Err(problems);
        }
    }
    machine.control.begin(Phase::Reading, 0);
    let block = batch::lower_watched(batch, contracts, machine.control)?;
    let copies = run::copies(&block, ceilings).unwrap_or(0);
    run::memory::fits(batch, &block, Beside::Copies(copies), machine)
        .map_err(|problem| vec![problem])?;
    Ok(block)
}

/// The measured speedup of a run on threads, and that of its slowest and fastest repetition.
fn speedup(it: &Summary) -> Option<MeasuredSpeedup> {
    let wall = it.wall.as_ref()?;
    let against = |time: f64| match time > 0.0 {
        true => it.oracle_time / time,
        false => 1.0,
    };
    Some(MeasuredSpeedup {
        median: it.speedup,
        slowest: against(wall.slowest),
        fastest: against(wall.fastest),
        runs: wall.runs,
    })
}

/// The numbers of workers that are asked for, each once and in order.
fn wanted(workers: &[u32]) -> Result<Vec<u32>, Problem> {
    let mut wanted = match workers {
        [] => WORKERS.to_vec(),
        _ => workers.to_vec(),
    };
    wanted.sort_unstable();
    wanted.dedup();
    match wanted.len() > CURVE_POINTS {
        true => Err(Problem::error(format!(
            "a curve of {} points cannot be had: there are {CURVE_POINTS} at the most",
            wanted.len()
        ))),
        false => Ok(wanted),
    }
}

/// As many of them as a block of that size allows, spread evenly; the first and the last stay.
fn thinned(workers: &[u32], transactions: usize) -> Vec<u32> {
    let most = (CURVE_TRANSACTIONS / transactions.max(1)).max(2);
    if workers.len() <= most {
        return workers.to_vec();
    }
    let last = workers.len() - 1;
    (0..most)
        .map(|point| workers[point * last / (most - 1)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_block_has_fewer_points_from_the_first_to_the_last() {
        let all = wanted(&[]).unwrap();
        assert_eq!(all, WORKERS);
        assert_eq!(thinned(&all, 100), WORKERS);
        assert_eq!(thinned(&all, CURVE_TRANSACTIONS / 4), [1, 4, 16, 64]);
        assert_eq!(thinned(&all, 10 * CURVE_TRANSACTIONS), [1, 64]);
    }

    #[test]
    fn workers_are_taken_once_and_in_order() {
        assert_eq!(wanted(&[8, 2, 8]).unwrap(), [2, 8]);
        let many: Vec<u32> = (1..=65).collect();
        let message = wanted(&many).unwrap_err().message;
        assert!(message.starts_with("a curve of 65 points"), "{message}");
    }
}
