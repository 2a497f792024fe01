//! What a list declares for each index and of each location, put together once before a run.
//!
//! A list is sorted by location, and who executes a transaction asks for all that is declared of one
//! index. Like making the list this is preparation, and in no run's time.

use alloy_primitives::Address;
use revm::context_interface::Block as _;

use super::{AccessList, Beneficiary, Value, index};
use crate::{
    block::{Block, TxIdx},
    memory::{Declared, Location},
};

/// May a transaction access what there is a cell of?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// No: only parts of it are named.
    No,
    /// Yes: it changes, and whoever changes it looks at it.
    May,
    /// Some transaction has to.
    Must,
}

/// A list by index.
#[derive(Debug)]
pub struct Declarations<'b> {
    /// By index: where its changes begin, and at the end where they all end.
    starts: Vec<usize>,
    /// What is written, by index and then by location.
    changes: Vec<(Location, Value)>,
    /// By index: the account that fees go to, before.
    beneficiary: Vec<Beneficiary>,
    /// All that is named, as memories keep it.
    cells: Declared<'b>,
    /// By number of a cell.
    access: Vec<Access>,
    /// Changes whose index the block does not have.
    beyond: usize,
}

impl<'b> Declarations<'b> {
    /// Those of `list`, of this block.
    pub fn new(block: &'b Block, list: &AccessList) -> Self {
        // The steps before and after the transactions have an index too.
        let indices = block.txs.len() + 2;
        let within = |at: u32| (at as usize) < indices;
        let all = list.changes.iter();
        let mut changes: Vec<_> = all
            .filter(|((_, at), _)| within(*at))
            .map(|((location, at), value)| (*at, *location, *value))
            .collect();
        // What is of one index stays sorted by location.
        changes.sort_by_key(|(at, ..)| *at);
        let start = |index| changes.partition_point(|(at, ..)| (*at as usize) < index);
        let starts: Vec<_> = (0..=indices).map(start).collect();
        let beyond = list.changes.len() - changes.len();
        let changes = changes.into_iter();
        let changes: Vec<_> = changes.map(|(_, at, value)| (at, value)).collect();

        let of_txs = (0..block.txs.len() as u32).map(TxIdx).flat_map(|tx| {
            let at = index(tx) as usize;
            let values = &changes[starts[at]..starts[at + 1]];
            values.iter().map(move |value| (tx, value))
        });
        let changed = list.changes.keys().map(|(location, _)| location);
        let named = changed.clone().chain(&list.accesses);
        let cells = Declared::new(block, of_txs, named);
        let mut access = vec![Access::No; cells.count()];
        let slots = changed.filter(|it| matches!(it, Location::Slot(..)));
        let may = slots.map(|location| (location, Access::May));
        let must = list.accesses.iter().map(|it| (it, Access::Must));
        for (location, granted) in may.chain(must) {
            if let Some(number) = cells.number(*location) {
                access[number] = granted;
            }
        }
        Self {
            starts,
            changes,
            beneficiary: beneficiaries(block, list, indices),
            cells,
            access,
            beyond,
        }
    }

    /// What is declared to be written at `index`, by location.
    pub(super) fn changes(&self, index: u32) -> &[(Location, Value)] {
        let index = index as usize;
        &self.changes[self.starts[index]..self.starts[index + 1]]
    }

    /// The account that fees go to, before `index`.
    pub(super) fn beneficiary(&self, index: u32) -> Beneficiary {
        self.beneficiary[index as usize]
    }

    /// All that is named, as memories keep it.
    pub(super) fn cells(&self) -> &Declared<'b> {
        &self.cells
    }

    /// Which of it may be accessed, by number of a cell.
    pub(super) fn access(&self) -> &[Access] {
        &self.access
    }

    /// How many changes have an index that the block does not have.
    pub(super) fn beyond(&self) -> usize {
        self.beyond
    }
}

/// The account that fees go to, before each index.
fn beneficiaries(block: &Block, list: &AccessList, indices: usize) -> Vec<Beneficiary> {
    let address: Address = block.env.beneficiary();
    let mut now = Beneficiary::before(block);
    let of = |location| list.changes.range((location, 0)..=(location, u32::MAX));
    let changes = of(Location::Balance(address)).chain(of(Location::Existence(address)));
    let mut changes: Vec<_> = changes.collect();
    changes.sort_by_key(|((_, at), _)| *at);
    let mut changes = changes.into_iter().peekable();
    let before = |index: usize| {
        let below = |change: &(&(Location, u32), _)| (change.0.1 as usize) < index;
        while let Some(((location, _), value)) = changes.next_if(below) {
            now.change(block, *location, *value);
        }
        now
    };
    (0..indices).map(before).collect()
}
