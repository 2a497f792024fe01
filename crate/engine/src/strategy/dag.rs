//! A dependency graph, known or guessed before the block: a transaction runs when all it depends on has run.
//!
//! The edges come from hints: EIP-2930 access lists, a dry run, what the author of the block wrote, or a
//! sequential run (perfect hints).
//! Compare TxDAG of BNB Chain (BEP-396) and the block metadata of Polygon PoS (PIP-16).
//! An edge leads to each transaction from the last lower one that is expected to write what it is
//! expected to read; writers need not wait for readers, since the multi-version memory keeps old values.
//! Where balances are sums nobody waits for who adds to one; who asks for its value may be redone for that.
//!
//! Workers wait until the graph is made; virtual time charges for that by the locations that hints name.
//!
//! Guarantees: what is committed equals sequential execution, whatever the hints say; every result was
//! validated, or made, when everything below it was final, so a wrong or missing hint costs time only.

use alloy_primitives::map::HashMap;

use super::{
    Entry, Needs, Plan, WorkerId,
    in_order::{FirstPhase, InOrder},
    precedence::Precedence,
};
use crate::{
    block::TxIdx,
    hints::Hints,
    memory::{Follow, Location},
};

/// The menu's line for it.
pub const ENTRY: Entry = Entry {
    id: "dag",
    name: "Dependency graph",
    summary: "Runs a transaction as soon as everything it is expected to read has been written.",
    needs: Needs::Hints,
    follow: Follow::Nobody,
    build: |plan| Box::new(InOrder::by_hints(Box::new(Dag::new(plan)), plan)),
};

/// Transactions in the order of the graph.
#[derive(Debug)]
struct Dag(Precedence);

impl Dag {
    fn new(plan: Plan<'_>) -> Self {
        let txs = plan.block.txs.len();
        Self(Precedence::new(txs, edges(plan.hints, txs)))
    }
}

/// From the last expected writer to the expected reader.
fn edges(hints: &Hints, txs: usize) -> Vec<(TxIdx, TxIdx)> {
    let mut last_writer: HashMap<Location, TxIdx> = HashMap::default();
    let mut edges = Vec::new();
    for (reader, hint) in hints.each(txs) {
        let writers = hint.reads.iter().filter_map(|at| last_writer.get(at));
        edges.extend(writers.map(|writer| (*writer, reader)));
        last_writer.extend(hint.writes.iter().map(|at| (*at, reader)));
    }
    edges
}

impl FirstPhase for Dag {
    fn start(&mut self, _: WorkerId) -> Option<TxIdx> {
        self.0.start()
    }

    fn is_ready(&self) -> bool {
        self.0.is_ready()
    }

    fn executed(&mut self, tx: TxIdx) {
        self.0.done(tx);
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, U256};

    use super::*;
    use crate::hints::Hint;

    #[test]
    fn a_reader_waits_for_the_last_writer_and_a_writer_for_nobody() {
        let at = |slot: u64| Location::Slot(Address::ZERO, U256::from(slot));
        let hint = |reads: &[u64], writes: &[u64]| Hint {
            reads: reads.iter().map(|slot| at(*slot)).collect(),
            writes: writes.iter().map(|slot| at(*slot)).collect(),
            ..Hint::default()
        };
        let hints = Hints {
            txs: vec![
                hint(&[], &[1]),
                hint(&[2], &[1]),
                hint(&[1, 2], &[3]),
                hint(&[], &[1, 2, 3]),
            ],
            gas: 0,
        };
        assert_eq!(edges(&hints, 4), [(TxIdx(1), TxIdx(2))]);
    }
}
