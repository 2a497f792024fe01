//! The examples and the contracts they deploy, carried inside the engine.
//!
//! `build.rs` lists them from `examples/`; nothing here knows one of them by name.

use std::sync::LazyLock;

use crate::{
    batch::script::heading,
    contracts::{Contracts, reader},
    report::{ContractFile, Example},
};

/// An example as `build.rs` lists it.
struct Entry {
    group: &'static str,
    id: &'static str,
    /// The example that does better; empty where there is none.
    remedy: &'static str,
    /// What goes wrong in it on purpose, as JSON.
    faults: &'static str,
    script: &'static str,
}

mod files {
    use super::Entry;

    include!(concat!(env!("OUT_DIR"), "/gallery.rs"));
}

static CONTRACTS: LazyLock<Contracts> = LazyLock::new(|| {
    let files: Vec<_> = files::ARTIFACTS
        .iter()
        .map(|(name, text)| ContractFile {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        })
        .collect();
    let (contracts, problems) = reader::read(&files);
    assert!(
        problems.is_empty(),
        "a test reads every artifact: {problems:?}"
    );
    contracts
});

/// The contracts every script can deploy.
pub fn contracts() -> &'static Contracts {
    &CONTRACTS
}

/// The examples in the order of the menu.
pub fn examples() -> Vec<Example> {
    files::EXAMPLES
        .iter()
        .map(|entry| {
            let (title, description) = heading(entry.script);
            Example {
                id: entry.id.to_owned(),
                group: entry.group.to_owned(),
                title,
                description,
                remedy: (!entry.remedy.is_empty()).then(|| entry.remedy.to_owned()),
                faults: serde_json::from_str(entry.faults).expect("a test reads all faults"),
                script: entry.script.to_owned(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use crate::{
        batch::{lower, script::evaluate},
        run,
    };
    use interleave_engine::{
        oracle,
        outcome::{Outcome, Status},
    };

    #[test]
    fn every_file_of_the_examples_is_in_the_menu_once() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        let files: BTreeSet<_> = fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                name.strip_suffix(".rhai").map(str::to_owned)
            })
            .collect();
        let menu = examples();
        let ids: BTreeSet<_> = menu.iter().map(|example| example.id.clone()).collect();
        assert_eq!(ids, files);
        assert_eq!(menu.len(), ids.len());
        for example in &menu {
            let remedy = example.remedy.as_ref();
            assert!(remedy.is_none_or(|id| ids.contains(id) && *id != example.id));
        }
    }

    #[test]
    fn every_example_is_a_block_that_runs_in_full() {
        for example in examples() {
            let (batch, problems) = evaluate(&example.script, contracts());
            assert_eq!(problems, [], "{}", example.id);
            assert!(!example.title.is_empty() && !example.description.is_empty());
            // The first statement decides how many transactions there are.
            let n = format!("let n = {};", batch.transactions.len());
            assert!(example.script.contains(&n), "{}: {n}", example.id);

            let block = lower(&batch, contracts())
                .unwrap_or_else(|problems| panic!("{}: {problems:#?}", example.id));
            let result = oracle::result(&block);
            for (tx, outcome) in batch.transactions.iter().zip(&result.outcomes) {
                let Outcome::Executed(receipt) = outcome else {
                    panic!("{}, {}: {outcome:?}", example.id, tx.label);
                };
                let halted = matches!(receipt.status, Status::Halt(_));
                assert!(!halted, "{}, {}: {receipt:?}", example.id, tx.label);
            }
            let unmet = run::unmet(&batch, &block, &result, contracts());
            assert_eq!(unmet, [""; 0], "{}", example.id);
        }
    }
}
