//! How to run, as every command that runs something takes it.

use std::ops::RangeInclusive;

use clap::{Args, ValueEnum};
use interleave_engine::strategy::shards::{Assignment, COUNT};
use interleave_playground::report::{
    ConflictUnit, CostModel, Fault, HintSource, RunOptions, RunnerKind,
};

/// How to run, but for the strategy and the number of workers.
#[derive(Args)]
pub struct How {
    /// Real threads and measured time, or virtual workers and gas time.
    #[arg(long, value_enum, default_value = "threads")]
    runner: Runner,
    /// Varies the order in which virtual workers get their turns; 0 does not.
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// What the virtual workers' clock counts: gas, or what each transaction takes alone on this machine.
    #[arg(long, value_enum, default_value = "gas")]
    costs: Costs,
    /// What a part of the simulated machinery costs, in microseconds, instead of the default:
    /// start, arrive, wake, notify, task, read, write, validate, abort, declare, plan; or sharing and
    /// crowding, which are shares.
    #[arg(long, value_name = "PART=TIME", value_delimiter = ',', value_parser = part)]
    overhead: Vec<(String, f64)>,
    /// Something that goes wrong on purpose: fail:WORKER:AFTER, pause:WORKER:AFTER:TIME,
    /// slow:WORKER:FACTOR, panic:TX:TIMES or drop:SHARD:AFTER. May be given again.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// Where strategies that plan get to know what transactions will touch.
    #[arg(long, value_enum, default_value = "dry-run")]
    hints: Hints,
    /// How many shards the strategy of that name has.
    #[arg(long, default_value_t = Assignment::default().count, value_parser = clap::value_parser!(u32).range(shards()))]
    shards: u32,
    /// What two transactions can conflict on: whole accounts, or their fields and slots apart.
    #[arg(long, value_enum, default_value = "split")]
    unit: Unit,
    /// Let every transaction pay the beneficiary itself, rather than when it commits.
    #[arg(long)]
    fees_in_place: bool,
    /// Let credits and debits of a balance be sums, so that only who asks for it depends on others.
    #[arg(long)]
    commutative_balances: bool,
    /// Assume each sender's next nonce from the start.
    #[arg(long)]
    expected_nonces: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Runner {
    Threads,
    Simulated,
}

#[derive(Clone, Copy, ValueEnum)]
enum Hints {
    DryRun,
    AccessLists,
    Script,
    Perfect,
}

#[derive(Clone, Copy, ValueEnum)]
enum Costs {
    Gas,
    Measured,
}

/// A name and a number.
fn part(text: &str) -> Result<(String, f64), String> {
    let (name, value) = (text.split_once('=')).ok_or("it is not of the form PART=TIME")?;
    let value = value
        .parse()
        .map_err(|_| format!("{value} is not a number"))?;
    Ok((name.into(), value))
}

#[derive(Clone, Copy, ValueEnum)]
enum Unit {
    Split,
    Account,
}

/// How many shards there can be.
fn shards() -> RangeInclusive<i64> {
    i64::from(*COUNT.start())..=i64::from(*COUNT.end())
}

impl How {
    pub fn options(&self, strategy: &str, workers: u32) -> RunOptions {
        RunOptions {
            strategy: strategy.into(),
            runner: match self.runner {
                Runner::Threads => RunnerKind::Threads,
                Runner::Simulated => RunnerKind::Simulated,
            },
            workers,
            seed: self.seed,
            hints: match self.hints {
                Hints::DryRun => HintSource::DryRun,
                Hints::AccessLists => HintSource::AccessLists,
                Hints::Script => HintSource::Script,
                Hints::Perfect => HintSource::Perfect,
            },
            shards: self.shards,
            unit: match self.unit {
                Unit::Split => ConflictUnit::Split,
                Unit::Account => ConflictUnit::Account,
            },
            deferred_fees: !self.fees_in_place,
            commutative_balances: self.commutative_balances,
            expected_nonces: self.expected_nonces,
            costs: match self.costs {
                Costs::Gas => CostModel::Gas,
                Costs::Measured => CostModel::Measured,
            },
            overhead: self.overhead.iter().cloned().collect(),
            faults: self.fault.clone(),
        }
    }
}
