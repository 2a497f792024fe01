//! A list compared with what workers do, while they do it.
//!
//! Each worker compares its own transaction with what the list declares for it, so that comparing takes
//! part of the time of a run and is as parallel as the rest. What lower transactions left is taken
//! from the list: if every transaction holds, so did all that it relied on.
//! The rule: here it is only found whether the list holds; [`AccessList::verify`] says where it does not.

use std::collections::HashMap;

use alloy_primitives::map::DefaultHashBuilder;

use super::{AccessList, Existences, Value, accesses, index};
use crate::{
    block::{Block, TxIdx},
    memory::{Executed, Location},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
};

/// How much of a list was found to be true so far.
#[derive(Debug)]
pub struct Verification<'l> {
    block: &'l Block,
    list: &'l AccessList,
    /// Declared accesses: were they made?
    accesses: HashMap<Location, AtomicBool, DefaultHashBuilder>,
    /// Declared changes that were made.
    made: AtomicUsize,
    /// Something was done that the list does not declare.
    more: AtomicBool,
}

impl<'l> Verification<'l> {
    /// Nothing was executed yet but the steps around the transactions.
    pub fn new(block: &'l Block, list: &'l AccessList, around: &AccessList) -> Self {
        let declared = list.accesses.iter();
        let new = Self {
            block,
            list,
            accesses: declared.map(|at| (*at, AtomicBool::new(false))).collect(),
            made: AtomicUsize::new(0),
            more: AtomicBool::new(false),
        };
        for ((location, at), value) in &around.changes {
            new.change(*location, *at, *value);
        }
        for location in &around.accesses {
            new.access(*location);
        }
        new
    }

    /// Compares what `tx` did with what is declared; to be called once for each.
    pub fn transaction(&self, tx: TxIdx, executed: &Executed) {
        let changes = self.list.changes_by(self.block, tx, executed);
        for (location, value) in changes {
            self.change(location, index(tx), value);
        }
        for location in accesses(self.block, executed) {
            self.access(location);
        }
    }

    /// How many locations are compared for an execution.
    pub fn compared(&self, executed: &Executed) -> usize {
        accesses(self.block, executed).count() + executed.writes.locations().len()
    }

    /// Now that every transaction was compared: is the list that of the block?
    pub fn holds(&self) -> bool {
        !self.more.load(SeqCst)
            && self.made.load(SeqCst) == self.list.changes.len()
            && self.accesses.values().all(|made| made.load(SeqCst))
    }

    fn change(&self, location: Location, at: u32, value: Value) {
        if self.list.changes.get(&(location, at)) == Some(&value) {
            self.made.fetch_add(1, SeqCst);
            return;
        }
        let unsaid = self.list.existences == Existences::Unsaid;
        let harmless = match value {
            Value::Existence(value) if unsaid => {
                !self.list.matters(self.block, location, at, value)
            }
            _ => false,
        };
        if !harmless {
            self.more.store(true, SeqCst);
        }
    }

    fn access(&self, location: Location) {
        match self.accesses.get(&location) {
            // Looked at first, as all workers meet at the accounts that everybody uses.
            Some(made) if made.load(SeqCst) => {}
            Some(made) => made.store(true, SeqCst),
            None => {
                let changes = (self.list.changes).range((location, 0)..=(location, u32::MAX));
                if changes.count() == 0 {
                    self.more.store(true, SeqCst);
                }
            }
        }
    }
}
