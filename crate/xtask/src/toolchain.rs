//! Finds, or installs, a Rust compiler that can build the standard library again with threads.
//!
//! That needs the compiler's sources. The ordinary compiler is taken if it has them, or if rustup can
//! fetch them; else Debian's packages, which may be a newer compiler than the ordinary one.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{place, run, setup};

const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

/// The oldest compiler the workspace accepts, as `rust-version` in Cargo.toml says.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// A compiler for the threaded wasm build.
#[derive(Clone, Copy)]
pub enum Toolchain {
    /// The `cargo` and `rustc` on the search path.
    Ordinary,
    /// `/usr/bin/cargo` and `/usr/bin/rustc`, which rustup's may hide.
    Debian,
}

impl Toolchain {
    /// A compiler that is ready, after installing what is missing where that is possible.
    pub fn get() -> Result<Self> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        install()?;
        match Self::find() {
            Some(found) => Ok(found),
            None => bail!("the compiler's sources are still missing after installing them"),
        }
    }

    fn find() -> Option<Self> {
        [Self::Ordinary, Self::Debian]
            .into_iter()
            .find(|toolchain| toolchain.is_ready())
    }

    fn is_ready(self) -> bool {
        let ask = |argument| run::output(run::command(self.rustc(), &package()).args(argument));
        let (Some(version), Some(sysroot)) = (ask(&["--version"]), ask(&["--print=sysroot"]))
        else {
            return false;
        };
        let sources = Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.lock");
        recent(&version) && sources.is_file() && self.has_linker()
    }

    /// rustup's compiler brings its own linker for wasm, Debian's does not.
    fn has_linker(self) -> bool {
        match self {
            Self::Ordinary => true,
            // Its `rust-lld` is a link that leads nowhere until that version of LLVM's linker is installed.
            Self::Debian => place::find_program(&["rust-lld"]).is_some(),
        }
    }

    /// What a person knows this compiler by.
    pub fn name(self) -> String {
        let version = run::output(run::command(self.rustc(), &package()).arg("--version"));
        format!(
            "{} ({})",
            version.unwrap_or_default(),
            self.rustc().display()
        )
    }

    /// A program, such as cargo, in `crate/wasm`, where the flags of the threaded build are read, with
    /// this compiler and the installed tools first on its search path.
    pub fn command(self, program: &str) -> Command {
        let mut command = match (self, program) {
            (Self::Debian, "cargo") => run::command("/usr/bin/cargo", &package()),
            _ => run::command(program, &package()),
        };
        let mut folders = vec![place::tools().join("bin")];
        if let Self::Debian = self {
            folders.push(PathBuf::from("/usr/bin"));
            command.env("RUSTC", self.rustc());
        }
        command
            .env("PATH", search_path(folders))
            .env("CARGO_TARGET_DIR", place::wasm_target())
            // Lets a stable compiler build the standard library.
            .env("RUSTC_BOOTSTRAP", "1");
        command
    }

    fn rustc(self) -> &'static Path {
        Path::new(match self {
            Self::Ordinary => "rustc",
            Self::Debian => "/usr/bin/rustc",
        })
    }
}

/// These folders, then the folders of the search path.
fn search_path(mut folders: Vec<PathBuf>) -> OsString {
    let before = env::var_os("PATH").unwrap_or_default();
    folders.extend(env::split_paths(&before));
    // Only a folder with a separator in its name cannot be joined.
    env::join_paths(folders).unwrap_or(before)
}

fn package() -> PathBuf {
    place::root().join("crate/wasm")
}

/// Whether `rustc 1.96.0 (…)` is new enough.
fn recent(version: &str) -> bool {
    let number = |text: &str| -> Vec<u32> {
        text.split(['.', '-'])
            .take(2)
            .filter_map(|part| part.parse().ok())
            .collect()
    };
    version
        .split(' ')
        .nth(1)
        .is_some_and(|found| number(found) >= number(OLDEST))
}

fn install() -> Result<()> {
    if place::find_program(&["rustup"]).is_some() && from_rustup() {
        return Ok(());
    }
    if setup::apt(&DEBIAN_PACKAGES)? {
        return Ok(());
    }
    bail!(
        "building the engine needs the compiler's sources: install Rust {OLDEST} or later with \
         rustup and run `rustup component add rust-src`, or, on Debian as root, \
         `apt-get install {}`",
        DEBIAN_PACKAGES.join(" ")
    )
}

fn from_rustup() -> bool {
    let done = run::step("rustup component add rust-src", || {
        run::run(run::command("rustup", &package()).args(["component", "add", "rust-src"]))
    });
    if done.is_err() {
        run::say("    rustup cannot download here; trying the system's packages");
    }
    done.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_compiler_as_new_as_the_workspace_asks_is_recent() {
        assert!(recent(&format!("rustc {OLDEST} (59807616e 2026-04-14)")));
        assert!(recent("rustc 2.0.0"));
        assert!(recent("rustc 1.100.0-nightly (59807616e 2026-04-14)"));
        assert!(!recent("rustc 1.63.0"));
        assert!(!recent("no compiler"));
    }
}
