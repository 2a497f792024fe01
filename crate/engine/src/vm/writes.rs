//! What an incarnation changed: revm's journal against the incarnation's own reads.
//!
//! A value that ends as it began is no write; the read that saw it is validated like any other. What was
//! found out about each account is noted on the way.
//! How destruction, creation and empty accounts work follows EIP-161, EIP-6780 and the journal's flags.

use std::collections::HashSet;

use alloy_primitives::{Address, KECCAK256_EMPTY, U256};
use revm::{
    primitives::hardfork::SpecId,
    state::{self, EvmState},
};

use super::{
    numbers::Numbers,
    observed::{self, Looks},
};
use crate::{
    block::{Block, TxIdx},
    defect::{Defect, planted},
    memory::{
        AccountRead, AccountSeen, AccountWrite, BalanceWrite, Existence, Observed, ReadSet,
        SlotWrite, WriteSet,
    },
};

/// What an incarnation read, with the values it saw.
pub(super) struct Read<'r> {
    pub reads: &'r mut ReadSet,
    /// Of the accounts in `reads`.
    pub seen: &'r [AccountSeen<'r>],
    /// What was asked of them; none where each was looked at whole.
    pub looks: Option<&'r Looks<'r>>,
}

/// One account of it.
#[derive(Clone, Copy)]
struct Account<'r> {
    read: &'r AccountRead,
    seen: &'r AccountSeen<'r>,
}

/// Adds to `writes` what the execution of `tx` changed, which left `state` in the journal.
pub(super) fn add(
    block: &Block,
    tx: TxIdx,
    state: &EvmState,
    Read { reads, seen, looks }: Read<'_>,
    writes: &mut WriteSet,
) {
    let mut slots_used = 0;
    let mut numbers = Numbers::default();
    for (address, account) in state {
        slots_used += account.storage.len();
        if !account.is_touched() && looks.is_none() {
            continue;
        }
        let Some(number) = number(reads, *address, account, &mut numbers) else {
            // revm has no account that it did not load.
            continue;
        };
        if let Some(looks) = looks {
            looks.note(&mut reads.accounts[number], &seen[number], account);
            if !account.is_touched() {
                continue;
            }
        }
        let before = Account {
            read: &reads.accounts[number],
            seen: &seen[number],
        };
        if account.is_selfdestructed() {
            destroyed(tx, before, writes);
            if *address == block.env.beneficiary {
                // What a destroyed beneficiary is credited goes with it.
                writes.fee = None;
            }
        } else {
            updated(block, tx, before, account, writes);
            slots(before, account, reads, writes);
        }
    }
    // Whoever used others than it asked for has some of its own.
    if slots_used != reads.slots.len() {
        writes.own_slots = own_slots(state, reads);
    }
}

/// Slots of accounts that the transaction created: as those are empty, nobody was asked for them.
fn own_slots(state: &EvmState, reads: &ReadSet) -> Vec<(Address, U256)> {
    let asked = reads.slots.iter().map(|read| (read.address, read.slot));
    let asked: HashSet<_> = asked.collect();
    let slots = |(address, account): (&Address, &state::Account)| {
        let slots: Vec<_> = account
            .storage
            .keys()
            .map(|slot| (*address, *slot))
            .collect();
        slots
    };
    let used = state.iter().flat_map(slots);
    used.filter(|slot| !asked.contains(slot)).collect()
}

/// Which of the accounts read this is.
fn number(
    reads: &ReadSet,
    address: Address,
    account: &state::Account,
    numbers: &mut Numbers,
) -> Option<usize> {
    let accounts = &reads.accounts;
    let by_number = account.info.account_id.map(|id| id.get());
    let by_number = by_number.filter(|number| {
        let read = accounts.get(*number);
        read.is_some_and(|read| read.address == address)
    });
    // revm forgets the number of an account that it was told does not exist.
    by_number.or_else(|| numbers.of(accounts, address))
}

fn destroyed(tx: TxIdx, Account { read, seen }: Account<'_>, writes: &mut WriteSet) {
    let write = AccountWrite {
        address: read.address,
        place: read.place,
        balance: changed(U256::ZERO, seen.balance).map(BalanceWrite::Set),
        nonce: changed(0, seen.nonce),
        code_hash: changed(KECCAK256_EMPTY, seen.code_hash),
        existence: Some(Existence {
            exists: false,
            wiped_by: Some(tx),
        }),
    };
    writes.accounts.push(write);
}

fn updated(
    block: &Block,
    tx: TxIdx,
    Account { read, seen }: Account<'_>,
    account: &state::Account,
    writes: &mut WriteSet,
) {
    let info = &account.info;
    let mut write = AccountWrite {
        address: read.address,
        place: read.place,
        balance: if account.is_created() && read.fees.is_some() {
            // What a beneficiary was paid before it was made is its own now: fees count anew from here.
            Some(BalanceWrite::Set(info.balance))
        } else {
            changed(info.balance, seen.balance).map(|now| match read.observed {
                Observed::Value => BalanceWrite::Set(now),
                Observed::Nothing | Observed::AtLeast(_) => observed::difference(now, seen.balance),
            })
        },
        nonce: changed(info.nonce, seen.nonce),
        code_hash: changed(info.code_hash, seen.code_hash)
            .filter(|_| account.is_created() || !planted(Defect::DelegationUnwritten)),
        existence: None,
    };
    let empty_goes = block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON);
    if account.is_created() {
        write.existence = Some(Existence {
            exists: true,
            wiped_by: Some(tx),
        });
    } else if !seen.exists && !empty_goes {
        // Before EIP-161 a touch is enough to exist; from then on existence follows from the other fields.
        write.existence = Some(Existence {
            exists: true,
            wiped_by: read.wiped_by,
        });
    } else if seen.exists && empty_goes && account.is_empty() {
        write.existence = Some(Existence {
            exists: false,
            wiped_by: Some(tx),
        });
    }
    if write.code_hash.is_some()
        && let Some(code) = &info.code
        && !code.is_empty()
        && !planted(Defect::CreatedCodeForgotten)
    {
        writes.codes.push((info.code_hash, code.clone()));
    }
    if !write.is_empty() {
        writes.accounts.push(write);
    }
}

/// With more reads than this, the memory finds a slot's place quicker than a look through them.
const FEW_READS: usize = 16;

fn slots(before: Account<'_>, account: &state::Account, reads: &ReadSet, writes: &mut WriteSet) {
    let AccountRead { address, place, .. } = *before.read;
    let few = if reads.slots.len() <= FEW_READS {
        reads.slots.as_slice()
    } else {
        &[]
    };
    for (slot, value) in account.changed_storage_slots() {
        let read = few
            .iter()
            .find(|read| read.slot == *slot && read.address == address);
        writes.slots.push(SlotWrite {
            address,
            slot: *slot,
            value: value.present_value(),
            account: place,
            place: read.map(|read| read.place),
        });
    }
}

/// The new value, if it is another one.
fn changed<T: PartialEq>(now: T, before: T) -> Option<T> {
    (now != before).then_some(now)
}
