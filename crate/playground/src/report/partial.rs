//! What was kept of a run that was stopped.

use serde::Serialize;

crosses! {
    /// The first transactions of a block, which were final when the run was stopped.
    #[derive(Copy, Eq)]
    pub struct PartialRun {
        /// How many.
        pub committed: u32,
        /// How many the block has.
        pub transactions: u32,
    }
}
