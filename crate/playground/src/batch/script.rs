//! Scripts: text in, a batch and its problems out.
//!
//! The language is Rhai with the verbs of [`verbs`]; nothing in it reaches a file, a clock or a network.
//! The rule: whatever the text, this returns, soon, with everything that is wrong and where.

mod accounts;
mod block;
mod calls;
mod chance;
mod dispatch;
mod encoding;
mod finish;
mod lists;
mod mistakes;
mod nonces;
mod number;
pub mod options;
mod random;
mod reads;
mod recorder;
mod shards;
mod unknown;
mod values;
pub mod verbs;
mod views;

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    rc::Rc,
};

use interleave_engine::runner::{Control, ENGINE};
use rhai::{
    Dynamic, Engine, INT,
    packages::{
        ArithmeticPackage, BasicArrayPackage, BasicFnPackage, BasicIteratorPackage,
        BasicMapPackage, BasicMathPackage, BasicStringPackage, LogicPackage, Package,
    },
};

use self::{mistakes::Mistake, recorder::Recorder, unknown::StandIns};
use super::{Batch, Place, Problem, Severity};
use crate::{
    contracts::{Contracts, near::is_harmful},
    limits,
};

/// Operations between two looks at whether somebody wants the script to stop.
const OPERATIONS_A_LOOK: u64 = 256;
/// Elements that are copied in the time of one operation.
const ELEMENTS_AN_OPERATION: u64 = 8;

/// What is said of a script that somebody wanted to stop.
const STOPPED: &str = "the script was stopped";

/// Evaluates a script. The batch can run if no problem is an error.
pub fn evaluate(script: &str, contracts: &Contracts) -> (Batch, Vec<Problem>) {
    evaluate_watched(script, contracts, &Control::default())
}

/// The same while somebody watches, who may want it to stop; then what comes of it is of no use.
pub fn evaluate_watched(
    script: &str,
    contracts: &Contracts,
    control: &Control,
) -> (Batch, Vec<Problem>) {
    let script = &*with_lines_ended(script);
    let work = Rc::new(Cell::new(0));
    let once = |stand_ins: &StandIns| {
        let recorder = Recorder::new(contracts.clone(), work.clone(), control);
        let recorder = Rc::new(RefCell::new(recorder));
        let mistake = run(script, &recorder, &work, stand_ins, control);
        (recorder, mistake)
    };
    let mut stand_ins = StandIns::default();
    let (mut recorder, mut mistake) = once(&stand_ins);
    loop {
        if !stand_ins.learn(&mistake) {
            mistake = mistake.filter(|it| !stand_ins.have_said(it));
            break;
        }
        let again = once(&stand_ins);
        // All runs share the steps of one; what the last complete one found is all there is.
        if work.get() > limits::SCRIPT_OPERATIONS || control.stopped() {
            break;
        }
        (recorder, mistake) = again;
    }
    if let Some(mistake) = mistake {
        let mut recorder = recorder.borrow_mut();
        if !(mistake.consequence && recorder.harmless_given) {
            recorder.problem(Severity::Error, mistake.message, mistake.place);
        }
    }
    let (title, description) = heading(script);
    let recorder = recorder.replace(Recorder::new(Contracts::default(), Rc::default(), control));
    let finished = finish::finish(recorder, title, description);
    control.rests(ENGINE);
    finished
}

/// The script with a line's end for each carriage return that stands alone, as editors see it. The language
/// takes one for the end of a line in comments only, and then counts the lines below wrongly.
fn with_lines_ended(script: &str) -> Cow<'_, str> {
    if !script.contains('\r') {
        return Cow::Borrowed(script);
    }
    let mut ended = String::with_capacity(script.len());
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        let stands_alone = c == '\r' && chars.peek() != Some(&'\n');
        ended.push(if stands_alone { '\n' } else { c });
    }
    Cow::Owned(ended)
}

fn run(
    script: &str,
    recorder: &Rc<RefCell<Recorder>>,
    work: &Rc<Cell<u64>>,
    stand_ins: &StandIns,
    control: &Control,
) -> Option<Mistake> {
    if let Some((at, _)) = script.char_indices().nth(limits::SCRIPT_CHARS) {
        return Some(Mistake {
            message: format!("a script has at most {} characters", limits::SCRIPT_CHARS),
            place: Some(Place::after(&script[..at])),
            consequence: false,
            missing: None,
        });
    }
    let mut engine = engine();
    number::register(&mut engine);
    dispatch::register(&mut engine, recorder);
    stand_ins.register(&mut engine, recorder);
    let steps = Rc::new(Cell::new(0));
    let (counted, verbs, watched) = (steps.clone(), work.clone(), control.clone());
    let read = Rc::new(Cell::new(0));
    let (copied, next_look) = (read.clone(), Cell::new(0));
    engine.on_progress(move |operations| {
        counted.set(operations);
        let done = operations.saturating_add(verbs.get());
        // The first look is at the first operation: a verb may take long.
        let passed = done.saturating_add(copied.get() / ELEMENTS_AN_OPERATION);
        if passed >= next_look.get() {
            next_look.set(passed + OPERATIONS_A_LOOK);
            watched.steps(ENGINE, 0);
            if watched.stopped() {
                return Some(Dynamic::from(STOPPED));
            }
        }
        (done > limits::SCRIPT_OPERATIONS).then(|| {
            Dynamic::from(format!(
                "the script takes more than {} steps; does a loop never end?",
                limits::SCRIPT_OPERATIONS
            ))
        })
    });
    reads::limit(&mut engine, read, limits::ELEMENTS_READ);
    let tree = match engine.compile(script) {
        Ok(tree) => tree,
        Err(error) => {
            let mistake = mistakes::of_parsing(&error);
            // What ends too early is wrong where it ends.
            let place = mistake.place.unwrap_or_else(|| Place::after(script));
            return Some(Mistake {
                place: Some(place),
                ..mistake
            });
        }
    };
    let mut scope = stand_ins.scope();
    let ended = engine.run_ast_with_scope(&mut scope, &tree);
    work.set(work.get().saturating_add(steps.get()));
    let error = ended.err()?;
    let variables: Vec<_> = scope.iter().map(|(name, ..)| name.to_owned()).collect();
    mistakes::of_running(&error, &variables)
}

/// How many operations a script takes.
#[cfg(test)]
pub(crate) fn steps(script: &str) -> u64 {
    let work = Rc::new(Cell::new(0));
    let control = Control::default();
    let recorder = Recorder::new(Contracts::default(), work.clone(), &control);
    let recorder = Rc::new(RefCell::new(recorder));
    run(script, &recorder, &work, &StandIns::default(), &control);
    work.get()
}

/// The language without its verbs: no clock, no sleep, no printing, no evaluation of text.
fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    ArithmeticPackage::new().register_into_engine(&mut engine);
    LogicPackage::new().register_into_engine(&mut engine);
    BasicMathPackage::new().register_into_engine(&mut engine);
    BasicStringPackage::new().register_into_engine(&mut engine);
    BasicIteratorPackage::new().register_into_engine(&mut engine);
    BasicFnPackage::new().register_into_engine(&mut engine);
    BasicArrayPackage::new().register_into_engine(&mut engine);
    BasicMapPackage::new().register_into_engine(&mut engine);
    // The one function of rhai's larger package for text that a batch needs.
    engine.register_fn("len", |text: &str| text.chars().count() as INT);
    engine
        .on_print(|_| {})
        .on_debug(|_, _, _| {})
        .disable_symbol("eval")
        // To read it is to copy it, which is told to nobody; see `reads`.
        .disable_symbol("this")
        .set_max_call_levels(limits::CALL_DEPTH)
        .set_max_expr_depths(limits::EXPRESSION_DEPTH, limits::FUNCTION_EXPRESSION_DEPTH)
        .set_max_variables(limits::VARIABLES)
        .set_max_functions(limits::FUNCTIONS)
        .set_max_string_size(limits::TEXT_BYTES)
        .set_max_array_size(limits::LIST_ITEMS)
        .set_max_map_size(limits::MAP_ENTRIES);
    engine
}

/// Title and description: the comment lines a script begins with, without characters that would
/// change how the text around them is shown.
pub fn heading(script: &str) -> (String, String) {
    let mut lines = script
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty())
        .map_while(|line| line.strip_prefix("//"))
        .map(|line| line.trim_start_matches('/').trim());
    let fit = |line: &str| line.chars().filter(|c| !is_harmful(*c)).collect::<String>();
    let title = fit(lines.next().unwrap_or_default());
    let description: Vec<_> = lines.map(fit).collect();
    let cut = |text: String, chars| text.chars().take(chars).collect();
    (
        cut(title, limits::NAME_CHARS),
        cut(description.join("\n"), limits::DESCRIPTION_CHARS),
    )
}

#[cfg(test)]
mod tests;
