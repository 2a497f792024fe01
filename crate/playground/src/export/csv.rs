//! Comma-separated values (RFC 4180), for spreadsheets and data frames.
//!
//! The rule: columns have the names they have in the report, in alphabetical order, so a new one appears
//! by itself. A text that a spreadsheet would take for a formula has an apostrophe before it.

use serde::Serialize;
use serde_json::Value;

use crate::report::{Report, SpanKind};

/// One row a transaction.
pub(super) fn transactions(report: &Report) -> String {
    rows(&columns(&report.txs), "tx", |_| true)
}

/// One row an execution; validations are left out.
pub(super) fn incarnations(report: &Report) -> String {
    let spans = &report.spans;
    let executed =
        |row: usize| !matches!(spans.kind[row], SpanKind::Validated | SpanKind::Rejected);
    rows(&located(columns(spans), report), "span", executed)
}

/// One row a dependency.
pub(super) fn conflicts(report: &Report) -> String {
    rows(
        &located(columns(&report.dependencies), report),
        "dependency",
        |_| true,
    )
}

/// A struct of columns, by name.
type Columns = Vec<(String, Vec<Value>)>;

fn columns(of: &impl Serialize) -> Columns {
    let Ok(Value::Object(members)) = serde_json::to_value(of) else {
        return Vec::new();
    };
    let column = |(name, values)| match values {
        Value::Array(values) => Some((name, values)),
        _ => None,
    };
    members.into_iter().filter_map(column).collect()
}

/// The same with the names of locations instead of their places in the report.
fn located(mut columns: Columns, report: &Report) -> Columns {
    for (name, values) in &mut columns {
        if name != "location" {
            continue;
        }
        for value in values {
            let at = value
                .as_u64()
                .and_then(|at| report.locations.get(at as usize));
            *value = at.map_or(Value::Null, |it| Value::String(it.name.clone()));
        }
    }
    columns
}

/// A line of names, and a line for each row that is wanted; the first column is its number.
fn rows(columns: &Columns, number: &str, wanted: impl Fn(usize) -> bool) -> String {
    let mut text = String::new();
    let names = columns.iter().map(|(name, _)| name.clone());
    push(&mut text, std::iter::once(number.to_owned()).chain(names));
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    for row in (0..rows).filter(|row| wanted(*row)) {
        let cells = columns.iter().map(|(_, values)| cell(&values[row]));
        push(&mut text, std::iter::once(row.to_string()).chain(cells));
    }
    text
}

/// A value as a cell; what is absent is empty, and a place is `line:column`.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => plain(text),
        Value::Object(place) => {
            let parts = [place.get("line"), place.get("column")];
            let parts = parts.map(|part| part.map_or_else(String::new, Value::to_string));
            parts.join(":")
        }
        other => other.to_string(),
    }
}

/// Spreadsheets take a text that begins like a formula for one, and what is in a report others may have
/// written; so an apostrophe stands before it.
fn plain(text: &str) -> String {
    let like_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    match like_formula && text.parse::<f64>().is_err() {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// Adds one line; a cell that needs it is quoted.
pub fn push(text: &mut String, cells: impl Iterator<Item = String>) {
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
    fn no_text_becomes_a_formula_and_numbers_stay() {
        for text in ["=1+1", "+x", "-x", "@SUM(1)", "\t=1"] {
            assert_eq!(cell(&Value::String(text.into())), format!("'{text}"));
        }
        for text in ["", "a=1", "-5", "+0.5", "-1e3", "0x12"] {
            assert_eq!(cell(&Value::String(text.into())), text);
        }
        assert_eq!(cell(&serde_json::json!(-5)), "-5");
    }

    #[test]
    fn a_cell_with_a_comma_or_quote_is_quoted() {
        let mut text = String::new();
        let cells = ["a", "b,c", "d\"e"].map(String::from);
        push(&mut text, cells.into_iter());
        assert_eq!(text, "a,\"b,c\",\"d\"\"e\"\n");
    }

    #[test]
    fn a_place_is_a_cell_and_nothing_is_an_empty_one() {
        assert_eq!(cell(&serde_json::json!({ "line": 3, "column": 7 })), "3:7");
        assert_eq!(cell(&Value::Null), "");
        assert_eq!(cell(&serde_json::json!(2.5)), "2.5");
    }
}
