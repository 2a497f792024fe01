//! Names that are nearly the one a person wrote, and text of theirs made fit to be shown.
//!
//! Knows nothing of what the names stand for.

use crate::limits;

/// `; did you mean `x`?` with the nearest candidate, or nothing when none is near.
pub fn did_you_mean<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(written, candidates) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}

/// The candidate nearest to what was written, if it is near enough to be a slip of the hand.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Distances take time in proportion to both lengths, and nobody means a name that long.
    if written.chars().count() > 100 {
        return None;
    }
    let lower = written.to_lowercase();
    candidates
        .into_iter()
        .filter_map(|name| {
            let longer = name.chars().count().max(lower.chars().count());
            let distance = strsim::damerau_levenshtein(&lower, &name.to_lowercase());
            (distance <= (longer / 3).max(1)).then_some((distance, name))
        })
        .min()
        .map(|(_, name)| name)
}

/// Text of a person or a contract, fit for a message: control and direction characters are
/// escaped, and it is cut after 80 characters.
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        if at == LONGEST {
            out.push('…');
            break;
        }
        if is_harmful(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Does this character change how the text around it is shown?
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}')
}

/// A name that can be shown in every view.
pub fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("a name must not be empty".to_owned());
    }
    let chars = name.chars().count();
    if chars > limits::NAME_CHARS {
        return Err(format!(
            "a name has at most {} characters; this one has {chars}",
            limits::NAME_CHARS
        ));
    }
    match name.chars().find(|c| is_harmful(*c)) {
        Some(c) => Err(format!(
            "a name must not have control or direction characters; `{}` has {}",
            shown(name),
            c.escape_unicode()
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_finds_its_name() {
        let names = ["transfer", "transferFrom", "approve"];
        assert_eq!(nearest("tranfser", names), Some("transfer"));
        assert_eq!(nearest("Approve", names), Some("approve"));
        assert_eq!(nearest("mint", names), None);
        assert_eq!(nearest("", names), None);
        assert_eq!(nearest(&"x".repeat(100_000), names), None);
    }

    #[test]
    fn shown_text_has_no_control_characters_and_an_end() {
        assert_eq!(shown("a\nb\u{202e}c"), "a\\u{a}b\\u{202e}c");
        assert_eq!(shown(&"é".repeat(200)).chars().count(), 81);
    }
}
