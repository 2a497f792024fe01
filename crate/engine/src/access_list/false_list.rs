//! Why a block access list is refused: where, when, and what is wrong there.

use std::fmt;

use crate::{
    block::{Block, TxIdx},
    memory::Location,
};

use super::transaction;

/// Where a list and an execution differ.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the block access list does not hold at the {}{}: {what}", Place(self.at), Suffix(self.moment))]
pub struct FalseList {
    /// Where.
    pub at: Location,
    /// When; reads have no time.
    pub moment: Option<Moment>,
    /// Which of the two has more, or that values differ.
    pub what: &'static str,
}

impl FalseList {
    /// A list in the EIP's form is not enough.
    pub(super) fn unsaid(index: u32, at: Location, block: &Block) -> Self {
        Self {
            at,
            moment: Some(Moment::of(index, block.txs.len())),
            what: "an account is created or destroyed there, and the EIP's form, made for hard forks \
                   from Cancun on, cannot say that it exists or that its storage goes",
        }
    }

    /// The transaction, where the list has one.
    pub fn tx(&self) -> Option<TxIdx> {
        match self.moment {
            Some(Moment::During(tx)) => Some(tx),
            _ => None,
        }
    }
}

/// What an index of a list stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The steps before the first transaction.
    Before,
    /// A transaction.
    During(TxIdx),
    /// The steps after the last transaction.
    After,
}

impl Moment {
    /// What `index` stands for in a block of so many transactions.
    pub(super) fn of(index: u32, txs: usize) -> Self {
        match (index, transaction(index, txs)) {
            (_, Some(tx)) => Self::During(tx),
            (0, None) => Self::Before,
            (_, None) => Self::After,
        }
    }
}

/// A location in words.
struct Place(Location);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Location::Balance(address) => write!(f, "balance of {address}"),
            Location::Nonce(address) => write!(f, "nonce of {address}"),
            Location::Code(address) => write!(f, "code of {address}"),
            Location::Existence(address) => write!(f, "existence of {address}"),
            Location::Slot(address, slot) => write!(f, "slot {slot:#x} of {address}"),
            Location::Account(address) => write!(f, "account {address}"),
            Location::Fees => f.write_str("fees"),
        }
    }
}

/// When, as the end of a place.
struct Suffix(Option<Moment>);

impl fmt::Display for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => Ok(()),
            Some(Moment::Before) => f.write_str(", before the first transaction"),
            Some(Moment::During(tx)) => write!(f, ", transaction {}", tx.0),
            Some(Moment::After) => f.write_str(", after the last transaction"),
        }
    }
}
