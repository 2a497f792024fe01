//! Dependencies between transactions, and the critical path through them.
//!
//! Made from committed incarnations alone, so the graph is the same whatever the schedule was.
//! An edge says that the later transaction's committed read came from the earlier one.
//!
//! Who reads a sum (a balance whose credits and debits commute, the fees of the beneficiary) depends
//! on all who added to it, and they do not depend on each other: it follows the one that is ready last.
//! Who asks whether a sum is enough depends on nobody if what is there before the block is enough;
//! else it follows the credit that makes it enough, when they arrive in the order in which they can
//! be ready. Debits are taken to arrive later, since a schedule may have it so: a bound is too good
//! rather than wrong.

use std::collections::BTreeMap;

use alloy_primitives::{U256, map::HashMap};
use interleave_engine::{
    block::TxIdx,
    memory::{Executed, Location, Version},
};

use super::view::{Read, View, Write};

/// `reader` read what `writer` wrote at `location`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The later transaction.
    pub reader: TxIdx,
    /// The earlier one.
    pub writer: TxIdx,
    /// Where.
    pub location: Location,
}

/// What a transaction does to a sum, or asks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Asks for all of it.
    Asks,
    /// Asks whether it is so much more than before the block.
    Needs(U256),
    /// Sets it to this.
    Starts(U256),
    /// Adds this to it; nothing if it takes away.
    Adds(U256),
}

/// The dependencies of a block.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Gas each transaction used.
    pub gas: Vec<f64>,
    /// Ordered by reader; sums left out.
    pub edges: Vec<Edge>,
    /// Ordered by transaction, and what it asks before what it adds. Sums that nobody asks for are
    /// left out.
    pub sums: Vec<(TxIdx, Location, Use)>,
}

/// The heaviest chains of a graph.
#[derive(Clone, Debug)]
pub struct Paths {
    /// By transaction: gas of the heaviest chain that ends with it, its own included.
    pub gas: Vec<f64>,
    /// By transaction: transactions on the longest chain that ends with it, itself included.
    pub depth: Vec<u32>,
    /// By transaction: the edge by which its heaviest chain comes.
    pub via: Vec<Option<Edge>>,
    /// Gas of the heaviest chain of all.
    pub critical_gas: f64,
    /// For each reader of a sum the one it follows.
    pub sums: Vec<Edge>,
}

/// What there is of a sum, while paths are followed.
#[derive(Default)]
struct Sum {
    /// The last to be ready of those who added to it since it was set, or set it.
    last: Option<usize>,
    /// What was added, in the order in which it can be ready.
    credits: Vec<(f64, usize, U256)>,
}

impl Graph {
    /// The graph of committed incarnations, in block order.
    pub fn new(view: &View<'_>, finals: &[(Version, Executed)]) -> Self {
        let mut graph = Self::default();
        let mut last: HashMap<Location, TxIdx> = HashMap::default();
        for (at, (version, executed)) in finals.iter().enumerate() {
            let reader = version.tx;
            let first = graph.edges.len();
            for read in view.reads(executed) {
                match read {
                    Read::Value(location) => {
                        graph.edges.extend(last.get(&location).map(|writer| Edge {
                            reader,
                            writer: *writer,
                            location,
                        }));
                    }
                    Read::Sum(location) => graph.sums.push((reader, location, Use::Asks)),
                    Read::Enough(location, missing) => {
                        graph.sums.push((reader, location, Use::Needs(missing)));
                    }
                }
            }
            graph.edges[first..].sort_unstable();
            for write in view.writes(at, executed) {
                match write {
                    Write::Value(location) => {
                        last.insert(location, reader);
                    }
                    Write::Start(location, value) => {
                        graph.sums.push((reader, location, Use::Starts(value)));
                    }
                    Write::Add(location, more) => {
                        graph.sums.push((reader, location, Use::Adds(more)));
                    }
                }
            }
            graph.gas.push(executed.outcome.gas_used() as f64);
        }
        graph.keep_asked();
        graph
    }

    /// Forgets sums that nobody asks for.
    fn keep_asked(&mut self) {
        let mut asked: BTreeMap<Location, bool> = BTreeMap::new();
        for (_, location, how) in &self.sums {
            *asked.entry(*location).or_default() |= matches!(how, Use::Asks | Use::Needs(_));
        }
        self.sums.retain(|(_, location, _)| asked[location]);
    }

    /// Gas of all transactions.
    pub fn total_gas(&self) -> f64 {
        // The sum of no numbers is less than nothing: -0.
        self.gas.iter().fold(0.0, |sum, gas| sum + gas)
    }

    /// Gas of the transaction that used most.
    pub fn heaviest(&self) -> f64 {
        self.gas.iter().copied().fold(0.0, f64::max)
    }

    /// The heaviest chains when what some transactions wrote at some locations is ignored.
    pub fn paths(&self, ignored: impl Fn(Location, TxIdx) -> bool) -> Paths {
        let txs = self.gas.len();
        let mut paths = Paths {
            gas: vec![0.0; txs],
            depth: vec![1; txs],
            via: vec![None; txs],
            critical_gas: 0.0,
            sums: Vec::new(),
        };
        let mut edges = self.edges.iter().peekable();
        let mut uses = self.sums.iter().peekable();
        let mut sums: BTreeMap<Location, Sum> = BTreeMap::new();
        for at in 0..txs {
            let tx = TxIdx(at as u32);
            while let Some(edge) = edges.next_if(|edge| edge.reader == tx) {
                if !ignored(edge.location, edge.writer) {
                    paths.follow(*edge);
                }
            }
            let is_question = |how: &Use| matches!(how, Use::Asks | Use::Needs(_));
            while let Some((_, location, how)) =
                uses.next_if(|(by, _, how)| *by == tx && is_question(how))
            {
                let sum = sums.get(location);
                if let Some(writer) = sum.and_then(|sum| sum.awaited(how)) {
                    let edge = Edge {
                        reader: tx,
                        writer: TxIdx(writer as u32),
                        location: *location,
                    };
                    paths.follow(edge);
                    paths.sums.push(edge);
                }
            }
            paths.gas[at] += self.gas[at];
            while let Some((_, location, how)) = uses.next_if(|(by, ..)| *by == tx) {
                if !ignored(*location, tx) {
                    let sum = sums.entry(*location).or_default();
                    sum.written(how, at, &paths.gas);
                }
            }
            paths.critical_gas = paths.critical_gas.max(paths.gas[at]);
        }
        paths
    }
}

impl Sum {
    /// Who must be ready before the question is answered.
    fn awaited(&self, question: &Use) -> Option<usize> {
        let Use::Needs(missing) = question else {
            return self.last;
        };
        let mut so_far = U256::ZERO;
        let enough = self.credits.iter().find(|(_, _, more)| {
            so_far = so_far.saturating_add(*more);
            so_far >= *missing
        });
        // Without those who are ignored it may never be.
        enough.map(|(_, writer, _)| *writer).or(self.last)
    }

    /// `tx`, whose heaviest chain is known, changed it.
    fn written(&mut self, how: &Use, tx: usize, paths: &[f64]) {
        let more = match how {
            Use::Starts(value) => {
                self.last = None;
                *value
            }
            Use::Adds(more) => *more,
            Use::Asks | Use::Needs(_) => return,
        };
        if self.last.is_none_or(|last| paths[last] < paths[tx]) {
            self.last = Some(tx);
        }
        if !more.is_zero() {
            let place = self
                .credits
                .partition_point(|(path, ..)| *path <= paths[tx]);
            self.credits.insert(place, (paths[tx], tx, more));
        }
    }
}

impl Paths {
    /// Lets `edge` lengthen the chains of its reader, whose own gas is not counted yet.
    fn follow(&mut self, edge: Edge) {
        let (reader, writer) = (edge.reader.index(), edge.writer.index());
        if self.gas[writer] > self.gas[reader] {
            self.gas[reader] = self.gas[writer];
            self.via[reader] = Some(edge);
        }
        self.depth[reader] = self.depth[reader].max(self.depth[writer] + 1);
    }

    /// What the critical path lets any number of workers gain, if all use so much gas; 1 without any.
    pub fn bound(&self, total_gas: f64) -> f64 {
        match self.critical_gas > 0.0 {
            true => total_gas / self.critical_gas,
            false => 1.0,
        }
    }

    /// The edges of the critical path, last first, and the transaction it ends with.
    pub fn critical(&self) -> (Option<TxIdx>, Vec<Edge>) {
        let last = (0..self.gas.len()).find(|at| self.gas[*at] == self.critical_gas);
        let mut edges = Vec::new();
        let mut at = last;
        while let Some(edge) = at.and_then(|at| self.via[at]) {
            edges.push(edge);
            at = Some(edge.writer.index());
        }
        (last.map(|at| TxIdx(at as u32)), edges)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use alloy_primitives::Address;

    use super::*;

    /// Slot `slot` of some contract.
    pub fn slot(slot: u64) -> Location {
        Location::Slot(Address::ZERO, U256::from(slot))
    }

    /// A graph of transactions that use this much gas each, with edges `(writer, reader, slot)`.
    pub fn graph(gas: &[f64], edges: &[(u32, u32, u64)]) -> Graph {
        let edge = |(writer, reader, at): &(u32, u32, u64)| Edge {
            reader: TxIdx(*reader),
            writer: TxIdx(*writer),
            location: slot(*at),
        };
        let mut edges: Vec<_> = edges.iter().map(edge).collect();
        edges.sort_unstable();
        Graph {
            gas: gas.to_vec(),
            edges,
            sums: Vec::new(),
        }
    }

    #[test]
    fn no_transactions_use_no_gas() {
        assert!(graph(&[], &[]).total_gas().is_sign_positive());
        assert_eq!(graph(&[2.0, 3.0], &[]).total_gas(), 5.0);
    }

    /// The same with one sum, `Location::Fees`, and who does what with it.
    fn with_sum(gas: &[f64], edges: &[(u32, u32, u64)], uses: &[(u32, Use)]) -> Graph {
        let uses = uses.iter();
        Graph {
            sums: uses
                .map(|(tx, how)| (TxIdx(*tx), Location::Fees, *how))
                .collect(),
            ..graph(gas, edges)
        }
    }

    fn nothing(_: Location, _: TxIdx) -> bool {
        false
    }

    fn number(value: u64) -> U256 {
        U256::from(value)
    }

    #[test]
    fn the_critical_path_is_the_heaviest_chain_not_the_longest() {
        let graph = graph(
            &[1.0, 1.0, 1.0, 9.0, 2.0],
            &[(0, 1, 7), (1, 2, 7), (3, 4, 8)],
        );
        let paths = graph.paths(nothing);
        assert_eq!(paths.gas, [1.0, 2.0, 3.0, 9.0, 11.0]);
        assert_eq!(paths.depth, [1, 2, 3, 1, 2]);
        assert_eq!(paths.critical_gas, 11.0);
        let (last, edges) = paths.critical();
        assert_eq!(last, Some(TxIdx(4)));
        assert_eq!(
            edges,
            [Edge {
                reader: TxIdx(4),
                writer: TxIdx(3),
                location: slot(8)
            }]
        );
        let without = graph.paths(|location, _| location == slot(8));
        assert_eq!(without.critical_gas, 9.0);
        assert_eq!(graph.paths(|_, by| by == TxIdx(3)).critical_gas, 9.0);
    }

    #[test]
    fn who_reads_a_sum_follows_the_last_to_be_ready_of_those_who_added_to_it() {
        let adds = Use::Adds(number(1));
        // The heaviest of all, transaction 1, adds nothing.
        let uses = [(0, adds), (2, adds), (3, Use::Asks)];
        let graph = with_sum(&[5.0, 8.0, 3.0, 1.0], &[], &uses);
        let paths = graph.paths(nothing);
        assert_eq!(paths.gas, [5.0, 8.0, 3.0, 6.0]);
        let edge = Edge {
            reader: TxIdx(3),
            writer: TxIdx(0),
            location: Location::Fees,
        };
        assert_eq!(paths.sums, [edge]);
        let without = graph.paths(|location, _| location == Location::Fees);
        assert_eq!(without.gas, [5.0, 8.0, 3.0, 1.0]);
        // Without the first, the next to be ready is followed.
        assert_eq!(graph.paths(|_, by| by == TxIdx(0)).gas[3], 4.0);
    }

    #[test]
    fn those_who_add_to_a_sum_do_not_wait_for_each_other() {
        let uses: Vec<_> = (0..6).map(|tx| (tx, Use::Adds(number(1)))).collect();
        let graph = with_sum(&[1.0; 6], &[], &uses);
        assert_eq!(graph.paths(nothing).critical_gas, 1.0);
    }

    #[test]
    fn a_sum_that_is_set_begins_with_who_set_it() {
        let uses = [
            (0, Use::Adds(number(1))),
            (1, Use::Starts(number(9))),
            (2, Use::Adds(number(1))),
            (3, Use::Asks),
        ];
        let graph = with_sum(&[50.0, 2.0, 3.0, 1.0], &[], &uses);
        assert_eq!(graph.paths(nothing).gas[3], 4.0);
    }

    #[test]
    fn whether_it_is_enough_depends_on_the_credit_that_makes_it_so() {
        // Ready after 7, 3, 5; a debit that is ready after 1 is taken to come later.
        let uses = |missing| {
            [
                (0, Use::Adds(number(10))),
                (1, Use::Adds(number(4))),
                (2, Use::Adds(number(6))),
                (3, Use::Adds(number(0))),
                (4, Use::Needs(number(missing))),
            ]
        };
        for (missing, path) in [(4, 4.0), (5, 6.0), (10, 6.0), (11, 8.0)] {
            let graph = with_sum(&[7.0, 3.0, 5.0, 1.0, 1.0], &[], &uses(missing));
            assert_eq!(graph.paths(nothing).gas[4], path, "{missing}");
        }
    }

    #[test]
    fn a_block_without_transactions_has_no_path() {
        let paths = graph(&[], &[]).paths(nothing);
        assert_eq!(paths.critical_gas, 0.0);
        assert_eq!(paths.critical(), (None, vec![]));
    }
}
