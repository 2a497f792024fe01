//! Several runs of a batch, or none: compare, sweep, curve, analyze, fees.

use std::fs;

use serde_json::{Value, json};

use super::{block, interleave};

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
    // What nothing can be compared with would never fail.
    assert_eq!(sweep(&["--fail-under-speedup", "nan"]).status, 2);
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
