//! Measures what `cargo xtask bench` asks for on native threads.
//!
//! `measure JOBS` reads a list of jobs from a file and prints one JSON line a job; the engine in the browser
//! answers the same jobs by the same function. `--count oracle|strategy` does one of the two once for
//! the first run of each job, for callgrind, which counts within `counted` alone.
//! `--describe` prints the block of each job and what it comes to, for another EVM.

mod job;

use std::{hint::black_box, time::Instant};

use interleave_engine::{
    oracle,
    runner::Control,
    state::{Account, State},
};
use interleave_playground::{
    self as playground,
    report::MeasureResult,
    run::{Machine, Pool},
};
use serde_json::{Value, json};

use job::Job;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // `cargo bench` adds a word of its own.
    let words: Vec<&str> = words.into_iter().filter(|it| *it != "--bench").collect();
    match words[..] {
        [file] => job::read(file).iter().for_each(measure),
        ["--count", what, file] => job::read(file).iter().for_each(|job| count(what, job)),
        ["--describe", file] => {
            for job in job::read(file) {
                println!("{}", describe(&job));
            }
        }
        _ => panic!("measure [--count oracle|strategy | --describe] JOBS, not {words:?}"),
    }
}

fn measure(job: &Job) {
    let start = Instant::now();
    let control = Control::default();
    let machine = Machine {
        threads: &Pool::new(64),
        now: &|| start.elapsed().as_secs_f64() * 1e6,
        control: &control,
        memory: None,
    };
    match playground::measure(&job.text, &[], &job.options, &machine) {
        Ok(MeasureResult::Measured { measured }) => {
            println!("{}", json!({ "name": job.name, "measured": measured }));
        }
        other => panic!("{}: {other:?}", job.name),
    }
}

fn count(what: &str, job: &Job) {
    let block = job.block();
    // Nothing is dropped while it counts: no time ends after the last commit either.
    match what {
        "oracle" => drop(black_box(job::counted_oracle(&block))),
        "strategy" => {
            let strategy = &job.options.runs[0].strategy;
            drop(black_box(job::counted_strategy(&block, strategy)));
        }
        _ => panic!("`{what}` is not counted"),
    }
}

/// The block and what it comes to.
fn describe(job: &Job) -> Value {
    let block = job.block();
    let result = oracle::result(&block);
    let mut after = block.prestate.clone();
    after.apply(&result.changes);
    let accounts = |state: &State| -> Value {
        let one = |(address, account): (&_, &Account)| {
            let code = state.codes.get(&account.code_hash);
            let code = code.map(|code| code.original_bytes().to_string());
            let storage = account.storage.iter();
            let storage: Vec<_> = storage
                .map(|(slot, value)| [format!("{slot:#066x}"), format!("{value:#066x}")])
                .collect();
            json!({
                "address": address,
                "balance": account.balance,
                "nonce": account.nonce,
                "code": code,
                "storage": storage,
            })
        };
        state.accounts.iter().map(one).collect()
    };
    let txs = block.txs.iter().map(|tx| {
        json!({
            "type": tx.tx_type,
            "from": tx.caller,
            "to": tx.kind.to(),
            "nonce": tx.nonce,
            "value": tx.value,
            "data": tx.data,
            "gasLimit": tx.gas_limit,
            "maxFee": tx.gas_price.to_string(),
            "priorityFee": tx.gas_priority_fee.map(|fee| fee.to_string()),
        })
    });
    json!({
        "name": job.name,
        "beneficiary": block.env.beneficiary,
        "baseFee": block.env.basefee,
        "gasUsed": result.gas_used(),
        "stateRoot": after.root(),
        "prestate": accounts(&block.prestate),
        "txs": txs.collect::<Vec<_>>(),
    })
}
