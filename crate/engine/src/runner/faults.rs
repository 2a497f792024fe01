//! What goes wrong in a run on purpose, and who takes the place of a worker that is gone.
//!
//! Faults are data. They count tasks and incarnations, not time, so the same list strikes at the same
//! places of every simulated run. What a fault does to a run is what the real thing would do: a worker
//! that fails never reports its task, and an incarnation that panics unwinds.
//! The rule: a fault costs time. What is committed stays what sequential execution comes to, or there is
//! an error that says why not.

use std::{
    any::Any,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use crate::{
    block::TxIdx,
    memory::Version,
    strategy::{Strategy, Task, WorkerId},
    trace::Answer,
    vm::Run,
};

/// How long a worker may be silent before its task is given to another, in microseconds of virtual time.
pub const NOTICED_AFTER: f64 = 20.0;

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// A worker takes one more task after so many, and never reports it.
    Fail {
        /// Which.
        worker: WorkerId,
        /// Tasks it does before.
        after: u32,
    },
    /// Whoever executes this transaction first never reports it.
    FailAt {
        /// Which.
        tx: TxIdx,
    },
    /// A worker does nothing for a while, in the middle of a task.
    Pause {
        /// Which.
        worker: WorkerId,
        /// Tasks it does before.
        after: u32,
        /// For so many microseconds.
        time: f64,
    },
    /// A worker takes longer for everything.
    Slow {
        /// Which.
        worker: WorkerId,
        /// So many times as long.
        factor: f64,
    },
    /// The first incarnations of a transaction panic.
    Panic {
        /// Which.
        tx: TxIdx,
        /// How many.
        times: u32,
    },
}

/// All faults of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults<'a>(pub &'a [Fault]);

/// What happens to a worker that has just taken a task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Strike {
    Fails,
    /// For so many microseconds.
    Pauses(f64),
}

impl Faults<'_> {
    pub(super) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// What happens to `worker`, which did `done` tasks before this one.
    pub(super) fn strike(&self, worker: WorkerId, done: u32, task: Task) -> Option<Strike> {
        let first = match task {
            Task::Execute(version, _) if version.incarnation == 0 => Some(version.tx),
            _ => None,
        };
        self.0.iter().find_map(|fault| match *fault {
            Fault::Fail { worker: it, after } if (it, after) == (worker, done) => {
                Some(Strike::Fails)
            }
            Fault::FailAt { tx } if first == Some(tx) => Some(Strike::Fails),
            Fault::Pause {
                worker: it,
                after,
                time,
            } if (it, after) == (worker, done) => Some(Strike::Pauses(time)),
            _ => None,
        })
    }

    /// How many times as long as usual `worker` takes.
    pub(super) fn slowness(&self, worker: WorkerId) -> f64 {
        let factors = self.0.iter().filter_map(|fault| match *fault {
            Fault::Slow { worker: it, factor } if it == worker => Some(factor),
            _ => None,
        });
        factors.product()
    }

    fn panics(&self, version: Version) -> bool {
        self.0.iter().any(|fault| match *fault {
            Fault::Panic { tx, times } => tx == version.tx && version.incarnation < times,
            _ => false,
        })
    }
}

/// What is thrown where a panic was asked for.
struct Injected {
    gas: u64,
}

/// An incarnation that panicked.
#[derive(Debug)]
pub(super) struct Panicked {
    /// Gas it had used, if that is known.
    pub gas: u64,
    /// What the panic said.
    pub message: String,
}

/// Executes an incarnation; a panic in it ends it alone. The VM that it happened in must not be used again.
pub(super) fn guarded(
    faults: Faults<'_>,
    version: Version,
    execute: impl FnOnce() -> Run,
) -> Result<Run, Panicked> {
    catch_unwind(AssertUnwindSafe(|| {
        let run = execute();
        if faults.panics(version) {
            let gas = match &run {
                Run::Executed(executed) => executed.outcome.gas_used(),
                Run::Blocked { gas, .. } | Run::Cancelled { gas } => *gas,
            };
            // Past the hook, which would write to a console.
            resume_unwind(Box::new(Injected { gas }));
        }
        run
    }))
    .map_err(|panic| match panic.downcast_ref::<Injected>() {
        Some(Injected { gas }) => Panicked {
            gas: *gas,
            message: "a panic that was asked for".into(),
        },
        None => Panicked {
            gas: 0,
            message: message(panic.as_ref()),
        },
    })
}

/// What a panic said.
pub(super) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic without a message".into())
}

/// What is done about an incarnation that panicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// It runs again.
    Retry,
    /// It did so before: what is not final yet runs one after another.
    FallBack,
}

impl From<Remedy> for Answer {
    fn from(remedy: Remedy) -> Self {
        match remedy {
            Remedy::Retry => Self::Retried,
            Remedy::FallBack => Self::FellBack,
        }
    }
}

/// Who is there, and who asks the strategy as whom.
///
/// A strategy may keep work for one of its workers. When that one is gone, the lowest that is still
/// there asks in its name too. Nobody asks in a name while another works at what it was given in it.
/// As long as anybody is there, every name is held by somebody who is, and each who is holds one at least.
#[derive(Debug)]
pub(super) struct Roster {
    /// By the number that the strategy knows: who asks in its name.
    holder: Vec<u32>,
    /// By worker: it is gone, or nobody has heard of it for long.
    away: Vec<bool>,
    /// By worker: the number in whose name it got the task it is at.
    working_as: Vec<u32>,
    /// By worker: tasks it has begun.
    tasks: Vec<u32>,
    /// Validations whose worker is gone.
    orphans: Vec<Task>,
    panics: BTreeMap<TxIdx, u32>,
}

impl Roster {
    pub fn new(workers: u32) -> Self {
        Self {
            holder: (0..workers).collect(),
            away: vec![false; workers as usize],
            working_as: (0..workers).collect(),
            tasks: vec![0; workers as usize],
            orphans: Vec::new(),
            panics: BTreeMap::new(),
        }
    }

    /// What `worker` should do now, in its own name or in that of one that is gone.
    pub fn next(&mut self, worker: u32, strategy: &dyn Strategy) -> Task {
        if let Some(orphan) = self.orphans.pop() {
            return orphan;
        }
        let own = std::iter::once(worker);
        let others = (0..self.holder.len() as u32).filter(|name| *name != worker);
        for name in own.chain(others) {
            if self.holder[name as usize] != worker {
                continue;
            }
            match strategy.next(WorkerId(name)) {
                Task::Wait => {}
                task => {
                    self.working_as[worker as usize] = name;
                    return task;
                }
            }
        }
        Task::Wait
    }

    /// `worker` begins a task; says how many it began before.
    pub fn begin(&mut self, worker: u32) -> u32 {
        let tasks = &mut self.tasks[worker as usize];
        *tasks += 1;
        *tasks - 1
    }

    /// `worker` will not report the task it has: it is due again.
    pub fn leave(&mut self, worker: u32, task: Task, strategy: &dyn Strategy) {
        self.away[worker as usize] = true;
        if let Some(heir) = self.first() {
            for holder in self.holder.iter_mut().filter(|holder| **holder == worker) {
                *holder = heir;
            }
        }
        match task {
            Task::Execute(version, _) => strategy.lost(version),
            Task::Validate(..) => self.orphans.push(task),
            Task::Wait | Task::Done => {}
        }
    }

    /// `worker` is there again: in a name that nobody works in, or in every name if nobody else is there.
    pub fn back(&mut self, worker: u32) {
        let is_alone = self.first().is_none();
        self.away[worker as usize] = false;
        if is_alone {
            self.holder.fill(worker);
            return;
        }
        let own = std::iter::once(worker);
        let names = own.chain(0..self.holder.len() as u32);
        let free = |name: &u32| {
            let holder = self.holder[*name as usize];
            let held = self.holder.iter().filter(|it| **it == holder).count();
            held > 1 && self.working_as[holder as usize] != *name
        };
        if let Some(name) = names.into_iter().find(free) {
            self.holder[name as usize] = worker;
        }
    }

    /// The lowest worker that is there.
    pub fn first(&self) -> Option<u32> {
        let first = self.away.iter().position(|away| !away)?;
        Some(first as u32)
    }

    /// An incarnation of `tx` panicked.
    pub fn panicked(&mut self, tx: TxIdx) -> Remedy {
        let panics = self.panics.entry(tx).or_default();
        *panics += 1;
        match *panics {
            1 => Remedy::Retry,
            _ => Remedy::FallBack,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        block::Block,
        hints::Hints,
        memory::{Footprint, MvMemory},
        strategy::{Hope, Plan, sequential, shards::Assignment},
        switches::Switches,
    };
    use revm::context::TxEnv;

    /// Acts on a strategy for so many workers, with three transactions.
    fn with_sequential(workers: u32, act: impl FnOnce(&dyn Strategy, &MvMemory<'_>)) {
        let block = Block {
            txs: vec![TxEnv::default(); 3],
            ..Block::default()
        };
        let (hints, shards) = (Hints::default(), Assignment::default());
        let strategy = (sequential::ENTRY.build)(Plan {
            block: &block,
            workers,
            hope: Hope::Unbounded,
            hints: &hints,
            shards: &shards,
        });
        let memory = MvMemory::new(&block, Switches::default(), sequential::ENTRY.follow);
        act(&*strategy, &memory);
    }

    #[test]
    fn who_is_left_asks_in_the_name_of_who_is_gone_and_gives_it_back() {
        with_sequential(3, |strategy, memory| {
            let mut roster = Roster::new(3);
            let first = roster.next(0, strategy);
            assert!(matches!(first, Task::Execute(version, _) if version.incarnation == 0));
            assert_eq!(roster.next(1, strategy), Task::Wait);
            roster.leave(0, first, strategy);
            let again = roster.next(1, strategy);
            let Task::Execute(version, _) = again else {
                panic!("it is due again: {again:?}");
            };
            assert_eq!(version.incarnation, 1);
            // The first is back while its successor works in its name.
            roster.back(0);
            assert_eq!(roster.next(0, strategy), Task::Wait);
            strategy.executed(version, Footprint::default(), memory);
            assert!(matches!(roster.next(1, strategy), Task::Execute(..)));
        });
    }

    #[test]
    fn who_is_back_when_nobody_is_left_asks_in_every_name() {
        with_sequential(2, |strategy, _| {
            let mut roster = Roster::new(2);
            let first = roster.next(0, strategy);
            roster.leave(0, first, strategy);
            let again = roster.next(1, strategy);
            roster.leave(1, again, strategy);
            assert_eq!(roster.first(), None);
            roster.back(0);
            let task = roster.next(0, strategy);
            assert!(matches!(task, Task::Execute(version, _) if version.incarnation == 2));
        });
    }

    /// In whatever order three leave and are back, while those who are there ask.
    #[test]
    fn whoever_is_there_asks_in_every_name_and_each_in_one_at_least() {
        with_sequential(3, |strategy, _| {
            for order in 0..3_u32.pow(7) {
                let mut roster = Roster::new(3);
                for step in 0..7 {
                    let worker = order / 3_u32.pow(step) % 3;
                    match roster.away[worker as usize] {
                        false => roster.leave(worker, Task::Wait, strategy),
                        true => roster.back(worker),
                    }
                    let there = (0..3).filter(|worker| !roster.away[*worker as usize]);
                    let there: Vec<u32> = there.collect();
                    let mut holders = roster.holder.clone();
                    holders.sort_unstable();
                    holders.dedup();
                    assert!(there.is_empty() || holders == there, "{order}: {roster:?}");
                    let asked = there.iter().map(|worker| roster.next(*worker, strategy));
                    let given = asked.filter(|task| *task != Task::Wait).count();
                    assert_eq!(given, there.len().min(1), "{order}: {roster:?}");
                }
            }
        });
    }

    #[test]
    fn a_panic_is_caught_and_says_what_it_said() {
        let version = Version {
            tx: TxIdx(2),
            incarnation: 0,
        };
        let fault = [Fault::Panic {
            tx: TxIdx(2),
            times: 1,
        }];
        let run = || Run::Cancelled { gas: 7 };
        let caught = guarded(Faults(&fault), version, run).expect_err("it panics");
        assert_eq!(caught.gas, 7);
        assert_eq!(caught.message, "a panic that was asked for");
        let next = Version {
            incarnation: 1,
            ..version
        };
        assert!(guarded(Faults(&fault), next, run).is_ok());
        let says = |panics: fn() -> Run| {
            let caught = guarded(Faults(&[]), version, panics).expect_err("it panics");
            assert_eq!(caught.gas, 0);
            caught.message
        };
        assert_eq!(says(|| panic!("as it is")), "as it is");
        assert_eq!(says(|| panic!("in {:?}", TxIdx(2))), "in TxIdx(2)");
        let wordless = says(|| resume_unwind(Box::new(2_u32)));
        assert_eq!(wordless, "panic without a message");
    }

    #[test]
    fn a_fault_strikes_once_at_its_task() {
        let worker = WorkerId(1);
        let list = [
            Fault::Fail { worker, after: 2 },
            Fault::Slow {
                worker,
                factor: 3.0,
            },
        ];
        let faults = Faults(&list);
        assert_eq!(faults.strike(worker, 1, Task::Done), None);
        assert_eq!(faults.strike(worker, 2, Task::Done), Some(Strike::Fails));
        assert_eq!(faults.strike(WorkerId(0), 2, Task::Done), None);
        assert_eq!(faults.slowness(worker), 3.0);
        assert_eq!(faults.slowness(WorkerId(0)), 1.0);
    }
}
