//! The lines of source that read and write a hot slot.
//!
//! Which instructions those are is asked of whoever can execute; here a few questions are chosen, and
//! the answers are looked up in the compiler's source maps.

use interleave_engine::{
    block::Block,
    memory::{Location, Version},
    vm::sites::{Answer, Question, Site},
};

use super::graph::Graph;
use crate::{
    batch::{Batch, Place},
    contracts::{Contracts, near, source_map},
    report::SourceLine,
};

/// Slots that are asked for, the hottest.
const SLOTS: usize = 8;

/// One question for each of the first few `locations` that are slots and make somebody wait, with the
/// place of the location.
pub fn questions(
    graph: &Graph,
    locations: &[Location],
    version: impl Fn(usize) -> Version,
) -> Vec<(usize, Question)> {
    let slots = locations.iter().enumerate().filter_map(|(at, location)| {
        let Location::Slot(address, slot) = *location else {
            return None;
        };
        let edge = graph.edges.iter().find(|edge| edge.location == *location)?;
        let question = Question {
            address,
            slot,
            reader: version(edge.reader.index()),
            writer: version(edge.writer.index()),
        };
        Some((at, question))
    });
    slots.take(SLOTS).collect()
}

/// The lines of an answer: of the read and of the write.
pub fn lines(
    answer: &Answer,
    batch: &Batch,
    block: &Block,
    contracts: &Contracts,
) -> (Option<SourceLine>, Option<SourceLine>) {
    let line = |site: Site| line(site, batch, block, contracts);
    (answer.read.and_then(line), answer.write.and_then(line))
}

fn line(site: Site, batch: &Batch, block: &Block, contracts: &Contracts) -> Option<SourceLine> {
    let artifact = contracts.get(batch.contracts.get(&site.code)?)?;
    let account = block.prestate.accounts.get(&site.code)?;
    let code = block.prestate.codes.get(&account.code_hash)?;
    let stretch = source_map::stretch(&artifact.source_map, code.original_byte_slice(), site.pc)?;
    let source = artifact.sources.get(&stretch.file?)?;
    let (place, text) = place(&source.content, stretch.start)?;
    Some(SourceLine {
        file: source.name.clone(),
        place,
        text: near::shown(text),
    })
}

/// The place of a byte in a text, and the line it is in, without the white space around it.
fn place(text: &str, byte: usize) -> Option<(Place, &str)> {
    let before = text.get(..byte)?;
    let start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let line = text[start..].split(['\n', '\r']).next().unwrap_or_default();
    Some((Place::after(before), line.trim()))
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, U256};
    use interleave_engine::block::TxIdx;

    use super::*;
    use crate::analysis::graph::tests::{graph, slot};

    #[test]
    fn a_byte_of_a_text_has_a_line_and_a_column_in_characters() {
        let text = "uint x;\n  x = \"ö\" + 1;\n";
        let of = |byte| place(text, byte).map(|(at, text)| (at.line, at.column, text));
        assert_eq!(of(5), Some((1, 6, "uint x;")));
        assert_eq!(of(18), Some((2, 10, "x = \"ö\" + 1;")));
        // In the middle of a character, and behind the text.
        assert_eq!(of(16), None);
        assert_eq!(of(99), None);
    }

    #[test]
    fn the_first_transactions_that_wait_through_a_slot_are_asked() {
        let graph = graph(&[1.0; 4], &[(0, 1, 5), (1, 2, 5), (1, 3, 6)]);
        let locations = [slot(6), Location::Balance(Address::ZERO), slot(5), slot(7)];
        let version = |tx| Version {
            tx: TxIdx(tx as u32),
            incarnation: 2,
        };
        let found = questions(&graph, &locations, version);
        let asked = |slot: u64, reader, writer| Question {
            address: Address::ZERO,
            slot: U256::from(slot),
            reader: version(reader),
            writer: version(writer),
        };
        assert_eq!(found, [(0, asked(6, 3, 1)), (2, asked(5, 1, 0))]);
    }
}
