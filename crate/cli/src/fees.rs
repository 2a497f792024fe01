//! `interleave fees`: what a throughput would mean for fees and waiting time.

use std::fmt::Write;

use clap::Args;
use interleave_playground::report::{FeeAssumptions, Fees};

/// Arguments of `interleave fees`: the assumptions of the model.
#[derive(Args)]
pub struct FeesArgs {
    /// Gas a second that execution manages, such as `run` measures.
    #[arg(long)]
    gas_per_second: f64,
    /// Transactions that are sent each second.
    #[arg(long)]
    demand: f64,
    /// What senders are willing to pay for a unit of gas on average, in gwei.
    #[arg(long)]
    willingness_gwei: f64,
    /// Gas of a transaction, on average.
    #[arg(long, default_value_t = 100_000.0)]
    gas_per_transaction: f64,
    /// Seconds from one block to the next.
    #[arg(long, default_value_t = 12.0)]
    block_seconds: f64,
    /// Share of that time in which transactions are executed.
    #[arg(long, default_value_t = 1.0)]
    execution_share: f64,
    /// After how many blocks a sender gives up.
    #[arg(long, default_value_t = 25)]
    patience_blocks: u32,
    /// Base fee before the first block, in gwei.
    #[arg(long, default_value_t = 1.0)]
    base_fee_gwei: f64,
    /// Blocks to look at.
    #[arg(long, default_value_t = 200)]
    blocks: u32,
    /// Print all that follows as one JSON object.
    #[arg(long)]
    pub json: bool,
}

impl FeesArgs {
    /// The assumptions.
    pub fn assumptions(&self) -> FeeAssumptions {
        FeeAssumptions {
            gas_per_second: self.gas_per_second,
            block_seconds: self.block_seconds,
            execution_share: self.execution_share,
            gas_per_transaction: self.gas_per_transaction,
            demand: self.demand,
            willingness_gwei: self.willingness_gwei,
            patience_blocks: self.patience_blocks,
            base_fee_gwei: self.base_fee_gwei,
            blocks: self.blocks,
        }
    }
}

/// The assumptions in sentences, and what settles.
pub fn text(fees: &Fees) -> String {
    let mut text = fees.rules.join("\n");
    let it = &fees.settled;
    let _ = write!(
        text,
        "\n\nblocks of {:.0} gas, with a target of {:.0}: {:.1} transactions a second\n",
        fees.gas_limit, fees.gas_target, fees.target_per_second
    );
    let _ = writeln!(
        text,
        "it settles at {:.1} transactions a second in blocks {:.0} % full, a base fee of {:.3} gwei, {}; {:.0} % give up",
        it.per_second,
        100.0 * it.fullness,
        it.base_fee_gwei,
        match it.wait_seconds {
            Some(wait) => format!("and {wait:.1} s of waiting"),
            None => "and nothing executed".into(),
        },
        100.0 * it.gave_up,
    );
    text
}
