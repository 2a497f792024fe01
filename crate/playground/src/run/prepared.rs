//! What a run is given beforehand: hints, a block access list, shards, times.
//!
//! Finding it out is preparation, and never part of a run's time.

use interleave_engine::{
    access_list::{AccessList, Declarations},
    block::{Block, TxIdx},
    hints::Hints,
    memory::{Executed, Follow, MvMemory, Version},
    oracle,
    runner::{
        Control, RunError, Stopped,
        costs::{Costs, Overhead},
        threads::Now,
    },
    strategy::{Entry, Needs, Sees, shards::Assignment},
    switches::{Balances, FeeCredit, Nonces, Switches, Unit},
    vm::{self, Vm},
};
use revm::context::TxEnv;

use super::{Machine, alone::Alone, oracle_once, timed::Oracle};
use crate::{
    batch::Batch,
    report::{ConflictUnit, CostModel, HintSource, ListSource, ListUsed, RunOptions, RunnerKind},
};

/// Of a control that is handed to nobody else.
pub(super) const NOBODY_STOPS: &str = "nobody stops what nobody watches";

/// What a run is given beforehand.
#[derive(Debug, Default)]
pub struct Prepared<'b> {
    pub(super) hints: Hints,
    pub(super) shards: Assignment,
    pub(super) list: Option<Declared<'b>>,
    /// What finding that out took, on the clock of the run.
    pub(crate) time: f64,
    /// What transactions take alone, where the simulated runner's clock counts that.
    pub(super) alone: Option<Alone>,
}

/// A block access list, and what is to be found in it beside what transactions do.
#[derive(Debug)]
pub(super) struct Declared<'b> {
    pub(super) list: AccessList,
    source: ListSource,
    /// The same by index and by location.
    pub(super) declarations: Declarations<'b>,
    /// Of the steps before and after the transactions.
    pub(super) around: AccessList,
}

impl<'b> Declared<'b> {
    fn new(block: &'b Block, list: AccessList, around: AccessList, source: ListSource) -> Self {
        Self {
            declarations: Declarations::new(block, &list),
            list,
            source,
            around,
        }
    }
}

impl<'b> Prepared<'b> {
    /// A list that was given, and that may be false; `around` is what the steps around the
    /// transactions add to a true one.
    pub fn given(block: &'b Block, list: AccessList, around: AccessList) -> Self {
        Self {
            list: Some(Declared::new(block, list, around, ListSource::Given)),
            ..Self::default()
        }
    }

    /// What `strategy` needs to run `block`.
    pub fn new(block: &'b Block, strategy: &Entry, options: &RunOptions, now: Now<'_>) -> Self {
        Self::watched(block, strategy, options, now, &Control::default()).expect(NOBODY_STOPS)
    }

    /// The same while somebody watches, who may want it to stop.
    pub(super) fn watched(
        block: &'b Block,
        strategy: &Entry,
        options: &RunOptions,
        now: Now<'_>,
        control: &Control,
    ) -> Result<Self, Stopped> {
        let start = now();
        let switches = switches(strategy, options);
        let mut list = None;
        let hints = match (strategy.needs, options.hints) {
            (Needs::Nothing, _) => return Ok(Self::default()),
            (Needs::List, _) => {
                let finals = in_order(block, switches, control)?;
                let made = AccessList::of(block, &finals);
                let around = AccessList::default();
                list = Some(Declared::new(block, made, around, ListSource::Made));
                let gas = finals
                    .iter()
                    .map(|(_, executed)| executed.outcome.gas_used());
                Hints {
                    txs: Vec::new(),
                    gas: gas.sum(),
                }
            }
            (Needs::Hints, HintSource::DryRun) => Hints::dry_run(block, switches, control)?,
            (Needs::Hints, HintSource::AccessLists) => Hints::declared(block, switches),
            (Needs::Hints, HintSource::Script) => Hints::written(block, switches),
            (Needs::Hints, HintSource::Perfect) => {
                Hints::perfect(block, &in_order(block, switches, control)?)
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
        Ok(Self {
            hints,
            shards,
            list,
            time,
            alone: None,
        })
    }

    /// The same for a simulated run whose clock counts what transactions take alone, not gas.
    pub fn timed(mut self, alone: Alone) -> Self {
        self.time *= alone.total / alone.gas().max(1.0);
        self.alone = Some(alone);
        self
    }

    pub(super) fn list_used(&self) -> Option<ListUsed> {
        self.list.as_ref().map(|declared| ListUsed {
            source: declared.source,
            values: declared.list.changes.len() as u32,
        })
    }

    pub(super) fn costs(&self, overhead: Overhead, seed: u32) -> Costs<'_> {
        match &self.alone {
            Some(alone) => Costs::measured(&alone.times, overhead, seed),
            None => Costs::gas(overhead, seed),
        }
    }
}

/// The access list of a block's transactions, found by executing them in order.
pub fn access_list(block: &Block) -> AccessList {
    access_list_watched(block, &Control::default()).expect(NOBODY_STOPS)
}

fn access_list_watched(block: &Block, control: &Control) -> Result<AccessList, Stopped> {
    let finals = in_order(block, Switches::default(), control)?;
    Ok(AccessList::of(block, &finals))
}

/// The access list of a batch, whose block this is: of its transactions and of the steps around them.
pub fn whole_access_list(batch: &Batch, block: &Block) -> AccessList {
    let around = batch.around(block, &oracle::result(block));
    with_steps(block, &around, &Control::default()).expect(NOBODY_STOPS)
}

/// The access list of a block's transactions, with that of the steps around them.
fn with_steps(
    block: &Block,
    around: &AccessList,
    control: &Control,
) -> Result<AccessList, Stopped> {
    let mut list = access_list_watched(block, control)?;
    list.join(around);
    Ok(list)
}

/// What `strategy` is given beforehand: the list that the batch brings, or what is found out.
pub(super) fn prepared<'b>(
    batch: &Batch,
    block: &'b Block,
    strategy: &Entry,
    options: &RunOptions,
    machine: &Machine<'_>,
    oracle: &mut Oracle,
) -> Result<Prepared<'b>, RunError> {
    let prepared = untimed(batch, block, strategy, options, machine)?;
    match (options.runner, options.costs) {
        (RunnerKind::Simulated, CostModel::Measured) => {
            Ok(prepared.timed(oracle.alone(block, machine)?))
        }
        _ => Ok(prepared),
    }
}

/// The same without what each transaction takes alone, which runs on threads do not ask for.
pub(crate) fn untimed<'b>(
    batch: &Batch,
    block: &'b Block,
    strategy: &Entry,
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<Prepared<'b>, RunError> {
    let control = machine.control;
    let comes_with_one = batch.access_list.is_some() || !batch.list_changes.is_empty();
    if strategy.needs != Needs::List || !comes_with_one {
        return Ok(Prepared::watched(
            block,
            strategy,
            options,
            machine.now,
            control,
        )?);
    }
    let around = batch.around(block, &oracle_once(block, control)?.result());
    let mut list = match &batch.access_list {
        Some(list) => list.clone(),
        None => with_steps(block, &around, control)?,
    };
    for change in &batch.list_changes {
        change.apply(&mut list);
    }
    Ok(Prepared::given(block, list, around))
}

/// How the run looks at conflicts.
///
/// A list declares values, not conflicts: replaying it, neither unit nor fees make a difference.
pub(super) fn switches(strategy: &Entry, options: &RunOptions) -> Switches {
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

/// What one worker reads and writes that executes the block in order.
pub(super) fn in_order(
    block: &Block,
    switches: Switches,
    control: &Control,
) -> Result<Vec<(Version, Executed)>, Stopped> {
    let memory = MvMemory::new(block, switches, Follow::Nobody);
    each_in_order(block, &memory, control, |version, mut executed| {
        memory.record(version, &mut executed);
    })?;
    Ok(memory.into_final(TxIdx(block.txs.len() as u32)).1)
}

/// The same over a memory that has all values from the start.
pub(super) fn over_declared(
    block: &Block,
    memory: &MvMemory<'_>,
    control: &Control,
) -> Result<Vec<(Version, Executed)>, Stopped> {
    let mut finals = Vec::with_capacity(block.txs.len());
    each_in_order(block, memory, control, |version, executed| {
        finals.push((version, *executed));
    })?;
    Ok(finals)
}

fn each_in_order(
    block: &Block,
    memory: &MvMemory<'_>,
    control: &Control,
    mut take: impl FnMut(Version, Box<Executed>),
) -> Result<(), Stopped> {
    let steps = control.on_the_way();
    let idle = TxEnv::default();
    let mut vm = Vm::new(block, memory, &idle, control);
    for (tx, env) in (0..).map(TxIdx).zip(&block.txs) {
        steps.next(env.gas_limit)?;
        let version = Version { tx, incarnation: 0 };
        match vm.execute(version, Sees::Lower) {
            vm::Run::Executed(executed) => take(version, executed),
            vm::Run::Cancelled { .. } => return Err(Stopped),
            vm::Run::Blocked { .. } => unreachable!("everything below was executed"),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use interleave_engine::strategy;

    use super::*;
    use crate::{
        batch::{lower, script},
        contracts::Contracts,
    };

    #[test]
    fn whoever_watches_stops_all_preparation() {
        let script = "let a = account(\"a\"); transfer(a, a, 1); transfer(a, a, 1);";
        let (batch, _) = script::evaluate(script, &Contracts::default());
        let block = lower(&batch, &Contracts::default()).expect("it can run");
        let stopped = Control::default();
        stopped.stop();
        let needy = strategy::ALL.iter().filter(|it| it.needs != Needs::Nothing);
        for strategy in needy {
            for hints in [HintSource::DryRun, HintSource::Perfect] {
                let options = RunOptions {
                    hints,
                    ..RunOptions::default().under(strategy.id)
                };
                let made = Prepared::watched(&block, strategy, &options, &|| 0.0, &stopped);
                assert_eq!(made.err(), Some(Stopped), "{}, {hints:?}", strategy.id);
            }
        }
    }
}
