//! A small assembler for the EVM, to teach with: mnemonics, labels and comments in, code out.
//!
//! A line holds instructions with spaces between them; `;` and `//` begin a comment. `name:` is a
//! `JUMPDEST` with a name, and `@name` after a push is its place. `PUSH` takes as many bytes as its
//! number needs, `PUSH1` to `PUSH32` as many as they say; `DATA` puts bytes into the code as they are.
//! The rule: whatever is not understood is an error with its line, never a guess.

use std::collections::BTreeMap;

use alloy_primitives::{Bytes, U256, hex};
use revm::bytecode::opcode::{DUPN, EXCHANGE, JUMPDEST, OpCode, PUSH0, SLOTNUM, SWAPN};

use super::near::{did_you_mean, shown};
use crate::limits::ASSEMBLED_BYTES;

/// Instructions that revm knows and no hard fork up to Osaka has.
const LATER: [u8; 4] = [SLOTNUM, DUPN, SWAPN, EXCHANGE];
/// Names that people know an instruction by, beside revm's.
const ALIASES: [(&str, &str); 3] = [
    ("SHA3", "KECCAK256"),
    ("PREVRANDAO", "DIFFICULTY"),
    ("SUICIDE", "SELFDESTRUCT"),
];

/// A piece of the program.
enum Item<'a> {
    Bytes(Vec<u8>),
    /// A place that jumps lead to.
    Label(&'a str),
    /// A push of a label's place, in as many bytes as the program says, or else as it needs.
    Place {
        label: &'a str,
        size: Option<usize>,
        line: usize,
    },
}

/// The code of a program, or what is wrong with it.
pub fn assemble(program: &str) -> Result<Bytes, String> {
    let mut items = Vec::new();
    for (line, text) in (1..).zip(program.lines()) {
        let text = text.split(';').next().unwrap_or_default();
        let text = text.split("//").next().unwrap_or_default();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            let item = item(word, &mut words, line).map_err(|why| at(line, &why))?;
            items.push((line, item));
        }
    }
    link(&items)
}

/// Creation code that leaves `code` at the address of the contract.
pub fn creation(code: &[u8]) -> Result<Bytes, String> {
    // PUSH2 size, DUP1, PUSH1 12, PUSH1 0, CODECOPY, PUSH1 0, RETURN.
    let size = u16::try_from(code.len())
        .map_err(|_| format!("a contract has at most {ASSEMBLED_BYTES} bytes here"))?;
    let [high, low] = size.to_be_bytes();
    let mut creation = vec![
        0x61, high, low, 0x80, 0x60, 12, 0x60, 0, 0x39, 0x60, 0, 0xf3,
    ];
    creation.extend(code);
    Ok(creation.into())
}

fn at(line: usize, why: &str) -> String {
    format!("line {line} of the program: {why}")
}

/// The item that begins with `word`; its operand is the next of `words`.
fn item<'a>(
    word: &'a str,
    words: &mut impl Iterator<Item = &'a str>,
    line: usize,
) -> Result<Item<'a>, String> {
    if let Some(label) = word.strip_suffix(':') {
        return match is_name(label) {
            true => Ok(Item::Label(label)),
            false => Err(format!("`{}` cannot be the name of a label", shown(label))),
        };
    }
    let name = word.to_ascii_uppercase();
    if name == "DATA" {
        let operand = words.next().unwrap_or_default();
        let bytes = hex::decode(operand).map_err(|_| {
            format!(
                "`DATA` takes bytes such as `0x01ff`; found `{}`",
                shown(operand)
            )
        })?;
        return Ok(Item::Bytes(bytes));
    }
    let size = match name.strip_prefix("PUSH") {
        Some("") => None,
        Some(digits) => match digits.parse::<usize>() {
            Ok(0) => return Ok(Item::Bytes(vec![PUSH0])),
            Ok(size @ 1..=32) => Some(size),
            _ => return Err(unknown(word)),
        },
        None => {
            return Ok(Item::Bytes(vec![
                opcode(&name).ok_or_else(|| unknown(word))?,
            ]));
        }
    };
    let operand = words.next().ok_or_else(|| {
        format!("`{word}` needs a number such as `10` or `0xff`, or a label such as `@loop`")
    })?;
    if let Some(label) = operand.strip_prefix('@') {
        return Ok(Item::Place { label, size, line });
    }
    push(operand, size).map(Item::Bytes)
}

/// A push of a number.
fn push(operand: &str, size: Option<usize>) -> Result<Vec<u8>, String> {
    let digits: String = operand.chars().filter(|c| *c != '_').collect();
    let (text, radix) = match digits.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (&*digits, 10),
    };
    let is_number = !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
    let number = is_number
        .then(|| U256::from_str_radix(text, u64::from(radix)).ok())
        .flatten()
        .ok_or_else(|| {
            format!(
                "`{}` is no number of at most 256 bits; a label begins with `@`",
                shown(operand)
            )
        })?;
    let needed = number.byte_len();
    let size = size.unwrap_or(needed);
    if needed > size {
        return Err(format!("{number} does not fit in {size} bytes"));
    }
    let mut code = vec![PUSH0 + size as u8];
    code.extend(&number.to_be_bytes::<32>()[32 - size..]);
    Ok(code)
}

fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !text.is_empty() && text.chars().all(is_part)
}

/// All names of instructions up to Osaka, with their numbers.
fn names() -> impl Iterator<Item = (&'static str, u8)> {
    let known = (0..=u8::MAX).filter(|number| !LATER.contains(number));
    let known = known.filter_map(|number| Some((OpCode::new(number)?.as_str(), number)));
    let aliases = ALIASES.iter().filter_map(|(alias, name)| {
        let number =
            (0..=u8::MAX).find(|it| OpCode::new(*it).is_some_and(|op| op.as_str() == *name));
        Some((*alias, number?))
    });
    known.chain(aliases)
}

fn opcode(name: &str) -> Option<u8> {
    names()
        .find(|(known, _)| *known == name)
        .map(|(_, number)| number)
}

fn unknown(word: &str) -> String {
    let near = did_you_mean(word, names().map(|(name, _)| name).chain(["PUSH", "DATA"]));
    let hint = match near.is_empty() && word.starts_with(|c: char| c.is_ascii_digit() || c == '@') {
        true => "; write `PUSH` before it",
        false => &near,
    };
    format!("there is no instruction `{}`{hint}", shown(word))
}

/// Puts the pieces one after another; pushes of places grow until all places fit.
fn link(items: &[(usize, Item<'_>)]) -> Result<Bytes, String> {
    let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
    for (line, item) in items {
        if let Item::Label(name) = item
            && labels.insert(name, 0).is_some()
        {
            return Err(at(*line, &format!("the label `{name}` is there twice")));
        }
    }
    // Every place is within reach of one byte, unless it turns out that it is not.
    let mut wide = false;
    loop {
        let mut place = 0;
        for (_, item) in items {
            place += match item {
                Item::Bytes(bytes) => bytes.len(),
                Item::Label(name) => {
                    labels.insert(name, place);
                    1
                }
                Item::Place { size, .. } => 1 + size.unwrap_or(1 + usize::from(wide)),
            };
        }
        if place > ASSEMBLED_BYTES {
            return Err(format!("the program has more than {ASSEMBLED_BYTES} bytes"));
        }
        if wide || labels.values().all(|place| *place <= 0xff) {
            break;
        }
        wide = true;
    }
    let mut code = Vec::new();
    for (_, item) in items {
        match item {
            Item::Bytes(bytes) => code.extend(bytes),
            Item::Label(_) => code.push(JUMPDEST),
            Item::Place { label, size, line } => {
                let place = labels.get(label).ok_or_else(|| {
                    let hint = did_you_mean(label, labels.keys().copied());
                    at(
                        *line,
                        &format!("there is no label `{}`{hint}", shown(label)),
                    )
                })?;
                let size = size.unwrap_or(1 + usize::from(wide));
                code.extend(push(&place.to_string(), Some(size)).map_err(|why| at(*line, &why))?);
            }
        }
    }
    Ok(code.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(program: &str) -> String {
        hex::encode(assemble(program).unwrap())
    }

    #[test]
    fn numbers_take_the_bytes_they_need_or_those_that_are_said() {
        assert_eq!(
            code("PUSH 0 push 1 PUSH 256 PUSH4 0xff PUSH1 0"),
            "5f600161010063000000ff6000"
        );
        assert_eq!(code("push32 1").len(), 66);
        assert_eq!(code("; nothing\n // at all\n"), "");
        assert_eq!(code("CALLER ; who\nSTOP // end\nDATA 0xfe01"), "3300fe01");
    }

    #[test]
    fn labels_are_places_and_grow_with_the_program() {
        assert_eq!(code("start: PUSH @start JUMP"), "5b600056");
        assert_eq!(code("PUSH @end JUMP end:"), "6003565b");
        assert_eq!(code("PUSH2 @end JUMP end: STOP"), "610004565b00");
        let long = format!("PUSH @end JUMP {} end:", "STOP ".repeat(300));
        assert!(code(&long).starts_with("61013056"), "{}", code(&long));
    }

    #[test]
    fn every_instruction_up_to_osaka_has_a_name() {
        for (name, number) in names() {
            if !name.starts_with("PUSH") {
                assert_eq!(code(name), hex::encode([number]), "{name}");
            }
        }
        assert_eq!(code("sha3 prevrandao clz"), "20441e");
        assert!(assemble("DUPN").is_err() && assemble("SLOTNUM").is_err());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let cases = [
            (
                "PUSH 1\nPUHS 2",
                "line 2 of the program: there is no instruction `PUHS`; did you mean `PUSH`?",
            ),
            (
                "1 PUSH 1",
                "line 1 of the program: there is no instruction `1`; write `PUSH` before it",
            ),
            (
                "\n\nPUSH",
                "line 3 of the program: `PUSH` needs a number such as `10` or `0xff`, or a label such as `@loop`",
            ),
            (
                "PUSH1 256",
                "line 1 of the program: 256 does not fit in 1 bytes",
            ),
            (
                "PUSH33 1",
                "line 1 of the program: there is no instruction `PUSH33`; did you mean `PUSH13`?",
            ),
            (
                "PUSH loop",
                "line 1 of the program: `loop` is no number of at most 256 bits; a label begins with `@`",
            ),
            (
                "PUSH @lop JUMP loop:",
                "line 1 of the program: there is no label `lop`; did you mean `loop`?",
            ),
            (
                "a:\na:",
                "line 2 of the program: the label `a` is there twice",
            ),
            (
                "a b: STOP",
                "line 1 of the program: there is no instruction `a`",
            ),
            (
                "DATA 0x1",
                "line 1 of the program: `DATA` takes bytes such as `0x01ff`; found `0x1`",
            ),
        ];
        for (program, message) in cases {
            let found = assemble(program).unwrap_err();
            assert!(found.starts_with(message), "{program}: {found}");
        }
        let deep = format!("PUSH1 @end {} end:", "STOP ".repeat(300));
        assert!(
            assemble(&deep)
                .unwrap_err()
                .ends_with("does not fit in 1 bytes")
        );
        assert!(assemble(&"PUSH32 1\n".repeat(2_000)).is_err());
    }

    #[test]
    fn creation_code_leaves_the_code() {
        assert_eq!(
            hex::encode(creation(&[0xfe, 0x00]).unwrap()),
            "61000280600c6000396000f3fe00"
        );
    }
}
