//! Counts instructions: the one figure that does not depend on what else the machine does.
//!
//! callgrind executes the native program that measures, and counts only while one function of it is on the
//! stack. `gate` compares the ratios of small blocks with those that are committed; it takes the build
//! that the tests have made already, since compiling all of it for speed takes longer than CI has.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{benches, jobs, program, write_jobs};
use crate::{place, run, setup};

/// Blocks whose instructions are counted.
const BLOCKS: [(&str, u32); 7] = [
    ("raw", 2_000),
    ("raw-chain", 2_000),
    ("tokens", 2_000),
    ("tokens-chain", 2_000),
    ("swaps", 200),
    ("swaps-chain", 200),
    ("strangers", 10),
];

/// The blocks of the gate.
const GATE: [(&str, u32); 4] = [
    ("raw", 1_000),
    ("tokens", 500),
    ("swaps", 50),
    ("strangers", 2),
];

/// How much larger a ratio may be than the committed one. Seeds of hash tables and the order of
/// allocations make two counts of one program differ by some hundredths of this.
const TOLERANCE: f64 = 0.02;

const STRATEGY: &str = "block-stm";

/// Ratios by workload.
type Ratios = BTreeMap<String, f64>;

/// Counts with the build that is measured elsewhere, and with that of the gate if its baseline is wanted.
pub fn measure(write_baseline: bool) -> Result<(Vec<String>, String)> {
    if write_baseline {
        let (ratios, _) = count(&GATE, "dev")?;
        let text = serde_json::to_string_pretty(&ratios)?;
        fs::write(baseline(), text + "\n")?;
    }
    let (ratios, lines) = count(&BLOCKS, "bench")?;
    ensure!(!ratios.is_empty(), "nothing was counted");
    Ok((lines.clone(), table(&lines)?))
}

/// Refuses an engine that needs more instructions than the committed baseline says.
pub fn gate() -> Result<()> {
    let (ratios, lines) = count(&GATE, "dev")?;
    run::say(&format!("\n{}", table(&lines)?));
    let file = baseline();
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let expected: Ratios = serde_json::from_str(&text)?;
    let wrong = differences(&ratios, &expected);
    ensure!(
        wrong.is_empty(),
        "{}; if that is meant, `cargo xtask bench instructions --write-baseline`",
        wrong.join("; ")
    );
    Ok(())
}

/// Sentences about ratios that are not as they were.
fn differences(found: &Ratios, expected: &Ratios) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in expected.keys().filter(|name| !found.contains_key(*name)) {
        wrong.push(format!("{name} is in the baseline and was not counted"));
    }
    for (name, ratio) in found {
        match expected.get(name) {
            None => wrong.push(format!("{name} is not in the baseline")),
            Some(before) if *ratio > before * (1.0 + TOLERANCE) => wrong.push(format!(
                "{name} needs {ratio:.3} times the oracle's instructions, and needed {before:.3}"
            )),
            Some(before) if *ratio < before * (1.0 - TOLERANCE) => run::say(&format!(
                "    {name} needs {ratio:.3}, and needed {before:.3}: the baseline could be lowered"
            )),
            Some(_) => {}
        }
    }
    wrong
}

fn baseline() -> std::path::PathBuf {
    benches().join("instructions.json")
}

fn table(lines: &[String]) -> Result<String> {
    let mut text = String::from(
        "| workload | transactions | oracle, instructions each | block-stm, 1 worker, each | block-stm / oracle |\n\
         |---|---|---|---|---|\n",
    );
    for line in lines {
        let row: Value = serde_json::from_str(line)?;
        let number = |name: &str| row[name].as_f64().context("a count");
        let txs = number("transactions")?;
        let (oracle, own) = (number("oracle")?, number("strategy")?);
        text += &format!(
            "| {} | {txs} | {:.0} | {:.0} | {:.3} |\n",
            row["name"].as_str().context("a name")?,
            oracle / txs,
            own / txs,
            own / oracle,
        );
    }
    Ok(text)
}

/// Instructions of the oracle and of the strategy on one worker, by workload.
fn count(blocks: &[(&str, u32)], profile: &str) -> Result<(Ratios, Vec<String>)> {
    valgrind()?;
    let program = program("measure", profile)?;
    let mut ratios = Ratios::new();
    let mut lines = Vec::new();
    for &(name, txs) in blocks {
        let script = jobs::Workload::named(name)?.script(txs)?;
        let job = jobs::job(name, &script, &[(STRATEGY, 1)], 1);
        let file = write_jobs(&[job])?;
        let oracle = callgrind(&program, "oracle", &file)?;
        let own = callgrind(&program, "strategy", &file)?;
        ratios.insert(name.into(), (1_000.0 * own / oracle).round() / 1_000.0);
        let row = json!({ "name": name, "transactions": txs, "oracle": oracle, "strategy": own });
        lines.push(row.to_string());
    }
    Ok((ratios, lines))
}

/// Instructions that `measure --count WHAT` executes within the function that is counted.
fn callgrind(program: &Path, what: &str, jobs: &Path) -> Result<f64> {
    let mut command = run::command("valgrind", &place::root());
    command.args(["--tool=callgrind", "--collect-atstart=no"]);
    command.arg(format!("--toggle-collect=*counted_{what}*"));
    command.arg("--callgrind-out-file=/dev/null");
    let output = command
        .arg(program)
        .args(["--count", what])
        .arg(jobs)
        .output();
    let output = output.context("valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "valgrind failed: {said}");
    let count = said.lines().find_map(|line| {
        let (_, count) = line.split_once("Collected :")?;
        count.trim().parse::<f64>().ok()
    });
    count
        .filter(|it| *it > 0.0)
        .with_context(|| format!("valgrind counted nothing of {what}: {said}"))
}

/// Finds valgrind, or installs it.
fn valgrind() -> Result<()> {
    if place::find_program(&["valgrind"]).is_some() {
        return Ok(());
    }
    let installed = setup::apt(&["valgrind"])?;
    ensure!(
        installed && place::find_program(&["valgrind"]).is_some(),
        "counting instructions needs valgrind, which only Linux has: install it, or run this as root on Debian"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_instructions_than_the_baseline_are_refused() {
        let ratios = |raw: f64| Ratios::from([("raw".to_owned(), raw)]);
        assert!(differences(&ratios(1.01), &ratios(1.0)).is_empty());
        assert!(differences(&ratios(0.9), &ratios(1.0)).is_empty());
        assert_eq!(differences(&ratios(1.03), &ratios(1.0)).len(), 1);
        assert_eq!(differences(&Ratios::new(), &ratios(1.0)).len(), 1);
        assert_eq!(differences(&ratios(1.0), &Ratios::new()).len(), 1);
    }
}
