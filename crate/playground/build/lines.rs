//! Leaves of an artifact's source map and sources what a report can show: where storage is used.
//!
//! The engine carries the artifacts into the browser, where every byte is waited for. What is left has
//! the form that the compiler gives: other instructions have empty entries, other lines are empty.

#[path = "../src/contracts/source_map.rs"]
mod source_map;

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
};

use serde_json::{Value, json};

use source_map::Stretch;

const SLOAD: u8 = 0x54;
const SSTORE: u8 = 0x55;

/// Bytes of a hexadecimal text.
fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let digits = hex.strip_prefix("0x").unwrap_or(hex);
    let byte = |at| {
        Ok(u8::from_str_radix(
            digits.get(at..at + 2).ok_or("half a byte")?,
            16,
        )?)
    };
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// Reduces `artifact`, if it has a source map.
pub fn reduce(artifact: &mut Value) -> Result<(), Box<dyn Error>> {
    let Some(map) = artifact["sourceMap"].as_str() else {
        return Ok(());
    };
    let code = bytes(artifact["deployedBytecode"].as_str().ok_or("no code")?)?;
    let mut used: BTreeMap<usize, Stretch> = BTreeMap::new();
    for (number, pc) in source_map::instructions(&code).enumerate() {
        if matches!(code[pc], SLOAD | SSTORE)
            && let Some(stretch) = source_map::stretch(map, &code, pc)
        {
            used.insert(number, stretch);
        }
    }
    let mut sources = BTreeMap::new();
    for (file, source) in artifact["sources"].as_object().ok_or("no sources")? {
        let number: u32 = file.parse()?;
        let content = source["content"]
            .as_str()
            .ok_or("a source has no content")?;
        let of_file = used.values_mut().filter(|it| it.file == Some(number));
        let content = lines(content, of_file.collect());
        sources.insert(
            file.clone(),
            json!({ "name": source["name"], "content": content }),
        );
    }
    let entries = 0..used.keys().last().map_or(0, |last| last + 1);
    let entry = |number| match used.get(&number) {
        Some(Stretch {
            start,
            file: Some(file),
        }) => format!("{start}::{file}"),
        Some(Stretch { start, file: None }) => format!("{start}::-1"),
        None => String::new(),
    };
    let map: Vec<String> = entries.map(entry).collect();
    artifact["sourceMap"] = map.join(";").into();
    artifact["sources"] = json!(sources);
    Ok(())
}

/// The text with only those lines that have a stretch in them, and the stretches moved along.
fn lines(text: &str, stretches: Vec<&mut Stretch>) -> String {
    let place = |byte: usize| {
        let before = &text[..byte];
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        (before.matches('\n').count(), byte - start)
    };
    let wanted: BTreeSet<usize> = stretches.iter().map(|it| place(it.start).0).collect();
    let mut kept = String::new();
    let mut starts = Vec::new();
    for (number, line) in text.lines().enumerate() {
        starts.push(kept.len());
        if wanted.contains(&number) {
            kept.push_str(line);
        }
        kept.push('\n');
    }
    for stretch in stretches {
        let (line, column) = place(stretch.start);
        stretch.start = starts[line] + column;
    }
    kept
}
