//! What a person can say on the command line.
//!
//! clap reports anything else and ends with status 2.

use std::{num::NonZero, thread};

use clap::{Args, Parser, ValueEnum, builder::PossibleValuesParser};
use interleave_engine::strategy;
use interleave_playground::report::{RunOptions, RunnerKind};

/// Workers that can be asked for.
pub const MOST_WORKERS: u32 = 1024;

/// Executes a batch of transactions in parallel and shows what happened.
#[derive(Parser)]
#[command(name = "interleave", version)]
pub enum Command {
    /// Run a batch under a strategy and compare the result with sequential execution.
    Run(RunArgs),
}

/// Arguments of `interleave run`.
#[derive(Args)]
pub struct RunArgs {
    /// A script, or a block with its prestate from a node, gzipped or not; `-` is standard input;
    /// or the name of an example.
    pub file: String,
    /// Who decides what runs when.
    #[arg(long, default_value = "block-stm", value_parser = strategies())]
    strategy: String,
    /// How many workers; by default, as many as the machine has cores.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_WORKERS)))]
    workers: Option<u32>,
    /// Real threads and measured time, or virtual workers and gas time.
    #[arg(long, value_enum, default_value = "threads")]
    runner: Runner,
    /// Varies the order in which virtual workers get their turns; 0 does not.
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// Print the report as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Columns of the timeline.
    #[arg(long, default_value_t = 72, value_parser = clap::value_parser!(u16).range(10..=1000))]
    pub width: u16,
}

#[derive(Clone, Copy, ValueEnum)]
enum Runner {
    Threads,
    Simulated,
}

fn strategies() -> PossibleValuesParser {
    strategy::ALL.iter().map(|entry| entry.id).into()
}

impl RunArgs {
    /// How the engine is to run the batch.
    pub fn options(&self) -> RunOptions {
        let cores = || thread::available_parallelism().map_or(1, NonZero::get) as u32;
        RunOptions {
            strategy: self.strategy.clone(),
            runner: match self.runner {
                Runner::Threads => RunnerKind::Threads,
                Runner::Simulated => RunnerKind::Simulated,
            },
            workers: self.workers.unwrap_or_else(cores),
            seed: self.seed,
            ..RunOptions::default()
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
        let Command::Run(args) = Command::try_parse_from(["interleave", "run", "x"]).unwrap();
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
}
