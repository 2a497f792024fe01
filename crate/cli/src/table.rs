//! Runs as comma-separated values, for spreadsheets and data frames.
//!
//! The rule: the columns are the plain members of the report's summary, by their names in JSON, so a
//! new one appears by itself.

use interleave_playground::report::Summary;
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

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// One line; a cell that needs it is quoted (RFC 4180).
fn push(text: &mut String, cells: impl Iterator<Item = String>) {
    let quoted = cells.map(|cell| match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    });
    *text += &quoted.collect::<Vec<_>>().join(",");
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_with_a_comma_or_quote_is_quoted() {
        let mut text = String::new();
        let cells = ["a", "b,c", "d\"e"].map(String::from);
        push(&mut text, cells.into_iter());
        assert_eq!(text, "a,\"b,c\",\"d\"\"e\"\n");
    }
}
