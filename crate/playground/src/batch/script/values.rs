//! Between a script's values and the engine's: numbers, addresses, bytes, texts.
//!
//! Every refusal is the sentence a person reads: what must be there, and what was found.

use alloy_primitives::{Address, B256, Bytes, U256};
use rhai::{Array, Dynamic, INT, ImmutableString, Map};

use crate::contracts::{call::Value, near::shown};

/// Lists deeper than this are no argument of any call.
const LIST_DEPTH: usize = 16;

/// A script's value as an argument of a call.
pub(super) fn to_value(value: &Dynamic) -> Value {
    value_at(value, 0)
}

fn value_at(value: &Dynamic, depth: usize) -> Value {
    if let Ok(number) = value.as_int() {
        Value::Int(number)
    } else if let Some(number) = value.read_lock::<U256>() {
        Value::Uint(*number)
    } else if let Some(address) = value.read_lock::<Address>() {
        Value::Address(*address)
    } else if let Some(bytes) = value.read_lock::<Bytes>() {
        Value::Bytes(bytes.clone())
    } else if let Some(text) = value.read_lock::<ImmutableString>() {
        Value::Text(text.to_string())
    } else if let Ok(c) = value.as_char() {
        Value::Text(c.to_string())
    } else if let Ok(truth) = value.as_bool() {
        Value::Bool(truth)
    } else if let Some(items) = value.read_lock::<Array>() {
        if depth == LIST_DEPTH {
            return Value::Other("lists in lists, too many of them".to_owned());
        }
        Value::List(items.iter().map(|item| value_at(item, depth + 1)).collect())
    } else {
        Value::Other(describe_other(value))
    }
}

fn describe_other(value: &Dynamic) -> String {
    if let Ok(number) = value.as_float() {
        // What the language cannot hold as an integer, it reads as a decimal number.
        return if number.abs() >= 9.2e18 && number.fract() == 0.0 {
            format!(
                "{number:e}, which is too large for a plain number: write it as text, `wei(\"…\")`"
            )
        } else {
            format!("the decimal number {number}")
        };
    }
    if value.is_unit() {
        "nothing".to_owned()
    } else if value.is::<Map>() {
        "an object map".to_owned()
    } else if value.is_fnptr() {
        "a function".to_owned()
    } else if value.type_name().contains("Range") {
        "a range".to_owned()
    } else {
        format!("a {}", value.type_name())
    }
}

/// What a value is, for messages.
pub(super) fn describe(value: &Dynamic) -> String {
    match value.read_lock::<Array>() {
        // Says no more than the length, so there is no need to convert the items.
        Some(items) => format!("a list of {}", items.len()),
        None => to_value(value).describe(),
    }
}

/// A number from zero to 2^256 - 1. `what` names it in messages.
pub(super) fn number(what: &str, value: &Dynamic) -> Result<U256, String> {
    match to_value_flat(value) {
        Value::Int(number) => U256::try_from(number)
            .map_err(|_| format!("`{what}` must not be negative; found {number}")),
        Value::Uint(number) => Ok(number),
        Value::Bytes(bytes) if bytes.len() <= 32 => Ok(U256::from_be_slice(&bytes)),
        _ => Err(format!(
            "`{what}` must be a whole number, such as `10` or `ether(1)`; found {}",
            describe(value)
        )),
    }
}

/// A number up to `most`.
pub(super) fn number_up_to(what: &str, value: &Dynamic, most: u64) -> Result<u64, String> {
    let number = number(what, value)?;
    u64::try_from(number)
        .ok()
        .filter(|number| *number <= most)
        .ok_or_else(|| format!("`{what}` must be at most {most}; found {number}"))
}

/// An address.
pub(super) fn address(what: &str, value: &Dynamic) -> Result<Address, String> {
    match to_value_flat(value) {
        Value::Address(address) => Ok(address),
        Value::Bytes(bytes) if bytes.len() == 20 => Ok(Address::from_slice(&bytes)),
        _ => Err(format!(
            "`{what}` must be an address, such as what `account(\"alice\")` or `hex(\"0x…\")` gives; found {}",
            describe(value)
        )),
    }
}

/// Text.
pub(super) fn text(what: &str, value: &Dynamic) -> Result<String, String> {
    match to_value_flat(value) {
        Value::Text(text) => Ok(text),
        _ => Err(format!("`{what}` must be text; found {}", describe(value))),
    }
}

/// Bytes.
pub(super) fn bytes(what: &str, value: &Dynamic) -> Result<Bytes, String> {
    match to_value_flat(value) {
        Value::Bytes(bytes) => Ok(bytes),
        _ => Err(format!(
            "`{what}` must be bytes, such as what `hex(\"0x…\")` gives; found {}",
            describe(value)
        )),
    }
}

/// A word of 32 bytes: a number, an address, bytes of that length, or true or false.
pub(super) fn word(what: &str, value: &Dynamic) -> Result<U256, String> {
    match to_value_flat(value) {
        Value::Address(address) => Ok(U256::from_be_slice(address.as_slice())),
        Value::Bool(truth) => Ok(U256::from(truth)),
        _ => number(what, value),
    }
}

/// A storage slot as the key of an object map, which is always text.
pub(super) fn slot_key(key: &str) -> Result<U256, String> {
    parse_integer(key).map_err(|_| {
        format!(
            "a storage slot must be a decimal or `0x` number; found \"{}\"",
            shown(key)
        )
    })
}

/// A list.
pub(super) fn list(what: &str, value: &Dynamic) -> Result<Array, String> {
    match value.read_lock::<Array>() {
        Some(items) => Ok(items.clone()),
        None => Err(format!(
            "`{what}` must be a list, such as `[1, 2]`; found {}",
            describe(value)
        )),
    }
}

/// The arguments of a call.
pub(super) fn arguments(value: &Dynamic) -> Result<Vec<Value>, String> {
    match to_value(value) {
        Value::List(items) => Ok(items),
        _ => Err(format!(
            "the arguments must be a list, such as `[alice, 10]` or `[]`; found {}",
            describe(value)
        )),
    }
}

/// As [`to_value`], without looking into lists.
fn to_value_flat(value: &Dynamic) -> Value {
    if value.is_array() {
        Value::List(Vec::new())
    } else {
        to_value(value)
    }
}

/// A decimal number, or a hexadecimal one after `0x`; underscores may group the digits.
pub(super) fn parse_integer(text: &str) -> Result<U256, String> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let (digits, radix) = match digits.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None => (&*digits, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(format!("\"{}\" is not a whole number", shown(text)));
    }
    U256::from_str_radix(digits, u64::from(radix))
        .map_err(|_| format!("\"{}\" does not fit in 256 bits", shown(text)))
}

/// A number of units, each of ten to the power of `decimals`: an integer, a decimal number or text.
pub(super) fn units(what: &str, value: &Dynamic, decimals: u32) -> Result<U256, String> {
    let scale = U256::from(10).pow(U256::from(decimals));
    let written = match to_value_flat(value) {
        Value::Text(text) => text,
        // The shortest text of a decimal number is what the person wrote.
        _ if value.is_float() => value.as_float().map(|x| x.to_string()).unwrap_or_default(),
        _ => {
            return number(what, value)?
                .checked_mul(scale)
                .ok_or_else(|| format!("`{what}` does not fit in 256 bits"));
        }
    };
    if written.starts_with("0x") {
        return parse_integer(&written)?
            .checked_mul(scale)
            .ok_or_else(|| format!("`{what}` does not fit in 256 bits"));
    }
    if written.starts_with('-') {
        return Err(format!(
            "`{what}` must not be negative; found {}",
            shown(&written)
        ));
    }
    let digits: String = written.chars().filter(|c| *c != '_').collect();
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals as usize {
        return Err(format!(
            "`{what}` has at most {decimals} digits after the point; found {}",
            shown(&written)
        ));
    }
    let all = format!("{whole}{fraction:0<width$}", width = decimals as usize);
    if whole.is_empty() || !all.chars().all(|c| c.is_ascii_digit()) {
        return Err(format!(
            "`{what}` must be a number, such as `1`, `0.5` or \"1000\"; found {}",
            describe(value)
        ));
    }
    U256::from_str_radix(&all, 10).map_err(|_| format!("`{what}` does not fit in 256 bits"))
}

/// Bytes from hexadecimal text.
pub(super) fn parse_hex(text: &str) -> Result<Bytes, String> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    alloy_primitives::hex::decode(&digits).map(Bytes::from).map_err(|_| {
        format!(
            "`hex` takes an even number of hexadecimal digits, such as \"0x01ff\"; found \"{}\"",
            shown(text)
        )
    })
}

/// A plain integer where it fits, which is what ranges and indices take.
pub(super) fn plain(number: u64) -> Dynamic {
    Dynamic::from_int(INT::try_from(number).unwrap_or(INT::MAX))
}

/// A hash as a script's bytes.
pub(super) fn hash_bytes(hash: B256) -> Dynamic {
    Dynamic::from(Bytes::copy_from_slice(hash.as_slice()))
}
