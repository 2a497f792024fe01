//! Receipts as `eth_getBlockReceipts` gives them, as far as a run is compared with them.
//!
//! The root in the header says whether all of them are right; these say which one is not.

use std::fmt;

use alloy_primitives::{Address, B256, Bytes, Log, U64};
use serde::Deserialize;

use crate::batch::expected::ExpectedReceipt;

/// The receipt of one transaction.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    expecting = "a receipt, as eth_getBlockReceipts gives it"
)]
pub(super) struct NodeReceipt {
    /// Absent before Byzantium.
    status: Option<U64>,
    gas_used: U64,
    logs: Vec<NodeLog>,
}

#[derive(Deserialize)]
struct NodeLog {
    address: Address,
    topics: Vec<B256>,
    data: Bytes,
}

impl NodeReceipt {
    /// What a run must come to.
    pub(super) fn expected(self) -> ExpectedReceipt {
        let log = |log: NodeLog| Log::new_unchecked(log.address, log.topics, log.data);
        ExpectedReceipt {
            success: self.status.is_none_or(|it| !it.is_zero()),
            gas_used: self.gas_used.to(),
            logs: self.logs.into_iter().map(log).collect(),
        }
    }
}

/// JSON that reads as this receipt.
impl fmt::Display for NodeReceipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        if let Some(status) = self.status {
            write!(f, "\"status\": \"{status:#x}\", ")?;
        }
        write!(f, "\"gasUsed\": \"{:#x}\", \"logs\": [", self.gas_used)?;
        for (place, log) in self.logs.iter().enumerate() {
            let before = if place == 0 { "" } else { "," };
            write!(
                f,
                "{before}\n  {{\"address\": \"{:#x}\", \"topics\": [",
                log.address
            )?;
            for (place, topic) in log.topics.iter().enumerate() {
                let before = if place == 0 { "" } else { ", " };
                write!(f, "{before}\"{topic:#x}\"")?;
            }
            write!(f, "], \"data\": \"{:#x}\"}}", log.data)?;
        }
        f.write_str("]}")
    }
}
