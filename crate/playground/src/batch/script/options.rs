//! The object map at the end of a verb's arguments, such as `#{ value: ether(1) }`.
//!
//! The rule: a key that the verb does not know is a problem, never ignored.

use alloy_primitives::{Address, B256, U256};
use interleave_engine::{hints, memory::Location};
use revm::context::transaction::{AccessList, AccessListItem};
use rhai::{Array, Dynamic, Map};

use super::{finish::CHAIN_ID, values};
use crate::contracts::near::{did_you_mean, shown};

/// A key that a verb takes, as messages, completion and the reference show it.
#[derive(Debug)]
pub struct Opt {
    /// The key.
    pub name: &'static str,
    /// What it says, in half a sentence.
    pub help: &'static str,
}

impl Opt {
    pub(super) const fn new(name: &'static str, help: &'static str) -> Self {
        Self { name, help }
    }
}

/// Options of one call of a verb.
pub(super) struct Options(Map);

impl Options {
    /// Reads the map; `known` are the keys of this verb.
    pub(super) fn read(value: Option<&Dynamic>, known: &'static [Opt]) -> Result<Self, String> {
        let mut names = known.iter().map(|option| option.name);
        let map = match value {
            None => Map::new(),
            Some(value) => match value.read_lock::<Map>() {
                Some(map) => map.clone(),
                None => {
                    return Err(format!(
                        "the options must be an object map, such as `#{{ {}: … }}`; found {}",
                        names.next().unwrap_or_default(),
                        values::describe(value)
                    ));
                }
            },
        };
        match map
            .keys()
            .find(|key| !names.clone().any(|name| name == key.as_str()))
        {
            Some(key) => {
                let hint = match did_you_mean(key, names.clone()) {
                    hint if hint.is_empty() => {
                        format!("; there are `{}`", names.collect::<Vec<_>>().join("`, `"))
                    }
                    hint => hint,
                };
                Err(format!("there is no option `{}`{hint}", shown(key)))
            }
            None => Ok(Self(map)),
        }
    }

    /// The option as it is, if it is given.
    pub(super) fn get(&self, key: &str) -> Option<&Dynamic> {
        self.0.get(key)
    }

    /// The option read by `read`, which gets its name for messages.
    pub(super) fn read_with<T>(
        &self,
        key: &str,
        read: impl FnOnce(&str, &Dynamic) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        self.get(key).map(|value| read(key, value)).transpose()
    }

    /// A number.
    pub(super) fn number(&self, key: &str) -> Result<Option<U256>, String> {
        self.read_with(key, values::number)
    }

    /// A number that a block or transaction has 64 bits for.
    pub(super) fn number64(&self, key: &str) -> Result<Option<u64>, String> {
        self.read_with(key, |key, value| values::number_up_to(key, value, u64::MAX))
    }

    /// A price of gas, which has 128 bits.
    pub(super) fn price(&self, key: &str) -> Result<Option<u128>, String> {
        self.read_with(key, |key, value| {
            let number = values::number(key, value)?;
            u128::try_from(number)
                .map_err(|_| format!("`{key}` must fit in 128 bits; found {number}"))
        })
    }
}

/// An access list, as [`accounts_and_slots`].
pub(super) fn access_list(key: &str, value: &Dynamic) -> Result<AccessList, String> {
    let entries = accounts_and_slots(key, value)?.into_iter();
    let item = |(address, slots): Entry| AccessListItem {
        address,
        storage_keys: slots.into_iter().flatten().map(B256::from).collect(),
    };
    Ok(AccessList(entries.map(item).collect()))
}

/// What a transaction is said to read or to write, as [`accounts_and_slots`]: an account without slots
/// stands for its balance, nonce and code.
pub(super) fn locations(key: &str, value: &Dynamic) -> Result<Vec<Location>, String> {
    let entries = accounts_and_slots(key, value)?.into_iter();
    let locations = |(address, slots): Entry| match slots {
        None => hints::fields(address).to_vec(),
        Some(slots) => slots
            .into_iter()
            .map(|slot| Location::Slot(address, slot))
            .collect(),
    };
    Ok(entries.flat_map(locations).collect())
}

/// An account, and which of its slots; none for the account apart from its storage.
type Entry = (Address, Option<Vec<U256>>);

/// A list of addresses, of `[address, slot]` or of `[address, [slots]]`.
fn accounts_and_slots(key: &str, value: &Dynamic) -> Result<Vec<Entry>, String> {
    let refuse = |item: &Dynamic| {
        format!(
            "each entry of `{key}` must be an address, `[address, slot]` or `[address, [slots]]`; found {}",
            values::describe(item)
        )
    };
    let items = values::list(key, value)?;
    let mut entries = Vec::with_capacity(items.len());
    for item in &items {
        let (address, slots) = match item.read_lock::<Array>() {
            None => (item.clone(), None),
            Some(pair) => match pair.as_slice() {
                [address, slots] if slots.is_array() => {
                    (address.clone(), Some(values::list(key, slots)?))
                }
                [address, slot] => (address.clone(), Some(vec![slot.clone()])),
                _ => return Err(refuse(item)),
            },
        };
        let address = values::address(key, &address).map_err(|_| refuse(item))?;
        let words = |slots: Array| -> Result<Vec<U256>, String> {
            let words = slots.iter().map(|slot| values::word("slot", slot));
            words.collect()
        };
        entries.push((address, slots.map(words).transpose()?));
    }
    Ok(entries)
}

/// Keys of an authorization.
const AUTHORIZATION: &[Opt] = &[
    Opt::new("signer", "the account that runs the code from now on"),
    Opt::new("address", "the contract whose code it is"),
    Opt::new("nonce", "the signer's next one if it is not given"),
    Opt::new("chain_id", "the chain it holds on; 0 for all"),
];

/// An authorization of EIP-7702, before it is known which nonce its signer has then.
#[derive(Clone, Debug)]
pub(super) struct Delegation {
    pub(super) signer: Address,
    pub(super) to: Address,
    pub(super) chain_id: U256,
    pub(super) nonce: Option<u64>,
}

/// An authorization list: accounts that let the code of another be theirs.
pub(super) fn authorization_list(key: &str, value: &Dynamic) -> Result<Vec<Delegation>, String> {
    let items = values::list(key, value)?;
    if items.is_empty() {
        return Err(format!("`{key}` must not be empty"));
    }
    let entry = |item: &Dynamic| {
        let shape = || {
            format!(
                "each entry of `{key}` must be `#{{ signer: alice, address: wallet }}`; found {}",
                values::describe(item)
            )
        };
        if !item.is::<Map>() {
            return Err(shape());
        }
        let entry = Options::read(Some(item), AUTHORIZATION)?;
        let address = |key| entry.read_with(key, values::address)?.ok_or_else(shape);
        Ok(Delegation {
            signer: address("signer")?,
            to: address("address")?,
            chain_id: entry.number("chain_id")?.unwrap_or(U256::from(CHAIN_ID)),
            nonce: entry.number64("nonce")?,
        })
    };
    items.iter().map(entry).collect()
}

/// Storage: an object map from slots to values, or a list of `[slot, value]`.
pub(super) fn storage(key: &str, value: &Dynamic) -> Result<Vec<(U256, U256)>, String> {
    if let Some(map) = value.read_lock::<Map>() {
        return map
            .iter()
            .map(|(slot, value)| Ok((values::slot_key(slot)?, values::word("value", value)?)))
            .collect();
    }
    let refuse = |found: &Dynamic| {
        format!(
            "`{key}` must be an object map from slots to values, or a list of `[slot, value]`; found {}",
            values::describe(found)
        )
    };
    let Some(items) = value.read_lock::<Array>() else {
        return Err(refuse(value));
    };
    items
        .iter()
        .map(
            |item| match item.read_lock::<Array>().as_deref().map(Vec::as_slice) {
                Some([slot, value]) => {
                    Ok((values::word("slot", slot)?, values::word("value", value)?))
                }
                _ => Err(refuse(item)),
            },
        )
        .collect()
}
