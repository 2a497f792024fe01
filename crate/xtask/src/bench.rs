//! `cargo xtask bench`: how fast the engine is, natively and as shipped in headless Chromium.
//!
//! Every part measures, checks and writes what it found twice: all of it as JSON, and as a table that a
//! person reads. The rule: figures that are compared come from the same run.
//! How to read them is in `crate/engine/benches/README.md`.

mod instructions;
mod jobs;
mod size;
mod table;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::{browser::Browser, place, play, run, setup, wasm};
use jobs::Extent;
use table::{Answer, Spread};

pub use instructions::gate;

/// Transactions of the largest block of the part `growth`.
const LARGEST: u32 = 80_000;

#[derive(Args)]
pub struct Options {
    /// The parts to measure; all of them if none is named.
    parts: Vec<Part>,

    /// Only workloads whose names begin so, such as `raw` or `tokens-chain`; may be given again.
    #[arg(long)]
    only: Vec<String>,

    /// How many times each is measured.
    #[arg(long, default_value_t = 7)]
    rounds: u32,

    /// No more transactions than this in a block, for a quick look.
    #[arg(long)]
    most: Option<u32>,

    /// Make what the part `instructions` counts the baseline of `cargo xtask test instructions`.
    #[arg(long)]
    write_baseline: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The workloads, on native threads.
    Native,
    /// The workloads in the engine as it is shipped, in a browser, on web workers.
    Browser,
    /// How far the simulated runner is from threads, and what its overhead should be.
    Fidelity,
    /// Blocks of the chain on native threads, where the data is there.
    Mainnet,
    /// The same in a browser.
    MainnetBrowser,
    /// How the time of a transaction grows with the block, natively.
    Growth,
    /// The same in a browser, up to half as many.
    GrowthBrowser,
    /// What writing down what happens costs, natively.
    Tracing,
    /// The same in a browser.
    TracingBrowser,
    /// Instructions of a strategy over the oracle's, by callgrind.
    Instructions,
    /// Memory for each transaction, the oracle's and a strategy's.
    Memory,
    /// The oracle against `@ethereumjs/vm` in a browser.
    Ethereumjs,
    /// From opening the page to the end of its first run, with an empty cache.
    ColdStart,
    /// Lighthouse's scores of the page, on a desktop and on a phone.
    Lighthouse,
    /// What is in the engine's wasm.
    Size,
}

/// How a table is made of answers.
type Table = fn(&[Answer]) -> Result<String>;

impl Part {
    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Measures: the lines of JSON, and the table.
    fn measure(self, options: &Options) -> Result<(Vec<String>, String)> {
        let extent = Extent {
            only: options.only.clone(),
            most: options.most,
            rounds: options.rounds,
        };
        let largest = extent.most.unwrap_or(LARGEST);
        let tables = |lines: Vec<String>, tables: &[Table]| {
            let answers = lines.iter().map(|line| table::answer(line));
            let answers = answers.collect::<Result<Vec<_>>>()?;
            let texts = tables.iter().map(|table| table(&answers));
            Ok((lines, texts.collect::<Result<Vec<_>>>()?.join("\n")))
        };
        match self {
            Self::Native => tables(native(&jobs::workloads(&extent)?)?, &[table::runs]),
            Self::Browser => tables(browser("jobs", &jobs::workloads(&extent)?)?, &[table::runs]),
            Self::Mainnet => tables(
                native(&jobs::mainnet(&extent)?)?,
                &[table::sums, table::runs],
            ),
            Self::MainnetBrowser => tables(
                browser("jobs", &jobs::mainnet(&extent)?)?,
                &[table::sums, table::runs],
            ),
            Self::Growth => tables(native(&jobs::growth(largest, &extent)?)?, &[table::growth]),
            Self::GrowthBrowser => tables(
                browser("jobs", &jobs::growth(largest / 2, &extent)?)?,
                &[table::growth],
            ),
            Self::Tracing => tables(native(&jobs::tracing(&extent)?)?, &[table::tracing]),
            Self::TracingBrowser => tables(
                browser("jobs", &jobs::tracing(&extent)?)?,
                &[table::tracing],
            ),
            Self::Instructions => instructions::measure(options.write_baseline),
            Self::Memory => memory(&extent),
            Self::Ethereumjs => ethereumjs(&extent),
            Self::ColdStart => cold_start(&extent),
            Self::Lighthouse => lighthouse(&extent),
            Self::Size => size::measure(),
            // Makes its own tables.
            Self::Fidelity => fidelity().map(|()| Default::default()),
        }
    }

    fn is_in_browser(self) -> bool {
        matches!(
            self,
            Self::Browser
                | Self::MainnetBrowser
                | Self::GrowthBrowser
                | Self::TracingBrowser
                | Self::Ethereumjs
                | Self::ColdStart
                | Self::Lighthouse
                | Self::Size
        )
    }
}

/// Measures the chosen parts, and writes JSON and a table of each to `target/bench`.
pub fn bench(options: &Options) -> Result<()> {
    let parts = if options.parts.is_empty() {
        Part::value_variants()
    } else {
        &options.parts
    };
    let folder = folder()?;
    for &part in parts {
        let name = part.name();
        let (lines, table) = run::step(&format!("bench {name}"), || part.measure(options))?;
        if part == Part::Fidelity {
            continue;
        }
        if lines.is_empty() {
            run::say(&format!("{name}: there is nothing to measure"));
            continue;
        }
        let about = about(part)?;
        let text = format!("## {name}\n\n{about}.\n\n{table}");
        let json = json!({ "part": name, "about": about, "lines": values(&lines)? });
        fs::write(folder.join(format!("{name}.json")), json.to_string())?;
        fs::write(folder.join(format!("{name}.md")), &text)?;
        run::say(&format!("\n{text}"));
    }
    run::say(&format!("ok  written to {}", folder.display()));
    Ok(())
}

fn folder() -> Result<PathBuf> {
    let folder = place::target().join("bench");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn values(lines: &[String]) -> Result<Vec<Value>> {
    let value = |line: &String| Ok(serde_json::from_str(line)?);
    lines.iter().map(value).collect()
}

/// The commit, the machine, and what was measured on it, in one sentence.
fn about(part: Part) -> Result<String> {
    let git = |arguments: &[&str]| {
        run::output(run::command("git", &place::root()).args(arguments)).unwrap_or_default()
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"]);
    let changed = match git(&["status", "--porcelain"]).is_empty() {
        true => "",
        false => " with changes",
    };
    let cores = std::thread::available_parallelism()?;
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown");
    let mut about = format!("Commit {commit}{changed}; {cores} cores, load {load} at the end");
    if part.is_in_browser() {
        let (raw, gzipped) = wasm::weight(&wasm::package().join("index_bg.wasm"))?;
        let browser = setup::browser()?.version();
        about += &format!("; {browser}; wasm of {raw} bytes, {gzipped} gzipped");
    } else {
        let compiler = run::output(run::command("rustc", &place::root()).arg("--version"));
        about += &format!("; {}", compiler.unwrap_or_default());
    }
    Ok(about)
}

/// Builds one of the native programs that measure, and says where it is.
fn program(name: &str, profile: &str) -> Result<PathBuf> {
    let mut command = run::cargo(&["build", "--package", "interleave-playground"]);
    command.args(["--bench", name, "--profile", profile]);
    command.args(["--message-format", "json-render-diagnostics"]);
    command.stderr(std::process::Stdio::inherit());
    let output = command.output().context("cargo")?;
    ensure!(
        output.status.success(),
        "building the bench `{name}` failed"
    );
    let lines = String::from_utf8(output.stdout)?;
    let mut programs = lines.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        let is_it = line["target"]["name"] == name;
        line["executable"]
            .as_str()
            .filter(|_| is_it)
            .map(PathBuf::from)
    });
    programs
        .next_back()
        .with_context(|| format!("cargo built no `{name}`"))
}

/// Writes the jobs where programs and tests find them.
fn write_jobs(jobs: &[Value]) -> Result<PathBuf> {
    let file = folder()?.join("jobs.json");
    fs::write(&file, serde_json::to_string(jobs)?)?;
    Ok(file)
}

/// What a program prints, line by line; what it says beside that is the user's.
fn lines(command: &mut Command) -> Result<Vec<String>> {
    command.stderr(std::process::Stdio::inherit());
    let output = command.output().context("cannot start what measures")?;
    ensure!(
        output.status.success(),
        "what measures failed ({})",
        output.status
    );
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn native(jobs: &[Value]) -> Result<Vec<String>> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let program = program("measure", "bench")?;
    lines(run::command(program, &place::root()).arg(write_jobs(jobs)?))
}

fn fidelity() -> Result<()> {
    let bench = ["bench", "--package", "interleave-tests"];
    run::run(run::cargo(&bench).args(["--bench", "fidelity"]))
}

/// Runs the part of `tests/e2e/bench.ts` of this name on the page as it is shipped.
fn browser(name: &str, jobs: &[Value]) -> Result<Vec<String>> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let browser = ready()?;
    let out = folder()?.join("browser.jsonl");
    fs::write(&out, "")?;
    let mut command = run::command(setup::npm_program(), &place::root().join("tests/e2e"));
    command.args(["run", "bench", "--", "--grep", &format!(" {name}$")]);
    command
        .env("BENCH_OUT", &out)
        .env("BENCH_JOBS", write_jobs(jobs)?);
    browser.choose(&mut command);
    run::run(&mut command)?;
    let text = fs::read_to_string(&out)?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// Builds the page as it is shipped; gives the browser to look at it with.
fn ready() -> Result<Browser> {
    let browser = setup::browser()?;
    let toolchain = setup::for_page()?;
    wasm::build(&toolchain, wasm::Kind::Small)?;
    play::build_page()?;
    Ok(browser)
}

/// What a transaction takes of the heap at the most, beyond the block itself.
fn memory(extent: &Extent) -> Result<(Vec<String>, String)> {
    let program = program("memory", "bench")?;
    let jobs = write_jobs(&jobs::workloads(extent)?)?;
    let lines = lines(run::command(program, &place::root()).arg(jobs))?;
    let mut text = String::from(
        "| workload | transactions | oracle, bytes each | block-stm, bytes each | beyond the oracle |\n\
         |---|---|---|---|---|\n",
    );
    for row in values(&lines)? {
        let number = |name: &str| row[name].as_f64().context("a number of bytes");
        let txs = number("transactions")?;
        let (oracle, own) = (number("oracle")? / txs, number("strategy")? / txs);
        let name = row["name"].as_str().context("a name")?;
        let beyond = own - oracle;
        text += &format!("| {name} | {txs} | {oracle:.0} | {own:.0} | {beyond:.0} |\n");
    }
    Ok((lines, text))
}

/// Blocks that the JavaScript implementation executes in a second or so.
const FOR_ETHEREUMJS: [(&str, u32); 3] = [("raw", 1_000), ("tokens", 500), ("swaps", 100)];

fn ethereumjs(extent: &Extent) -> Result<(Vec<String>, String)> {
    let mut jobs = Vec::new();
    for (name, txs) in FOR_ETHEREUMJS {
        jobs.push(jobs::Workload::named(name)?.job(txs, extent.rounds)?);
    }
    let program = program("measure", "bench")?;
    let mut command = run::command(program, &place::root());
    let blocks = lines(command.arg("--describe").arg(write_jobs(&jobs)?))?;
    for (job, block) in jobs.iter_mut().zip(values(&blocks)?) {
        job["block"] = block;
    }
    let lines = browser("ethereumjs", &jobs)?;
    let mut text = String::from(
        "| workload | transactions | oracle, µs each | @ethereumjs/vm, µs each | @ethereumjs/vm / oracle |\n\
         |---|---|---|---|---|\n",
    );
    for line in &lines {
        let answer = table::answer(line)?;
        let other: Value = serde_json::from_str(line)?;
        let other = other["ethereumjs"].as_array().context("times")?;
        let other: Vec<f64> = other.iter().filter_map(Value::as_f64).collect();
        let each = |times: &[f64]| Spread::of(times.iter().map(|it| it / answer.transactions));
        let ratios = answer
            .oracle
            .iter()
            .zip(&other)
            .map(|(oracle, other)| other / oracle);
        let (Some(own), Some(ratio)) = (each(&answer.oracle), Spread::of(ratios)) else {
            bail!("{}: no round", answer.name);
        };
        let other = each(&other).context("a round")?;
        let Answer {
            name, transactions, ..
        } = &answer;
        text += &format!(
            "| {name} | {transactions} | {} | {} | {} |\n",
            own.text(2),
            other.text(0),
            ratio.text(0)
        );
    }
    Ok((lines, text))
}

fn cold_start(extent: &Extent) -> Result<(Vec<String>, String)> {
    let lines = browser("cold start", &[json!({ "rounds": extent.rounds })])?;
    let mut text = String::from("| step | ms since the navigation began |\n|---|---|\n");
    let rounds = values(&lines)?;
    let first = rounds
        .first()
        .and_then(Value::as_object)
        .context("a round")?;
    for step in first.keys() {
        let times = rounds.iter().filter_map(|round| round[step].as_f64());
        text += &format!(
            "| {step} | {} |\n",
            Spread::of(times).context("a time")?.text(0)
        );
    }
    Ok((lines, text))
}

fn lighthouse(extent: &Extent) -> Result<(Vec<String>, String)> {
    let browser = ready()?;
    let folder = "tests/lighthouse";
    setup::packages(folder)?;
    let mut command = run::command("node", &place::root().join(folder));
    command.args(["run.js", "--rounds", &extent.rounds.to_string()]);
    browser.choose(&mut command);
    let lines = lines(&mut command)?;
    let mut text = String::from(
        "| form | performance | accessibility | best practices | what falls short |\n|---|---|---|---|---|\n",
    );
    for row in values(&lines)? {
        let score = |name: &str| row[name].as_u64().context("a score");
        let short = row["short"].as_array().context("what falls short")?;
        let short: Vec<_> = short.iter().filter_map(Value::as_str).collect();
        text += &format!(
            "| {} | {} | {} | {} | {} |\n",
            row["form"].as_str().context("a form")?,
            score("performance")?,
            score("accessibility")?,
            score("best-practices")?,
            short.join("; ")
        );
    }
    Ok((lines, text))
}

/// Where the repository's files of the bench are.
fn benches() -> PathBuf {
    place::root().join("crate/engine/benches")
}

/// A file that was built, as an error that says so where it is missing.
fn built(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("{} was not built", file.display()))
}
