//! `interleave`: the playground's engine in a terminal.
//!
//! It reads what a person names, hands the engine a clock and threads, and prints the report.
//! The rule is the exit status: 0 when the run equals sequential execution (and the block's header,
//! where there is one), 1 when it does not, 2 when there was nothing to run.

mod arguments;
mod check;
mod source;
mod text;
mod timeline;

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Instant,
};

use clap::Parser;
use interleave_engine::{
    runner::{Control, threads::ScopedThreads},
    strategy,
};
use interleave_playground::{
    self as playground,
    batch::{Batch, Problem},
    gallery,
    report::{Report, RunOptions, RunResult},
    run::Machine,
};

use arguments::{CheckArgs, Command, CompareArgs, MOST_WORKERS, RunArgs};
use source::{Refused, diagnostic};

fn main() -> ExitCode {
    let began = Instant::now();
    let control = Control::default();
    let machine = Machine {
        threads: &ScopedThreads { most: MOST_WORKERS },
        now: &|| began.elapsed().as_secs_f64() * 1e6,
        control: &control,
    };
    let done = match Command::parse() {
        Command::Run(args) => read_and_run(&args, &machine),
        Command::Compare(args) => compare(&args, &machine),
        Command::Check(args) => Ok(check(&args, &machine)),
    };
    done.unwrap_or_else(|(file, problems)| {
        warn(&file, &problems);
        ExitCode::from(2)
    })
}

fn warn(file: &str, problems: &[Problem]) {
    for problem in problems {
        eprintln!("{}", diagnostic(file, problem));
    }
}

fn read_and_run(args: &RunArgs, machine: &Machine<'_>) -> Result<ExitCode, Refused> {
    let batch = args
        .input
        .batch(&mut |warnings| warn(&args.input.file, warnings))?;
    let report = run(&args.input.file, &batch, &args.options(), machine)?;
    Ok(show(&report, args))
}

/// Every strategy on one batch, side by side.
fn compare(args: &CompareArgs, machine: &Machine<'_>) -> Result<ExitCode, Refused> {
    let batch = args
        .input
        .batch(&mut |warnings| warn(&args.input.file, warnings))?;
    let mut summaries = Vec::new();
    for entry in strategy::ALL {
        let options = args.how.options(entry.id);
        summaries.push(run(&args.input.file, &batch, &options, machine)?.summary);
    }
    let stand = summaries.iter().all(text::stands);
    let printed = match args.json {
        true => summaries
            .iter()
            .map(|summary| serde_json::to_string(summary).map(|json| json + "\n"))
            .collect(),
        false => Ok(text::comparison(&summaries)),
    };
    Ok(print(printed, stand))
}

fn check(args: &CheckArgs, machine: &Machine<'_>) -> ExitCode {
    let mut lines = String::new();
    let mut say = |line: String| lines += &(line + "\n");
    let totals = check::check(&args.files, &args.ways(), machine, &mut say);
    say(totals.line());
    let code = print(Ok(lines), totals.stand());
    match totals.stand() && totals.incomplete() {
        true => ExitCode::from(2),
        false => code,
    }
}

/// Runs the batch: its report, or why there is none.
fn run(
    file: &str,
    batch: &Batch,
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<Box<Report>, Refused> {
    machine.control.reset();
    let problems = match playground::run::run(batch, gallery::contracts(), options, machine) {
        Ok(RunResult::Report { report, .. }) => return Ok(report),
        Ok(RunResult::Problems { problems }) => problems,
        Ok(RunResult::Stopped) => vec![Problem::error("the run was stopped")],
        Err(failed) => vec![Problem::error(failed.to_string())],
    };
    Err((file.to_owned(), problems))
}

/// Prints the report; the exit status says whether the run stands.
fn show(report: &Report, args: &RunArgs) -> ExitCode {
    let printed = if args.json {
        serde_json::to_string(report).map(|json| json + "\n")
    } else {
        Ok(text::text(report, args.width.into()))
    };
    print(printed, text::stands(&report.summary))
}

/// Prints; the exit status says whether what is printed stands.
fn print(printed: serde_json::Result<String>, stands: bool) -> ExitCode {
    let written = printed
        .map_err(io::Error::from)
        .and_then(|printed| io::stdout().lock().write_all(printed.as_bytes()));
    match written {
        // Whoever reads may have seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("standard output: error: {error}");
            ExitCode::from(2)
        }
        _ if stands => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    }
}
