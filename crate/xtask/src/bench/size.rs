//! What is in the engine's wasm: bytes of code by the package they come from, as the compiler made it.
//!
//! The published binary has no names; it is the same code made smaller by wasm-opt, so shares are about right.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use super::built;
use crate::{setup, wasm};

/// Rows of the table; the rest is one more.
const ROWS: usize = 24;

/// Builds the engine, and adds up its parts.
pub fn measure() -> Result<(Vec<String>, String)> {
    wasm::build(&setup::for_page()?, wasm::Kind::Small)?;
    let compiled = wasm::compiled();
    let sizes = sizes(&built(&compiled)?)?;
    let (raw, gzipped) = wasm::weight(&wasm::package().join("index_bg.wasm"))?;
    let before: u64 = sizes.values().sum();
    let mut rows: Vec<(&String, &u64)> = sizes.iter().collect();
    rows.sort_by_key(|(_, size)| std::cmp::Reverse(**size));
    let mut text = format!(
        "As compiled {before} bytes, as shipped {raw}, {gzipped} gzipped.\n\n\
         | part | bytes as compiled | share |\n|---|---|---|\n"
    );
    let mut row = |name: &str, size: u64| {
        let share = 100.0 * size as f64 / before as f64;
        text += &format!("| {name} | {size} | {share:.1} % |\n");
    };
    for (name, size) in rows.iter().take(ROWS) {
        row(name, **size);
    }
    row(
        "all others",
        rows.iter().skip(ROWS).map(|(_, size)| **size).sum(),
    );
    let line = json!({ "shipped": raw, "gzipped": gzipped, "compiled": sizes });
    Ok((vec![line.to_string()], text))
}

/// Bytes by package for code, and by section for the rest.
fn sizes(bytes: &[u8]) -> Result<BTreeMap<String, u64>> {
    let mut sizes = BTreeMap::new();
    let mut bodies = Vec::new();
    let mut names = BTreeMap::new();
    let mut imported = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    if let TypeRef::Func(_) = import?.ty {
                        imported += 1;
                    }
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(length(body.range())),
            Payload::DataSection(section) => {
                sizes.insert("(data)".to_owned(), length(section.range()));
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(section) = section.as_known() {
                    for subsection in section {
                        if let Name::Function(map) = subsection? {
                            for naming in map {
                                let naming = naming?;
                                names.insert(naming.index, package(naming.name));
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    ensure!(!names.is_empty(), "the binary has no names");
    for (index, size) in (imported..).zip(bodies) {
        let name = names.get(&index).context("a function has a name")?;
        *sizes.entry(name.clone()).or_default() += size;
    }
    Ok(sizes)
}

fn length(range: std::ops::Range<u64>) -> u64 {
    range.end - range.start
}

/// The package a symbol comes from: the first name in its path.
fn package(symbol: &str) -> String {
    let path = format!("{:#}", rustc_demangle::demangle(symbol));
    let path = path.trim_start_matches(['<', '&', '[', '(', '*']);
    let path = path.trim_start_matches("dyn ").trim_start_matches("mut ");
    match path.split_once("::") {
        Some((first, _)) => first.to_owned(),
        None => "(no path)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_belongs_to_the_package_it_begins_with() {
        assert_eq!(
            package("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE"),
            "core"
        );
        assert_eq!(package("<revm::Evm as core::Clone>::clone"), "revm");
        assert_eq!(package("memcpy"), "(no path)");
    }
}
