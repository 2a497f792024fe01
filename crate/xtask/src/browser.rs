//! Finds, or installs, the browser that the tests drive. The playground itself needs none of this.
//!
//! `CHROME` and `CHROMEDRIVER` choose another browser and its driver.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{place, run, setup};

const DEBIAN_PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

const BROWSERS: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

/// Where browsers live that are not on the search path.
const PLACES: [&str; 3] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/// A Chromium and the driver of the same version.
pub struct Browser {
    chrome: PathBuf,
    driver: PathBuf,
}

impl Browser {
    /// The browser, after installing it where that is possible.
    pub fn get() -> Result<Self> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        setup::apt(&DEBIAN_PACKAGES)?;
        Self::find().context(
            "the tests drive a browser: install Chromium or Chrome and the ChromeDriver of the \
             same version, or name them in CHROME and CHROMEDRIVER",
        )
    }

    fn find() -> Option<Self> {
        let known = || {
            PLACES
                .iter()
                .map(PathBuf::from)
                .find(|place| place.is_file())
        };
        let chrome = named("CHROME")
            .or_else(|| place::find_program(&BROWSERS))
            .or_else(known)?;
        let driver = named("CHROMEDRIVER").or_else(|| place::find_program(&["chromedriver"]))?;
        Some(Self { chrome, driver })
    }

    /// Tells a test runner which browser to start.
    pub fn choose(&self, command: &mut Command) {
        command
            .env("CHROME", &self.chrome)
            .env("CHROMEDRIVER", &self.driver);
    }

    /// Writes the settings that the wasm test runner gives the driver: those of
    /// `crate/wasm/webdriver.json`, with this browser. Returns where they are.
    pub fn settings(&self) -> Result<PathBuf> {
        let common = fs::read(place::root().join("crate/wasm/webdriver.json"))?;
        let mut settings: Value = serde_json::from_slice(&common)?;
        settings["goog:chromeOptions"]["binary"] = self.chrome.to_string_lossy().into();
        fs::create_dir_all(place::wasm_target())?;
        let file = place::wasm_target().join("webdriver.json");
        fs::write(&file, settings.to_string())?;
        Ok(file)
    }

    /// The version it says it has, or its name.
    pub fn version(&self) -> String {
        let asked = run::output(run::command(&self.chrome, &place::root()).arg("--version"));
        asked.unwrap_or_else(|| self.name())
    }

    /// What a person knows this browser by.
    pub fn name(&self) -> String {
        self.chrome.display().to_string()
    }
}

fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}
