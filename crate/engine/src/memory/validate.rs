//! Would an incarnation read now what it read then?

use alloy_primitives::Address;

use super::{
    AccountOrigins, AccountRead, Conflict, Location, MvMemory, Observed, Verdict,
    cell::{AccountCell, Rare},
    record::{AccountTouch, Fields, Record, SlotTouch},
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
        let verdict = match self.first_conflict(tx, &record) {
            Some(conflict) => Verdict::Invalid(conflict),
            None => Verdict::Valid,
        };
        (verdict, record.accounts.len() + record.slots.len())
    }

    /// The first value that `tx` relies on and that is not so any more, of those that are compared as
    /// values.
    pub fn value_conflict(&self, tx: TxIdx) -> Option<Conflict> {
        let record = lock(&self.records[tx.index()]);
        let mut accounts = record.accounts.iter();
        accounts.find_map(|touch| {
            // Where anything is compared as a value, reads are kept whole.
            let read = touch.whole.as_deref()?;
            let fields = [Location::Balance, Location::Nonce].map(|field| field(read.address));
            let mut compared = fields.into_iter().filter(|field| self.compares(*field));
            self.accounts.look(read.place, |cell| {
                compared.find_map(|location| {
                    let writer = self.value_still(cell, tx, read, location).err()?;
                    Some(Conflict { location, writer })
                })
            })
        })
    }

    /// Does the last recorded incarnation of `tx` rely on this balance or nonce, which was another one
    /// when it read it? Where values are compared, does it rely on another value?
    pub(super) fn depends_on(&self, tx: TxIdx, record: &Record, location: Location) -> bool {
        let field = match location {
            Location::Balance(_) => Fields::BALANCE,
            _ => Fields::NONCE,
        };
        record.accounts.iter().any(|touch| {
            self.accounts.look(touch.place, |cell| {
                if location.account() != Some(cell.address) {
                    return false;
                }
                match touch.whole.as_deref() {
                    Some(read) if self.compares(location) => {
                        self.value_still(cell, tx, read, location).is_err()
                    }
                    _ => touch.looked_at.has(field),
                }
            })
        })
    }

    /// Does what was found out about this balance or nonce still hold?
    fn value_still(
        &self,
        cell: &AccountCell<'_>,
        tx: TxIdx,
        read: &AccountRead,
        location: Location,
    ) -> Result<(), Option<TxIdx>> {
        match location {
            Location::Balance(_) => self.balance_still(cell, tx, read),
            _ => self.nonce_still(cell, tx, read),
        }
    }

    fn first_conflict(&self, tx: TxIdx, record: &Record) -> Option<Conflict> {
        let mut accounts = record.accounts.iter();
        let accounts = accounts.find_map(|touch| self.account_conflict(tx, touch));
        accounts.or_else(|| {
            let mut slots = record.slots.iter();
            slots.find_map(|touch| self.slot_conflict(tx, touch))
        })
    }

    fn account_conflict(&self, tx: TxIdx, touch: &AccountTouch) -> Option<Conflict> {
        if let Some(read) = &touch.whole {
            return self.read_conflict(tx, read);
        }
        self.accounts.look(touch.place, |cell| {
            let at = |location, writer| Conflict { location, writer };
            let looked_at = |field| touch.looked_at.has(field);
            let balance = match looked_at(Fields::BALANCE) {
                true => cell.balance.still(tx, touch.balance),
                false => Ok(()),
            };
            let nonce = match looked_at(Fields::NONCE) {
                true => cell.nonce.still(tx, touch.nonce),
                false => Ok(()),
            };
            match (balance, nonce, cell.rare.as_deref()) {
                (Err(writer), ..) => Some(at(Location::Balance(cell.address), writer)),
                (_, Err(writer), _) => Some(at(Location::Nonce(cell.address), writer)),
                (Ok(()), Ok(()), None) => None,
                (Ok(()), Ok(()), Some(rare)) => {
                    rare_conflict(cell.address, rare, tx, &AccountOrigins::default())
                }
            }
        })
    }

    fn read_conflict(&self, tx: TxIdx, read: &AccountRead) -> Option<Conflict> {
        let in_cell = self.accounts.look(read.place, |cell| {
            let balance = self.balance_still(cell, tx, read);
            let nonce = self.nonce_still(cell, tx, read);
            let fields = [
                (Location::Balance(read.address), balance),
                (Location::Nonce(read.address), nonce),
            ];
            let first = first_error(fields);
            let rare = cell.rare.as_deref();
            first.or_else(|| rare_conflict(read.address, rare?, tx, &read.origins))
        });
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
        cell: &AccountCell<'_>,
        tx: TxIdx,
        read: &AccountRead,
    ) -> Result<(), Option<TxIdx>> {
        let least = match read.observed {
            Observed::Nothing => return Ok(()),
            Observed::AtLeast(least) => Some(least),
            Observed::Value => None,
        };
        if self.switches.balances == Balances::Plain {
            return cell.balance.still(tx, read.origins.balance);
        }
        let before = cell.balance_before();
        let (now, last, set_by) = cell.balance.balance(tx, before).map_err(Some)?;
        let holds = match least {
            Some(least) => now >= least || planted(Defect::CoverUnchecked),
            // Fees count since the balance was set, so who set it matters as much as to what.
            None if read.fees.is_some() => now == read.own_balance && set_by == read.balance_set_by,
            None => now == read.own_balance,
        };
        match holds {
            true => Ok(()),
            false => Err(last.map(|version| version.tx)),
        }
    }

    fn nonce_still(
        &self,
        cell: &AccountCell<'_>,
        tx: TxIdx,
        read: &AccountRead,
    ) -> Result<(), Option<TxIdx>> {
        if !read.sees_nonce {
            return Ok(());
        }
        if self.switches.nonces == Nonces::Read {
            return cell.nonce.still(tx, read.origins.nonce);
        }
        let below = cell.nonce.below(tx);
        let now = below.map_or(cell.nonce_before(), |entry| entry.value);
        match now == read.nonce || planted(Defect::NonceTrusted) {
            true => Ok(()),
            false => Err(below.map(|entry| entry.version.tx)),
        }
    }

    fn slot_conflict(&self, tx: TxIdx, touch: &SlotTouch) -> Option<Conflict> {
        self.slots.look(touch.place, |cell| {
            let writer = cell.versions.still(tx, touch.origin).err()?;
            // Accounts are looked at after slots, here as everywhere.
            let address = self.accounts.look(cell.account, |account| account.address);
            Some(Conflict {
                location: Location::Slot(address, cell.slot),
                writer,
            })
        })
    }
}

fn first_error<const N: usize>(
    fields: [(Location, Result<(), Option<TxIdx>>); N],
) -> Option<Conflict> {
    let mut fields = fields.into_iter();
    fields.find_map(|(location, still)| still.err().map(|writer| Conflict { location, writer }))
}

fn rare_conflict(
    address: Address,
    rare: &Rare,
    tx: TxIdx,
    origins: &AccountOrigins,
) -> Option<Conflict> {
    first_error([
        (
            Location::Code(address),
            rare.code_hash.still(tx, origins.code),
        ),
        (
            Location::Existence(address),
            rare.existence.still(tx, origins.existence),
        ),
        (
            Location::Account(address),
            rare.whole.still(tx, origins.whole),
        ),
    ])
}
