//! What is asked of a node for a block: the table in `requests.json`.
//!
//! The page reads the same file, so both ask the same, in the same order, and give the same advice.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

/// All of the table.
#[derive(Deserialize)]
pub struct Table {
    /// In the order in which they are asked.
    pub requests: Vec<Request>,
    /// The header of a block whose hash is asked for.
    pub hash: Call,
}

/// One thing to ask for.
#[derive(Deserialize)]
pub struct Request {
    /// What of the answers it is.
    pub answer: String,
    /// What a person is told meanwhile.
    pub step: String,
    /// How the whole block is asked for it.
    #[serde(flatten)]
    pub call: Call,
    /// How each transaction is asked for it, where the node does not have it for the block.
    pub each: Option<Call>,
    /// Can it be done without?
    #[serde(default)]
    pub optional: bool,
    /// What to do about a node that does not have it.
    pub lacking: Option<String>,
}

/// A method with its parameters, in which `$block`, `$number`, `$hash` and `$tx` stand for those.
#[derive(Deserialize)]
pub struct Call {
    /// What a person is told meanwhile.
    #[serde(default)]
    pub step: String,
    /// Name of the method.
    pub method: String,
    /// Its parameters.
    pub params: Vec<Value>,
}

impl Table {
    /// The table.
    pub fn get() -> &'static Self {
        static TABLE: LazyLock<Table> = LazyLock::new(|| {
            serde_json::from_str(include_str!("requests.json")).expect("a test reads it")
        });
        &TABLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_says_what_to_do_about_a_node_that_cannot_trace() {
        let table = Table::get();
        let found = table.requests.iter().find(|it| it.answer == "found");
        assert!(found.expect("it is asked for").lacking.is_some());
        assert!(table.requests.iter().all(|it| !it.step.is_empty()));
    }
}
