//! Which locations hold a block back, and by how much.
//!
//! The most `w` workers could give is the smaller of `w` and what the heaviest single transaction
//! leaves; what the critical path allows is less. The difference is the loss. Locations with the same
//! or nearly the same writers go together, since to ignore one of them alone changes nothing; groups
//! are ignored one after another, the one that frees most first, and the shares are cumulative. This
//! is a bound from the graph, not a schedule.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use interleave_engine::{block::TxIdx, memory::Location};

use super::graph::{Graph, Paths, Use};

/// Groups looked for at the most.
const ROUNDS: usize = 6;
/// Groups tried in each round: those with most edges on the critical path.
const CANDIDATES: usize = 12;
/// Locations go together that have this share of their writers in common.
const NEARLY: f64 = 0.8;

/// Locations that go together, and what ignoring them and all groups before them gives back.
#[derive(Clone, Debug, PartialEq)]
pub struct Culprit {
    /// The group, those with most dependencies first.
    pub locations: Vec<Location>,
    /// Cumulative share of the loss, 0 to 1.
    pub share: f64,
}

/// The most that so many workers can give where no transaction waits for another.
pub fn best(graph: &Graph, workers: u32) -> f64 {
    bound(graph.total_gas(), f64::from(workers), graph.heaviest())
}

/// The speedup of `total` gas that `path` gas on the critical path allows on so many workers.
fn bound(total: f64, workers: f64, path: f64) -> f64 {
    if path > 0.0 {
        (total / path).min(workers)
    } else {
        workers
    }
}

/// What is lost between what workers could give and what the critical path allows.
#[derive(Clone, Copy, Debug)]
pub struct Loss {
    total: f64,
    workers: f64,
    /// The speedup if no transaction depended on another.
    best: f64,
    /// The speedup as it is.
    first: f64,
}

impl Loss {
    /// The loss on so many workers, where all dependencies of `graph` count.
    pub fn new(graph: &Graph, workers: u32) -> Self {
        let first = graph.paths(|_, _| false).critical_gas;
        Self {
            total: graph.total_gas(),
            workers: f64::from(workers),
            best: best(graph, workers),
            first: bound(graph.total_gas(), f64::from(workers), first),
        }
    }

    /// The speedup that `path` gas on the critical path allows.
    fn bound(&self, path: f64) -> f64 {
        bound(self.total, self.workers, path)
    }

    /// Is there hardly any?
    fn is_small(&self) -> bool {
        self.best - self.first < 0.01 * self.best
    }

    /// The share of it that is back where these are the paths; nothing where nothing is lost.
    pub fn share(&self, paths: &Paths) -> f64 {
        if self.is_small() {
            return 0.0;
        }
        let back = self.bound(paths.critical_gas) - self.first;
        (back / (self.best - self.first)).clamp(0.0, 1.0)
    }
}

/// The groups that hold the block back, worst first.
pub fn culprits(graph: &Graph, loss: &Loss) -> Vec<Culprit> {
    let mut paths = graph.paths(|_, _| false);
    let mut found: Vec<Culprit> = Vec::new();
    if loss.is_small() {
        return found;
    }

    let groups = groups(graph);
    let mut ignored: Vec<usize> = Vec::new();
    while ignored.len() < ROUNDS {
        let mut on_path: BTreeMap<usize, u32> = BTreeMap::new();
        for edge in paths.critical().1 {
            *on_path.entry(groups.of[&edge.location]).or_default() += 1;
        }
        let mut candidates: Vec<_> = on_path.into_iter().collect();
        candidates.sort_by_key(|(group, edges)| (Reverse(*edges), *group));
        candidates.truncate(CANDIDATES);
        let without = |group: usize| {
            graph.paths(|location, _| {
                groups
                    .of
                    .get(&location)
                    .is_some_and(|at| *at == group || ignored.contains(at))
            })
        };
        let tried = candidates
            .iter()
            .map(|(group, _)| (*group, without(*group)));
        // The first of equals is the one with most edges on the path.
        let Some((group, freed)) = tried.reduce(|a, b| {
            if b.1.critical_gas < a.1.critical_gas {
                b
            } else {
                a
            }
        }) else {
            break;
        };
        ignored.push(group);
        paths = freed;
        let share = loss.share(&paths);
        found.push(Culprit {
            locations: groups.members[group].clone(),
            share,
        });
        if share > 0.99 {
            break;
        }
    }
    found
}

struct Groups {
    members: Vec<Vec<Location>>,
    of: BTreeMap<Location, usize>,
}

/// Locations by the transactions that others depend on through them.
fn groups(graph: &Graph) -> Groups {
    let mut writers: BTreeMap<Location, Vec<TxIdx>> = BTreeMap::new();
    for edge in &graph.edges {
        writers.entry(edge.location).or_default().push(edge.writer);
    }
    for (tx, location, how) in &graph.sums {
        let writers = writers.entry(*location).or_default();
        if matches!(how, Use::Starts(_) | Use::Adds(_)) {
            writers.push(*tx);
        }
    }
    let mut locations: Vec<(Location, usize, Vec<TxIdx>)> = writers
        .into_iter()
        .map(|(location, mut txs)| {
            let dependencies = txs.len();
            txs.sort_unstable();
            txs.dedup();
            (location, dependencies, txs)
        })
        .collect();
    locations.sort_by_key(|(location, dependencies, _)| (Reverse(*dependencies), *location));

    // A group's writers are those of its first location.
    let mut members: Vec<Vec<Location>> = Vec::new();
    let mut leaders: Vec<Vec<TxIdx>> = Vec::new();
    let mut groups_of: BTreeMap<TxIdx, Vec<usize>> = BTreeMap::new();
    let mut of = BTreeMap::new();
    for (location, _, txs) in locations {
        // Who has so much in common has one of the first few in common.
        let few = txs.len() - (NEARLY * txs.len() as f64).ceil() as usize + 1;
        let near = txs.iter().take(few).filter_map(|tx| groups_of.get(tx));
        let near: BTreeSet<usize> = near.flatten().copied().collect();
        let group = near.into_iter().find(|at| nearly_same(&leaders[*at], &txs));
        let group = group.unwrap_or_else(|| {
            for tx in &txs {
                groups_of.entry(*tx).or_default().push(members.len());
            }
            leaders.push(txs);
            members.push(Vec::new());
            members.len() - 1
        });
        members[group].push(location);
        of.insert(location, group);
    }
    Groups { members, of }
}

/// Do two sets of transactions, in order, have nearly all in common?
fn nearly_same(a: &[TxIdx], b: &[TxIdx]) -> bool {
    let common = a.iter().filter(|tx| b.binary_search(tx).is_ok()).count();
    common as f64 >= NEARLY * (a.len() + b.len() - common) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::graph::tests::{graph, slot};

    fn found(graph: &Graph, workers: u32) -> Vec<Culprit> {
        culprits(graph, &Loss::new(graph, workers))
    }

    #[test]
    fn independent_transactions_lose_nothing() {
        assert_eq!(found(&graph(&[1.0; 8], &[]), 4), []);
    }

    #[test]
    fn one_heavy_transaction_is_nobody_elses_fault() {
        assert_eq!(found(&graph(&[100.0, 1.0, 1.0], &[]), 8), []);
    }

    #[test]
    fn a_chain_through_one_slot_is_all_its_fault() {
        let chain: Vec<_> = (1..8).map(|reader| (reader - 1, reader, 5)).collect();
        let found = found(&graph(&[1.0; 8], &chain), 4);
        assert_eq!(
            found,
            [Culprit {
                locations: vec![slot(5)],
                share: 1.0
            }]
        );
    }

    #[test]
    fn slots_written_together_share_the_fault() {
        let chain = (1..8).flat_map(|reader| [(reader - 1, reader, 5), (reader - 1, reader, 6)]);
        let found = found(&graph(&[1.0; 8], &chain.collect::<Vec<_>>()), 4);
        assert_eq!(
            found,
            [Culprit {
                locations: vec![slot(5), slot(6)],
                share: 1.0
            }]
        );
    }

    #[test]
    fn slots_with_nearly_the_same_writers_share_the_fault() {
        // Every transaction goes through slot 5, and all but every tenth through slot 6 too.
        let counter = (1..40).map(|reader| (reader - 1, reader, 5));
        let most: Vec<u32> = (0..40).filter(|tx| tx % 10 != 9).collect();
        let other = most.windows(2).map(|pair| (pair[0], pair[1], 6));
        let edges: Vec<_> = counter.chain(other).collect();
        let found = found(&graph(&[1.0; 40], &edges), 4);
        assert_eq!(
            found,
            [Culprit {
                locations: vec![slot(5), slot(6)],
                share: 1.0
            }]
        );
    }

    #[test]
    fn slots_with_half_of_their_writers_in_common_stay_apart() {
        let counter = (1..40).map(|reader| (reader - 1, reader, 5));
        let other = (1..20).map(|step| (2 * step - 2, 2 * step, 6));
        let edges: Vec<_> = counter.chain(other).collect();
        let found = found(&graph(&[1.0; 40], &edges), 4);
        assert_eq!(found[0].locations, [slot(5)]);
        assert!(found[0].share < 1.0, "{found:?}");
    }

    #[test]
    fn the_worse_of_two_chains_comes_first() {
        // Six through slot 1, three through slot 2, on four workers.
        let edges: Vec<_> = (1..6)
            .map(|reader| (reader - 1, reader, 1))
            .chain([(6, 7, 2), (7, 8, 2)])
            .collect();
        let found = found(&graph(&[1.0; 9], &edges), 4);
        assert_eq!(found[0].locations, [slot(1)]);
        // Nine gas on a path of three instead of six: from 1.5 to 3 of 4.
        assert!((found[0].share - 0.6).abs() < 1e-9, "{found:?}");
        assert_eq!(
            found[1],
            Culprit {
                locations: vec![slot(2)],
                share: 1.0
            }
        );
    }
}
