//! Which locations hold a block back, and by how much.
//!
//! The most `w` workers could give is the smaller of `w` and what the heaviest single transaction
//! leaves; what the critical path allows is less. The difference is the loss. Locations with the same
//! writers go together; groups are ignored one after another, the one that frees most first, and the
//! shares are cumulative. This is a bound from the graph, not a schedule.

use std::collections::BTreeMap;

use interleave_engine::{block::TxIdx, memory::Location};

use super::graph::Graph;

/// Groups looked for at the most.
const ROUNDS: usize = 6;
/// Groups tried in each round: those with most edges on the critical path.
const CANDIDATES: usize = 12;

/// Locations that go together, and what ignoring them and all groups before them gives back.
#[derive(Clone, Debug, PartialEq)]
pub struct Culprit {
    /// The group, in order.
    pub locations: Vec<Location>,
    /// Cumulative share of the loss, 0 to 1.
    pub share: f64,
}

/// The speedup that `path` gas on the critical path and `workers` workers allow.
fn bound(total: f64, path: f64, workers: f64) -> f64 {
    if path > 0.0 {
        (total / path).min(workers)
    } else {
        workers
    }
}

/// The groups that hold the block back on this many workers, worst first.
pub fn culprits(graph: &Graph, workers: u32) -> Vec<Culprit> {
    let (total, workers) = (graph.total_gas(), f64::from(workers));
    let heaviest = graph.gas.iter().copied().fold(0.0, f64::max);
    let best = bound(total, heaviest, workers);
    let mut paths = graph.paths(|_| false);
    let first = bound(total, paths.critical_gas, workers);
    let mut found: Vec<Culprit> = Vec::new();
    if best - first < 0.01 * best {
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
        candidates.sort_by_key(|(group, edges)| (std::cmp::Reverse(*edges), *group));
        candidates.truncate(CANDIDATES);
        let without = |group: usize| {
            graph.paths(|location| {
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
        let now = bound(total, paths.critical_gas, workers);
        let share = ((now - first) / (best - first)).clamp(0.0, 1.0);
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

/// Locations by the set of transactions that others depend on through them.
fn groups(graph: &Graph) -> Groups {
    let mut writers: BTreeMap<Location, Vec<TxIdx>> = BTreeMap::new();
    for edge in &graph.edges {
        writers.entry(edge.location).or_default().push(edge.writer);
    }
    if graph.fee_readers.contains(&true) {
        writers.entry(Location::Fees).or_default();
    }
    let mut by_writers: BTreeMap<Vec<TxIdx>, Vec<Location>> = BTreeMap::new();
    for (location, mut txs) in writers {
        txs.sort_unstable();
        txs.dedup();
        by_writers.entry(txs).or_default().push(location);
    }
    let members: Vec<Vec<Location>> = by_writers.into_values().collect();
    let of = members
        .iter()
        .enumerate()
        .flat_map(|(at, group)| group.iter().map(move |location| (*location, at)));
    Groups {
        of: of.collect(),
        members,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::graph::tests::{graph, slot};

    #[test]
    fn independent_transactions_lose_nothing() {
        assert_eq!(culprits(&graph(&[1.0; 8], &[]), 4), []);
    }

    #[test]
    fn one_heavy_transaction_is_nobody_elses_fault() {
        assert_eq!(culprits(&graph(&[100.0, 1.0, 1.0], &[]), 8), []);
    }

    #[test]
    fn a_chain_through_one_slot_is_all_its_fault() {
        let chain: Vec<_> = (1..8).map(|reader| (reader - 1, reader, 5)).collect();
        let found = culprits(&graph(&[1.0; 8], &chain), 4);
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
        let found = culprits(&graph(&[1.0; 8], &chain.collect::<Vec<_>>()), 4);
        assert_eq!(
            found,
            [Culprit {
                locations: vec![slot(5), slot(6)],
                share: 1.0
            }]
        );
    }

    #[test]
    fn the_worse_of_two_chains_comes_first() {
        // Six through slot 1, three through slot 2, on four workers.
        let edges: Vec<_> = (1..6)
            .map(|reader| (reader - 1, reader, 1))
            .chain([(6, 7, 2), (7, 8, 2)])
            .collect();
        let found = culprits(&graph(&[1.0; 9], &edges), 4);
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
