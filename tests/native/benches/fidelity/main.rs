//! How far the simulated runner is from threads, and what its overhead should be.
//!
//! Every case runs on threads, oracle and strategy in turn, and on the simulated runner with times
//! measured for each transaction alone; printed is by how much the two speedups differ. The overhead
//! is fitted to the examples alone, so the blocks of the chain show what the fit is worth elsewhere.
//! On one worker the clock is the thread's processor time, which other programs do not use up; on two
//! it is the wall clock, and the fastest of many rounds counts, since others can only make one slower.
//! What was measured is kept in a file, which can be fitted again (`--from FILE`).
//! The rule: every run is compared with the oracle, and no case is left out silently.

mod clock;
mod fit;
mod processors;
mod record;

use std::{
    collections::BTreeMap,
    hint::black_box,
    path::{Path, PathBuf},
    thread,
    time::Instant,
};

use clap::Parser as _;

use interleave_engine::{
    block::Block,
    oracle,
    outcome::BlockResult,
    runner::{
        Control,
        costs::{GAS_PER_MICROSECOND, Overhead, Parameter},
    },
    strategy,
};
use interleave_playground::{
    self as playground,
    batch::{lower, node_block, script},
    gallery,
    report::{CostModel, RunOptions, RunnerKind},
    run::{
        self, Machine, Pool, Prepared,
        alone::{self, Alone},
    },
};
use interleave_tests::data;

use processors::Ticks;
use record::{CaseRecord, Record};

/// Transactions that each example is scaled to.
const TRANSACTIONS: u32 = 200;
/// Pairs of oracle and strategy that are timed in turn: at least the first, and up to the second as
/// long as they take less than this many microseconds.
const ROUNDS: [usize; 2] = [3, 40];
const PATIENCE: f64 = 30_000.0;
/// The share of the processors that others may use, if rows of two workers are to be worth something.
const QUIET: f64 = 0.05;
/// Where what was measured is kept.
const RECORD: &str = "fidelity.json";
const STRATEGIES: [&str; 5] = [
    "block-stm",
    "block-stm-v2",
    "optimistic",
    "dag",
    "block-access-list",
];

/// A block, and what there is to know of it.
struct Case {
    name: String,
    block: Block,
    truth: BlockResult,
    alone: Alone,
    /// Is the overhead fitted to it?
    fitted: bool,
}

/// What a strategy came to on threads.
pub struct Row<'a> {
    case: &'a Case,
    options: RunOptions,
    prepared: Prepared<'a>,
    measured: f64,
}

fn main() {
    let start = Instant::now();
    let now = || start.elapsed().as_secs_f64() * 1e6;
    let control = Control::default();
    let machine = Machine {
        threads: &Pool::new(2),
        now: &now,
        control: &control,
        memory: None,
    };
    let alone = Machine {
        now: &clock::of_thread,
        ..machine
    };
    let Arguments { wanted, from, .. } = Arguments::parse();
    let record = match from {
        Some(file) => Record::read(&file),
        None => {
            let cases = cases(&wanted, &mut |_, block| {
                alone::measure(block, &alone).expect("nobody stops it")
            });
            let record = measure(&cases, &alone, &machine);
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(RECORD);
            record.write(&file);
            println!("what was measured is in {}", file.display());
            record
        }
    };
    let cases = cases(&wanted, &mut |name, _| record.case(name).alone());
    let mut defaults = Overhead::MEASURED;
    defaults[Parameter::Crowding] = (2.0 / record.ceiling - 1.0).max(0.0);
    println!(
        "two oracles side by side over one after the other: {:.2}, so crowding here is {:.3}",
        record.ceiling,
        defaults[Parameter::Crowding]
    );
    let quiet = record.others.is_some_and(|others| others <= QUIET);
    let others = match record.others {
        Some(others) => format!("others used {:.0} % of the processors", 100.0 * others),
        None => "what others did meanwhile is not known".into(),
    };
    match quiet {
        true => println!("{others}"),
        false => println!("{others}, so nothing is fitted to rows of two workers"),
    }
    let rows: Vec<_> = cases.iter().flat_map(|case| rows(case, &record)).collect();
    let sample: Vec<_> = (rows.iter())
        .filter(|row| row.case.fitted && (row.is_alone() || quiet))
        .collect();
    let fitted = match sample.is_empty() {
        true => defaults,
        false => fit::fit(defaults, &sample, &machine),
    };
    table(&rows, &defaults, &fitted, &machine);
    let gas: Vec<f64> = (cases.iter().filter(|case| case.fitted))
        .map(|case| case.alone.gas() / case.alone.total)
        .collect();
    suggest(&fitted, gas);
}

/// Measures everything there is to know of the model's surroundings.
fn measure(cases: &[Case], alone: &Machine<'_>, side: &Machine<'_>) -> Record {
    let before = Ticks::now();
    let ceiling = ceiling(cases, side);
    let mut measured = BTreeMap::new();
    for case in cases {
        eprintln!("{}", case.name);
        let mut record = CaseRecord::new(&case.alone);
        for id in STRATEGIES {
            let speedups = [(1, alone), (2, side)]
                .map(|(workers, machine)| (workers, speedup(case, id, workers, machine)));
            record.speedups.insert(id.into(), speedups.into());
        }
        measured.insert(case.name.clone(), record);
    }
    Record {
        ceiling,
        others: before.and_then(|it| it.others()),
        cases: measured,
    }
}

/// What is to be done; `cargo bench` adds a word of its own.
#[derive(clap::Parser)]
struct Arguments {
    /// Only cases with this in their name.
    #[arg(default_value = "")]
    wanted: String,
    /// Fit to what was measured before, and measure nothing.
    #[arg(long)]
    from: Option<PathBuf>,
    #[arg(long, hide = true)]
    bench: bool,
}

/// Examples, and blocks of the chain where they are there.
fn cases(wanted: &str, alone: &mut dyn FnMut(&str, &Block) -> Alone) -> Vec<Case> {
    let mut blocks = Vec::new();
    for example in gallery::examples() {
        let text = playground::scaled(&example.script, TRANSACTIONS)
            .expect("every example has a line `let n = …;`");
        let (batch, problems) = script::evaluate(&text, gallery::contracts());
        assert!(problems.is_empty(), "{}: {problems:?}", example.id);
        blocks.push((example.id, batch, true));
    }
    for file in data::folder("mainnet")
        .iter()
        .flat_map(|it| data::packed(it))
    {
        let name = file.file_name().expect("it is a file").to_string_lossy();
        let name = name.trim_end_matches(".json.gz").to_owned();
        let batch = node_block::read(&data::text(&file)).expect("it can be read");
        blocks.push((name, batch, false));
    }
    let mut cases = Vec::new();
    for (name, batch, fitted) in blocks {
        if !name.contains(wanted) {
            continue;
        }
        let block = lower(&batch, gallery::contracts()).expect("it can run");
        if block.txs.is_empty() {
            println!("{name} is left out: it has no transactions, so nothing can be timed");
            continue;
        }
        cases.push(Case {
            truth: oracle::result(&block),
            alone: alone(&name, &block),
            name,
            block,
            fitted,
        });
    }
    assert!(!cases.is_empty(), "no case has `{wanted}` in its name");
    cases
}

/// Two oracles side by side on copies of their own, over one after the other; the median of all cases.
fn ceiling(cases: &[Case], machine: &Machine<'_>) -> f64 {
    let now = machine.now;
    let mut ratios = Vec::new();
    for case in cases {
        let copy = case.block.clone();
        // Long enough for starting a thread not to count.
        let times = (2_000.0 / case.alone.total).ceil() as u32;
        let work = |block: &Block| {
            for _ in 0..times {
                black_box(oracle::result(block));
            }
        };
        let mut fastest = [f64::INFINITY; 2];
        rounds(machine, || {
            let start = now();
            work(&case.block);
            work(&copy);
            let middle = now();
            thread::scope(|scope| {
                scope.spawn(|| work(&copy));
                work(&case.block);
            });
            fastest = [
                fastest[0].min(middle - start),
                fastest[1].min(now() - middle),
            ];
        });
        ratios.push(fastest[0] / fastest[1]);
    }
    median(&mut ratios)
}

/// Does something as often as there is time for.
fn rounds(machine: &Machine<'_>, mut once: impl FnMut()) {
    let [fewest, most] = ROUNDS;
    let start = (machine.now)();
    for round in 0..most {
        if round >= fewest && (machine.now)() - start > PATIENCE {
            break;
        }
        once();
    }
}

/// The speedup of a case under a strategy on threads.
fn speedup(case: &Case, id: &str, workers: u32, machine: &Machine<'_>) -> f64 {
    let threads = RunOptions {
        runner: RunnerKind::Threads,
        ..options(id, workers)
    };
    let entry = strategy::find(id).expect("there is such a strategy");
    let prepared = Prepared::new(&case.block, entry, &threads, machine.now);
    let mut fastest = [f64::INFINITY; 2];
    rounds(machine, || {
        let start = (machine.now)();
        let truth = oracle::execute(&case.block, machine.control, &mut |_, _| {
            std::ops::ControlFlow::Continue(())
        });
        let oracle = (machine.now)() - start;
        drop(truth);
        let ran = run::once(&case.block, entry, &prepared, &threads, machine)
            .unwrap_or_else(|error| panic!("{} under {id}: {error}", case.name));
        assert!(
            ran.result == case.truth,
            "{} under {id} differs from sequential execution",
            case.name
        );
        fastest = [fastest[0].min(oracle), fastest[1].min(ran.trace.makespan)];
    });
    fastest[0] / fastest[1]
}

/// A case under every strategy on one and two workers.
fn rows<'a>(case: &'a Case, record: &Record) -> Vec<Row<'a>> {
    let speedups = &record.case(&case.name).speedups;
    let mut rows = Vec::new();
    for id in STRATEGIES {
        for workers in [1, 2] {
            let options = RunOptions {
                costs: CostModel::Measured,
                ..options(id, workers)
            };
            let entry = strategy::find(id).expect("there is such a strategy");
            let prepared = Prepared::new(&case.block, entry, &options, &|| 0.0);
            rows.push(Row {
                case,
                options,
                prepared: prepared.timed(case.alone.clone()),
                measured: speedups[id][&workers],
            });
        }
    }
    rows
}

fn options(id: &str, workers: u32) -> RunOptions {
    RunOptions {
        strategy: id.into(),
        workers,
        ..RunOptions::default()
    }
}

impl Row<'_> {
    /// The speedup on the simulated runner, if the machinery costs this.
    pub fn simulated(&self, overhead: &Overhead, machine: &Machine<'_>) -> f64 {
        let values = overhead.values();
        let options = RunOptions {
            overhead: values
                .map(|(it, value)| (it.name().into(), value))
                .collect(),
            ..self.options.clone()
        };
        let entry = strategy::find(&options.strategy).expect("there is such a strategy");
        let ran = run::once(&self.case.block, entry, &self.prepared, &options, machine)
            .unwrap_or_else(|error| panic!("{} simulated: {error}", self.case.name));
        self.case.alone.total / ran.trace.makespan
    }

    /// Is there one worker only?
    pub fn is_alone(&self) -> bool {
        self.options.workers == 1
    }

    /// By which share a speedup is above the measured one.
    pub fn error(&self, simulated: f64) -> f64 {
        simulated / self.measured - 1.0
    }
}

fn table(rows: &[Row<'_>], defaults: &Overhead, fitted: &Overhead, machine: &Machine<'_>) {
    println!(
        "speedups over sequential execution, the fastest of {} to {} rounds; examples of {TRANSACTIONS} transactions\n",
        ROUNDS[0], ROUNDS[1]
    );
    println!("| case | strategy | workers | measured | by the defaults | error | fitted | error |");
    println!("|---|---|---|---|---|---|---|---|");
    let mut errors = Vec::new();
    for row in rows {
        let [by_default, by_fit] = [defaults, fitted].map(|it| row.simulated(it, machine));
        let both = [row.error(by_default), row.error(by_fit)];
        println!(
            "| {} | {} | {} | {:.2} | {by_default:.2} | {:+.0} % | {by_fit:.2} | {:+.0} % |",
            row.case.name,
            row.options.strategy,
            row.options.workers,
            row.measured,
            100.0 * both[0],
            100.0 * both[1],
        );
        errors.push((row, both));
    }
    println!(
        "\n| error, without its sign | cases | median, defaults | worst | median, fitted | worst |"
    );
    println!("|---|---|---|---|---|---|");
    type Belongs = Box<dyn Fn(&Row<'_>) -> bool>;
    let mut groups: Vec<(String, Belongs)> = vec![("all".into(), Box::new(|_| true))];
    for workers in [1, 2] {
        let of = |what: &str| format!("{what}, workers: {workers}");
        let is = move |row: &Row<'_>| row.options.workers == workers;
        groups.push((of("all"), Box::new(is)));
        let examples = move |row: &Row<'_>| is(row) && row.case.fitted;
        groups.push((of("examples"), Box::new(examples)));
        let mainnet = move |row: &Row<'_>| is(row) && !row.case.fitted;
        groups.push((of("mainnet"), Box::new(mainnet)));
        for id in STRATEGIES {
            let strategy = move |row: &Row<'_>| is(row) && row.options.strategy == id;
            groups.push((of(id), Box::new(strategy)));
        }
    }
    for (name, belongs) in groups {
        let [first, second] = [0, 1].map(|which| {
            let of_group = errors.iter().filter(|(row, _)| belongs(row));
            let mut all: Vec<f64> = of_group.map(|(_, both)| both[which].abs()).collect();
            all.sort_by(f64::total_cmp);
            all
        });
        let Some(worst) = first.last().zip(second.last()) else {
            println!("| {name} | 0 | – | – | – | – |");
            continue;
        };
        let middle = first.len() / 2;
        println!(
            "| {name} | {} | {:.1} % | {:.0} % | {:.1} % | {:.0} % |",
            first.len(),
            100.0 * first[middle],
            100.0 * worst.0,
            100.0 * second[middle],
            100.0 * worst.1,
        );
    }
}

/// What to write into the file of the costs.
fn suggest(fitted: &Overhead, mut gas: Vec<f64>) {
    println!(
        "\nfitted, for crate/engine/src/runner/costs.rs (crowding is this machine's own, and stays 0):"
    );
    let names: Vec<_> = fitted.values().map(|(it, _)| it.name()).collect();
    let values: Vec<_> = (fitted.values())
        .map(|(it, value)| match it {
            Parameter::Crowding => "0.000".into(),
            _ => format!("{value:.3}"),
        })
        .collect();
    println!("// {}", names.join(", "));
    println!(
        "const MEASURED: [f64; {}] = [{}];",
        values.len(),
        values.join(", ")
    );
    if !gas.is_empty() {
        let gas = (median(&mut gas) / 100.0).round() * 100.0;
        println!("pub const GAS_PER_MICROSECOND: f64 = {gas:.1}; // now {GAS_PER_MICROSECOND:.1}");
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
