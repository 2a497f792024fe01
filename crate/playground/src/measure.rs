//! Measures a batch many times over, so that benchmarks compare what was measured together.
//!
//! It keeps every time and judges none. The rule: each round measures all there is to measure once,
//! and no time counts whose result is not the oracle's.

use interleave_engine::{
    block::Block,
    outcome::BlockResult,
    runner::{Phase, RunError},
    strategy::Entry,
};

use crate::{
    batch::{self, Batch, Problem},
    contracts::Contracts,
    limits::ROUNDS,
    report::{MeasureOptions, MeasureResult, Measured, MeasuredRun, RunOptions, RunnerKind},
    run::{self, Machine, Prepared, memory::Beside},
};

/// One way to run the block.
struct Way<'o> {
    strategy: &'static Entry,
    options: &'o RunOptions,
    prepared: Prepared<'o>,
    times: Vec<f64>,
}

/// Measures the oracle, the machine's ceiling and all these runs in turn, as many rounds as wanted.
///
/// A worker that fails is an `Err`; all that is wrong with batch or options is in the result.
pub fn measure(
    batch: &Batch,
    contracts: &Contracts,
    options: &MeasureOptions,
    machine: &Machine<'_>,
) -> Result<MeasureResult, RunError> {
    match rounds(batch, contracts, options, machine) {
        Ok(Ok(measured)) => Ok(MeasureResult::Measured {
            measured: Box::new(measured),
        }),
        Ok(Err(_)) if machine.control.stopped() => Ok(MeasureResult::Stopped),
        Ok(Err(problems)) => Ok(MeasureResult::Problems { problems }),
        Err(RunError::Stopped) => Ok(MeasureResult::Stopped),
        Err(RunError::FalseList(reason)) => {
            let mut problem = batch::list_change::rejection(batch, &reason);
            problem.message = format!("rejected: {}", problem.message);
            Ok(MeasureResult::Problems {
                problems: vec![problem],
            })
        }
        Err(failed) => Err(failed),
    }
}

fn rounds(
    batch: &Batch,
    contracts: &Contracts,
    options: &MeasureOptions,
    machine: &Machine<'_>,
) -> Result<Result<Measured, Vec<Problem>>, RunError> {
    let block = match ready(batch, contracts, options, machine) {
        Ok(block) => block,
        Err(problems) => return Ok(Err(problems)),
    };
    // Each on its own copy of the state.
    let pair = [block.clone(), block];
    let block = &pair[0];
    // Also warms up what the first execution finds cold.
    let truth = run::oracle_once(block, machine.control)?.result();
    let mut ways = Vec::new();
    for options in &options.runs {
        let strategy = run::checked(options, machine).expect("it was looked at before");
        ways.push(Way {
            strategy,
            options,
            prepared: run::untimed(batch, block, strategy, options, machine)?,
            times: Vec::new(),
        });
    }
    let (mut oracle, mut ceilings) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        let alone = sequential(block, &truth, machine)?;
        oracle.push(alone);
        if machine.threads.count() > 1 {
            let both = alone + sequential(&pair[1], &truth, machine)?;
            ceilings.push(both / run::side_by_side(&pair, 1, machine)?);
        }
        for way in &mut ways {
            machine.control.begin(Phase::Strategy, block.txs.len());
            let ran = run::once(block, way.strategy, &way.prepared, way.options, machine)?;
            if let Some(difference) = ran.result.first_difference(&truth) {
                return Ok(Err(vec![Problem::error(format!(
                    "{} on {} workers differs from sequential execution: {difference:?}",
                    way.strategy.id, way.options.workers
                ))]));
            }
            way.times.push(ran.trace.makespan);
        }
    }
    machine.control.begin(Phase::Idle, 0);
    let runs = ways.into_iter().map(|way| MeasuredRun {
        strategy: way.strategy.id.into(),
        workers: way.options.workers,
        preparation: way.prepared.time,
        times: way.times,
    });
    Ok(Ok(Measured {
        title: batch.title.clone(),
        transactions: block.txs.len() as u32,
        gas: truth.gas_used() as f64,
        digest: truth.digest().to_string(),
        oracle,
        ceilings,
        runs: runs.collect(),
    }))
}

/// The block, if all of it can be measured.
fn ready(
    batch: &Batch,
    contracts: &Contracts,
    options: &MeasureOptions,
    machine: &Machine<'_>,
) -> Result<Block, Vec<Problem>> {
    let wrong = |message: String| Err(vec![Problem::error(message)]);
    if !(1..=ROUNDS).contains(&options.rounds) {
        let rounds = options.rounds;
        return wrong(format!(
            "{rounds} rounds cannot be had: there are 1 to {ROUNDS}"
        ));
    }
    for run in &options.runs {
        if run.runner != RunnerKind::Threads {
            return wrong("only runs on threads can be measured".into());
        }
        let strategy = run::checked(run, machine).map_err(|problem| vec![problem])?;
        if let Some(problems) = run::misplaced(batch, strategy, run) {
            return Err(problems);
        }
    }
    machine.control.begin(Phase::Reading, 0);
    let block = batch::lower_watched(batch, contracts, machine.control)?;
    run::memory::fits(batch, &block, Beside::Copies(1), machine)
        .map_err(|problem| vec![problem])?;
    Ok(block)
}

/// How long the oracle takes; making a result of what it came to is not in it.
fn sequential(block: &Block, truth: &BlockResult, machine: &Machine<'_>) -> Result<f64, RunError> {
    let start = (machine.now)();
    let executed = run::oracle_once(block, machine.control)?;
    let time = (machine.now)() - start;
    same(&executed.result(), truth);
    Ok(time)
}

/// The oracle comes to the same each time.
fn same(result: &BlockResult, truth: &BlockResult) {
    let difference = result.first_difference(truth);
    assert!(difference.is_none(), "the oracle differs: {difference:?}");
}
