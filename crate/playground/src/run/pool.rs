//! Native threads that wait between runs.
//!
//! Starting a thread takes longer than many a block does: it gets a stack, and memory of its own that is
//! touched for the first time. Whoever executes blocks for a living has its threads before they arrive.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use interleave_engine::runner::threads::Threads;
use rayon::ThreadPoolBuilder;

/// The thread that asks for a run, as worker 0, and others that are kept: so many for each number of workers
/// that was ever asked for.
#[derive(Debug)]
pub struct Pool {
    most: u32,
    /// By how many there are beside the one that asks: a pool wakes all its threads.
    others: Mutex<BTreeMap<u32, Arc<rayon::ThreadPool>>>,
}

impl Pool {
    /// Up to so many workers.
    pub const fn new(most: u32) -> Self {
        Self {
            most,
            others: Mutex::new(BTreeMap::new()),
        }
    }

    fn others(&self, count: u32) -> Arc<rayon::ThreadPool> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let start = || {
            let pool = ThreadPoolBuilder::new().num_threads(count as usize).build();
            Arc::new(pool.expect("the system has threads"))
        };
        Arc::clone(others.entry(count).or_insert_with(start))
    }
}

impl Threads for Pool {
    fn count(&self) -> u32 {
        self.most
    }

    fn broadcast(&self, workers: u32, body: &(dyn Fn(u32) + Sync)) {
        if workers <= 1 {
            return body(0);
        }
        self.others(workers - 1).in_place_scope(|scope| {
            scope.spawn_broadcast(|_, context| body(context.index() as u32 + 1));
            body(0);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Barrier, Mutex};

    use super::*;

    #[test]
    fn all_workers_are_there_at_once_and_again_in_the_next_run() {
        let pool = Pool::new(8);
        for workers in [1, 3, 8, 3] {
            let all = Barrier::new(workers as usize);
            let seen = Mutex::new(Vec::new());
            pool.broadcast(workers, &|worker| {
                all.wait();
                seen.lock().expect("nobody panics").push(worker);
            });
            let mut seen = seen.into_inner().expect("nobody panicked");
            seen.sort_unstable();
            assert_eq!(seen, (0..workers).collect::<Vec<_>>());
        }
    }
}
