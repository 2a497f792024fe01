//! How a static partition fared: what stayed, what crossed, and who waited for it.
//!
//! Homes are those expected beforehand, since they decided what waited.

use interleave_engine::{
    block::TxIdx,
    trace::{Activity, Span},
};

use super::Run;
use crate::report::Shards;

/// The facts of a run under the strategy `shards`.
pub fn facts(run: &Run<'_>, homes: &[Option<u32>]) -> Shards {
    let count = run.options.shards as usize;
    let mut facts = Shards {
        transactions: vec![0; count],
        gas: vec![0.0; count],
        crossing: 0,
        crossing_share: 0.0,
        crossing_gas: 0.0,
        waiting: 0.0,
        waiting_share: 0.0,
    };
    for (home, (_, executed)) in homes.iter().zip(&run.ran.finals) {
        let gas = executed.outcome.gas_used() as f64;
        match home {
            Some(shard) => {
                facts.transactions[*shard as usize] += 1;
                facts.gas[*shard as usize] += gas;
            }
            None => {
                facts.crossing += 1;
                facts.crossing_gas += gas;
            }
        }
    }
    let trace = &run.ran.trace;
    let workers = run.options.workers;
    facts.crossing_share = f64::from(facts.crossing) / homes.len().max(1) as f64;
    facts.waiting = waiting(&held(homes, count, &trace.spans), &trace.spans, workers);
    let all = trace.makespan * f64::from(workers);
    facts.waiting_share = if all > 0.0 { facts.waiting / all } else { 0.0 };
    facts
}

/// When each shard's next transaction could not run because one that crosses had to run before it.
fn held(homes: &[Option<u32>], shards: usize, spans: &[Span]) -> Vec<(f64, f64)> {
    // When a transaction was executed first; later executions belong to the commit phase.
    let mut first = vec![None; homes.len()];
    for span in spans {
        if let Activity::Executed { .. } = span.activity
            && span.version.incarnation == 0
        {
            first[span.version.tx.index()] = Some((span.start, span.end));
        }
    }
    let mut held = Vec::new();
    // By shard: since when it is idle.
    let mut free = vec![0.0; shards];
    // When the last crossing transaction ended.
    let mut barrier: f64 = 0.0;
    for (tx, home) in (0..).map(TxIdx).zip(homes) {
        let Some((_, end)) = first[tx.index()] else {
            continue;
        };
        match home {
            None => barrier = barrier.max(end),
            Some(shard) => {
                let free = &mut free[*shard as usize];
                if barrier > *free {
                    held.push((*free, barrier));
                }
                *free = end;
            }
        }
    }
    held
}

/// Worker time that was free while shards were held: the smaller of the two at each moment.
fn waiting(held: &[(f64, f64)], spans: &[Span], workers: u32) -> f64 {
    // What happens to the numbers of shards held and of workers free, and when.
    let held = held
        .iter()
        .flat_map(|(start, end)| [(*start, 1, 0), (*end, -1, 0)]);
    let busy = spans
        .iter()
        .flat_map(|span| [(span.start, 0, -1), (span.end, 0, 1)]);
    let mut changes: Vec<(f64, i64, i64)> = held.chain(busy).collect();
    changes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut shards, mut free, mut last, mut waited) = (0, i64::from(workers), 0.0, 0.0);
    for (at, more_shards, more_free) in changes {
        waited += (at - last) * shards.min(free).max(0) as f64;
        last = at;
        shards += more_shards;
        free += more_free;
    }
    waited
}

#[cfg(test)]
mod tests {
    use interleave_engine::{memory::Version, strategy::WorkerId};

    use super::*;

    fn span(worker: u32, tx: u32, start: f64, end: f64) -> Span {
        Span {
            worker: WorkerId(worker),
            version: Version {
                tx: TxIdx(tx),
                incarnation: 0,
            },
            activity: Activity::Executed { gas: 1 },
            start,
            end,
        }
    }

    /// Shard 0 runs until 10, shard 1 until 4; then the crossing one until 15, then both again.
    fn run() -> (Vec<Option<u32>>, Vec<Span>) {
        let homes = vec![Some(0), Some(1), None, Some(0), Some(1)];
        let spans = vec![
            span(0, 0, 0.0, 10.0),
            span(1, 1, 0.0, 4.0),
            span(0, 2, 10.0, 15.0),
            span(0, 3, 15.0, 16.0),
            span(1, 4, 15.0, 16.0),
        ];
        (homes, spans)
    }

    #[test]
    fn a_shard_is_held_from_its_last_transaction_to_the_end_of_the_crossing_one() {
        let (homes, spans) = run();
        assert_eq!(held(&homes, 2, &spans), [(10.0, 15.0), (4.0, 15.0)]);
    }

    #[test]
    fn a_worker_waits_where_it_is_free_and_a_shard_is_held() {
        let (homes, spans) = run();
        let held = held(&homes, 2, &spans);
        // The second worker, from 4 to 15. The first is never free.
        assert_eq!(waiting(&held, &spans, 2), 11.0);
        // A third is free all the time, and finds a second shard held from 10 on.
        assert_eq!(waiting(&held, &spans, 3), 6.0 + 2.0 * 5.0);
    }

    #[test]
    fn nobody_waits_where_nothing_crosses() {
        let (mut homes, spans) = run();
        homes[2] = Some(0);
        assert_eq!(held(&homes, 2, &spans), []);
        assert_eq!(waiting(&[], &spans, 3), 0.0);
    }
}
