//! The verbs `hex`, `keccak`, `encode` and `assemble`.

use alloy_primitives::keccak256;
use rhai::Dynamic;

use super::{
    recorder::{Fault, Recorder},
    values,
};
use crate::contracts::{
    assembler,
    call::{Value, encode_args, encode_call, parse_signature},
};

/// Bytes that are hashed or encoded in the time of one operation.
const BYTES_AN_OPERATION: u64 = 4;
/// Operations that a byte of a program takes, as each word is looked up in the list of instructions.
const ASSEMBLED_BYTE: u64 = 8;

/// `hex(text)`
pub(super) fn hex(_: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let bytes = values::parse_hex(&values::text("text", &args[0])?)?;
    Ok(Dynamic::from(bytes))
}

/// `keccak(x)`
pub(super) fn keccak(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let hash = match values::to_value(&args[0]) {
        Value::Text(text) => {
            recorder.charge(text.len() as u64 / BYTES_AN_OPERATION);
            keccak256(text)
        }
        Value::Bytes(bytes) => {
            recorder.charge(bytes.len() as u64 / BYTES_AN_OPERATION);
            keccak256(bytes)
        }
        Value::Int(_) | Value::Uint(_) | Value::Address(_) => {
            keccak256(values::word("x", &args[0])?.to_be_bytes::<32>())
        }
        other => {
            return Err(Fault::Problem(format!(
                "`x` must be text, bytes, a number or an address; found {}",
                other.describe()
            )));
        }
    };
    Ok(values::hash_bytes(hash))
}

/// `encode(signature, args)`
pub(super) fn encode(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let signature = values::text("signature", &args[0])?;
    let arguments = values::arguments(&args[1])?;
    let data = if signature.trim_start().starts_with('(') {
        let function = parse_signature(&format!("f{}", signature.trim_start()))?;
        encode_args(signature.trim(), &function.inputs, &arguments)?.into()
    } else {
        encode_call(&parse_signature(&signature)?, &arguments)?
    };
    recorder.charge(data.len() as u64 / BYTES_AN_OPERATION);
    Ok(Dynamic::from(data))
}

/// `assemble(program)`
pub(super) fn assemble(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let program = values::text("program", &args[0])?;
    recorder.charge(program.len() as u64 * ASSEMBLED_BYTE);
    Ok(Dynamic::from(assembler::assemble(&program)?))
}
