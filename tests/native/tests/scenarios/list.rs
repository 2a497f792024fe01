//! The list in `tests/native/README.md`: it has every scenario, and the tests it names are there.

use std::{collections::BTreeSet, fs, path::Path};

/// How many ways to be wrong are known.
const SCENARIOS: usize = 37;

/// The text of all Rust files in a folder and below.
fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder).expect("it is there");
    let mut paths: Vec<_> = entries.map(|it| it.expect("readable").path()).collect();
    paths.sort();
    let text = |path: &Path| match path.is_dir() {
        true => sources(path),
        false if path.extension().is_some_and(|it| it == "rs") => {
            fs::read_to_string(path).expect("readable")
        }
        false => String::new(),
    };
    paths.iter().map(|path| text(path)).collect()
}

#[test]
fn every_scenario_names_tests_that_are_there_or_says_why_not() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(here.join("README.md")).expect("it is there");
    let folders = ["tests", "../../crate/engine/src"];
    let code: String = folders.map(|it| sources(&here.join(it))).concat();
    let mut seen = BTreeSet::new();
    for line in list.lines() {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let Some(number) = cells[0].parse::<usize>().ok().filter(|_| cells.len() == 3) else {
            continue;
        };
        // Words between backticks; a test's has its module before it.
        let words: Vec<_> = cells[2].split('`').skip(1).step_by(2).collect();
        let names: Vec<_> = (words.iter())
            .filter_map(|word| word.rsplit("::").next())
            .filter(|word| word.matches('_').count() > 1 && !word.contains('/'))
            .collect();
        let has_reason = ["cannot", "under loom"]
            .iter()
            .any(|it| cells[2].contains(it));
        let is_planted = |word: &&str| code.contains(&format!("planted(Defect::{word})"));
        let has_defect = words.iter().any(is_planted);
        assert!(
            !names.is_empty() || has_reason || has_defect,
            "scenario {number} has no test"
        );
        for name in names {
            assert!(
                code.contains(&format!("fn {name}(")),
                "scenario {number}: {name}"
            );
        }
        assert!(seen.insert(number), "scenario {number} is there twice");
    }
    assert_eq!(seen, (1..=SCENARIOS).collect());
}
