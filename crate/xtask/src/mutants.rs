//! `cargo xtask mutants`: is every error that could be made in the scheduler and in the multi-version
//! memory noticed by a test?
//!
//! cargo-mutants makes them, one at a time; `.cargo/mutants.toml` says where and which tests are to notice.
//! All of them take hours, so a shard or a file can be chosen.

use anyhow::Result;
use clap::Args;

use crate::{place, run, setup};

const VERSION: &str = "27.1.0";

#[derive(Args)]
pub struct Options {
    /// Files instead of those that the configuration names, such as `crate/engine/src/memory/validate.rs`.
    files: Vec<String>,
    /// A part of all mutants, such as `0/8`.
    #[arg(long)]
    shard: Option<String>,
}

/// Installs cargo-mutants and runs it; what was not noticed is in `target/mutants.out`.
pub fn mutants(options: &Options) -> Result<()> {
    setup::tool("cargo-mutants", "cargo-mutants", VERSION, &[])?;
    let mut command = run::command(place::tools().join("bin/cargo-mutants"), &place::root());
    command.args(["mutants", "--output"]).arg(place::target());
    for file in &options.files {
        command.args(["--file", file]);
    }
    if let Some(shard) = &options.shard {
        command.args(["--shard", shard]);
    }
    run::run(&mut command)
}
