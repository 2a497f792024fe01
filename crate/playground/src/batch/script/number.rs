//! What a script can do with 256-bit integers, addresses and bytes: operators, comparisons, text.
//!
//! Plain integers mix with 256-bit ones on both sides.
//! The rule: nothing wraps around; overflow, underflow and division by zero are errors.

use std::cmp::Ordering;

use alloy_primitives::{Address, Bytes, U256};
use rhai::{Engine, EvalAltResult, INT, Position};

type Checked = Result<U256, Box<EvalAltResult>>;

/// Teaches the engine the three types.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<U256>("256-bit integer");
    engine.register_type_with_name::<Address>("address");
    engine.register_type_with_name::<Bytes>("bytes");

    arithmetic(engine, "+", U256::checked_add, "is more than 256 bits hold");
    arithmetic(engine, "-", U256::checked_sub, "is below zero");
    arithmetic(engine, "*", U256::checked_mul, "is more than 256 bits hold");
    arithmetic(engine, "/", U256::checked_div, "is a division by zero");
    arithmetic(engine, "%", U256::checked_rem, "is a division by zero");
    arithmetic(
        engine,
        "**",
        U256::checked_pow,
        "is more than 256 bits hold",
    );

    comparison(engine, "==", Ordering::is_eq);
    comparison(engine, "!=", Ordering::is_ne);
    comparison(engine, "<", Ordering::is_lt);
    comparison(engine, "<=", Ordering::is_le);
    comparison(engine, ">", Ordering::is_gt);
    comparison(engine, ">=", Ordering::is_ge);

    choice(engine, "min", Ord::min);
    choice(engine, "max", Ord::max);

    engine
        .register_fn("to_string", |number: U256| number.to_string())
        .register_fn("to_debug", |number: U256| number.to_string())
        .register_fn("to_int", to_int);

    engine
        .register_fn("==", |a: Address, b: Address| a == b)
        .register_fn("!=", |a: Address, b: Address| a != b)
        .register_fn("to_string", |address: Address| address.to_string())
        .register_fn("to_debug", |address: Address| address.to_string());

    engine
        .register_fn("==", |a: Bytes, b: Bytes| a == b)
        .register_fn("!=", |a: Bytes, b: Bytes| a != b)
        .register_fn("len", |bytes: Bytes| {
            INT::try_from(bytes.len()).unwrap_or(INT::MAX)
        })
        .register_fn("to_string", |bytes: Bytes| bytes.to_string())
        .register_fn("to_debug", |bytes: Bytes| bytes.to_string());
}

fn arithmetic(
    engine: &mut Engine,
    symbol: &'static str,
    operation: fn(U256, U256) -> Option<U256>,
    failure: &'static str,
) {
    let run = move |a: U256, b: U256| -> Checked {
        operation(a, b).ok_or_else(|| error(format!("{a} {symbol} {b} {failure}")))
    };
    engine.register_fn(symbol, run);
    engine.register_fn(symbol, move |a: U256, b: INT| -> Checked {
        run(a, widen(b, symbol)?)
    });
    engine.register_fn(symbol, move |a: INT, b: U256| -> Checked {
        run(widen(a, symbol)?, b)
    });
}

fn comparison(engine: &mut Engine, symbol: &'static str, holds: fn(Ordering) -> bool) {
    // A negative number is below every 256-bit integer.
    let order = |a: U256, b: INT| U256::try_from(b).map_or(Ordering::Greater, |b| a.cmp(&b));
    engine.register_fn(symbol, move |a: U256, b: U256| holds(a.cmp(&b)));
    engine.register_fn(symbol, move |a: U256, b: INT| holds(order(a, b)));
    engine.register_fn(symbol, move |a: INT, b: U256| holds(order(b, a).reverse()));
}

fn choice(engine: &mut Engine, name: &'static str, choose: fn(U256, U256) -> U256) {
    engine.register_fn(name, choose);
    engine.register_fn(name, move |a: U256, b: INT| -> Checked {
        Ok(choose(a, widen(b, name)?))
    });
    engine.register_fn(name, move |a: INT, b: U256| -> Checked {
        Ok(choose(widen(a, name)?, b))
    });
}

fn widen(number: INT, symbol: &str) -> Checked {
    U256::try_from(number).map_err(|_| {
        error(format!(
            "256-bit integers are never negative, so {number} cannot be part of `{symbol}` with one"
        ))
    })
}

fn to_int(number: U256) -> Result<INT, Box<EvalAltResult>> {
    INT::try_from(number).map_err(|_| error(format!("{number} is too large for a plain integer")))
}

fn error(message: String) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorArithmetic(message, Position::NONE))
}
