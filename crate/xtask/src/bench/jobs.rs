//! What is measured: batches, and the runs of each. All of it is data; nothing is measured here.

use std::{fs, io::Read};

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::place;

/// A script with its first lines set.
pub struct Workload {
    /// What its row is called.
    pub name: &'static str,
    script: &'static str,
    txs: u32,
    /// What `common` is in the script: accounts or pools that all use, 0 for one each, -1 for a chain.
    common: i32,
    /// Strategies and workers beside those that every workload has.
    more: &'static [(&'static str, u32)],
}

/// Strategies that every workload is run with.
const ALWAYS: [(&str, u32); 3] = [("block-stm", 1), ("block-stm", 2), ("block-stm", 8)];
const LIST: &[(&str, u32)] = &[("block-access-list", 2)];
const ON_CHAINS: &[(&str, u32)] = &[
    ("block-stm-v2", 2),
    ("dag", 2),
    ("account-locks", 2),
    ("optimistic", 2),
    ("two-phase", 2),
];
/// Of a block from the chain: all that needs no preparation or brings its own, on two workers.
const ON_MAINNET: [(&str, u32); 9] = [
    ("block-stm", 1),
    ("block-stm", 2),
    ("block-stm-v2", 2),
    ("optimistic", 2),
    ("two-phase", 2),
    ("dag", 2),
    ("account-locks", 2),
    ("block-access-list", 2),
    ("block-stm", 8),
];

const fn workload(
    name: &'static str,
    script: &'static str,
    txs: u32,
    common: i32,
    more: &'static [(&'static str, u32)],
) -> Workload {
    Workload {
        name,
        script,
        txs,
        common,
        more,
    }
}

const PAYMENTS: &str = "crate/engine/benches/workloads/payments.rhai";
const TOKENS: &str = "crate/engine/benches/workloads/tokens.rhai";
const SWAPS: &str = "crate/engine/benches/workloads/swaps.rhai";
const STRANGERS: &str = "crate/engine/benches/workloads/strangers.rhai";
const MIXED: &str = "examples/mixed-block.rhai";

/// About as many of each kind as a block of a gigagas holds, but for the last.
pub const WORKLOADS: [Workload; 14] = [
    workload("raw", PAYMENTS, 47_620, 0, LIST),
    workload("raw-hot-10", PAYMENTS, 47_620, 10, &[]),
    workload("raw-hot-100", PAYMENTS, 47_620, 100, &[]),
    workload("raw-chain", PAYMENTS, 47_620, -1, ON_CHAINS),
    workload("tokens", TOKENS, 34_000, 0, LIST),
    workload("tokens-hot-10", TOKENS, 34_000, 10, &[]),
    workload("tokens-hot-100", TOKENS, 34_000, 100, &[]),
    workload("tokens-chain", TOKENS, 34_000, -1, ON_CHAINS),
    workload("swaps", SWAPS, 6_413, 0, LIST),
    workload("swaps-hot-10", SWAPS, 6_413, 10, &[]),
    workload("swaps-hot-100", SWAPS, 6_413, 100, &[]),
    workload("swaps-chain", SWAPS, 6_413, -1, ON_CHAINS),
    workload("strangers", STRANGERS, 100, 0, &[]),
    workload("mixed", MIXED, 10_000, 0, &[]),
];

/// How much of what there is is measured.
#[derive(Clone)]
pub struct Extent {
    /// Names of workloads, or the beginnings of such; none for all.
    pub only: Vec<String>,
    /// Transactions at the most.
    pub most: Option<u32>,
    /// Rounds of each.
    pub rounds: u32,
}

impl Extent {
    fn has(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|it| name.starts_with(it.as_str()))
    }
}

impl Workload {
    /// The workload of this name.
    pub fn named(name: &str) -> Result<&'static Self> {
        let found = WORKLOADS.iter().find(|it| it.name == name);
        found.with_context(|| format!("there is no workload `{name}`"))
    }

    /// The script for so many transactions.
    pub fn script(&self, txs: u32) -> Result<String> {
        let text = fs::read_to_string(place::root().join(self.script)).context(self.script)?;
        let mut lines = Vec::new();
        let mut set = 0;
        for line in text.lines() {
            let value = match () {
                () if line.starts_with("let n = ") => i64::from(txs),
                () if line.starts_with("let common = ") => self.common.into(),
                () => {
                    lines.push(line.to_owned());
                    continue;
                }
            };
            let (name, _) = line.split_once('=').context("a line `let n = …;`")?;
            lines.push(format!("{name}= {value};"));
            set += 1;
        }
        let expected = if self.script == MIXED { 1 } else { 2 };
        ensure!(set == expected, "{}: {set} lines were set", self.script);
        Ok(lines.join("\n"))
    }

    /// What to measure of it.
    pub fn job(&self, txs: u32, rounds: u32) -> Result<Value> {
        let runs = ALWAYS.iter().chain(self.more);
        Ok(job(self.name, &self.script(txs)?, runs, rounds))
    }
}

/// One batch to measure, as the native program and the page read it.
pub fn job<'a>(
    name: &str,
    text: &str,
    runs: impl IntoIterator<Item = &'a (&'a str, u32)>,
    rounds: u32,
) -> Value {
    let runs = runs.into_iter().map(|(strategy, workers)| {
        json!({ "strategy": strategy, "runner": "threads", "workers": workers })
    });
    let runs: Vec<_> = runs.collect();
    json!({ "name": name, "text": text, "options": { "runs": runs, "rounds": rounds } })
}

/// The workloads.
pub fn workloads(extent: &Extent) -> Result<Vec<Value>> {
    let wanted = WORKLOADS.iter().filter(|it| extent.has(it.name));
    let job = |it: &Workload| {
        let most = extent.most.unwrap_or(u32::MAX);
        it.job(it.txs.min(most), extent.rounds)
    };
    wanted.map(job).collect()
}

/// Blocks of the chain, if they are there: the folder `mainnet` of [`place::data`].
pub fn mainnet(extent: &Extent) -> Result<Vec<Value>> {
    let folder = place::data().join("mainnet");
    let mut jobs = Vec::new();
    if !folder.is_dir() {
        return Ok(jobs);
    }
    for file in place::files(&folder, "gz")? {
        let number = file.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("mainnet-{}", number.trim_end_matches(".json.gz"));
        if !extent.has(&name) {
            continue;
        }
        let mut text = String::new();
        let packed = fs::File::open(&file)?;
        GzDecoder::new(packed).read_to_string(&mut text)?;
        jobs.push(job(&name, &text, &ON_MAINNET, extent.rounds));
    }
    Ok(jobs)
}

/// The same workload at growing sizes, up to `largest`.
pub fn growth(largest: u32, extent: &Extent) -> Result<Vec<Value>> {
    let raw = Workload::named("raw")?;
    let sizes = [1_000, 10_000, largest];
    let one = |txs: u32| Ok(job("raw", &raw.script(txs)?, &ALWAYS[..2], extent.rounds));
    sizes.into_iter().map(one).collect()
}

/// Workloads of small transactions, with and without writing down what happens.
pub fn tracing(extent: &Extent) -> Result<Vec<Value>> {
    let mut jobs = Vec::new();
    for name in ["raw", "tokens"].into_iter().filter(|it| extent.has(it)) {
        let workload = Workload::named(name)?;
        let txs = workload.txs.min(extent.most.unwrap_or(u32::MAX));
        let mut job = job(name, &workload.script(txs)?, &ALWAYS[..2], extent.rounds);
        job["options"]["untraced"] = true.into();
        jobs.push(job);
    }
    Ok(jobs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_of_a_script_are_set() {
        let script = Workload::named("tokens-chain").unwrap().script(77).unwrap();
        assert!(script.contains("\nlet n = 77;\n"), "{script}");
        assert!(script.contains("\nlet common = -1;\n"), "{script}");
        for workload in WORKLOADS {
            workload.script(10).unwrap();
        }
    }
}
