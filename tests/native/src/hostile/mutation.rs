//! Changes good input from a seed, so that it is nearly right: most of what such a reader is given.
//!
//! The same seed and the same input give the same change on every machine.

use std::ops::Range;

use fastrand::Rng;

/// What readers have been wrong about: ends of ranges, deep nesting, names of prototypes, characters
/// that are not seen, and what never ends.
const PIECES: [&str; 40] = [
    "",
    "0",
    "-1",
    "1e999",
    "-0.0",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775808",
    "0xffffffffffffffff",
    "0x",
    "0x0",
    "0x00000000000000000000000000000000000000000000000000000000000000000",
    "115792089237316195423570985008687907853269984665640564039457584007913129639936",
    "99999999999999999999999999999999999999999999999999999999999999999999999999999999999",
    "null",
    "true",
    "{}",
    "[]",
    "[[]]",
    "\"\"",
    "\"",
    "'",
    "`${",
    "/*",
    "//",
    "\\",
    "\\u0000",
    "\\ud800",
    "\u{0}",
    "\u{202e}",
    "\u{feff}",
    "\u{1F600}",
    "\r",
    "__proto__",
    "loop {}",
    "fn f() { f() } f();",
    "accounts(\"a\", 30_000)",
    "..",
    "#{",
    "PUSH32",
];

/// Brackets that are opened many times.
const OPENED: [&str; 4] = ["[", "{\"a\":", "(", "-"];

/// `input` with a few changes; `other` is good input of the same kind, of which parts may be taken.
pub fn mutated(input: &[u8], other: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut changed = input.to_vec();
    for _ in 0..random.usize(1..=4) {
        change(&mut changed, other, random);
    }
    changed
}

fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut Rng) {
    match random.u8(0..9) {
        // Cut off.
        0 => bytes.truncate(random.usize(..=bytes.len())),
        // A part is missing.
        1 => drop(bytes.drain(part(bytes, random))),
        // A part is there twice, or elsewhere.
        2 => {
            let copy = bytes[part(bytes, random)].to_vec();
            insert(bytes, &copy, random);
        }
        // A part is that of another input.
        3 => {
            let copy = other[part(other, random)].to_vec();
            let range = part(bytes, random);
            bytes.splice(range, copy);
        }
        // A word or a number is another one.
        4 | 5 => {
            let range = word(bytes, random);
            let piece = piece(random);
            bytes.splice(range, piece);
        }
        // A word is another word of the same input: what is right is in the wrong place.
        6 => {
            let copy = bytes[word(bytes, random)].to_vec();
            let range = word(bytes, random);
            bytes.splice(range, copy);
        }
        7 => {
            let piece = piece(random);
            insert(bytes, &piece, random);
        }
        // A byte is another one.
        _ => {
            if let Some(byte) = random.choice(bytes.iter_mut()) {
                *byte ^= 1 << random.u8(0..8);
            }
        }
    }
}

fn piece(random: &mut Rng) -> Vec<u8> {
    if random.u8(..) < 8 {
        let opened = random.choice(OPENED).unwrap_or_default();
        return opened.repeat(random.usize(1..3_000)).into_bytes();
    }
    let piece = random.choice(PIECES).unwrap_or_default();
    piece.as_bytes().to_vec()
}

fn insert(bytes: &mut Vec<u8>, inserted: &[u8], random: &mut Rng) {
    let at = random.usize(..=bytes.len());
    bytes.splice(at..at, inserted.iter().copied());
}

/// Any part, mostly a short one.
fn part(bytes: &[u8], random: &mut Rng) -> Range<usize> {
    let start = random.usize(..=bytes.len());
    let most = match random.bool() {
        true => bytes.len() - start,
        false => (bytes.len() - start).min(16),
    };
    start..start + random.usize(..=most)
}

/// The word at some place: letters, digits and what numbers are written with.
fn word(bytes: &[u8], random: &mut Rng) -> Range<usize> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let at = random.usize(..=bytes.len());
    let before = bytes[..at].iter().rev().take_while(|it| is_word(it));
    let after = bytes[at..].iter().take_while(|it| is_word(it));
    at - before.count()..at + after.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_makes_the_same_change() {
        let change = |seed| mutated(b"let a = 1;", b"send(a)", &mut Rng::with_seed(seed));
        let all: std::collections::BTreeSet<_> = (0..100).map(change).collect();
        assert!(all.len() > 60, "{}", all.len());
        assert_eq!(change(3), change(3));
        for seed in 0..2_000 {
            mutated(b"", b"", &mut Rng::with_seed(seed));
        }
    }
}
