//! The verb `access_list_change`: a block access list that is not true.

use interleave_engine::{access_list::Value, block::TxIdx, memory::Location};
use rhai::Dynamic;

use super::{
    recorder::{Fault, Recorder},
    values,
};
use crate::{batch::ListChange, limits};

/// `access_list_change(n, account, field, value)`
pub(super) fn access_list_change(
    recorder: &mut Recorder,
    args: &[Dynamic],
) -> Result<Dynamic, Fault> {
    let tx = values::number_up_to("n", &args[0], limits::TRANSACTIONS as u64)?;
    let address = values::address("account", &args[1])?;
    let leaves_out = args[3].is_unit();
    let named = args[2].read_lock::<rhai::ImmutableString>();
    let (at, value) = match named.as_deref().map(rhai::ImmutableString::as_str) {
        Some("balance") => {
            let value = read(leaves_out, || values::number("value", &args[3]))?;
            (Location::Balance(address), value.map(Value::Number))
        }
        Some("nonce") => {
            let value = read(leaves_out, || {
                values::number_up_to("value", &args[3], u64::MAX)
            })?;
            (Location::Nonce(address), value.map(Value::Nonce))
        }
        _ => {
            let slot = values::word("field", &args[2]).map_err(|_| {
                format!(
                    "`field` must be \"balance\", \"nonce\" or a slot; found {}",
                    values::describe(&args[2])
                )
            })?;
            let value = read(leaves_out, || values::word("value", &args[3]))?;
            (Location::Slot(address, slot), value.map(Value::Number))
        }
    };
    if recorder.is_doubtful(address) {
        return Ok(Dynamic::UNIT);
    }
    if recorder.list_changes.len() == limits::LIST_CHANGES {
        return Err(Fault::Stop(format!(
            "a script changes at most {} values of the block access list",
            limits::LIST_CHANGES
        )));
    }
    recorder.list_changes.push(ListChange {
        tx: TxIdx(tx as u32),
        at,
        value,
        place: recorder.place,
    });
    Ok(Dynamic::UNIT)
}

/// What the list is to say; `()` leaves it out.
fn read<T>(
    leaves_out: bool,
    read: impl FnOnce() -> Result<T, String>,
) -> Result<Option<T>, String> {
    match leaves_out {
        true => Ok(None),
        false => read().map(Some),
    }
}
