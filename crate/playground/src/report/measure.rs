//! Repeated measurement of one batch: the oracle, the machine's ceiling, and some runs, in turn.

use serde::{Deserialize, Serialize};

use super::RunOptions;
use crate::batch::Problem;

/// What is to be measured.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MeasureOptions {
    /// Runs on threads; with none, the oracle and the ceiling alone.
    #[serde(default)]
    pub runs: Vec<RunOptions>,
    /// How many times each; 1 to 101.
    pub rounds: u32,
    /// Is each run also measured without writing down what happens?
    #[serde(default)]
    pub untraced: bool,
}

crosses! {
    /// What measuring a batch came to.
    #[serde(tag = "kind")]
    pub enum MeasureResult {
        /// Every run equalled sequential execution.
        Measured {
            /// The times.
            measured: Box<Measured>,
        },
        /// The batch cannot be measured, or a run differed from sequential execution.
        Problems {
            /// Why.
            problems: Vec<Problem>,
        },
        /// The person stopped it.
        Stopped,
    }

    /// Times of each round, in microseconds. Entry `i` of every list is of round `i`, in which all took turns.
    pub struct Measured {
        /// Title of the batch.
        pub title: String,
        /// How many there are in the block.
        pub transactions: u32,
        /// Gas used.
        pub gas: f64,
        /// Digest of the result that the oracle and every run came to, each time.
        pub digest: String,
        /// Sequential execution.
        pub oracle: Vec<f64>,
        /// Two sequential executions one after the other, each on its own copy of the state, over the same
        /// side by side: what two workers can gain on this machine as it is. None where there is one thread.
        pub ceilings: Vec<f64>,
        /// In the order in which they were asked for.
        pub runs: Vec<MeasuredRun>,
    }

    /// Times of one strategy on a number of workers.
    pub struct MeasuredRun {
        /// Strategy's id.
        pub strategy: String,
        /// Workers.
        pub workers: u32,
        /// What came before: dry runs, or building a list; in no round's time.
        pub preparation: f64,
        /// From building the memory to the last commit.
        pub times: Vec<f64>,
        /// The same without writing down what happens, right after; empty where nobody asked for it.
        pub untraced: Vec<f64>,
    }
}
