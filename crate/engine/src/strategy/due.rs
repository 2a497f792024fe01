//! Single tasks of Block-STM that are due besides those its cursors find.
//!
//! All workers ask before each task, and mostly there is none: a count beside the lock saves taking it.

use std::{cmp::Reverse, collections::BinaryHeap};

use crossbeam_utils::CachePadded;

use super::Ticket;
use crate::{
    block::TxIdx,
    memory::Version,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering::SeqCst},
        lock,
    },
};

/// A task.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Execute(TxIdx),
    Validate(TxIdx, Version, Ticket),
}

impl Due {
    fn tx(&self) -> TxIdx {
        match self {
            Self::Execute(tx) | Self::Validate(tx, ..) => *tx,
        }
    }
}

/// The lowest transaction first.
type Lowest = BinaryHeap<Reverse<(TxIdx, Due)>>;

/// What is due.
#[derive(Debug, Default)]
pub(super) struct AllDue {
    heap: CachePadded<Mutex<Lowest>>,
    count: CachePadded<AtomicU32>,
}

impl AllDue {
    pub fn push(&self, due: Due) {
        let mut heap = lock(&self.heap);
        heap.push(Reverse((due.tx(), due)));
        self.count.store(heap.len() as u32, SeqCst);
    }

    pub fn pop(&self) -> Option<Due> {
        if self.is_empty() {
            return None;
        }
        let mut heap = lock(&self.heap);
        let due = heap.pop();
        self.count.store(heap.len() as u32, SeqCst);
        due.map(|Reverse((_, due))| due)
    }

    pub fn is_empty(&self) -> bool {
        self.count.load(SeqCst) == 0
    }
}
