//! `cargo xtask specification`: random adversarial blocks, as the executable specification of
//! Ethereum has them, against the oracle and every strategy.
//!
//! The specification is written in Python and independent of revm. Blocks are made here, executed by
//! `tests/specification/run.py`, and compared by `interleave check`, which prints the tally.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{place, run};

const PACKAGE: &str = "ethereum-execution==2.20.0";
/// What the package needs.
const OLDEST_PYTHON: &str = "(3, 11)";
/// The interpreters that are tried, in this order.
const PYTHONS: [&str; 5] = [
    "python3",
    "python3.13",
    "python3.12",
    "python3.11",
    "python",
];

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
    let python = python()?;
    let from = match options.from {
        Some(from) => from,
        None => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
    };
    let folder = place::target().join("specification");
    fs::create_dir_all(&folder)?;
    let (made, expected) = (folder.join("made.jsonl"), folder.join("expected.jsonl"));
    let which = format!("--seeds {} --from {from}", options.seeds);
    run::step(&format!("adversarial blocks, {which}"), || {
        let mut command = cargo("interleave-tests");
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
        let mut command = cargo("interleave-cli");
        command.arg("--").arg("check").arg(&expected);
        command.args(["--workers", &options.workers, "--seeds", "1"]);
        run::run(&mut command)
    })
}

fn cargo(package: &str) -> Command {
    let mut command = run::command("cargo", &place::root());
    command.args(["run", "--quiet", "--package", package]);
    command
}

/// The interpreter of a virtual environment that has the specification, made where it is missing.
fn python() -> Result<PathBuf> {
    let environment = place::tools().join("ethereum-execution-2.20.0");
    let python = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    let python = environment.join(python);
    if has_specification(&python) {
        run::say(&format!("ok  executable specification: {PACKAGE}"));
        return Ok(python);
    }
    let base = base()?;
    run::step(&format!("pip install {PACKAGE}"), || {
        // One that was begun and not finished is no use.
        let mut make = run::command(base, &place::root());
        run::run(make.args(["-m", "venv", "--clear"]).arg(&environment))?;
        let mut install = run::command(&python, &place::root());
        install.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            PACKAGE,
        ]);
        run::run(&mut install)
    })
    .context("the executable specification cannot be installed, so nothing was compared")?;
    if !has_specification(&python) {
        bail!("{PACKAGE} is installed but cannot be loaded, so nothing was compared");
    }
    Ok(python)
}

fn has_specification(python: &Path) -> bool {
    let loads = "import ethereum.forks.osaka.fork, coincurve";
    let mut command = run::command(python, &place::root());
    run::output(command.args(["-c", loads])).is_some()
}

/// An interpreter that is new enough.
fn base() -> Result<&'static str> {
    let new_enough = |name: &&str| {
        let asks = format!("import sys; assert sys.version_info >= {OLDEST_PYTHON}");
        run::output(run::command(name, &place::root()).args(["-c", &asks])).is_some()
    };
    PYTHONS
        .into_iter()
        .find(new_enough)
        .context("the executable specification needs Python 3.11 or later, and none was found")
}
