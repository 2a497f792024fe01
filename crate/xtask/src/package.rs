//! Makes the npm package: the engine as a library, and the element.
//!
//! What is in it is decided by `www/scripts/package.js`; this builds the engine first, and packs.

use anyhow::Result;

use crate::{place, run, setup, wasm};

/// Builds engine and package into `target/package`, with the tarball beside the folder.
pub fn package() -> Result<()> {
    let toolchain = setup::for_page()?;
    wasm::build(&toolchain, wasm::Kind::Small)?;
    tarball()
}

/// The package of an engine that is built.
pub fn tarball() -> Result<()> {
    let out = place::target().join("package");
    let folder = out.join("evm-playground");
    run::step("make the npm package", || {
        let mut node = run::command("node", &place::root().join("www"));
        run::run(node.arg("scripts/package.js").arg(&folder))?;
        let mut npm = run::command(setup::npm_program(), &folder);
        run::run(
            npm.args(["pack", "--silent", "--pack-destination"])
                .arg(&out),
        )
    })
}
