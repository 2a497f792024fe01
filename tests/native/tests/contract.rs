//! Every strategy keeps to what runners rely on, and comes to the right result, whoever is slow or fails.

use interleave_engine::{block::Block, oracle, runner::RunError};
use interleave_playground::{
    report::{ConflictUnit, Fault, RunOptions},
    run::{self, Prepared},
};
use interleave_tests::{
    adversary::{Adversarial, blocks},
    batches, block,
    contract::watched,
    on_machine,
    random::{fault, scripts},
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};

const MOST_WORKERS: u32 = 6;

/// Runs it under every strategy in virtual time.
fn holds(block: &Block, options: &RunOptions) -> Result<(), TestCaseError> {
    let truth = oracle::result(block);
    for (id, hope, entry) in watched() {
        let options = RunOptions {
            strategy: (*id).into(),
            ..options.clone()
        };
        let ran = on_machine(|machine| {
            let prepared = Prepared::new(block, entry, &options, machine.now);
            run::once(block, entry, &prepared, &options, machine)
        });
        match ran {
            Ok(ran) => {
                let difference = ran.result.first_difference(&truth);
                prop_assert!(difference.is_none(), "{hope:?} {options:?}: {difference:?}");
            }
            Err(RunError::Unrecovered(_)) if everybody_fails(&options) => {}
            Err(other) => prop_assert!(false, "{hope:?} {options:?}: {other}"),
        }
    }
    Ok(())
}

fn everybody_fails(options: &RunOptions) -> bool {
    let fails = |worker| {
        let mut faults = options.faults.iter();
        faults.any(|fault| matches!(fault, Fault::Fail { worker: it, .. } if *it == worker))
    };
    (0..options.workers).all(fails)
}

proptest! {
    #![proptest_config(Config { cases: 400, rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..Config::default() })]

    #[test]
    fn random_blocks_with_faults(
        block in prop_oneof![
            blocks(),
            scripts().prop_map(|it| Adversarial(block(&batches(&it.0)[0]))),
        ],
        workers in 1..=MOST_WORKERS,
        faults in prop::collection::vec(fault(MOST_WORKERS, 8), 0..5),
        seed in 0..4_u32,
        switches in any::<[bool; 4]>(),
    ) {
        let Adversarial(block) = block;
        let exists = |fault: &Fault| match *fault {
            Fault::Fail { worker, .. } | Fault::Pause { worker, .. } | Fault::Slow { worker, .. } => {
                worker < workers
            }
            Fault::Panic { tx, .. } => (tx as usize) < block.txs.len(),
            Fault::Drop { .. } => false,
        };
        holds(&block, &RunOptions {
            workers,
            seed,
            faults: faults.into_iter().filter(exists).collect(),
            unit: if switches[3] { ConflictUnit::Account } else { ConflictUnit::Split },
            deferred_fees: switches[0],
            commutative_balances: switches[1],
            expected_nonces: switches[2],
            ..RunOptions::default()
        })?;
    }
}
