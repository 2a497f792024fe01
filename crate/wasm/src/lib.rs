//! The engine as a WebAssembly module: each export converts in, makes one call, converts out.
//!
//! It holds no ideas of its own; those are in `interleave-engine` and `interleave-playground`.
//! The one rule: everything here runs in the engine worker or in its pool, never on the page's
//! thread, where waiting is forbidden.

mod allocator;
mod machine;

use std::cell::RefCell;

use interleave_engine::runner::RunError;
use interleave_playground::{
    self as playground,
    report::{ContractFile, FeeAssumptions, NodeAnswers, Report, RunResult},
    run::Machine,
};
use js_sys::Function;
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

pub use wasm_bindgen_rayon::init_thread_pool;

#[global_allocator]
static ALLOCATOR: allocator::PerThread = allocator::PerThread;

/// How everything crosses to JavaScript: plain objects, `null` for nothing.
const SERIALIZER: Serializer = Serializer::json_compatible();

/// Runs when the module starts: a panic writes its message and place to the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

fn out(value: &impl Serialize) -> Result<JsValue, JsError> {
    Ok(value.serialize(&SERIALIZER)?)
}

/// Strategies, examples and limits: a `Catalog`.
#[wasm_bindgen]
pub fn catalog() -> Result<JsValue, JsError> {
    out(&playground::catalog())
}

/// What is wrong with a script and with the files of contracts beside it, each a name and a text:
/// a `Check`.
#[wasm_bindgen]
pub fn check(script: &str, contracts: Vec<String>) -> Result<JsValue, JsError> {
    out(&playground::check(
        script,
        &files(contracts),
        &machine::CONTROL,
    ))
}

fn files(contracts: Vec<String>) -> Vec<ContractFile> {
    let mut strings = contracts.into_iter();
    let file = || {
        Some(ContractFile {
            name: strings.next()?,
            text: strings.next()?,
        })
    };
    std::iter::from_fn(file).collect()
}

thread_local! {
    /// What the last run came to, for [`write`]: sending it back from the page would cost more.
    static LAST: RefCell<Option<Box<Report>>> = const { RefCell::new(None) };
}

/// Runs a script with the contracts beside it as `RunOptions` say: a `RunResult`. Throws when a
/// worker fails.
///
/// `on_progress(phase, committed, transactions)` is called now and then from this thread; where memory
/// is shared, the words at [`control`] tell the same.
#[wasm_bindgen]
pub fn run(
    script: &str,
    contracts: Vec<String>,
    options: JsValue,
    on_progress: Option<Function>,
) -> Result<JsValue, JsError> {
    let result = worked(playground::run, script, contracts, options, on_progress)?;
    let value = out(&result)?;
    if let RunResult::Report { report, .. } = result {
        LAST.set(Some(report));
    }
    Ok(value)
}

/// Writes the last run, of this script with the contracts beside it, or its block, in the format of this
/// name: an `ExportResult`.
#[wasm_bindgen]
pub fn write(script: &str, contracts: Vec<String>, format: &str) -> Result<JsValue, JsError> {
    LAST.with_borrow(|last| {
        let files = files(contracts);
        out(&playground::export(script, &files, format, last.as_deref()))
    })
}

/// The same once under every strategy, and else as `RunOptions` say: a `CompareResult`.
#[wasm_bindgen]
pub fn compare(
    script: &str,
    contracts: Vec<String>,
    options: JsValue,
    on_progress: Option<Function>,
) -> Result<JsValue, JsError> {
    watched(playground::compare, script, contracts, options, on_progress)
}

/// The same on more and more workers, as `CurveOptions` say: a `CurveResult`.
#[wasm_bindgen]
pub fn curve(
    script: &str,
    contracts: Vec<String>,
    options: JsValue,
    on_progress: Option<Function>,
) -> Result<JsValue, JsError> {
    watched(playground::curve, script, contracts, options, on_progress)
}

/// Measures a script with the contracts beside it as `MeasureOptions` say: a `MeasureResult`. Throws
/// when a worker fails.
#[wasm_bindgen]
pub fn measure(
    script: &str,
    contracts: Vec<String>,
    options: JsValue,
    on_progress: Option<Function>,
) -> Result<JsValue, JsError> {
    watched(playground::measure, script, contracts, options, on_progress)
}

/// A verb that runs a script: with the contracts beside it, as its options say, on a machine.
type Verb<O, T> = fn(&str, &[ContractFile], &O, &Machine<'_>) -> Result<T, RunError>;

/// Has this machine do what `verb` says, while `on_progress` hears how far it is.
fn watched<O: DeserializeOwned, T: Serialize>(
    verb: Verb<O, T>,
    script: &str,
    contracts: Vec<String>,
    options: JsValue,
    on_progress: Option<Function>,
) -> Result<JsValue, JsError> {
    out(&worked(verb, script, contracts, options, on_progress)?)
}

/// The same, before it crosses.
fn worked<O: DeserializeOwned, T>(
    verb: Verb<O, T>,
    script: &str,
    contracts: Vec<String>,
    options: JsValue,
    on_progress: Option<Function>,
) -> Result<T, JsError> {
    let options: O = serde_wasm_bindgen::from_value(options)?;
    machine::relay_to(on_progress);
    let machine = Machine {
        threads: &machine::Pool,
        now: &machine::now,
        control: &machine::CONTROL,
        memory: machine::MEMORY.get(),
    };
    let result = verb(script, &files(contracts), &options, &machine);
    machine::relay_to(None);
    Ok(result?)
}

/// What a throughput would mean for fees and waiting time, as `FeeAssumptions` say: a `FeesResult`.
#[wasm_bindgen]
pub fn fees(assumptions: JsValue) -> Result<JsValue, JsError> {
    let assumptions: FeeAssumptions = serde_wasm_bindgen::from_value(assumptions)?;
    out(&playground::fees(&assumptions))
}

/// The file of a block that a node was asked for, of its answers, `NodeAnswers`: an `Assembled`.
#[wasm_bindgen]
pub fn assemble(answers: JsValue) -> Result<JsValue, JsError> {
    let answers: NodeAnswers = serde_wasm_bindgen::from_value(answers)?;
    out(&playground::assemble(&answers))
}

/// Where in memory the words of a run are: stop, committed, transactions, phase, and the pulses of
/// workers. The page may write the first.
#[wasm_bindgen]
pub fn control() -> u32 {
    machine::CONTROL.address() as u32
}

/// Says that the memory may grow to so many MiB, which only who made it knows: a batch that needs more is
/// refused.
#[wasm_bindgen(js_name = hasMemory)]
pub fn has_memory(mib: u32) {
    machine::MEMORY.set(Some(u64::from(mib) << 20));
}

/// Where in memory the word is that is not zero once there was no memory left.
#[wasm_bindgen]
pub fn exhausted() -> u32 {
    (&raw const allocator::EXHAUSTED) as u32
}

/// What files that were opened together are, each a name and a text; of a file with several batches,
/// number `case` is taken: `OpenedFiles`.
#[wasm_bindgen]
pub fn open(opened: Vec<String>, case: u32) -> Result<JsValue, JsError> {
    out(&playground::open::open(&files(opened), case))
}
