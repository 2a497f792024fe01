//! The scheduler of Block-STM and the waiting of workers, under every schedule of a small model.

use std::sync::LazyLock;

use loom::{
    model::Builder,
    sync::{Arc, Mutex},
    thread,
};
use revm::context::TxEnv;

use super::*;
use crate::{
    block::TxIdx,
    hints::Hints,
    memory::{Conflict, Follow, Footprint, Location, Verdict},
    strategy::{Hope, Plan, block_stm::BlockStm, shards::Assignment},
    switches::Switches,
};

fn under_every_schedule(model: fn()) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.max_branches = 50_000;
    builder.check(model);
}

#[test]
fn no_report_is_missed() {
    under_every_schedule(|| {
        let shared = Arc::new((Parking::default(), AtomicBool::new(false)));
        let reporter = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.1.store(true, SeqCst);
                if shared.0.is_anybody_in() {
                    shared.0.call(Whom::One);
                }
            })
        };
        let calls = shared.0.enter();
        if !shared.1.load(SeqCst) {
            shared.0.sleep(calls);
            assert!(shared.1.load(SeqCst), "it was woken for a report");
        }
        shared.0.leave();
        reporter.join().expect("it ended");
    });
}

static BLOCK: LazyLock<Block> = LazyLock::new(|| Block {
    txs: vec![TxEnv::default(); 2],
    ..Block::default()
});

/// Two transactions: the first writes what the second reads.
struct Pair {
    strategy: BlockStm,
    memory: MvMemory<'static>,
    parking: Parking,
    written: Mutex<bool>,
    /// What the last incarnation of the second saw.
    seen: Mutex<bool>,
}

impl Pair {
    fn new() -> Self {
        let block: &'static Block = &BLOCK;
        Self {
            strategy: BlockStm::new(Plan {
                block,
                workers: 2,
                hope: Hope::Unbounded,
                hints: &Hints::default(),
                shards: &Assignment::default(),
            }),
            memory: MvMemory::new(block, Switches::default(), Follow::Nobody),
            parking: Parking::default(),
            written: Mutex::new(false),
            seen: Mutex::new(false),
        }
    }

    fn execute(&self, tx: TxIdx) -> Footprint {
        if tx == TxIdx(0) {
            let before = std::mem::replace(&mut *lock(&self.written), true);
            return Footprint {
                wrote_new_location: !before,
                ..Footprint::default()
            };
        }
        let written = *lock(&self.written);
        *lock(&self.seen) = written;
        Footprint::default()
    }

    fn validate(&self, tx: TxIdx) -> Verdict {
        let written = *lock(&self.written);
        if tx == TxIdx(0) || *lock(&self.seen) == written {
            return Verdict::Valid;
        }
        Verdict::Invalid(Conflict {
            location: Location::Fees,
            writer: Some(TxIdx(0)),
        })
    }

    fn work(&self, worker: WorkerId) {
        loop {
            let mut task = self.strategy.next(worker);
            if task == Task::Wait {
                let calls = self.parking.enter();
                task = self.strategy.next(worker);
                if task == Task::Wait {
                    self.parking.sleep(calls);
                }
                self.parking.leave();
            }
            if self.parking.is_anybody_in() {
                self.parking.call(Whom::All);
            }
            match task {
                Task::Wait => continue,
                Task::Done => break,
                Task::Execute(version, _) => {
                    let footprint = self.execute(version.tx);
                    self.strategy.executed(version, footprint, &self.memory);
                }
                Task::Validate(version, ticket) => {
                    let verdict = self.validate(version.tx);
                    self.strategy
                        .validated(version, ticket, verdict, &self.memory);
                }
            }
        }
        self.parking.call(Whom::All);
    }
}

#[test]
fn block_stm_ends_and_commits_what_saw_everything_below() {
    under_every_schedule(|| {
        let pair = Arc::new(Pair::new());
        let other = {
            let pair = Arc::clone(&pair);
            thread::spawn(move || pair.work(WorkerId(1)))
        };
        pair.work(WorkerId(0));
        other.join().expect("it ended");
        assert!(*lock(&pair.seen), "the second committed without the first");
    });
}
