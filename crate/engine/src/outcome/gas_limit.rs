//! Does a block keep to its limits, over all its transactions: of gas, and of blobs?
//!
//! A transaction is in a block only if its own gas limit fits into what those before it have left, and
//! so do its blobs.
//! That depends on all of them, so no strategy looks at it while it runs: the block is refused as a
//! whole, by what sequential execution came to, which is exact up to the first that does not fit.

use super::{BlockResult, Outcome};
use crate::block::{Block, TxIdx};

/// The first transaction that does not fit into a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overfull {
    /// The transaction.
    pub tx: TxIdx,
    /// Gas, or blobs, that those before it have left.
    pub left: u64,
}

impl BlockResult {
    /// The first executed transaction that the gas limit of `block` leaves no room for, if `self` is
    /// what sequential execution came to. One that is invalid anyway takes no room.
    pub fn overfull(&self, block: &Block) -> Option<Overfull> {
        let limits = block.txs.iter().map(|tx| u128::from(tx.gas_limit));
        if limits.sum::<u128>() <= u128::from(block.env.gas_limit) {
            return None;
        }
        let mut left = block.env.gas_limit;
        let txs = (0..).map(TxIdx).zip(&block.txs);
        for ((tx, env), outcome) in txs.zip(&self.outcomes) {
            if matches!(outcome, Outcome::Executed(_)) && env.gas_limit > left {
                return Some(Overfull { tx, left });
            }
            left = left.saturating_sub(outcome.gas_used());
        }
        None
    }

    /// The same for its blobs, of which there may be `most`.
    pub fn over_blobs(&self, block: &Block, most: u64) -> Option<Overfull> {
        let mut left = most;
        let txs = (0..).map(TxIdx).zip(&block.txs);
        for ((tx, env), outcome) in txs.zip(&self.outcomes) {
            if matches!(outcome, Outcome::Executed(_)) {
                let blobs = env.blob_hashes.len() as u64;
                left = match left.checked_sub(blobs) {
                    None => return Some(Overfull { tx, left }),
                    Some(left) => left,
                };
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, B256, TxKind, U256};
    use revm::{context::TxEnv, primitives::hardfork::SpecId};

    use super::*;
    use crate::oracle;

    /// Transfers of one sender with these nonces and gas limits, in a block of this gas limit.
    fn block(gas_limit: u64, txs: &[(u64, u64)]) -> Block {
        let sender = Address::with_last_byte(1);
        let mut block = Block {
            spec: SpecId::CANCUN,
            chain_id: 1,
            ..Block::default()
        };
        block.env.gas_limit = gas_limit;
        block.prestate.account_mut(sender).balance = U256::from(10).pow(U256::from(18));
        let transfer = |(nonce, gas_limit): &(u64, u64)| TxEnv {
            caller: sender,
            kind: TxKind::Call(Address::with_last_byte(0x77)),
            nonce: *nonce,
            gas_limit: *gas_limit,
            ..TxEnv::default()
        };
        block.txs = txs.iter().map(transfer).collect();
        block
    }

    fn overfull(gas_limit: u64, txs: &[(u64, u64)]) -> Option<(u32, u64)> {
        let block = block(gas_limit, txs);
        let found = oracle::result(&block).overfull(&block)?;
        Some((found.tx.0, found.left))
    }

    #[test]
    fn what_is_left_is_what_those_before_have_not_used() {
        // The first may use 50,000 and uses 21,000.
        assert_eq!(overfull(71_000, &[(0, 50_000), (1, 50_000)]), None);
        let more = [(0, 50_000), (1, 50_001)];
        assert_eq!(overfull(71_000, &more), Some((1, 50_000)));
        let last = [(0, 21_000), (1, 21_000), (2, 21_000)];
        assert_eq!(overfull(62_999, &last), Some((2, 20_999)));
    }

    #[test]
    fn what_is_skipped_takes_no_room() {
        // A nonce too high, and a gas limit above the block's.
        let txs = [(0, 21_000), (7, 60_000), (1, 80_000), (1, 50_000)];
        assert_eq!(overfull(71_000, &txs), None);
    }

    #[test]
    fn blobs_of_all_transactions_together_fit_into_a_block() {
        let over = |blobs: &[(u64, usize)]| {
            let txs: Vec<_> = blobs.iter().map(|(nonce, _)| (*nonce, 21_000)).collect();
            let mut block = block(1_000_000, &txs);
            for (tx, (_, count)) in block.txs.iter_mut().zip(blobs) {
                tx.tx_type = 3;
                tx.gas_priority_fee = Some(0);
                tx.max_fee_per_blob_gas = 1;
                tx.blob_hashes =
                    vec![B256::with_last_byte(1) | B256::from(U256::ONE << 248); *count];
            }
            let found = oracle::result(&block).over_blobs(&block, 6)?;
            Some((found.tx.0, found.left))
        };
        assert_eq!(over(&[(0, 4), (1, 2)]), None);
        assert_eq!(over(&[(0, 4), (1, 3), (2, 1)]), Some((1, 2)));
        // One with too many of its own is skipped.
        assert_eq!(over(&[(0, 4), (1, 7), (1, 2)]), None);
    }
}
