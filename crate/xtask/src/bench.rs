//! Measures every example at 10,000 transactions, natively and in headless Chromium; and how far
//! simulated runs are from measured ones.
//!
//! Prints medians with their spread. Oracle and strategy take turns in one process, so the ratios
//! hold on a shared machine; the absolute times do not.

use std::fs;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::{place, play, run, setup, wasm};

#[derive(Args)]
pub struct Options {
    /// The parts to measure; all of them if none is named.
    parts: Vec<Part>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// The engine on native threads.
    Native,
    /// The engine as it is shipped, in a browser, on web workers.
    Browser,
    /// How far the simulated runner is from threads, and what its overhead should be.
    Fidelity,
}

/// Measures the chosen parts and prints a table of each.
pub fn bench(options: &Options) -> Result<()> {
    let parts = if options.parts.is_empty() {
        Part::value_variants()
    } else {
        &options.parts
    };
    for part in parts {
        let (title, lines) = match part {
            Part::Native => ("native", native()?),
            Part::Browser => ("Chromium", browser()?),
            Part::Fidelity => {
                fidelity()?;
                continue;
            }
        };
        run::say(&table(title, &lines)?);
    }
    Ok(())
}

fn native() -> Result<String> {
    let mut command = run::command("cargo", &place::root());
    command.args([
        "bench",
        "--quiet",
        "--package",
        "interleave-playground",
        "--bench",
        "examples",
    ]);
    let output = command.output().context("cargo bench")?;
    if !output.status.success() {
        bail!("cargo bench: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Makes its own tables.
fn fidelity() -> Result<()> {
    let mut command = run::command("cargo", &place::root());
    command.args([
        "bench",
        "--package",
        "interleave-tests",
        "--bench",
        "fidelity",
    ]);
    run::run(&mut command)
}

fn browser() -> Result<String> {
    let browser = setup::browser()?;
    let toolchain = setup::for_page()?;
    wasm::build(&toolchain, wasm::Kind::Small)?;
    play::build_page()?;
    let out = place::wasm_target().join("bench.jsonl");
    fs::write(&out, "")?;
    let mut command = run::command(setup::npm_program(), &place::root().join("tests/e2e"));
    command.args(["run", "bench"]).env("BENCH_OUT", &out);
    browser.choose(&mut command);
    run::run(&mut command)?;
    Ok(fs::read_to_string(&out)?)
}

/// One row an example and number of workers.
fn table(title: &str, lines: &str) -> Result<String> {
    let mut text = format!(
        "\n{title}, 10,000 transactions, milliseconds: median (fastest to slowest)\n\n\
         | example | workers | oracle | block-stm | oracle / block-stm | aborts |\n|---|---|---|---|---|---|\n"
    );
    for line in lines.lines().filter(|line| line.starts_with('{')) {
        let row: Value = serde_json::from_str(line)?;
        let summary = &row["summary"];
        let wall = &summary["wall"];
        let spread = |median: &Value, fastest: &Value, slowest: &Value| {
            let ms = |value: &Value| value.as_f64().unwrap_or(f64::NAN) / 1_000.0;
            format!(
                "{:.1} ({:.1} to {:.1})",
                ms(median),
                ms(fastest),
                ms(slowest)
            )
        };
        text += &format!(
            "| {} | {} | {} | {} | {:.2} | {} |\n",
            row["example"].as_str().context("an example's name")?,
            summary["workers"],
            spread(
                &summary["oracleTime"],
                &wall["oracleFastest"],
                &wall["oracleSlowest"]
            ),
            spread(&summary["makespan"], &wall["fastest"], &wall["slowest"]),
            summary["speedup"].as_f64().context("a speedup")?,
            summary["aborts"],
        );
    }
    Ok(text)
}
