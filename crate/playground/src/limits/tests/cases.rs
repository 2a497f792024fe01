//! For each limit of the engine: what has so much of it, and what is said of more.

mod contracts;
mod scripts;

use std::collections::BTreeMap;

use interleave_engine::{
    block::TxIdx,
    memory::Version,
    runner::{Control, threads::ScopedThreads},
    strategy::WorkerId,
    trace::{Activity, Recorder, Room, Span, Trace},
};

use crate::{
    analysis::fees,
    batch::{input, script::evaluate},
    contracts::{Contracts, assembler},
    measure, open,
    report::{
        ContractFile, CurveOptions, CurveResult, Fault, FeeAssumptions, MeasureOptions,
        MeasureResult, Report, RunOptions, RunResult,
    },
    run::{self, Machine},
    series,
};

use self::{contracts::*, scripts::*};

/// How a limit is tried.
pub(super) struct Case {
    /// The limit.
    pub(super) name: &'static str,
    /// All that is said of something that has so much.
    pub(super) tried: fn(u64) -> Vec<String>,
    /// What is said beyond the limit, and only there.
    pub(super) says: &'static str,
}

const fn case(name: &'static str, tried: fn(u64) -> Vec<String>, says: &'static str) -> Case {
    Case { name, tried, says }
}

/// All limits of the engine.
pub(super) const ALL: &[Case] = &[
    case(
        "SCRIPT_CHARS",
        |n| said(&comment(n)),
        "at most 1000000 characters",
    ),
    case(
        "SCRIPT_OPERATIONS",
        |n| said(&steps(n)),
        "more than 15000000 steps",
    ),
    case(
        "ELEMENTS_READ",
        |n| said(&read(n)),
        "copies long lists too often",
    ),
    case(
        "CALL_DEPTH",
        |n| said(&calls(n)),
        "more than 24 levels deep",
    ),
    case(
        "EXPRESSION_DEPTH",
        |n| said(&nested(n)),
        "more than 48 levels deep",
    ),
    case(
        "FUNCTION_EXPRESSION_DEPTH",
        |n| said(&nested_in_function(n)),
        "24 inside a function",
    ),
    case("TEXT_BYTES", |n| said(&text(n)), "a text 200000 bytes"),
    case(
        "LIST_ITEMS",
        |n| said(&format!("let l = []; l.pad({n}, 1);")),
        "at most 30000 items",
    ),
    case(
        "LIST_ITEMS",
        |n| said(&format!("accounts(\"a\", {n});")),
        "must be at most 30000",
    ),
    case(
        "MAP_ENTRIES",
        |n| said(&map(n)),
        "an object map 10000 entries",
    ),
    case(
        "VARIABLES",
        |n| said(&each(n, |i| format!("let v{i} = 0;\n"))),
        "more than 500 variables",
    ),
    case(
        "FUNCTIONS",
        |n| said(&each(n, |i| format!("fn f{i}() {{}}\n"))),
        "functions",
    ),
    case(
        "PROBLEMS",
        |n| said(&each(n, |_| "account(1);\n".into())),
        "more than 100 problems",
    ),
    case(
        "NAME_CHARS",
        |n| said(&format!("account(\"{}\");", "é".repeat(n as usize))),
        "at most 200 characters",
    ),
    case("DESCRIPTION_CHARS", description, "cut"),
    case(
        "VIEWS",
        |n| said(&each(n, |_| "watch(\"a\", account(\"a\"));\n".into())),
        "at most 500 values",
    ),
    case(
        "VIEWS",
        |n| said(&each(n, |_| "expect(account(\"a\"), ether(100));\n".into())),
        "at most 500 values",
    ),
    case(
        "LIST_CHANGES",
        |n| {
            let lies = |i| format!("access_list_change(0, a, {i}, 1);\n");
            said(&format!(
                "let a = account(\"a\");\ntransfer(a, a, 0);\n{}",
                each(n, lies)
            ))
        },
        "at most 1000 values",
    ),
    case("CASES", offered, "cut"),
    case(
        "TRANSACTIONS",
        |n| said(&transfers(n)),
        "at most 100000 transactions",
    ),
    case(
        "PREPARATIONS",
        |n| said(&preparations(n)),
        "at most 200000 times",
    ),
    case(
        "ACCOUNTS",
        |n| said(&accounts(n)),
        "at most 200000 accounts",
    ),
    case("DATA_BYTES", |n| said(&data(n)), "at most 64000000 bytes"),
    case(
        "GAS",
        |n| ran(&burnt(n)).err().unwrap_or_default(),
        "more than 100000000000 gas",
    ),
    case(
        "GAS",
        |n| ran(&burnt_before(n)).err().unwrap_or_default(),
        "more than 100000000000 gas",
    ),
    case(
        "CONTRACT_FILES",
        |n| of_files(&vec![file("A.bin", "00".into()); n as usize]),
        "at most 200",
    ),
    case(
        "CONTRACT_BYTES",
        |n| of_files(&[file("A.bin", "0".repeat(n as usize))]),
        "with 32000000 bytes",
    ),
    case(
        "CONTRACTS",
        |n| of_files(&[file("output.json", contracts(n))]),
        "at most 2000 contracts",
    ),
    case(
        "ABI_ITEMS",
        |n| of_abi(&errors(n)),
        "at most 20000 functions",
    ),
    case(
        "ABI_WORDS",
        |n| of_abi(&parameter(&format!("uint8[{n}]"))),
        "at most 10000 words",
    ),
    case(
        "LAYOUT_PARTS",
        |n| of_layout(&variables(n)),
        "at most 20000 variables",
    ),
    case(
        "TYPE_DEPTH",
        |n| {
            of_abi(&parameter(&format!(
                "uint8{}",
                "[1]".repeat(n as usize - 1)
            )))
        },
        "too deep",
    ),
    case("TYPE_DEPTH", |n| of_layout(&structures(n)), "too deep"),
    case("ASSEMBLED_BYTES", assembled, "more than 65535 bytes"),
    case(
        "ASSEMBLED_BYTES",
        |n| {
            assembler::creation(&vec![0; n as usize])
                .err()
                .into_iter()
                .collect()
        },
        "at most 65535 bytes",
    ),
    case(
        "SIMULATED_WORKERS",
        |n| wrong(|it| it.workers = n as u32),
        "there are 1 to 1024",
    ),
    case(
        "SHARD_COUNT",
        |n| wrong(|it| it.shards = n as u32),
        "there are 2 to 64",
    ),
    case(
        "OVERHEAD_MICROSECONDS",
        |n| wrong(|it| it.overhead = BTreeMap::from([("read".into(), n as f64)])),
        "0 to 1000000 microseconds",
    ),
    case(
        "FAULTS",
        |n| wrong(|it| it.faults = vec![Fault::Panic { tx: 0, times: 1 }; n as usize]),
        "32 is the most",
    ),
    case(
        "FAULT_TASKS",
        |n| {
            wrong(|it| {
                it.faults = vec![Fault::Fail {
                    worker: 0,
                    after: n as u32,
                }]
            })
        },
        "1000000 is the most",
    ),
    case(
        "FAULT_FACTOR",
        |n| {
            wrong(|it| {
                it.faults = vec![Fault::Slow {
                    worker: 0,
                    factor: n as f64,
                }]
            })
        },
        "1 to 100 times",
    ),
    case(
        "FAULT_MICROSECONDS",
        |n| {
            wrong(|it| {
                it.faults = vec![Fault::Pause {
                    worker: 0,
                    after: 0,
                    time: n as f64,
                }]
            })
        },
        "0 to 10000000 microseconds",
    ),
    case("CURVE_POINTS", curve, "64 at the most"),
    case("ROUNDS", rounds, "there are 1 to 101"),
    case(
        "FEE_BLOCKS",
        |n| of_fees(|it| it.blocks = n as u32),
        "`blocks` cannot be",
    ),
    case(
        "FEE_PATIENCE",
        |n| of_fees(|it| it.patience_blocks = n as u32),
        "`patienceBlocks` cannot be",
    ),
    case("SPANS", spans, "cut"),
    case("ACCESSES", accesses, "cut"),
    case("LOGS", logs, "cut"),
];

/// What a script runs to, or all that is wrong with it.
fn ran(script: &str) -> Result<Report, Vec<String>> {
    let (batch, _) = input::one(script, &Contracts::default()).map_err(messages)?;
    let options = RunOptions::default();
    let run = |machine: &Machine<'_>| run::run(&batch, &Contracts::default(), &options, machine);
    match with_machine(run).expect("nobody fails") {
        RunResult::Report { report, .. } => Ok(*report),
        RunResult::Problems { problems } => Err(messages(problems)),
        RunResult::Stopped => Err(vec!["stopped".into()]),
        RunResult::Rejected { problem, .. } => Err(vec![problem.message]),
    }
}

fn messages(problems: Vec<crate::batch::Problem>) -> Vec<String> {
    problems.into_iter().map(|it| it.message).collect()
}

fn with_machine<T>(work: impl FnOnce(&Machine<'_>) -> T) -> T {
    let control = Control::default();
    work(&Machine {
        threads: &ScopedThreads { most: 1 },
        now: &|| 0.0,
        control: &control,
        memory: None,
    })
}

/// What is wrong with these options.
fn wrong(change: impl FnOnce(&mut RunOptions)) -> Vec<String> {
    let mut options = RunOptions::default();
    change(&mut options);
    let checked = with_machine(|machine| run::checked(&options, machine).map(|_| ()));
    checked.err().map(|it| it.message).into_iter().collect()
}

fn curve(n: u64) -> Vec<String> {
    let options = CurveOptions {
        run: RunOptions::default(),
        workers: (1..=n as u32).collect(),
    };
    let (batch, _) = evaluate(&transfers(1), &Contracts::default());
    let curve =
        |machine: &Machine<'_>| series::curve(&batch, &Contracts::default(), &options, machine);
    match with_machine(curve).expect("nobody fails") {
        CurveResult::Problems { problems } => messages(problems),
        CurveResult::Curve { .. } | CurveResult::Stopped => Vec::new(),
    }
}

fn rounds(n: u64) -> Vec<String> {
    let options = MeasureOptions {
        rounds: n as u32,
        runs: Vec::new(),
        untraced: false,
    };
    let (batch, _) = evaluate(&transfers(1), &Contracts::default());
    let measured =
        |machine: &Machine<'_>| measure::measure(&batch, &Contracts::default(), &options, machine);
    match with_machine(measured).expect("nobody fails") {
        MeasureResult::Problems { problems } => messages(problems),
        MeasureResult::Measured { .. } | MeasureResult::Stopped => Vec::new(),
    }
}

fn of_fees(change: impl FnOnce(&mut FeeAssumptions)) -> Vec<String> {
    let mut assumptions = fees::assumptions();
    change(&mut assumptions);
    fees::fees(&assumptions)
        .err()
        .map_or_else(Vec::new, messages)
}

fn offered(n: u64) -> Vec<String> {
    let file = ContractFile {
        name: "lines.jsonl".into(),
        text: "{\"alloc\": {}, \"env\": {}, \"txs\": []}\n".repeat(n as usize),
    };
    let batch = open::open(&[file], 0).batch.expect("lines of batches");
    assert_eq!(u64::from(batch.batches), n);
    let is_cut = batch.cases.len() as u64 != n;
    is_cut.then(|| "cut".into()).into_iter().collect()
}

fn spans(n: u64) -> Vec<String> {
    let mut recorder = Recorder::new(&Room::default(), 1, 0);
    for i in 0..n {
        let version = Version {
            tx: TxIdx(0),
            incarnation: 0,
        };
        recorder.span(Span {
            worker: WorkerId(0),
            version,
            activity: Activity::Validated,
            start: i as f64,
            end: i as f64,
        });
    }
    let trace = Trace::merge(vec![recorder], 0);
    trace.truncated.then(|| "cut".into()).into_iter().collect()
}

fn accesses(n: u64) -> Vec<String> {
    let listed = |slots: u64| {
        let report = ran(&repeating("DUP1 SLOAD POP", slots)).expect("it runs");
        report.accesses.tx.len() as u64
    };
    // The sender, its nonce and so on.
    let others = listed(10) - 10;
    let is_cut = listed(n - others) != n;
    is_cut.then(|| "cut".into()).into_iter().collect()
}

fn logs(n: u64) -> Vec<String> {
    let report = ran(&repeating("PUSH 0 PUSH 0 LOG0", n)).expect("it runs");
    let is_cut = report.logs.tx.len() as u64 != n;
    is_cut.then(|| "cut".into()).into_iter().collect()
}
