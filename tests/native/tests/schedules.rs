//! Every strategy on threads whose schedule a model checker chooses: at random, and by PCT ("A Randomized
//! Scheduler with Probabilistic Guarantees of Finding Bugs", Burckhardt et al., ASPLOS 2010).
//!
//! What runs is what ships, EVM included; only locks and atomics are the checker's. A lost wake-up
//! shows as a deadlock, everything else as a difference from the oracle.
//! `INTERLEAVE_SCHEDULES` says how many schedules are tried in each case.

use std::{
    env,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
};

use interleave_engine::{
    block::Block,
    defect::{self, Defect},
    oracle,
    outcome::BlockResult,
    runner::{Control, threads::Threads},
    strategy::{self, Entry},
};
use interleave_playground::{
    batch::{lower, script},
    contracts::Contracts,
    report::{RunOptions, RunnerKind},
    run::{Machine, Prepared, once},
};
use shuttle::{
    Config, Runner,
    scheduler::{PctScheduler, RandomScheduler},
};

/// The process has one planted defect at a time, so tests take turns.
static TURN: Mutex<()> = Mutex::new(());

/// Priority changes of a PCT schedule at the most.
const DEPTH: usize = 3;

/// Threads whose schedule is chosen.
struct Chosen;

impl Threads for Chosen {
    fn count(&self) -> u32 {
        8
    }

    fn broadcast(&self, workers: u32, body: &(dyn Fn(u32) + Sync)) {
        shuttle::thread::scope(|scope| {
            for worker in 1..workers {
                scope.spawn(move || body(worker));
            }
            body(0);
        });
    }
}

/// Small blocks in which everything depends on something.
const BLOCKS: [(&str, &str); 4] = [
    (
        "counter",
        r#"
        let people = accounts("person", 4, #{ balance: ether(1) });
        let counter = account("counter", #{ nonce: 1, code: hex("600054600101600055") });
        for n in 0..4 { send(people[n], counter, #{ gas_limit: 100_000 }); }
        "#,
    ),
    (
        // Adds to a slot whose number is in another, so who was too early wrote elsewhere.
        "pointer",
        r#"
        let people = accounts("person", 4, #{ balance: ether(1) });
        let pointer = account("pointer", #{ nonce: 1, code: hex("60005480600a0180548201600101905560010160005500") });
        for n in 0..4 { send(people[n], pointer, #{ gas_limit: 200_000 }); }
        "#,
    ),
    (
        // The second payment cannot be made.
        "chain",
        r#"
        let a = account("a", #{ balance: ether(1) });
        let b = account("b");
        let c = account("c");
        transfer(a, b, ether(0.5));
        transfer(a, c, ether(0.6));
        transfer(b, c, ether(0.2));
        transfer(c, a, ether(0.1));
        transfer(a, b, ether(0.1));
        "#,
    ),
    (
        "apart and together",
        r#"
        let people = accounts("person", 5, #{ balance: ether(1) });
        let counter = account("counter", #{ nonce: 1, code: hex("600054600101600055") });
        transfer(people[0], people[1], 1);
        send(people[1], counter, #{ gas_limit: 100_000 });
        transfer(people[2], people[3], 1);
        send(people[3], counter, #{ gas_limit: 100_000 });
        transfer(people[4], people[0], 1);
        "#,
    ),
];

/// A block and what it comes to.
struct Case {
    name: &'static str,
    block: Block,
    truth: BlockResult,
}

fn cases() -> Vec<Arc<Case>> {
    let case = |(name, text): (&'static str, &str)| {
        let contracts = Contracts::default();
        let (batch, _) = script::evaluate(text, &contracts);
        let block = lower(&batch, &contracts).expect("it can run");
        let truth = oracle::result(&block);
        Arc::new(Case { name, block, truth })
    };
    BLOCKS.into_iter().map(case).collect()
}

fn schedules(otherwise: usize) -> usize {
    let wanted = env::var("INTERLEAVE_SCHEDULES").ok();
    wanted.map_or(otherwise, |text| text.parse().expect("a number"))
}

/// The switches of conflicts that can be on or off are all on or all off.
fn options(workers: u32, on: bool) -> RunOptions {
    RunOptions {
        runner: RunnerKind::Threads,
        workers,
        deferred_fees: on,
        commutative_balances: on,
        expected_nonces: on,
        ..RunOptions::default()
    }
}

/// Runs a case once, in the schedule of the checker.
fn run(case: &Case, strategy: &'static Entry, options: &RunOptions) {
    let machine = Machine {
        threads: &Chosen,
        now: &|| 0.0,
        control: &Control::default(),
        memory: None,
    };
    let prepared = Prepared::new(&case.block, strategy, options, machine.now);
    let ran = once(&case.block, strategy, &prepared, options, &machine).expect("it ends");
    let difference = ran.result.first_difference(&case.truth);
    assert!(
        difference.is_none(),
        "{}, {}: {difference:?}",
        case.name,
        strategy.id
    );
}

/// How schedules are drawn.
#[derive(Clone, Copy, Debug)]
enum Draw {
    Random,
    Pct,
}

/// Runs `case` under `count` schedules, and counts them in `tried`.
fn explore(
    case: &Arc<Case>,
    strategy: &'static Entry,
    options: &RunOptions,
    draw: Draw,
    count: usize,
    tried: &Arc<AtomicU32>,
) {
    let model = {
        let (case, options, tried) = (Arc::clone(case), options.clone(), Arc::clone(tried));
        move || {
            tried.fetch_add(1, SeqCst);
            run(&case, strategy, &options);
        }
    };
    let mut config = Config::new();
    config.stack_size = 1 << 20;
    let seed = u64::from(options.workers);
    match draw {
        Draw::Random => Runner::new(RandomScheduler::new_from_seed(seed, count), config).run(model),
        Draw::Pct => {
            Runner::new(PctScheduler::new_from_seed(seed, DEPTH, count), config).run(model)
        }
    };
}

#[test]
fn every_strategy_is_right_under_every_schedule_drawn() {
    let _turn = TURN.lock().expect("no test failed before");
    let count = schedules(100);
    let tried = Arc::new(AtomicU32::new(0));
    for case in cases() {
        for strategy in strategy::ALL {
            for (workers, on) in [(2, true), (3, true), (2, false), (3, false)] {
                for draw in [Draw::Random, Draw::Pct] {
                    explore(&case, strategy, &options(workers, on), draw, count, &tried);
                }
            }
        }
    }
    println!("{} schedules, all as the oracle says", tried.load(SeqCst));
}

/// Does a schedule show the defect? Says which, and how many were tried.
fn shown(defect: Defect, count: usize) -> Option<(String, u32)> {
    defect::plant(Some(defect));
    let tried = Arc::new(AtomicU32::new(0));
    let mut found = None;
    'search: for draw in [Draw::Random, Draw::Pct] {
        for case in cases() {
            for strategy in strategy::ALL {
                for (workers, on) in [(2, true), (3, false)] {
                    let options = options(workers, on);
                    let explored = panic::catch_unwind(AssertUnwindSafe(|| {
                        explore(&case, strategy, &options, draw, count, &tried);
                    }));
                    if explored.is_err() {
                        found = Some(format!("{draw:?}, {}, {}", case.name, strategy.id));
                        break 'search;
                    }
                }
            }
        }
    }
    defect::plant(None);
    found.map(|found| (found, tried.load(SeqCst)))
}

#[test]
fn a_schedule_shows_every_planted_defect() {
    let _turn = TURN.lock().expect("no test failed before");
    let mut missed = Vec::new();
    for defect in defect::OF_SCHEDULES {
        match shown(defect, schedules(400)) {
            Some((found, tried)) => println!("{defect:?}: {found}, schedule {tried}"),
            None => missed.push(defect),
        }
    }
    assert!(missed.is_empty(), "no schedule shows {missed:?}");
}
