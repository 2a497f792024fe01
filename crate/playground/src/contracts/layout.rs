//! The storage layout as solc writes it: where each state variable is and what its type is made of.
//!
//! Plain data; [`slots`](super::slots) gives names with it.

use std::collections::BTreeMap;

use alloy_primitives::U256;
use serde::{Deserialize, Deserializer, de::Error};

/// State variables and the types they are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Layout {
    /// State variables in the order of their slots.
    pub storage: Vec<Variable>,
    /// Types by the compiler's identifier; absent or null where nothing is stored.
    #[serde(default, deserialize_with = "nullable")]
    pub types: BTreeMap<String, Type>,
}

/// A state variable, or a member of a struct.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Variable {
    /// Its name.
    pub label: String,
    /// Slot, from the start of the contract or the struct.
    #[serde(deserialize_with = "decimal")]
    pub slot: U256,
    /// First byte in the slot, from the lowest.
    pub offset: u32,
    /// Identifier of its type.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A type in storage.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Type {
    /// How it is stored.
    pub encoding: Encoding,
    /// As written in Solidity.
    pub label: String,
    /// Size in place.
    #[serde(deserialize_with = "decimal")]
    pub number_of_bytes: U256,
    /// Key of a mapping.
    pub key: Option<String>,
    /// Value of a mapping.
    pub value: Option<String>,
    /// Element of an array.
    pub base: Option<String>,
    /// Members of a struct.
    #[serde(default)]
    pub members: Vec<Variable>,
}

/// How a type is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// In the slot itself and those after it.
    Inplace,
    /// Each value at the hash of key and slot.
    Mapping,
    /// Length in the slot, elements from the hash of the slot on.
    DynamicArray,
    /// Up to 31 bytes in the slot, more from the hash of the slot on.
    Bytes,
}

fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<U256, D::Error> {
    let text = String::deserialize(deserializer)?;
    U256::from_str_radix(&text, 10).map_err(D::Error::custom)
}

fn nullable<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Type>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
