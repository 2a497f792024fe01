//! What time means: gas, measured costs, and recorded schedules.

use std::fs;

use serde_json::{Value, json};

use super::interleave;

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
    // What the machinery costs is charged, whatever the transactions took; how long these took, twice, is
    // the machine's affair.
    let nothing = "start=0,arrive=0,wake=0,notify=0,task=0,read=0,write=0,validate=0,abort=0";
    let free = run(&["--costs", "measured", "--overhead", nothing]);
    assert_eq!(value(&free, "task"), json!(0.0));
    assert!(free["speedup"].as_f64() > Some(1.0), "{}", free["speedup"]);
    let dear = run(&["--costs", "measured", "--overhead", "task=1000"]);
    assert!(dear["speedup"].as_f64() < Some(1.0), "{}", dear["speedup"]);
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
