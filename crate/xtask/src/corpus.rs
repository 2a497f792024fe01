//! `cargo xtask corpus`: the recipe of `examples/corpus`, run over a local cluster of several machines.
//!
//! Blocks of mainnet where they are, else the examples.

use std::env;
use std::path::PathBuf;

use anyhow::Result;

use crate::python::Environment;
use crate::{place, run};

/// What the recipe's own description installs.
const ENVIRONMENT: Environment = Environment {
    name: "corpus-ray-2.60.0",
    packages: &["ray==2.60.0", "matplotlib==3.11.2"],
    loads: "import ray.cluster_utils, matplotlib",
};

/// Sets up the cluster's packages, builds the command, and runs the recipe's test.
pub fn corpus() -> Result<()> {
    let python = ENVIRONMENT.python()?;
    let root = place::root();
    run::run(&mut run::cargo(&["build", "--package", "interleave-cli"]))?;
    let program = format!("debug/interleave{}", env::consts::EXE_SUFFIX);
    let files = files()?;
    run::step(&format!("{} files on a local cluster", files.len()), || {
        let mut command = run::command(&python, &root);
        command.arg("tests/corpus/run.py");
        command.arg(place::target().join(program)).args(&files);
        // A cluster of this machine has nobody to tell.
        command.env("RAY_USAGE_STATS_ENABLED", "0");
        run::run(&mut command)
    })
}

fn files() -> Result<Vec<PathBuf>> {
    let blocks = place::data().join("mainnet");
    if blocks.is_dir() {
        return place::files(&blocks, "gz");
    }
    run::say(&format!("no blocks in {}: the examples", blocks.display()));
    place::files(&place::root().join("examples"), "rhai")
}
