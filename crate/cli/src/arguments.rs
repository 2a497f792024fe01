//! What a person can say on the command line.
//!
//! clap reports anything else and ends with status 2.

mod how;

use std::{num::NonZero, thread};

use clap::{
    Args, Parser,
    builder::{PossibleValuesParser, RangedI64ValueParser},
};
use interleave_engine::strategy::{self, Entry};
use interleave_playground::{
    self as playground,
    batch::{Batch, Problem},
    checker::Ways,
    contracts::Contracts,
    export::{self, Format},
    limits::THREADS,
    report::{CurveOptions, RunOptions, RunnerKind},
};

use crate::{
    fees::FeesArgs,
    fetch::FetchArgs,
    source::{self, Refused},
};
use how::How;

/// Executes a batch of transactions in parallel and shows what happened.
#[derive(Parser)]
#[command(name = "interleave", version)]
pub enum Command {
    /// Run a batch under a strategy and compare the result with sequential execution.
    Run(RunArgs),
    /// Run files in every way there is and compare each run with sequential execution.
    Check(CheckArgs),
    /// Run a batch under every strategy and show them side by side.
    Compare(CompareArgs),
    /// Run a batch on several numbers of workers and show how it scales.
    Sweep(SweepArgs),
    /// Run a batch under one strategy on more and more workers, simulated and on threads.
    Curve(CurveArgs),
    /// Say what a throughput would mean for fees and waiting time (EIP-1559).
    Fees(FeesArgs),
    /// Ask a node for a block with the state it touches, and write a file that the others read.
    Fetch(FetchArgs),
    /// Say what holds blocks back, without running a strategy: one JSON object a batch.
    Analyze(AnalyzeArgs),
}

/// Arguments of `interleave check`.
#[derive(Args)]
pub struct CheckArgs {
    /// Scripts or files of any format that `run` knows, or names of examples; every batch in each.
    #[arg(required = true)]
    pub files: Vec<String>,
    /// Strategies, or all of them.
    #[arg(long, value_delimiter = ',', default_value = ALL, value_parser = or_all(strategy_ids()))]
    strategy: Vec<String>,
    /// Runners, or all of them.
    #[arg(long, value_delimiter = ',', default_value = ALL, value_parser = or_all(vec!["threads", "simulated"]))]
    runner: Vec<String>,
    #[command(flatten)]
    pub contracts: ContractFiles,
    /// Numbers of workers.
    #[arg(long, value_delimiter = ',', default_value = "1,2,3,4,8", value_parser = workers())]
    workers: Vec<u32>,
    /// Seeds of the simulated runner's jitter; on threads, that many repetitions.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    seeds: u32,
}

/// Arguments of `interleave compare`.
#[derive(Args)]
pub struct CompareArgs {
    #[command(flatten)]
    pub input: Input,
    /// How many workers; by default, as many as the machine has cores.
    #[arg(long, value_parser = workers())]
    workers: Option<u32>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    pub output: Output,
}

/// Arguments of `interleave sweep`.
#[derive(Args)]
pub struct SweepArgs {
    #[command(flatten)]
    pub input: Input,
    /// Strategies, or all of them.
    #[arg(long, value_delimiter = ',', default_value = ALL, value_parser = or_all(strategy_ids()))]
    strategy: Vec<String>,
    /// Numbers of workers.
    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8,16", value_parser = workers())]
    workers: Vec<u32>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    pub output: Output,
}

/// Arguments of `interleave curve`.
#[derive(Args)]
pub struct CurveArgs {
    #[command(flatten)]
    pub input: Input,
    /// Who decides what runs when.
    #[arg(long, default_value = "block-stm", value_parser = PossibleValuesParser::from(strategy_ids()))]
    strategy: String,
    /// Numbers of workers.
    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8,16,32,64", value_parser = workers())]
    workers: Vec<u32>,
    #[command(flatten)]
    how: How,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `interleave analyze`.
#[derive(Args)]
pub struct AnalyzeArgs {
    /// Scripts or files of any format that `run` knows, or names of examples; every batch in each.
    #[arg(required = true)]
    pub files: Vec<String>,
    /// Add the lines to this file instead of printing them, without the batches that have one there:
    /// a call that was ended is gone on with by calling it again.
    #[arg(long, value_name = "OUTPUT")]
    pub into: Option<String>,
    #[command(flatten)]
    pub contracts: ContractFiles,
}

/// What scripts can deploy, beside the contracts of the examples.
#[derive(Args)]
pub struct ContractFiles {
    /// Compiled contracts: artifacts of Foundry or Hardhat, the compiler's standard JSON output, or
    /// creation code in hexadecimal (with its ABI, a JSON file of the same name).
    #[arg(long, value_name = "FILE", num_args = 1..)]
    contracts: Vec<String>,
}

impl ContractFiles {
    /// All contracts a script can deploy.
    pub fn read(&self) -> Result<Contracts, Refused> {
        source::contracts(&self.contracts)
    }
}

/// How runs are shown that stand side by side, and when the command fails.
#[derive(Args)]
pub struct Output {
    /// Print one JSON object a run: the report's summary.
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print comma-separated values, one line a run.
    #[arg(long)]
    pub csv: bool,
    #[command(flatten)]
    pub demands: Demands,
}

/// A number that something can be compared with.
fn finite(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
    match number.is_finite() {
        true => Ok(number),
        false => Err("nothing can be compared with it".to_owned()),
    }
}

/// What a run must reach, beside being right; else the exit status is 1.
#[derive(Args)]
pub struct Demands {
    /// Fail if the fastest run is slower than this many times sequential execution.
    #[arg(long, value_name = "X", value_parser = finite)]
    pub fail_under_speedup: Option<f64>,
    /// Fail if a run is slower, against sequential execution, than the same one in this file, which
    /// `--json` wrote.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<String>,
    /// How much of the baseline's speedup may be lost.
    #[arg(
        long,
        value_name = "SHARE",
        default_value_t = 0.1,
        value_parser = finite,
        requires = "baseline"
    )]
    pub tolerance: f64,
}

/// What to run.
#[derive(Args)]
pub struct Input {
    /// A script, a block with its prestate from a node, a t8n input, a blockchain test, or lines of
    /// these, gzipped or not; `-` is standard input; or the name of an example.
    pub file: String,
    /// Which batch of a file that holds several: its number, from 1, or its name.
    #[arg(long)]
    case: Option<String>,
    #[command(flatten)]
    pub contracts: ContractFiles,
}

impl Input {
    /// The batch; `warn` is told what is odd about it.
    pub fn batch(
        &self,
        contracts: &Contracts,
        warn: &mut dyn FnMut(&[Problem]),
    ) -> Result<Batch, Refused> {
        let refused = |problems| (self.file.clone(), problems);
        let text = source::read(&self.file).map_err(|problem| refused(vec![problem]))?;
        let read = source::chosen(playground::read(&text, contracts), self.case.as_deref());
        let (batch, warnings) = read.map_err(refused)?;
        warn(&warnings);
        Ok(batch)
    }
}

fn workers() -> RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=i64::from(THREADS))
}

/// As many as the machine has cores.
fn cores() -> u32 {
    thread::available_parallelism().map_or(1, NonZero::get) as u32
}

/// The word for every one of them.
const ALL: &str = "all";

fn strategy_ids() -> Vec<&'static str> {
    strategy::ALL.iter().map(|entry| entry.id).collect()
}

fn or_all(mut words: Vec<&'static str>) -> PossibleValuesParser {
    words.push(ALL);
    words.into()
}

/// Is it one of these, or are all wanted?
fn is_wanted(id: &str, names: &[String]) -> bool {
    names.iter().any(|name| name == ALL || name == id)
}

/// The strategies of these names, or all of them.
fn strategies(names: &[String]) -> Vec<&'static Entry> {
    let all = strategy::ALL.iter();
    all.filter(|it| is_wanted(it.id, names)).collect()
}

impl CheckArgs {
    /// In which ways the files are run.
    pub fn ways(&self) -> Ways {
        let runners = [
            ("simulated", RunnerKind::Simulated),
            ("threads", RunnerKind::Threads),
        ];
        Ways {
            strategies: strategies(&self.strategy),
            runners: runners
                .into_iter()
                .filter(|(id, _)| is_wanted(id, &self.runner))
                .map(|(_, runner)| runner)
                .collect(),
            workers: self.workers.clone(),
            seeds: self.seeds,
        }
    }
}

/// Arguments of `interleave run`.
#[derive(Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub input: Input,
    /// Who decides what runs when.
    #[arg(long, default_value = "block-stm", value_parser = PossibleValuesParser::from(strategy_ids()))]
    strategy: String,
    /// How many workers; by default, as many as the machine has cores.
    #[arg(long, value_parser = workers())]
    workers: Option<u32>,
    #[command(flatten)]
    how: How,
    /// Replay with the block access list (EIP-7928) in this file, instead of one made beforehand; for
    /// the strategy `block-access-list`.
    #[arg(long, value_name = "FILE")]
    pub access_list: Option<String>,
    #[arg(long, value_name = "FORMAT=FILE", value_parser = written, help = EXPORT, long_help = formats())]
    pub export: Vec<Written>,
    /// Run once on threads and write down, in this file, in which order things happened.
    #[arg(long, value_name = "FILE")]
    pub record: Option<String>,
    /// Do again what this file says happened on threads: `--record` wrote it, or a divergence is kept
    /// in it. How it was run is in the file.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["record", "strategy", "workers", "How"])]
    pub replay: Option<String>,
    /// Print the report as one JSON object.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub demands: Demands,
    /// Columns of the timeline.
    #[arg(long, default_value_t = 72, value_parser = clap::value_parser!(u16).range(10..=1000))]
    pub width: u16,
}

/// A file to write, and its format.
#[derive(Clone)]
pub struct Written {
    pub format: &'static Format,
    pub file: String,
}

/// `FORMAT=FILE`.
fn written(text: &str) -> Result<Written, String> {
    let (id, file) = text.split_once('=').unwrap_or((text, ""));
    let Some(format) = export::find(id) else {
        let names: Vec<_> = export::ALL.iter().map(|it| it.id).collect();
        return Err(format!(
            "no format is called `{id}`; there are {}",
            names.join(", ")
        ));
    };
    match file {
        "" => Err(format!("which file? Such as `{id}=run{}`", format.ending)),
        _ => Ok(Written {
            format,
            file: file.to_owned(),
        }),
    }
}

const EXPORT: &str = "Write the run or its block in another format; may be given again. `-` is standard output, then nothing else is printed there.";

fn formats() -> String {
    let mut text = format!("{EXPORT}\n\nFormats:");
    for format in export::ALL {
        text += &format!("\n- {}: {}", format.id, format.summary);
    }
    text
}

impl RunArgs {
    /// How the engine is to run the batch.
    pub fn options(&self) -> RunOptions {
        let workers = self.workers.unwrap_or_else(cores);
        self.how.options(&self.strategy, workers)
    }
}

impl CompareArgs {
    /// One run a strategy.
    pub fn runs(&self) -> Vec<RunOptions> {
        let workers = self.workers.unwrap_or_else(cores);
        let entries = strategy::ALL.iter();
        entries.map(|it| self.how.options(it.id, workers)).collect()
    }
}

impl SweepArgs {
    /// One run a strategy and number of workers.
    pub fn runs(&self) -> Vec<RunOptions> {
        let of = |entry: &'static Entry| {
            let workers = self.workers.iter();
            workers.map(|workers| self.how.options(entry.id, *workers))
        };
        strategies(&self.strategy)
            .into_iter()
            .flat_map(of)
            .collect()
    }
}

impl CurveArgs {
    /// What the engine is asked for.
    pub fn options(&self) -> CurveOptions {
        CurveOptions {
            run: self.how.options(&self.strategy, 1),
            workers: self.workers.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, error::ErrorKind};

    use super::*;

    fn error(arguments: &[&str]) -> ErrorKind {
        let all = ["interleave", "run"].iter().chain(arguments);
        Command::try_parse_from(all)
            .err()
            .expect("not valid")
            .kind()
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Command::command().debug_assert();
    }

    #[test]
    fn everything_but_the_file_has_a_default() {
        let Ok(Command::Run(args)) = Command::try_parse_from(["interleave", "run", "x"]) else {
            panic!("it is a run");
        };
        let options = args.options();
        assert_eq!(options.strategy, "block-stm");
        assert_eq!(options.runner, RunnerKind::Threads);
        assert!(options.workers > 0);
    }

    #[test]
    fn what_cannot_be_run_is_refused() {
        assert_eq!(error(&[]), ErrorKind::MissingRequiredArgument);
        assert_eq!(
            error(&["x", "--strategy", "magic"]),
            ErrorKind::InvalidValue
        );
        assert_eq!(error(&["x", "--workers", "0"]), ErrorKind::ValueValidation);
        assert_eq!(error(&["x", "--workers", "-1"]), ErrorKind::UnknownArgument);
        assert_eq!(error(&["x", "--runner", "gpu"]), ErrorKind::InvalidValue);
    }

    #[test]
    fn there_are_as_many_threads_as_the_limit_says_and_no_more() {
        let many = THREADS.to_string();
        let most = ["interleave", "run", "x", "--workers", &many];
        assert!(Command::try_parse_from(most).is_ok());
        let more = (THREADS + 1).to_string();
        assert_eq!(
            error(&["x", "--workers", &more]),
            ErrorKind::ValueValidation
        );
    }

    #[test]
    fn what_says_how_to_run_does_not_go_with_a_replay() {
        for argument in [
            "--record=f",
            "--strategy=dag",
            "--workers=2",
            "--runner=threads",
            "--seed=1",
            "--costs=gas",
            "--overhead=wake=1",
            "--hints=script",
            "--shards=2",
            "--unit=split",
            "--fees-in-place",
            "--commutative-balances",
            "--expected-nonces",
        ] {
            let both = error(&["x", "--replay", "f", argument]);
            assert_eq!(both, ErrorKind::ArgumentConflict, "{argument}");
        }
        let alone = ["interleave", "run", "x", "--replay", "f", "--json"];
        assert!(Command::try_parse_from(alone).is_ok());
    }
}
