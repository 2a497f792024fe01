//! The command as a person or a CI job calls it: exit status, standard output and error.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use alloy_primitives::keccak256;
use serde_json::{Value, json};

#[path = "command/lists.rs"]
mod lists;

/// What a call of the command came to.
struct Call {
    status: i32,
    output: String,
    error: String,
}

/// Runs the command in the repository's root with `input` as standard input.
fn interleave(arguments: &[&str], input: &str) -> Call {
    let mut child = Command::new(env!("CARGO_BIN_EXE_interleave"))
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("it was piped");
    // It need not read: some arguments are refused before that.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    Call {
        status: output.status.code().expect("it ended by itself"),
        output: String::from_utf8(output.stdout).expect("text"),
        error: String::from_utf8(output.stderr).expect("text"),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A block of one transfer, as a node gives it; its receipts root is known from public chains.
fn block() -> Value {
    let sender = "0x00000000000000000000000000000000000a11ce";
    let zeros = format!("0x{}", "0".repeat(64));
    json!({
        "block": {
            "number": "0xe00000", "timestamp": "0x62000000",
            "parentHash": zeros, "miner": format!("0x{}", "3".repeat(40)),
            "gasLimit": "0x1c9c380", "gasUsed": "0x5208",
            "receiptsRoot": "0xf78dfb743fbd92ade140711c8bbc542b5e307f0ab7984eff35d751969fe57efa",
            "difficulty": "0x1", "baseFeePerGas": "0x7",
            "transactions": [{
                "type": "0x2", "from": sender, "to": format!("0x{}", "b".repeat(40)),
                "nonce": "0x0", "gas": "0x5208", "value": "0x1", "input": "0x",
                "maxFeePerGas": "0xa", "maxPriorityFeePerGas": "0x2", "chainId": "0x1",
            }],
        },
        "prestate": {sender: {"balance": "0xde0b6b3a7640000"}},
        "blockHashes": {},
    })
}

#[test]
fn every_example_comes_to_its_picture() {
    let mut names: Vec<_> = fs::read_dir(root().join("examples"))
        .expect("there are examples")
        .map(|file| file.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rhai"))
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert!(names.len() >= 7, "{names:?}");

    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("tests/golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for name in names {
        let file = format!("examples/{name}.rhai");
        let call = interleave(
            &["run", &file, "--runner", "simulated", "--workers", "4"],
            "",
        );
        assert_eq!(call.status, 0, "{name}: {}{}", call.output, call.error);
        settings.bind(|| insta::assert_snapshot!(name, call.output));
    }
}

/// What the same options give everywhere: `crate/wasm` compares its own reports with these.
///
/// Whoever changes a report writes the file again: `INSTA_UPDATE=always cargo test -p interleave-cli`.
#[test]
fn simulated_reports_are_the_same_everywhere_byte_for_byte() {
    let mut lines = String::new();
    for example in interleave_playground::gallery::examples() {
        for entry in interleave_engine::strategy::ALL {
            let run = ["run", &example.id, "--json", "--runner", "simulated"];
            let how = ["--workers", "3", "--seed", "7", "--strategy", entry.id];
            let call = interleave(&[run.as_slice(), &how].concat(), "");
            assert_eq!(call.status, 0, "{}: {}", example.id, call.error);
            let digest = keccak256(call.output.trim_end());
            lines += &format!("{} {} {digest}\n", example.id, entry.id);
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("tests/golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("reports", lines));
}

#[test]
fn a_recorded_schedule_does_the_same_again_and_fits_no_other_block() {
    let folder = std::env::temp_dir().join(format!("interleave-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("it can be made");
    let file = folder.join("schedule.json").display().to_string();
    let example = ["run", "hot-counter", "--json"];
    let record = ["--workers", "4", "--record", &file];
    let recorded = interleave(&[example.as_slice(), &record].concat(), "");
    assert_eq!((recorded.status, recorded.error.as_str()), (0, ""));
    let replayed = interleave(&[example.as_slice(), &["--replay", &file]].concat(), "");
    assert_eq!((replayed.status, replayed.error.as_str()), (0, ""));
    assert!(recorded.output == replayed.output, "the reports differ");

    let other = interleave(&["run", "mixed-block", "--replay", &file], "");
    assert_eq!(other.status, 2);
    assert!(
        other.error.contains("recorded on another block"),
        "{}",
        other.error
    );
    // How it was run is in the file.
    let how = ["--strategy", "dag", "--replay", &file];
    assert_eq!(
        interleave(&[example.as_slice(), &how].concat(), "").status,
        2
    );
    let simulated = ["--runner", "simulated", "--record", &file];
    assert_eq!(
        interleave(&[example.as_slice(), &simulated].concat(), "").status,
        2
    );
    fs::remove_dir_all(folder).expect("it was made");
}

#[test]
fn the_simulated_clock_counts_gas_or_what_was_measured() {
    let run = |more: &[&str]| {
        let run = [
            "run",
            "independent-transfers",
            "--json",
            "--runner",
            "simulated",
        ];
        let call = interleave(&[run.as_slice(), &["--workers", "4"], more].concat(), "");
        assert_eq!(call.status, 0, "{}", call.error);
        let report: Value = serde_json::from_str(&call.output).expect("JSON");
        report["summary"].clone()
    };
    let value = |summary: &Value, parameter: &str| {
        let names = summary["overhead"]["name"].as_array().expect("a list");
        let at = names.iter().position(|name| name == parameter);
        summary["overhead"]["value"][at.expect("it is there")].clone()
    };
    let gas = run(&[]);
    assert_eq!(
        (&gas["clock"], &gas["oracleTime"]),
        (&json!("gas"), &gas["gasUsed"])
    );
    assert_eq!(value(&gas, "wake"), json!(0.0));
    let measured = run(&["--costs", "measured"]);
    assert_eq!(measured["clock"], "virtual");
    assert!(value(&measured, "wake").as_f64() > Some(0.0));
    // Four workers that lose nothing are four times as fast, but for how the block divides; and the
    // pieces may have taken less than the whole.
    let nothing = "start=0,wake=0,notify=0,task=0,read=0,write=0,validate=0,abort=0";
    let free = run(&["--costs", "measured", "--overhead", nothing]);
    let speedup = free["speedup"].as_f64().expect("a number");
    assert!(speedup > 3.0, "{speedup}");
    let slow = run(&["--overhead", "task=100"]);
    assert!(slow["speedup"].as_f64() < gas["speedup"].as_f64());
    for (bad, says) in [
        ("task", "PART=TIME"),
        ("luck=1", "there is no overhead `luck`"),
    ] {
        let call = interleave(&["run", "hot-counter", "--overhead", bad], "");
        assert_eq!(call.status, 2);
        assert!(call.error.contains(says), "{}", call.error);
    }
}

#[test]
fn the_report_is_one_object_with_the_numbers_of_the_run() {
    let call = interleave(&["run", "-", "--json"], &block().to_string());
    assert_eq!((call.status, call.error.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&call.output).expect("JSON");
    let summary = report["summary"].as_object().expect("a summary");
    for name in [
        "strategy",
        "runner",
        "workers",
        "transactions",
        "gasUsed",
        "receiptsRoot",
        "digest",
        "oracleDigest",
        "aborts",
        "incarnations",
        "speedup",
    ] {
        assert!(summary.contains_key(name), "{name}");
    }
    assert_eq!(summary["digest"], summary["oracleDigest"]);
    assert_eq!(summary["gasUsed"], json!(21_000.0));
}

#[test]
fn the_status_is_1_when_the_header_says_something_else() {
    for (field, value) in [
        ("gasUsed", "0x5209".to_owned()),
        ("receiptsRoot", format!("0x{}", "1".repeat(64))),
    ] {
        let mut block = block();
        block["block"][field] = value.into();
        let call = interleave(&["run", "-"], &block.to_string());
        assert_eq!(call.status, 1, "{field}");
        for line in [
            "DIFFERS from what is expected: ",
            "matches sequential execution",
        ] {
            assert!(call.output.contains(line), "{}", call.output);
        }
        let call = interleave(&["compare", "-", "--workers", "2"], &block.to_string());
        assert_eq!(call.status, 1, "{field}");
        // Once, not for each strategy.
        assert_eq!(
            call.error.matches(" expected ").count(),
            1,
            "{}",
            call.error
        );
    }
}

#[test]
fn whatever_a_file_expects_is_compared_by_every_command() {
    let batch = |post: &str| {
        let sender = "0x00000000000000000000000000000000000a11ce";
        json!({
            "name": "a transfer", "fork": "London",
            "pre": { sender: { "balance": "0x64" } },
            "env": {
                "currentCoinbase": sender, "currentGasLimit": "0x989680", "currentNumber": "0x1",
                "currentTimestamp": "0x1", "currentBaseFee": "0x0"
            },
            "txs": [{
                "sender": sender, "to": sender, "nonce": "0x0", "gas": "0x5208", "gasPrice": "0x0",
                "value": "0x1", "input": "0x"
            }],
            "expect": {
                "gasUsed": "0x5208",
                "receipts": [{ "tx": "0x0", "status": true, "gasUsed": "0x5208", "logs": [] }],
                "post": { sender: { "balance": post, "nonce": "0x1" } }
            }
        })
        .to_string()
    };
    let call = interleave(&["run", "-"], &batch("0x64"));
    assert_eq!(call.status, 0, "{}{}", call.output, call.error);
    let line = "as expected: gas used, receipts, post-state\n";
    assert!(call.output.ends_with(line), "{}", call.output);
    for arguments in [
        &["run", "-"][..],
        &["run", "-", "--json"],
        &["compare", "-", "--csv"],
    ] {
        let call = interleave(arguments, &batch("0x65"));
        assert_eq!(call.status, 1, "{arguments:?}");
        let said = call.output + call.error.as_str();
        assert!(
            said.contains("0x00000000000000000000000000000000000A11cE is "),
            "{said}"
        );
    }
}

#[test]
fn transactions_above_the_gas_limit_of_the_block_are_one_error_with_its_place() {
    let script = "let a = account(\"a\");\nblock(#{ gas_limit: 60_000 });\n\
                  for i in 0..3 { transfer(a, a, 1) }";
    for command in ["run", "compare", "check", "analyze"] {
        let call = interleave(&[command, "-"], script);
        assert_eq!(call.status, 2, "{command}");
        let said = call.output + call.error.as_str();
        let message = "-:3:17: error: transaction 2 (`transfer`) may use 21000 gas, but those \
                       before it leave 18000 of the 60000 gas of the block";
        assert_eq!(said.matches(message).count(), 1, "{command}: {said}");
    }
}

#[test]
fn a_file_of_the_wrong_kind_is_one_error_with_its_place() {
    let folder = std::env::temp_dir().join(format!("interleave-wrong-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for a while");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("a file for a while");
        path.to_str().expect("a name of text").to_owned()
    };
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let text = serde_json::to_string_pretty(&block()).expect("JSON");
    packed.write_all(text.as_bytes()).expect("memory");
    let packed = packed.finish().expect("memory");
    let half = &text[..text.len() / 2];
    let place = format!(":{}:", half.matches('\n').count() + 1);
    let large = b"// Title\nlet a = 1;\n".repeat(5_000_000);
    for (file, message) in [
        (
            file("picture.png", b"\x89PNG\r\n\x1a\n\0\0"),
            ":1:1: error: not a text: this is not UTF-8",
        ),
        (
            file("cut.json.gz", &packed[..packed.len() - 9]),
            ": error: the gzip data ends too early",
        ),
        (file("cut.json", half.as_bytes()), place.as_str()),
        (
            file("package.json", b"\n{\"name\": \"x\", \"version\": 1}"),
            ":2:1: error: not a block from a node, ",
        ),
        (
            file("list.json", b"[1, 2]"),
            ":1:1: error: not a block from a node, ",
        ),
        (
            file("empty.json", b"{"),
            ":1:1: error: not a block from a node, ",
        ),
        (
            file("token.sol", b"pragma solidity 0.8;\ncontract A {}"),
            ":1:",
        ),
        (
            file("large", &large),
            ": error: the text is larger than 64 MB",
        ),
    ] {
        let call = interleave(&["run", &file], "");
        assert_eq!((call.status, call.output.as_str()), (2, ""), "{file}");
        let message = format!("{file}{message}");
        assert!(
            call.error.starts_with(&message),
            "{message}: {}",
            call.error
        );
        assert_eq!(call.error.lines().count(), 1, "{}", call.error);
        assert!(call.error.len() < 500, "{}", call.error);
    }
    fs::remove_dir_all(&folder).expect("it was written");
}

#[test]
fn the_status_is_1_when_the_script_expects_something_else() {
    let script = "let a = account(\"a\"); let b = account(\"b\", #{ balance: 0 });\n\
        transfer(a, b, ether(2));\n\
        watch(\"b\", b);\n\
        expect(b, VALUE);\n";
    for (value, status) in [("ether(2)", 0), ("ether(3)", 1)] {
        for arguments in [
            &["run", "-"][..],
            &["compare", "-", "--runner", "simulated"],
        ] {
            let call = interleave(arguments, &script.replace("VALUE", value));
            assert_eq!(call.status, status, "{}{}", call.output, call.error);
            let message = "-:4:1: error: after the block, the balance of b is ";
            assert_eq!(
                call.error.starts_with(message),
                status == 1,
                "{}",
                call.error
            );
        }
    }
    let call = interleave(&["run", "-"], &script.replace("VALUE", "1"));
    assert!(
        call.output
            .contains("watched  before  after  change\nb             0      2  +2\n"),
        "{}",
        call.output
    );
    assert!(
        call.output
            .contains("expectations of the script that do NOT hold: 1")
    );
    let call = interleave(&["check", "-"], &script.replace("VALUE", "1"));
    assert_eq!(call.status, 1, "{}", call.output);
    assert!(
        call.output.contains("expectations failed 1"),
        "{}",
        call.output
    );
}

#[test]
fn bad_input_is_status_2_and_a_place() {
    for (input, message) in [
        ("let a = ;", "-:1:9: error: "),
        (
            "{\n  \"block\": 1\n}",
            "-:2:12: error: not a block from a node: block: ",
        ),
        (
            "{\"prestate\": {}}",
            "-:1:16: error: not a block from a node: missing field `block`",
        ),
    ] {
        let call = interleave(&["run", "-"], input);
        assert_eq!((call.status, call.output.as_str()), (2, ""), "{input}");
        assert!(call.error.starts_with(message), "{}", call.error);
    }
}

#[test]
fn what_cannot_be_read_is_status_2_and_a_reason() {
    let call = interleave(&["run", "examples/no-such-file.rhai"], "");
    assert_eq!(call.status, 2);
    let message = "examples/no-such-file.rhai: error: ";
    assert!(call.error.starts_with(message), "{}", call.error);
    for arguments in [
        ["examples", "--strategy", "block-stm"],
        ["-", "--strategy", "magic"],
        ["-", "--workers", "0"],
    ] {
        let all = [&["run"][..], &arguments].concat();
        assert_eq!(interleave(&all, "").status, 2, "{arguments:?}");
    }
}

#[test]
fn compare_shows_every_strategy_and_prints_a_summary_of_each() {
    let call = interleave(
        &[
            "compare",
            "hot-counter",
            "--runner",
            "simulated",
            "--workers",
            "8",
        ],
        "",
    );
    assert_eq!((call.status, call.error.as_str()), (0, ""));
    let names: Vec<_> = call
        .output
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .collect();
    for name in ["block-stm", "block-access-list", "sequential"] {
        assert!(names.contains(&name), "{}", call.output);
    }
    let arguments = [
        "compare",
        "-",
        "--json",
        "--unit",
        "account",
        "--fees-in-place",
        "--hints",
        "perfect",
    ];
    let call = interleave(&arguments, &block().to_string());
    assert_eq!(call.status, 0, "{}", call.error);
    let summaries: Vec<Value> = call
        .output
        .lines()
        .map(|line| serde_json::from_str(line).expect("one object a line"))
        .collect();
    assert_eq!(summaries.len(), names.len());
    assert!(summaries.iter().all(|it| it["matches"] == json!(true)));
    assert_eq!(interleave(&["compare", "-"], "let a = ;").status, 2);
}

#[test]
fn check_counts_what_it_compared_and_what_it_could_not() {
    let few = [
        "--workers",
        "1,2",
        "--seeds",
        "1",
        "--strategy",
        "block-stm",
    ];
    let check =
        |files: &[&str], input: &str| interleave(&[&["check"][..], files, &few].concat(), input);

    let call = check(&["token-ring", "-"], &block().to_string());
    // Two runners with two numbers of workers, and each with seven more settings of the switches.
    let half = "runs 18, divergences 0, expectations failed 0, skipped 0\n";
    let all = "runs 36, divergences 0, expectations failed 0, skipped 0\n";
    let lines = format!("token-ring: {half}-: {half}{all}");
    assert_eq!((call.status, call.output), (0, lines), "{}", call.error);

    let some = [
        "check",
        "-",
        "--strategy",
        "dag,optimistic",
        "--runner",
        "simulated",
        "--workers",
        "2",
        "--seeds",
        "1",
    ];
    let call = interleave(&some, &block().to_string());
    // Eight settings of the switches under each of the two, and three more sources of hints under one.
    assert!(call.output.starts_with("runs 19, "), "{}", call.output);

    let mut other = block();
    other["block"]["gasUsed"] = "0x5209".into();
    let call = check(&["-"], &other.to_string());
    assert_eq!(call.status, 1, "{}", call.output);
    let line = "-: gas used is 21000, expected 21001";
    assert!(call.output.starts_with(line), "{}", call.output);

    let call = check(&["-", "token-ring"], "let a = ;");
    assert_eq!(call.status, 2, "{}", call.output);
    assert!(
        call.output.starts_with("skipped -: -:1:9: error: "),
        "{}",
        call.output
    );
    assert!(call.output.ends_with("skipped 1\n"), "{}", call.output);
}

#[test]
fn a_file_of_several_batches_is_checked_whole_and_run_by_case() {
    let batch = |name: &str, gas: u64| {
        let sender = "0x00000000000000000000000000000000000a11ce";
        let gas = format!("{gas:#x}");
        json!({
            "name": name,
            "fork": "London",
            "pre": { sender: { "balance": "0x64" } },
            "env": {
                "currentCoinbase": sender, "currentGasLimit": "0x989680", "currentNumber": "0x1",
                "currentTimestamp": "0x1", "currentBaseFee": "0x0"
            },
            "txs": [{
                "sender": sender, "to": sender, "nonce": "0x0", "gas": "0x5208", "gasPrice": "0x0",
                "value": "0x1", "input": "0x"
            }],
            "expect": {
                "gasUsed": gas,
                "receipts": [{ "tx": "0x0", "status": true, "gasUsed": gas, "logs": [] }]
            }
        })
    };
    let good = batch("good", 21_000);
    let lines = format!("{good}\n{}\n{{\"txs\": []}}\n", batch("bad", 21_001));

    let ways = [
        "check",
        "-",
        "--workers",
        "2",
        "--seeds",
        "1",
        "--strategy",
        "dag",
    ];
    let call = interleave(&ways, &lines);
    assert_eq!(call.status, 1, "{}", call.error);
    assert!(
        call.output
            .contains("-: bad: gas used is 21000, expected 21001\n"),
        "{}",
        call.output
    );
    assert!(call.output.contains("skipped -: -:3:"), "{}", call.output);
    // Three more sources of hints.
    let tally = "runs 44, divergences 0, expectations failed 2, skipped 1\n";
    assert!(call.output.ends_with(tally), "{}", call.output);

    let call = interleave(&["analyze", "-"], &lines);
    assert_eq!(call.status, 2);
    let facts = |line: &str| serde_json::from_str::<Value>(line).expect("an object a line");
    let unmet: Vec<Value> = (call.output.lines().map(facts))
        .map(|it| it["unmet"][0].clone())
        .collect();
    let gas = json!("gas used is 21000, expected 21001");
    assert_eq!(unmet, [Value::Null, gas, Value::Null]);

    let call = interleave(&["run", "-"], &lines);
    assert_eq!(call.status, 2);
    assert!(
        call.error
            .contains("choose one with --case: 1 (good), 2 (bad)"),
        "{}",
        call.error
    );
    for case in ["good", "1"] {
        let call = interleave(&["run", "-", "--case", case], &lines);
        assert_eq!(call.status, 0, "{}", call.error);
        assert!(call.output.starts_with("good\n"), "{}", call.output);
    }
    let call = interleave(&["run", "-", "--case", "4"], &lines);
    assert!(
        call.error.contains("there is no case `4`"),
        "{}",
        call.error
    );
}

#[test]
fn sweep_shows_how_a_batch_scales_and_fails_when_it_does_not() {
    let sweep = |more: &[&str]| {
        let few = [
            "--runner",
            "simulated",
            "--strategy",
            "block-stm",
            "--workers",
            "1,4",
        ];
        interleave(&[&["sweep", "token-ring"][..], &few, more].concat(), "")
    };
    let call = sweep(&["--csv"]);
    assert_eq!(call.status, 0, "{}", call.error);
    let lines: Vec<Vec<&str>> = call
        .output
        .lines()
        .map(|it| it.split(',').collect())
        .collect();
    let column = |name: &str| {
        lines[0]
            .iter()
            .position(|it| *it == name)
            .expect("a column")
    };
    let number =
        |row: usize, name: &str| lines[row][column(name)].parse::<f64>().expect("a number");
    assert_eq!(lines.len(), 3);
    assert_eq!((number(1, "workers"), number(2, "workers")), (1.0, 4.0));
    assert!(
        number(1, "speedup") < 1.0 && number(2, "speedup") > 3.0,
        "{}",
        call.output
    );

    assert_eq!(sweep(&["--fail-under-speedup", "3"]).status, 0);
    let call = sweep(&["--fail-under-speedup", "4.5"]);
    assert_eq!(call.status, 1);
    assert!(
        call.error.starts_with("the fastest run is 3."),
        "{}",
        call.error
    );

    let before = sweep(&["--json"]).output;
    let file = std::env::temp_dir().join(format!("interleave-baseline-{}", std::process::id()));
    let name = file.to_str().expect("a name of text");
    let against = |text: &str| {
        fs::write(&file, text).expect("a file for a while");
        sweep(&["--baseline", name])
    };
    assert_eq!(against(&before).status, 0);
    let mut faster: Value = serde_json::from_str(before.lines().next().expect("a line")).unwrap();
    faster["speedup"] = json!(2);
    let call = against(&faster.to_string());
    assert_eq!(call.status, 1, "{}", call.error);
    assert!(
        call.error.contains("2.00× in the baseline"),
        "{}",
        call.error
    );
    faster["workers"] = json!(2);
    assert!(against(&faster.to_string()).error.contains("was not run"));
    assert_eq!(against("{}").status, 2);
    fs::remove_file(&file).expect("it was written");
}

#[test]
fn analyze_says_what_holds_each_batch_back() {
    let call = interleave(&["analyze", "hot-counter", "-", "token-ring"], "let a = ;");
    assert_eq!(call.status, 2);
    let lines: Vec<Value> = call
        .output
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object a line"))
        .collect();
    assert_eq!(lines.len(), 3);
    let hottest = &lines[0]["hottest"][0];
    assert!(
        hottest["name"]
            .as_str()
            .expect("a name")
            .contains("claimed"),
        "{hottest}"
    );
    assert!(
        hottest["lossShare"].as_f64().expect("a share") > 0.9,
        "{hottest}"
    );
    let problem = lines[1]["problems"][0].as_str().expect("a problem");
    assert!(problem.starts_with("-:1:9: error: "), "{problem}");
    let bounds = &lines[2]["criticalPathBound"];
    assert_eq!(bounds["account"], json!(1.0));
    assert!(
        bounds["split"].as_f64().expect("a bound") > 20.0,
        "{bounds}"
    );
}

#[test]
fn contracts_of_files_can_be_deployed() {
    let folder = std::env::temp_dir().join(format!("interleave-contracts-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder");
    let path = |name: &str| folder.join(name).display().to_string();
    // Its code adds one to the first slot, whatever it is called with.
    let code = "6008600a5f3960085ff360015f54015f5500";
    let artifact = json!({
        "abi": [{ "type": "function", "name": "hit", "inputs": [], "outputs": [],
            "stateMutability": "nonpayable" }],
        "bytecode": { "object": code, "linkReferences": {} },
        "storageLayout": {
            "storage": [{ "label": "hits", "slot": "0", "offset": 0, "type": "t_uint256" }],
            "types": { "t_uint256": { "encoding": "inplace", "label": "uint256",
                "numberOfBytes": "32" } },
        },
    });
    fs::write(folder.join("Target.json"), artifact.to_string()).expect("it can be written");
    fs::write(folder.join("bad.json"), "{\n  \"abi\": 3 }").expect("it can be written");

    let script = "let target = deploy(\"Target\");\n\
        for a in accounts(\"a\", 9) { send(a, target, \"hit\"); }";
    let run = ["run", "-", "--runner", "simulated", "--json", "--contracts"];
    let call = interleave(&[&run[..], &[&path("Target.json")]].concat(), script);
    assert_eq!(call.status, 0, "{}", call.error);
    let report: Value = serde_json::from_str(&call.output).expect("a report");
    assert_eq!(report["locations"][0]["name"], "Target.hits");

    let analyzed = interleave(
        &["analyze", "-", "--contracts", &path("Target.json")],
        script,
    );
    assert_eq!(analyzed.status, 0, "{}", analyzed.error);
    assert!(
        analyzed.output.contains("Target.hits"),
        "{}",
        analyzed.output
    );

    let target = path("Target.json");
    for command in ["compare", "sweep", "curve", "check"] {
        let options: &[&str] = match command {
            "check" => &["--seeds", "1", "--workers", "2"],
            _ => &["--runner", "simulated"],
        };
        let arguments = [&[command, "-", "--contracts", &target], options].concat();
        let call = interleave(&arguments, script);
        assert_eq!(call.status, 0, "{command}: {}{}", call.output, call.error);
    }

    let both = [path("Target.json"), path("bad.json")];
    let call = interleave(&[&run[..], &[&both[0], &both[1]]].concat(), script);
    assert_eq!(call.status, 2);
    let place = format!("{}:2:10: error: not a compiled contract", both[1]);
    assert!(call.error.starts_with(&place), "{}", call.error);

    let call = interleave(&[&run[..], &[&path("missing.json")]].concat(), script);
    assert_eq!(call.status, 2);
    assert!(
        call.error.contains("missing.json: error: "),
        "{}",
        call.error
    );
    fs::remove_dir_all(folder).expect("it can be removed");
}

#[test]
fn a_curve_has_a_line_for_each_number_of_workers() {
    let arguments = ["curve", "hot-counter", "--workers", "1,2,700"];
    let call = interleave(&arguments, "");
    assert_eq!((call.status, call.error.as_str()), (0, ""));
    let workers: Vec<_> = call
        .output
        .lines()
        .skip(2)
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(workers, ["1", "2", "700"], "{}", call.output);
    let call = interleave(&[&arguments[..], &["--json"]].concat(), "");
    let curve: Value = serde_json::from_str(&call.output).expect("JSON");
    assert_eq!(curve["points"].as_array().map(Vec::len), Some(3));
    assert_eq!(curve["matches"], json!(true));
}

#[test]
fn fees_follow_from_assumptions_and_name_those_that_make_no_sense() {
    let arguments = |gas| {
        [
            "fees",
            "--gas-per-second",
            gas,
            "--demand",
            "8",
            "--willingness-gwei",
            "10",
            "--block-seconds",
            "1",
        ]
    };
    let call = interleave(&arguments("1000000"), "");
    assert_eq!((call.status, call.error.as_str()), (0, ""));
    for part in ["EIP-1559", "it settles at 5.0 transactions a second"] {
        assert!(call.output.contains(part), "{}", call.output);
    }
    let call = interleave(&arguments("1"), "");
    assert_eq!((call.status, call.output.as_str()), (2, ""));
    let message = "fees: error: `gasPerSecond` cannot be 1";
    assert!(call.error.starts_with(message), "{}", call.error);
}
