//! The first difference of two results of one block: the transaction, the field and both values.
//!
//! The rule: whatever makes two digests differ has a name here.

use std::{collections::BTreeSet, fmt::Display};

use alloy_primitives::{Address, B256, U256};

use super::{BlockResult, Difference, Outcome, Receipt, Status};
use crate::state::{AccountChange, Changes};

pub(super) fn first(found: &BlockResult, expected: &BlockResult) -> Option<Difference> {
    let outcomes = (0..).zip(found.outcomes.iter().zip(&expected.outcomes));
    for (tx, (found, expected)) in outcomes {
        if let Some(difference) = outcome(found, expected) {
            return Some(Difference {
                tx: Some(tx),
                ..difference
            });
        }
    }
    differ(
        "number of transactions",
        &found.outcomes.len(),
        &expected.outcomes.len(),
    )
    .or_else(|| changes(&found.changes, &expected.changes))
}

fn outcome(found: &Outcome, expected: &Outcome) -> Option<Difference> {
    match (found, expected) {
        (Outcome::Executed(found), Outcome::Executed(expected)) => receipt(found, expected),
        _ => differ("outcome", &of_outcome(found), &of_outcome(expected)),
    }
}

fn of_outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Executed(receipt) => format!("executed: {}", of_status(&receipt.status)),
        Outcome::Skipped(reason) => format!("skipped: {reason}"),
    }
}

fn of_status(status: &Status) -> &str {
    match status {
        Status::Success => "success",
        Status::Revert => "revert",
        Status::Halt(reason) => reason,
    }
}

fn receipt(found: &Receipt, expected: &Receipt) -> Option<Difference> {
    let created = |receipt: &Receipt| match receipt.created {
        Some(address) => address.to_string(),
        None => "none".into(),
    };
    // Cumulative gas differs only after the gas of this or an earlier transaction does.
    differ(
        "status",
        &of_status(&found.status),
        &of_status(&expected.status),
    )
    .or_else(|| differ("gasUsed", &found.gas_used, &expected.gas_used))
    .or_else(|| logs(found, expected))
    .or_else(|| differ("output", &found.output, &expected.output))
    .or_else(|| differ("created address", &created(found), &created(expected)))
}

fn logs(found: &Receipt, expected: &Receipt) -> Option<Difference> {
    for (index, (found, expected)) in found.logs.iter().zip(&expected.logs).enumerate() {
        let topics = |log: &alloy_primitives::Log| {
            let topics: Vec<_> = log.topics().iter().map(B256::to_string).collect();
            topics.join(" ")
        };
        let log = |field: &str| format!("{field} of log {index}");
        let difference = differ(&log("address"), &found.address, &expected.address)
            .or_else(|| differ(&log("topics"), &topics(found), &topics(expected)))
            .or_else(|| differ(&log("data"), &found.data.data, &expected.data.data));
        if difference.is_some() {
            return difference;
        }
    }
    differ("number of logs", &found.logs.len(), &expected.logs.len())
}

fn changes(found: &Changes, expected: &Changes) -> Option<Difference> {
    let addresses: BTreeSet<_> = found
        .accounts
        .keys()
        .chain(expected.accounts.keys())
        .collect();
    addresses.into_iter().find_map(|address| {
        account(
            *address,
            found.accounts.get(address),
            expected.accounts.get(address),
        )
    })
}

fn account(
    address: Address,
    found: Option<&AccountChange>,
    expected: Option<&AccountChange>,
) -> Option<Difference> {
    let kind = |change: Option<&AccountChange>| match change {
        None => "unchanged",
        Some(AccountChange::Deleted) => "deleted",
        Some(AccountChange::Updated { .. }) => "changed",
    };
    let (
        Some(AccountChange::Updated {
            balance,
            nonce,
            code_hash,
            slots,
        }),
        Some(AccountChange::Updated {
            balance: expected_balance,
            nonce: expected_nonce,
            code_hash: expected_code_hash,
            slots: expected_slots,
        }),
    ) = (found, expected)
    else {
        return differ(&format!("account {address}"), &kind(found), &kind(expected));
    };
    let of = |field: &str| format!("{field} of {address}");
    let slot = || {
        let all: BTreeSet<_> = slots.keys().chain(expected_slots.keys()).collect();
        let value = |slot: Option<&U256>| match slot {
            Some(value) => format!("{value:#x}"),
            None => "unchanged".into(),
        };
        all.into_iter().find_map(|slot| {
            differ(
                &of(&format!("slot {slot:#x}")),
                &value(slots.get(slot)),
                &value(expected_slots.get(slot)),
            )
        })
    };
    differ(&of("balance"), balance, expected_balance)
        .or_else(|| differ(&of("nonce"), nonce, expected_nonce))
        .or_else(|| differ(&of("code hash"), code_hash, expected_code_hash))
        .or_else(slot)
}

fn differ<T: Display + PartialEq>(field: &str, found: &T, expected: &T) -> Option<Difference> {
    (found != expected).then(|| Difference {
        tx: None,
        field: field.into(),
        found: found.to_string(),
        expected: expected.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, KECCAK256_EMPTY, Log, LogData};

    use super::*;

    fn executed() -> Receipt {
        Receipt {
            tx_type: 0,
            status: Status::Success,
            gas_used: 21_000,
            logs: vec![Log {
                address: Address::ZERO,
                data: LogData::new_unchecked(Vec::new(), Bytes::new()),
            }],
            output: Bytes::new(),
            created: None,
        }
    }

    fn updated(balance: u64, slots: &[(u64, u64)]) -> AccountChange {
        AccountChange::Updated {
            balance: U256::from(balance),
            nonce: 0,
            code_hash: KECCAK256_EMPTY,
            slots: slots
                .iter()
                .map(|(slot, value)| (U256::from(*slot), U256::from(*value)))
                .collect(),
        }
    }

    /// What `change` makes different, as `tx field found expected`; also that the digest notices.
    fn seen(change: impl FnOnce(&mut BlockResult)) -> String {
        let mut expected = BlockResult {
            outcomes: vec![Outcome::Executed(executed()), Outcome::Executed(executed())],
            ..BlockResult::default()
        };
        let account = updated(5, &[(1, 1)]);
        expected.changes.accounts.insert(Address::ZERO, account);
        let mut found = expected.clone();
        assert_eq!(found.first_difference(&expected), None);
        change(&mut found);
        assert_ne!(found.digest(), expected.digest());
        let difference = found.first_difference(&expected).unwrap();
        format!(
            "{:?} {}: {} {}",
            difference.tx, difference.field, difference.found, difference.expected
        )
    }

    fn second(found: &mut BlockResult, change: impl FnOnce(&mut Receipt)) {
        let mut receipt = executed();
        change(&mut receipt);
        found.outcomes[1] = Outcome::Executed(receipt);
    }

    #[test]
    fn a_receipt_names_its_transaction_and_field() {
        for (text, change) in [
            (
                "Some(1) status: revert success",
                (|it| it.status = Status::Revert) as fn(&mut Receipt),
            ),
            ("Some(1) gasUsed: 7 21000", |it| it.gas_used = 7),
            ("Some(1) output: 0x01 0x", |it| it.output = [1].into()),
            ("Some(1) number of logs: 0 1", |it| it.logs.clear()),
            ("Some(1) data of log 0: 0x02 0x", |it| {
                it.logs[0].data.data = [2].into();
            }),
        ] {
            assert_eq!(seen(|found| second(found, change)), text);
        }
    }

    #[test]
    fn a_skipped_transaction_differs_from_an_executed_one() {
        assert_eq!(
            seen(|found| found.outcomes[0] = Outcome::Skipped("nonce".into())),
            "Some(0) outcome: skipped: nonce executed: success"
        );
    }

    #[test]
    fn the_post_state_names_account_and_slot() {
        let zero = Address::ZERO;
        for (text, change) in [
            (format!("None account {zero}: unchanged changed"), None),
            (
                format!("None account {zero}: deleted changed"),
                Some(AccountChange::Deleted),
            ),
            (
                format!("None balance of {zero}: 6 5"),
                Some(updated(6, &[(1, 1)])),
            ),
            (
                format!("None slot 0x0 of {zero}: 0x3 unchanged"),
                Some(updated(5, &[(0, 3), (1, 1)])),
            ),
            (
                format!("None slot 0x1 of {zero}: unchanged 0x1"),
                Some(updated(5, &[])),
            ),
        ] {
            let found = seen(|found| {
                found.changes.accounts.remove(&zero);
                found
                    .changes
                    .accounts
                    .extend(change.map(|change| (zero, change)));
            });
            assert_eq!(found, text);
        }
    }
}
