//! What a list declares for each index, put together once before a run.
//!
//! A list is sorted by location, and who executes a transaction asks for all that is declared of one
//! index. Like making the list this is preparation, and in no run's time.

use std::collections::HashMap;

use alloy_primitives::{Address, map::DefaultHashBuilder};
use revm::context_interface::Block as _;

use super::{AccessList, Beneficiary, Value};
use crate::{block::Block, memory::Location};

/// A list by index.
#[derive(Debug)]
pub struct Declarations {
    /// By index: where its changes begin, and at the end where they all end.
    starts: Vec<usize>,
    /// What is written, by index and then by location.
    changes: Vec<(Location, Value)>,
    /// By index: the account that fees go to, before.
    beneficiary: Vec<Beneficiary>,
    /// Numbers of the locations that may be accessed; first those of which no change is declared.
    accesses: HashMap<Location, usize, DefaultHashBuilder>,
    /// Of how many no change is declared.
    only_accessed: usize,
    /// Changes whose index the block does not have.
    beyond: usize,
}

impl Declarations {
    /// Those of `list`, of this block.
    pub fn new(block: &Block, list: &AccessList) -> Self {
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
        let starts = (0..=indices).map(start).collect();
        let beyond = list.changes.len() - changes.len();
        let changes = changes.into_iter();
        let changes = changes.map(|(_, location, value)| (location, value));

        let mut accesses: HashMap<_, _, _> = list.accesses.iter().copied().zip(0..).collect();
        for (location, _) in list.changes.keys() {
            let next = accesses.len();
            accesses.entry(*location).or_insert(next);
        }
        Self {
            starts,
            changes: changes.collect(),
            beneficiary: beneficiaries(block, list, indices),
            accesses,
            only_accessed: list.accesses.len(),
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

    /// The number of a location that may be accessed.
    pub(super) fn access(&self, location: Location) -> Option<usize> {
        self.accesses.get(&location).copied()
    }

    /// How many locations may be accessed: those of which no change is declared, which have the lowest
    /// numbers, and all.
    pub(super) fn accesses(&self) -> (usize, usize) {
        (self.only_accessed, self.accesses.len())
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
