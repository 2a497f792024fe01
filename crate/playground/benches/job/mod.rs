//! What both programs that measure have in common: jobs, their blocks, and one execution of each kind.

use std::{fs, ops::ControlFlow, time::Instant};

use interleave_engine::{
    block::Block,
    hints::Hints,
    memory::MvMemory,
    oracle::{self, Executed},
    runner::{
        Control,
        faults::Faults,
        schedule::Order,
        threads::{self, Crew, ScopedThreads},
    },
    strategy::{self, Hope, Plan, shards::Assignment},
    switches::Switches,
    trace::Trace,
};
use interleave_playground::{
    self as playground,
    batch::{input, lower},
    report::MeasureOptions,
};
use serde::Deserialize;

/// One batch to measure.
#[derive(Deserialize)]
pub struct Job {
    /// What its row is called.
    pub name: String,
    /// A script, or a block from a node.
    pub text: String,
    /// Runs and rounds.
    pub options: MeasureOptions,
}

/// The jobs of a file.
pub fn read(file: &str) -> Vec<Job> {
    let text = fs::read_to_string(file).expect("the file of jobs can be read");
    serde_json::from_str(&text).expect("it is a list of jobs")
}

impl Job {
    /// The block of its batch.
    pub fn block(&self) -> Block {
        let (contracts, _) = playground::contracts(&[]);
        let (batch, _) = input::one(&self.text, &contracts).expect("the batch can be read");
        lower(&batch, &contracts).expect("the batch can run")
    }
}

/// Sequential execution. Its name is what callgrind is told.
#[inline(never)]
pub fn counted_oracle(block: &Block) -> Executed<'_> {
    oracle::execute(block, &Control::default(), &mut |_, _| {
        ControlFlow::Continue(())
    })
    .expect("nobody broke off")
}

/// A strategy that needs nothing beforehand, on one worker. Its name is what callgrind is told.
#[inline(never)]
pub fn counted_strategy<'b>(block: &'b Block, id: &str) -> (Trace, MvMemory<'b>) {
    let entry = strategy::find(id).expect("there is such a strategy");
    let memory = MvMemory::new(block, Switches::default(), entry.follow);
    let (hints, shards) = (Hints::default(), Assignment::default());
    let strategy = (entry.build)(Plan {
        block,
        workers: 1,
        hope: Hope::Measured,
        hints: &hints,
        shards: &shards,
    });
    let start = Instant::now();
    let now = || start.elapsed().as_secs_f64() * 1e6;
    let threads = ScopedThreads { most: 1 };
    let control = Control::default();
    let crew = Crew {
        workers: 1,
        threads: &threads,
        now: &now,
        start: 0.0,
        control: &control,
        order: &Order::Free,
        faults: Faults::default(),
        traced: true,
    };
    let trace = threads::run(block, &*strategy, &memory, &crew);
    (trace.expect("it ends"), memory)
}
