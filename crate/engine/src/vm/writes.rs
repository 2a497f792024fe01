//! What an incarnation changed: revm's journal against the incarnation's own reads.
//!
//! A value that ends as it began is no write; the read that saw it is validated like any other.
//! How destruction, creation and empty accounts work follows EIP-161, EIP-6780 and the journal's flags.

use std::collections::HashSet;

use alloy_primitives::{Address, KECCAK256_EMPTY, U256};
use revm::{
    primitives::hardfork::SpecId,
    state::{Account, EvmState},
};

use super::balances;
use crate::{
    block::{Block, TxIdx},
    defect::{Defect, planted},
    memory::{AccountRead, AccountWrite, BalanceWrite, Existence, Observed, ReadSet, WriteSet},
    switches::Nonces,
};

/// The write set of `tx`, whose execution left `state` in the journal.
pub(super) fn of(
    block: &Block,
    tx: TxIdx,
    state: &EvmState,
    reads: &ReadSet,
    fee: Option<U256>,
) -> WriteSet {
    let mut writes = WriteSet {
        fee,
        unit: reads.switches.unit,
        expected: match reads.switches.nonces {
            Nonces::Read => None,
            Nonces::Expected => Some(block.txs[tx.index()].caller),
        },
        ..WriteSet::default()
    };
    for (address, account) in state {
        if !account.is_touched() {
            continue;
        }
        let Some(read) = read_of(reads, *address, account) else {
            // revm touches no account that it did not load.
            continue;
        };
        if account.is_selfdestructed() {
            destroyed(tx, read, &mut writes);
            if *address == block.env.beneficiary {
                // What a destroyed beneficiary is credited goes with it.
                writes.fee = None;
            }
        } else {
            updated(block, tx, read, account, &mut writes);
        }
    }
    writes.own_slots = own_slots(state, reads);
    writes
}

/// Slots of accounts that the transaction created: as those are empty, nobody was asked for them.
fn own_slots(state: &EvmState, reads: &ReadSet) -> Vec<(Address, U256)> {
    let used: usize = state.values().map(|account| account.storage.len()).sum();
    if used == reads.slots.len() {
        return Vec::new();
    }
    let asked = reads.slots.iter().map(|read| (read.address, read.slot));
    let asked: HashSet<_> = asked.collect();
    let slots = |(address, account): (&Address, &Account)| {
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

fn read_of<'r>(reads: &'r ReadSet, address: Address, account: &Account) -> Option<&'r AccountRead> {
    let by_number = account
        .info
        .account_id
        .and_then(|id| reads.accounts.get(id.get()));
    match by_number {
        Some(read) if read.address == address => Some(read),
        // revm forgets the number of an account that it was told does not exist.
        _ => reads.accounts.iter().find(|read| read.address == address),
    }
}

fn destroyed(tx: TxIdx, read: &AccountRead, writes: &mut WriteSet) {
    let write = AccountWrite {
        address: read.address,
        balance: changed(U256::ZERO, read.balance).map(BalanceWrite::Set),
        nonce: changed(0, read.nonce),
        code_hash: changed(KECCAK256_EMPTY, read.code_hash),
        existence: Some(Existence {
            exists: false,
            wiped_by: Some(tx),
        }),
    };
    writes.accounts.push(write);
}

fn updated(block: &Block, tx: TxIdx, read: &AccountRead, account: &Account, writes: &mut WriteSet) {
    let info = &account.info;
    let mut write = AccountWrite {
        address: read.address,
        balance: if account.is_created() && read.fees.is_some() {
            // What a beneficiary was paid before it was made is its own now: fees count anew from here.
            Some(BalanceWrite::Set(info.balance))
        } else {
            changed(info.balance, read.balance).map(|now| match read.observed {
                Observed::Value => BalanceWrite::Set(now),
                Observed::Nothing | Observed::AtLeast(_) => balances::difference(now, read.balance),
            })
        },
        nonce: changed(info.nonce, read.nonce),
        code_hash: changed(info.code_hash, read.code_hash)
            .filter(|_| account.is_created() || !planted(Defect::DelegationUnwritten)),
        existence: None,
    };
    let empty_goes = block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON);
    if account.is_created() {
        write.existence = Some(Existence {
            exists: true,
            wiped_by: Some(tx),
        });
    } else if !read.exists && !empty_goes {
        // Before EIP-161 a touch is enough to exist; from then on existence follows from the other fields.
        write.existence = Some(Existence {
            exists: true,
            wiped_by: read.wiped_by,
        });
    } else if read.exists && empty_goes && account.is_empty() {
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
    for (slot, value) in account.changed_storage_slots() {
        writes
            .slots
            .push((read.address, *slot, value.present_value()));
    }
}

/// The new value, if it is another one.
fn changed<T: PartialEq>(now: T, before: T) -> Option<T> {
    (now != before).then_some(now)
}
