//! `cargo xtask soak PART`: what the tests do a little of, for as long as one likes.
//!
//! Each part prints its figures and fails where something went wrong. The tests run the same code with
//! small numbers, so that it cannot rot.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};

use crate::{place, run, test};

#[derive(Args)]
pub struct Options {
    /// What is done many times.
    part: Part,
    /// How many times; each part has a number of its own.
    #[arg(long)]
    times: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Malformed scripts, files, contracts, links and messages: 2,000 of each kind.
    Malformed,
    /// Executions under every strategy, compared with sequential execution: 1,000,000.
    Strategies,
    /// Runs one after another in one tab of a browser: 10,000.
    Runs,
    /// Runs that are stopped, and engines that are replaced since they do not stop: 300 of each.
    Stops,
    /// Engines that are killed and started again: 300.
    Restarts,
    /// Workers and engines that are killed or stand still at random moments of a run: 500.
    Faults,
    /// The tests, natively and in a browser, again and again, to find those that fail now and then: 200.
    Suite,
}

/// Inputs of a kind that the tests make.
const INPUTS: u64 = 200;
/// Blocks between two looks at the tally.
const BLOCKS: u64 = 50;

/// Does one part.
pub fn soak(options: &Options) -> Result<()> {
    let times = options.times.unwrap_or(match options.part {
        Part::Malformed => 2_000,
        Part::Strategies => 1_000_000,
        Part::Runs => 10_000,
        Part::Stops | Part::Restarts => 300,
        Part::Faults => 500,
        Part::Suite => 200,
    });
    let what = match options.part {
        Part::Malformed => return malformed(times),
        Part::Strategies => return strategies(times),
        Part::Suite => return suite(times),
        Part::Runs => "runs one after another",
        Part::Stops => "stops ",
        Part::Restarts => "engines that are replaced one after",
        Part::Faults => "faults at random moments",
    };
    let name = options.part.to_possible_value();
    let name = name.as_ref().map_or("browser", |value| value.get_name());
    test::soak_in_browser(what, times, &place::target().join("soak").join(name))
}

fn malformed(inputs: u64) -> Result<()> {
    let times = inputs.div_ceil(INPUTS).to_string();
    let mut native = run::cargo(&["test", "--package", "interleave-tests", "--test", "hostile"]);
    native.args(["--", "--nocapture"]);
    run::run(native.env("INTERLEAVE_TIMES", &times))?;
    let mut page = test::npm_command("www", &["test", "--", "src/share/malformed.test.ts"]);
    run::run(page.env("VITE_TIMES", &times))
}

/// Random adversarial blocks, in every way there is, until so many executions were compared.
fn strategies(wanted: u64) -> Result<()> {
    let folder = place::target().join("soak");
    fs::create_dir_all(&folder)?;
    let blocks = folder.join("blocks.jsonl");
    let mut from = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut compared = 0;
    while compared < wanted {
        let mut make = run::cargo(&["run", "--quiet", "--package", "interleave-tests"]);
        make.args(["--bin", "adversarial", "--"]);
        make.args([BLOCKS, from].map(|number| number.to_string()));
        run::run(make.stdout(File::create(&blocks)?))?;
        let mut check = run::cargo(&["run", "--quiet", "--package", "interleave-cli"]);
        compared += checked(check.args(["--", "check"]).arg(&blocks))?;
        run::say(&format!(
            "{compared} of {wanted} executions, all equal; seeds to {from}"
        ));
        from += BLOCKS;
    }
    Ok(())
}

/// Runs `interleave check`, whose tally is printed, and returns how many executions were compared.
pub fn checked(check: &mut Command) -> Result<u64> {
    let output = check.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    run::say(text.trim_end());
    ensure!(
        output.status.success(),
        "a run differs from sequential execution"
    );
    runs(&text).context("`interleave check` printed no tally")
}

/// The runs of the tally, which is the last line.
fn runs(text: &str) -> Option<u64> {
    let line = text.lines().last()?.strip_prefix("runs ")?;
    line.split(',').next()?.parse().ok()
}

/// The whole suite again and again; what fails is counted, and does not keep the next round from running.
fn suite(rounds: u64) -> Result<()> {
    let mut failed = 0;
    for round in 1..=rounds {
        for (name, result) in [("native", test::quick()), ("e2e", test::e2e())] {
            if let Err(error) = result {
                failed += 1;
                run::say(&format!("error: round {round}, {name}: {error:#}"));
            }
        }
        run::say(&format!("{round} of {rounds} rounds, {failed} failures"));
    }
    if failed > 0 {
        bail!("{failed} failures in {rounds} rounds");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tally_is_the_last_line() {
        let text = "a.rhai: runs 5, divergences 0\nruns 12345, divergences 0, skipped 0\n";
        assert_eq!(runs(text), Some(12_345));
        assert_eq!(runs("nothing"), None);
    }
}
