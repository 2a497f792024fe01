//! Runs on threads whose schedule is written down, and gone through again.
//!
//! A file has the steps of one run, how it was run and of which block. The rule: a replay gives the
//! report of the recorded run, times included, or says where it came to something else.

use alloy_primitives::{B256, keccak256};
use interleave_engine::{
    block::Block,
    outcome::BlockResult,
    runner::{
        RunError,
        schedule::{Order, Step},
    },
    strategy,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    analysis::Wall,
    batch::{self, Batch, Problem, t8n},
    contracts::Contracts,
    report::{RunOptions, RunResult, RunnerKind},
    run::{self, Given, Machine, Measured, Prepared},
};

/// The version of the file format; grows when a member changes its meaning or goes.
const VERSION: u32 = 1;

/// A run that can be replayed.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recording {
    version: u32,
    /// Hash of all that was executed.
    block: B256,
    /// How it was run.
    pub options: RunOptions,
    /// What the oracle took beside it, in nanoseconds.
    oracle_time: u64,
    /// What preparing took, in nanoseconds.
    preparation: u64,
    /// Worker, nanoseconds from the start, what it did.
    steps: Vec<(u32, u64, String)>,
}

impl Recording {
    /// Finds the recording in the text of a file.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let mut file: Value = serde_json::from_str(text)
            .map_err(|error| Problem::error(format!("a recorded schedule is JSON: {error}")))?;
        let schedule = file.get_mut(MEMBER).map(Value::take).ok_or_else(|| {
            Problem::error("no recorded schedule is in it; `interleave run --record` writes one")
        })?;
        let recording: Self = serde_json::from_value(schedule)
            .map_err(|error| Problem::error(format!("the recorded schedule: {error}")))?;
        if recording.version != VERSION {
            return Err(Problem::error(format!(
                "the recorded schedule has version {}, and this is for version {VERSION}",
                recording.version
            )));
        }
        Ok(recording)
    }

    /// The member of a file that it is, alone or beside the block.
    pub fn write(&self) -> (&'static str, Value) {
        (MEMBER, json!(self))
    }

    fn order(&self) -> Order {
        let steps = self.steps.iter().cloned();
        Order::replayed(
            steps
                .map(|(worker, at, what)| Step { worker, at, what })
                .collect(),
        )
    }
}

/// Where in a file the recording is.
const MEMBER: &str = "schedule";

/// The same for the same transactions on the same state.
fn hash(block: &Block) -> B256 {
    keccak256(t8n::write(block).to_string())
}

/// Runs `batch` once on threads, and writes the schedule down, whatever the run comes to.
pub fn record(
    batch: &Batch,
    contracts: &Contracts,
    options: &RunOptions,
    machine: &Machine<'_>,
) -> (Result<RunResult, RunError>, Option<Recording>) {
    if options.runner != RunnerKind::Threads {
        let problems = vec![Problem::error(
            "a schedule is recorded on threads: a simulated run is the same every time",
        )];
        return (Ok(RunResult::Problems { problems }), None);
    }
    let recording = std::cell::RefCell::new(None);
    let result = run::reported(batch, contracts, options, machine, &|given, machine| {
        let (measured, recorded) = recorded(given, machine)?;
        *recording.borrow_mut() = Some(recorded);
        measured
    });
    (result, recording.into_inner())
}

/// Runs `batch` as it was run when `recording` was made.
pub fn replay(
    batch: &Batch,
    contracts: &Contracts,
    recording: &Recording,
    machine: &Machine<'_>,
) -> Result<RunResult, RunError> {
    let refused = |problems| Ok(RunResult::Problems { problems });
    match batch::lower(batch, contracts) {
        Ok(block) if hash(&block) == recording.block => {}
        Ok(block) => {
            return refused(vec![Problem::error(format!(
                "the schedule was recorded on another block: {} there, {} here",
                recording.block,
                hash(&block)
            ))]);
        }
        Err(problems) => return refused(problems),
    }
    let options = &recording.options;
    run::reported(batch, contracts, options, machine, &|given, machine| {
        let truth = run::oracle_once(given.block, machine.control)?.result();
        let beside = Beside {
            truth,
            oracle_time: recording.oracle_time,
            preparation: recording.preparation,
        };
        measured(given, machine, &recording.order(), beside)
    })
}

/// What a run in an order is reported with; times in nanoseconds.
struct Beside {
    truth: BlockResult,
    oracle_time: u64,
    preparation: u64,
}

/// One run in this order.
fn measured(
    given: &Given<'_>,
    machine: &Machine<'_>,
    order: &Order,
    beside: Beside,
) -> Result<Measured, RunError> {
    let ran = given.ordered(machine, order)?;
    let micros = |nanos: u64| nanos as f64 / 1e3;
    let wall = Wall::of(&[micros(beside.oracle_time)], &[ran.trace.makespan]);
    Ok(Measured {
        ran,
        truth: beside.truth,
        preparation: micros(beside.preparation),
        wall: Some(wall),
        part: None,
    })
}

/// One run, and its recording.
fn recorded(
    given: &Given<'_>,
    machine: &Machine<'_>,
) -> Result<(Result<Measured, RunError>, Recording), RunError> {
    let nanos = |micros: f64| (micros * 1e3) as u64;
    let start = (machine.now)();
    let executed = run::oracle_once(given.block, machine.control)?;
    let oracle_time = nanos((machine.now)() - start);
    let preparation = nanos(given.prepared.time);
    let order = Order::recorded();
    let beside = Beside {
        truth: executed.result(),
        oracle_time,
        preparation,
    };
    let measured = measured(given, machine, &order, beside);
    let recording = Recording {
        version: VERSION,
        block: hash(given.block),
        options: given.options.clone(),
        oracle_time,
        preparation,
        steps: (order.into_schedule().into_iter())
            .map(|it| (it.worker, it.at, it.what))
            .collect(),
    };
    Ok((measured, recording))
}

/// Looks for a schedule under which a run on threads comes to something else than sequential execution.
///
/// Tries some times, since threads never meet twice in the same way; none if it does not show again.
pub fn diverging(block: &Block, options: &RunOptions, machine: &Machine<'_>) -> Option<Recording> {
    if options.runner != RunnerKind::Threads {
        return None;
    }
    let strategy = strategy::find(&options.strategy)?;
    let prepared = Prepared::new(block, strategy, options, machine.now);
    let given = Given {
        block,
        strategy,
        prepared: &prepared,
        options,
    };
    (0..ATTEMPTS).find_map(|_| {
        let (measured, recording) = recorded(&given, machine).ok()?;
        let stands = measured.is_ok_and(|it| it.ran.result == it.truth);
        (!stands).then_some(recording)
    })
}

/// Recorded runs in search of a divergence.
const ATTEMPTS: u32 = 100;
