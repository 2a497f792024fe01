//! What a script has the block access list say that is not so.
//!
//! The list that the block then comes with is the true one with these changes, or the one of a file
//! beside the script. Only a strategy that is given a list looks at it, and refuses it: that is what such
//! a script shows.

use alloy_primitives::Address;
use interleave_engine::{
    access_list::{AccessList, FalseList, Moment, Value, index},
    block::TxIdx,
    memory::Location,
};

use super::{Batch, Place, Problem};

/// One value that the list has otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListChange {
    /// The transaction that leaves it, by the list.
    pub tx: TxIdx,
    /// Where.
    pub at: Location,
    /// What; none where the list leaves out what the transaction writes there.
    pub value: Option<Value>,
    /// Where the script says so.
    pub place: Option<Place>,
}

impl ListChange {
    /// Makes `list` say so.
    pub fn apply(&self, list: &mut AccessList) {
        let at = (self.at, index(self.tx));
        match self.value {
            Some(value) => {
                list.changes.insert(at, value);
                // A slot that changes is no read.
                list.accesses.remove(&self.at);
            }
            None => {
                list.changes.remove(&at);
            }
        }
    }
}

/// Why the list that came with `batch` is refused, where the script says what is false.
pub fn rejection(batch: &Batch, reason: &FalseList) -> Problem {
    let said = batch.list_changes.iter().find(|change| {
        let tx = Some(Moment::During(change.tx));
        change.at == reason.at && (reason.moment.is_none() || tx == reason.moment)
    });
    // Without a file, nothing but what the script says makes the list false.
    let of_script = batch
        .list_changes
        .first()
        .filter(|_| batch.access_list.is_none());
    let said = said.or(of_script);
    Problem {
        place: said.and_then(|change| change.place),
        ..Problem::error(named(batch, reason))
    }
}

/// The reason with the name of the account, if it has one.
fn named(batch: &Batch, reason: &FalseList) -> String {
    let text = reason.to_string();
    let named = |address: Address| {
        let name = batch.names.get(&address)?;
        Some(text.replacen(&address.to_string(), &format!("{name} ({address})"), 1))
    };
    reason.at.account().and_then(named).unwrap_or(text)
}
