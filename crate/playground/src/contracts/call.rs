//! Calls by signature: finds the function meant, checks the arguments and encodes them.
//!
//! The values come from a script but are plain here. Every refusal shows the signature expected.

use alloy_dyn_abi::{DynSolType, DynSolValue, Specifier};
use alloy_json_abi::{Function, Param};
use alloy_primitives::{Address, Bytes, I256, U256};

use super::{
    Artifact,
    near::{nearest, shown},
};

/// Longest signature that is read.
const SIGNATURE_CHARS: usize = 1_000;
/// Deepest nesting of tuples and arrays in a signature.
const SIGNATURE_DEPTH: usize = 16;

/// An argument as a script gives it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A plain integer.
    Int(i64),
    /// A 256-bit integer.
    Uint(U256),
    /// True or false.
    Bool(bool),
    /// Text.
    Text(String),
    /// An address.
    Address(Address),
    /// Bytes.
    Bytes(Bytes),
    /// A list, for arrays and tuples.
    List(Vec<Value>),
    /// Something no argument can be; the text says what.
    Other(String),
}

impl Value {
    /// What it is, for messages.
    pub fn describe(&self) -> String {
        match self {
            Self::Int(number) => format!("the number {number}"),
            Self::Uint(number) => format!("the number {number}"),
            Self::Bool(truth) => truth.to_string(),
            Self::Text(text) => format!("the text \"{}\"", shown(text)),
            Self::Address(address) => format!("the address {address}"),
            Self::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Self::List(items) => format!("a list of {}", items.len()),
            Self::Other(what) => what.clone(),
        }
    }
}

/// `name(type name, …)` as a person would write it.
pub fn spelled(name: &str, inputs: &[Param]) -> String {
    let inputs: Vec<_> = inputs
        .iter()
        .map(|input| {
            let kind = input.selector_type();
            if input.name.is_empty() {
                kind.into_owned()
            } else {
                format!("{kind} {}", input.name)
            }
        })
        .collect();
    format!("{name}({})", inputs.join(", "))
}

/// Reads a signature such as `transfer(address,uint256)`.
pub fn parse_signature(text: &str) -> Result<Function, String> {
    let refuse = || {
        format!(
            "`{}` is not a function signature; write one like `transfer(address,uint256)`",
            shown(text)
        )
    };
    // The parser of signatures is recursive, so what is too deep must not reach it.
    let mut depth = 0_usize;
    let mut brackets = 0_usize;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '[' => brackets += 1,
            ',' => brackets = 0,
            _ => {}
        }
        if depth > SIGNATURE_DEPTH || brackets > SIGNATURE_DEPTH {
            return Err(refuse());
        }
    }
    if text.len() > SIGNATURE_CHARS {
        return Err(refuse());
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let tidy = words
        .replace("( ", "(")
        .replace(" (", "(")
        .replace(" ,", ",")
        .replace(" )", ")");
    let mut function = Function::parse(&tidy).map_err(|_| refuse())?;
    for input in &mut function.inputs {
        let kind = input.resolve().map_err(|_| refuse())?;
        // `uint` means `uint256`, and a selector is made of the latter.
        if input.components.is_empty() {
            input.ty = kind.sol_type_name().into_owned();
        }
    }
    Ok(function)
}

/// The function that `call` means: a whole signature, or a name that is not overloaded.
pub fn find_function(artifact: &Artifact, call: &str) -> Result<Function, String> {
    let contract = &artifact.name;
    let Some(open) = call.find('(') else {
        return match artifact.abi.function(call).map(Vec::as_slice) {
            Some([function]) => Ok(function.clone()),
            Some(functions) => Err(format!(
                "`{contract}` has several functions `{call}`; say which: {}",
                listed(functions.iter())
            )),
            None => Err(unknown_function(artifact, call)),
        };
    };
    let wanted = parse_signature(call)?;
    let signature = wanted.signature();
    if let Some(function) = artifact
        .abi
        .functions()
        .find(|function| function.signature() == signature)
    {
        return Ok(function.clone());
    }
    match artifact.abi.function(call[..open].trim()) {
        Some(functions) => Err(format!(
            "`{contract}` has no function `{signature}`; it has {}",
            listed(functions.iter())
        )),
        None => Err(unknown_function(artifact, &signature)),
    }
}

fn unknown_function(artifact: &Artifact, call: &str) -> String {
    let name = call.split('(').next().unwrap_or_default();
    let near = nearest(name, artifact.abi.functions().map(|f| f.name.as_str()))
        .and_then(|name| artifact.abi.function(name));
    let hint = match near {
        Some(functions) => format!("; did you mean {}?", listed(functions.iter())),
        None if artifact.abi.functions().next().is_none() => "; it has none".to_owned(),
        None => format!("; it has {}", listed(artifact.abi.functions().take(12))),
    };
    format!(
        "`{}` has no function `{}`{hint}",
        artifact.name,
        shown(call)
    )
}

fn listed<'a>(functions: impl Iterator<Item = &'a Function>) -> String {
    let signatures: Vec<_> = functions
        .map(|function| format!("`{}`", function.signature()))
        .collect();
    signatures.join(", ")
}

/// Selector and arguments of a call.
pub fn encode_call(function: &Function, args: &[Value]) -> Result<Bytes, String> {
    let signature = spelled(&function.name, &function.inputs);
    let mut data = function.selector().to_vec();
    data.extend(encode_args(&signature, &function.inputs, args)?);
    Ok(data.into())
}

/// Creation code and the arguments of the constructor.
pub fn encode_creation(artifact: &Artifact, args: &[Value]) -> Result<Bytes, String> {
    let inputs = artifact
        .abi
        .constructor
        .as_ref()
        .map(|constructor| constructor.inputs.as_slice())
        .unwrap_or_default();
    let signature = spelled(&format!("constructor of {}", artifact.name), inputs);
    let mut code = artifact.bytecode.to_vec();
    code.extend(encode_args(&signature, inputs, args)?);
    Ok(code.into())
}

/// Arguments alone, as `abi.encode` gives them. `signature` is for messages.
pub fn encode_args(signature: &str, inputs: &[Param], args: &[Value]) -> Result<Vec<u8>, String> {
    if inputs.len() != args.len() {
        let plural = if inputs.len() == 1 { "" } else { "s" };
        return Err(format!(
            "`{signature}` takes {} argument{plural}; found {}",
            inputs.len(),
            args.len()
        ));
    }
    let mut values = Vec::with_capacity(args.len());
    for (at, (input, arg)) in inputs.iter().zip(args).enumerate() {
        let kind = input
            .resolve()
            .map_err(|error| format!("the ABI has a type that cannot be read: {error}"))?;
        let value = coerce(&kind, arg)
            .map_err(|why| format!("argument {} of `{signature}` {why}", at + 1))?;
        values.push(value);
    }
    Ok(DynSolValue::Tuple(values).abi_encode_params())
}

/// The value as this type, or the end of a sentence that begins with what was meant to have it.
pub fn coerce(kind: &DynSolType, value: &Value) -> Result<DynSolValue, String> {
    let refuse = || {
        let hint = match (kind, value) {
            (DynSolType::Address, Value::Text(_)) => {
                ", such as what `account(\"alice\")` or `hex(\"0x…\")` gives"
            }
            (DynSolType::Bytes | DynSolType::FixedBytes(_), Value::Text(_)) => {
                ", such as what `hex(\"0x…\")` gives"
            }
            (DynSolType::Uint(_) | DynSolType::Int(_), Value::Text(_)) => {
                ", such as `10`, `ether(10)` or `wei(\"1000\")`"
            }
            _ => "",
        };
        format!(
            "must be {}{hint}; found {}",
            with_article(kind),
            value.describe()
        )
    };
    Ok(match (kind, value) {
        (DynSolType::Bool, Value::Bool(truth)) => DynSolValue::Bool(*truth),
        (DynSolType::Uint(bits), _) => {
            let number = match value {
                Value::Int(number) => U256::try_from(*number).map_err(|_| refuse())?,
                Value::Uint(number) => *number,
                Value::Bytes(bytes) if bytes.len() <= 32 => U256::from_be_slice(bytes),
                _ => return Err(refuse()),
            };
            if number.bit_len() > *bits {
                return Err(format!(
                    "must fit in {}; found {number}",
                    with_article(kind)
                ));
            }
            DynSolValue::Uint(number, *bits)
        }
        (DynSolType::Int(bits), _) => {
            let number = match value {
                Value::Int(number) => I256::try_from(*number).map_err(|_| refuse())?,
                Value::Uint(number) => I256::try_from(*number)
                    .map_err(|_| format!("must fit in {}; found {number}", with_article(kind)))?,
                _ => return Err(refuse()),
            };
            if number.bits() as usize > *bits {
                return Err(format!(
                    "must fit in {}; found {number}",
                    with_article(kind)
                ));
            }
            DynSolValue::Int(number, *bits)
        }
        (DynSolType::Address, Value::Address(address)) => DynSolValue::Address(*address),
        (DynSolType::Address, Value::Bytes(bytes)) if bytes.len() == 20 => {
            DynSolValue::Address(Address::from_slice(bytes))
        }
        (DynSolType::FixedBytes(size), Value::Bytes(bytes)) if bytes.len() == *size => {
            let mut word = [0; 32];
            word[..*size].copy_from_slice(bytes);
            DynSolValue::FixedBytes(word.into(), *size)
        }
        (DynSolType::Bytes, Value::Bytes(bytes)) => DynSolValue::Bytes(bytes.to_vec()),
        (DynSolType::String, Value::Text(text)) => DynSolValue::String(text.clone()),
        (DynSolType::Array(item), Value::List(values)) => {
            DynSolValue::Array(coerce_all(values.iter().map(|value| (&**item, value)))?)
        }
        (DynSolType::FixedArray(item, size), Value::List(values)) if values.len() == *size => {
            DynSolValue::FixedArray(coerce_all(values.iter().map(|value| (&**item, value)))?)
        }
        (DynSolType::Tuple(kinds), Value::List(values)) if values.len() == kinds.len() => {
            DynSolValue::Tuple(coerce_all(kinds.iter().zip(values))?)
        }
        _ => return Err(refuse()),
    })
}

fn coerce_all<'a>(
    pairs: impl Iterator<Item = (&'a DynSolType, &'a Value)>,
) -> Result<Vec<DynSolValue>, String> {
    pairs
        .enumerate()
        .map(|(at, (kind, value))| {
            coerce(kind, value).map_err(|why| format!("(at place {}) {why}", at + 1))
        })
        .collect()
}

fn with_article(kind: &DynSolType) -> String {
    let name = kind.sol_type_name();
    match kind {
        DynSolType::Tuple(kinds) => format!("a list of {} for the tuple {name}", kinds.len()),
        DynSolType::FixedArray(_, size) => format!("a list of {size} for {name}"),
        DynSolType::Array(_) => format!("a list for {name}"),
        DynSolType::Bytes => "bytes".to_owned(),
        DynSolType::FixedBytes(size) => format!("{size} bytes for {name}"),
        DynSolType::String => "text".to_owned(),
        DynSolType::Address | DynSolType::Int(_) => format!("an {name}"),
        _ => format!("a {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::example_contracts, *};

    fn call(signature: &str, args: &[Value]) -> Result<String, String> {
        let data = encode_call(&parse_signature(signature)?, args)?;
        Ok(alloy_primitives::hex::encode(data))
    }

    #[test]
    fn calls_are_encoded_as_solidity_does() {
        assert_eq!(
            call(
                "transfer(address,uint)",
                &[Value::Address(Address::repeat_byte(0x11)), Value::Int(5)]
            )
            .unwrap(),
            "a9059cbb0000000000000000000000001111111111111111111111111111111111111111\
             0000000000000000000000000000000000000000000000000000000000000005"
        );
        let nested = call(
            "f((uint8,string)[],int16,bytes4,bool[2])",
            &[
                Value::List(vec![Value::List(vec![
                    Value::Int(1),
                    Value::Text("x".into()),
                ])]),
                Value::Int(-2),
                Value::Bytes(Bytes::from_static(&[1, 2, 3, 4])),
                Value::List(vec![Value::Bool(true), Value::Bool(false)]),
            ],
        )
        .unwrap();
        assert_eq!(nested.len(), 8 + 64 * 11);
    }

    #[test]
    fn a_wrong_argument_is_refused_with_the_signature() {
        let text = || Value::Text("ten".into());
        let cases: &[(&str, &[Value], &str)] = &[
            ("f(uint256)", &[], "`f(uint256)` takes 1 argument; found 0"),
            (
                "f(address,uint256)",
                &[Value::Int(1)],
                "`f(address, uint256)` takes 2 arguments; found 1",
            ),
            (
                "f(uint256 amount)",
                &[text()],
                "argument 1 of `f(uint256 amount)` must be a uint256, such as `10`, `ether(10)` or `wei(\"1000\")`; found the text \"ten\"",
            ),
            (
                "f(uint8)",
                &[Value::Int(256)],
                "argument 1 of `f(uint8)` must fit in a uint8; found 256",
            ),
            (
                "f(uint8)",
                &[Value::Int(-1)],
                "argument 1 of `f(uint8)` must be a uint8; found the number -1",
            ),
            (
                "f(int8)",
                &[Value::Int(128)],
                "argument 1 of `f(int8)` must fit in an int8; found 128",
            ),
            (
                "f(int256)",
                &[Value::Uint(U256::MAX)],
                "argument 1 of `f(int256)` must fit in an int256; found 115792089237316195423570985008687907853269984665640564039457584007913129639935",
            ),
            (
                "f(address)",
                &[text()],
                "argument 1 of `f(address)` must be an address, such as what `account(\"alice\")` or `hex(\"0x…\")` gives; found the text \"ten\"",
            ),
            (
                "f(bytes32)",
                &[Value::Bytes(Bytes::from_static(&[1]))],
                "argument 1 of `f(bytes32)` must be 32 bytes for bytes32; found 1 bytes",
            ),
            (
                "f(bool)",
                &[Value::Int(1)],
                "argument 1 of `f(bool)` must be a bool; found the number 1",
            ),
            (
                "f(uint8[2])",
                &[Value::List(vec![Value::Int(1), Value::Int(300)])],
                "argument 1 of `f(uint8[2])` (at place 2) must fit in a uint8; found 300",
            ),
            (
                "f((bool,bool))",
                &[Value::List(vec![])],
                "argument 1 of `f((bool,bool))` must be a list of 2 for the tuple (bool,bool); found a list of 0",
            ),
        ];
        for (signature, args, message) in cases {
            assert_eq!(&call(signature, args).unwrap_err(), message);
        }
    }

    #[test]
    fn integers_up_to_their_limits_are_accepted() {
        for (signature, value) in [
            ("f(uint8)", Value::Int(255)),
            ("f(int8)", Value::Int(127)),
            ("f(int8)", Value::Int(-128)),
            ("f(uint256)", Value::Uint(U256::MAX)),
        ] {
            assert!(call(signature, &[value]).is_ok(), "{signature}");
        }
        assert!(call("f(int8)", &[Value::Int(-129)]).is_err());
    }

    #[test]
    fn functions_are_found_by_signature_or_name() {
        let contracts = example_contracts();
        let token = contracts.get("Token").unwrap();
        assert_eq!(
            find_function(token, "mint").unwrap().signature(),
            "mint(address,uint256)"
        );
        assert_eq!(
            find_function(token, " mint( address to , uint amount ) ")
                .unwrap()
                .signature(),
            "mint(address,uint256)"
        );
        let cases = [
            (
                "tranfer",
                "`Token` has no function `tranfer`; did you mean `transfer(address,uint256)`?",
            ),
            (
                "tranfer(address,uint256)",
                "`Token` has no function `tranfer(address,uint256)`; did you mean `transfer(address,uint256)`?",
            ),
            (
                "transfer(address,uint128)",
                "`Token` has no function `transfer(address,uint128)`; it has `transfer(address,uint256)`",
            ),
            (
                "transfer(adress,uint256)",
                "`transfer(adress,uint256)` is not a function signature; write one like `transfer(address,uint256)`",
            ),
            (
                "transfer(address",
                "`transfer(address` is not a function signature; write one like `transfer(address,uint256)`",
            ),
        ];
        for (call, message) in cases {
            assert_eq!(find_function(token, call).unwrap_err(), message);
        }
        let wallet = contracts.get("Wallet").unwrap();
        assert_eq!(
            find_function(wallet, "elephant").unwrap_err(),
            "`Wallet` has no function `elephant`; it has `owner()`, `pay(address,uint256)`, `received()`"
        );
    }

    #[test]
    fn signatures_that_are_too_long_or_deep_are_refused() {
        let deep = format!("f{}{}", "(".repeat(5_000), ")".repeat(5_000));
        let brackets = format!("f(uint{})", "[]".repeat(5_000));
        let long = format!("f({})", vec!["uint256"; 5_000].join(","));
        for text in [deep, brackets, long] {
            assert!(parse_signature(&text).is_err());
        }
    }
}
