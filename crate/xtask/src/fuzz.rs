//! `cargo xtask fuzz`: looks for input that a reader does not stand, with libFuzzer.
//!
//! It is apart from the tests, since all crates are built again for it; the tests read what is kept in
//! `tests/fuzz`, and changes of it from fixed seeds.

use std::{fs, process::Command};

use anyhow::{Result, ensure};
use clap::Args;

use crate::{place, run};

/// Counts which edges of the program were taken, and shows libFuzzer what is compared with what.
/// These are options that the stable compiler has.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// What one input may take, in seconds and in megabytes.
const SECONDS: u32 = 30;
const MEGABYTES: u32 = 4_096;

#[derive(Args)]
pub struct Options {
    /// What reads: names of folders of `tests/fuzz`; all of them if none is named.
    readers: Vec<String>,
    /// For how long, each.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Copies to `tests/fuzz` what was found and takes a way through the code that nothing there takes.
    #[arg(long)]
    keep: bool,
}

/// Builds the fuzzer and runs it for one reader after another; what it finds is kept in `target/fuzz`.
pub fn fuzz(options: &Options) -> Result<()> {
    let corpora = place::root().join("tests/fuzz");
    let mut known = Vec::new();
    for entry in fs::read_dir(&corpora)? {
        known.push(entry?.file_name().to_string_lossy().into_owned());
    }
    known.sort();
    for reader in &options.readers {
        ensure!(
            known.contains(reader),
            "{reader} is no reader; there are {}",
            known.join(", ")
        );
    }
    let readers = match options.readers.as_slice() {
        [] => known.as_slice(),
        named => named,
    };
    for reader in readers {
        let corpus = corpora.join(reader);
        let found = place::target().join("fuzz/found").join(reader);
        fs::create_dir_all(&found)?;
        // The first folder is where new input goes; the second one is only read.
        let mut command = fuzzer(reader)?;
        command.arg(format!("-max_total_time={}", options.seconds));
        command.arg("-print_final_stats=1");
        run::run(command.arg(&found).arg(&corpus))?;
        if options.keep {
            let mut command = fuzzer(reader)?;
            // Few files for all the code that is reached, however often each part of it is.
            command.args(["-set_cover_merge=1", "-use_counters=0"]);
            run::run(command.arg(&corpus).arg(&found))?;
        }
    }
    Ok(())
}

/// libFuzzer for one reader.
fn fuzzer(reader: &str) -> Result<Command> {
    let target = place::target().join("fuzz");
    let mut command = run::cargo(&["run", "--package", "interleave-tests", "--bin", "fuzz"]);
    command.args(["--features", "fuzz", "--target", &host()?, "--"]);
    command.arg(format!("-timeout={SECONDS}"));
    command.arg(format!("-rss_limit_mb={MEGABYTES}"));
    // Where what breaks a reader is written.
    command.arg(format!("-artifact_prefix={}/broken-", target.display()));
    command.env("INTERLEAVE_FUZZ", reader);
    command.env("RUSTFLAGS", COVERAGE);
    command.env("CARGO_TARGET_DIR", &target);
    Ok(command)
}

/// The target of this machine: with one that is named, programs of the build are not instrumented.
fn host() -> Result<String> {
    let mut command = run::command("rustc", &place::root());
    let facts = run::output(command.arg("-vV")).unwrap_or_default();
    let host = facts.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| anyhow::anyhow!("rustc does not name its host"))
}
