//! Makes the folder that any static host serves.
//!
//! What is in it is decided by `www/scripts/dist.js`; this builds the engine first, and can build the
//! page twice, to see that the same sources make the same bytes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::{place, run, setup, wasm};

/// The list of all files and their hashes, which `dist.js` writes.
const SUMS: &str = "SHA256SUMS";

#[derive(Args)]
pub struct Options {
    /// Where the folder is made; what is in it is replaced.
    #[arg(long, default_value = "target/dist")]
    out: PathBuf,

    /// Build the page a second time and compare every file.
    #[arg(long)]
    verify: bool,
}

/// Builds engine and page into the folder.
pub fn dist(options: &Options) -> Result<()> {
    let toolchain = setup::for_page()?;
    wasm::build(&toolchain, wasm::Kind::Small)?;
    let out = place::root().join(&options.out);
    let sums = page(&out)?;
    if options.verify {
        let again = place::target().join("dist-again");
        let second = page(&again)?;
        fs::remove_dir_all(&again)?;
        ensure!(sums == second, "two builds of the page differ");
        run::say("ok  two builds of the page are the same");
    }
    run::say(&format!("ok  {}", out.display()));
    Ok(())
}

/// Builds the page into a folder and gives the hashes of its files.
pub fn page(out: &Path) -> Result<String> {
    let www = place::root().join("www");
    let mut node = run::command("node", &www);
    node.arg("scripts/dist.js").arg(out);
    run::step("build the page for hosts", || run::run(&mut node))?;
    let sums = out.join(SUMS);
    fs::read_to_string(&sums).with_context(|| format!("{} is missing", sums.display()))
}
