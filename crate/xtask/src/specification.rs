//! `cargo xtask specification`: random adversarial blocks, as the executable specification of
//! Ethereum has them, against the oracle and every strategy.
//!
//! The specification is written in Python and independent of revm. Blocks are made here, executed by
//! `tests/specification/run.py`, and compared by `interleave check`, which prints the tally.

use std::fs::{self, File};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use clap::Args;

use crate::python::Environment;
use crate::{place, run};

/// The specification, and what it recovers signers with.
const ENVIRONMENT: Environment = Environment {
    name: "ethereum-execution-2.20.0",
    packages: &["ethereum-execution==2.20.0"],
    loads: "import ethereum.forks.osaka.fork, coincurve",
};

const SEEDS: u64 = 50;
const WORKERS: &str = "1,2,3,8";

#[derive(Args)]
pub struct Options {
    /// How many blocks.
    #[arg(long, default_value_t = SEEDS)]
    seeds: u64,
    /// The seed of the first; by default the time in seconds, so that each run has new blocks.
    #[arg(long)]
    from: Option<u64>,
    /// Numbers of workers.
    #[arg(long, default_value = WORKERS)]
    workers: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seeds: SEEDS,
            from: None,
            workers: WORKERS.into(),
        }
    }
}

/// Makes the blocks, executes them with the specification, and compares.
pub fn specification(options: &Options) -> Result<()> {
    let python = ENVIRONMENT
        .python()
        .context("nothing was compared with the executable specification")?;
    let from = match options.from {
        Some(from) => from,
        None => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
    };
    let folder = place::target().join("specification");
    fs::create_dir_all(&folder)?;
    let (made, expected) = (folder.join("made.jsonl"), folder.join("expected.jsonl"));
    let which = format!("--seeds {} --from {from}", options.seeds);
    run::step(&format!("adversarial blocks, {which}"), || {
        let mut command = run::cargo(&["run", "--quiet", "--package", "interleave-tests"]);
        command.args(["--bin", "adversarial", "--"]);
        command.args([options.seeds, from].map(|number| number.to_string()));
        run::run(command.stdout(File::create(&made)?))
    })?;
    run::step("the specification executes them", || {
        let mut command = run::command(&python, &place::root());
        command.arg("tests/specification/run.py");
        command.stdin(File::open(&made)?);
        run::run(command.stdout(File::create(&expected)?))
    })?;
    run::step("all strategies against it", || {
        let mut command = run::cargo(&["run", "--quiet", "--package", "interleave-cli"]);
        command.arg("--").arg("check").arg(&expected);
        command.args(["--workers", &options.workers, "--seeds", "1"]);
        run::run(&mut command)
    })
}
