//! Cells by their key, each with a place at which it is found again without hashing.
//!
//! Reading a location finds or makes its cell; validating the read and recording a write then go by
//! its place. Cells are spread over locks, and a cell is only ever looked at under its lock.
//! The rule: a cell is never taken away, so a place holds as long as the table.

use std::hash::{BuildHasher, Hash};

use hashbrown::{HashTable, hash_table::Entry};

use crate::sync::{Mutex, into_inner, lock};

/// Cells are spread over this many locks.
const SHARDS: u32 = 64;

/// Where a cell is: the shard in the lower bits, its number in there above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u32);

impl Place {
    fn shard(self) -> usize {
        (self.0 % SHARDS) as usize
    }

    fn number(self) -> usize {
        (self.0 / SHARDS) as usize
    }
}

/// What a table has cells of.
pub(super) trait Cell {
    type Key: Copy + Eq + Hash;

    fn key(&self) -> Self::Key;
}

/// Aligned, so that two locks do not share a cache line.
#[derive(Debug)]
#[repr(align(64))]
struct Shard<C>(Mutex<Cells<C>>);

#[derive(Debug)]
struct Cells<C> {
    /// Which cell has a key, by the key's hash.
    found: HashTable<Found>,
    cells: Vec<C>,
}

/// A cell, and as much of its key's hash as finds it: the table grows without looking at cells, and
/// compares keys where this much of their hashes is the same.
#[derive(Clone, Copy, Debug)]
struct Found {
    hash: u32,
    number: u32,
}

impl Found {
    /// The hash as the table takes it: positions come from the lowest bits, tags from the highest, of 32
    /// or of 64.
    fn spread(hash: u32) -> u64 {
        u64::from(hash) << 32 | u64::from(hash)
    }
}

/// All cells of one kind of location.
#[derive(Debug)]
pub(super) struct Table<C, H> {
    hasher: H,
    shards: Box<[Shard<C>]>,
}

impl<C: Cell, H: BuildHasher + Default> Table<C, H> {
    /// An empty table with room for about so many cells.
    pub fn new(expected: usize) -> Self {
        // Some shards get more than others, and growing copies.
        let room = expected / SHARDS as usize;
        let room = room + room / 4 + 4;
        let shard = |_| {
            Shard(Mutex::new(Cells {
                found: HashTable::with_capacity(room),
                cells: Vec::with_capacity(room),
            }))
        };
        Self {
            hasher: H::default(),
            shards: (0..SHARDS).map(shard).collect(),
        }
    }

    /// Acts on the cell of `key`, made if it is missing.
    pub fn entry<R>(
        &self,
        key: C::Key,
        make: impl FnOnce() -> C,
        act: impl FnOnce(Place, &mut C) -> R,
    ) -> R {
        let hash = self.hasher.hash_one(key);
        // The other half is the table's.
        let (shard, hash) = ((hash >> 32) as u32 % SHARDS, hash as u32);
        let mut held = lock(&self.shards[shard as usize].0);
        let Cells { found, cells } = &mut *held;
        let is_it = |it: &Found| it.hash == hash && cells[it.number as usize].key() == key;
        let hash_of = |it: &Found| Found::spread(it.hash);
        let number = match found.entry(Found::spread(hash), is_it, hash_of) {
            Entry::Occupied(it) => it.get().number,
            Entry::Vacant(room) => {
                let number = cells.len() as u32;
                cells.push(make());
                room.insert(Found { hash, number });
                number
            }
        };
        act(Place(number * SHARDS + shard), &mut cells[number as usize])
    }

    /// Acts on the cell at `place`.
    pub fn at<R>(&self, place: Place, act: impl FnOnce(&mut C) -> R) -> R {
        let mut held = lock(&self.shards[place.shard()].0);
        act(&mut held.cells[place.number()])
    }

    /// All cells, now that nobody else can look at them.
    pub fn into_cells(self) -> AllCells<C> {
        let cells = |Shard(cells)| into_inner(cells).cells;
        AllCells(self.shards.into_vec().into_iter().map(cells).collect())
    }
}

/// The cells of a table that nobody changes any more.
pub(super) struct AllCells<C>(Vec<Vec<C>>);

impl<C> AllCells<C> {
    pub fn at(&self, place: Place) -> &C {
        &self.0[place.shard()][place.number()]
    }

    pub fn iter(&self) -> impl Iterator<Item = &C> {
        self.0.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::map::DefaultHashBuilder;

    use super::*;

    struct Count(u64, u32);

    impl Cell for Count {
        type Key = u64;

        fn key(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn a_cell_is_made_once_and_found_again_by_its_place() {
        let table: Table<Count, DefaultHashBuilder> = Table::new(0);
        let mut places = Vec::new();
        for round in 1..=3 {
            for key in 0..1_000 {
                let place = table.entry(
                    key,
                    || Count(key, 0),
                    |place, cell| {
                        cell.1 += 1;
                        assert_eq!(cell.1, round);
                        place
                    },
                );
                places.push((key, place));
            }
        }
        for (key, place) in places {
            table.at(place, |cell| assert_eq!((cell.0, cell.1), (key, 3)));
        }
        assert_eq!(table.into_cells().iter().count(), 1_000);
    }
}
