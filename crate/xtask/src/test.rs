//! Runs the tests, all of them or some parts, and sums up.
//!
//! A part is what a person would run by hand; each sets up what it needs, and one that fails does
//! not keep the others from running.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};

use crate::{
    bench, dependencies, dist, package, place, play, run, setup, soak, specification, wasm,
};

/// Executions under strategies that the examples come to, at the least.
const FEWEST_EXECUTIONS: u64 = 20_000;

#[derive(Args)]
pub struct Options {
    /// The parts to run; all of them if none is named.
    parts: Vec<Part>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// The sources are formatted.
    Fmt,
    /// No complaint from clippy.
    Clippy,
    /// Licences, sources and bans of the packages of others, and their lock files.
    Dependencies,
    /// The generated TypeScript types and the JSON schema of reports are up to date.
    Types,
    /// The tests of the native packages.
    Native,
    /// The engine needs no more instructions than the committed baseline says.
    Instructions,
    /// Random adversarial blocks against Ethereum's executable specification.
    Specification,
    /// The documentation builds, and its examples pass; so do the README's commands for the terminal.
    Doc,
    /// The committed artifacts are what their sources compile to.
    Artifacts,
    /// The binding in a headless browser, with real threads.
    Wasm,
    /// Types and unit tests of the page.
    Page,
    /// What a person does, in a browser on the built page.
    E2e,
}

impl Part {
    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    fn run(self) -> Result<()> {
        match self {
            Self::Fmt => cargo(&["fmt", "--all", "--check"]),
            Self::Clippy => cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "--deny",
                "warnings",
            ]),
            Self::Dependencies => dependencies::check(),
            Self::Types => types(),
            Self::Native => native(),
            Self::Instructions => bench::gate(),
            Self::Specification => specification::specification(&specification::Options::default()),
            Self::Doc => doc(),
            Self::Artifacts => artifacts(),
            Self::Wasm => wasm_pack(),
            Self::Page => page(),
            Self::E2e => e2e(),
        }
    }
}

/// Runs the chosen parts and prints a table of them; an error if any failed.
pub fn test(options: &Options) -> Result<()> {
    let parts = if options.parts.is_empty() {
        run::step("setup", setup::everything)?;
        Part::value_variants()
    } else {
        &options.parts
    };
    let mut table = String::from("\npart           result        time\n");
    let mut failed = 0;
    for &part in parts {
        run::say(&format!("\n==> test {}", part.name()));
        let start = Instant::now();
        let result = part.run();
        let word = if result.is_ok() { "passed" } else { "FAILED" };
        let time = run::seconds(start.elapsed());
        table += &format!("{:<15}{word:<8}{time:>10}\n", part.name());
        if let Err(error) = result {
            failed += 1;
            run::say(&format!("error: {}: {error:#}", part.name()));
        }
    }
    run::say(&table);
    run::say(&format!("{} passed, {failed} failed", parts.len() - failed));
    ensure!(failed == 0, "{failed} of {} parts failed", parts.len());
    Ok(())
}

fn cargo(arguments: &[&str]) -> Result<()> {
    run::run(&mut run::cargo(arguments))
}

/// Runs native tests; `cargo nextest` where it is installed, since it is quicker.
fn native_tests(which: &[&str]) -> Result<()> {
    let runner: &[&str] = match run::output(&mut run::cargo(&["nextest", "--version"])) {
        Some(_) => &["nextest", "run"],
        None => &["test", "--lib", "--bins", "--tests"],
    };
    cargo(&[runner, which].concat())
}

fn native() -> Result<()> {
    native_tests(&[])?;
    // Apart, since each changes features of packages that the others share.
    for (package, features, which) in [
        ("interleave-tests", "defects", ["--test", "defects"]),
        ("interleave-tests", "schedules", ["--test", "schedules"]),
        ("interleave-engine", "loom", ["--lib", "models"]),
    ] {
        let test = ["test", "--package", package, "--features", features];
        cargo(&[&test, which.as_slice(), &["--", "--nocapture"]].concat())?;
    }
    native_tests(&["--package", "interleave-wasm", "--lib"])?;
    // Through the command, for the tally it prints.
    let mut names = Vec::new();
    for file in fs::read_dir(place::root().join("examples"))? {
        let name = file?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rhai") {
            names.push(format!("examples/{name}"));
        }
    }
    ensure!(!names.is_empty(), "there are no examples");
    names.sort();
    let check = "run --quiet --package interleave-cli -- check";
    let check: Vec<&str> = check.split(' ').collect();
    let compared = soak::checked(run::cargo(&check).args(&names))?;
    ensure!(
        compared >= FEWEST_EXECUTIONS,
        "{compared} executions were compared with the oracle, and not {FEWEST_EXECUTIONS}"
    );
    Ok(())
}

/// The native tests that come to an end within minutes, all at once.
pub fn quick() -> Result<()> {
    native_tests(&[])
}

/// What a person does `times` times in a row, in a browser on the built page. It leaves what it writes in
/// a folder of its own, since others may test beside it meanwhile.
pub fn soak_in_browser(what: &str, times: u64, folder: &Path) -> Result<()> {
    let mut command = browser_tests(&["test", "--", "soak.spec.ts", "--grep", what])?;
    command.arg("--output").arg(folder);
    run::run(command.env("INTERLEAVE_TIMES", times.to_string()))
}

fn doc() -> Result<()> {
    cargo(&["test", "--doc"])?;
    let mut command = run::cargo(&["doc", "--no-deps"]);
    run::run(command.env("RUSTDOCFLAGS", "--deny warnings"))?;
    readme()
}

/// Every command line of the README that runs the engine in a terminal or installs it, but without
/// optimisation.
fn readme() -> Result<()> {
    let text = fs::read_to_string(place::root().join("README.md"))?;
    let lines: Vec<&str> = (text.lines())
        .filter_map(|line| line.strip_prefix("cargo run --release "))
        .collect();
    ensure!(
        !lines.is_empty(),
        "README.md has no command for the terminal"
    );
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut command = run::cargo(&[&["run", "--quiet"], words.as_slice()].concat());
        run::run(command.stdout(Stdio::null()))?;
    }
    let install = (text.lines()).find_map(|line| line.strip_prefix("cargo install "));
    let install = install.context("README.md does not say how to install the command")?;
    let words: Vec<&str> = install.split_whitespace().collect();
    let mut command = run::cargo(&["install", "--debug", "--root"]);
    command.arg(place::target().join("installed")).args(words);
    run::run(&mut command)
}

/// What the tests of crate/playground/src/report.rs write.
const GENERATED: [&str; 2] = [
    "www/src/engine/report.ts",
    "crate/playground/report.schema.json",
];

/// Generates the twins of the report again, from nothing, and compares them with what was there.
fn types() -> Result<()> {
    let files = GENERATED.map(|file| place::root().join(file));
    let mut before = Vec::new();
    for file in &files {
        let text = fs::read(file).with_context(|| format!("{} is missing", file.display()))?;
        before.push(text);
    }
    for file in &files {
        fs::remove_file(file)?;
    }
    let generated = native_tests(&["report::"]);
    let mut wrong = Vec::new();
    for ((file, before), name) in files.iter().zip(&before).zip(GENERATED) {
        match fs::read(file) {
            Ok(after) if after == *before => {}
            Ok(_) => wrong.push(format!(
                "{name} was out of date; it is generated again now, commit it"
            )),
            Err(_) => {
                fs::write(file, before)?;
                wrong.push(format!("no test writes {name}"));
            }
        }
    }
    generated?;
    ensure!(wrong.is_empty(), "{}", wrong.join("; "));
    Ok(())
}

fn artifacts() -> Result<()> {
    setup::npm()?;
    npm("", &["run", "contracts:check", "--workspace", "www"])
}

fn wasm_pack() -> Result<()> {
    let (toolchain, browser) = setup::for_wasm_tests()?;
    let mut command = toolchain.command(&place::tools().join("bin/wasm-pack").to_string_lossy());
    browser.choose(&mut command);
    command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", browser.settings()?);
    command.args([
        "test",
        "--headless",
        "--chrome",
        "--release",
        "--mode",
        "no-install",
    ]);
    run::run(&mut command)
}

fn page() -> Result<()> {
    let toolchain = setup::for_page()?;
    wasm::build(&toolchain, wasm::Kind::Small)?;
    npm("www", &["run", "check"])?;
    npm("www", &["test"])
}

pub fn e2e() -> Result<()> {
    run::run(&mut browser_tests(&["test"])?)
}

/// Tests in a browser, on the page as it is now.
fn browser_tests(arguments: &[&str]) -> Result<Command> {
    let browser = setup::browser()?;
    let toolchain = setup::for_page()?;
    wasm::build(&toolchain, wasm::Kind::Small)?;
    play::build_page()?;
    dist::page(&place::target().join("dist"))?;
    package::tarball()?;
    cargo(&["build", "--package", "interleave-cli"])?;
    npm("tests/e2e", &["run", "check"])?;
    let mut command = npm_command("tests/e2e", arguments);
    command.env("MDBOOK", setup::documentation()?);
    command.env("INTERLEAVE", place::target().join("debug/interleave"));
    browser.choose(&mut command);
    Ok(command)
}

fn npm(folder: &str, arguments: &[&str]) -> Result<()> {
    run::run(&mut npm_command(folder, arguments))
}

pub fn npm_command(folder: &str, arguments: &[&str]) -> Command {
    let mut command = run::command(setup::npm_program(), &place::root().join(folder));
    command.args(arguments);
    command
}
