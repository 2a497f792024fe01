//! The language's own errors as problems: one sentence and a place.
//!
//! Knows the language's error types and nothing of verbs but their names.

use rhai::{EvalAltResult, LexError, ParseError, ParseErrorType, Position};

use super::{
    dispatch,
    unknown::{Missing, speaks_of_unknown},
    verbs,
};
use crate::{
    batch::Place,
    contracts::near::{did_you_mean, shown},
    limits,
};

/// Why a script ended early, and where.
#[derive(Clone)]
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) place: Option<Place>,
    /// May it be a consequence of a harmless value?
    pub(super) consequence: bool,
    /// A name that something could stand in for.
    pub(super) missing: Option<Missing>,
}

/// A text that is no script.
pub(super) fn of_parsing(error: &ParseError) -> Mistake {
    let message = match error.err_type() {
        ParseErrorType::UnexpectedEOF => "the script ends in the middle of a statement".to_owned(),
        ParseErrorType::BadInput(LexError::UnexpectedInput(found)) => {
            format!("`{}` is not expected here", shown(found))
        }
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            "this text has no closing quote".to_owned()
        }
        ParseErrorType::MissingToken(token, why) => {
            format!("`{}` is missing {}", shown(token), shown(why))
        }
        ParseErrorType::ExprTooDeep => format!(
            "this is nested more than {} levels deep, or {} inside a function",
            limits::EXPRESSION_DEPTH,
            limits::FUNCTION_EXPRESSION_DEPTH
        ),
        ParseErrorType::Reserved(word) => {
            format!("`{}` is a word that scripts cannot use", shown(word))
        }
        other => sentence(&other.to_string()),
    };
    Mistake {
        message,
        place: dispatch::place(error.position()),
        consequence: false,
        missing: None,
    }
}

/// An error while the script ran; none when it ended by itself or its problem is recorded.
pub(super) fn of_running(error: &EvalAltResult, variables: &[String]) -> Option<Mistake> {
    let mut error = error;
    // What happened inside a function is reported where it happened.
    while let EvalAltResult::ErrorInFunctionCall(_, _, inner, _) = error {
        error = inner;
    }
    let message = match error {
        EvalAltResult::Return(..) | EvalAltResult::Exit(..) => return None,
        EvalAltResult::ErrorTerminated(token, _) => token.clone().into_string().ok()?,
        EvalAltResult::ErrorParsing(kind, position) => {
            let error = ParseError(Box::new(kind.clone()), *position);
            return Some(of_parsing(&error));
        }
        EvalAltResult::ErrorFunctionNotFound(signature, _) => unknown_function(signature),
        EvalAltResult::ErrorVariableNotFound(name, _) if variables.contains(name) => format!(
            "a function does not see the variable `{}` outside it; make it an argument",
            shown(name)
        ),
        EvalAltResult::ErrorVariableNotFound(name, _) => format!(
            "there is no variable `{}`{}",
            shown(name),
            did_you_mean(name, variables.iter().map(String::as_str))
        ),
        EvalAltResult::ErrorArrayBounds(length, index, _) => {
            format!("the list has {length} items, so there is none at {index}")
        }
        EvalAltResult::ErrorArithmetic(what, _) => sentence(what),
        EvalAltResult::ErrorRuntime(thrown, _) => {
            format!("the script stopped itself: {}", shown(&thrown.to_string()))
        }
        EvalAltResult::ErrorStackOverflow(_) => format!(
            "functions call each other more than {} levels deep",
            limits::CALL_DEPTH
        ),
        EvalAltResult::ErrorDataTooLarge(..) => format!(
            "a list has at most {} items, a text {} bytes and an object map {} entries",
            limits::LIST_ITEMS,
            limits::TEXT_BYTES,
            limits::MAP_ENTRIES
        ),
        EvalAltResult::ErrorTooManyVariables(_) => format!(
            "more than {} variables exist at the same time",
            limits::VARIABLES
        ),
        EvalAltResult::ErrorMismatchDataType(expected, found, _) if !expected.is_empty() => {
            format!("{} must be here, not {}", kind(expected), kind(found))
        }
        EvalAltResult::ErrorIndexingType(what, _) => {
            format!("this cannot be indexed like that: {}", shown(what))
        }
        EvalAltResult::ErrorFor(_) => "`for` goes over a range such as `0..n` or a list".to_owned(),
        other => {
            let mut bare = other.to_string();
            // The text ends with the position, which the problem has anyway.
            if let Some(at) = bare.rfind(" (line ") {
                bare.truncate(at);
            }
            sentence(&bare)
        }
    };
    let consequence = matches!(
        error,
        EvalAltResult::ErrorArrayBounds(..)
            | EvalAltResult::ErrorArithmetic(..)
            | EvalAltResult::ErrorFor(..)
            | EvalAltResult::ErrorDotExpr(..)
    ) || is_about_unknown(error);
    Some(Mistake {
        message,
        place: position_of(error),
        consequence,
        missing: missing(error),
    })
}

/// Is the error about the value of a stand-in?
fn is_about_unknown(error: &EvalAltResult) -> bool {
    match error {
        EvalAltResult::ErrorMismatchDataType(_, kinds, _)
        | EvalAltResult::ErrorIndexingType(kinds, _)
        | EvalAltResult::ErrorFunctionNotFound(kinds, _) => speaks_of_unknown(kinds),
        _ => false,
    }
}

/// The name that nobody defines, if that is what the error is about.
fn missing(error: &EvalAltResult) -> Option<Missing> {
    match error {
        EvalAltResult::ErrorVariableNotFound(name, _) => Some(Missing::Variable(name.clone())),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => {
            let (name, kinds) = parts(signature);
            // Some functions of the language report trouble with their items this way.
            (!name.contains(' ')).then(|| Missing::Function(name.to_owned(), kinds.len()))
        }
        _ => None,
    }
}

/// Name and types of arguments in a signature of the form `name (type, type)`.
fn parts(signature: &str) -> (&str, Vec<&str>) {
    let (name, kinds) = signature.split_once(" (").unwrap_or((signature, ")"));
    let kinds = kinds.trim_end_matches(')').split(", ");
    (name, kinds.filter(|kind| !kind.is_empty()).collect())
}

fn position_of(error: &EvalAltResult) -> Option<Place> {
    match error.position() {
        Position::NONE => None,
        position => dispatch::place(position),
    }
}

/// What to say of a call that no function takes.
pub(super) fn unknown_function(signature: &str) -> String {
    let (name, types) = parts(signature);
    let types: Vec<_> = types.into_iter().map(kind).collect();
    if let Some(verb) = verbs::find(name) {
        return dispatch::wrong_count(verb, types.len());
    }
    // Some functions of the language report trouble with their items this way.
    if name.contains(' ') {
        return sentence(name);
    }
    let is_operator = !name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    match types.as_slice() {
        [a, b] if is_operator => format!("`{}` does not work between {a} and {b}", shown(name)),
        [a] if is_operator => format!("`{}` does not work on {a}", shown(name)),
        types => {
            let with = if types.is_empty() {
                "without arguments".to_owned()
            } else {
                format!("for {}", types.join(", "))
            };
            let hint = did_you_mean(name, verbs::VERBS.iter().map(|verb| verb.name));
            format!("there is no `{}` {with}{hint}", shown(name))
        }
    }
}

/// The language's name of a type in a person's words.
fn kind(name: &str) -> String {
    match name {
        "i64" => "a plain integer",
        "f64" => "a decimal number",
        "string" | "&str | ImmutableString | String" => "text",
        "array" => "a list",
        "map" => "an object map",
        "bool" => "true or false",
        "()" => "nothing",
        "256-bit integer" => "a 256-bit integer",
        "address" => "an address",
        "bytes" => "bytes",
        other => return shown(other),
    }
    .to_owned()
}

/// A message of the language, from a small letter on and without its end.
fn sentence(message: &str) -> String {
    let message = shown(message.trim_end_matches('.'));
    let mut chars = message.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => message,
    }
}
