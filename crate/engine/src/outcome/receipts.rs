//! The root of a block's receipts, as its header has it.
//!
//! Only from Byzantium on: before, a receipt holds the state root after its transaction, which a
//! partial prestate cannot give.

use alloy_primitives::{B256, logs_bloom};
use alloy_rlp::{Encodable, encode_list};
use alloy_trie::root::ordered_trie_root_with_encoder;
use revm::primitives::hardfork::SpecId;

use super::{BlockResult, Receipt, Status};

pub(super) fn root(result: &BlockResult, spec: SpecId) -> Option<B256> {
    if !spec.is_enabled_in(SpecId::BYZANTIUM) {
        return None;
    }
    let mut cumulative = 0;
    let receipts = result.executed().map(|(_, receipt)| {
        cumulative += receipt.gas_used;
        (receipt, cumulative)
    });
    let receipts: Vec<_> = receipts.collect();
    Some(ordered_trie_root_with_encoder(
        &receipts,
        |(receipt, cumulative), out| encode(receipt, *cumulative, out),
    ))
}

/// EIP-2718: the type, unless it is a legacy transaction, and the list of EIP-658.
fn encode(receipt: &Receipt, cumulative: u64, out: &mut Vec<u8>) {
    if receipt.tx_type != 0 {
        out.push(receipt.tx_type);
    }
    let succeeded = receipt.status == Status::Success;
    let bloom = logs_bloom(&receipt.logs);
    encode_list::<&dyn Encodable, dyn Encodable>(
        &[&succeeded, &cumulative, &bloom, &receipt.logs],
        out,
    );
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, b256};

    use super::*;
    use crate::outcome::Outcome;

    fn receipt(tx_type: u8, gas_used: u64) -> Outcome {
        Outcome::Executed(Receipt {
            tx_type,
            status: Status::Success,
            gas_used,
            logs: Vec::new(),
            output: Bytes::new(),
            created: None,
        })
    }

    #[test]
    fn no_receipts_have_the_root_of_the_empty_trie() {
        let result = BlockResult::default();
        assert_eq!(
            result.receipts_root(SpecId::BYZANTIUM),
            Some(b256!(
                "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
            ))
        );
        assert_eq!(result.receipts_root(SpecId::SPURIOUS_DRAGON), None);
    }

    #[test]
    fn a_block_of_one_transfer_has_the_root_known_from_public_chains() {
        for (tx_type, root) in [
            (
                0,
                b256!("056b23fbba480696b65fe5a59b8f2148a1299103c4f57df839233af2cf4ca2d2"),
            ),
            (
                2,
                b256!("f78dfb743fbd92ade140711c8bbc542b5e307f0ab7984eff35d751969fe57efa"),
            ),
        ] {
            let result = BlockResult {
                outcomes: vec![receipt(tx_type, 21_000)],
                ..BlockResult::default()
            };
            assert_eq!(result.receipts_root(SpecId::LONDON), Some(root));
        }
    }

    #[test]
    fn skipped_transactions_have_no_receipt_and_gas_accumulates_over_the_others() {
        let with = BlockResult {
            outcomes: vec![
                receipt(0, 21_000),
                Outcome::Skipped("nonce".into()),
                receipt(2, 30_000),
            ],
            ..BlockResult::default()
        };
        let mut without = with.clone();
        without.outcomes.remove(1);
        assert_eq!(
            with.receipts_root(SpecId::CANCUN),
            without.receipts_root(SpecId::CANCUN)
        );
        without.outcomes.swap(0, 1);
        assert_ne!(
            with.receipts_root(SpecId::CANCUN),
            without.receipts_root(SpecId::CANCUN)
        );
    }
}
