//! `interleave`: the playground's engine in a terminal.
//!
//! It reads what a person names, hands the engine a clock and threads, and prints the report.
//! The rule is the exit status: 0 when the run equals sequential execution (and comes to what its
//! file or script expects, where it does), 1 when it does not, 2 when there was nothing to run. A block without
//! transactions is one like any other: it runs, and the verdict says that it is empty.

mod access_list;
mod analyze;
mod arguments;
mod check;
mod demands;
mod fees;
mod fetch;
mod reproduce;
mod source;
mod table;
mod text;
mod timeline;

use std::{
    collections::BTreeSet,
    fs,
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
    time::Instant,
};

use clap::Parser;
use interleave_engine::runner::{Control, RunError};
use interleave_playground::{
    self as playground,
    batch::{Batch, Problem, lower},
    contracts::Contracts,
    limits::THREADS,
    report::{CompareResult, CurveResult, FeesResult, Report, RunOptions, RunResult, Summary},
    run::Machine,
    schedule::{self, Recording},
};

use arguments::{CheckArgs, Command, CurveArgs, Demands, Input, Output, RunArgs, Written};
use fees::FeesArgs;
use source::{Refused, diagnostic};

fn main() -> ExitCode {
    let began = Instant::now();
    let control = Control::default();
    // The sanitizer does not see why what the pool shares is free of races.
    #[cfg(feature = "races")]
    let threads = interleave_engine::runner::threads::ScopedThreads { most: THREADS };
    #[cfg(not(feature = "races"))]
    let threads = playground::run::Pool::new(THREADS);
    let machine = Machine {
        threads: &threads,
        now: &|| began.elapsed().as_secs_f64() * 1e6,
        control: &control,
        memory: None,
    };
    let done = match Command::parse() {
        Command::Run(args) => read_and_run(&args, &machine),
        Command::Compare(args) => side_by_side(&args.input, &args.runs(), &args.output, &machine),
        Command::Sweep(args) => side_by_side(&args.input, &args.runs(), &args.output, &machine),
        Command::Curve(args) => curve(&args, &machine),
        Command::Fees(args) => fees(&args),
        Command::Fetch(args) => fetch::fetch(&args),
        Command::Analyze(args) => analyze::analyze(&args, &machine),
        Command::Check(args) => {
            (args.contracts.read()).map(|contracts| check(&args, &contracts, &machine))
        }
    };
    done.unwrap_or_else(|(file, problems)| {
        warn(&file, &problems);
        ExitCode::from(2)
    })
}

/// Says something beside what is printed.
fn tell(what: &str) {
    eprintln!("{}", text::harmless(what));
}

fn warn(file: &str, problems: &[Problem]) {
    for problem in problems {
        tell(&diagnostic(file, problem));
    }
}

fn read_and_run(args: &RunArgs, machine: &Machine<'_>) -> Result<ExitCode, Refused> {
    let baseline = demands::Baseline::of(&args.demands)?;
    let contracts = args.input.contracts.read()?;
    let mut batch = batch(&args.input, &contracts)?;
    let options = args.options();
    if let Some(file) = &args.access_list {
        access_list::read(file, &options, &mut batch)?;
    }
    let file = &args.input.file;
    let (report, problems) = match (&args.replay, &args.record) {
        (Some(from), _) => replayed(file, &batch, &contracts, from, machine)?,
        (None, Some(to)) => recorded(file, &batch, &contracts, &options, to, machine)?,
        (None, None) => {
            let (report, problems) = run(file, &batch, &contracts, &options, machine)?;
            let pair = [(&options, &report.summary)];
            tell_divergence(file, &batch, &contracts, pair, machine);
            (report, problems)
        }
    };
    warn(file, &problems);
    // Instead of what else is printed.
    let mut asked: Option<String> = None;
    for Written { format, file } in &args.export {
        let refused = |problems| (file.clone(), problems);
        let text = (format.write(&batch, &contracts, Some(&report))).map_err(refused)?;
        match file.as_str() {
            "-" => asked.get_or_insert_default().push_str(&text),
            _ => fs::write(file, text)
                .map_err(|error| refused(vec![Problem::error(error.to_string())]))?,
        }
    }
    let printed = match (asked, args.json) {
        (Some(text), _) => Ok(text),
        (None, true) => serde_json::to_string(&report).map(|json| json + "\n"),
        (None, false) => Ok(text::text(&report, args.width.into())),
    };
    let summaries = [report.summary];
    Ok(print(printed, stand(&summaries, &args.demands, &baseline)))
}

/// A report, and warnings about its batch.
type Reported = (Box<Report>, Vec<Problem>);

/// Runs the batch and writes down in which order things happened, whatever it came to.
fn recorded(
    file: &str,
    batch: &Batch,
    contracts: &Contracts,
    options: &RunOptions,
    to: &str,
    machine: &Machine<'_>,
) -> Result<Reported, Refused> {
    machine.control.reset();
    let (result, recording) = schedule::record(batch, contracts, options, machine);
    if let Some(recording) = recording {
        let (member, schedule) = recording.write();
        let text = serde_json::json!({ member: schedule }).to_string();
        std::fs::write(to, text)
            .map_err(|error| (to.to_owned(), vec![Problem::error(error.to_string())]))?;
    }
    report(file, result)
}

/// Does again what the schedule in the file `from` says happened.
fn replayed(
    file: &str,
    batch: &Batch,
    contracts: &Contracts,
    from: &str,
    machine: &Machine<'_>,
) -> Result<Reported, Refused> {
    machine.control.reset();
    let read = source::read(from).and_then(|text| Recording::read(&text));
    let recording = read.map_err(|problem| (from.to_owned(), vec![problem]))?;
    let result = schedule::replay(batch, contracts, &recording, machine);
    report(file, result)
}

/// Several runs of one batch, side by side.
fn side_by_side(
    input: &Input,
    runs: &[RunOptions],
    output: &Output,
    machine: &Machine<'_>,
) -> Result<ExitCode, Refused> {
    let baseline = demands::Baseline::of(&output.demands)?;
    let contracts = input.contracts.read()?;
    let batch = batch(input, &contracts)?;
    machine.control.reset();
    let result = playground::series::compare(&batch, &contracts, runs, machine);
    let summaries = match result {
        Ok(CompareResult::Comparison {
            comparison,
            problems,
        }) => {
            warn(&input.file, &problems);
            Ok((comparison.runs, comparison.rejected))
        }
        Ok(CompareResult::Problems { problems }) => Err(problems),
        Ok(CompareResult::Stopped) => Err(vec![Problem::error("the run was stopped")]),
        Err(failed) => Err(vec![Problem::error(failed.to_string())]),
    };
    let (summaries, rejected) = summaries.map_err(|problems| (input.file.clone(), problems))?;
    for it in &rejected {
        tell(&format!(
            "{}: {} rejected: {}",
            input.file, it.strategy, it.reason
        ));
    }
    let is_rejected = |run: &&RunOptions| rejected.iter().any(|it| it.strategy == run.strategy);
    let ran = runs.iter().filter(|run| !is_rejected(run));
    let pairs = ran.zip(&summaries);
    tell_divergence(&input.file, &batch, &contracts, pairs, machine);
    tell_unmet(&input.file, &summaries);
    let printed = if output.json {
        let lines = summaries.iter().map(serde_json::to_string);
        lines.map(|line| line.map(|json| json + "\n")).collect()
    } else if output.csv {
        table::csv(&summaries)
    } else {
        Ok(text::comparison(&summaries))
    };
    Ok(print(
        printed,
        stand(&summaries, &output.demands, &baseline),
    ))
}

/// One strategy on more and more workers.
fn curve(args: &CurveArgs, machine: &Machine<'_>) -> Result<ExitCode, Refused> {
    let contracts = args.input.contracts.read()?;
    let batch = batch(&args.input, &contracts)?;
    machine.control.reset();
    let result = playground::series::curve(&batch, &contracts, &args.options(), machine);
    let curve = match result {
        Ok(CurveResult::Curve { curve, .. }) => Ok(curve),
        Ok(CurveResult::Problems { problems }) => Err(problems),
        Ok(CurveResult::Stopped) => Err(vec![Problem::error("the run was stopped")]),
        Err(failed) => Err(vec![Problem::error(failed.to_string())]),
    };
    let curve = curve.map_err(|problems| (args.input.file.clone(), problems))?;
    let printed = match args.json {
        true => serde_json::to_string(&curve).map(|json| json + "\n"),
        false => Ok(text::curve(&curve)),
    };
    Ok(print(printed, curve.matches))
}

fn fees(args: &FeesArgs) -> Result<ExitCode, Refused> {
    let fees = match playground::fees(&args.assumptions()) {
        FeesResult::Fees { fees } => fees,
        FeesResult::Problems { problems } => return Err(("fees".into(), problems)),
    };
    let printed = match args.json {
        true => serde_json::to_string(&fees).map(|json| json + "\n"),
        false => Ok(fees::text(&fees)),
    };
    Ok(print(printed, true))
}

/// If a run came to something else than sequential execution, keeps the block in a file.
fn tell_divergence<'a>(
    file: &str,
    batch: &Batch,
    contracts: &Contracts,
    runs: impl IntoIterator<Item = (&'a RunOptions, &'a Summary)>,
    machine: &Machine<'_>,
) {
    let mut runs = runs.into_iter();
    let Some((options, _)) = runs.find(|(_, summary)| !summary.matches) else {
        return;
    };
    if let Ok(block) = lower(batch, contracts) {
        let recording = schedule::diverging(&block, options, machine);
        let kept = reproduce::write(Path::new("."), &block, recording.as_ref());
        tell(&format!("{file}: {kept}"));
    }
}

/// What the file expects and the runs do not come to, each said once.
fn tell_unmet(file: &str, summaries: &[Summary]) {
    let expected = summaries.iter().filter_map(|it| it.expected.as_ref());
    let unmet: BTreeSet<&String> = expected.flat_map(|it| &it.unmet).collect();
    for reason in unmet {
        tell(&format!("{file}: {reason}"));
    }
}

/// The batch a person chose; what is odd about it goes to standard error.
fn batch(input: &Input, contracts: &Contracts) -> Result<Batch, Refused> {
    input.batch(contracts, &mut |warnings| warn(&input.file, warnings))
}

/// Are the runs right, and as fast as demanded? What is not goes to standard error.
fn stand(summaries: &[Summary], demands: &Demands, baseline: &demands::Baseline) -> bool {
    let unmet = demands::unmet(summaries, demands, baseline);
    for reason in &unmet {
        tell(reason);
    }
    unmet.is_empty() && summaries.iter().all(text::stands)
}

fn check(args: &CheckArgs, contracts: &Contracts, machine: &Machine<'_>) -> ExitCode {
    // On a terminal, progress is one line below what was said, rewritten in place.
    let watched = io::stderr().is_terminal();
    let clear = || {
        if watched {
            eprint!("\r\x1b[K");
        }
    };
    let mut written = Ok(());
    let mut say = |line: String| {
        clear();
        if written.is_ok() {
            written = writeln!(io::stdout(), "{line}");
        }
    };
    let mut progress = |done: usize, totals: &check::Totals| {
        clear();
        if watched {
            eprint!("{done} of {} files, {}", args.files.len(), totals.line());
        }
    };
    let totals = check::check(
        &args.files,
        contracts,
        &args.ways(),
        machine,
        &mut say,
        &mut progress,
    );
    say(totals.line());
    let code = status(written, totals.stand());
    match totals.stand() && totals.incomplete() {
        true => ExitCode::from(2),
        false => code,
    }
}

/// Runs the batch: its report and what is wrong with it, or why there is none.
fn run(
    file: &str,
    batch: &Batch,
    contracts: &Contracts,
    options: &RunOptions,
    machine: &Machine<'_>,
) -> Result<Reported, Refused> {
    machine.control.reset();
    let result = playground::run::run(batch, contracts, options, machine);
    report(file, result)
}

/// The report of a run and what is odd about it, or why there is none.
fn report(file: &str, result: Result<RunResult, RunError>) -> Result<Reported, Refused> {
    let problems = match result {
        Ok(RunResult::Report { report, problems }) => return Ok((report, problems)),
        Ok(RunResult::Rejected { problem, .. }) => vec![Problem {
            message: format!("rejected: {}", problem.message),
            ..problem
        }],
        Ok(RunResult::Problems { problems }) => problems,
        Ok(RunResult::Stopped) => vec![Problem::error("the run was stopped")],
        Err(failed) => vec![Problem::error(failed.to_string())],
    };
    Err((file.to_owned(), problems))
}

/// Prints; the exit status says whether what is printed stands.
fn print(printed: serde_json::Result<String>, stands: bool) -> ExitCode {
    let written = printed.map_err(io::Error::from).and_then(|printed| {
        io::stdout()
            .lock()
            .write_all(text::harmless(&printed).as_bytes())
    });
    status(written, stands)
}

/// The exit status after printing.
fn status(written: io::Result<()>, stands: bool) -> ExitCode {
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
