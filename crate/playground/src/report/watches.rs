//! What a script asked to be looked at, and what it expects.

use serde::Serialize;

use crate::batch::Place;

crosses! {
    /// A value before and after the block.
    pub struct WatchFacts {
        /// What the script calls it.
        pub label: String,
        /// What it is, such as `token.balanceOf(alice)`.
        pub of: String,
        /// Before the block.
        pub before: String,
        /// After it.
        pub after: String,
        /// The difference, of numbers.
        pub change: Option<String>,
    }

    /// A value that must hold after the block.
    pub struct ExpectationFacts {
        /// What it is, such as `token.balanceOf(alice)`.
        pub of: String,
        /// What it must be.
        pub expected: String,
        /// What it is.
        pub found: String,
        /// Does it hold?
        pub holds: bool,
        /// The call in the script that expects it.
        pub place: Option<Place>,
    }
}
