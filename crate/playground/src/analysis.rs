//! From a run to its report: pure functions, one file a fact.
//!
//! Nothing here measures or executes; what must be executed for a fact is asked of the caller. What depends on the schedule comes from the trace, everything
//! else from committed incarnations.

mod aborts;
mod columns;
mod contention;
mod decoded;
mod events;
mod faults;
pub mod fees;
mod graph;
pub mod ideal;
mod known;
mod latency;
mod locations;
mod loss;
mod names;
mod remedies;
mod shards;
mod sketch;
mod sources;
#[cfg(test)]
mod traces;
mod uses;
mod verdict;
mod view;
mod views;

use std::collections::BTreeSet;

use alloy_primitives::{Address, B256};
use interleave_engine::{
    block::Block,
    memory::{Executed, Version},
    outcome::{BlockResult, Outcome, Status},
    runner::{
        Control, Stopped,
        costs::{GAS_PER_MICROSECOND, Parameter},
    },
    strategy::LAST_IN_HOPE,
    switches::Switches,
    trace::{Activity, Trace},
    vm::{
        preimages::Preimages,
        sites::{Answer, Question},
    },
};

use crate::{
    batch::{Batch, Expectations, view::Looked},
    contracts::Contracts,
    report::{
        Bound, Clock, ListUsed, OverheadUsed, PartialRun, Report, RunOptions, RunnerKind, Summary,
        VERSION, WallSpread,
    },
    run::{Ran, alone::Alone},
};
use graph::{Graph, Paths};
use known::Known;
use locations::Locations;
use loss::Loss;
use names::Names;
pub use sketch::sketch;
use view::View;

/// Answers each of these questions by an execution.
type Sites<'a> = dyn Fn(&[Question]) -> Result<Vec<Answer>, Stopped> + 'a;

/// What a report is made from.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Where the block came from.
    pub batch: &'a Batch,
    /// What was executed.
    pub block: &'a Block,
    /// Contracts whose variables can be named.
    pub contracts: &'a Contracts,
    /// Keccak inputs seen, for naming.
    pub preimages: &'a Preimages,
    /// Says where in its code a transaction read and wrote a slot.
    pub sites: &'a Sites<'a>,
    /// How it was run.
    pub options: &'a RunOptions,
    /// What it came to.
    pub ran: &'a Ran,
    /// It is of the first transactions alone.
    pub partial: Option<PartialRun>,
    /// What counted as a conflict.
    pub switches: Switches,
    /// What sequential execution came to.
    pub truth: &'a Truth,
    /// What the batch's source expects of the run.
    pub expected: Option<&'a Expectations>,
    /// Measured times, on threads.
    pub wall: Option<&'a Wall>,
    /// What transactions took alone, where the simulated runner's clock counted that.
    pub alone: Option<&'a Alone>,
    /// The block access list from which values were known before they were computed.
    pub list: Option<ListUsed>,
    /// Under the strategy `shards`, by transaction: the shard it was expected to stay in, or none
    /// where it was expected to cross.
    pub homes: Option<&'a [Option<u32>]>,
    /// What preparing took, on the clock of the run.
    pub preparation: f64,
    /// What the batch asked to be looked at.
    pub looked: &'a Looked,
    /// Who may want it to stop.
    pub control: &'a Control,
}

/// What holds for a block, whatever strategy runs it.
#[derive(Debug)]
pub struct Truth {
    /// What sequential execution came to.
    pub result: BlockResult,
    /// Digest of that.
    pub digest: B256,
    /// Root of the state after the block, where all of the state is known.
    pub state_root: Option<B256>,
    /// What its dependencies allow.
    pub bounds: Vec<Bound>,
}

/// Measured times of a run on threads.
#[derive(Clone, Debug)]
pub struct Wall {
    /// Median of the oracle, in microseconds.
    pub oracle: f64,
    /// Median of the strategy, in microseconds.
    pub strategy: f64,
    /// Behind them.
    pub spread: WallSpread,
}

impl Wall {
    /// Of the times of the oracle and of a strategy's runs, of which there is at least one each.
    pub(crate) fn of(oracle: &[f64], strategy: &[f64]) -> Self {
        let (mut oracle, mut strategy) = (oracle.to_vec(), strategy.to_vec());
        // They are in order from then on.
        let medians = [median(&mut oracle), median(&mut strategy)];
        Self {
            oracle: medians[0],
            strategy: medians[1],
            spread: WallSpread {
                runs: strategy.len() as u32,
                fastest: strategy[0],
                slowest: strategy[strategy.len() - 1],
                oracle_fastest: oracle[0],
                oracle_slowest: oracle[oracle.len() - 1],
            },
        }
    }
}

/// Puts values in order and gives the middle one; of an even number, the mean of the two there.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => (values[middle - 1] + values[middle]) / 2.0,
        _ => values[middle],
    }
}

/// Sums over the spans of a trace.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    incarnations: u32,
    aborts: u32,
    blocked: u32,
    cancelled: u32,
    fallbacks: u32,
    validations: u32,
    wasted_gas: f64,
}

impl Run<'_> {
    fn is_final(&self, version: Version) -> bool {
        self.ran.finals[version.tx.index()].0 == version
    }

    fn sums(&self, trace: &Trace) -> Sums {
        let mut sums = Sums::default();
        let mut last_in_line = BTreeSet::new();
        for span in &trace.spans {
            if span.version.incarnation >= LAST_IN_HOPE {
                last_in_line.insert(span.version.tx);
            }
            match span.activity {
                Activity::Executed { gas } => {
                    sums.incarnations += 1;
                    if !self.is_final(span.version) {
                        sums.aborts += 1;
                        sums.wasted_gas += gas as f64;
                    }
                }
                Activity::Blocked { gas, .. } => {
                    sums.incarnations += 1;
                    sums.blocked += 1;
                    sums.wasted_gas += gas as f64;
                }
                Activity::Cancelled { gas } => {
                    sums.incarnations += 1;
                    sums.cancelled += 1;
                    sums.wasted_gas += gas as f64;
                }
                Activity::Validated | Activity::Rejected { .. } => sums.validations += 1,
            }
        }
        sums.fallbacks = last_in_line.len() as u32;
        sums
    }
}

impl Run<'_> {
    /// Who depends on whom.
    fn graph(&self) -> Graph {
        let view = View {
            block: self.block,
            switches: self.switches,
        };
        Graph::new(&view, &self.ran.finals)
    }
}

/// Gas whose execution takes longer than any one part of the analysis of a block that came to `result`.
pub fn patience(result: &BlockResult) -> u64 {
    /// For each transaction.
    const EACH: u64 = 1_000;
    /// What it takes to look at what so much gas did is less than this gas.
    const SHARE: u64 = 16;
    result.outcomes.len() as u64 * EACH + result.gas_used() / SHARE
}

/// A run in numbers, where nobody asks for the rest of its report.
pub fn summary(run: &Run<'_>) -> Result<Summary, Stopped> {
    let steps = run.control.on_the_way();
    let patience = patience(&run.truth.result);
    steps.next(patience)?;
    let graph = run.graph();
    steps.next(patience)?;
    let paths = graph.paths(|_, _| false);
    steps.next(patience)?;
    Ok(numbers(run, &graph, &paths, &columns::lanes(run)))
}

/// The report of a run.
pub fn report(run: &Run<'_>) -> Result<Report, Stopped> {
    let steps = run.control.on_the_way();
    let patience = patience(&run.truth.result);
    let next = || steps.next(patience);
    next()?;
    let known = Known::new(run.batch, run.block, &run.ran.result, run.contracts);
    next()?;
    let names = Names::new(&known, run.contracts, run.preimages);
    next()?;
    let graph = run.graph();
    next()?;
    let paths = graph.paths(|_, _| false);
    next()?;
    let loss = Loss::new(&graph, run.options.workers);
    next()?;
    let locations = Locations::new(run, &graph, &paths, &loss, &names)?;
    next()?;
    let lanes = columns::lanes(run);
    let summary = numbers(run, &graph, &paths, &lanes);
    next()?;
    let times = latency::times(&run.ran.trace, &run.ran.finals);
    let txs = columns::txs(run, &paths, &names, &times);
    next()?;
    let ended = aborts::ended(&run.ran.trace);
    let contention = contention(run, &graph, &paths, loss, &txs.incarnations);
    next()?;
    let contracts = contention.contracts(|address| names.account(address));
    let functions = contention.functions(|address| names.account(address));
    next()?;
    let shards = run.homes.map(|homes| shards::facts(run, homes));
    let spans = columns::spans(run, &locations);
    next()?;
    let logs = decoded::logs(run, &names);
    next()?;
    let dependencies = columns::dependencies(&graph, &paths, &locations);
    next()?;
    let accesses = columns::accesses(run, &names, &locations);
    next()?;
    let events = events::events(&run.ran.trace, &ended, |version| run.is_final(version));
    next()?;
    Ok(Report {
        version: VERSION,
        title: run.batch.title.clone(),
        description: run.batch.description.clone(),
        verdict: verdict::verdict(&summary, &locations, &paths.critical().1, shards.as_ref()),
        bounds: run.truth.bounds.clone(),
        latency: latency::latency(&times),
        shards,
        lanes,
        spans,
        contracts,
        functions,
        txs,
        logs,
        dependencies,
        accesses,
        aborts: columns::aborts(&ended, &locations),
        events,
        locations: locations.facts,
        watches: views::watches(run),
        expectations: views::expectations(run),
        faults: faults::faults(run.options, &run.ran.trace, summary.clock),
        summary,
    })
}

/// What contention is told of a run.
fn contention<'a>(
    run: &Run<'a>,
    graph: &'a Graph,
    paths: &Paths,
    loss: Loss,
    incarnations: &[u32],
) -> contention::Block<'a> {
    let finals = run.ran.finals.iter().map(|(_, executed)| executed);
    let called: Vec<Option<Address>> = (run.block.txs.iter().zip(finals.clone()))
        .map(|(tx, executed)| tx.kind.into_to().filter(|to| is_contract(executed, *to)))
        .collect();
    let labels = run.batch.transactions.iter().map(|tx| tx.label.as_str());
    let used = finals.zip(&called).map(|(executed, called)| {
        let slots = executed.reads.slots.iter().map(|read| read.address);
        slots.chain(*called).collect()
    });
    contention::Block {
        used: used.collect(),
        calls: called.iter().copied().zip(labels).collect(),
        incarnations: incarnations.to_vec(),
        lost: contention::lost(&run.ran.trace, |version| run.is_final(version)),
        graph,
        critical: paths.critical().1,
        loss,
    }
}

/// Had `address` code when `executed` called it?
fn is_contract(executed: &Executed, address: Address) -> bool {
    let mut read = executed.reads.accounts.iter();
    read.any(|read| read.address == address && read.has_code)
}

fn numbers(run: &Run<'_>, graph: &Graph, paths: &Paths, lanes: &crate::report::Lanes) -> Summary {
    let Run {
        block,
        options,
        ran,
        truth,
        ..
    } = run;
    let sums = run.sums(&ran.trace);
    let count = |wanted: fn(&Outcome) -> bool| {
        ran.result
            .outcomes
            .iter()
            .filter(|outcome| wanted(outcome))
            .count() as u32
    };
    let is_success = |outcome: &Outcome| matches!(outcome, Outcome::Executed(receipt) if receipt.status == Status::Success);
    let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
    let succeeded = count(is_success);
    let transactions = block.txs.len() as u32;

    let gas_used = graph.total_gas();
    let (clock, makespan, oracle_time) = match (run.wall, run.alone) {
        (Some(wall), _) => (Clock::Wall, wall.strategy, wall.oracle),
        (None, Some(alone)) => (Clock::Virtual, ran.trace.makespan, alone.total),
        (None, None) => (Clock::Gas, ran.trace.makespan, gas_used),
    };
    let per_second = |amount: f64| {
        let wall = run.wall.filter(|wall| wall.strategy > 0.0)?;
        Some(amount / wall.strategy * 1e6)
    };
    let busy: f64 = lanes.useful.iter().sum();
    let traced = ran.trace.makespan * f64::from(options.workers);
    let critical_path_bound = paths.bound(gas_used);
    let (digest, oracle_digest) = (ran.result.digest(), truth.digest);
    let matches = digest == oracle_digest;
    let is_whole = run.partial.is_none();
    let state_root = truth.state_root.filter(|_| matches && is_whole);
    let receipts_root = ran.result.receipts_root(block.spec);
    let receipts_root = receipts_root.filter(|_| is_whole);
    Summary {
        strategy: options.strategy.clone(),
        runner: match options.runner {
            RunnerKind::Threads => "threads".into(),
            RunnerKind::Simulated => "simulated".into(),
        },
        workers: options.workers,
        seed: options.seed,
        clock,
        overhead: overhead(options, clock),
        list: run.list,
        hardfork: <&str>::from(block.spec).into(),
        transactions,
        partial: run.partial,
        succeeded,
        failed: transactions - succeeded - skipped,
        skipped,
        gas_used,
        receipts_root: receipts_root.map(|root| root.to_string()),
        state_root: state_root.map(|root| root.to_string()),
        digest: digest.to_string(),
        oracle_digest: oracle_digest.to_string(),
        matches,
        difference: ran.result.first_difference(&truth.result).map(Into::into),
        expected: run.expected.cloned(),
        unmet: run.looked.unmet(run.batch).count() as u32,
        aborts: sums.aborts,
        blocked: sums.blocked,
        cancelled: sums.cancelled,
        fallbacks: sums.fallbacks,
        incarnations: sums.incarnations,
        validations: sums.validations,
        makespan,
        preparation: run.preparation,
        oracle_time,
        speedup: if makespan > 0.0 {
            oracle_time / makespan
        } else {
            1.0
        },
        tx_per_second: per_second(f64::from(transactions)),
        gas_per_second: per_second(gas_used),
        wall: run.wall.map(|wall| wall.spread.clone()),
        wasted_gas: sums.wasted_gas,
        utilisation: if traced > 0.0 { busy / traced } else { 0.0 },
        critical_path_gas: paths.critical_gas,
        critical_path_bound,
        ideal_speedup: match run.list {
            // Nobody waits for what the list declares, and one transaction has one worker.
            Some(_) => loss::best(graph, options.workers),
            None => critical_path_bound.min(f64::from(options.workers)),
        },
        truncated: ran.trace.truncated,
        recovery: faults::recovery(options, &ran.trace),
    }
}

/// What the simulated runner took the machinery to cost.
fn overhead(options: &RunOptions, clock: Clock) -> Option<OverheadUsed> {
    let unit = match clock {
        Clock::Wall => return None,
        Clock::Gas => GAS_PER_MICROSECOND,
        Clock::Virtual => 1.0,
    };
    let used = options.overhead().expect("it was looked at before the run");
    let (names, value): (Vec<Parameter>, _) = used.values().unzip();
    Some(OverheadUsed {
        unit,
        name: names.into_iter().map(|it| it.name().into()).collect(),
        value,
    })
}
