//! From an instruction to the text it was compiled from, through the compiler's source map.
//!
//! A map has an entry for each instruction, `start:length:file:jump:depth`, separated by `;`; what is
//! left out is as in the entry before. See "Source Mappings" in the Solidity documentation.

const PUSH1: u8 = 0x60;
const PUSH32: u8 = 0x7f;

/// The beginning of a stretch of a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where it begins, in bytes.
    pub start: usize,
    /// The file's number; none for code that the compiler made up.
    pub file: Option<u32>,
}

/// The stretch of the instruction at `pc` of `code`.
pub fn stretch(map: &str, code: &[u8], pc: usize) -> Option<Stretch> {
    let instruction = instructions(code).position(|at| at == pc)?;
    let (mut start, mut file) = ("", "");
    let mut entries = map.split(';');
    for _ in 0..=instruction {
        let mut fields = entries.next()?.split(':');
        for (field, now) in [(&mut start, fields.next()), (&mut file, fields.nth(1))] {
            if let Some(now) = now.filter(|now| !now.is_empty()) {
                *field = now;
            }
        }
    }
    Some(Stretch {
        start: start.parse().ok()?,
        file: file.parse().ok(),
    })
}

/// Where each instruction of `code` begins; those that push carry their bytes behind them.
pub fn instructions(code: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let mut next = 0;
    std::iter::from_fn(move || {
        let at = next;
        let pushed = match *code.get(at)? {
            opcode @ PUSH1..=PUSH32 => usize::from(opcode - PUSH1) + 1,
            _ => 0,
        };
        next = at + 1 + pushed;
        Some(at)
    })
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
        let stretch = |start, file| Some(Stretch { start, file });
        assert_eq!(of(0), stretch(10, Some(0)));
        assert_eq!(of(2), stretch(12, Some(0)));
        assert_eq!(of(3), stretch(12, Some(0)));
        assert_eq!(of(6), stretch(30, None));
        assert_eq!(of(7), stretch(30, None));
        // In the middle of an instruction, behind the code, behind the map.
        assert_eq!(of(1), None);
        assert_eq!(of(9), None);
        assert_eq!(super::stretch("1:1:0", &code, 2), None);
    }
}
