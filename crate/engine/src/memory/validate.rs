//! Would an incarnation read now what it read then?

use alloy_primitives::U256;

use super::{
    AccountCell, AccountRead, Conflict, Location, MvMemory, Observed, ReadSet, SlotRead, Verdict,
};
use crate::{
    block::TxIdx,
    defect::{Defect, planted},
    switches::{Balances, Nonces},
    sync::lock,
};

impl MvMemory<'_> {
    /// Would the last recorded incarnation of `tx` read now what it read then?
    /// Also says how many locations were compared, at most.
    pub fn validate(&self, tx: TxIdx) -> (Verdict, usize) {
        let record = lock(&self.records[tx.index()]);
        let Some((_, executed)) = &record.executed else {
            return (Verdict::Valid, 0);
        };
        let verdict = match self.first_conflict(tx, &executed.reads) {
            Some(conflict) => Verdict::Invalid(conflict),
            None => Verdict::Valid,
        };
        (verdict, executed.reads.len())
    }

    pub(super) fn first_conflict(&self, tx: TxIdx, reads: &ReadSet) -> Option<Conflict> {
        let accounts = reads
            .accounts
            .iter()
            .find_map(|read| self.account_conflict(tx, read));
        accounts.or_else(|| {
            reads
                .slots
                .iter()
                .find_map(|read| self.slot_conflict(tx, read))
        })
    }

    fn account_conflict(&self, tx: TxIdx, read: &AccountRead) -> Option<Conflict> {
        let address = read.address;
        let origins = &read.origins;
        let in_cell = match self.account_shard(address).get(&address) {
            Some(cell) => [
                (
                    Location::Balance(address),
                    self.balance_still(cell, tx, read),
                ),
                (Location::Nonce(address), self.nonce_still(cell, tx, read)),
                (
                    Location::Code(address),
                    cell.code_hash.still(tx, origins.code),
                ),
                (
                    Location::Existence(address),
                    cell.existence.still(tx, origins.existence),
                ),
                (
                    Location::Account(address),
                    cell.whole.still(tx, origins.whole),
                ),
            ]
            .into_iter()
            .find_map(|(location, still)| still.err().map(|writer| Conflict { location, writer })),
            // Cells are never taken away, so no version can have been read where there is none.
            None => None,
        };
        in_cell.or_else(|| {
            let seen = read.fees?;
            match self.fees_below(tx, read) {
                Ok(now) if now == seen => None,
                Ok(_) => Some(Conflict {
                    location: Location::Fees,
                    writer: Some(TxIdx(tx.0 - 1)),
                }),
                Err(conflict) => Some(conflict),
            }
        })
    }

    /// Does what was found out about a balance still hold? Else who is in the way.
    fn balance_still(
        &self,
        cell: &AccountCell,
        tx: TxIdx,
        read: &AccountRead,
    ) -> Result<(), Option<TxIdx>> {
        if self.switches.balances == Balances::Plain {
            return cell.balance.still(tx, read.origins.balance);
        }
        let before = self.block.prestate.accounts.get(&read.address);
        let before = before.map_or(U256::ZERO, |account| account.balance);
        let (now, last, set_by) = cell.balance.balance(tx, before).map_err(Some)?;
        let holds = match read.observed {
            Observed::Nothing => true,
            Observed::AtLeast(least) => now >= least || planted(Defect::CoverUnchecked),
            // Fees count since the balance was set, so who set it matters as much as to what.
            Observed::Value if read.fees.is_some() => {
                now == read.own_balance && set_by == read.balance_set_by
            }
            Observed::Value => now == read.own_balance,
        };
        match holds {
            true => Ok(()),
            false => Err(last.map(|version| version.tx)),
        }
    }

    fn nonce_still(
        &self,
        cell: &AccountCell,
        tx: TxIdx,
        read: &AccountRead,
    ) -> Result<(), Option<TxIdx>> {
        if self.switches.nonces == Nonces::Read {
            return cell.nonce.still(tx, read.origins.nonce);
        }
        let before = self.block.prestate.accounts.get(&read.address);
        let below = cell.nonce.below(tx);
        let now = match below {
            Some(entry) => entry.value,
            None => before.map_or(0, |account| account.nonce),
        };
        match now == read.nonce || planted(Defect::NonceTrusted) {
            true => Ok(()),
            false => Err(below.map(|entry| entry.version.tx)),
        }
    }

    fn slot_conflict(&self, tx: TxIdx, read: &SlotRead) -> Option<Conflict> {
        let key = (read.address, read.slot);
        let writer = self
            .slot_shard(key)
            .get(&key)?
            .versions
            .still(tx, read.origin)
            .err()?;
        Some(Conflict {
            location: Location::Slot(read.address, read.slot),
            writer,
        })
    }
}
