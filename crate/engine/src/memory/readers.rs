//! Who read a location, so that a write can tell whose reads it overtook.
//!
//! The rule: a reader is added under the lock under which it reads, and writes look under the same lock,
//! so a reader has seen a write or is found by it.

use std::{collections::BTreeMap, ops::Bound};

use super::location::Version;
use crate::block::TxIdx;

/// The last incarnation of each transaction that read; nothing is made for it before the first.
#[derive(Clone, Debug, Default)]
pub(super) struct Readers(Option<BTreeMap<TxIdx, u32>>);

impl Readers {
    /// `reader` reads now.
    pub fn add(&mut self, reader: Version) {
        let readers = self.0.get_or_insert_default();
        readers.insert(reader.tx, reader.incarnation);
    }

    /// Readers above `writer` that nobody else wrote for: up to the `next` writer, itself included.
    pub fn between(
        &self,
        writer: TxIdx,
        next: Option<TxIdx>,
    ) -> impl Iterator<Item = Version> + '_ {
        let end = next.map_or(Bound::Unbounded, Bound::Included);
        let range = (Bound::Excluded(writer), end);
        let readers = self.0.iter();
        readers
            .flat_map(move |readers| readers.range(range))
            .map(|(tx, incarnation)| Version {
                tx: *tx,
                incarnation: *incarnation,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_overtakes_readers_up_to_the_next_writer() {
        let mut readers = Readers::default();
        for (tx, incarnation) in [(1, 0), (3, 2), (5, 0), (5, 1), (7, 0)] {
            readers.add(Version {
                tx: TxIdx(tx),
                incarnation,
            });
        }
        let found = |writer, next: Option<u32>| -> Vec<_> {
            let found = readers.between(TxIdx(writer), next.map(TxIdx));
            found.map(|it| (it.tx.0, it.incarnation)).collect()
        };
        assert_eq!(found(1, Some(5)), [(3, 2), (5, 1)]);
        assert_eq!(found(3, None), [(5, 1), (7, 0)]);
        assert_eq!(found(7, None), []);
    }
}
