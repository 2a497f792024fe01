//! Each limit at its number and at one above, and what is written from the table.

mod cases;

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

use serde_json::json;

use super::*;
use crate::numbers::count;

/// Where a file of the repository is.
fn place(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name)
}

/// Writes a file that was out of date; was it?
fn is_written_anew(name: &str, text: &str) -> bool {
    let before = fs::read_to_string(place(name)).ok();
    let old = before.as_deref() != Some(text);
    if old {
        fs::write(place(name), text).unwrap();
    }
    old
}

fn said(beyond: Beyond) -> &'static str {
    match beyond {
        Beyond::Refused => "refused",
        Beyond::Stopped => "stopped",
        Beyond::Cut => "cut",
    }
}

const INTRODUCTION: &str = "# Limits

<!-- Written by `cargo test` from crate/playground/src/limits.rs; do not edit. -->

Nothing that comes in, and nothing that is made of it, grows without end.
Beyond its limit a thing is *refused* with its place, *stopped* with an error, or *cut*, which leaves out the rest.
The page has the same table in its help.
Tests go through it, and try each limit at its number and at one above.
The memory of a run is estimated before it begins: its stacks, and what it holds of each transaction, account, slot and byte whatever its contracts do.
The estimate is always too low, so what it lets through may still be stopped.
";

#[test]
fn the_document_is_written_from_the_table() {
    let mut page = String::from(INTRODUCTION);
    let mut group = "";
    for limit in ALL {
        if limit.group != group {
            group = limit.group;
            write!(
                page,
                "\n## {group}\n\n| what | at most | beyond |\n|---|---:|---|\n"
            )
            .unwrap();
        }
        let (what, most, beyond) = (limit.what.trim(), count(limit.most), said(limit.beyond));
        writeln!(page, "| {what} | {most} | {beyond} |").unwrap();
    }
    assert!(
        !is_written_anew("LIMITS.md", &page),
        "LIMITS.md was out of date and is written anew: look at its diff"
    );
}

#[test]
fn the_page_has_the_numbers_and_the_table() {
    let mut text = String::from(
        "// Written by `cargo test` from crate/playground/src/limits.rs; do not edit.\n",
    );
    let rows: Vec<_> = (ALL.iter())
        .map(|limit| {
            let (name, what, most) = (limit.name, limit.what.trim(), limit.most);
            write!(text, "\n/** {what} */\nexport const {name} = {most};\n").unwrap();
            json!({
                "name": name,
                "what": what.trim_end_matches('.'),
                "most": most,
                "group": limit.group,
                "keeper": match limit.keeper {
                    Keeper::Engine => "engine",
                    Keeper::Page => "page",
                    Keeper::Terminal => "terminal",
                },
                "beyond": said(limit.beyond),
            })
        })
        .collect();
    let table = serde_json::to_string_pretty(&rows).unwrap() + "\n";
    let numbers = is_written_anew("www/src/engine/limits.ts", &text);
    let table = is_written_anew("www/src/engine/limits.json", &table);
    assert!(
        !numbers && !table,
        "the page's limits were out of date and are written anew: look at their diff"
    );
}

#[test]
fn every_limit_holds_at_its_number_and_not_one_above() {
    let tested: BTreeSet<_> = cases::ALL.iter().map(|case| case.name).collect();
    let mut wrong = Vec::new();
    for limit in ALL.iter().filter(|it| it.keeper == Keeper::Engine) {
        if !tested.contains(limit.name) {
            wrong.push(format!("{} is not tested", limit.name));
        }
    }
    for case in cases::ALL {
        let limit = ALL.iter().find(|it| it.name == case.name);
        let Some(limit) = limit else {
            wrong.push(format!("there is no limit {}", case.name));
            continue;
        };
        let said = |n| {
            let all = (case.tried)(n);
            all.into_iter().find(|it| it.contains(case.says))
        };
        if let Some(said) = said(limit.most) {
            wrong.push(format!("{} at {}: {said}", limit.name, limit.most));
        }
        if said(limit.most + 1).is_none() {
            let all = (case.tried)(limit.most + 1);
            wrong.push(format!("{} at {} says {all:?}", limit.name, limit.most + 1));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
