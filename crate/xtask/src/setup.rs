//! Finds or installs what the other commands need. Each step looks first and is quick when all is
//! there.
//!
//! Tools go to the tools folder (`place::tools`), npm packages to `node_modules`; only Debian's
//! packages change the system, and only as root.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::browser::Browser;
use crate::toolchain::Toolchain;
use crate::{dependencies, place, run};

const WASM_PACK: &str = "0.15.1";
const MDBOOK: &str = "0.5.4";
const OLDEST_NODE: (u32, u32) = (20, 19);

/// All that any command needs.
pub fn everything() -> Result<()> {
    npm()?;
    for_wasm_tests()?;
    documentation()?;
    dependencies::setup()
}

/// What building the page and its engine needs.
pub fn for_page() -> Result<Toolchain> {
    npm()?;
    compiler()
}

/// What testing the binding in a browser needs.
pub fn for_wasm_tests() -> Result<(Toolchain, Browser)> {
    let toolchain = compiler()?;
    tool("wasm-pack", "wasm-pack", WASM_PACK, &[])?;
    Ok((toolchain, browser()?))
}

/// What testing in a browser needs.
pub fn browser() -> Result<Browser> {
    let browser = Browser::get()?;
    ready("browser", &browser.name());
    Ok(browser)
}

/// The packages of `package-lock.json`.
pub fn npm() -> Result<()> {
    let version = run::output(run::command("node", &place::root()).arg("--version"));
    let (major, minor) = OLDEST_NODE;
    let number = version.as_deref().and_then(node_version);
    if number.is_none_or(|number| number < OLDEST_NODE) {
        let found = version.map_or("none was found".into(), |version| {
            format!("found {version}")
        });
        bail!("building the page needs Node.js {major}.{minor} or later with npm; {found}");
    }
    packages("")
}

/// What building the documentation in `examples/embed/` needs: its VitePress is no package of the
/// workspace, since it brings another Vite. Returns the program of mdBook.
pub fn documentation() -> Result<PathBuf> {
    npm()?;
    packages("examples/embed/vitepress")?;
    // Its server and its search are not needed, and twice the time to build.
    tool(
        "mdbook",
        "mdbook",
        MDBOOK,
        &["--locked", "--no-default-features"],
    )?;
    Ok(place::tools().join("bin/mdbook"))
}

/// The packages of the `package-lock.json` in a folder.
pub fn packages(folder: &str) -> Result<()> {
    let inside = place::root().join(folder);
    let lock = fs::read(inside.join("package-lock.json"))?;
    let stamp = inside.join("node_modules/.interleave");
    let wanted = fingerprint(&lock);
    let name = Path::new(folder).join("package-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        ready("npm packages", &format!("as in {}", name.display()));
        return Ok(());
    }
    run::step(&format!("npm ci, {}", name.display()), || {
        run::run(run::command(npm_program(), &inside).args(["ci", "--ignore-scripts"]))
    })?;
    fs::write(stamp, wanted).context("node_modules cannot be written")
}

/// The name of npm's program.
pub fn npm_program() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

/// Installs Debian packages. `Ok(false)` where that is not possible: another system, or not root.
pub fn apt(packages: &[&str]) -> Result<bool> {
    let user = run::output(run::command("id", &place::root()).arg("-u"));
    if place::find_program(&["apt-get"]).is_none() || user.as_deref() != Some("0") {
        return Ok(false);
    }
    let apt = |arguments: &[&str]| {
        let mut command = run::command("apt-get", &place::root());
        run::run(
            command
                .env("DEBIAN_FRONTEND", "noninteractive")
                .arg("-qq")
                .args(arguments),
        )
    };
    run::step(&format!("apt-get install {}", packages.join(" ")), || {
        // An old list of packages names versions that are gone.
        apt(&["update"])?;
        apt(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
    })?;
    Ok(true)
}

/// A fingerprint of some bytes, to see whether they changed.
pub fn fingerprint(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn compiler() -> Result<Toolchain> {
    let toolchain = Toolchain::get()?;
    ready("wasm compiler", &toolchain.name());
    tool(
        "wasm-bindgen-cli",
        "wasm-bindgen",
        &locked_version("wasm-bindgen")?,
        &[],
    )?;
    Ok(toolchain)
}

/// Installs one command-line tool of exactly this version into the tools folder.
pub fn tool(package: &str, program: &str, version: &str, options: &[&str]) -> Result<()> {
    let folder = place::tools();
    let installed = folder.join("bin").join(program);
    let found = run::output(run::command(&installed, &place::root()).arg("--version"));
    let number = |text: &str| Some(text.split(' ').nth(1)?.trim_start_matches('v').to_owned());
    if found.and_then(|text| number(&text)).as_deref() == Some(version) {
        ready(program, version);
        return Ok(());
    }
    run::step(&format!("cargo install {package} {version}"), || {
        let version = format!("={version}");
        let mut command = run::cargo(&["install", package, "--version", &version]);
        command.args(options);
        command.arg("--root").arg(&folder);
        // An interrupted installation goes on where it was.
        command.env("CARGO_TARGET_DIR", place::target().join("tools"));
        // Half the time to build, and quick enough.
        command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
        run::run(&mut command)
    })
}

/// The version of a package in Cargo.lock.
fn locked_version(package: &str) -> Result<String> {
    let lock = fs::read_to_string(place::root().join("Cargo.lock"))?;
    let mut lines = lock
        .lines()
        .skip_while(|line| *line != format!("name = \"{package}\""));
    let version = lines
        .nth(1)
        .and_then(|line| line.strip_prefix("version = "));
    Ok(version
        .with_context(|| format!("no {package} in Cargo.lock"))?
        .replace('"', ""))
}

/// The numbers of `v20.19.0`.
fn node_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn ready(what: &str, which: &str) {
    run::say(&format!("ok  {what}: {which}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_wasm_bindgen_is_read_from_the_lock_file() {
        let version = locked_version("wasm-bindgen").unwrap();
        assert!(version.starts_with("0.2."), "{version}");
        assert!(locked_version("no-such-package").is_err());
    }

    #[test]
    fn versions_of_node_are_compared_as_numbers() {
        assert_eq!(node_version("v20.20.2"), Some((20, 20)));
        assert!(node_version("v22.3.0") > Some(OLDEST_NODE));
        assert!(node_version("v20.9.0") < Some(OLDEST_NODE));
        assert_eq!(node_version("node"), None);
    }
}
