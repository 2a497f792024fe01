//! `interleave`: the playground's engine in a terminal.
//!
//! It reads what a person names, hands the engine a clock and threads, and prints the report.
//! The rule is the exit status: 0 when the run equals sequential execution (and the block's header,
//! where there is one), 1 when it does not, 2 when there was nothing to run.

mod arguments;
mod source;
mod text;
mod timeline;

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Instant,
};

use clap::Parser;
use interleave_engine::runner::{Control, threads::ScopedThreads};
use interleave_playground::{
    self as playground,
    batch::Problem,
    report::{Report, RunResult},
    run::Machine,
};

use arguments::{Command, MOST_WORKERS, RunArgs};
use source::diagnostic;

fn main() -> ExitCode {
    let Command::Run(args) = Command::parse();
    let result = match source::read(&args.file) {
        Ok(text) => run(&text, &args),
        Err(problem) => Err(vec![problem]),
    };
    let (report, problems) = match result {
        Ok((report, warnings)) => (Some(report), warnings),
        Err(problems) => (None, problems),
    };
    for problem in &problems {
        eprintln!("{}", diagnostic(&args.file, problem));
    }
    report.map_or(ExitCode::from(2), |report| show(&report, &args))
}

/// Runs the text: its report and what to be warned of, or why there is none.
fn run(text: &str, args: &RunArgs) -> Result<(Box<Report>, Vec<Problem>), Vec<Problem>> {
    let began = Instant::now();
    let control = Control::default();
    let machine = Machine {
        threads: &ScopedThreads { most: MOST_WORKERS },
        now: &|| began.elapsed().as_secs_f64() * 1e6,
        control: &control,
    };
    match playground::run(text, &args.options(), &machine) {
        Ok(RunResult::Report { report, problems }) => Ok((report, problems)),
        Ok(RunResult::Problems { problems }) => Err(problems),
        Ok(RunResult::Stopped) => Err(vec![Problem::error("the run was stopped")]),
        Err(failed) => Err(vec![Problem::error(failed.to_string())]),
    }
}

/// Prints the report; the exit status says whether the run stands.
fn show(report: &Report, args: &RunArgs) -> ExitCode {
    let printed = if args.json {
        serde_json::to_string(report).map(|json| json + "\n")
    } else {
        Ok(text::text(report, args.width.into()))
    };
    let written = printed
        .map_err(io::Error::from)
        .and_then(|printed| io::stdout().lock().write_all(printed.as_bytes()));
    match written {
        // Whoever reads may have seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("standard output: error: {error}");
            ExitCode::from(2)
        }
        _ if text::stands(&report.summary) => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    }
}
