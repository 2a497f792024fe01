//! The table of verbs against itself, and the reference page that is written from it.

use std::{fmt::Write, fs, path::Path};

use super::{
    super::verbs::{PRELUDE, VERBS},
    *,
};

const INTRODUCTION: &str = r#"# The script language

<!-- Written by `cargo test` from crate/playground/src/batch/script/verbs.rs; do not edit. -->

A script is a text in [Rhai](https://rhai.rs), which looks like JavaScript: `let`, `if`, `for x in list`, `fn`, lists `[1, 2]`, object maps `#{ key: value }`, text with `${values}` between backticks.
It describes accounts, contracts and the transactions of one block; the comment lines it begins with are title and explanation.
It cannot reach files, the network or a clock, and the same script always gives the same block.

Numbers such as `1_000` have 64 bits; `ether`, `gwei` and `wei` give integers of 256 bits, which mix with them in `+ - * / % **` and comparisons.
Nothing wraps around: an overflow, a difference below zero or a division by zero is an error.
The options of a verb are its last argument and can be left out.

The examples below go on from these lines:

```rhai
"#;

/// The page, from the table.
fn reference() -> String {
    let mut page = format!("{INTRODUCTION}{PRELUDE}```\n");
    let mut group = "";
    for verb in VERBS {
        if verb.group != group {
            group = verb.group;
            write!(page, "\n## {group}\n").unwrap();
        }
        let (signature, help, example) = (verb.signature, verb.help, verb.example);
        write!(page, "\n### `{signature}`\n\n{help}\n").unwrap();
        if !verb.options.is_empty() {
            page.push_str("\n| option | says |\n|---|---|\n");
        }
        for option in verb.options {
            writeln!(page, "| `{}` | {} |", option.name, option.help).unwrap();
        }
        write!(page, "\n```rhai\n{example}\n```\n").unwrap();
    }
    page
}

#[test]
fn the_reference_page_is_written_from_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/REFERENCE.md");
    let page = reference();
    if fs::read_to_string(&path).ok().as_deref() != Some(page.as_str()) {
        fs::write(&path, &page).unwrap();
        panic!("examples/REFERENCE.md was out of date and is written anew: look at its diff");
    }
}

#[test]
fn every_example_of_a_verb_uses_it_and_is_without_problems() {
    for verb in VERBS {
        assert!(
            verb.example.contains(&format!("{}(", verb.name)),
            "{}",
            verb.name
        );
        batch(&format!("{PRELUDE}{}", verb.example));
    }
}

#[test]
fn a_signature_lists_the_options_of_its_verb() {
    for verb in VERBS {
        let listed = verb.signature.split_once("#{ ").map_or("", |(_, rest)| {
            rest.split_once(" }").map_or("", |(options, _)| options)
        });
        let options: Vec<_> = verb.options.iter().map(|option| option.name).collect();
        assert_eq!(listed, options.join(", "), "{}", verb.name);
        assert!(verb.signature.starts_with(&format!("{}(", verb.name)));
    }
}

#[test]
fn verbs_of_a_group_stand_together() {
    let mut groups: Vec<_> = VERBS.iter().map(|verb| verb.group).collect();
    groups.dedup();
    let mut once = groups.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(groups.len(), once.len(), "{groups:?}");
}
