//! Why a call reverted, in words: `Error(string)`, `Panic(uint256)` and the custom errors of contracts.
//!
//! The data is whatever a contract returned, so nothing in it is trusted.

use alloy_dyn_abi::{DynSolValue, JsonAbiExt};
use alloy_json_abi::{Error, JsonAbi};
use alloy_primitives::{Selector, U256, hex};

use super::{Contracts, Names, near::shown};

/// Items of a list, and bytes, that are shown.
const SHOWN_ITEMS: usize = 8;

impl Contracts {
    /// The reason in revert data. Errors of the contract called, if it is known, come before those
    /// of others, which it may pass on. Addresses get their names.
    pub fn decode_revert(&self, output: &[u8], called: Option<&str>, names: &Names) -> String {
        let Some((selector, data)) = output.split_first_chunk::<4>() else {
            return if output.is_empty() {
                "it gave no reason".to_owned()
            } else {
                format!("it returned {}", hex::encode_prefixed(output))
            };
        };
        let selector = Selector::from(*selector);
        let own = called.and_then(|name| self.get(name));
        let known = own
            .into_iter()
            .chain(self.iter())
            .flat_map(|artifact| artifact.abi.errors())
            .find(|error| error.selector() == selector);
        let decoded = match known {
            Some(error) => decode(error, data, names),
            None => builtin(selector, data),
        };
        decoded.unwrap_or_else(|| {
            format!(
                "it returned data that no known contract explains: {}",
                shown(&hex::encode_prefixed(output))
            )
        })
    }
}

fn decode(error: &Error, data: &[u8], names: &Names) -> Option<String> {
    let values = error.abi_decode_input(data).ok()?;
    let args: Vec<_> = error
        .inputs
        .iter()
        .zip(&values)
        .map(|(input, value)| {
            let value = show(value, names);
            if input.name.is_empty() {
                value
            } else {
                format!("{}: {value}", input.name)
            }
        })
        .collect();
    Some(format!("{}({})", error.name, args.join(", ")))
}

/// What Solidity itself reverts with.
fn builtin(selector: Selector, data: &[u8]) -> Option<String> {
    let abi = JsonAbi::parse(["error Error(string)", "error Panic(uint256)"]).ok()?;
    let error = abi.errors().find(|error| error.selector() == selector)?;
    match error.abi_decode_input(data).ok()?.as_slice() {
        [DynSolValue::String(text)] => Some(format!("\"{}\"", shown(text))),
        [DynSolValue::Uint(code, _)] => Some(panic_reason(*code)),
        _ => None,
    }
}

/// The panics of Solidity.
fn panic_reason(code: U256) -> String {
    let reason = match code.try_into().unwrap_or(u64::MAX) {
        0x00 => "the compiler's own panic",
        0x01 => "an assertion does not hold",
        0x11 => "an arithmetic overflow or underflow",
        0x12 => "a division by zero",
        0x21 => "a number that is no member of the enum",
        0x22 => "bytes in storage that are encoded wrongly",
        0x31 => "pop on an empty array",
        0x32 => "an index outside the array",
        0x41 => "too much memory",
        0x51 => "a call of a function pointer that is not set",
        _ => return format!("panic {code:#x}"),
    };
    format!("panic {code:#04x}: {reason}")
}

/// A decoded value as a person reads it.
pub fn show(value: &DynSolValue, names: &Names) -> String {
    match value {
        DynSolValue::Bool(truth) => truth.to_string(),
        DynSolValue::Int(number, _) => number.to_string(),
        DynSolValue::Uint(number, _) => number.to_string(),
        DynSolValue::FixedBytes(word, size) => hex::encode_prefixed(&word[..*size]),
        DynSolValue::Address(address) => names
            .get(address)
            .cloned()
            .unwrap_or_else(|| address.to_string()),
        DynSolValue::Function(function) => function.to_string(),
        DynSolValue::Bytes(bytes) => shown(&hex::encode_prefixed(bytes)),
        DynSolValue::String(text) => format!("\"{}\"", shown(text)),
        DynSolValue::Array(items) | DynSolValue::FixedArray(items) => {
            format!("[{}]", show_all(items, names))
        }
        DynSolValue::Tuple(items) => format!("({})", show_all(items, names)),
    }
}

/// Several values, with commas between them; of many, the first.
pub fn show_all(items: &[DynSolValue], names: &Names) -> String {
    let mut texts: Vec<_> = items
        .iter()
        .take(SHOWN_ITEMS)
        .map(|item| show(item, names))
        .collect();
    if items.len() > SHOWN_ITEMS {
        texts.push("…".to_owned());
    }
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Address;

    use super::{super::tests::example_contracts, *};
    use crate::contracts::call::{Value, encode_call, parse_signature};

    fn reason(signature: &str, args: &[Value], called: Option<&str>) -> String {
        let data = encode_call(&parse_signature(signature).unwrap(), args).unwrap();
        let names = Names::from([(Address::repeat_byte(1), "alice".to_owned())]);
        example_contracts().decode_revert(&data, called, &names)
    }

    #[test]
    fn reasons_are_read_from_the_data() {
        let alice = Value::Address(Address::repeat_byte(1));
        let bob = Value::Address(Address::repeat_byte(2));
        let cases: &[(&str, &[Value], &str)] = &[
            (
                "Error(string)",
                &[Value::Text("not \u{202e}today".into())],
                "\"not \\u{202e}today\"",
            ),
            (
                "Panic(uint256)",
                &[Value::Int(0x11)],
                "panic 0x11: an arithmetic overflow or underflow",
            ),
            ("Panic(uint256)", &[Value::Int(0x99)], "panic 0x99"),
            (
                "NotEnoughLeft(uint256,uint256)",
                &[Value::Int(5), Value::Int(3)],
                "NotEnoughLeft(asked: 5, left: 3)",
            ),
            // `Collectible` and `Wallet` have errors of this name with other arguments.
            (
                "NotOwner(address)",
                std::slice::from_ref(&alice),
                "NotOwner(caller: alice)",
            ),
            (
                "InsufficientBalance(address,uint256,uint256)",
                &[bob, Value::Int(1), Value::Int(2)],
                "InsufficientBalance(holder: 0x0202020202020202020202020202020202020202, balance: 1, needed: 2)",
            ),
            (
                "Elephant(uint256)",
                &[Value::Int(1)],
                "it returned data that no known contract explains: 0x",
            ),
        ];
        for (signature, args, expected) in cases {
            let found = reason(signature, args, Some("Pool"));
            assert!(found.starts_with(expected), "{found}");
        }
        let contracts = example_contracts();
        let names = Names::new();
        assert_eq!(
            contracts.decode_revert(&[], None, &names),
            "it gave no reason"
        );
        assert_eq!(
            contracts.decode_revert(&[1, 2], None, &names),
            "it returned 0x0102"
        );
    }

    #[test]
    fn data_cut_short_is_shown_as_it_is() {
        let mut data = encode_call(
            &parse_signature("Error(string)").unwrap(),
            &[Value::Text("x".repeat(100))],
        )
        .unwrap()
        .to_vec();
        for length in [100, 36, 10, 4] {
            data.truncate(length);
            let found = example_contracts().decode_revert(&data, None, &Names::new());
            assert!(found.starts_with("it returned data"), "{found}");
        }
    }
}
