//! Every strategy keeps to what runners rely on, and comes to the right result, whoever is slow or fails.

use interleave_engine::oracle;
use interleave_playground::report::{ConflictUnit, Fault, RunOptions};
use interleave_tests::{
    adversary::{Adversarial, blocks},
    batches, block, contract, example,
    random::{fault, holds, scripts},
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};

const MOST_WORKERS: u32 = 6;

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
        let mut faults = faults;
        faults.retain(exists);
        let truth = oracle::result(&block);
        for entry in contract::strategies() {
            let options = RunOptions {
                strategy: entry.id.into(),
                workers,
                seed,
                faults: faults.clone(),
                unit: if switches[3] { ConflictUnit::Account } else { ConflictUnit::Split },
                deferred_fees: switches[0],
                commutative_balances: switches[1],
                expected_nonces: switches[2],
                ..RunOptions::default()
            };
            holds(&block, &truth, entry, &options)?;
        }
    }
}

/// The first stands still, its stand-in fails, and the first is there again with nobody beside it.
#[test]
fn who_is_back_as_the_last_does_all_there_is_to_do() {
    let block = block(&batches(&example("transfer-chain"))[0]);
    let truth = oracle::result(&block);
    let pause = Fault::Pause {
        worker: 0,
        after: 0,
        time: 1_000.0,
    };
    let crews = [(2, 0), (2, 3), (3, 0), (4, 1)];
    for entry in contract::strategies() {
        for (workers, after) in crews {
            let fail = |worker| Fault::Fail { worker, after };
            let options = RunOptions {
                strategy: entry.id.into(),
                workers,
                faults: [pause].into_iter().chain((1..workers).map(fail)).collect(),
                ..RunOptions::default()
            };
            holds(&block, &truth, entry, &options).expect("it ends");
        }
    }
}
