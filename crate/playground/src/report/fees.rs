//! What throughput would mean for fees and waiting time: what is assumed, and what follows.

use serde::{Deserialize, Serialize};

use crate::batch::Problem;

/// What the fee model assumes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeeAssumptions {
    /// Gas a second that execution manages, such as the `gasPerSecond` of a run.
    pub gas_per_second: f64,
    /// Seconds from one block to the next.
    #[serde(default = "block_seconds")]
    pub block_seconds: f64,
    /// Share of that time in which transactions are executed, over 0 to 1.
    #[serde(default = "execution_share")]
    pub execution_share: f64,
    /// Gas of a transaction, on average.
    #[serde(default = "gas_per_transaction")]
    pub gas_per_transaction: f64,
    /// Transactions that are sent each second.
    pub demand: f64,
    /// What a sender is willing to pay for a unit of gas, in gwei, on average; it is distributed
    /// exponentially, so that half of them would pay less than 0.69 of it.
    pub willingness_gwei: f64,
    /// After how many blocks a sender gives up.
    #[serde(default = "patience_blocks")]
    pub patience_blocks: u32,
    /// Base fee before the first block, in gwei.
    #[serde(default = "base_fee_gwei")]
    pub base_fee_gwei: f64,
    /// Blocks to look at.
    #[serde(default = "blocks")]
    pub blocks: u32,
}

fn block_seconds() -> f64 {
    12.0
}

fn execution_share() -> f64 {
    1.0
}

fn gas_per_transaction() -> f64 {
    100_000.0
}

fn patience_blocks() -> u32 {
    25
}

fn base_fee_gwei() -> f64 {
    1.0
}

fn blocks() -> u32 {
    200
}

crosses! {
    /// What asking for fees gave.
    #[serde(tag = "kind")]
    pub enum FeesResult {
        /// They follow from the assumptions.
        Fees {
            /// The facts.
            fees: Box<Fees>,
        },
        /// The assumptions make no sense.
        Problems {
            /// Why.
            problems: Vec<Problem>,
        },
    }

    /// What follows for fees and waiting time.
    pub struct Fees {
        /// All that was assumed.
        pub assumptions: FeeAssumptions,
        /// Rules of the model in sentences, with units and formulas.
        pub rules: Vec<String>,
        /// Gas limit of a block: what execution manages in its time.
        pub gas_limit: f64,
        /// Gas target of a block: half of the limit.
        pub gas_target: f64,
        /// Transactions a second for which the target has room.
        pub target_per_second: f64,
        /// Over the second half of the blocks.
        pub settled: Settled,
        /// One row a block.
        pub blocks: FeeBlocks,
    }

    /// Averages over the second half of the blocks, when the start is forgotten.
    #[derive(Copy)]
    pub struct Settled {
        /// Base fee in gwei.
        pub base_fee_gwei: f64,
        /// Gas used, as a share of the limit.
        pub fullness: f64,
        /// Transactions executed a second.
        pub per_second: f64,
        /// Seconds from sending to the block that executes it, of those executed; none if nothing is.
        pub wait_seconds: Option<f64>,
        /// Share of those sent who give up, 0 to 1.
        pub gave_up: f64,
    }

    /// One row a block.
    #[derive(Default)]
    pub struct FeeBlocks {
        /// Base fee in gwei.
        pub base_fee_gwei: Vec<f64>,
        /// Gas used, as a share of the limit.
        pub fullness: Vec<f64>,
        /// Transactions executed.
        pub executed: Vec<f64>,
        /// Seconds they waited, on average; none where nothing was executed.
        pub wait_seconds: Vec<Option<f64>>,
        /// Transactions left waiting after it.
        pub waiting: Vec<f64>,
        /// Transactions whose senders gave up with it.
        pub gave_up: Vec<f64>,
    }
}
