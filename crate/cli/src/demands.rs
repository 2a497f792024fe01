//! What a person demands of runs beside being right: a speedup, or not to be slower than before.
//!
//! The rule: only ratios are compared, since two machines have no time in common.

use interleave_playground::{batch::Problem, report::Summary};
use serde::Deserialize;

use crate::{
    arguments::Demands,
    source::{self, Refused},
};

/// The runs of a file that `--json` wrote.
#[derive(Debug, Default)]
pub struct Baseline(Vec<Run>);

/// What of a summary tells which run it was, and how fast.
#[derive(Debug, Deserialize)]
struct Run {
    strategy: String,
    runner: String,
    workers: u32,
    digest: String,
    speedup: f64,
}

/// A report holds its summary.
#[derive(Deserialize)]
struct Report {
    summary: Run,
}

impl Baseline {
    /// Reads the file that was named, if one was.
    pub fn of(demands: &Demands) -> Result<Self, Refused> {
        let Some(file) = &demands.baseline else {
            return Ok(Self::default());
        };
        let refused = |problem| (file.clone(), vec![problem]);
        let text = source::read(file).map_err(refused)?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let runs = lines.map(|line| {
            let report = serde_json::from_str(line).map(|Report { summary }| summary);
            report.or_else(|_| serde_json::from_str(line))
        });
        let runs: Result<Vec<_>, _> = runs.collect();
        match runs {
            Ok(runs) if !runs.is_empty() => Ok(Self(runs)),
            Ok(_) => Err(refused(Problem::error("there is no run in this file"))),
            Err(error) => Err(refused(Problem::error(format!(
                "not a report or summaries that --json wrote: {error}"
            )))),
        }
    }
}

/// Each demand that is not met, in a sentence.
pub fn unmet(summaries: &[Summary], demands: &Demands, baseline: &Baseline) -> Vec<String> {
    let mut unmet = Vec::new();
    let fastest = summaries.iter().map(|it| it.speedup).fold(0.0, f64::max);
    if let Some(least) = demands.fail_under_speedup
        && fastest < least
    {
        unmet.push(format!(
            "the fastest run is {fastest:.2}× as fast as sequential execution, less than {least}×"
        ));
    }
    for before in &baseline.0 {
        let same = |now: &&Summary| {
            (&now.strategy, now.runner.to_string(), now.workers)
                == (&before.strategy, before.runner.clone(), before.workers)
        };
        let run = format!(
            "{} ({}, workers: {})",
            before.strategy, before.runner, before.workers
        );
        let Some(now) = summaries.iter().find(same) else {
            unmet.push(format!("{run} is in the baseline, but was not run"));
            continue;
        };
        if now.digest != before.digest {
            unmet.push(format!("{run} comes to another result than the baseline"));
        }
        if now.speedup < before.speedup * (1.0 - demands.tolerance) {
            unmet.push(format!(
                "{run} is {:.2}× as fast as sequential execution, {:.2}× in the baseline",
                now.speedup, before.speedup
            ));
        }
    }
    unmet
}
