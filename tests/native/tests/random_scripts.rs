//! Random scripts. What fails is printed as the shortest script that still does.

use interleave_playground::{
    batch::{input, lower, script},
    contracts::Contracts,
};
use interleave_tests::{check, random::scripts};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};

proptest! {
    #![proptest_config(Config { cases: 40, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() })]

    #[test]
    fn random_scripts_equal_sequential_execution(script in scripts()) {
        let contracts = Contracts::default();
        let (batch, problems) = script::evaluate(&script.0, &contracts);
        // A wrong nonce is a warning: the transaction stays, and is skipped.
        prop_assert!(!input::cannot_run(&problems), "{problems:?}");
        check(&lower(&batch, &contracts).expect("there is no preparation"));
    }
}
