//! The cursor that hands out validations: where it stands, and in which wave.

use crate::{
    block::TxIdx,
    sync::atomic::{AtomicU64, Ordering::SeqCst},
};

/// Sweeps the block again and again; all who ask see one place and its wave together.
#[derive(Debug, Default)]
pub struct Cursor(
    /// The wave in the upper half, the next transaction to validate in the lower.
    AtomicU64,
);

/// Where the cursor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub wave: u32,
    /// The next transaction to validate, or how many there are.
    pub tx: u32,
}

impl Place {
    fn of(bits: u64) -> Self {
        Self {
            wave: (bits >> 32) as u32,
            tx: bits as u32,
        }
    }

    fn bits(self) -> u64 {
        (u64::from(self.wave) << 32) + u64::from(self.tx)
    }
}

impl Cursor {
    pub fn place(&self) -> Place {
        Place::of(self.0.load(SeqCst))
    }

    /// Goes on from `seen` to `tx` in the same wave; false if it stands elsewhere by now.
    pub fn advance(&self, seen: Place, tx: u32) -> bool {
        let moved = Place { tx, ..seen }.bits();
        (self.0)
            .compare_exchange(seen.bits(), moved, SeqCst, SeqCst)
            .is_ok()
    }

    /// Goes back to `tx` in a new wave, which it returns; stays where it is if it had not passed `tx`.
    pub fn go_back(&self, tx: TxIdx) -> Option<u32> {
        let back = |bits| {
            let Place { wave, tx: at } = Place::of(bits);
            let (wave, tx) = (wave + 1, tx.0);
            (at > tx).then(|| Place { wave, tx }.bits())
        };
        let before = self.0.fetch_update(SeqCst, SeqCst, back).ok()?;
        Some(Place::of(before).wave + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_back_in_a_new_wave_and_only_to_what_it_passed() {
        let cursor = Cursor::default();
        let begin = cursor.place();
        assert_eq!(begin, Place { wave: 0, tx: 0 });
        assert_eq!(cursor.go_back(TxIdx(0)), None);
        assert!(cursor.advance(begin, 3));
        assert!(!cursor.advance(begin, 5), "it stands elsewhere");
        assert_eq!(cursor.go_back(TxIdx(3)), None);
        assert_eq!(cursor.go_back(TxIdx(1)), Some(1));
        assert_eq!(cursor.place(), Place { wave: 1, tx: 1 });
        assert_eq!(cursor.go_back(TxIdx(0)), Some(2));
        let last = u32::MAX;
        assert!(cursor.advance(cursor.place(), last));
        assert_eq!(cursor.place(), Place { wave: 2, tx: last });
    }
}
