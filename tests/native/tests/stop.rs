//! Whoever runs a batch may want it to stop, wherever it is: then it ends soon, and without a result;
//! `partial.rs` is about those who want to see what there is.

use std::{
    cell::RefCell,
    ops::ControlFlow,
    time::{Duration, Instant},
};

use interleave_engine::{
    access_list::AccessList,
    block::{Block, TxIdx},
    hints::Hints,
    memory::{Follow, MvMemory, Version},
    oracle,
    runner::{Control, Phase, RunError, Stopped, threads::ScopedThreads},
    strategy::{self, Entry, Needs, Sees},
    switches::Switches,
    vm::{Run, Vm},
};
use interleave_playground::{
    self as playground,
    report::{Fault, HintSource, RunOptions, RunResult, RunnerKind},
    run::{self, Machine, Prepared},
};
use interleave_tests::{example, scene::Scene};
use revm::{context::TxEnv, primitives::hardfork::SpecId};

const RUNNERS: [RunnerKind; 2] = [RunnerKind::Threads, RunnerKind::Simulated];
const WORKERS: u32 = 3;
/// What a transaction may use that would take half a minute.
const FOR_LONG: u64 = 50_000_000_000;
/// A stop takes a fraction of this, also on a machine that does other things.
const SOON: Duration = Duration::from_secs(10);

/// A block of transactions that each run in a circle until their gas is used.
fn circles(gas: u64) -> Block {
    let mut scene = Scene::new(SpecId::CANCUN);
    let circle = scene.contract(1, "JUMPDEST PUSH0 JUMP");
    for sender in 2..5 {
        scene.send(sender, circle).gas_limit = gas;
    }
    scene.block.env.gas_limit = u64::MAX;
    scene.block
}

fn stopped() -> Control {
    let control = Control::default();
    control.stop();
    control
}

fn machine(control: &Control) -> Machine<'_> {
    Machine {
        threads: &ScopedThreads { most: WORKERS },
        now: &|| 0.0,
        control,
        memory: None,
    }
}

fn options(strategy: &Entry, runner: RunnerKind) -> RunOptions {
    RunOptions {
        strategy: strategy.id.into(),
        runner,
        workers: WORKERS,
        ..RunOptions::default()
    }
}

#[test]
fn a_transaction_that_takes_long_is_left_in_the_middle() {
    let block = circles(FOR_LONG);
    let on = |_, _| ControlFlow::Continue(());
    assert!(oracle::execute(&block, &stopped(), &mut { on }).is_none());

    let memory = MvMemory::new(&block, Switches::default(), Follow::Nobody);
    let idle = TxEnv::default();
    let control = stopped();
    let mut vm = Vm::new(&block, &memory, &idle, &control);
    let version = |tx| Version {
        tx: TxIdx(tx),
        incarnation: 0,
    };
    for tx in 0..2 {
        match vm.execute(version(tx), Sees::Lower) {
            Run::Cancelled { gas } => assert!((21_000..30_000).contains(&gas), "{gas}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_transaction_that_ends_soon_comes_to_its_end() {
    let block = circles(1_000_000);
    let on = |_, _| ControlFlow::Continue(());
    let executed = oracle::execute(&block, &stopped(), &mut { on }).expect("it goes on");
    assert_eq!(executed.gas_used(), 3_000_000);
    let one_more = circles(1_000_001);
    assert!(oracle::execute(&one_more, &stopped(), &mut { on }).is_none());
}

#[test]
fn calls_for_what_is_watched_and_dry_runs_stop() {
    let block = circles(FOR_LONG);
    let to = block.txs[0].kind.into_to().expect("a call");
    let calls = std::iter::once((to, Default::default()));
    assert_eq!(oracle::views(&block, calls, &stopped()), Err(Stopped));
    let hints = Hints::dry_run(&block, Switches::default(), &stopped());
    assert_eq!(hints, Err(Stopped));
}

/// Runs `block` under every strategy, and stops it in the middle.
fn stop_in_the_middle(block: &Block, workers: u32, faults: &[Fault]) {
    for strategy in strategy::ALL {
        for runner in RUNNERS {
            let options = RunOptions {
                hints: HintSource::AccessLists,
                workers,
                faults: faults.into(),
                ..options(strategy, runner)
            };
            let nothing = AccessList::default;
            let prepared = match strategy.needs {
                Needs::List => Prepared::given(block, nothing(), nothing()),
                _ => Prepared::new(block, strategy, &options, &|| 0.0),
            };
            let control = Control::default();
            let began = Instant::now();
            let ran = std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::thread::sleep(Duration::from_millis(20));
                    control.stop();
                });
                run::once(block, strategy, &prepared, &options, &machine(&control))
            });
            let (id, took) = (strategy.id, began.elapsed());
            assert_eq!(ran.err(), Some(RunError::Stopped), "{id}, {runner:?}");
            assert!(took < SOON, "{id}, {runner:?}: {took:?}");
        }
    }
}

/// All workers are within a transaction when somebody wants them to stop.
#[test]
fn every_strategy_leaves_a_transaction_in_the_middle() {
    stop_in_the_middle(&circles(FOR_LONG), WORKERS, &[]);
}

/// The first is given up at once, and the second runs alone after it.
#[test]
fn who_goes_on_alone_leaves_a_transaction_in_the_middle() {
    let mut block = circles(FOR_LONG).first(2);
    block.txs[0].gas_limit = 100_000;
    let panics = Fault::Panic { tx: 0, times: 2 };
    stop_in_the_middle(&block, 1, &[panics]);
}

thread_local! {
    /// The phase with which somebody wants the run to stop.
    static LAST: RefCell<Option<(Phase, Control)>> = const { RefCell::new(None) };
}

/// What a run comes to that is stopped when this phase begins.
fn stopped_at(last: Phase, script: &str, options: &RunOptions) -> RunResult {
    let control = Control::watched(|progress| {
        LAST.with_borrow(|last| {
            if let Some((phase, control)) = last
                && *phase as u32 == progress.phase
            {
                control.stop();
            }
        });
    });
    LAST.set(Some((last, control.clone())));
    let ran = playground::run(script, &[], options, &machine(&control));
    LAST.set(None);
    ran.expect("no worker fails")
}

#[test]
fn a_run_stops_in_each_of_its_phases() {
    let script = example("order-book");
    for last in [
        Phase::Reading,
        Phase::Oracle,
        Phase::Strategy,
        Phase::Analysis,
    ] {
        for strategy in strategy::ALL {
            for runner in RUNNERS {
                let ran = stopped_at(last, &script, &options(strategy, runner));
                let id = strategy.id;
                assert!(
                    matches!(ran, RunResult::Stopped),
                    "{last:?}, {id}, {runner:?}: {ran:?}"
                );
            }
        }
    }
}
