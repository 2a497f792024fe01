//! Names that a script uses and nobody defines, and what stands in for them so that it goes on.
//!
//! The language ends a script at such a name. It is run again with a stand-in, so that the problems
//! after it are found too.
//! The rule: the name is a problem wherever it is used, and what is done with its value is not
//! looked at.

use std::{any, any::TypeId, cell::RefCell, collections::BTreeSet, rc::Rc};

use rhai::{Array, Dynamic, Engine, Map, NativeCallContext, Scope};

use super::{
    dispatch::place,
    mistakes::{Mistake, unknown_function},
    recorder::Recorder,
};
use crate::batch::Severity;

/// Names that get a stand-in; each costs a run of the script.
const MOST: usize = 20;
/// How deep a value is searched.
const DEPTH: usize = 8;
/// What the language calls the type of a stand-in's value.
const UNKNOWN: &str = "unknown";

/// The value of a name that nobody defines.
#[derive(Clone)]
struct Unknown;

/// A name that nobody defines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Missing {
    /// A function of so many arguments, or of such types.
    Function(String, usize),
    /// A variable.
    Variable(String),
}

/// The stand-ins of one script.
#[derive(Default)]
pub(super) struct StandIns {
    names: BTreeSet<Missing>,
    /// What ended a run of the script before it had them.
    mistakes: Vec<Mistake>,
}

impl StandIns {
    /// Takes in what ended the script. Is it worth another run?
    pub(super) fn learn(&mut self, mistake: &Option<Mistake>) -> bool {
        let Some(mistake) = mistake else {
            return false;
        };
        let Some(missing) = &mistake.missing else {
            return false;
        };
        let is_new = self.names.len() < MOST && self.names.insert(missing.clone());
        if is_new && !mistake.consequence {
            self.mistakes.push(mistake.clone());
        }
        is_new
    }

    /// Is this known already? Functions do not see the variables that stand in.
    pub(super) fn have_said(&self, mistake: &Mistake) -> bool {
        (mistake.missing.as_ref()).is_some_and(|missing| self.names.contains(missing))
    }

    /// Teaches the engine the functions, and the recorder what is missing.
    pub(super) fn register(&self, engine: &mut Engine, recorder: &Rc<RefCell<Recorder>>) {
        engine.register_type_with_name::<Unknown>(UNKNOWN);
        for mistake in &self.mistakes {
            let mut recorder = recorder.borrow_mut();
            recorder.problem(Severity::Error, mistake.message.clone(), mistake.place);
            recorder.harmless_given = true;
        }
        for missing in &self.names {
            let Missing::Function(name, count) = missing else {
                continue;
            };
            let (called, recorder) = (name.clone(), recorder.clone());
            let types = vec![TypeId::of::<Dynamic>(); *count];
            engine.register_raw_fn(name, types, move |context: NativeCallContext, args| {
                let mut recorder = recorder.borrow_mut();
                if !any_unknown(args.iter().map(|arg| &**arg), &recorder) {
                    let kinds = args.iter().map(|arg| {
                        let kind = arg.type_name();
                        context.engine().map_type_name(kind).to_owned()
                    });
                    let kinds = kinds.collect::<Vec<_>>().join(", ");
                    let message = unknown_function(&format!("{called} ({kinds})"));
                    let place = place(context.call_position());
                    recorder.problem(Severity::Error, message, place);
                }
                Ok(Dynamic::from(Unknown))
            });
        }
    }

    /// The variables.
    pub(super) fn scope(&self) -> Scope<'static> {
        let mut scope = Scope::new();
        for missing in &self.names {
            if let Missing::Variable(name) = missing {
                scope.push(name.clone(), Unknown);
            }
        }
        scope
    }
}

/// Does a message of the language speak of a stand-in's value? Some have the type's name in Rust.
pub(super) fn speaks_of_unknown(kinds: &str) -> bool {
    kinds.contains(any::type_name::<Unknown>())
        || kinds.split([' ', ',', '(', ')']).any(|it| it == UNKNOWN)
}

/// Is one of these the value of a stand-in, or does it hold one? That takes an operation a value.
pub(super) fn any_unknown<'v>(
    values: impl Iterator<Item = &'v Dynamic>,
    recorder: &Recorder,
) -> bool {
    let mut looked = 0;
    let mut values = values;
    let found = values.any(|value| is_unknown(value, DEPTH, &mut looked));
    recorder.charge(looked);
    found
}

fn is_unknown(value: &Dynamic, depth: usize, looked: &mut u64) -> bool {
    *looked += 1;
    if value.is::<Unknown>() {
        return true;
    }
    if depth == 0 {
        return false;
    }
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().any(|it| is_unknown(it, depth - 1, looked));
    }
    if let Some(map) = value.read_lock::<Map>() {
        return map.values().any(|it| is_unknown(it, depth - 1, looked));
    }
    false
}
