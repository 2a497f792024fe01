//! What the memory keeps of a transaction's last incarnation: as little as validation and analysis need.
//!
//! Values are not in here: those written are in the cells, and those read were for the EVM. What most
//! transactions touch fits without an allocation.

use alloy_primitives::{Address, B256, KECCAK256_EMPTY, U256};
use revm::state::Bytecode;
use smallvec::SmallVec;

use super::{
    Executed,
    cell::{AccountCell, AllAccounts, AllSlots},
    location::{
        AccountOrigins, AccountRead, AccountWrite, Observed, Origin, ReadSet, SlotRead, SlotWrite,
        Version, WriteSet,
    },
    table::Place,
};
use crate::{
    block::{Block, TxIdx},
    outcome::Outcome,
    switches::{Balances, Nonces, Switches},
};

/// Fields of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(u8);

impl Fields {
    pub const BALANCE: Self = Self(1);
    pub const NONCE: Self = Self(2);
    pub const CODE: Self = Self(4);
    pub const EXISTENCE: Self = Self(8);
    pub const WHOLE: Self = Self(16);

    /// Those that are written.
    pub fn of(write: &AccountWrite) -> Self {
        Self(
            Self::BALANCE.only_if(write.balance.is_some())
                | Self::NONCE.only_if(write.nonce.is_some())
                | Self::CODE.only_if(write.code_hash.is_some())
                | Self::EXISTENCE.only_if(write.existence.is_some()),
        )
    }

    /// Balance and nonce, as far as they were looked at.
    pub fn seen(read: &AccountRead) -> Self {
        let balance = read.observed != Observed::Nothing;
        Self(Self::BALANCE.only_if(balance) | Self::NONCE.only_if(read.sees_nonce))
    }

    fn only_if(self, is_so: bool) -> u8 {
        if is_so { self.0 } else { 0 }
    }

    /// These, or none.
    pub fn unless(self, is_so: bool) -> Self {
        Self(self.only_if(!is_so))
    }

    pub fn has(self, some: Self) -> bool {
        self.0 & some.0 != 0
    }

    /// These without those.
    pub fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// An account that was read.
#[derive(Clone, Debug)]
pub(super) struct AccountTouch {
    pub place: Place,
    pub balance: Origin,
    pub nonce: Origin,
    /// Which of the two were looked at.
    pub looked_at: Fields,
    /// The whole read, where it was more than the values of balance and nonce over a prestate's code.
    pub whole: Option<Box<AccountRead>>,
}

/// A slot that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct SlotTouch {
    pub place: Place,
    pub origin: Origin,
}

/// The last recorded incarnation of a transaction.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Which; none before the first incarnation ran to its end.
    pub incarnation: Option<u32>,
    /// It was aborted: its fee is not to be relied on.
    pub estimate: bool,
    pub outcome: Option<Outcome>,
    pub accounts: SmallVec<[AccountTouch; 2]>,
    pub slots: SmallVec<[SlotTouch; 2]>,
    /// Accounts that were written, each with the fields that were.
    pub wrote: SmallVec<[(Place, Fields); 2]>,
    /// Slots that were written.
    pub wrote_slots: SmallVec<[Place; 2]>,
    pub fee: Option<U256>,
    pub codes: Vec<(B256, Bytecode)>,
    pub own_slots: Vec<(Address, U256)>,
    /// Everything, where the cells hold what was declared and that does not say what was written.
    pub all: Option<Box<Executed>>,
}

/// What the incarnation before the last wrote.
pub(super) struct Wrote {
    pub accounts: SmallVec<[(Place, Fields); 2]>,
    pub slots: SmallVec<[Place; 2]>,
    pub fee: Option<U256>,
}

impl Record {
    /// Makes room for an incarnation; says what the one before wrote, if there was one.
    pub fn begin(&mut self, incarnation: u32) -> Option<Wrote> {
        self.estimate = false;
        self.incarnation.replace(incarnation)?;
        self.accounts.clear();
        self.slots.clear();
        Some(Wrote {
            accounts: std::mem::take(&mut self.wrote),
            slots: std::mem::take(&mut self.wrote_slots),
            fee: self.fee,
        })
    }

    /// Keeps what was read, and what is not kept in cells; takes it where a copy would cost more.
    pub fn keep(&mut self, executed: &mut Executed) {
        let Executed {
            outcome,
            reads,
            writes,
        } = executed;
        let by_value = reads.switches.balances == Balances::Commutative;
        let accounts = reads.accounts.iter();
        self.accounts
            .extend(accounts.map(|read| touch(read, by_value)));
        let slots = reads.slots.iter();
        self.slots.extend(slots.map(|read| SlotTouch {
            place: read.place,
            origin: read.origin,
        }));
        self.fee = writes.fee;
        std::mem::swap(&mut self.codes, &mut writes.codes);
        std::mem::swap(&mut self.own_slots, &mut writes.own_slots);
        self.outcome = Some(std::mem::take(outcome));
    }

    /// The incarnation as analyses want it.
    pub fn into_executed(
        self,
        tx: TxIdx,
        block: &Block,
        switches: Switches,
        accounts: &AllAccounts<'_>,
        slots: &AllSlots,
    ) -> (Version, Executed) {
        let incarnation = self.incarnation;
        let incarnation =
            incarnation.expect("a strategy is done only when every transaction was executed");
        let version = Version { tx, incarnation };
        if let Some(all) = self.all {
            return (version, *all);
        }
        let slot = |place: Place| {
            let cell = slots.at(place);
            (accounts.at(cell.account).address, cell)
        };
        let accounts_read = self.accounts.into_iter().map(|touch| match touch.whole {
            Some(read) => *read,
            None => touch.read(accounts.at(touch.place)),
        });
        let slots_read = self.slots.into_iter().map(|touch| {
            let (address, cell) = slot(touch.place);
            SlotRead {
                address,
                slot: cell.slot,
                place: touch.place,
                origin: touch.origin,
            }
        });
        let wrote = self.wrote.iter();
        let wrote = wrote.filter(|(_, fields)| !fields.without(Fields::WHOLE).is_empty());
        let slots_written = self.wrote_slots.iter().map(|place| {
            let (address, cell) = slot(*place);
            SlotWrite {
                address,
                slot: cell.slot,
                value: cell.versions.of(tx).copied().unwrap_or_default(),
                account: cell.account,
                place: Some(*place),
            }
        });
        let executed = Executed {
            outcome: self.outcome.expect("it was recorded with the incarnation"),
            reads: ReadSet {
                switches,
                accounts: accounts_read.collect(),
                slots: slots_read.collect(),
            },
            writes: WriteSet {
                unit: switches.unit,
                expected: expected(block, tx, switches),
                accounts: wrote
                    .map(|(place, _)| accounts.at(*place).written_by(tx, *place))
                    .collect(),
                slots: slots_written.collect(),
                codes: self.codes,
                own_slots: self.own_slots,
                fee: self.fee,
            },
        };
        (version, executed)
    }
}

/// The sender whose next nonce everybody expects.
pub(crate) fn expected(block: &Block, tx: TxIdx, switches: Switches) -> Option<Address> {
    match switches.nonces {
        Nonces::Read => None,
        Nonces::Expected => Some(block.txs[tx.index()].caller),
    }
}

/// What is kept of a read; all of it where balances are compared by value, which are sums.
fn touch(read: &AccountRead, by_value: bool) -> AccountTouch {
    let AccountOrigins {
        balance,
        nonce,
        code,
        existence,
        whole,
    } = read.origins;
    let is_plain = !by_value
        && (code, existence, whole) == (None, None, None)
        && read.fees.is_none()
        && !read.compares_nonce;
    AccountTouch {
        place: read.place,
        balance,
        nonce,
        looked_at: Fields::seen(read),
        whole: (!is_plain).then(|| Box::new(read.clone())),
    }
}

impl AccountTouch {
    /// The read this is what is left of.
    fn read(&self, cell: &AccountCell<'_>) -> AccountRead {
        AccountRead {
            observed: match self.looked_at.has(Fields::BALANCE) {
                true => Observed::Value,
                false => Observed::Nothing,
            },
            sees_nonce: self.looked_at.has(Fields::NONCE),
            has_code: cell.code_hash_before() != KECCAK256_EMPTY,
            origins: AccountOrigins {
                balance: self.balance,
                nonce: self.nonce,
                ..AccountOrigins::default()
            },
            ..AccountRead::new(cell.address, self.place)
        }
    }
}
