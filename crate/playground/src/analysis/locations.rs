//! The locations that transactions conflict on, worst first.
//!
//! Listed are those through which one transaction depends on another, also if only once others are ignored,
//! those two wrote, and those that caused an abort. All indices into `locations` in a report come from here.

use std::collections::BTreeMap;

use alloy_primitives::{B256, map::HashMap};
use interleave_engine::{
    memory::{Conflict, Location},
    runner::Stopped,
    trace::Activity,
};

use super::{
    Names, Run,
    graph::{Graph, Paths},
    loss::{self, Loss},
    remedies::{self, Company, Place, Use},
    sources, uses,
};
use crate::report::{LocationFacts, LocationKind};

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    readers: u32,
    writers: u32,
    dependencies: u32,
    aborts: u32,
    share: f64,
}

/// The list, and where each location is in it.
pub struct Locations {
    /// What the report says of each.
    pub facts: Vec<LocationFacts>,
    /// The groups that cost most, as indices into `facts`, with cumulative shares.
    pub culprits: Vec<(Vec<u32>, f64)>,
    index: HashMap<Location, u32>,
}

impl Locations {
    /// Collects and orders them.
    pub fn new(
        run: &Run<'_>,
        graph: &Graph,
        paths: &Paths,
        loss: &Loss,
        names: &Names<'_>,
    ) -> Result<Self, Stopped> {
        let mut counts: BTreeMap<Location, Counts> = BTreeMap::new();
        for (_, executed) in &run.ran.finals {
            for (location, _) in executed.reads.locations() {
                counts.entry(location).or_default().readers += 1;
            }
            if executed.reads.reads_fees() {
                counts.entry(Location::Fees).or_default().readers += 1;
            }
            for location in executed.writes.locations() {
                counts.entry(location).or_default().writers += 1;
            }
            if executed.writes.fee.is_some_and(|fee| !fee.is_zero()) {
                counts.entry(Location::Fees).or_default().writers += 1;
            }
        }
        for edge in graph.edges.iter().chain(&paths.sums) {
            counts.entry(edge.location).or_default().dependencies += 1;
        }
        for span in &run.ran.trace.spans {
            if let Activity::Blocked { conflict, .. } | Activity::Rejected { conflict } =
                span.activity
            {
                counts.entry(conflict.location).or_default().aborts += 1;
            }
        }
        for abort in &run.ran.trace.aborts {
            let location = abort.overtaken.conflict.location;
            counts.entry(location).or_default().aborts += 1;
        }
        let culprits = loss::culprits(graph, loss);
        for culprit in &culprits {
            for location in &culprit.locations {
                counts.entry(*location).or_default().share = culprit.share;
            }
        }

        let rank: HashMap<Location, usize> = culprits
            .iter()
            .enumerate()
            .flat_map(|(rank, culprit)| {
                culprit
                    .locations
                    .iter()
                    .map(move |location| (*location, rank))
            })
            .collect();
        let mut listed: Vec<(Location, Counts)> = counts
            .into_iter()
            .filter(|(location, counts)| {
                let written_twice = counts.writers > 1 && *location != Location::Fees;
                // Who waits for a sum may wait at another location once one is ignored.
                let is_culprit = rank.contains_key(location);
                is_culprit || counts.dependencies > 0 || counts.aborts > 0 || written_twice
            })
            .collect();
        listed.sort_by_key(|(location, counts)| {
            let rank = rank.get(location).copied().unwrap_or(usize::MAX);
            (
                rank,
                std::cmp::Reverse((counts.dependencies, counts.aborts)),
                *location,
            )
        });

        let index: HashMap<Location, u32> = (0..)
            .zip(&listed)
            .map(|(at, (location, _))| (*location, at))
            .collect();
        let culprits: Vec<(Vec<u32>, f64)> = culprits
            .iter()
            .map(|culprit| {
                (
                    culprit
                        .locations
                        .iter()
                        .map(|location| index[location])
                        .collect(),
                    culprit.share,
                )
            })
            .collect();
        let uses = uses::of(run.block, &run.ran.finals, &index);
        let companies = companies(&culprits, &listed, &uses);
        let mut facts: Vec<LocationFacts> = (listed.iter().zip(&uses).zip(&companies))
            .map(|(((location, counts), used), company)| {
                facts(*location, counts, used, *company, run, names)
            })
            .collect();
        let locations: Vec<Location> = listed.iter().map(|(location, _)| *location).collect();
        let asked = sources::questions(graph, &locations, |tx| run.ran.finals[tx].0);
        let (places, questions): (Vec<usize>, Vec<_>) = asked.into_iter().unzip();
        for (at, answer) in places.into_iter().zip((run.sites)(&questions)?) {
            let lines = sources::lines(&answer, run.batch, run.block, run.contracts);
            (facts[at].read_at, facts[at].written_at) = lines;
        }
        Ok(Self {
            facts,
            culprits,
            index,
        })
    }

    /// Where a location is in the list.
    pub fn index(&self, location: Location) -> Option<u32> {
        self.index.get(&location).copied()
    }

    /// The writer and the place of a conflict, as the report's columns want them.
    pub fn conflict(&self, conflict: Option<Conflict>) -> (Option<u32>, Option<u32>) {
        let writer = conflict.and_then(|conflict| conflict.writer).map(|tx| tx.0);
        (
            writer,
            conflict.and_then(|conflict| self.index(conflict.location)),
        )
    }
}

/// For each location: what the others in its group say about it.
fn companies(
    groups: &[(Vec<u32>, f64)],
    listed: &[(Location, Counts)],
    uses: &[Use],
) -> Vec<Company> {
    let mut found = vec![Company::default(); listed.len()];
    for (group, _) in groups {
        let used = |at: &u32| (listed[*at as usize].0, &uses[*at as usize]);
        let used: Vec<_> = group.iter().map(used).collect();
        for (place, at) in group.iter().enumerate() {
            found[*at as usize] = uses::company(&used, place);
        }
    }
    found
}

fn facts(
    location: Location,
    counts: &Counts,
    used: &Use,
    company: Company,
    run: &Run<'_>,
    names: &Names<'_>,
) -> LocationFacts {
    let (kind, address, slot) = match location {
        Location::Balance(address) => (LocationKind::Balance, address, None),
        Location::Nonce(address) => (LocationKind::Nonce, address, None),
        Location::Code(address) => (LocationKind::Code, address, None),
        Location::Existence(address) => (LocationKind::Existence, address, None),
        Location::Slot(address, slot) => (LocationKind::Slot, address, Some(slot)),
        Location::Account(address) => (LocationKind::Account, address, None),
        Location::Fees => (LocationKind::Fees, run.block.env.beneficiary, None),
    };
    let name = names.location(location);
    let env = &run.block.env;
    let place = Place {
        kind,
        address,
        name: &name,
        is_beneficiary: address == env.beneficiary,
        company,
        clock: [env.timestamp, env.number],
    };
    let pattern = remedies::pattern(&place, used);
    LocationFacts {
        pattern,
        remedy: pattern.map(|it| remedies::remedy(it).to_owned()),
        name,
        kind,
        address: address.to_string(),
        slot: slot.map(|slot| B256::from(slot).to_string()),
        readers: counts.readers,
        writers: counts.writers,
        dependencies: counts.dependencies,
        aborts: counts.aborts,
        loss_share: counts.share,
        read_at: None,
        written_at: None,
    }
}
