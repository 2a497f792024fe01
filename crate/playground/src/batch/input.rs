//! Whatever a person gives: a script, a block from a node, or a file of another tool. Its content
//! tells which.
//!
//! The rule: JSON is never a script, so what begins like JSON is read as such, and its problems
//! speak of what it seems to be.

pub(crate) mod formats;

use interleave_engine::runner::Control;

use super::{Batch, Problem, Severity, script};
use crate::contracts::Contracts;

/// A batch and its warnings, or why it cannot run.
pub type Read = Result<(Batch, Vec<Problem>), Vec<Problem>>;

/// Reads `text`. There is no batch where nothing could be made of it; it can run if no problem is an error.
pub fn read(text: &str, contracts: &Contracts) -> (Option<Batch>, Vec<Problem>) {
    read_watched(text, contracts, &Control::default())
}

/// The same while somebody watches, who may want it to stop; then what comes of it is of no use.
pub fn read_watched(
    text: &str,
    contracts: &Contracts,
    control: &Control,
) -> (Option<Batch>, Vec<Problem>) {
    if is_json(text) {
        return match formats::one(text) {
            Ok((batch, problems)) => (Some(batch), problems),
            Err(problems) => (None, problems),
        };
    }
    let (batch, problems) = script::evaluate_watched(text, contracts, control);
    (Some(batch), problems)
}

/// Reads `text`, which holds one batch, if it can run.
pub fn one(text: &str, contracts: &Contracts) -> Read {
    one_watched(text, contracts, &Control::default())
}

/// The same while somebody watches, who may want it to stop.
pub fn one_watched(text: &str, contracts: &Contracts, control: &Control) -> Read {
    match read_watched(text, contracts, control) {
        (Some(batch), problems) if !cannot_run(&problems) => Ok((batch, problems)),
        (_, problems) => Err(problems),
    }
}

/// Reads all batches that `text` holds, of whatever format, in their order.
///
/// What cannot be read is an error in its place; the others go on.
pub fn all(text: &str, contracts: &Contracts) -> Vec<Read> {
    match is_json(text) {
        true => formats::all(text),
        false => vec![one(text, contracts)],
    }
}

/// Can the batch that gave these problems not run?
pub fn cannot_run(problems: &[Problem]) -> bool {
    problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
}

/// Does the text begin like a JSON object or array, as no script does?
pub(crate) fn is_json(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start().chars();
    match rest.next() {
        Some('[') => true,
        Some('{') => matches!(rest.find(|c| !c.is_whitespace()), None | Some('"' | '}')),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
