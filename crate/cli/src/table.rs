//! Runs as comma-separated values, for spreadsheets and data frames.
//!
//! The rule: the columns are the plain members of the report's summary, by their names in JSON, so a
//! new one appears by itself.

use interleave_playground::{
    export::csv::{cell, push},
    report::Summary,
};
use serde_json::{Error, Map, Value};

/// A line of names, and one line a run.
pub fn csv(summaries: &[Summary]) -> Result<String, Error> {
    let mut text = String::new();
    for (place, summary) in summaries.iter().enumerate() {
        let row = plain(&serde_json::to_value(summary)?);
        if place == 0 {
            push(&mut text, row.keys().cloned());
        }
        push(&mut text, row.values().map(cell));
    }
    Ok(text)
}

/// The members that are no objects or lists, with what is absent left empty.
fn plain(summary: &Value) -> Map<String, Value> {
    let nested = ["wall", "expected", "difference", "overhead", "list"];
    let members = summary.as_object().into_iter().flatten();
    let plain = members.filter(|(name, _)| !nested.contains(&name.as_str()));
    plain
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
