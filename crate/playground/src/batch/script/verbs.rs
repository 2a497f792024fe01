//! The verbs of the script language: one table, and the way from a call to the function behind it.
//!
//! A verb is one line in [`VERBS`]: the language, its messages and its documentation come from there.
//! The rule: a verb that fails records a problem where it was called and gives a harmless value.

use std::{cell::RefCell, rc::Rc};

use alloy_primitives::{Bytes, U256, keccak256};
use rhai::{Array, Dynamic, Engine, EvalAltResult, NativeCallContext, Position};

use super::{
    accounts, block, calls,
    recorder::{Fault, Recorder},
    unknown::any_unknown,
    values,
};
use crate::{
    batch::{Place, Severity, limits},
    contracts::call::{Value, encode_args, encode_call, parse_signature},
};

/// A verb of the script language.
pub struct Verb {
    /// What a script calls it.
    pub name: &'static str,
    /// Its arguments, as documentation and messages show them.
    pub signature: &'static str,
    /// One line that says what it does.
    pub help: &'static str,
    /// Fewest and most arguments.
    arguments: (usize, usize),
    run: fn(&mut Recorder, &[Dynamic]) -> Result<Dynamic, Fault>,
    /// What it gives when it fails.
    harmless: fn(&mut Recorder) -> Dynamic,
}

/// Calls with more arguments than this are not even counted.
const MOST_ARGUMENTS: usize = 8;
/// Bytes that are hashed or encoded in the time of one operation.
const BYTES_AN_OPERATION: u64 = 4;

/// All verbs, in the order of their documentation.
pub const VERBS: &[Verb] = &[
    Verb {
        name: "account",
        signature: "account(name, #{ balance, nonce, code, storage })",
        help: "The account of this name; it has 100 ether unless the options say otherwise.",
        arguments: (1, 2),
        run: accounts::account,
        harmless: doubtful,
    },
    Verb {
        name: "accounts",
        signature: "accounts(prefix, n, #{ balance, nonce, code, storage })",
        help: "A list of n accounts named prefix-0, prefix-1 and so on.",
        arguments: (2, 3),
        run: accounts::accounts,
        harmless: |_| Dynamic::from_array(Array::new()),
    },
    Verb {
        name: "deploy",
        signature: "deploy(contract, [args], #{ value, from, name })",
        help: "Deploys a contract before the block begins and gives its address.",
        arguments: (1, 3),
        run: calls::deploy,
        harmless: doubtful,
    },
    Verb {
        name: "prepare",
        signature: "prepare(from, to, call, [args], #{ value, data })",
        help: "A transaction that runs before the block begins and is not measured.",
        arguments: (2, 5),
        run: calls::prepare,
        harmless: nothing,
    },
    Verb {
        name: "send",
        signature: "send(from, to, call, [args], #{ value, gas_limit, gas_price, max_fee, priority_fee, nonce, access_list, authorization_list, data })",
        help: "A transaction of the block; call is a function such as \"claim(uint256)\".",
        arguments: (2, 5),
        run: calls::send,
        harmless: nothing,
    },
    Verb {
        name: "transfer",
        signature: "transfer(from, to, value, #{ gas_limit, gas_price, max_fee, priority_fee, nonce, access_list })",
        help: "A transaction of the block that moves value wei and calls nothing.",
        arguments: (3, 4),
        run: calls::transfer,
        harmless: nothing,
    },
    Verb {
        name: "block",
        signature: "block(#{ number, timestamp, base_fee, gas_limit, beneficiary, prevrandao, hardfork })",
        help: "The block's environment; called at most once.",
        arguments: (1, 1),
        run: block::block,
        harmless: nothing,
    },
    Verb {
        name: "ether",
        signature: "ether(x)",
        help: "x ether in wei; x is a number such as 1 or 0.5, or text.",
        arguments: (1, 1),
        run: |_, args| Ok(Dynamic::from(values::units("ether", &args[0], 18)?)),
        harmless: one,
    },
    Verb {
        name: "gwei",
        signature: "gwei(x)",
        help: "x gwei in wei; x is a number such as 1 or 0.5, or text.",
        arguments: (1, 1),
        run: |_, args| Ok(Dynamic::from(values::units("gwei", &args[0], 9)?)),
        harmless: one,
    },
    Verb {
        name: "wei",
        signature: "wei(x)",
        help: "x as a 256-bit integer; x is a number, bytes or text.",
        arguments: (1, 1),
        run: |_, args| Ok(Dynamic::from(values::units("wei", &args[0], 0)?)),
        harmless: one,
    },
    Verb {
        name: "hex",
        signature: "hex(text)",
        help: "The bytes that hexadecimal text stands for; as an argument they can be an address or a number.",
        arguments: (1, 1),
        run: |_, args| {
            Ok(Dynamic::from(values::parse_hex(&values::text(
                "text", &args[0],
            )?)?))
        },
        harmless: |_| Dynamic::from(Bytes::new()),
    },
    Verb {
        name: "keccak",
        signature: "keccak(x)",
        help: "The Keccak-256 hash of text or bytes, or of a number or an address as a word of 32 bytes.",
        arguments: (1, 1),
        run: keccak,
        harmless: |_| Dynamic::from(Bytes::new()),
    },
    Verb {
        name: "encode",
        signature: "encode(signature, [args])",
        help: "Call data for \"name(types)\", or just the arguments for \"(types)\".",
        arguments: (2, 2),
        run: encode,
        harmless: |_| Dynamic::from(Bytes::new()),
    },
    Verb {
        name: "seed",
        signature: "seed(n)",
        help: "Starts the random numbers anew; the same n gives the same numbers.",
        arguments: (1, 1),
        run: |recorder, args| {
            let seed = values::number_up_to("n", &args[0], u64::MAX)?;
            recorder.random.seed(seed);
            Ok(Dynamic::UNIT)
        },
        harmless: nothing,
    },
    Verb {
        name: "random",
        signature: "random(n)",
        help: "A random whole number from 0 to n - 1.",
        arguments: (1, 1),
        run: random,
        harmless: zero,
    },
    Verb {
        name: "shuffle",
        signature: "shuffle(list)",
        help: "The list in a random order.",
        arguments: (1, 1),
        run: |recorder, args| {
            let mut list = values::list("list", &args[0])?;
            recorder.charge(list.len() as u64);
            recorder.random.shuffle(&mut list);
            Ok(Dynamic::from_array(list))
        },
        harmless: |_| Dynamic::from_array(Array::new()),
    },
    Verb {
        name: "zipf",
        signature: "zipf(n, s)",
        help: "A random number from 0 to n - 1 that prefers small ones, the more the larger s is.",
        arguments: (2, 2),
        run: zipf,
        harmless: zero,
    },
];

/// The verb of this name.
pub fn find(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// Teaches the engine all verbs.
pub(super) fn register(engine: &mut Engine, recorder: &Rc<RefCell<Recorder>>) {
    for verb in VERBS {
        // Any number of arguments of any type reaches the verb, which then says what is wrong.
        for count in 0..=MOST_ARGUMENTS {
            let recorder = recorder.clone();
            let types = vec![std::any::TypeId::of::<Dynamic>(); count];
            engine.register_raw_fn(verb.name, types, move |context: NativeCallContext, args| {
                let args: Vec<Dynamic> = args.iter().map(|arg| (*arg).clone()).collect();
                let place = place(context.call_position());
                call(verb, &mut recorder.borrow_mut(), &args, place)
            });
        }
    }
}

/// A position of the language as a place; positions without a line are of no place.
pub(super) fn place(position: Position) -> Option<Place> {
    Some(Place {
        line: position.line()? as u32,
        column: position.position().unwrap_or(1) as u32,
    })
}

fn call(
    verb: &Verb,
    recorder: &mut Recorder,
    args: &[Dynamic],
    place: Option<Place>,
) -> Result<Dynamic, Box<EvalAltResult>> {
    recorder.place = place;
    recorder.charge(limits::VERB_OPERATIONS);
    // What is done with the value of a name that nobody defines is not looked at.
    if recorder.harmless_given && any_unknown(args.iter(), recorder) {
        return Ok((verb.harmless)(recorder));
    }
    let (fewest, most) = verb.arguments;
    let result = if (fewest..=most).contains(&args.len()) {
        (verb.run)(recorder, args)
    } else {
        Err(Fault::Problem(wrong_count(verb, args.len())))
    };
    let stop = match result {
        Ok(value) => return Ok(value),
        Err(Fault::Problem(message)) => {
            recorder.problem(Severity::Error, message, place);
            recorder.harmless_given = true;
            if recorder.problems.len() < limits::PROBLEMS {
                return Ok((verb.harmless)(recorder));
            }
            format!(
                "there are more than {} problems; the rest is not looked at",
                limits::PROBLEMS
            )
        }
        Err(Fault::Stop(message)) => message,
    };
    recorder.problem(Severity::Error, stop, place);
    Err(Box::new(EvalAltResult::ErrorTerminated(
        Dynamic::UNIT,
        Position::NONE,
    )))
}

/// What to say when a verb is called with a wrong number of arguments.
pub(super) fn wrong_count(verb: &Verb, found: usize) -> String {
    let (fewest, most) = verb.arguments;
    let takes = if fewest == most {
        format!("{fewest}")
    } else {
        format!("{fewest} to {most}")
    };
    let plural = if most == 1 { "" } else { "s" };
    format!(
        "`{}` takes {takes} argument{plural}; found {found}: write `{}`",
        verb.name, verb.signature
    )
}

fn nothing(_: &mut Recorder) -> Dynamic {
    Dynamic::UNIT
}

fn zero(_: &mut Recorder) -> Dynamic {
    Dynamic::from_int(0)
}

fn one(_: &mut Recorder) -> Dynamic {
    Dynamic::from(U256::ONE)
}

fn doubtful(recorder: &mut Recorder) -> Dynamic {
    Dynamic::from(recorder.doubtful_address())
}

fn keccak(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
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

fn encode(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
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

fn random(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
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

fn zipf(recorder: &mut Recorder, args: &[Dynamic]) -> Result<Dynamic, Fault> {
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
