//! `cargo xtask races`: every strategy on real threads under ThreadSanitizer.
//!
//! It is apart from the tests, since all crates are built again for it, and run some ten times slower.

use anyhow::Result;

use crate::{place, run};

/// The sanitizer's runtime comes with the compiler for this target alone.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Blocks in which much is contended.
const EXAMPLES: [&str; 3] = ["hot-counter", "swaps-one-pool", "mixed-block"];

/// Builds the command line with the sanitizer, and checks examples with it; any race it reports is an error.
pub fn races() -> Result<()> {
    let root = place::root();
    let mut command = run::cargo(&[]);
    let check = "run --quiet --release --package interleave-cli --features races --target";
    command.args(check.split(' ')).args([TARGET, "--", "check"]);
    command.args(EXAMPLES.map(|example| format!("examples/{example}.rhai")));
    command.args(["--runner", "threads", "--workers", "2,4", "--seeds", "1"]);
    // The sanitizer is an unstable option of a compiler that has it all the same.
    command.env("RUSTC_BOOTSTRAP", "1");
    let flags = "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer";
    command.env("RUSTFLAGS", flags);
    command.env("CARGO_TARGET_DIR", root.join("target/races"));
    command.env("CARGO_PROFILE_RELEASE_LTO", "off");
    command.env("TSAN_OPTIONS", "halt_on_error=1");
    run::run(&mut command)
}
