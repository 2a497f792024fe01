//! The page in Firefox: a command of its own, since it wants a second browser.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{dist, place, play, run, setup, wasm};

/// Finds or installs Firefox, and runs the tests of `tests/firefox` in it.
pub fn firefox() -> Result<()> {
    let toolchain = setup::for_page()?;
    let program = program()?;
    // Many packages, which nobody else needs.
    setup::packages("tests/firefox")?;
    wasm::build(&toolchain, wasm::Kind::Small)?;
    play::build_page()?;
    dist::page(&place::target().join("dist"))?;
    for script in ["check", "test"] {
        let folder = place::root().join("tests/firefox");
        let mut command = run::command(setup::npm_program(), &folder);
        run::run(command.args(["run", script]).env("FIREFOX", &program))?;
    }
    Ok(())
}

/// Firefox, after installing it where that is possible; `FIREFOX` chooses another one.
fn program() -> Result<PathBuf> {
    let find = || {
        env::var_os("FIREFOX")
            .map(Into::into)
            .or_else(|| place::find_program(&["firefox-esr", "firefox"]))
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    setup::apt(&["firefox-esr"])?;
    find().context("install Firefox, or name it in FIREFOX")
}
