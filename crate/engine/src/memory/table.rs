//! Cells by their key, each with a place at which it is found again without hashing.
//!
//! Reading a location finds or makes its cell; validating the read and recording a write then go by
//! its place. Cells are spread over locks, and a cell is only ever looked at under its lock.
//! Below a table there may be another whose cells nobody changes any more; these need no lock.
//! The rule: a cell is never taken away, so a place holds as long as the table.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use hashbrown::{HashTable, hash_table::Entry};

use crate::sync::{Mutex, into_inner, lock};

/// Cells are spread over this many locks.
const SHARDS: u32 = 64;

/// Where a cell is: the shard in the lower bits, its number in there above, and at the top whether it is
/// one of those that nobody changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u32);

/// The mark of a cell that nobody changes.
const FROZEN: u32 = 1 << 31;

impl Place {
    fn is_frozen(self) -> bool {
        self.0 & FROZEN != 0
    }

    fn shard(self) -> usize {
        (self.0 % SHARDS) as usize
    }

    fn number(self) -> usize {
        ((self.0 & !FROZEN) / SHARDS) as usize
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
    /// In every place of its cells.
    mark: u32,
    /// Cells that were there before.
    below: Option<Arc<Frozen<C, H>>>,
    shards: Box<[Shard<C>]>,
}

impl<C: Cell, H: BuildHasher + Clone + Default> Table<C, H> {
    /// An empty table with room for about so many cells.
    pub fn new(expected: usize) -> Self {
        Self {
            hasher: H::default(),
            mark: 0,
            below: None,
            shards: shards(expected),
        }
    }

    /// The same for cells that nobody will change once they are [frozen](Self::freeze).
    pub fn to_freeze(expected: usize) -> Self {
        Self {
            mark: FROZEN,
            ..Self::new(expected)
        }
    }

    /// A table that begins with all these cells, and makes others beside them.
    pub fn above(below: Arc<Frozen<C, H>>) -> Self {
        Self {
            hasher: below.hasher.clone(),
            mark: 0,
            below: Some(below),
            shards: shards(0),
        }
    }

    /// The cells that were there before, if there were any.
    pub fn below(&self) -> Option<&Frozen<C, H>> {
        self.below.as_deref()
    }

    /// Acts on the cell of `key`, made if it is missing; it is none of those that nobody changes.
    pub fn entry<R>(
        &self,
        key: C::Key,
        make: impl FnOnce() -> C,
        act: impl FnOnce(Place, &mut C) -> R,
    ) -> R {
        let (shard, hash) = halves(&self.hasher, key);
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
        let place = Place((number * SHARDS + shard) | self.mark);
        act(place, &mut cells[number as usize])
    }

    /// Acts on the cell at `place`, which is none of those that nobody changes.
    pub fn at<R>(&self, place: Place, act: impl FnOnce(&mut C) -> R) -> R {
        let mut held = lock(&self.shards[place.shard()].0);
        act(&mut held.cells[place.number()])
    }

    /// Looks at the cell at `place`.
    pub fn look<R>(&self, place: Place, see: impl FnOnce(&C) -> R) -> R {
        match self.below() {
            Some(below) if place.is_frozen() => see(below.at(place)),
            _ => self.at(place, |cell| see(cell)),
        }
    }

    /// All cells, now that nobody else can look at them.
    pub fn into_cells(self) -> AllCells<C, H> {
        let cells = |Shard(cells)| into_inner(cells).cells;
        AllCells {
            below: self.below,
            own: self.shards.into_vec().into_iter().map(cells).collect(),
        }
    }

    /// The same cells as nobody changes them any more.
    pub fn freeze(self) -> Frozen<C, H> {
        let cells = |Shard(cells)| into_inner(cells);
        let shards: Box<[_]> = self.shards.into_vec().into_iter().map(cells).collect();
        let mut count = 0;
        let first = shards.iter().map(|shard| {
            let first = count;
            count += shard.cells.len();
            first
        });
        Frozen {
            hasher: self.hasher,
            first: first.collect(),
            count,
            shards,
        }
    }
}

fn shards<C>(expected: usize) -> Box<[Shard<C>]> {
    // Some shards get more than others, and growing copies.
    let room = expected / SHARDS as usize;
    let room = room + room / 4 + 4;
    let shard = |_| {
        Shard(Mutex::new(Cells {
            found: HashTable::with_capacity(room),
            cells: Vec::with_capacity(room),
        }))
    };
    (0..SHARDS).map(shard).collect()
}

/// Which shard a key is in, and the part of its hash that finds it there.
fn halves(hasher: &impl BuildHasher, key: impl Hash) -> (u32, u32) {
    let hash = hasher.hash_one(key);
    ((hash >> 32) as u32 % SHARDS, hash as u32)
}

/// Cells that nobody changes any more, so that nobody needs a lock to look at them.
pub(super) struct Frozen<C, H> {
    hasher: H,
    /// By shard: the number of its first cell among all.
    first: Box<[usize]>,
    count: usize,
    shards: Box<[Cells<C>]>,
}

impl<C, H> fmt::Debug for Frozen<C, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frozen").finish_non_exhaustive()
    }
}

impl<C, H> Frozen<C, H> {
    fn at(&self, place: Place) -> &C {
        &self.shards[place.shard()].cells[place.number()]
    }

    fn iter(&self) -> impl Iterator<Item = &C> {
        self.shards.iter().flat_map(|shard| &shard.cells)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The number among all of the cell at `place`, if it is one of these.
    pub fn number(&self, place: Place) -> Option<usize> {
        let number = self.first[place.shard()] + place.number();
        place.is_frozen().then_some(number)
    }
}

impl<C: Cell, H: BuildHasher> Frozen<C, H> {
    /// The cell of `key`, if it is one of these.
    pub fn find(&self, key: C::Key) -> Option<(Place, &C)> {
        let (shard, hash) = halves(&self.hasher, key);
        let Cells { found, cells } = &self.shards[shard as usize];
        let is_it = |it: &Found| it.hash == hash && cells[it.number as usize].key() == key;
        let Found { number, .. } = *found.find(Found::spread(hash), is_it)?;
        let place = Place((number * SHARDS + shard) | FROZEN);
        Some((place, &cells[number as usize]))
    }
}

/// The cells of a table, and of the one below it, at the end of a run.
pub(super) struct AllCells<C, H> {
    below: Option<Arc<Frozen<C, H>>>,
    own: Vec<Vec<C>>,
}

impl<C, H> AllCells<C, H> {
    pub fn at(&self, place: Place) -> &C {
        match &self.below {
            Some(below) if place.is_frozen() => below.at(place),
            _ => &self.own[place.shard()][place.number()],
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &C> {
        let below = self.below.iter().flat_map(|below| below.iter());
        below.chain(self.own.iter().flatten())
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::map::DefaultHashBuilder;

    use super::*;

    /// A hasher that tells no two keys apart.
    #[derive(Clone, Copy, Default)]
    struct Blind;

    impl std::hash::Hasher for Blind {
        fn finish(&self) -> u64 {
            1
        }

        fn write(&mut self, _: &[u8]) {}
    }

    impl BuildHasher for Blind {
        type Hasher = Self;

        fn build_hasher(&self) -> Self {
            *self
        }
    }

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

    #[test]
    fn frozen_cells_are_found_and_numbered_beside_those_made_since() {
        let below: Table<Count, DefaultHashBuilder> = Table::to_freeze(0);
        for key in 0..500 {
            below.entry(key, || Count(key, 1), |_, _| ());
        }
        let below = below.freeze();
        let mut numbers: Vec<_> = (0..500)
            .map(|key| {
                let (place, cell) = below.find(key).expect("it was made");
                assert_eq!(cell.0, key);
                below.number(place).expect("it is one of these")
            })
            .collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..below.count()).collect::<Vec<_>>());

        let table = Table::above(Arc::new(below));
        let mut places = Vec::new();
        for key in 500..700 {
            assert!(table.below().is_some_and(|it| it.find(key).is_none()));
            places.push(table.entry(key, || Count(key, 2), |place, _| place));
        }
        for (key, place) in (500..).zip(&places) {
            assert!(table.below().is_some_and(|it| it.number(*place).is_none()));
            table.look(*place, |cell| assert_eq!((cell.0, cell.1), (key, 2)));
        }
        let (old, _) = table
            .below()
            .and_then(|it| it.find(7))
            .expect("it was made");
        table.look(old, |cell| assert_eq!((cell.0, cell.1), (7, 1)));
        let all = table.into_cells();
        assert_eq!((all.at(old).0, all.at(places[0]).0), (7, 500));
        assert_eq!(all.iter().count(), 700);
    }

    #[test]
    fn keys_with_the_same_hash_have_cells_of_their_own() {
        let table: Table<Count, Blind> = Table::to_freeze(0);
        for key in 0..50 {
            table.entry(key, || Count(key, 0), |_, cell| assert_eq!(cell.0, key));
        }
        let frozen = table.freeze();
        for key in 0..50 {
            let (_, cell) = frozen.find(key).expect("it was made");
            assert_eq!(cell.0, key);
        }
        assert!(frozen.find(50).is_none());
    }
}
