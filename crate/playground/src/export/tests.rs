//! What is written can be read again by the rules of its format, and says what the report says.

use interleave_engine::runner::{Control, threads::ScopedThreads};
use serde_json::Value;

use super::*;
use crate::{
    batch::input,
    gallery,
    report::{RunOptions, RunResult},
    run::{self, Machine},
};

/// A run with aborts, and its batch.
fn ran(id: &str, workers: u32) -> (Batch, Report) {
    let example = gallery::examples().into_iter().find(|it| it.id == id);
    let script = example.expect("it is built in").script;
    let (batch, _) = input::one(&script, gallery::contracts()).expect("it can run");
    let options = RunOptions {
        workers,
        ..RunOptions::default()
    };
    let control = Control::default();
    let machine = Machine {
        threads: &ScopedThreads { most: 1 },
        now: &|| 0.0,
        control: &control,
        memory: None,
    };
    match run::run(&batch, gallery::contracts(), &options, &machine) {
        Ok(RunResult::Report { report, .. }) => (batch, *report),
        other => panic!("{other:?}"),
    }
}

fn written(id: &str, format: &str) -> (Report, String) {
    let (batch, report) = ran(id, 4);
    let format = find(format).expect("there is such a format");
    let text = format.write(&batch, gallery::contracts(), Some(&report));
    (report, text.expect("it can be written"))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn every_format_has_a_name_of_its_own_and_writes_something() {
    let (batch, report) = ran("nft-mint", 3);
    for format in ALL {
        let others = ALL
            .iter()
            .filter(|it| it.id == format.id || it.ending == format.ending);
        assert_eq!(others.count(), 1, "{}", format.id);
        let text = format.write(&batch, gallery::contracts(), Some(&report));
        assert!(text.is_ok_and(|text| text.len() > 100), "{}", format.id);
    }
}

#[test]
fn tables_have_a_row_for_everything_there_is() {
    let rows = |text: &str| text.lines().count() - 1;
    let (report, text) = written("hot-counter", "transactions");
    assert_eq!(rows(&text), report.txs.label.len());
    let cells = |line: usize| {
        let line = text.lines().nth(line).unwrap_or_default();
        line.split(',').collect::<Vec<_>>()
    };
    let (names, first) = (cells(0), cells(1));
    let cell = |name: &str| names.iter().position(|it| *it == name).map(|at| first[at]);
    let row = ["tx", "label", "from", "to", "place", "status"].map(cell);
    let expected = [
        "0",
        "claim(uint256)",
        "holder-0",
        "Airdrop",
        "13:5",
        "success",
    ];
    assert_eq!(row, expected.map(Some));
    let (report, text) = written("hot-counter", "incarnations");
    assert_eq!(rows(&text), report.summary.incarnations as usize);
    assert!(text.contains(",Airdrop.claimed,"), "{text}");
    let (report, text) = written("hot-counter", "conflicts");
    assert_eq!(rows(&text), report.dependencies.writer.len());
}

#[test]
fn a_trace_has_the_bars_and_threads_of_the_run() {
    let (report, text) = written("hot-counter", "trace");
    let trace = json(&text);
    let events = trace["traceEvents"].as_array().expect("a list");
    let of = |phase: &str| {
        events
            .iter()
            .filter(|it| it["ph"] == phase)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("X").len(), report.spans.tx.len());
    assert_eq!(of("M").len(), 1 + report.summary.workers as usize);
    assert!(!of("s").is_empty());
    assert_eq!(of("s").len(), of("f").len());
    for event in events {
        assert!(event["pid"].is_u64() && event["tid"].is_u64(), "{event}");
        if event["ph"] != "M" {
            assert!(event["ts"].as_f64().is_some_and(|it| it >= 0.0), "{event}");
        }
    }
    // Bars of one thread lie one after the other, as viewers want them.
    for worker in 0..report.summary.workers {
        let mut end = 0.0;
        for bar in of("X").iter().filter(|bar| bar["tid"] == worker) {
            let start = bar["ts"].as_f64().expect("a time");
            assert!(start >= end, "{bar}");
            end = start + bar["dur"].as_f64().expect("a time") - 1e-6;
        }
    }
    // What an arrow begins it ends, and not before.
    for (from, to) in of("s").iter().zip(of("f")) {
        assert_eq!(from["id"], to["id"]);
        assert!(from["ts"].as_f64() <= to["ts"].as_f64(), "{from} {to}");
        // Each end is within a bar of its thread, to which viewers bind it; the second is what was undone.
        for (at, end) in [(0, *from), (1, to)] {
            let time = end["ts"].as_f64().expect("a time");
            let around = of("X").into_iter().find(|bar| {
                let start = bar["ts"].as_f64().expect("a time");
                let length = bar["dur"].as_f64().expect("a time");
                bar["tid"] == end["tid"] && (start..start + length).contains(&time)
            });
            let bar = around.expect("it is around the end");
            let undone = bar["cat"] == "aborted" || bar["cat"] == "blocked";
            assert!(at == 0 || undone, "{bar} {end}");
        }
    }
}

#[test]
fn graphs_have_a_node_for_each_transaction_and_an_edge_for_each_dependency() {
    let (report, dot) = written("hot-counter", "dot");
    assert_eq!(
        dot.matches(" -> ").count(),
        report.dependencies.writer.len()
    );
    assert!(dot.contains("119 [label=\"119 claim(uint256)\""), "{dot}");
    let (report, xml) = written("hot-counter", "graphml");
    assert_eq!(xml.matches("<node ").count(), report.txs.label.len());
    assert_eq!(
        xml.matches("<edge ").count(),
        report.dependencies.writer.len()
    );
    assert_eq!(
        xml.matches("<data ").count(),
        xml.matches("</data>").count()
    );
}

#[test]
fn a_block_that_is_written_and_read_again_comes_to_the_same() {
    for id in ["mixed-block", "payment-channels", "nft-market-pull"] {
        let (report, text) = written(id, "t8n");
        let mut batches = input::all(&text, gallery::contracts());
        let (batch, _) = batches.pop().expect("one").expect("it can run");
        let block = lower(&batch, gallery::contracts()).expect("it can run");
        let result = interleave_engine::oracle::result(&block);
        assert_eq!(result.digest().to_string(), report.summary.digest, "{id}");
        let root = batch.state_root(&block, &result).map(|it| it.to_string());
        assert_eq!(root, report.summary.state_root, "{id}");
        assert!(root.is_some(), "{id}");
    }
}

/// A block of Shanghai with a transfer of 5 wei, and a withdrawal of 2 gwei to who receives them.
const WITHDRAWAL: &str = r#"{
    "fork": "Shanghai",
    "alloc": {"0x00000000000000000000000000000000000a11ce": {"balance": "0x64"}},
    "env": {
        "currentCoinbase": "0x0000000000000000000000000000000000000fee", "currentGasLimit": "0x989680",
        "currentNumber": "7", "currentTimestamp": "0x10", "currentBaseFee": "0x0", "currentRandom": "0x0",
        "withdrawals": [{
            "index": "0x0", "validatorIndex": "0x0",
            "address": "0x0000000000000000000000000000000000000b0b", "amount": "0x2"
        }]
    },
    "txs": [{
        "type": "0x0", "sender": "0x00000000000000000000000000000000000a11ce",
        "to": "0x0000000000000000000000000000000000000b0b",
        "nonce": "0x0", "gas": "0x5208", "gasPrice": "0x0", "value": "0x5", "input": "0x"
    }]
}"#;

#[test]
fn the_steps_after_the_transactions_are_written_with_the_block() {
    let contracts = Contracts::default();
    let write = |text: &str, format: &str| {
        let (batch, _) = input::one(text, &contracts).expect("it can run");
        let format = find(format).expect("there is such a format");
        json(&(format.write(&batch, &contracts, None)).expect("it can be written"))
    };
    let again = write(WITHDRAWAL, "t8n");
    let written = &again["env"]["withdrawals"];
    assert_eq!(written, &json(WITHDRAWAL)["env"]["withdrawals"]);
    let result = write(WITHDRAWAL, "t8n-result");
    let paid = &result["alloc"]["0x0000000000000000000000000000000000000b0b"];
    assert_eq!(paid["balance"], "0x77359405");
    assert_eq!(write(&again.to_string(), "t8n-result"), result);
}

#[test]
fn a_written_result_has_the_roots_and_receipts_of_the_report() {
    let (report, text) = written("mixed-block", "t8n-result");
    let result = json(&text)["result"].take();
    assert_eq!(
        result["stateRoot"].as_str(),
        report.summary.state_root.as_deref()
    );
    assert_eq!(
        result["receiptsRoot"].as_str(),
        report.summary.receipts_root.as_deref()
    );
    let receipts = result["receipts"].as_array().expect("a list");
    let rejected = result["rejected"].as_array().expect("a list");
    assert_eq!(receipts.len() + rejected.len(), report.txs.label.len());
    assert_eq!(
        receipts.last().map(|it| &it["cumulativeGasUsed"]),
        Some(&result["gasUsed"])
    );
}
