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
    run::{self, Given, Machine, Prepared, memory::Beside},
};

/// One way to run the block.
struct Way<'o> {
    strategy: &'static Entry,
    options: &'o RunOptions,
    prepared: Prepared<'o>,
    times: Vec<f64>,
    untraced: Vec<f64>,
}

/// How a way is run once.
type Once<'g> = fn(&Given<'g>, &Machine<'_>) -> Result<run::Ran, RunError>;

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
            untraced: Vec::new(),
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
            let given = Given {
                block,
                strategy: way.strategy,
                prepared: &way.prepared,
                options: way.options,
            };
            let once: [(Once<'_>, _); 2] = [
                (Given::once, &mut way.times),
                (Given::untraced, &mut way.untraced),
            ];
            for (once, times) in once.into_iter().take(1 + usize::from(options.untraced)) {
                machine.control.begin(Phase::Strategy, block.txs.len());
                let ran = once(&given, machine)?;
                if let Some(difference) = ran.result.first_difference(&truth) {
                    return Ok(Err(vec![Problem::error(format!(
                        "{} on {} workers differs from sequential execution: {difference:?}",
                        way.strategy.id, way.options.workers
                    ))]));
                }
                times.push(ran.trace.makespan);
            }
        }
    }
    machine.control.begin(Phase::Idle, 0);
    let runs = ways.into_iter().map(|way| MeasuredRun {
        strategy: way.strategy.id.into(),
        workers: way.options.workers,
        preparation: way.prepared.time,
        times: way.times,
        untraced: way.untraced,
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use interleave_engine::runner::{Control, threads::ScopedThreads};

    use super::*;
    use crate::batch::script::evaluate;

    /// Twenty payments to one account.
    fn payments() -> Batch {
        let script = r#"for a in accounts("a", 20) { transfer(a, account("till"), 1); }"#;
        let (batch, problems) = evaluate(script, &Contracts::default());
        assert!(problems.is_empty(), "{problems:?}");
        batch
    }

    fn on_threads(workers: u32) -> RunOptions {
        RunOptions {
            runner: RunnerKind::Threads,
            workers,
            ..RunOptions::default()
        }
    }

    fn with_machine<T>(act: impl FnOnce(&Machine<'_>) -> T) -> T {
        let start = Instant::now();
        act(&Machine {
            threads: &ScopedThreads { most: 2 },
            now: &|| start.elapsed().as_secs_f64() * 1e6,
            control: &Control::default(),
            memory: None,
        })
    }

    fn measured(untraced: bool) -> Box<Measured> {
        let options = MeasureOptions {
            runs: vec![on_threads(1), on_threads(2)],
            rounds: 3,
            untraced,
        };
        let measured =
            |machine: &Machine<'_>| measure(&payments(), &Contracts::default(), &options, machine);
        match with_machine(measured) {
            Ok(MeasureResult::Measured { measured }) => measured,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn untraced_runs_come_to_the_same_and_have_times_of_their_own() {
        for run in measured(true).runs {
            assert_eq!((run.times.len(), run.untraced.len()), (3, 3));
            assert!(run.untraced.iter().all(|time| *time > 0.0), "{run:?}");
        }
    }

    #[test]
    fn nobody_runs_untraced_unasked() {
        for run in measured(false).runs {
            assert_eq!((run.times.len(), run.untraced.len()), (3, 0));
        }
    }

    #[test]
    fn of_an_untraced_run_only_its_commits_are_written_down() {
        let options = on_threads(2);
        let ran = with_machine(|machine| {
            let strategy = run::checked(&options, machine).expect("there is such a strategy");
            let batch = payments();
            let block = batch::lower(&batch, &Contracts::default()).expect("it can run");
            let prepared = run::untimed(&batch, &block, strategy, &options, machine)?;
            let given = Given {
                block: &block,
                strategy,
                prepared: &prepared,
                options: &options,
            };
            let (traced, untraced) = (given.once(machine)?, given.untraced(machine)?);
            Ok::<_, RunError>((traced.trace, untraced.trace))
        });
        let (traced, untraced) = ran.expect("nobody fails");
        assert!(!traced.spans.is_empty());
        assert_eq!(untraced.spans, []);
        assert_eq!(untraced.committed_at.len(), 20);
        assert!(!untraced.truncated);
    }
}
