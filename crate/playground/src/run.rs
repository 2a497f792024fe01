//! A run, from a batch to its report.
//!
//! It only plugs the parts together. Every result is compared with the oracle's, also those of runs
//! made for timing alone.

use std::{collections::BTreeMap, ops::ControlFlow};

use interleave_engine::{
    access_list::{AccessList, Verification},
    block::{Block, TxIdx},
    hints::Hints,
    memory::{Executed, Follow, MvMemory, Version},
    oracle,
    outcome::BlockResult,
    runner::{
        Control, Phase, RunError,
        costs::{Costs, Overhead},
        schedule::Order,
        simulated,
        threads::{self, Crew, Now, Threads},
    },
    strategy::{
        self, Entry, Hope, Needs, Plan, Sees,
        shards::{self, Assignment},
    },
    switches::{Balances, FeeCredit, Nonces, Switches, Unit},
    trace::Trace,
    vm::{self, Vm, preimages::Preimages, sites::Question},
};

use revm::context::TxEnv;

use crate::{
    analysis::{self, Truth, Wall, ideal},
    batch::{self, Batch, Expectations, Problem, limits, view::Looked},
    contracts::Contracts,
    report::{
        Bound, ConflictUnit, CostModel, HintSource, ListSource, ListUsed, RunOptions, RunResult,
        RunnerKind, Summary, WallSpread,
    },
};
use alone::Alone;

pub mod alone;

/// Virtual workers of the simulated runner at the most.
pub const MAX_SIMULATED_WORKERS: u32 = 1_024;
/// Timed runs on threads at the most.
const TIMED_RUNS: usize = 5;
/// No further timed run is begun after this many microseconds.
const TIMING_BUDGET: f64 = 1_500_000.0;

/// What the engine is handed by whoever hosts it.
#[derive(Clone, Copy)]
pub struct Machine<'a> {
    /// Real workers.
    pub threads: &'a dyn Threads,
    /// The clock.
    pub now: Now<'a>,
    /// Progress out, stop in.
    pub control: &'a Control,
}

/// What a run came to, before anything is made of it.
#[derive(Debug)]
pub struct Ran {
    /// Outcomes and changes.
    pub result: BlockResult,
    /// The committed incarnation of each transaction, in block order.
    pub finals: Vec<(Version, Executed)>,
    /// What happened when.
    pub trace: Trace,
}

/// How the run looks at conflicts.
///
/// A list declares values, not conflicts: replaying it, neither unit nor fees make a difference.
fn switches(strategy: &Entry, options: &RunOptions) -> Switches {
    if strategy.needs == Needs::List {
        return Switches::default();
    }
    Switches {
        unit: match options.unit {
            ConflictUnit::Account => Unit::Account,
            ConflictUnit::Split => Unit::Split,
        },
        fees: match options.deferred_fees {
            true => FeeCredit::Deferred,
            false => FeeCredit::InPlace,
        },
        balances: match options.commutative_balances {
            true => Balances::Commutative,
            false => Balances::Plain,
        },
        nonces: match options.expected_nonces {
            true => Nonces::Expected,
            false => Nonces::Read,
        },
    }
}

/// What a run is given beforehand.
#[derive(Debug, Default)]
pub struct Prepared {
    hints: Hints,
    shards: Assignment,
    list: Option<Declared>,
    /// What finding that out took, on the clock of the run.
    pub(crate) time: f64,
    /// What transactions take alone, where the simulated runner's clock counts that.
    alone: Option<Alone>,
}

/// A block access list, and what is to be found in it beside what transactions do.
#[derive(Debug)]
struct Declared {
    list: AccessList,
    source: ListSource,
    /// Of the steps before and after the transactions.
    around: AccessList,
}

impl Prepared {
    /// A list that was given, and that may be false; `around` is what the steps around the
    /// transactions add to a true one.
    pub fn given(list: AccessList, around: AccessList) -> Self {
        Self {
            list: Some(Declared {
                list,
                source: ListSource::Given,
                around,
            }),
            ..Self::default()
        }
    }

    /// What `strategy` needs to run `block`.
    pub fn new(block: &Block, strategy: &Entry, options: &RunOptions, now: Now<'_>) -> Self {
        let start = now();
        let switches = switches(strategy, options);
        let mut list = None;
        let hints = match (strategy.needs, options.hints) {
            (Needs::Nothing, _) => return Self::default(),
            (Needs::List, _) => {
                let finals = in_order(block, switches);
                list = Some(Declared {
                    list: AccessList::of(block, &finals),
                    source: ListSource::Made,
                    around: AccessList::default(),
                });
                let gas = finals
                    .iter()
                    .map(|(_, executed)| executed.outcome.gas_used());
                Hints {
                    txs: Vec::new(),
                    gas: gas.sum(),
                }
            }
            (Needs::Hints, HintSource::DryRun) => Hints::dry_run(block, switches),
            (Needs::Hints, HintSource::AccessLists) => Hints::declared(block, switches),
            (Needs::Hints, HintSource::Script) => Hints::written(block, switches),
            (Needs::Hints, HintSource::Perfect) => {
                Hints::perfect(block, &in_order(block, switches))
            }
        };
        let time = match options.runner {
            RunnerKind::Threads => now() - start,
            RunnerKind::Simulated => hints.gas as f64,
        };
        let shards = Assignment {
            count: options.shards,
            accounts: block.advice.shards.clone(),
        };
        Self {
            hints,
            shards,
            list,
            time,
            alone: None,
        }
    }

    /// The same for a simulated run whose clock counts what transactions take alone, not gas.
    pub fn timed(mut self, alone: Alone) -> Self {
        self.time *= alone.total / alone.gas().max(1.0);
        self.alone = Some(alone);
        self
    }

    fn list_used(&self) -> Option<ListUsed> {
        self.list.as_ref().map(|declared| ListUsed {
            source: declared.source,
            values: declared.list.changes.len() as u32,
        })
    }

    fn costs(&self, overhead: Overhead, seed: u32) -> Costs<'_> {
        match &self.alone {
            Some(alone) => Costs::measured(&alone.times, overhead, seed),
            None => Costs::gas(overhead, seed),
        }
    }
}

/// The access list of a block's transactions, found by executing them in order.
pub fn access_list(block: &Block) -> AccessList {
    AccessList::of(block, &in_order(block, Switches::default()))
}

/// The access list of a batch, whose block this is: of its transactions and of the steps around them.
pub fn whole_access_list(batch: &Batch, block: &Block) -> AccessList {
    let mut list = access_list(block);
    list.join(&batch.around(block, &oracle::result(block)));
    list
}

/// What the source of `batch` expects of its block, compared with `result`; none where it expects nothing.
///
/// Where that does not hold, what transactions read beyond a partial prestate is said too.
pub fn expectations(batch: &Batch, block: &Block, result: &BlockResult) -> Option<Expectations> {
    let mut found = batch.expectations(block, result)?;
    if !found.unmet.is_empty()
        && let Some(listed) = &batch.listed
    {
        let finals = in_order(block, Switches::default());
        found
            .unmet
            .extend(listed.beyond(&batch.prestate, &block.txs, &finals));
    }
    Some(found)
}

/// What the source or the script of `batch` expects and `result` does not come to, each in a sentence.
pub fn unmet(
    batch: &Batch,
    block: &Block,
    result: &BlockResult,
    contracts: &Contracts,
) -> Vec<String> {
    let mut unmet = expectations(batch, block, result).map_or_else(Vec::new, |it| it.unmet);
    let post = || batch.post_state(block, result);
    let looked = Looked::new(batch, block, post, contracts);
    unmet.extend(looked.unmet(batch).map(|problem| problem.message));
    unmet
}

/// What one worker reads and writes that executes the block in order.
fn in_order(block: &Block, switches: Switches) -> Vec<(Version, Executed)> {
    let memory = MvMemory::new(block, switches, Follow::Nobody);
    let idle = TxEnv::default();
    let mut vm = Vm::new(block, &memory, &idle);
    for tx in (0..block.txs.len() as u32).map(TxIdx) {
        let version = Version { tx, incarnation: 0 };
        match vm.execute(version, Sees::Lower) {
            vm::Run::Executed(mut executed) => memory.record(version, &mut executed),
            vm::Run::Blocked { .. } | vm::Run::Cancelled { .. } => {
                unreachable!("everything below was executed")
            }
        };
    }
    drop(vm);
    memory.into_final().1
}

/// Runs `block` once under a strategy.
pub fn once(
    block: &Block,
    strategy: &Entry,
    prepared: &Prepared,
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<Ran, RunError> {
    ordered(block, strategy, prepared, options, machine, &Order::Free)
}

/// The same, with the workers of a run on threads in this order.
pub fn ordered(
    block: &Block,
    strategy: &Entry,
    prepared: &Prepared,
    options: &RunOptions,
    machine: &Machine<'_>,
    order: &Order,
) -> Result<Ran, RunError> {
    let switches = switches(strategy, options);
    let start = (machine.now)();
    let declared = prepared.list.as_ref();
    let memory = match declared {
        Some(declared) => MvMemory::declared(block, switches, &declared.list),
        None => MvMemory::new(block, switches, strategy.follow),
    };
    let verification = declared.map(|it| Verification::new(block, &it.list, &it.around));
    let workers = options.workers;
    let strategy = (strategy.build)(Plan {
        block,
        workers,
        hope: match options.runner {
            RunnerKind::Simulated => Hope::Unbounded,
            RunnerKind::Threads => Hope::Measured,
        },
        hints: &prepared.hints,
        shards: &prepared.shards,
        verification: verification.as_ref(),
    });
    let trace = match options.runner {
        RunnerKind::Simulated => {
            let overhead = options.overhead().map_err(RunError::Overhead)?;
            let costs = prepared.costs(overhead, options.seed);
            simulated::run(block, &*strategy, &memory, workers, costs, machine.control)
        }
        RunnerKind::Threads => {
            let crew = Crew {
                workers,
                threads: machine.threads,
                now: machine.now,
                start,
                control: machine.control,
                order,
            };
            threads::run(block, &*strategy, &memory, &crew)
        }
    }?;
    let holds = verification.as_ref().is_none_or(Verification::holds);
    let (result, finals) = memory.into_final();
    if let Some(Declared { list, around, .. }) = declared.filter(|_| !holds) {
        list.verify(block, around, &finals)?;
    }
    Ok(Ran {
        result,
        finals,
        trace,
    })
}

/// Lowers `batch`, runs it as `options` say, compares it with the oracle and reports.
///
/// A worker that fails is an `Err`; all that is wrong with batch or options is in the result.
pub fn run(
    batch: &Batch,
    contracts: &Contracts,
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<RunResult, RunError> {
    reported(batch, contracts, options, machine, &in_turn)
}

/// Executes oracle and strategy, and says what they came to and took.
type Measure<'a> = dyn Fn(&Given<'_>, &Machine<'_>) -> Result<Measured, RunError> + 'a;

/// What is to be run.
pub(crate) struct Given<'a> {
    pub(crate) block: &'a Block,
    pub(crate) strategy: &'static Entry,
    pub(crate) prepared: &'a Prepared,
    pub(crate) options: &'a RunOptions,
}

/// Prepares a run, has it measured, and reports.
pub(crate) fn reported(
    batch: &Batch,
    contracts: &Contracts,
    options: &RunOptions,
    machine: &Machine<'_>,
    measure: &Measure<'_>,
) -> Result<RunResult, RunError> {
    let strategy = match checked(options, machine) {
        Ok(strategy) => strategy,
        Err(problem) => {
            return Ok(RunResult::Problems {
                problems: vec![problem],
            });
        }
    };
    if let Some(problems) = misplaced(batch, strategy, options) {
        return Ok(RunResult::Problems { problems });
    }
    machine.control.begin(Phase::Reading, 0);
    let block = match batch::lower(batch, contracts) {
        Ok(block) => block,
        Err(problems) => return Ok(RunResult::Problems { problems }),
    };
    let mut oracle = Oracle::default();
    let prepared = match prepared(batch, &block, strategy, options, machine, &mut oracle) {
        Ok(prepared) => prepared,
        Err(RunError::Stopped) => return Ok(RunResult::Stopped),
        Err(failed) => return Err(failed),
    };
    let given = Given {
        block: &block,
        strategy,
        prepared: &prepared,
        options,
    };
    let measured = match measure(&given, machine) {
        Ok(measured) => measured,
        Err(RunError::Stopped) => return Ok(RunResult::Stopped),
        Err(failed) => return Err(failed),
    };
    machine.control.begin(Phase::Analysis, 0);
    let Measured {
        ran,
        truth,
        preparation,
        wall,
    } = measured;
    if let Err(problem) = batch::room(batch, &block, &truth) {
        return Ok(RunResult::Problems {
            problems: vec![problem],
        });
    }
    let expected = expectations(batch, &block, &ran.result);
    let truth = of_block(batch, &block, truth);
    let switches = switches(strategy, options);
    let (preimages, memory) = match batch.contracts.is_empty() {
        true => (Preimages::default(), None),
        false => {
            let memory = MvMemory::executed(&block, switches, &ran.finals);
            (
                vm::preimages::of(&block, &memory, &ran.finals),
                Some(memory),
            )
        }
    };
    let sites = |questions: &[Question]| match &memory {
        Some(memory) => vm::sites::of(&block, memory, questions),
        None => Vec::new(),
    };
    let post = || batch.post_state(&block, &ran.result);
    let looked = Looked::new(batch, &block, post, contracts);
    let homes = (strategy.id == shards::ENTRY.id).then(|| prepared.shards.homes(&prepared.hints));
    let report = analysis::report(&analysis::Run {
        batch,
        block: &block,
        contracts,
        preimages: &preimages,
        sites: &sites,
        options,
        ran: &ran,
        switches,
        truth: &truth,
        expected: expected.as_ref(),
        wall: wall.as_ref(),
        list: prepared.list_used(),
        homes: homes.as_deref(),
        preparation,
        alone: prepared.alone.as_ref(),
        looked: &looked,
    });
    Ok(RunResult::Report {
        report: Box::new(report),
        problems: looked.unmet(batch).collect(),
    })
}

/// Accounts that the script puts in shards which this run does not have; none where all is well.
pub(crate) fn misplaced(
    batch: &Batch,
    strategy: &Entry,
    options: &RunOptions,
) -> Option<Vec<Problem>> {
    if strategy.id != shards::ENTRY.id {
        return None;
    }
    let has = options.shards;
    let beyond = batch.shards.iter().filter(|(_, (shard, _))| *shard >= has);
    // One call of the verb may place many.
    let mut calls = BTreeMap::new();
    for (_, (shard, place)) in beyond {
        let most = calls.entry(*place).or_insert(*shard);
        *most = (*most).max(*shard);
    }
    let problems = calls.into_iter().map(|(place, shard)| Problem {
        place,
        ..Problem::error(format!(
            "there is no shard {shard}: this run has {has}, from 0 to {}; choose at least {} shards",
            has - 1,
            shard + 1
        ))
    });
    let problems: Vec<_> = problems.take(limits::PROBLEMS).collect();
    (!problems.is_empty()).then_some(problems)
}

/// What several runs of one block came to.
pub(crate) struct Summaries {
    /// What the block's dependencies allow.
    pub bounds: Vec<Bound>,
    /// One row a run.
    pub runs: Vec<Summary>,
    /// What the script expects and the block does not come to.
    pub unmet: Vec<Problem>,
}

/// Runs `block` in all these ways, which [`checked`] allows, and sums up each.
///
/// Sequential execution is timed in turn with the first on threads; those that follow each other and
/// differ in workers and seed alone share their preparation. What is expected is compared with
/// sequential execution, which each run is compared with.
pub(crate) fn summaries(
    batch: &Batch,
    block: &Block,
    contracts: &Contracts,
    runs: &[RunOptions],
    machine: &Machine<'_>,
) -> Result<Result<Summaries, Problem>, RunError> {
    let mut oracle = Oracle::default();
    oracle.once(block, RunnerKind::Simulated, machine)?;
    oracle.times.clear();
    if let Err(problem) = batch::room(batch, block, oracle.result()) {
        return Ok(Err(problem));
    }
    let truth = of_block(batch, block, oracle.result().clone());
    let expected = expectations(batch, block, &truth.result);
    let post = || batch.post_state(block, &truth.result);
    let looked = Looked::new(batch, block, post, contracts);
    let mut last: Option<(RunOptions, Prepared)> = None;
    let mut summaries = Vec::new();
    for options in runs {
        let strategy = strategy::find(&options.strategy).expect("it was looked at before");
        let alike = |last: &RunOptions| {
            let RunOptions { workers, seed, .. } = *options;
            let last = RunOptions {
                workers,
                seed,
                ..last.clone()
            };
            last == *options
        };
        let prepared = match last.take() {
            Some((last, prepared)) if alike(&last) => prepared,
            _ => prepared(batch, block, strategy, options, machine, &mut oracle)?,
        };
        let given = Given {
            block,
            strategy,
            prepared: &prepared,
            options,
        };
        let (ran, wall) = timed(&given, machine, &mut oracle)?;
        oracle.done |= options.runner == RunnerKind::Threads;
        summaries.push(analysis::summary(&analysis::Run {
            batch,
            block,
            contracts,
            preimages: &Preimages::default(),
            sites: &|_| Vec::new(),
            options,
            ran: &ran,
            switches: switches(strategy, options),
            truth: &truth,
            expected: expected.as_ref(),
            wall: wall.as_ref(),
            list: prepared.list_used(),
            homes: None,
            preparation: prepared.time,
            alone: prepared.alone.as_ref(),
            looked: &looked,
        }));
        last = Some((options.clone(), prepared));
    }
    let unmet = looked.unmet(batch).collect();
    Ok(Ok(Summaries {
        bounds: truth.bounds,
        runs: summaries,
        unmet,
    }))
}

/// What `strategy` is given beforehand: the list that the batch brings, or what is found out.
fn prepared(
    batch: &Batch,
    block: &Block,
    strategy: &Entry,
    options: &RunOptions,
    machine: &Machine<'_>,
    oracle: &mut Oracle,
) -> Result<Prepared, RunError> {
    let prepared = match (&batch.access_list, strategy.needs) {
        (Some(list), Needs::List) => {
            let around = batch.around(block, &oracle::result(block));
            Prepared::given(list.clone(), around)
        }
        _ => Prepared::new(block, strategy, options, machine.now),
    };
    match (options.runner, options.costs) {
        (RunnerKind::Simulated, CostModel::Measured) => {
            Ok(prepared.timed(oracle.alone(block, machine)?))
        }
        _ => Ok(prepared),
    }
}

/// What holds for a block, whatever strategy runs it.
fn of_block(batch: &Batch, block: &Block, result: BlockResult) -> Truth {
    Truth {
        digest: result.digest(),
        state_root: batch.state_root(block, &result),
        bounds: ideal::bounds(block, &in_order(block, ideal::APART)),
        result,
    }
}

/// The strategy, if the options make sense.
pub(crate) fn checked(
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<&'static Entry, Problem> {
    let strategy = strategy::find(&options.strategy).ok_or_else(|| {
        let known: Vec<_> = strategy::ALL.iter().map(|entry| entry.id).collect();
        Problem::error(format!(
            "there is no strategy `{}`; there are {}",
            options.strategy,
            known.join(", ")
        ))
    })?;
    let (most, of) = match options.runner {
        RunnerKind::Simulated => (MAX_SIMULATED_WORKERS, "virtual workers"),
        RunnerKind::Threads => (machine.threads.count(), "threads here"),
    };
    if options.workers == 0 || options.workers > most {
        let workers = options.workers;
        return Err(Problem::error(format!(
            "{workers} workers cannot be had: there are 1 to {most} {of}"
        )));
    }
    if !shards::COUNT.contains(&options.shards) {
        let (fewest, most) = (shards::COUNT.start(), shards::COUNT.end());
        return Err(Problem::error(format!(
            "{} shards cannot be had: there are {fewest} to {most}",
            options.shards
        )));
    }
    options.overhead().map_err(Problem::error)?;
    Ok(strategy)
}

/// Sequential execution of a block: what it came to, and what it took each time.
#[derive(Default)]
struct Oracle {
    result: Option<BlockResult>,
    times: Vec<f64>,
    /// It is not timed any more.
    done: bool,
    /// What each transaction takes, once somebody wanted to know.
    alone: Option<Alone>,
}

impl Oracle {
    /// Executes it once more, if it was not executed yet, or is still timed and `runner` takes times.
    fn once(
        &mut self,
        block: &Block,
        runner: RunnerKind,
        machine: &Machine<'_>,
    ) -> Result<(), RunError> {
        let is_timed = runner == RunnerKind::Threads && !self.done;
        if self.result.is_none() || is_timed {
            let start = (machine.now)();
            let executed = oracle_once(block, machine.control)?;
            self.times.push((machine.now)() - start);
            self.result.get_or_insert_with(|| executed.result());
        }
        Ok(())
    }

    /// What each transaction takes alone; measured once, so that runs side by side are alike.
    fn alone(&mut self, block: &Block, machine: &Machine<'_>) -> Result<Alone, RunError> {
        let alone = match self.alone.take() {
            Some(alone) => alone,
            None => alone::measure(block, machine)?,
        };
        Ok(self.alone.insert(alone).clone())
    }

    fn result(&self) -> &BlockResult {
        self.result
            .as_ref()
            .expect("it was executed before any strategy")
    }

    /// The times of the oracle and of a strategy's runs, both in order.
    fn wall(&self, strategy: &[f64]) -> Wall {
        let mut oracle = self.times.clone();
        oracle.sort_by(f64::total_cmp);
        Wall {
            oracle: oracle[oracle.len() / 2],
            strategy: strategy[strategy.len() / 2],
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

/// The run that is reported, and what it is compared with.
pub(crate) struct Measured {
    pub(crate) ran: Ran,
    pub(crate) truth: BlockResult,
    /// What preparing took.
    pub(crate) preparation: f64,
    pub(crate) wall: Option<Wall>,
}

/// Executes the oracle and the strategy, in turn where both are timed.
fn in_turn(given: &Given<'_>, machine: &Machine<'_>) -> Result<Measured, RunError> {
    let mut oracle = Oracle::default();
    let (ran, wall) = timed(given, machine, &mut oracle)?;
    Ok(Measured {
        ran,
        truth: oracle.result().clone(),
        preparation: given.prepared.time,
        wall,
    })
}

/// Executes the strategy: once in virtual time, several times in wall time, in turn with the oracle
/// where that is still timed. Gives the median run.
fn timed(
    given: &Given<'_>,
    machine: &Machine<'_>,
    oracle: &mut Oracle,
) -> Result<(Ran, Option<Wall>), RunError> {
    let Given {
        block,
        strategy,
        prepared,
        options,
    } = *given;
    let now = machine.now;
    let began = now();
    let mut runs: Vec<Ran> = Vec::new();
    loop {
        oracle.once(block, options.runner, machine)?;
        machine.control.begin(Phase::Strategy, block.txs.len());
        let ran = once(block, strategy, prepared, options, machine)?;
        if ran.result.first_difference(oracle.result()).is_some() {
            // The one that matters.
            runs = vec![ran];
            break;
        }
        runs.push(ran);
        let enough = runs.len() == TIMED_RUNS || now() - began > TIMING_BUDGET;
        if options.runner == RunnerKind::Simulated || enough {
            break;
        }
    }
    runs.sort_by(|a, b| a.trace.makespan.total_cmp(&b.trace.makespan));
    let times: Vec<f64> = runs.iter().map(|ran| ran.trace.makespan).collect();
    let wall = (options.runner == RunnerKind::Threads).then(|| oracle.wall(&times));
    Ok((runs.swap_remove(times.len() / 2), wall))
}

pub(crate) fn oracle_once<'b>(
    block: &'b Block,
    control: &Control,
) -> Result<oracle::Executed<'b>, RunError> {
    control.begin(Phase::Oracle, block.txs.len());
    let mut watch = |tx: TxIdx| {
        control.committed(tx.0);
        if control.stopped() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    oracle::execute(block, &mut watch).ok_or(RunError::Stopped)
}
