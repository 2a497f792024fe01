//! Dependencies between transactions, and the critical path through them.
//!
//! Made from committed incarnations alone, so the graph is the same whatever the schedule was.
//! An edge says that the later transaction's committed read came from the earlier one.

use interleave_engine::{
    block::TxIdx,
    memory::{Executed, Location, Version},
};

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

/// The dependencies of a block.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Gas each transaction used.
    pub gas: Vec<f64>,
    /// Ordered by reader; fees left out.
    pub edges: Vec<Edge>,
    /// Transactions that read the beneficiary's balance, and with it the fees of all below.
    pub fee_readers: Vec<bool>,
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
}

impl Graph {
    /// The graph of committed incarnations, in block order.
    pub fn new(finals: &[(Version, Executed)]) -> Self {
        let mut graph = Self::default();
        for (version, executed) in finals {
            let reader = version.tx;
            let first = graph.edges.len();
            for (location, origin) in executed.reads.locations() {
                if let Some(writer) = origin {
                    graph.edges.push(Edge {
                        reader,
                        writer: writer.tx,
                        location,
                    });
                }
            }
            graph.edges[first..].sort_unstable();
            graph.gas.push(executed.outcome.gas_used() as f64);
            graph.fee_readers.push(executed.reads.reads_fees());
        }
        graph
    }

    /// Gas of all transactions.
    pub fn total_gas(&self) -> f64 {
        self.gas.iter().sum()
    }

    /// The heaviest chains when dependencies through some locations are ignored.
    pub fn paths(&self, ignored: impl Fn(Location) -> bool) -> Paths {
        let txs = self.gas.len();
        let mut paths = Paths {
            gas: vec![0.0; txs],
            depth: vec![1; txs],
            via: vec![None; txs],
            critical_gas: 0.0,
        };
        let mut edges = self.edges.iter().peekable();
        let mut heaviest: Option<usize> = None;
        let fees_count = !ignored(Location::Fees);
        for at in 0..txs {
            let reader = TxIdx(at as u32);
            while let Some(edge) = edges.next_if(|edge| edge.reader == reader) {
                if !ignored(edge.location) {
                    paths.follow(*edge);
                }
            }
            if let (true, true, Some(writer)) = (fees_count, self.fee_readers[at], heaviest) {
                paths.follow(Edge {
                    reader,
                    writer: TxIdx(writer as u32),
                    location: Location::Fees,
                });
            }
            paths.gas[at] += self.gas[at];
            if heaviest.is_none_or(|best| paths.gas[best] < paths.gas[at]) {
                heaviest = Some(at);
            }
        }
        paths.critical_gas = heaviest.map_or(0.0, |best| paths.gas[best]);
        paths
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
    use alloy_primitives::{Address, U256};

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
            fee_readers: vec![false; gas.len()],
        }
    }

    #[test]
    fn the_critical_path_is_the_heaviest_chain_not_the_longest() {
        let graph = graph(
            &[1.0, 1.0, 1.0, 9.0, 2.0],
            &[(0, 1, 7), (1, 2, 7), (3, 4, 8)],
        );
        let paths = graph.paths(|_| false);
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
        assert_eq!(
            graph.paths(|location| location == slot(8)).critical_gas,
            9.0
        );
    }

    #[test]
    fn a_reader_of_fees_follows_the_heaviest_chain_below_it() {
        let mut graph = graph(&[5.0, 3.0, 1.0], &[]);
        graph.fee_readers[2] = true;
        assert_eq!(graph.paths(|_| false).gas, [5.0, 3.0, 6.0]);
        assert_eq!(
            graph.paths(|location| location == Location::Fees).gas,
            [5.0, 3.0, 1.0]
        );
    }

    #[test]
    fn a_block_without_transactions_has_no_path() {
        let paths = graph(&[], &[]).paths(|_| false);
        assert_eq!(paths.critical_gas, 0.0);
        assert_eq!(paths.critical(), (None, vec![]));
    }
}
