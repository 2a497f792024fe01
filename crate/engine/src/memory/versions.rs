//! The values written at one location, by transaction.
//!
//! Most locations are written once in a block, so one entry needs no allocation.
//! The rule: entries are sorted by transaction, and a transaction has at most one.

use smallvec::SmallVec;

use super::location::{Origin, Version};
use crate::{
    block::TxIdx,
    defect::{Defect, planted},
};

/// What one transaction wrote at a location.
#[derive(Clone, Debug)]
pub(super) struct Entry<T> {
    /// The incarnation that wrote it.
    pub version: Version,
    /// An ESTIMATE: the incarnation was aborted, and the next one is expected to write here again.
    pub estimate: bool,
    /// The value; of no use while this is an ESTIMATE.
    pub value: T,
}

/// What a write changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Set {
    /// The transaction had no entry here before.
    pub is_new: bool,
    /// The value is another one than the transaction's last.
    pub is_other: bool,
    /// The lowest transaction above that wrote here too.
    pub next: Option<TxIdx>,
}

/// All entries of a location.
#[derive(Clone, Debug)]
pub(super) struct Versions<T> {
    entries: SmallVec<[Entry<T>; 1]>,
}

impl<T> Default for Versions<T> {
    fn default() -> Self {
        Self {
            entries: SmallVec::new(),
        }
    }
}

impl<T> Versions<T> {
    /// The entry of the highest transaction below `tx`.
    pub fn below(&self, tx: TxIdx) -> Option<&Entry<T>> {
        let end = self.position(tx);
        if planted(Defect::LowestWriterRead) {
            return self.entries[..end].first();
        }
        self.entries[..end].last()
    }

    /// All of them, sorted by transaction.
    pub fn entries(&self) -> &[Entry<T>] {
        &self.entries
    }

    /// Did nobody write here?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of `tx`.
    pub fn of(&self, tx: TxIdx) -> Option<&T> {
        let entry = self.entries.get(self.position(tx))?;
        (entry.version.tx == tx).then_some(&entry.value)
    }

    /// How many entries are below `tx`.
    ///
    /// Looks at the last first: most reads and writes happen near the end.
    pub fn position(&self, tx: TxIdx) -> usize {
        match self.entries.last() {
            None => 0,
            Some(last) if last.version.tx < tx => self.entries.len(),
            Some(_) => self.entries.partition_point(|entry| entry.version.tx < tx),
        }
    }

    /// The lowest transaction above `tx` that wrote here.
    pub fn above(&self, tx: TxIdx) -> Option<TxIdx> {
        let start = self.entries.partition_point(|entry| entry.version.tx <= tx);
        self.entries.get(start).map(|entry| entry.version.tx)
    }

    /// Writes, and says what that changed.
    pub fn set(&mut self, version: Version, value: T) -> Set
    where
        T: PartialEq,
    {
        let at = self.position(version.tx);
        let entry = Entry {
            version,
            estimate: false,
            value,
        };
        let (is_new, is_other) = match self.entries.get_mut(at) {
            Some(old) if old.version.tx == version.tx => {
                let is_other = old.value != entry.value;
                *old = entry;
                (false, is_other)
            }
            Some(_) => {
                self.entries.insert(at, entry);
                (true, true)
            }
            None => {
                self.entries.push(entry);
                return Set {
                    is_new: true,
                    is_other: true,
                    next: None,
                };
            }
        };
        Set {
            is_new,
            is_other,
            next: self.entries.get(at + 1).map(|entry| entry.version.tx),
        }
    }

    /// Takes the transaction's entry away.
    pub fn remove(&mut self, tx: TxIdx) {
        let at = self.position(tx);
        if self.of(tx).is_none() {
            return;
        }
        if planted(Defect::WriteNotWithdrawn) {
            self.entries[at].estimate = false;
            return;
        }
        self.entries.remove(at);
    }

    /// Marks the transaction's entry as an ESTIMATE.
    pub fn mark_estimate(&mut self, tx: TxIdx) {
        let at = self.position(tx);
        if let Some(entry) = self.entries.get_mut(at)
            && entry.version.tx == tx
        {
            entry.estimate = true;
        }
    }

    /// Would a read by `tx` see what it saw? Else the transaction that is in the way.
    pub fn still(&self, tx: TxIdx, origin: Origin) -> Result<(), Option<TxIdx>> {
        match (self.below(tx), origin) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(None),
            (Some(entry), Some(version)) if !entry.estimate && entry.version == version => Ok(()),
            (Some(entry), Some(version))
                if planted(Defect::IncarnationIgnored) && entry.version.tx == version.tx =>
            {
                Ok(())
            }
            (Some(entry), _) => Err(Some(entry.version.tx)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(tx: u32, incarnation: u32) -> Version {
        Version {
            tx: TxIdx(tx),
            incarnation,
        }
    }

    #[test]
    fn a_read_sees_the_highest_lower_transaction() {
        let mut versions = Versions::default();
        assert!(versions.set(version(5, 0), "five").is_new);
        assert!(versions.set(version(2, 0), "two").is_new);
        let again = Set {
            is_new: false,
            is_other: true,
            next: Some(TxIdx(5)),
        };
        assert_eq!(versions.set(version(2, 1), "two again"), again);
        assert!(versions.below(TxIdx(2)).is_none());
        assert_eq!(versions.below(TxIdx(5)).unwrap().value, "two again");
        assert_eq!(versions.below(TxIdx(9)).unwrap().value, "five");
        let above = [1, 2, 4, 5].map(|tx| versions.above(TxIdx(tx)));
        assert_eq!(
            above,
            [Some(TxIdx(2)), Some(TxIdx(5)), Some(TxIdx(5)), None]
        );
    }

    #[test]
    fn an_estimate_a_removal_and_a_newer_incarnation_end_a_read() {
        let mut versions = Versions::default();
        versions.set(version(1, 0), 10);
        assert_eq!(versions.still(TxIdx(3), Some(version(1, 0))), Ok(()));
        assert_eq!(versions.still(TxIdx(3), None), Err(Some(TxIdx(1))));
        versions.mark_estimate(TxIdx(1));
        assert_eq!(
            versions.still(TxIdx(3), Some(version(1, 0))),
            Err(Some(TxIdx(1)))
        );
        versions.set(version(1, 1), 11);
        assert_eq!(
            versions.still(TxIdx(3), Some(version(1, 0))),
            Err(Some(TxIdx(1)))
        );
        assert_eq!(versions.still(TxIdx(3), Some(version(1, 1))), Ok(()));
        versions.remove(TxIdx(1));
        assert_eq!(versions.still(TxIdx(3), Some(version(1, 1))), Err(None));
        assert_eq!(versions.still(TxIdx(3), None), Ok(()));
    }
}
