//! Whatever a person gives: a script, or a block from a node. Its content tells which.
//!
//! The rule: JSON is never a script, so what begins like JSON is read as a block, and its problems
//! speak of a block.

use super::{Batch, Problem, Severity, node_block, script};
use crate::contracts::Contracts;

/// Reads `text`. There is no batch where nothing could be made of it; it can run if no problem is an error.
pub fn read(text: &str, contracts: &Contracts) -> (Option<Batch>, Vec<Problem>) {
    if is_json(text) {
        return match node_block::read(text) {
            Ok(batch) => (Some(batch), Vec::new()),
            Err(problem) => (None, vec![problem]),
        };
    }
    let (batch, problems) = script::evaluate(text, contracts);
    (Some(batch), problems)
}

/// Can the batch that gave these problems not run?
pub fn cannot_run(problems: &[Problem]) -> bool {
    problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
}

/// Does the text begin like a JSON object or array, as no script does?
fn is_json(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start().chars();
    match rest.next() {
        Some('[') => true,
        Some('{') => matches!(rest.find(|c| !c.is_whitespace()), None | Some('"' | '}')),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_from_a_script() {
        for json in ["{\"block\": 1}", " \n{ }", "{", "[1]", "\u{feff}{\"a\""] {
            assert!(is_json(json), "{json}");
        }
        for script in ["", "// {", "let a = 1;", "{ let a = 1; }", "#{ a: 1 };"] {
            assert!(!is_json(script), "{script}");
        }
    }

    #[test]
    fn problems_speak_of_what_the_text_seems_to_be() {
        let first = |text| read(text, &Contracts::default()).1.remove(0).message;
        assert!(first("{\"block\": 1}").starts_with("not a block from a node: "));
        assert!(!first("let a = ;").contains("node"));
    }
}
