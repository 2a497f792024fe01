//! From an instruction to the text it was compiled from, through the compiler's source map.
//!
//! A map has an entry for each instruction, `start:length:file:jump:depth`, separated by `;`; what is
//! left out is as in the entry before. See "Source Mappings" in the Solidity documentation.

use revm::bytecode::opcode::{PUSH1, PUSH32};

/// A stretch of a source file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where it begins.
    pub start: usize,
    /// How long it is.
    pub length: usize,
    /// The file's number; none for code that the compiler made up.
    pub file: Option<u32>,
}

/// The stretch of the instruction at `pc` of `code`.
pub fn stretch(map: &str, code: &[u8], pc: usize) -> Option<Stretch> {
    let instruction = instruction(code, pc)?;
    let mut fields = ["", "", ""];
    let mut entries = map.split(';');
    for _ in 0..=instruction {
        let entry = entries.next()?;
        for (field, now) in fields.iter_mut().zip(entry.split(':')) {
            if !now.is_empty() {
                *field = now;
            }
        }
    }
    let [start, length, file] = fields;
    Some(Stretch {
        start: start.parse().ok()?,
        length: length.parse().ok()?,
        file: file.parse().ok(),
    })
}

/// Which instruction of `code` begins at `pc`; those before it that push carry their bytes behind them.
fn instruction(code: &[u8], pc: usize) -> Option<usize> {
    let (mut at, mut count) = (0, 0);
    while at < pc {
        let opcode = *code.get(at)?;
        let pushed = match opcode {
            PUSH1..=PUSH32 => usize::from(opcode - PUSH1) + 1,
            _ => 0,
        };
        at += 1 + pushed;
        count += 1;
    }
    (at == pc).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_entry_leaves_out_is_as_in_the_one_before() {
        // PUSH1 0, SLOAD, PUSH2 0 0, SSTORE, STOP
        let code = [0x60, 0, 0x54, 0x61, 0, 0, 0x55, 0];
        let map = "10:5:0:-:0;12;:7::i;30:2:-1:o;";
        let of = |pc| stretch(map, &code, pc);
        let stretch = |start, length, file| {
            Some(Stretch {
                start,
                length,
                file,
            })
        };
        assert_eq!(of(0), stretch(10, 5, Some(0)));
        assert_eq!(of(2), stretch(12, 5, Some(0)));
        assert_eq!(of(3), stretch(12, 7, Some(0)));
        assert_eq!(of(6), stretch(30, 2, None));
        assert_eq!(of(7), stretch(30, 2, None));
        // In the middle of an instruction, behind the code, behind the map.
        assert_eq!(of(1), None);
        assert_eq!(of(9), None);
        assert_eq!(super::stretch("1:1:0", &code, 2), None);
    }
}
