//! How fast strategies are against the oracle, each pair measured in turn on one machine.
//!
//! `cargo bench -p interleave-engine --bench strategies -- [WORKLOAD…] [--strategy ID] [--workers N,N]
//! [--txs N] [--rounds N]` prints one JSON line a measurement. `--count oracle|strategy|nothing` does
//! one of these once and prints nothing: what callgrind counts of one, less what it counts of
//! `nothing`, are its instructions.

mod workloads;

use std::{ops::ControlFlow, time::Instant};

use interleave_engine::{
    block::Block,
    hints::Hints,
    memory::MvMemory,
    oracle,
    runner::{
        Control,
        faults::Faults,
        schedule::Order,
        threads::{self, Crew, ScopedThreads},
    },
    strategy::{self, Entry, Hope, Plan, shards::Assignment},
    switches::Switches,
    trace::{Activity, Trace},
};
use workloads::Contention::{Chain, Hot, Independent};

type Workload = (&'static str, u64, fn(u64) -> Block);

/// Name, transactions, and how it is made.
const WORKLOADS: [Workload; 12] = [
    ("raw", 47_620, |txs| workloads::transfers(txs, Independent)),
    ("raw-hot-10", 47_620, |txs| {
        workloads::transfers(txs, Hot(10))
    }),
    ("raw-hot-100", 47_620, |txs| {
        workloads::transfers(txs, Hot(100))
    }),
    ("raw-chain", 47_620, |txs| workloads::transfers(txs, Chain)),
    ("tokens", 34_000, |txs| workloads::tokens(txs, Independent)),
    ("tokens-hot-10", 34_000, |txs| {
        workloads::tokens(txs, Hot(10))
    }),
    ("tokens-hot-100", 34_000, |txs| {
        workloads::tokens(txs, Hot(100))
    }),
    ("tokens-chain", 34_000, |txs| workloads::tokens(txs, Chain)),
    ("swaps", 6_413, |txs| workloads::swaps(txs, Independent)),
    ("swaps-hot-10", 6_413, |txs| workloads::swaps(txs, Hot(10))),
    ("swaps-hot-100", 6_413, |txs| {
        workloads::swaps(txs, Hot(100))
    }),
    ("swaps-chain", 6_413, |txs| workloads::swaps(txs, Chain)),
];

struct Arguments {
    workloads: Vec<String>,
    strategies: Vec<String>,
    workers: Vec<u32>,
    txs: Option<u64>,
    rounds: usize,
    count: Option<String>,
}

fn arguments() -> Arguments {
    let mut given = Arguments {
        workloads: Vec::new(),
        strategies: vec!["block-stm".into()],
        workers: vec![1, 2],
        txs: None,
        rounds: 7,
        count: None,
    };
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    while let Some(word) = words.next() {
        let mut value = || words.next().expect("an option has a value");
        match word.as_str() {
            "--strategy" => given.strategies = value().split(',').map(str::to_owned).collect(),
            "--workers" => {
                let count = |word: &str| word.parse().expect("a number of workers");
                given.workers = value().split(',').map(count).collect();
            }
            "--txs" => given.txs = Some(value().parse().expect("a number of transactions")),
            "--rounds" => given.rounds = value().parse().expect("a number of rounds"),
            "--count" => given.count = Some(value()),
            _ => given.workloads.push(word),
        }
    }
    given
}

/// The oracle's time in microseconds, and what it came to.
fn oracle_once<'b>(block: &'b Block, start: &Instant) -> (f64, oracle::Executed<'b>) {
    let began = start.elapsed();
    let executed = oracle::execute(block, &mut |_| ControlFlow::Continue(()));
    let time = start.elapsed() - began;
    (
        time.as_secs_f64() * 1e6,
        executed.expect("nobody broke off"),
    )
}

fn strategy_once<'b>(
    block: &'b Block,
    entry: &Entry,
    workers: u32,
    start: &Instant,
) -> (f64, MvMemory<'b>) {
    let control = Control::default();
    let now = || start.elapsed().as_secs_f64() * 1e6;
    let began = now();
    let memory = MvMemory::new(block, Switches::default(), entry.follow);
    let (hints, shards) = (Hints::default(), Assignment::default());
    let strategy = (entry.build)(Plan {
        block,
        workers,
        hope: Hope::Measured,
        hints: &hints,
        shards: &shards,
        verification: None,
    });
    let crew = Crew {
        workers,
        threads: &ScopedThreads { most: workers },
        now: &now,
        start: began,
        control: &control,
        faults: Faults::default(),
        order: &Order::Free,
    };
    let trace = threads::run(block, &*strategy, &memory, &crew);
    let trace = trace.expect("it ends");
    if std::env::var_os("LANES").is_some() {
        lanes(&trace, workers);
    }
    (trace.makespan, memory)
}

/// How much faster two oracles are side by side, each on its own copy of the block, than one after the
/// other: no strategy can do better on two workers of this machine as it is now.
fn ceiling(block: &Block, start: &Instant) -> f64 {
    let copy = block.clone();
    let alone = oracle_once(block, start).0 + oracle_once(&copy, start).0;
    let began = start.elapsed();
    std::thread::scope(|scope| {
        scope.spawn(|| oracle_once(&copy, start).0);
        oracle_once(block, start);
    });
    alone / ((start.elapsed() - began).as_secs_f64() * 1e6)
}

/// What the workers of a run did.
fn lanes(trace: &Trace, workers: u32) {
    for worker in 0..workers {
        let mut count = [0; 5];
        let mut time = [0.0; 5];
        let spans = trace.spans.iter().filter(|span| span.worker.0 == worker);
        for span in spans {
            let kind = match span.activity {
                Activity::Executed { .. } if span.version.incarnation == 0 => 0,
                Activity::Executed { .. } => 1,
                Activity::Blocked { .. } | Activity::Cancelled { .. } => 2,
                Activity::Validated => 3,
                Activity::Rejected { .. } => 4,
            };
            count[kind] += 1;
            time[kind] += span.end - span.start;
        }
        eprintln!(
            "worker {worker} of {:.0}: first, again, blocked, validated, rejected {count:?} {time:.0?}",
            trace.makespan
        );
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let given = arguments();
    let start = Instant::now();
    for (name, txs, make) in WORKLOADS {
        if !given.workloads.is_empty() && !given.workloads.iter().any(|word| word == name) {
            continue;
        }
        let block = make(given.txs.unwrap_or(txs));
        let entries = || {
            let find = |id: &String| strategy::find(id).expect("there is such a strategy");
            given.strategies.iter().map(find)
        };
        match given.count.as_deref() {
            Some("nothing") => continue,
            Some("oracle") => {
                std::hint::black_box(oracle_once(&block, &start));
                continue;
            }
            Some(_) => {
                for entry in entries() {
                    std::hint::black_box(strategy_once(&block, entry, given.workers[0], &start));
                }
                continue;
            }
            None => {}
        }
        let truth = oracle_once(&block, &start).1.result();
        let mut ceilings: Vec<f64> = (0..given.rounds).map(|_| ceiling(&block, &start)).collect();
        let ceiling = median(&mut ceilings);
        for entry in entries() {
            for &workers in &given.workers {
                let (mut oracle, mut strategy) = (Vec::new(), Vec::new());
                for _ in 0..given.rounds {
                    oracle.push(oracle_once(&block, &start).0);
                    let (time, memory) = strategy_once(&block, entry, workers, &start);
                    let (result, _) = memory.into_final();
                    strategy.push(time);
                    let difference = result.first_difference(&truth);
                    assert!(difference.is_none(), "{name}: {difference:?}");
                }
                let pairs = oracle.iter().zip(&strategy);
                let mut ratios: Vec<f64> = pairs.map(|(a, b)| a / b).collect();
                let (best_oracle, best) = (
                    oracle.iter().copied().fold(f64::MAX, f64::min),
                    strategy.iter().copied().fold(f64::MAX, f64::min),
                );
                let line = serde_json::json!({
                    "workload": name,
                    "strategy": entry.id,
                    "workers": workers,
                    "transactions": block.txs.len(),
                    "ceiling": ceiling,
                    "gas": truth.gas_used(),
                    "oracleMedian": median(&mut oracle),
                    "strategyMedian": median(&mut strategy),
                    "ratioMedian": median(&mut ratios),
                    "ratioBest": best_oracle / best,
                });
                println!("{line}");
            }
        }
    }
}
