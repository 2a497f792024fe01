//! Creation code as files have it: hexadecimal, perhaps with gaps for the addresses of libraries.

use alloy_primitives::{Bytes, hex};

use super::{Problem, WHAT, shown};
use crate::batch::Place;

/// Creation code.
#[derive(Debug)]
pub(super) enum Code {
    /// All of it.
    Bytes(Bytes),
    /// There is none: an interface or an abstract contract.
    None,
    /// It lacks the addresses of these libraries.
    Unlinked(String),
}

/// Reads hexadecimal, with or without `0x`; `libraries` says what belongs in its gaps.
pub(super) fn parse(text: &str, libraries: &[String]) -> Result<Code, (usize, String)> {
    let start = text.len() - text.trim_start().len();
    let text = text.trim();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let start = start + text.len() - digits.len();
    if digits.is_empty() {
        return Ok(Code::None);
    }
    if let Some(gap) = digits.find("__") {
        let named = match libraries {
            [] => format!("a library (at `{}`)", shown(gap_at(&digits[gap..]))),
            _ => {
                let quoted: Vec<_> = libraries
                    .iter()
                    .map(|it| format!("`{}`", shown(it)))
                    .collect();
                quoted.join(", ")
            }
        };
        return Ok(Code::Unlinked(named));
    }
    if let Some((at, wrong)) = digits.char_indices().find(|(_, c)| !c.is_ascii_hexdigit()) {
        let wrong = shown(&wrong.to_string());
        return Err((start + at, format!("`{wrong}` is no hexadecimal digit")));
    }
    match hex::decode(digits) {
        Ok(bytes) => Ok(Code::Bytes(bytes.into())),
        Err(_) => Err((
            start + digits.len(),
            "code has an even number of hexadecimal digits".to_owned(),
        )),
    }
}

/// The text that stands for an address, of forty characters.
fn gap_at(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(40)
        .map_or(text.len(), |(end, _)| end);
    &text[..end]
}

/// A file that is nothing but code.
pub(super) fn plain(text: &str) -> Result<Code, Problem> {
    if text.contains("contract ") || text.contains("pragma ") {
        let message = "this is Solidity, which only the page compiles; give what a compiler made of \
             it, such as Foundry's `out/NAME.sol/NAME.json`";
        return Err(Problem::error(message));
    }
    match parse(text, &[]) {
        Ok(Code::None) => Err(Problem::error(format!("an empty file is not {WHAT}"))),
        Ok(code) => Ok(code),
        Err((at, why)) => {
            Err(Problem::error(format!("not {WHAT}: {why}")).at(Place::after(&text[..at])))
        }
    }
}
