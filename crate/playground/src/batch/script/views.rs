//! The verbs `watch` and `expect`.
//!
//! They only note what is to be looked at: the values are found after the block has run.

use alloy_dyn_abi::DynSolType;
use alloy_primitives::{Address, U256};
use rhai::{Dynamic, Map};

use super::{
    calls,
    options::{Opt, Options},
    recorder::{Fault, Recorder},
    values,
};
use crate::{
    batch::view::{Condition, Expectation, Subject, View, Watch},
    contracts::{
        call::{Value, coerce, encode_call},
        near::{check_name, shown},
    },
    limits,
};

/// Options of `watch`.
pub(super) const WATCH_OPTIONS: &[Opt] = &[Opt::new(
    "decimals",
    "how many digits of a number stand after the point; 18 for a balance, else 0",
)];
/// What `expect` takes instead of a value.
pub(super) const EXPECT_OPTIONS: &[Opt] = &[
    Opt::new("at_least", "the smallest number that is right"),
    Opt::new("at_most", "the largest number that is right"),
];

/// Decimals of ether.
const ETHER: u64 = 18;
/// Decimals of the largest number.
const MOST_DECIMALS: u64 = 77;

/// `watch(label, of, call, args, options)`
pub(super) fn watch(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let (args, options) = match args {
        [rest @ .., last] if rest.len() >= 2 && last.is::<Map>() => (rest, Some(last)),
        _ if args.len() > 4 => (&args[..4], args.get(4)),
        _ => (args, None),
    };
    let label = values::text("label", &args[0])?;
    check_name(&label)?;
    let options = Options::read(options, WATCH_OPTIONS)?;
    let decimals = options.read_with("decimals", |key, value| {
        values::number_up_to(key, value, MOST_DECIMALS)
    })?;
    let Some(view) = view(recorder, &args[1..])? else {
        return Ok(Dynamic::UNIT);
    };
    let usual = match view.subject {
        Subject::Balance(_) => ETHER,
        Subject::Call { .. } => 0,
    };
    room(recorder.watches.len())?;
    recorder.watches.push(Watch {
        label,
        view,
        decimals: decimals.unwrap_or(usual) as u8,
    });
    Ok(Dynamic::UNIT)
}

/// `expect(of, call, args, value)`
pub(super) fn expect(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
    let (value, args) = args.split_last().expect("it is called with two or more");
    let Some(view) = view(recorder, args)? else {
        return Ok(Dynamic::UNIT);
    };
    let condition = condition(&view, value)?;
    room(recorder.expectations.len())?;
    let place = recorder.place;
    recorder.expectations.push(Expectation {
        view,
        condition,
        place,
    });
    Ok(Dynamic::UNIT)
}

fn room(taken: usize) -> Result<(), Fault> {
    match taken < limits::VIEWS {
        true => Ok(()),
        false => Err(Fault::Stop(format!(
            "a script watches and expects at most {} values each",
            limits::VIEWS
        ))),
    }
}

/// The value that `of, call, args` describe, or none when the address comes from a verb that failed.
fn view(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Option<View>, Fault> {
    let of = values::address("of", &args[0])?;
    if recorder.is_doubtful(of) {
        return Ok(None);
    }
    let name = shown(&name(recorder, of));
    let Some(call) = args.get(1) else {
        return Ok(Some(View {
            text: format!("the balance of {name}"),
            subject: Subject::Balance(of),
        }));
    };
    let call = values::text("call", call)?;
    let values = args.get(2).map(values::arguments).transpose()?;
    let values = values.unwrap_or_default();
    let function = calls::function(recorder, of, &call)?;
    let data = encode_call(&function, &values)?;
    recorder.hold(data.len())?;
    let args: Vec<_> = values.iter().map(|it| argument(recorder, it)).collect();
    let text = format!("{name}.{}({})", function.name, args.join(", "));
    Ok(Some(View {
        text: shown(&text),
        subject: Subject::Call {
            to: of,
            data,
            function: Box::new(function),
        },
    }))
}

fn name(recorder: &Recorder, address: Address) -> String {
    let name = recorder.names.get(&address);
    name.cloned().unwrap_or_else(|| address.to_string())
}

/// An argument as a person would write it.
fn argument(recorder: &Recorder, value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Text(text) => format!("\"{text}\""),
        Value::Address(address) => name(recorder, *address),
        Value::Bytes(bytes) => bytes.to_string(),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(|it| argument(recorder, it)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Other(what) => what.clone(),
    }
}

fn condition(view: &View, value: &Dynamic) -> Result<Condition, Fault> {
    if value.is::<Map>() {
        let options = Options::read(Some(value), EXPECT_OPTIONS)?;
        let (least, most) = (options.number("at_least")?, options.number("at_most")?);
        if least.is_none() && most.is_none() {
            return Err(Fault::Problem(
                "without a value, `expect` needs `at_least` or `at_most`".to_owned(),
            ));
        }
        return Ok(Condition::Within(
            least.unwrap_or(U256::ZERO),
            most.unwrap_or(U256::MAX),
        ));
    }
    let mut types = view.types();
    if types.is_empty() {
        types.push(DynSolType::Uint(256));
    }
    let given = match (types.as_slice(), values::to_value(value)) {
        ([_], one) => vec![one],
        (many, Value::List(items)) if items.len() == many.len() => items,
        (many, other) => {
            return Err(Fault::Problem(format!(
                "{} gives {} values, so a list of as many is expected; found {}",
                view.text,
                many.len(),
                other.describe()
            )));
        }
    };
    let pairs = types.iter().zip(&given);
    let values: Result<Vec<_>, String> = pairs.map(|(kind, value)| coerce(kind, value)).collect();
    let values = values.map_err(|why| format!("what {} is expected to be {why}", view.text))?;
    Ok(Condition::Is(values))
}
