//! What files and scripts expect is compared, and so is every run with sequential execution.

use serde_json::{Value, json};

use super::{block, interleave};

const SENDER: &str = "0x00000000000000000000000000000000000a11ce";

/// A batch of one transaction, which uses 21,000 gas; the file expects `gas`.
fn transfer(name: &str, gas: u64) -> Value {
    let gas = format!("{gas:#x}");
    json!({
        "name": name,
        "fork": "London",
        "pre": { SENDER: { "balance": "0x64" } },
        "env": {
            "currentCoinbase": SENDER, "currentGasLimit": "0x989680", "currentNumber": "0x1",
            "currentTimestamp": "0x1", "currentBaseFee": "0x0"
        },
        "txs": [{
            "sender": SENDER, "to": SENDER, "nonce": "0x0", "gas": "0x5208", "gasPrice": "0x0",
            "value": "0x1", "input": "0x"
        }],
        "expect": {
            "gasUsed": gas,
            "receipts": [{ "tx": "0x0", "status": true, "gasUsed": gas, "logs": [] }]
        }
    })
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
        let mut batch = transfer("a transfer", 21_000);
        batch["expect"]["post"] = json!({ SENDER: { "balance": post, "nonce": "0x1" } });
        batch.to_string()
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
    let good = transfer("good", 21_000);
    let lines = format!("{good}\n{}\n{{\"txs\": []}}\n", transfer("bad", 21_001));

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
