//! What simulated runs of the examples come to, as files that are looked at when they change.

use std::fs;

use super::{interleave, root};
use alloy_primitives::keccak256;
use interleave_engine::{
    runner::{Control, threads::ScopedThreads},
    strategy,
};
use interleave_playground::{
    self as playground, gallery,
    report::{RunOptions, RunResult},
    run::Machine,
};

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

    let settings = in_files();
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

/// Where the files are.
fn in_files() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("tests/golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// What the same options give everywhere: `crate/wasm` compares its own reports with these.
///
/// Each example runs under one strategy, which its name alone decides, so that a new one changes no other
/// line; and one that has a bit of everything under all of them.
/// Whoever changes a report writes the file again: `INSTA_UPDATE=always cargo test -p interleave-cli`.
#[test]
fn simulated_reports_are_the_same_everywhere_byte_for_byte() {
    let machine = Machine {
        threads: &ScopedThreads { most: 1 },
        now: &|| 0.0,
        control: &Control::default(),
        memory: None,
    };
    let mut lines = String::new();
    for example in gallery::examples() {
        let at = example.id.bytes().map(usize::from).sum::<usize>();
        let strategies = match example.id.as_str() {
            "mixed-block" => strategy::ALL,
            _ => &strategy::ALL[at % strategy::ALL.len()..][..1],
        };
        for entry in strategies {
            let options = RunOptions {
                strategy: entry.id.into(),
                workers: 3,
                seed: 7,
                ..RunOptions::default()
            };
            let Ok(RunResult::Report { report, .. }) =
                playground::run(&example.script, &[], &options, &machine)
            else {
                panic!("{} under {} did not run", example.id, entry.id);
            };
            let text = serde_json::to_string(&report).expect("JSON");
            lines += &format!("{} {} {}\n", example.id, entry.id, keccak256(text));
        }
    }
    in_files().bind(|| insta::assert_snapshot!("reports", lines));
}
