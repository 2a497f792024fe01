//! The faults of a run, from what a person wanted to what its runner does.

use interleave_engine::{
    block::{Block, TxIdx},
    runner::faults::Fault as Strike,
    strategy::{Entry, WorkerId, shards},
};

use super::Prepared;
use crate::{
    limits,
    report::{Fault, RunOptions},
};

/// What is wrong with the faults of a run, as far as that can be told without its block.
pub(super) fn problem(options: &RunOptions, strategy: &Entry) -> Option<String> {
    let faults = &options.faults;
    if faults.len() > limits::FAULTS {
        let many = faults.len();
        return Some(format!(
            "{many} faults are too many: {} is the most",
            limits::FAULTS
        ));
    }
    let drops = |fault: &&Fault| matches!(fault, Fault::Drop { .. });
    if strategy.id != shards::ENTRY.id && faults.iter().find(drops).is_some() {
        return Some(
            "a shard can only be dropped where there are some: choose the strategy `shards`".into(),
        );
    }
    let mut problems = faults
        .iter()
        .filter_map(|fault| fault.problem(options.workers, options.shards));
    problems.next()
}

/// The same faults as the runner takes them, or what is wrong with them in this block.
pub(super) fn lowered(
    options: &RunOptions,
    block: &Block,
    prepared: &Prepared<'_>,
) -> Result<Vec<Strike>, String> {
    let strike = |fault: &Fault| {
        Ok(match *fault {
            Fault::Fail { worker, after } => Strike::Fail {
                worker: WorkerId(worker),
                after,
            },
            Fault::Pause {
                worker,
                after,
                time,
            } => Strike::Pause {
                worker: WorkerId(worker),
                after,
                time,
            },
            Fault::Slow { worker, factor } => Strike::Slow {
                worker: WorkerId(worker),
                factor,
            },
            Fault::Panic { tx, .. } if tx as usize >= block.txs.len() => {
                let has = block.txs.len();
                return Err(format!(
                    "transaction {tx} cannot panic: the block has {has}, counted from 0"
                ));
            }
            Fault::Panic { tx, times } => Strike::Panic {
                tx: TxIdx(tx),
                times,
            },
            Fault::Drop { shard, after } => {
                let homes = prepared.shards.homes(&prepared.hints, block.txs.len());
                let own = (0..).zip(homes).filter(|(_, home)| *home == Some(shard));
                let own: Vec<u32> = own.map(|(tx, _)| tx).collect();
                let tx = own.get(after as usize).ok_or_else(|| {
                    format!(
                        "shard {shard} cannot be dropped after {after} transactions: it has {} of its own",
                        own.len()
                    )
                })?;
                Strike::FailAt { tx: TxIdx(*tx) }
            }
        })
    };
    options.faults.iter().map(strike).collect()
}
