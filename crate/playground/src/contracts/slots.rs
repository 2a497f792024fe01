//! Names of storage slots: `claimed`, `balanceOf[alice]`, `board[3][4]`.
//!
//! A slot of a mapping is a hash, so its name needs the text that was hashed: the preimages that an
//! execution showed. The rule: a name is given only when layout and preimages lead to it; otherwise none.

use alloy_primitives::{Bytes, I256, U256, hex, keccak256};
use interleave_engine::vm::preimages::Preimages;

use super::{
    Names,
    layout::{Encoding, Layout, Type, Variable},
    near::shown,
};

/// Mappings and arrays in each other, up to here.
const DEPTH: u32 = 24;
/// No array is longer than this many bits count.
const OFFSET_BITS: usize = 64;
/// Items of a fixed array whose own arrays are looked for.
const FIXED_ITEMS: u64 = 16;
/// Variables, members and items that are looked at for arrays at fixed slots.
const VISITS: u32 = 50_000;
/// Variables that a slot is said to hold; it has room for 32.
const PARTS: usize = 32;

/// Gives names to the slots of one contract.
pub struct SlotNamer<'a> {
    layout: &'a Layout,
    preimages: &'a Preimages,
    names: &'a Names,
    /// The preimages of arrays at fixed slots, which compilers hash in advance.
    fixed: Preimages,
}

/// A variable, or a part of one, that begins at a slot.
struct Part<'a> {
    path: String,
    kind: &'a Type,
}

impl<'a> SlotNamer<'a> {
    /// For a contract with this layout.
    pub fn new(layout: &'a Layout, preimages: &'a Preimages, names: &'a Names) -> Self {
        let mut fixed = Preimages::new();
        let mut visits = VISITS;
        for variable in &layout.storage {
            collect_arrays(
                layout,
                &variable.kind,
                variable.slot,
                &mut fixed,
                &mut visits,
            );
        }
        Self {
            layout,
            preimages,
            names,
            fixed,
        }
    }

    /// The variables in a slot, all of them where several share it.
    pub fn name(&self, slot: U256) -> Option<String> {
        let parts = self.parts_at(slot, DEPTH);
        let names: Vec<_> = parts
            .into_iter()
            .map(|part| match part.kind.encoding {
                Encoding::DynamicArray => format!("{}.length", part.path),
                _ => part.path,
            })
            .collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// What begins in, or covers, this slot.
    fn parts_at(&self, slot: U256, depth: u32) -> Vec<Part<'a>> {
        let Some(depth) = depth.checked_sub(1) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        self.members(&self.layout.storage, "", slot, &mut found);
        if found.is_empty() {
            self.hashed(slot, depth, &mut found);
        }
        found
    }

    /// The variables of `members` that cover the slot at `offset` from where the first begins.
    fn members(
        &self,
        members: &'a [Variable],
        path: &str,
        offset: U256,
        found: &mut Vec<Part<'a>>,
    ) {
        for member in members {
            let Some(kind) = self.layout.types.get(&member.kind) else {
                continue;
            };
            if found.len() >= PARTS {
                return;
            }
            let path = if path.is_empty() {
                member.label.clone()
            } else {
                format!("{path}.{}", member.label)
            };
            if let Some(offset) = offset.checked_sub(member.slot)
                && offset < slots_of(kind)
            {
                self.descend(kind, path, offset, found);
            }
        }
    }

    /// The parts of a value of this type that cover its slot at `offset`.
    fn descend(&self, kind: &'a Type, path: String, offset: U256, found: &mut Vec<Part<'a>>) {
        if kind.encoding != Encoding::Inplace {
            found.push(Part { path, kind });
        } else if !kind.members.is_empty() {
            self.members(&kind.members, &path, offset, found);
        } else if let Some(item) = self.kind(&kind.base) {
            self.items(item, &path, offset, length_in(&kind.label), found);
        } else {
            found.push(Part { path, kind });
        }
    }

    /// The items of an array that cover the slot at `offset` from the first.
    fn items(
        &self,
        item: &'a Type,
        path: &str,
        offset: U256,
        length: Option<U256>,
        found: &mut Vec<Part<'a>>,
    ) {
        let size = item.number_of_bytes.max(U256::ONE);
        let word = U256::from(32);
        if size <= U256::from(16) {
            let in_slot = word / size;
            let Some(first) = offset.checked_mul(in_slot) else {
                return;
            };
            let mut last = first.saturating_add(in_slot - U256::ONE);
            if let Some(length) = length {
                last = last.min(length.saturating_sub(U256::ONE));
            }
            found.push(Part {
                path: format!("{path}[{first}…{last}]"),
                kind: item,
            });
        } else {
            let slots = slots_of(item);
            let index = offset / slots;
            self.descend(item, format!("{path}[{index}]"), offset % slots, found);
        }
    }

    /// What a hash shortly before this slot leads to.
    fn hashed(&self, slot: U256, depth: u32, found: &mut Vec<Part<'a>>) {
        let before = |preimages: &Preimages| {
            preimages
                .range(..=slot)
                .next_back()
                .map(|(hash, text)| (*hash, text.clone()))
        };
        let nearest = before(self.preimages)
            .into_iter()
            .chain(before(&self.fixed));
        let Some((hash, text)) = nearest.max_by_key(|(hash, _)| *hash) else {
            return;
        };
        let Some((key, at)) = text.len().checked_sub(32).map(|end| text.split_at(end)) else {
            return;
        };
        let offset = slot - hash;
        // Hashes lie far apart: what is this far from one belongs to another that nobody has seen.
        if offset.bit_len() > OFFSET_BITS {
            return;
        }
        for part in self.parts_at(U256::from_be_slice(at), depth) {
            match part.kind.encoding {
                Encoding::Mapping if !key.is_empty() => {
                    let Some(value) = self.kind(&part.kind.value) else {
                        continue;
                    };
                    let key = self.key(self.kind(&part.kind.key), key);
                    if offset < slots_of(value) {
                        self.descend(value, format!("{}[{key}]", part.path), offset, found);
                    }
                }
                Encoding::DynamicArray if key.is_empty() => {
                    if let Some(item) = self.kind(&part.kind.base) {
                        self.items(item, &part.path, offset, None, found);
                    }
                }
                Encoding::Bytes if key.is_empty() => found.push(part),
                _ => {}
            }
        }
    }

    fn kind(&self, name: &Option<String>) -> Option<&'a Type> {
        self.layout.types.get(name.as_ref()?)
    }

    /// The key of a mapping as a person reads it.
    fn key(&self, kind: Option<&Type>, key: &[u8]) -> String {
        let label = kind.map_or("", |kind| kind.label.as_str());
        if label == "string" {
            return format!("\"{}\"", shown(&String::from_utf8_lossy(key)));
        }
        if label == "bytes" || key.len() != 32 {
            return shown(&hex::encode_prefixed(key));
        }
        let number = U256::from_be_slice(key);
        if label.starts_with("address") || label.starts_with("contract ") {
            let address = alloy_primitives::Address::from_word(number.into());
            return self
                .names
                .get(&address)
                .cloned()
                .unwrap_or_else(|| address.to_string());
        }
        if label == "bool" {
            return (!number.is_zero()).to_string();
        }
        if label.starts_with("int") {
            return I256::from_raw(number).to_string();
        }
        if let Some(size) = label
            .strip_prefix("bytes")
            .and_then(|size| size.parse().ok())
        {
            return hex::encode_prefixed(key.get(..size).unwrap_or(key));
        }
        if label.starts_with("uint") || label.starts_with("enum ") || number.bit_len() <= 64 {
            return number.to_string();
        }
        hex::encode_prefixed(key)
    }
}

/// Slots a value takes, at least one.
fn slots_of(kind: &Type) -> U256 {
    kind.number_of_bytes.div_ceil(U256::from(32)).max(U256::ONE)
}

/// The length of an array whose type says it, such as `uint32[10]`.
fn length_in(label: &str) -> Option<U256> {
    let (_, length) = label.strip_suffix(']')?.rsplit_once('[')?;
    length.parse().ok()
}

/// Arrays and texts at slots that are known without an execution.
fn collect_arrays(
    layout: &Layout,
    kind: &str,
    slot: U256,
    found: &mut Preimages,
    visits: &mut u32,
) {
    let (Some(kind), Some(left)) = (layout.types.get(kind), visits.checked_sub(1)) else {
        return;
    };
    *visits = left;
    match kind.encoding {
        Encoding::DynamicArray | Encoding::Bytes => {
            let text = slot.to_be_bytes::<32>();
            found.insert(keccak256(text).into(), Bytes::copy_from_slice(&text));
        }
        Encoding::Inplace => {
            for member in &kind.members {
                let slot = slot.wrapping_add(member.slot);
                collect_arrays(layout, &member.kind, slot, found, visits);
            }
            if let Some(item) = kind.base.as_ref() {
                let slots = layout.types.get(item).map_or(U256::ONE, slots_of);
                let length = length_in(&kind.label).unwrap_or_default();
                // Only the first ones: an array may have more items than there is memory.
                for index in 0..length.min(U256::from(FIXED_ITEMS)).to::<u64>() {
                    let slot = slot.wrapping_add(slots.wrapping_mul(U256::from(index)));
                    collect_arrays(layout, item, slot, found, visits);
                }
            }
        }
        Encoding::Mapping => {}
    }
}

#[cfg(test)]
mod tests;
