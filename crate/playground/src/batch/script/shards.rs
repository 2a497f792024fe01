//! The verb `shard`: where accounts belong when the strategy of that name runs the block.

use alloy_primitives::Address;
use interleave_engine::strategy::shards::COUNT;
use rhai::{Array, Dynamic};

use super::{
    recorder::{Fault, Recorder},
    values,
};
use crate::limits;

/// `shard(accounts, n)`
pub(super) fn shard(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let addresses: Vec<Address> = match args[0].read_lock::<Array>() {
        None => vec![values::address("accounts", &args[0])?],
        Some(items) => {
            recorder.charge(items.len() as u64);
            let addresses = items.iter().map(|item| values::address("accounts", item));
            addresses.collect::<Result<_, _>>()?
        }
    };
    let shard = values::number_up_to("n", &args[1], u64::from(*COUNT.end()) - 1)?;
    let place = recorder.place;
    for address in addresses {
        if recorder.is_doubtful(address) {
            continue;
        }
        if recorder.shards.len() == limits::ACCOUNTS && !recorder.shards.contains_key(&address) {
            return Err(Fault::Stop(format!(
                "a script puts at most {} accounts in shards",
                limits::ACCOUNTS
            )));
        }
        let before = recorder.shards.insert(address, (shard as u32, place));
        if let Some((other, _)) = before.filter(|(other, _)| u64::from(*other) != shard) {
            return Err(Fault::Problem(format!(
                "{} is in shard {other} already",
                recorder.shown(address)
            )));
        }
    }
    Ok(Dynamic::UNIT)
}
