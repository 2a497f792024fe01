//! From a call in a script to the verb's function, and what happens when that fails.
//!
//! The rule: a verb that fails records a problem where it was called and gives a harmless value.

use std::{cell::RefCell, rc::Rc};

use rhai::{Dynamic, Engine, EvalAltResult, NativeCallContext, Position};

use super::{
    recorder::{Fault, Recorder},
    unknown::any_unknown,
    verbs::{VERBS, Verb},
};
use crate::{
    batch::{Place, Severity},
    limits,
};

/// Calls with more arguments than this are not even counted.
const MOST_ARGUMENTS: usize = 8;

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
            if recorder.problems.len() < limits::PROBLEMS {
                recorder.problem(Severity::Error, message, place);
                recorder.harmless_given = true;
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
