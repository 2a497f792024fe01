//! What a state transition tool writes about a block: receipts, roots, and the state afterwards.
//!
//! The root of the transactions is left out, since their signatures are not kept.

use alloy_primitives::{B256, U64, logs_bloom};
use interleave_engine::{
    block::Block,
    oracle,
    outcome::{BlockResult, Receipt, Status},
};
use serde_json::{Value, json};

use crate::batch::{Batch, t8n};

/// The members `alloc` and `result`, of sequential execution.
pub(super) fn write(batch: &Batch, block: &Block) -> Value {
    let result = oracle::result(block);
    let post = batch.post_state(block, &result);
    let rejected = result.skipped();
    let rejected = rejected.map(|(tx, error)| json!({ "index": tx, "error": error }));
    let rejected: Vec<_> = rejected.collect();
    json!({
        "alloc": t8n::alloc(&post),
        "result": {
            "stateRoot": batch.state_root(block, &result),
            "receiptsRoot": result.receipts_root(block.spec),
            "logsHash": result.logs_hash(),
            "logsBloom": logs_bloom(result.logs()),
            "receipts": receipts(&result),
            "rejected": rejected,
            "gasUsed": U64::from(result.gas_used()),
            "currentDifficulty": block.env.difficulty,
            "currentBaseFee": U64::from(block.env.basefee),
        },
    })
}

fn receipts(result: &BlockResult) -> Vec<Value> {
    let mut cumulative = 0;
    let receipt = |(tx, receipt): (usize, &Receipt)| {
        cumulative += receipt.gas_used;
        json!({
            "type": U64::from(receipt.tx_type),
            "root": "0x",
            "status": U64::from(u64::from(receipt.status == Status::Success)),
            "cumulativeGasUsed": U64::from(cumulative),
            "logsBloom": logs_bloom(&receipt.logs),
            "logs": receipt.logs,
            "contractAddress": receipt.created,
            "gasUsed": U64::from(receipt.gas_used),
            "blockHash": B256::ZERO,
            "transactionIndex": U64::from(tx),
        })
    };
    result.executed().map(receipt).collect()
}
