//! Names of slots under a layout that solc made of `layout.sol`, which has one variable of each kind.

use alloy_primitives::{Address, B256};

use super::*;

/// A layout and what an execution hashed.
struct Seen {
    layout: Layout,
    preimages: Preimages,
}

impl Seen {
    fn new() -> Self {
        Self {
            layout: serde_json::from_str(include_str!("layout.json")).unwrap(),
            preimages: Preimages::new(),
        }
    }

    /// Hashes as the EVM would while it executes.
    fn hash(&mut self, key: &[u8], at: U256) -> U256 {
        let text = [key, &at.to_be_bytes::<32>()].concat();
        let hash = keccak256(&text).into();
        self.preimages.insert(hash, text.into());
        hash
    }

    fn name(&self, slot: U256) -> Option<String> {
        let names = Names::from([(alice(), "alice".to_owned())]);
        SlotNamer::new(&self.layout, &self.preimages, &names).name(slot)
    }
}

fn alice() -> Address {
    Address::repeat_byte(0xa1)
}

fn number(value: u64) -> U256 {
    U256::from(value)
}

fn word(value: u64) -> [u8; 32] {
    number(value).to_be_bytes()
}

/// The hash of a slot, which no execution showed.
fn fixed(slot: u64) -> U256 {
    keccak256(word(slot)).into()
}

#[test]
fn slots_of_fixed_variables_have_their_names() {
    let seen = Seen::new();
    let cases = [
        (0, "claimed"),
        (1, "owner, paused, rate"),
        (2, "balanceOf"),
        (4, "board[0][0]"),
        (35, "board[3][4]"),
        (39, "board[3][8]"),
        (40, "small[0…7]"),
        (41, "small[8…9]"),
        (42, "origin.x, origin.y"),
        (43, "origin.owner"),
        (44, "origin.history.length"),
        (45, "points.length"),
        (47, "title"),
        (51, "queues[1].length"),
    ];
    for (slot, name) in cases {
        assert_eq!(seen.name(number(slot)).as_deref(), Some(name));
    }
    assert_eq!(seen.name(number(54)), None);
    assert_eq!(seen.name(U256::MAX), None);
}

#[test]
fn items_of_arrays_are_named_without_preimages() {
    let seen = Seen::new();
    let cases = [
        (fixed(45), "points[0].x, points[0].y"),
        (fixed(45) + number(7), "points[2].owner"),
        (fixed(44) + number(5), "origin.history[5]"),
        (fixed(47) + number(1), "title"),
        (fixed(51) + number(3), "queues[1][3]"),
        (fixed(53) + number(1), "letters[32…63]"),
    ];
    for (slot, name) in cases {
        assert_eq!(seen.name(slot).as_deref(), Some(name));
    }
}

#[test]
fn values_of_mappings_are_named_by_what_was_hashed() {
    let mut seen = Seen::new();
    let key = alice().into_word();
    let balance = seen.hash(key.as_slice(), number(2));
    let bob = seen.hash(&word(0xb0b), number(2));
    let row = seen.hash(key.as_slice(), number(3));
    let allowance = seen.hash(&word(7), row);
    let point = seen.hash(&word(9), number(46));
    let history = seen.hash(&[], point + number(2));
    let by_name = seen.hash(b"ti\ntle", number(48));
    let side = seen.hash(&word(1), number(49));
    let minus = seen.hash(&I256::MINUS_ONE.to_be_bytes::<32>(), side);
    let flag = seen.hash(B256::right_padding_from(&[1, 2, 3, 4]).as_slice(), minus);
    let list = seen.hash(key.as_slice(), number(52));
    let items = seen.hash(&[], list);
    let cases = [
        (balance, "balanceOf[alice]"),
        (bob, "balanceOf[0x0000000000000000000000000000000000000B0b]"),
        (row, "allowance[alice]"),
        (
            allowance,
            "allowance[alice][0x0000000000000000000000000000000000000007]",
        ),
        (point + number(1), "pointOf[9].owner"),
        (history + number(4), "pointOf[9].history[4]"),
        (by_name, "byName[\"ti\\u{a}tle\"]"),
        (flag, "flags[1][-1][0x01020304]"),
        (list, "lists[alice].length"),
        (items + number(2), "lists[alice][2]"),
    ];
    for (slot, name) in cases {
        assert_eq!(seen.name(slot).as_deref(), Some(name));
    }
    // A hash that nobody has seen is no item of the array before it.
    let unseen = U256::from_be_bytes(keccak256(word(1_000_000)).0);
    assert_eq!(seen.name(unseen), None);
    assert_eq!(seen.name(items + (number(1) << 64)), None);
    // Beside a mapping's value there is nothing.
    assert_eq!(seen.name(balance + number(1)), None);
}

#[test]
fn a_hash_that_leads_nowhere_gives_no_name() {
    let mut seen = Seen::new();
    let stray = seen.hash(&word(1), number(500));
    let short = U256::from(77_777_777);
    seen.preimages.insert(short, Bytes::from_static(&[1, 2]));
    // A chain of hashes as long as the search is deep.
    let mut chain = seen.hash(&word(1), number(2));
    for _ in 0..100 {
        chain = seen.hash(&word(1), chain);
    }
    for slot in [stray, short, chain] {
        assert_eq!(seen.name(slot), None);
    }
    assert_eq!(
        Layout::default(),
        serde_json::from_str(r#"{"storage":[],"types":null}"#).unwrap()
    );
}
