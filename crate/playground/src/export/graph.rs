//! The dependency graph, for tools that lay out and measure graphs.

use std::fmt::Write;

use crate::report::{Report, TxStatus};

/// In the DOT language of Graphviz, from left to right.
pub(super) fn dot(report: &Report) -> String {
    let mut text = String::from("digraph dependencies {\n");
    text += "  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n";
    let _ = writeln!(text, "  label={};", quoted(&report.title));
    let txs = &report.txs;
    for (tx, label) in txs.label.iter().enumerate() {
        let bold = bold(txs.critical[tx]);
        let label = quoted(&format!("{tx} {label}"));
        let _ = writeln!(text, "  {tx} [label={label}{bold}];");
    }
    for edge in edges(report) {
        let bold = bold(edge.critical);
        let location = quoted(edge.location);
        let Edge { writer, reader, .. } = edge;
        let _ = writeln!(text, "  {writer} -> {reader} [label={location}{bold}];");
    }
    text + "}\n"
}

fn bold(critical: bool) -> &'static str {
    match critical {
        true => ", style=bold, color=\"#b3382c\"",
        false => "",
    }
}

/// A string of the DOT language: only quotes and backslashes mean something in it.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace(['\n', '\r'], " "))
}

/// Attributes of nodes and edges: what they belong to, their name, and their type.
const KEYS: [(&str, &str, &str); 8] = [
    ("node", "label", "string"),
    ("node", "from", "string"),
    ("node", "to", "string"),
    ("node", "gas", "double"),
    ("node", "depth", "int"),
    ("node", "status", "string"),
    ("all", "critical", "boolean"),
    ("edge", "location", "string"),
];

/// In GraphML.
pub(super) fn graphml(report: &Report) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text += "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";
    for (of, name, kind) in KEYS {
        let _ = writeln!(
            text,
            "  <key id=\"{name}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
        );
    }
    text += "  <graph id=\"dependencies\" edgedefault=\"directed\">\n";
    let txs = &report.txs;
    for tx in 0..txs.label.len() {
        let status = match txs.status[tx] {
            TxStatus::Success => "success",
            TxStatus::Revert => "revert",
            TxStatus::Halt => "halt",
            TxStatus::Skipped => "skipped",
        };
        let _ = writeln!(text, "    <node id=\"{tx}\">");
        data(&mut text, "label", &txs.label[tx]);
        data(&mut text, "from", &txs.from[tx]);
        data(&mut text, "to", &txs.to[tx]);
        data(&mut text, "gas", &txs.gas_used[tx].to_string());
        data(&mut text, "depth", &txs.depth[tx].to_string());
        data(&mut text, "status", status);
        data(&mut text, "critical", &txs.critical[tx].to_string());
        text += "    </node>\n";
    }
    for Edge {
        writer,
        reader,
        location,
        critical,
    } in edges(report)
    {
        let _ = writeln!(text, "    <edge source=\"{writer}\" target=\"{reader}\">");
        data(&mut text, "location", location);
        data(&mut text, "critical", &critical.to_string());
        text += "    </edge>\n";
    }
    text + "  </graph>\n</graphml>\n"
}

fn data(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "      <data key=\"{key}\">{}</data>", escaped(value));
}

/// Text of an XML document; characters that no such document may have are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '\t' | '\n' | '\r' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

struct Edge<'r> {
    writer: u32,
    reader: u32,
    location: &'r str,
    critical: bool,
}

fn edges(report: &Report) -> impl Iterator<Item = Edge<'_>> {
    let all = &report.dependencies;
    (0..all.writer.len()).map(|at| Edge {
        writer: all.writer[at],
        reader: all.reader[at],
        location: (report.locations.get(all.location[at] as usize)).map_or("", |it| &it.name),
        critical: all.critical[at],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_quotes_in_names_are_text() {
        assert_eq!(quoted("a \"b\" \\n\nc"), "\"a \\\"b\\\" \\\\n c\"");
        assert_eq!(escaped("<b>&\u{0}\n"), "&lt;b&gt;&amp; ");
    }
}
