//! `cargo xtask corpus`: the recipe of `examples/corpus`, run over a local cluster of several machines.
//!
//! Blocks of mainnet where they are, else the examples.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

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
    let mut build = run::command("cargo", &root);
    run::run(build.args(["build", "--package", "interleave-cli"]))?;
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
    let root = place::root();
    let data = match env::var_os("INTERLEAVE_DATA") {
        Some(data) => root.join(data),
        None => root.join("../shared/data"),
    };
    let blocks = data.join("mainnet");
    if blocks.is_dir() {
        return listed(&blocks, "gz");
    }
    run::say(&format!("no blocks in {}: the examples", blocks.display()));
    listed(&root.join("examples"), "rhai")
}

/// The files of a folder with this extension, by name.
fn listed(folder: &PathBuf, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let file = entry?.path();
        if file.extension() == Some(OsStr::new(extension)) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
