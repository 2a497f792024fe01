//! What an incarnation sees.
//!
//! The rule: where readers are followed, one is entered under the lock under which it reads.

use alloy_primitives::{Address, B256, KECCAK256_EMPTY, U256};
use revm::{primitives::hardfork::SpecId, state::Bytecode};

use super::{
    AccountRead, AccountSeen, Conflict, Fees, Follow, Location, MvMemory, Observed, Origin, Reader,
    SlotRead,
    cell::{AccountCell, SlotCell},
    table::Place,
    versions::Versions,
};
use crate::{
    block::TxIdx,
    defect::{Defect, planted},
    state::{Account, is_empty},
    switches::{Balances, FeeCredit, Nonces},
    sync::lock,
};

impl<'b> MvMemory<'b> {
    /// Acts on the cell of an account.
    pub(super) fn account<R>(
        &self,
        address: Address,
        act: impl FnOnce(Place, &mut AccountCell<'b>) -> R,
    ) -> R {
        let make = || AccountCell::new(address, self.block.prestate.accounts.get(&address));
        self.accounts.entry(address, make, act)
    }

    /// Acts on the cell of a slot of the account at `account`, which is `before` in the prestate.
    pub(super) fn slot<R>(
        &self,
        account: Place,
        slot: U256,
        before: impl FnOnce() -> U256,
        act: impl FnOnce(Place, &mut SlotCell) -> R,
    ) -> R {
        let make = || SlotCell::new(account, slot, before());
        self.slots.entry((account, slot), make, act)
    }

    /// Adds to `reads` the account as `reader` sees it now, and to `seen` its values; or says what it has
    /// to wait for, and then the last of both is good for nothing.
    pub fn read_account(
        &self,
        address: Address,
        reader: Reader,
        reads: &mut Vec<AccountRead>,
        seen: &mut Vec<AccountSeen<'b>>,
    ) -> Result<(), Conflict> {
        let tx = reader.sees_below();
        let mut look = |place, cell: &AccountCell<'b>| {
            reads.push(AccountRead::new(address, place));
            seen.push(AccountSeen {
                before: cell.before,
                balance: cell.balance_before(),
                nonce: cell.nonce_before(),
                code_hash: cell.code_hash_before(),
                exists: cell.before.is_some(),
            });
            let (read, seen) = (last(reads), last(seen));
            self.look_at(cell, tx, read, seen)
        };
        match self.accounts.below().and_then(|it| it.find(address)) {
            Some((place, cell)) => look(place, cell)?,
            None => self.account(address, |place, cell| {
                if self.follow == Follow::Readers {
                    cell.readers.add(reader.version);
                }
                look(place, cell)
            })?,
        }
        let (read, seen) = (last(reads), last(seen));
        if address == self.block.env.beneficiary && self.adds_fees() {
            if self.follow == Follow::Readers {
                // Before the sum is made: a fee that changes while it is made is noticed.
                lock(&self.fee_readers).add(reader.version);
            }
            let fees = self.fees_below(tx, read)?;
            if !planted(Defect::FeesUnseen) {
                seen.balance = seen.balance.saturating_add(fees.sum);
            }
            read.fees = Some(fees);
        }
        // From EIP-161 on an account exists if it is not empty. Before it, being touched was enough,
        // and every fee, also a fee of nothing, touches the beneficiary.
        seen.exists = if self.block.spec.is_enabled_in(SpecId::SPURIOUS_DRAGON) {
            !is_empty(seen.balance, seen.nonce, seen.code_hash)
        } else {
            seen.exists || read.fees.is_some_and(|fees| fees.payers > 0)
        };
        Ok(())
    }

    /// Puts what transactions below `tx` wrote over the prestate's values.
    fn look_at(
        &self,
        cell: &AccountCell<'b>,
        tx: TxIdx,
        read: &mut AccountRead,
        seen: &mut AccountSeen<'b>,
    ) -> Result<(), Conflict> {
        let address = cell.address;
        let origins = &mut read.origins;
        if !cell.balance.is_empty() {
            let balance = cell.balance.balance(tx, seen.balance);
            let (balance, origin, set_by) = balance.map_err(|writer| Conflict {
                location: Location::Balance(address),
                writer: Some(writer),
            })?;
            seen.balance = balance;
            origins.balance = origin;
            read.balance_set_by = set_by;
        }
        let nonce = Location::Nonce(address);
        if let Some(value) = seen_at(&cell.nonce, tx, nonce, &mut origins.nonce)? {
            seen.nonce = *value;
        }
        if let Some(rare) = cell.rare.as_deref() {
            let code = Location::Code(address);
            if let Some(value) = seen_at(&rare.code_hash, tx, code, &mut origins.code)? {
                seen.code_hash = *value;
            }
            let at = Location::Existence(address);
            if let Some(value) = seen_at(&rare.existence, tx, at, &mut origins.existence)? {
                seen.exists = value.exists;
                read.wiped_by = value.wiped_by;
            }
            let whole = Location::Account(address);
            seen_at(&rare.whole, tx, whole, &mut origins.whole)?;
        }
        read.own_balance = seen.balance;
        read.nonce = seen.nonce;
        read.has_code = seen.code_hash != KECCAK256_EMPTY;
        read.compares_nonce = self.switches.nonces == Nonces::Expected;
        if self.switches.balances == Balances::Commutative {
            read.observed = Observed::Nothing;
        }
        Ok(())
    }

    /// The slot as `reader` sees it now, which is added to `reads`; `account` is what it read of the
    /// account, which in the prestate is `before`.
    pub fn read_slot(
        &self,
        account: &AccountRead,
        before: Option<&Account>,
        slot: U256,
        reader: Reader,
        reads: &mut Vec<SlotRead>,
    ) -> Result<U256, Conflict> {
        let tx = reader.sees_below();
        let address = account.address;
        let before = || before.and_then(|before| before.storage.get(&slot).copied());
        let before = || before().unwrap_or_default();
        let wiped_by = (account.wiped_by).filter(|_| !planted(Defect::DestroyedStorageKept));
        let mut look = |place, cell: &SlotCell| {
            let mut origin = None;
            let location = Location::Slot(address, slot);
            let written = seen_at(&cell.versions, tx, location, &mut origin)?.copied();
            let value = match (written, wiped_by) {
                (Some(_), Some(wipe)) if origin.is_some_and(|by| by.tx < wipe) => U256::ZERO,
                (Some(value), _) => value,
                (None, Some(_)) => U256::ZERO,
                (None, None) => cell.before,
            };
            reads.push(SlotRead {
                address,
                slot,
                place,
                origin,
            });
            Ok(value)
        };
        match self
            .slots
            .below()
            .and_then(|it| it.find((account.place, slot)))
        {
            Some((place, cell)) => look(place, cell),
            None => self.slot(account.place, slot, before, |place, cell| {
                if self.follow == Follow::Readers && !planted(Defect::SlotReaderForgotten) {
                    cell.readers.add(reader.version);
                }
                look(place, cell)
            }),
        }
    }

    /// Code by its hash, from the prestate or from a creation in this block.
    pub fn code(&self, hash: B256) -> Option<Bytecode> {
        match self.block.prestate.codes.get(&hash) {
            Some(code) => Some(code.clone()),
            None => lock(&self.codes).get(&hash).cloned(),
        }
    }

    /// Are fees to be added to what is written of the beneficiary's balance?
    pub(super) fn adds_fees(&self) -> bool {
        self.switches.fees == FeeCredit::Deferred && self.stores()
    }

    /// Fees that transactions below `tx` paid since the beneficiary's balance was last written.
    ///
    /// Whether a lower transaction is valid, and what it pays, is not known before it ran: one that
    /// has not run yet, or is to run again, is waited for.
    pub(super) fn fees_below(&self, tx: TxIdx, read: &AccountRead) -> Result<Fees, Conflict> {
        let since = read.balance_set_by.max(read.wiped_by);
        let first = since.map_or(0, TxIdx::index);
        let mut fees = Fees::default();
        for below in (first..tx.index()).rev() {
            if self.cannot_pay(below) {
                continue;
            }
            let record = lock(&self.records[below]);
            if record.incarnation.is_none() || record.estimate {
                let writer = Some(TxIdx(below as u32));
                return Err(Conflict {
                    location: Location::Fees,
                    writer,
                });
            }
            fees.add(record.fee);
        }
        Ok(fees)
    }
}

/// What was just added.
fn last<T>(list: &mut [T]) -> &mut T {
    list.last_mut().expect("something was added")
}

/// What `tx` sees at a location, with its origin; an ESTIMATE is a conflict.
fn seen_at<'v, T>(
    versions: &'v Versions<T>,
    tx: TxIdx,
    location: Location,
    origin: &mut Origin,
) -> Result<Option<&'v T>, Conflict> {
    match versions.below(tx) {
        Some(entry) if entry.estimate => Err(Conflict {
            location,
            writer: Some(entry.version.tx),
        }),
        Some(entry) => {
            *origin = Some(entry.version);
            Ok(Some(&entry.value))
        }
        None => Ok(None),
    }
}
