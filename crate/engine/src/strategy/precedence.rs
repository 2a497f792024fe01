//! Which transactions may start, given which must come before which.
//!
//! Lower transactions are handed out first. It knows nothing of why one precedes another.

use std::{cmp::Reverse, collections::BinaryHeap};

use crate::block::TxIdx;

/// A partial order of transactions that is being worked off.
#[derive(Debug)]
pub struct Precedence {
    /// How many transactions each one still waits for.
    waits_for: Vec<u32>,
    followers: Vec<Vec<TxIdx>>,
    ready: BinaryHeap<Reverse<TxIdx>>,
    done: Vec<bool>,
}

impl Precedence {
    /// Of `txs` transactions, the first of each pair comes before the second.
    pub fn new(txs: usize, mut edges: Vec<(TxIdx, TxIdx)>) -> Self {
        edges.sort_unstable();
        edges.dedup();
        let mut waits_for = vec![0; txs];
        let mut followers = vec![Vec::new(); txs];
        for (first, second) in edges {
            debug_assert!(first < second, "lower transactions come first");
            waits_for[second.index()] += 1;
            followers[first.index()].push(second);
        }
        let free = (0..txs).filter(|tx| waits_for[*tx] == 0);
        Self {
            ready: free.map(|tx| Reverse(TxIdx(tx as u32))).collect(),
            waits_for,
            followers,
            done: vec![false; txs],
        }
    }

    /// Is there a transaction that waits for nothing?
    pub fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The lowest transaction that waits for nothing; each once.
    pub fn start(&mut self) -> Option<TxIdx> {
        self.ready.pop().map(|Reverse(tx)| tx)
    }

    /// Nobody waits for `tx` any more. To say it again changes nothing.
    pub fn done(&mut self, tx: TxIdx) {
        if std::mem::replace(&mut self.done[tx.index()], true) {
            return;
        }
        for follower in std::mem::take(&mut self.followers[tx.index()]) {
            let waits_for = &mut self.waits_for[follower.index()];
            *waits_for -= 1;
            if *waits_for == 0 {
                self.ready.push(Reverse(follower));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_starts_when_all_before_it_are_done() {
        let edges = [(0, 2), (1, 2), (0, 2), (2, 3)];
        let edges = edges.map(|(first, second)| (TxIdx(first), TxIdx(second)));
        let mut order = Precedence::new(5, edges.to_vec());
        assert_eq!(order.start(), Some(TxIdx(0)));
        assert_eq!(order.start(), Some(TxIdx(1)));
        assert_eq!(order.start(), Some(TxIdx(4)));
        assert_eq!(order.start(), None);
        order.done(TxIdx(0));
        order.done(TxIdx(0));
        assert_eq!(order.start(), None);
        order.done(TxIdx(1));
        assert_eq!(order.start(), Some(TxIdx(2)));
        order.done(TxIdx(2));
        assert_eq!(order.start(), Some(TxIdx(3)));
        assert_eq!(order.start(), None);
    }
}
