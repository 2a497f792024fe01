//! A list compared with what workers do, while they do it.
//!
//! Each worker compares its own transaction with what the list declares for it, so that comparing takes
//! part of the time of a run and is as parallel as the rest. What lower transactions left is taken
//! from the list: if every transaction holds, so did all that it relied on.
//! The rule: here it is only found whether the list holds; [`AccessList::verify`] says where it does not.

use revm::context_interface::Block as _;

use super::{
    AccessList, Accessed, Declarations, Existences, Value, accesses, declarations::Access,
    each_change, index,
};
use crate::{
    block::{Block, TxIdx},
    memory::{Declared, Executed, Location, WriteSet},
    sync::atomic::{AtomicBool, Ordering::SeqCst},
};

/// How much of a list was found to be true so far.
#[derive(Debug)]
pub struct Verification<'l> {
    block: &'l Block,
    list: &'l AccessList,
    declared: &'l Declarations<'l>,
    /// The number of the account that fees go to, if it is named.
    beneficiary: Option<usize>,
    /// By number of a cell: was it accessed?
    accessed: Box<[AtomicBool]>,
    /// Something was done that the list does not declare, or not done that it declares.
    differs: AtomicBool,
}

impl<'l> Verification<'l> {
    /// Nothing was executed yet but the steps around the transactions.
    pub fn new(
        block: &'l Block,
        list: &'l AccessList,
        declared: &'l Declarations<'l>,
        around: &AccessList,
    ) -> Self {
        let cells = declared.cells();
        let accessed = || AtomicBool::new(false);
        let new = Self {
            block,
            list,
            declared,
            beneficiary: cells.number(Location::Account(block.env.beneficiary())),
            accessed: std::iter::repeat_with(accessed)
                .take(cells.count())
                .collect(),
            differs: AtomicBool::new(declared.beyond() != 0),
        };
        for index in [0, block.txs.len() as u32 + 1] {
            let changes = around.changes.iter().filter(|((_, at), _)| *at == index);
            let mut made = Made::new(&new, index);
            for ((location, _), value) in changes {
                made.change(*location, *value);
            }
            made.all();
        }
        for location in &around.accesses {
            new.access(cells.number(*location));
        }
        new
    }

    /// Compares what `tx` did with what is declared.
    pub fn transaction(&self, tx: TxIdx, executed: &Executed) {
        let mut made = Made::new(self, index(tx));
        let beneficiary = self.declared.beneficiary(made.index);
        each_change(self.block, executed, beneficiary, |location, value| {
            made.change(location, value);
        });
        made.all();
        let cells = self.declared.cells();
        for accessed in accesses(self.block, executed) {
            // Whatever was read has a place, which says its number without a search.
            self.access(match accessed {
                Accessed::Account(read) => cells.account(read.place),
                Accessed::Beneficiary(_) => self.beneficiary,
                Accessed::Slot(read) => cells.slot(read.place),
                Accessed::OwnSlot(..) => cells.number(accessed.location()),
            });
        }
    }

    /// The list.
    pub fn list(&self) -> &'l AccessList {
        self.list
    }

    /// All that it names, as memories keep it.
    pub(crate) fn cells(&self) -> &'l Declared<'l> {
        self.declared.cells()
    }

    /// Does a list that holds say all that was written?
    ///
    /// It has the beneficiary's balance with the fee, which is no write of the transaction, and in the
    /// EIP's form no creations.
    pub fn declares_all(&self, writes: &WriteSet) -> bool {
        let beneficiary = self.block.env.beneficiary();
        let unsaid = self.list.existences == Existences::Unsaid;
        let mut accounts = writes.accounts.iter();
        accounts.all(|write| write.address != beneficiary && !(unsaid && write.existence.is_some()))
    }

    /// How many locations are compared for an execution.
    pub fn compared(&self, executed: &Executed) -> usize {
        accesses(self.block, executed).count() + executed.writes.locations().len()
    }

    /// Now that every transaction was compared: is the list that of the block?
    pub fn holds(&self) -> bool {
        let mut accesses = self.declared.access().iter().zip(&self.accessed);
        let has_all = accesses.all(|(it, was)| *it != Access::Must || was.load(SeqCst));
        has_all && !self.fails()
    }

    /// Is the list known not to be that of the block, whatever is executed yet?
    pub fn fails(&self) -> bool {
        self.differs.load(SeqCst)
    }

    fn differs(&self) {
        self.differs.store(true, SeqCst);
    }

    /// What has this number was accessed, or something that is not named.
    fn access(&self, number: Option<usize>) {
        let access = self.declared.access();
        match number.filter(|number| access[*number] != Access::No) {
            // Looked at first, as all workers meet at the accounts that everybody uses.
            Some(number) if self.accessed[number].load(SeqCst) => {}
            Some(number) => self.accessed[number].store(true, SeqCst),
            None => self.differs(),
        }
    }
}

/// What was done at one index of what is declared there.
struct Made<'v, 'l> {
    of: &'v Verification<'l>,
    index: u32,
    declared: &'l [(Location, Value)],
    count: usize,
}

impl<'v, 'l> Made<'v, 'l> {
    fn new(of: &'v Verification<'l>, index: u32) -> Self {
        Self {
            of,
            index,
            declared: of.declared.changes(index),
            count: 0,
        }
    }

    /// A change that was made, each once.
    fn change(&mut self, location: Location, value: Value) {
        let found = self.declared.binary_search_by_key(&location, |it| it.0);
        if found.is_ok_and(|at| self.declared[at].1 == value) {
            self.count += 1;
            return;
        }
        let Verification { list, block, .. } = self.of;
        let unsaid = list.existences == Existences::Unsaid;
        let harmless = match value {
            Value::Existence(value) if unsaid => !list.matters(block, location, self.index, value),
            _ => false,
        };
        if !harmless {
            self.of.differs();
        }
    }

    /// These were all.
    fn all(self) {
        if self.count != self.declared.len() {
            self.of.differs();
        }
    }
}
