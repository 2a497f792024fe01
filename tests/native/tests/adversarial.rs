//! Random adversarial blocks. What fails is printed as the smallest block that still does.

use interleave_tests::{adversary::blocks, check};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};

proptest! {
    #![proptest_config(Config { cases: 24, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() })]

    #[test]
    fn adversarial_blocks_equal_sequential_execution(block in blocks()) {
        check(&block.0);
    }
}
