//! A block that a node was asked for: what it answered, and the file that comes of it.

use serde::{Deserialize, Serialize};

use crate::batch::Problem;

/// What a node answered about one block, each answer as JSON.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeAnswers {
    /// The block that was asked for: `latest`, or its number.
    pub asked: String,
    /// `eth_chainId`.
    pub chain: String,
    /// `eth_getBlockByNumber` with full transactions.
    pub block: String,
    /// Of each transaction an object with its `txHash` and, as `result`, what the `prestateTracer`
    /// says: what it found.
    pub found: String,
    /// The same in the mode `diffMode`, what it left; none where the node has no such mode.
    pub left: Option<String>,
    /// `eth_config`; none where the node does not have it.
    pub config: Option<String>,
    /// The receipts in order; none where the node gives none.
    pub receipts: Option<String>,
    /// `eth_getBlockAccessList` (EIP-7928); none where the node has no list of the block.
    pub list: Option<String>,
    /// Hashes by the number of their block, an object.
    pub hashes: String,
}

crosses! {
    /// What the answers of a node make.
    #[serde(tag = "kind")]
    pub enum Assembled {
        /// A file that can be run.
        File {
            /// Its text.
            text: String,
            /// What the node gave and the file is without, and why.
            lacks: Vec<Problem>,
        },
        /// A file that lacks what the opcode `BLOCKHASH` asks for.
        Hashes {
            /// Numbers of the blocks.
            numbers: Vec<f64>,
        },
        /// Nothing that can be run.
        Problems {
            /// Why.
            problems: Vec<Problem>,
        },
    }
}
