//! Which contracts and which functions hold transactions up, and which suffer from it.
//!
//! A contract is charged for its state: what happened at its locations. A function is charged for its
//! calls: what they wrote that others depended on, and what they lost. Both lists are worst first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use alloy_primitives::{Address, map::HashMap};
use interleave_engine::{
    block::TxIdx,
    memory::{Conflict, Location, Version},
    trace::{Activity, Trace},
};

use super::{
    graph::{Edge, Graph},
    loss::Loss,
};
use crate::report::{ContractFacts, FunctionFacts};

/// Rows of a list at the most.
const ROWS: usize = 100;
/// Rows whose share of the loss is looked for: those with most of the critical path.
const CANDIDATES: usize = 24;

/// What a transaction calls: the contract, if there is one, and what a person calls the function.
pub type Call<'a> = (Option<Address>, &'a str);

/// What the facts are made from; lists have one entry a transaction.
pub struct Block<'a> {
    /// What is called.
    pub calls: Vec<Call<'a>>,
    /// Contracts that it called or whose storage it used.
    pub used: Vec<BTreeSet<Address>>,
    /// Times it was executed.
    pub incarnations: Vec<u32>,
    /// Incarnations that did not commit.
    pub lost: Vec<Lost>,
    /// Who depends on whom.
    pub graph: &'a Graph,
    /// The edges of the critical path.
    pub critical: Vec<Edge>,
    /// What is lost.
    pub loss: Loss,
}

/// An incarnation that did not commit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lost {
    /// The transaction.
    pub tx: TxIdx,
    /// What it had used.
    pub gas: f64,
    /// How it ended.
    pub end: End,
    /// What was in the way, if it is known.
    pub conflict: Option<Conflict>,
}

/// How an incarnation ended that did not commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It ran to its end, or was told to stop.
    Aborted,
    /// It stopped on an ESTIMATE.
    Blocked,
}

/// The incarnations of a run that did not commit. `is_final` knows those that did.
pub fn lost(trace: &Trace, is_final: impl Fn(Version) -> bool) -> Vec<Lost> {
    let mut why: HashMap<Version, Conflict> = HashMap::default();
    for span in &trace.spans {
        if let Activity::Rejected { conflict } = span.activity {
            why.insert(span.version, conflict);
        }
    }
    for abort in &trace.aborts {
        why.insert(abort.overtaken.reader, abort.overtaken.conflict);
    }
    let lost = trace.spans.iter().filter_map(|span| {
        let (gas, end, conflict) = match span.activity {
            Activity::Executed { gas } | Activity::Cancelled { gas } => {
                (gas, End::Aborted, why.get(&span.version).copied())
            }
            Activity::Blocked { gas, conflict } => (gas, End::Blocked, Some(conflict)),
            Activity::Validated | Activity::Rejected { .. } => return None,
        };
        let executed = matches!(span.activity, Activity::Executed { .. });
        (!(executed && is_final(span.version))).then_some(Lost {
            tx: span.version.tx,
            gas: gas as f64,
            end,
            conflict,
        })
    });
    lost.collect()
}

/// What incarnations that did not commit come to.
#[derive(Clone, Copy, Debug, Default)]
struct Waste {
    aborts: u32,
    blocked: u32,
    gas: f64,
}

impl Waste {
    fn add(&mut self, lost: &Lost) {
        match lost.end {
            End::Aborted => self.aborts += 1,
            End::Blocked => self.blocked += 1,
        }
        self.gas += lost.gas;
    }
}

/// What transactions come to.
#[derive(Clone, Copy, Debug, Default)]
struct Calls {
    transactions: u32,
    gas: f64,
    incarnations: u32,
}

impl Block<'_> {
    fn count(&self, calls: &mut Calls, tx: usize) {
        calls.transactions += 1;
        calls.gas += self.graph.gas[tx];
        calls.incarnations += self.incarnations[tx];
    }

    fn share_of_waste(&self, gas: f64) -> f64 {
        let all: f64 = self.lost.iter().map(|lost| lost.gas).sum();
        if all > 0.0 { gas / all } else { 0.0 }
    }

    /// For the keys with most of the critical path, the share of the loss that goes away with them.
    fn shares<K: Ord + Clone>(
        &self,
        key: impl Fn(Location, TxIdx) -> Option<K>,
    ) -> BTreeMap<K, f64> {
        let mut on_path: BTreeMap<K, u32> = BTreeMap::new();
        for edge in &self.critical {
            // Who is not on the path cannot shorten it.
            if let Some(key) = key(edge.location, edge.writer) {
                *on_path.entry(key).or_default() += 1;
            }
        }
        let mut keys: Vec<(K, u32)> = on_path.into_iter().collect();
        keys.sort_by_key(|(_, edges)| Reverse(*edges));
        keys.truncate(CANDIDATES);
        let share = |wanted: K| {
            let ignored = |location, writer| key(location, writer).as_ref() == Some(&wanted);
            let share = self.loss.share(&self.graph.paths(ignored));
            (wanted, share)
        };
        keys.into_iter().map(|(key, _)| share(key)).collect()
    }

    /// The contracts. `name` gives the name of an account.
    pub fn contracts(&self, name: impl Fn(Address) -> String) -> Vec<ContractFacts> {
        let mut all: BTreeMap<Address, (Calls, Waste)> = BTreeMap::new();
        for (tx, used) in self.used.iter().enumerate() {
            for address in used {
                self.count(&mut all.entry(*address).or_default().0, tx);
            }
        }
        for lost in &self.lost {
            let address = lost
                .conflict
                .and_then(|conflict| conflict.location.account());
            if let Some((_, waste)) = address.and_then(|address| all.get_mut(&address)) {
                waste.add(lost);
            }
        }
        let shares = self.shares(|location, _| location.account());
        let facts = all
            .into_iter()
            .map(|(address, (calls, waste))| ContractFacts {
                name: name(address),
                address: address.to_string(),
                transactions: calls.transactions,
                gas: calls.gas,
                incarnations: calls.incarnations,
                aborts: waste.aborts,
                blocked: waste.blocked,
                wasted_gas: waste.gas,
                wasted_share: self.share_of_waste(waste.gas),
                loss_share: shares.get(&address).copied().unwrap_or_default(),
            });
        let mut facts: Vec<ContractFacts> = facts.collect();
        facts.sort_by(|a, b| {
            let key = |it: &ContractFacts| [it.loss_share, it.wasted_gas, it.gas];
            worst_first(key(a), key(b))
        });
        facts.truncate(ROWS);
        facts
    }

    /// The functions. `name` gives the name of an account.
    pub fn functions(&self, name: impl Fn(Address) -> String) -> Vec<FunctionFacts> {
        let mut all: BTreeMap<Call<'_>, (Calls, Waste, Waste)> = BTreeMap::new();
        for (tx, call) in self.calls.iter().enumerate() {
            self.count(&mut all.entry(*call).or_default().0, tx);
        }
        for lost in &self.lost {
            let of = |tx: TxIdx| self.calls[tx.index()];
            all.entry(of(lost.tx)).or_default().1.add(lost);
            if let Some(writer) = lost.conflict.and_then(|conflict| conflict.writer) {
                all.entry(of(writer)).or_default().2.add(lost);
            }
        }
        let shares = self.shares(|_, writer| Some(self.calls[writer.index()]));
        let facts = all
            .into_iter()
            .map(|(call, (calls, waste, caused))| FunctionFacts {
                contract: call.0.map(&name).unwrap_or_default(),
                function: call.1.to_owned(),
                transactions: calls.transactions,
                gas: calls.gas,
                incarnations: calls.incarnations,
                aborts: waste.aborts,
                blocked: waste.blocked,
                aborts_caused: caused.aborts,
                blocked_caused: caused.blocked,
                wasted_gas: waste.gas,
                wasted_share: self.share_of_waste(waste.gas),
                loss_share: shares.get(&call).copied().unwrap_or_default(),
            });
        let mut facts: Vec<FunctionFacts> = facts.collect();
        facts.sort_by(|a, b| {
            let key = |it: &FunctionFacts| [it.loss_share, it.wasted_gas, it.gas];
            worst_first(key(a), key(b))
        });
        facts.truncate(ROWS);
        facts
    }
}

/// The larger first, by the first number that differs.
fn worst_first(a: [f64; 3], b: [f64; 3]) -> std::cmp::Ordering {
    let pairs = a.iter().zip(&b);
    let mut orders = pairs.map(|(a, b)| b.total_cmp(a));
    orders
        .find(|order| order.is_ne())
        .unwrap_or(std::cmp::Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use interleave_engine::{
        memory::Overtaken,
        strategy::WorkerId,
        trace::{Abort, Span},
    };

    use super::*;
    use crate::analysis::graph::tests::{graph, slot};

    const POOL: Address = Address::ZERO;
    const TOKEN: Address = Address::repeat_byte(7);

    fn conflict(writer: u32) -> Option<Conflict> {
        Some(Conflict {
            location: slot(1),
            writer: Some(TxIdx(writer)),
        })
    }

    /// Four swaps in a chain through slot 1 of the pool, and two payments that nobody depends on.
    fn example(graph: &Graph) -> Block<'_> {
        let lost = |tx, gas, end, writer| Lost {
            tx: TxIdx(tx),
            gas,
            end,
            conflict: conflict(writer),
        };
        Block {
            calls: [vec![(Some(POOL), "swap"); 4], vec![(Some(TOKEN), "pay"); 2]].concat(),
            used: [
                vec![BTreeSet::from([POOL, TOKEN]); 4],
                vec![BTreeSet::from([TOKEN]); 2],
            ]
            .concat(),
            incarnations: vec![1, 2, 3, 1, 1, 1],
            lost: vec![
                lost(1, 30.0, End::Aborted, 0),
                lost(2, 10.0, End::Blocked, 1),
                lost(2, 40.0, End::Aborted, 1),
            ],
            critical: graph.paths(|_, _| false).critical().1,
            loss: Loss::new(graph, 4),
            graph,
        }
    }

    fn chain() -> Graph {
        graph(&[40.0; 6], &[(0, 1, 1), (1, 2, 1), (2, 3, 1)])
    }

    #[test]
    fn a_contract_is_charged_for_what_happened_at_its_state() {
        let graph = chain();
        let found = example(&graph).contracts(|address| address.to_string());
        let [pool, token] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(pool.address, POOL.to_string());
        assert_eq!(
            (pool.transactions, pool.gas, pool.incarnations),
            (4, 160.0, 7)
        );
        assert_eq!((pool.aborts, pool.blocked, pool.wasted_gas), (2, 1, 80.0));
        assert_eq!((pool.wasted_share, pool.loss_share), (1.0, 1.0));
        assert_eq!((token.transactions, token.gas), (6, 240.0));
        assert_eq!((token.aborts, token.loss_share), (0, 0.0));
    }

    #[test]
    fn a_function_is_charged_for_what_its_calls_lost_and_made_others_lose() {
        let graph = chain();
        let mut example = example(&graph);
        example.calls[0] = (Some(POOL), "open");
        let found = example.functions(|_| "pool".into());
        let names: Vec<_> = found.iter().map(|it| it.function.as_str()).collect();
        // Without the swaps' writes, the chain is one edge long; without the opening, two.
        assert_eq!(names, ["swap", "open", "pay"]);
        let [swap, open, pay] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!((swap.transactions, swap.incarnations), (3, 6));
        assert_eq!((swap.aborts, swap.blocked), (2, 1));
        assert_eq!((swap.aborts_caused, swap.blocked_caused), (1, 1));
        assert_eq!((open.aborts, open.aborts_caused), (0, 1));
        assert_eq!((pay.wasted_share, pay.loss_share), (0.0, 0.0));
        // 240 gas: 1.5 as it is, 4 at best. Paths of 80 and 120 gas allow 3 and 2.
        assert!((swap.loss_share - 0.6).abs() < 1e-9, "{swap:?}");
        assert!((open.loss_share - 0.2).abs() < 1e-9, "{open:?}");
    }

    #[test]
    fn what_did_not_commit_has_a_reason_where_the_trace_has_one() {
        let version = |tx, incarnation| Version {
            tx: TxIdx(tx),
            incarnation,
        };
        let span = |version, activity| Span {
            worker: WorkerId(0),
            version,
            activity,
            start: 0.0,
            end: 1.0,
        };
        let overtaken = Overtaken {
            reader: version(1, 0),
            conflict: conflict(0).unwrap(),
        };
        let trace = Trace {
            spans: vec![
                span(version(0, 0), Activity::Executed { gas: 5 }),
                span(version(1, 0), Activity::Executed { gas: 7 }),
                span(version(1, 1), Activity::Cancelled { gas: 2 }),
            ],
            aborts: vec![Abort { overtaken, at: 1.0 }],
            ..Trace::default()
        };
        let found = lost(&trace, |it| it == version(0, 0));
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].gas, found[0].conflict), (7.0, conflict(0)));
        assert_eq!((found[1].gas, found[1].conflict), (2.0, None));
    }
}
