//! Several runs of one batch: strategies side by side, and one strategy on more and more workers.

use serde::{Deserialize, Serialize};

use super::{Bound, Clock, RunOptions, SpanKind, Summary};
use crate::batch::Problem;

/// For which numbers of workers a curve is wanted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CurveOptions {
    /// How to run; runner and number of workers are ignored.
    pub run: RunOptions,
    /// Numbers of workers; none for 1, 2, 4 and so on to 64.
    #[serde(default)]
    pub workers: Vec<u32>,
}

crosses! {
    /// What running a batch under every strategy came to.
    #[serde(tag = "kind")]
    pub enum CompareResult {
        /// They ran.
        Comparison {
            /// The facts.
            comparison: Box<Comparison>,
            /// Warnings about the batch.
            problems: Vec<Problem>,
        },
        /// The batch cannot run.
        Problems {
            /// Why.
            problems: Vec<Problem>,
        },
        /// The person stopped it.
        Stopped,
    }

    /// Several runs of one batch.
    pub struct Comparison {
        /// Title of the batch.
        pub title: String,
        /// How fast any number of workers could be, depending on what counts as a conflict.
        pub bounds: Vec<Bound>,
        /// One row a run, in the order in which they were asked for.
        pub runs: Vec<Summary>,
        /// What the workers of each run did.
        pub sketches: Vec<Sketch>,
        /// Strategies that refused the block access list that came with the block, and are in no row.
        pub rejected: Vec<RejectedRun>,
    }

    /// A run that came to nothing, because what it was given is false.
    #[derive(Eq)]
    pub struct RejectedRun {
        /// Strategy's id.
        pub strategy: String,
        /// Where the list does not hold, and in which transaction if it has one.
        pub reason: String,
    }

    /// The timeline of a run, as coarse as a small picture needs. One entry a stretch of a lane that
    /// one kind of span fills for the most part; between them it is idle.
    #[derive(Default)]
    pub struct Sketch {
        /// Lanes: of many workers, the first.
        pub lanes: u32,
        /// When the last transaction could no longer change, on the clock of the run.
        pub end: f64,
        /// Lane.
        pub lane: Vec<u32>,
        /// What fills it.
        pub kind: Vec<SpanKind>,
        /// When it begins.
        pub start: Vec<f64>,
        /// How long it is.
        pub length: Vec<f64>,
    }

    /// What running a batch on more and more workers came to.
    #[serde(tag = "kind")]
    pub enum CurveResult {
        /// It ran.
        Curve {
            /// The facts.
            curve: Box<Curve>,
            /// Warnings about the batch.
            problems: Vec<Problem>,
        },
        /// The batch cannot run.
        Problems {
            /// Why.
            problems: Vec<Problem>,
        },
        /// The person stopped it.
        Stopped,
    }

    /// Speedup by the number of workers.
    pub struct Curve {
        /// Title of the batch.
        pub title: String,
        /// Strategy's id.
        pub strategy: String,
        /// What the simulated runner's clock counts.
        pub clock: Clock,
        /// Does every run equal sequential execution?
        pub matches: bool,
        /// Points that were asked for and left out, since the block is large.
        pub left_out: u32,
        /// In the order of the workers.
        pub points: Vec<CurvePoint>,
    }

    /// Speedups of one number of workers, over sequential execution.
    #[derive(Copy)]
    pub struct CurvePoint {
        /// Workers; also the speedup if nothing depended on anything.
        pub workers: u32,
        /// The most that dependencies allow on so many workers.
        pub bound: f64,
        /// On the simulated runner.
        pub simulated: f64,
        /// On threads; absent where this machine has too few, or its clock cannot carry it.
        pub measured: Option<MeasuredSpeedup>,
        /// How many times the work of one thread so many threads do at once when nothing depends on
        /// anything and nothing is shared: sequential executions side by side, each on a copy of its
        /// own. What this machine gives at most; absent where it is not measured.
        pub ceiling: Option<f64>,
    }

    /// A speedup on threads.
    #[derive(Copy)]
    pub struct MeasuredSpeedup {
        /// Of the median run.
        pub median: f64,
        /// Of the slowest run.
        pub slowest: f64,
        /// Of the fastest run.
        pub fastest: f64,
        /// How many runs there were.
        pub runs: u32,
    }
}
