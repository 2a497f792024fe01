//! Of a run that is stopped by somebody who has had enough, the transactions that are final are kept, and
//! they came to what sequential execution makes of them.

use std::sync::{Mutex, PoisonError};

use interleave_engine::{
    access_list::{AccessList, Declarations, Verification},
    block::{Block, TxIdx},
    hints::Hints,
    memory::MvMemory,
    oracle,
    runner::{
        Control, Phase, Progress,
        costs::{Costs, Overhead},
        faults::Faults,
        schedule::Order,
        simulated,
        threads::{self, Crew, ScopedThreads},
    },
    strategy::{self, Entry, Hope, Needs, Plan, shards::Assignment},
    switches::{Balances, FeeCredit, Nonces, Switches, Unit},
    trace::Trace,
};
use interleave_playground::{
    self as playground,
    batch::{lower, script},
    gallery,
    report::{CostModel, Fault, PartialRun, Report, RunOptions, RunResult, RunnerKind},
    run::{self, Machine},
};
use interleave_tests::{
    example, report,
    watched::{Watch, Watched},
};

const WORKERS: u32 = 3;
const RUNNERS: [RunnerKind; 2] = [RunnerKind::Threads, RunnerKind::Simulated];
/// The run is to end when so many transactions are final.
const ENOUGH: u32 = 5;

/// Has had enough as soon as some transactions are final.
struct UntilEnough<'c>(&'c Control);

impl Watch for UntilEnough<'_> {
    fn committed(&self, committed: TxIdx) {
        if committed.0 >= ENOUGH {
            self.0.enough();
        }
    }
}

/// Runs `block` until somebody has had enough; what is final then is compared with sequential execution.
fn stopped(block: &Block, entry: &Entry, runner: RunnerKind, switches: Switches) -> Trace {
    let control = Control::default();
    let list = run::access_list(block);
    let declarations = Declarations::new(block, &list);
    let verification = Verification::new(block, &list, &declarations, &AccessList::default());
    let memory = match entry.needs {
        Needs::List => MvMemory::declared(block, &verification),
        Needs::Nothing | Needs::Hints => MvMemory::new(block, switches, entry.follow),
    };
    let hints = match entry.needs {
        Needs::Hints => Hints::dry_run(block, switches, &control).expect("nobody stops it"),
        Needs::Nothing | Needs::List => Hints::default(),
    };
    let shards = Assignment {
        count: 4,
        ..Assignment::default()
    };
    let strategy = Watched {
        strategy: (entry.build)(Plan {
            block,
            workers: WORKERS,
            hope: Hope::Unbounded,
            hints: &hints,
            shards: &shards,
        }),
        watch: UntilEnough(&control),
    };
    let trace = match runner {
        RunnerKind::Simulated => {
            let costs = Costs::gas(Overhead::WORK, 1);
            let faults = Faults::default();
            simulated::run(block, &strategy, &memory, WORKERS, costs, faults, &control)
        }
        RunnerKind::Threads => {
            let crew = Crew {
                workers: WORKERS,
                threads: &ScopedThreads { most: WORKERS },
                now: &|| 0.0,
                start: 0.0,
                control: &control,
                order: &Order::Free,
                faults: Faults::default(),
                traced: true,
            };
            threads::run(block, &strategy, &memory, &crew)
        }
    };
    let trace = trace.expect("what is final is kept");
    let what = format!("{}, {runner:?}, {switches:?}", entry.id);
    let end = trace.end();
    assert!(end.0 >= ENOUGH, "{what}: {end:?}");
    assert!(
        trace.spans.iter().all(|span| span.version.tx < end) || end.index() == block.txs.len(),
        "{what}"
    );
    let (result, finals) = memory.into_final(end);
    let truth = oracle::result(&block.first(end.index()));
    assert_eq!(result.first_difference(&truth), None, "{what}");
    assert_eq!(result, truth, "{what}");
    assert_eq!(finals.len(), end.index(), "{what}");
    trace
}

/// Blocks where transactions meet at slots, balances, nonces and the fees.
fn blocks() -> Vec<Block> {
    let examples = [
        "order-book",
        "same-sender-nonces",
        "deferred-fees",
        "nft-mint",
    ];
    let block_of = |id: &str| {
        let (batch, problems) = script::evaluate(&example(id), gallery::contracts());
        assert_eq!(problems, [], "{id}");
        lower(&batch, gallery::contracts()).expect("the preparation of an example succeeds")
    };
    examples.map(block_of).into()
}

/// The usual ones, and each of the others beside the usual.
fn all_switches() -> [Switches; 5] {
    let usual = Switches::default();
    [
        usual,
        Switches {
            unit: Unit::Account,
            ..usual
        },
        Switches {
            fees: FeeCredit::InPlace,
            ..usual
        },
        Switches {
            balances: Balances::Commutative,
            ..usual
        },
        Switches {
            nonces: Nonces::Expected,
            ..usual
        },
    ]
}

#[test]
fn what_is_final_came_to_what_sequential_execution_makes_of_it() {
    let mut shortened = 0;
    for block in blocks() {
        for entry in strategy::ALL {
            let all = match entry.needs {
                // A list declares values, not conflicts.
                Needs::List => &all_switches()[..1],
                Needs::Nothing | Needs::Hints => &all_switches()[..],
            };
            for (switches, runner) in all
                .iter()
                .flat_map(|it| RUNNERS.map(|runner| (*it, runner)))
            {
                let end = stopped(&block, entry, runner, switches).end();
                match runner {
                    RunnerKind::Simulated => {
                        assert!(end.index() < block.txs.len(), "{}: {end:?}", entry.id)
                    }
                    RunnerKind::Threads => shortened += u32::from(end.index() < block.txs.len()),
                }
            }
        }
    }
    assert!(shortened > 0, "no run on threads was stopped on the way");
}

/// What somebody who watches a run does, and when.
struct Watcher {
    when: fn(Progress) -> bool,
    does: fn(&Control),
    control: Control,
}

/// A watcher of a [`Control`] is a function, so what it does is here.
static WATCHER: Mutex<Option<Watcher>> = Mutex::new(None);
/// Held while a run is watched.
static ALONE: Mutex<()> = Mutex::new(());

/// What a run of `script` comes to when somebody does something on the way.
fn watched(
    script: &str,
    options: &RunOptions,
    when: fn(Progress) -> bool,
    does: fn(&Control),
) -> RunResult {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let control = Control::watched(|progress| {
        let watcher = WATCHER.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(it) = &*watcher
            && (it.when)(progress)
        {
            (it.does)(&it.control);
        }
    });
    let set = |watcher| *WATCHER.lock().unwrap_or_else(PoisonError::into_inner) = watcher;
    set(Some(Watcher {
        when,
        does,
        control: control.clone(),
    }));
    let started = std::time::Instant::now();
    let machine = Machine {
        threads: &ScopedThreads { most: WORKERS },
        now: &|| started.elapsed().as_secs_f64() * 1e6,
        control: &control,
        memory: None,
    };
    let ran = playground::run(script, &[], options, &machine);
    set(None);
    ran.expect("no worker fails")
}

/// What is known of a report, whatever ran.
fn stands(report: &Report, whole: usize) -> PartialRun {
    let summary = &report.summary;
    let partial = summary.partial.expect("it is of a part");
    let committed = partial.committed as usize;
    assert!((ENOUGH as usize..whole).contains(&committed), "{partial:?}");
    assert_eq!(partial.transactions as usize, whole);
    assert!(summary.matches, "{:?}", summary.difference);
    assert_eq!(summary.digest, summary.oracle_digest);
    assert_eq!(summary.transactions, partial.committed);
    assert_eq!(
        (&summary.receipts_root, &summary.state_root, summary.unmet),
        (&None, &None, 0)
    );
    assert!(report.expectations.is_empty());
    assert_eq!(report.txs.label.len(), committed);
    assert_eq!(report.txs.committed_at.len(), committed);
    assert!(report.spans.tx.iter().all(|tx| *tx < partial.committed));
    let written = report.verdict.iter().map(|part| part.text.as_str());
    let verdict: String = written.collect();
    let says = format!("this is of the first {committed} of {whole} transactions");
    // It groups the digits of large numbers.
    assert!(verdict.replace(',', "").contains(&says), "{verdict}");
    partial
}

/// So large that a run on threads does not end before its workers see that they are to stop.
const SCRIPT: &str = "let n = 2000;\n\
        for i in 0..n { transfer(account(`from${i % 50}`), account(`to${i % 70}`), 1); }\n\
        watch(\"b\", account(\"to1\"));\n\
        expect(account(\"to1\"), 7);";
const WHOLE: usize = 2000;

#[test]
fn the_report_of_a_run_that_was_stopped_is_of_what_is_final_and_says_so() {
    for entry in strategy::ALL {
        for (runner, costs) in [
            (RunnerKind::Threads, CostModel::Gas),
            (RunnerKind::Simulated, CostModel::Gas),
            (RunnerKind::Simulated, CostModel::Measured),
        ] {
            let options = RunOptions {
                strategy: entry.id.into(),
                runner,
                costs,
                workers: WORKERS,
                ..RunOptions::default()
            };
            let what = format!("{}, {runner:?}, {costs:?}", entry.id);
            match watched(SCRIPT, &options, some_are_final, Control::enough) {
                RunResult::Report { report, problems } => {
                    stands(&report, WHOLE);
                    assert_eq!(problems, [], "{what}");
                    assert_eq!(report.watches.len(), 1);
                }
                other => panic!("{what}: {other:?}"),
            }
        }
    }
}

#[test]
fn who_wants_a_stop_is_shown_nothing_and_neither_is_who_does_not_wait() {
    let options = RunOptions::default();
    let stopped = watched(SCRIPT, &options, some_are_final, Control::stop);
    assert!(matches!(stopped, RunResult::Stopped), "{stopped:?}");
    // The report takes a while too.
    let again = |it: Progress| some_are_final(it) || it.phase == Phase::Analysis as u32;
    let stopped = watched(SCRIPT, &options, again, Control::enough);
    assert!(matches!(stopped, RunResult::Stopped), "{stopped:?}");
    // There is nothing to show yet.
    for phase in [Phase::Reading, Phase::Oracle] {
        let when = match phase {
            Phase::Reading => |it: Progress| it.phase == Phase::Reading as u32,
            _ => |it: Progress| it.phase == Phase::Oracle as u32,
        };
        let stopped = watched(SCRIPT, &options, when, Control::enough);
        assert!(
            matches!(stopped, RunResult::Stopped),
            "{phase:?}: {stopped:?}"
        );
    }
    // Whoever lets it run to its end is told of no part.
    let report = report(SCRIPT, &options);
    assert_eq!(report.summary.partial, None);
    assert_eq!(report.expectations.len(), 1);
}

fn some_are_final(progress: Progress) -> bool {
    progress.phase == Phase::Strategy as u32 && progress.committed >= ENOUGH
}

#[test]
fn what_ran_one_after_another_is_kept_too() {
    for runner in RUNNERS {
        let options = RunOptions {
            runner,
            workers: WORKERS,
            faults: vec![Fault::Panic { tx: 2, times: 2 }],
            ..RunOptions::default()
        };
        let RunResult::Report { report, .. } =
            watched(SCRIPT, &options, some_are_final, Control::enough)
        else {
            panic!("{runner:?}");
        };
        stands(&report, WHOLE);
        let recovery = report.summary.recovery.expect("something went wrong");
        assert_eq!(recovery.fell_back_from.map(|tx| tx <= 2), Some(true));
    }
}

#[test]
fn what_was_made_of_a_false_list_is_not_kept() {
    let options = RunOptions {
        strategy: "block-access-list".into(),
        workers: WORKERS,
        ..RunOptions::default()
    };
    let script =
        SCRIPT.to_owned() + "access_list_change(2, account(\"to2\"), \"balance\", ether(1_000));";
    let whole = watched(&script, &options, |_| false, Control::enough);
    assert!(matches!(whole, RunResult::Rejected { .. }), "{whole:?}");
    let part = watched(&script, &options, some_are_final, Control::enough);
    assert!(matches!(part, RunResult::Stopped), "{part:?}");
}
