//! The exports as JavaScript calls them: plain objects in, plain objects out.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use interleave_engine::runner::{Control, threads::ScopedThreads};
use interleave_playground::{self as playground, report::RunResult, run::Machine};
use js_sys::{Function, JSON, Object, Reflect};
use revm::primitives::{B256, keccak256};
use serde_json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::pool;

/// What an export gave, as JSON.
fn json(value: &JsValue) -> Value {
    let text = JSON::stringify(value)
        .expect("plain data")
        .as_string()
        .expect("plain data has a text");
    serde_json::from_str(&text).expect("JavaScript writes JSON")
}

fn options(runner: &str, workers: u32) -> JsValue {
    let options = Object::new();
    let set = |name: &str, value: JsValue| {
        Reflect::set(&options, &name.into(), &value).expect("an object takes it")
    };
    set("strategy", "block-stm".into());
    set("runner", runner.into());
    set("workers", workers.into());
    set("seed", 0.into());
    options.into()
}

fn example(id: &str) -> String {
    let catalog = json(
        &interleave_wasm::catalog()
            .map_err(JsValue::from)
            .expect("a catalog"),
    );
    let examples = catalog["examples"].as_array().expect("a list").clone();
    let example = examples
        .iter()
        .find(|it| it["id"] == id)
        .expect("there is such an example");
    example["script"].as_str().expect("a text").to_owned()
}

fn run(script: &str, options: JsValue, on_progress: Option<Function>) -> Result<Value, JsValue> {
    interleave_wasm::run(script, Vec::new(), options, on_progress)
        .map(|result| json(&result))
        .map_err(JsValue::from)
}

#[wasm_bindgen_test]
async fn a_script_runs_on_two_threads_and_matches() {
    pool().await;
    let result = run(&example("mixed-block"), options("threads", 2), None).expect("a result");
    let summary = &result["report"]["summary"];
    assert_eq!(summary["matches"], true, "{summary}");
    assert_eq!(summary["clock"], "wall");
    assert_eq!(summary["digest"], summary["oracleDigest"]);
}

#[wasm_bindgen_test]
async fn the_simulated_runner_gives_the_same_digest_as_threads() {
    pool().await;
    let script = example("swaps-one-pool");
    let digest = |runner| {
        run(&script, options(runner, 2), None).expect("a result")["report"]["summary"]["digest"]
            .clone()
    };
    assert_eq!(digest("threads"), digest("simulated"));
}

/// The file is written by the native tests.
#[wasm_bindgen_test]
async fn reports_are_those_of_other_machines_byte_for_byte() {
    pool().await;
    let golden = include_str!("../../../../tests/golden/reports.snap");
    let mut compared = 0;
    for line in golden.lines() {
        let Some((id, (options, digest))) = line.split_once(' ').and_then(|(id, rest)| {
            let (options, digest) = rest.rsplit_once(' ')?;
            Some((id, (options, digest.parse::<B256>().ok()?)))
        }) else {
            continue;
        };
        let asked = serde_json::from_str(options).expect("options");
        // Who runs alone looks at the clock equally often each time.
        let looks = AtomicU32::new(1_000);
        let machine = Machine {
            threads: &ScopedThreads { most: 1 },
            now: &|| f64::from(looks.fetch_add(1, SeqCst)),
            control: &Control::default(),
            memory: None,
        };
        let result = playground::run(&example(id), &[], &asked, &machine);
        let Ok(RunResult::Report { report, .. }) = result else {
            panic!("{id} with {options} did not run");
        };
        let text = serde_json::to_string(&report).expect("JSON");
        assert_eq!(keccak256(text), digest, "{id} with {options}");
        compared += 1;
    }
    assert!(compared > 400, "{compared} reports were compared");
}

#[wasm_bindgen_test]
async fn a_mistake_has_its_place() {
    pool().await;
    let check = json(
        &interleave_wasm::check("// Title\nnonsense(1);", Vec::new())
            .map_err(JsValue::from)
            .expect("a check"),
    );
    assert_eq!(check["problems"][0]["place"]["line"], 2, "{check}");
    let result = run("nonsense(1);", options("simulated", 2), None).expect("a result");
    assert_eq!(result["kind"], "problems");
}

#[wasm_bindgen_test]
async fn options_that_make_no_sense_are_refused() {
    pool().await;
    let too_many = run(&example("hot-counter"), options("threads", 3), None).expect("a result");
    assert_eq!(too_many["kind"], "problems", "the pool has two workers");
    assert!(run("", JsValue::from("no object"), None).is_err());
}

#[wasm_bindgen_test]
async fn progress_is_relayed() {
    pool().await;
    let heard = Function::new_with_args(
        "phase, committed, total",
        "globalThis.heard = [phase, committed, total];",
    );
    let script = example("swaps-many-pools").replace("let n = 160", "let n = 4000");
    run(&script, options("simulated", 4), Some(heard)).expect("a result");
    let heard = json(&Reflect::get(&js_sys::global(), &"heard".into()).expect("a global object"));
    assert!(heard[0].as_u64().is_some_and(|phase| phase > 0), "{heard}");
}
