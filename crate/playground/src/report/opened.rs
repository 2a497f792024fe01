//! Files that a person opens together: what they are.

use serde::Serialize;

use crate::batch::Problem;

crosses! {
    /// What files that were opened together are.
    #[derive(Default)]
    pub struct OpenedFiles {
        /// The batch that is among them.
        pub batch: Option<OpenedBatch>,
        /// Names of the files that belong beside a batch: contracts, and block access lists.
        pub beside: Vec<String>,
        /// What is wrong; then nothing of them can be taken.
        pub problems: Vec<Problem>,
    }

    /// A batch that files hold.
    pub struct OpenedBatch {
        /// Its text, to be run.
        pub text: String,
        /// Names of the files that it is from.
        pub files: Vec<String>,
        /// Titles of the batches of the file, where it has several; of the first ones where they are many.
        pub cases: Vec<String>,
        /// How many batches the file has.
        pub batches: u32,
        /// Which of them this is, from 0.
        pub case: u32,
    }
}
