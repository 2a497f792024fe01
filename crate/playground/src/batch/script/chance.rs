//! The verbs `seed`, `random`, `shuffle` and `zipf`.

use rhai::Dynamic;

use super::{
    recorder::{Fault, Recorder},
    values,
};
use crate::limits;

/// `seed(n)`
pub(super) fn seed(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let seed = values::number_up_to("n", &args[0], u64::MAX)?;
    recorder.random.seed(seed);
    Ok(Dynamic::UNIT)
}

/// `shuffle(list)`
pub(super) fn shuffle(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let mut list = values::list("list", &args[0])?;
    recorder.charge(list.len() as u64);
    recorder.random.shuffle(&mut list);
    Ok(Dynamic::from_array(list))
}

/// `random(n)`
pub(super) fn random(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let n = values::number("n", &args[0])?;
    if n.is_zero() {
        return Err(Fault::Problem(
            "`n` must be at least 1, as there is no number below 0".to_owned(),
        ));
    }
    Ok(match (args[0].is_int(), u64::try_from(n)) {
        (true, Ok(n)) => values::plain(recorder.random.below(n)),
        _ => Dynamic::from(recorder.random.below_wide(n)),
    })
}

/// `zipf(n, s)`
pub(super) fn zipf(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let n = values::number_up_to("n", &args[0], limits::LIST_ITEMS as u64)?;
    if n == 0 {
        return Err(Fault::Problem(
            "`n` must be at least 1, as there is no number below 0".to_owned(),
        ));
    }
    let s = args[1]
        .as_float()
        .or_else(|_| args[1].as_int().map(|s| s as f64))
        .ok()
        .filter(|s| (0.0..=10.0).contains(s))
        .ok_or_else(|| {
            format!(
                "`s` must be a number from 0 to 10, such as `0.8`; found {}",
                values::describe(&args[1])
            )
        })?;
    let (number, work) = recorder.random.zipf(n, s);
    // A power takes as long as a few operations.
    recorder.charge(work.saturating_mul(3));
    Ok(values::plain(number))
}
