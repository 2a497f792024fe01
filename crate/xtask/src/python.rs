//! Programs that come from PyPI, each with its packages in a virtual environment of its own in the
//! tools folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{place, run};

/// What the packages need.
const OLDEST: &str = "(3, 11)";
/// The interpreters that are tried, in this order.
const INTERPRETERS: [&str; 5] = [
    "python3",
    "python3.13",
    "python3.12",
    "python3.11",
    "python",
];

/// An environment: its name, the packages in it with their exact versions, and a statement that fails
/// where they are not there as they should be.
pub struct Environment {
    pub name: &'static str,
    pub packages: &'static [&'static str],
    pub loads: &'static str,
}

impl Environment {
    /// Its interpreter; made, with all packages, where it is missing.
    pub fn python(&self) -> Result<PathBuf> {
        let python = self.program("python");
        let packages = self.packages.join(" ");
        if self.is_ready(&python) {
            run::say(&format!("ok  {}: {packages}", self.name));
            return Ok(python);
        }
        let base = base()?;
        run::step(&format!("pip install {packages}"), || {
            // One that was begun and not finished is no use.
            let mut make = run::command(base, &place::root());
            run::run(make.args(["-m", "venv", "--clear"]).arg(self.folder()))?;
            let mut install = run::command(&python, &place::root());
            install.args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ]);
            run::run(install.args(self.packages))
        })
        .with_context(|| format!("{} cannot be installed", self.name))?;
        if !self.is_ready(&python) {
            bail!("{packages} is installed but cannot be loaded");
        }
        Ok(python)
    }

    /// A program that its packages bring along; only after [`Self::python`].
    pub fn program(&self, name: &str) -> PathBuf {
        let place = if cfg!(windows) {
            format!("Scripts/{name}.exe")
        } else {
            format!("bin/{name}")
        };
        self.folder().join(place)
    }

    fn folder(&self) -> PathBuf {
        place::tools().join(self.name)
    }

    fn is_ready(&self, python: &Path) -> bool {
        let mut command = run::command(python, &place::root());
        run::output(command.args(["-c", self.loads])).is_some()
    }
}

/// An interpreter that is new enough.
fn base() -> Result<&'static str> {
    let new_enough = |name: &&str| {
        let asks = format!("import sys; assert sys.version_info >= {OLDEST}");
        run::output(run::command(name, &place::root()).args(["-c", &asks])).is_some()
    };
    INTERPRETERS
        .into_iter()
        .find(new_enough)
        .context("this needs Python 3.11 or later, and none was found")
}
