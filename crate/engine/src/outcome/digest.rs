//! The digest of a block's result: 32 bytes that are equal exactly when everything observable is.
//!
//! The rule: the encoding is fixed. Two lists, outcomes in block order and changed accounts in the
//! order of their addresses:
//!
//! - executed: `[status, gas used, cumulative gas, logs, output, created address]`, where the status
//!   is 1, 0 for a revert, or the reason of a halt, and nothing created is the empty string;
//! - skipped: `[reason]`;
//! - changed account: `[address, balance, nonce, code hash, [[slot, value], ...]]`;
//! - deleted account: `[address]`.

use alloy_primitives::{B256, keccak256};
use alloy_rlp::{Encodable, Header, encode_list};

use super::{BlockResult, Outcome, Receipt, Status};
use crate::state::AccountChange;

pub(super) fn digest(result: &BlockResult) -> B256 {
    let mut outcomes = Vec::new();
    let mut cumulative = 0;
    for outcome in &result.outcomes {
        match outcome {
            Outcome::Executed(receipt) => {
                cumulative += receipt.gas_used;
                encode_receipt(receipt, cumulative, &mut outcomes);
            }
            Outcome::Skipped(reason) => list(&[reason], &mut outcomes),
        }
    }

    let mut accounts = Vec::new();
    for (address, change) in &result.changes.accounts {
        match change {
            AccountChange::Deleted => list(&[address], &mut accounts),
            AccountChange::Updated {
                balance,
                nonce,
                code_hash,
                slots,
            } => {
                let slots: Vec<_> = slots
                    .iter()
                    .map(|(slot, value)| vec![*slot, *value])
                    .collect();
                list(&[address, balance, nonce, code_hash, &slots], &mut accounts);
            }
        }
    }

    let mut whole = Vec::with_capacity(outcomes.len() + accounts.len() + 32);
    let parts = [outcomes, accounts];
    let length = |part: &Vec<u8>| part.len() + header(part.len()).length();
    header(parts.iter().map(length).sum()).encode(&mut whole);
    for part in parts {
        header(part.len()).encode(&mut whole);
        whole.extend_from_slice(&part);
    }
    keccak256(whole)
}

fn encode_receipt(receipt: &Receipt, cumulative: u64, out: &mut Vec<u8>) {
    let status: &dyn Encodable = match &receipt.status {
        Status::Success => &1_u8,
        Status::Revert => &0_u8,
        Status::Halt(reason) => reason,
    };
    let created = receipt.created.as_ref().map_or(&[][..], |it| it.as_slice());
    list(
        &[
            status,
            &receipt.gas_used,
            &cumulative,
            &receipt.logs,
            &receipt.output,
            &created,
        ],
        out,
    );
}

fn list(items: &[&dyn Encodable], out: &mut Vec<u8>) {
    encode_list::<_, dyn Encodable>(items, out);
}

fn header(payload_length: usize) -> Header {
    Header {
        list: true,
        payload_length,
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, Bytes, KECCAK256_EMPTY, U256, bytes, hex};

    use super::*;
    use crate::state::Changes;

    #[test]
    fn nothing_is_two_empty_lists() {
        assert_eq!(BlockResult::default().digest(), keccak256(bytes!("c2c0c0")));
    }

    #[test]
    fn the_encoding_is_the_documented_one() {
        let receipt = |status, gas_used, created| {
            Outcome::Executed(Receipt {
                tx_type: 2,
                status,
                gas_used,
                logs: Vec::new(),
                output: Bytes::new(),
                created,
            })
        };
        let account = AccountChange::Updated {
            balance: U256::from(9),
            nonce: 3,
            code_hash: KECCAK256_EMPTY,
            slots: [(U256::from(5), U256::from(6))].into(),
        };
        let result = BlockResult {
            outcomes: vec![
                receipt(Status::Success, 5, Some(Address::ZERO)),
                Outcome::Skipped("no".into()),
                receipt(Status::Halt("Oh".into()), 7, None),
            ],
            changes: Changes {
                accounts: [
                    (Address::with_last_byte(2), account),
                    (Address::with_last_byte(1), AccountChange::Deleted),
                ]
                .into(),
                ..Changes::default()
            },
        };
        // Encoded by hand from the documentation above.
        let encoded = [
            "f87fe8da010505c080940000000000000000000000000000000000000000c3826e6fc882",
            "4f68070cc08080f854d5940000000000000000000000000000000000000001f83c940000",
            "0000000000000000000000000000000000020903a0c5d2460186f7233c927e7db2dcc703",
            "c0e500b653ca82273b7bfad8045d85a470c3c20506",
        ]
        .concat();
        assert_eq!(result.digest(), keccak256(hex::decode(encoded).unwrap()));
    }
}
