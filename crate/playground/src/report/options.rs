//! How to run a batch: what comes in from the page and the command line.

use std::collections::BTreeMap;

use interleave_engine::{
    runner::costs::{Overhead, Parameter},
    strategy::shards::{self, Assignment},
};
use serde::{Deserialize, Serialize};

use super::Fault;
use crate::limits;

/// How to run a batch; what the page and the CLI send.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunOptions {
    /// Strategy's id.
    pub strategy: String,
    /// Which runner.
    pub runner: RunnerKind,
    /// Workers: up to the pool's size on threads, up to the limit when simulated.
    pub workers: u32,
    /// Seed of the simulated runner's jitter; 0 is none.
    #[serde(default)]
    pub seed: u32,
    /// Where a strategy that needs hints gets them.
    #[serde(default)]
    pub hints: HintSource,
    /// What two transactions can conflict on.
    #[serde(default)]
    pub unit: ConflictUnit,
    /// Is the beneficiary paid when a transaction commits, rather than by the transaction itself?
    #[serde(default = "yes")]
    pub deferred_fees: bool,
    /// Are credits and debits of a balance sums, so that only who asks for it depends on others?
    #[serde(default)]
    pub commutative_balances: bool,
    /// Is a sender's next nonce assumed from the start, and validated like any read?
    #[serde(default)]
    pub expected_nonces: bool,
    /// How many shards the strategy of that name has: 2 to 64.
    #[serde(default = "shard_count")]
    pub shards: u32,
    /// What the simulated runner's clock counts.
    #[serde(default)]
    pub costs: CostModel,
    /// What the simulated runner's machinery costs, where it is not the default: by the
    /// parameter's name, in microseconds; `sharing` and `crowding` are shares.
    #[serde(default)]
    pub overhead: BTreeMap<String, f64>,
    /// What goes wrong on purpose.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

/// A file of compiled contracts: what a compiler or one of its tools wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ContractFile {
    /// Its name, perhaps with folders; a contract without a name takes it.
    pub name: String,
    /// What it holds.
    pub text: String,
}

fn yes() -> bool {
    true
}

/// How many shards there are if nobody says otherwise.
fn shard_count() -> u32 {
    Assignment::default().count
}

/// What two transactions can conflict on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ConflictUnit {
    /// A whole account, with all its storage.
    Account,
    /// Balance, nonce, code and existence of an account, and each storage slot, on their own.
    #[default]
    Split,
}

/// Where hints come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum HintSource {
    /// Each transaction is executed alone on the state before the block.
    #[default]
    DryRun,
    /// The transactions' own access lists, senders and receivers.
    AccessLists,
    /// What the script says that transactions read and write.
    Script,
    /// What sequential execution read and wrote.
    Perfect,
}

impl Default for RunOptions {
    /// What the page and the CLI begin with, on one worker.
    fn default() -> Self {
        Self {
            strategy: "block-stm".into(),
            runner: RunnerKind::Simulated,
            workers: 1,
            seed: 0,
            hints: HintSource::default(),
            unit: ConflictUnit::default(),
            deferred_fees: yes(),
            commutative_balances: false,
            expected_nonces: false,
            shards: shard_count(),
            costs: CostModel::default(),
            overhead: BTreeMap::new(),
            faults: Vec::new(),
        }
    }
}

impl RunOptions {
    /// The same under another strategy, with the faults that can strike there.
    pub fn under(&self, strategy: &str) -> Self {
        let mut options = self.clone();
        options.strategy = strategy.into();
        if strategy != shards::ENTRY.id {
            let drops = |fault: &Fault| matches!(fault, Fault::Drop { .. });
            options.faults.retain(|fault| !drops(fault));
        }
        options
    }

    /// What the simulated runner's machinery costs, or what is wrong with what was said of it.
    pub fn overhead(&self) -> Result<Overhead, String> {
        let mut overhead = match self.costs {
            CostModel::Gas => Overhead::WORK,
            CostModel::Measured => Overhead::MEASURED,
        };
        for (name, value) in &self.overhead {
            let known = Parameter::ALL.into_iter().find(|it| it.name() == name);
            let parameter = known.ok_or_else(|| {
                let names = Parameter::ALL.map(Parameter::name).join(", ");
                format!("there is no overhead `{name}`; there are {names}")
            })?;
            if !(0.0..=LONGEST).contains(value) {
                return Err(format!(
                    "the overhead `{name}` cannot be {value}: it is 0 to {LONGEST} microseconds"
                ));
            }
            overhead[parameter] = *value;
        }
        Ok(overhead)
    }
}

/// What a parameter of the overhead can be at the most.
const LONGEST: f64 = limits::OVERHEAD_MICROSECONDS as f64;

/// What the simulated runner's clock counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CostModel {
    /// Gas: the same on every machine.
    #[default]
    Gas,
    /// Microseconds: each transaction takes what it took alone, on this machine.
    Measured,
}

/// Which runner drives the strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RunnerKind {
    /// Real workers, measured time.
    Threads,
    /// Virtual workers, gas time.
    Simulated,
}
