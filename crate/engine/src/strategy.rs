//! Concurrency-control strategies: which worker does what next, and when a result counts.
//!
//! A strategy owns no threads, reads no clock and never sees the EVM: a [runner](crate::runner) asks
//! it for work and reports back. So one file runs on real threads and in virtual time, and cannot
//! forget to be traced. To add one, see the recipe in `crate/README.md`.

pub mod account_locks;
pub mod block_access_list;
pub mod block_stm;
pub mod block_stm_v2;
pub mod dag;
mod due;
mod in_order;
pub mod optimistic;
mod pace;
mod precedence;
pub mod sequential;
pub mod shards;
pub mod two_phase;

use crate::{
    block::{Block, TxIdx},
    hints::Hints,
    memory::{Follow, Footprint, MvMemory, Overtaken, Verdict, Version},
};

/// From this incarnation on, a transaction does not run in hope any more: it waits until everything
/// below it is final, and what it then reads is final too.
///
/// It bounds the incarnations of every transaction, whatever goes wrong with its validations.
pub const LAST_IN_HOPE: u32 = 16;

/// A lane of the runner, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(pub u32);

/// What a strategy wants to hear again with the verdict of a validation; opaque to the runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u32);

/// One answer to a worker that asks what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Execute this version, then call [`Strategy::executed`] or [`Strategy::blocked`].
    Execute(Version, Sees),
    /// Compare the read set of this version with the memory, then call [`Strategy::validated`].
    Validate(Version, Ticket),
    /// Nothing now; ask again after anybody reported something.
    Wait,
    /// The whole block is final.
    Done,
}

impl Task {
    /// The incarnation that it is about.
    pub fn version(self) -> Option<Version> {
        match self {
            Self::Execute(version, _) | Self::Validate(version, _) => Some(version),
            Self::Wait | Self::Done => None,
        }
    }
}

/// What an incarnation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sees {
    /// What lower transactions wrote so far, above the prestate.
    Lower,
    /// The prestate alone, whatever was written since.
    Prestate,
}

/// A concurrency-control strategy.
///
/// Every method may be called from any worker at any time.
pub trait Strategy: Sync {
    /// What `worker` should do now. `Done` only when the whole block is final.
    fn next(&self, worker: WorkerId) -> Task;

    /// `version` ran to its end and its writes are now in the multi-version memory.
    ///
    /// Says which incarnations this aborted, those that still run included, each once and why.
    fn executed(
        &self,
        version: Version,
        footprint: Footprint,
        memory: &MvMemory<'_>,
    ) -> Vec<Overtaken>;

    /// `version` read an ESTIMATE of `writer` and stopped.
    fn blocked(&self, version: Version, writer: TxIdx);

    /// The read set of `version` was compared with what it would read now.
    ///
    /// Says whether a failed validation took effect, that is, whether it aborted `version`.
    fn validated(
        &self,
        version: Version,
        ticket: Ticket,
        verdict: Verdict,
        memory: &MvMemory<'_>,
    ) -> Aborted;

    /// `version` will never report back: it was cancelled, or its worker failed. It is due again as
    /// the next incarnation.
    fn lost(&self, version: Version);

    /// Does it ever want an incarnation to stop early?
    fn cancels(&self) -> bool {
        false
    }

    /// Should `version` stop early? Polled while it runs, where the strategy cancels at all.
    fn cancelled(&self, _version: Version) -> bool {
        false
    }

    /// From how many locations of hints the plan was made that it follows.
    ///
    /// That is part of building it, so the simulated runner charges for it.
    fn planned(&self) -> usize {
        0
    }

    /// Transactions below this index can no longer change. Only grows.
    fn committed(&self) -> TxIdx;

    /// May there be work for one more worker? If in doubt there is: a worker that waits is woken for it.
    ///
    /// Asked after somebody was given some. When a worker fails all are woken, whatever this says.
    fn has_spare(&self) -> bool;
}

/// Did a validation abort its version?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aborted {
    /// It did; the next incarnation is due.
    Yes,
    /// It passed, or came too late to matter.
    No,
}

/// How far a strategy that runs in hope goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hope {
    /// As far as there are workers: each gets one transaction after another, whatever came of it.
    ///
    /// What is published, and right where workers cost nothing.
    #[default]
    Unbounded,
    /// As far as it turned out well lately: workers get runs of small transactions, and where nearly
    /// everything is redone, one of them goes on alone.
    ///
    /// For real workers, and where virtual time stands for theirs, which share caches and memory:
    /// there a wasted execution slows the others, and handing out a transfer takes as long as a good
    /// part of it.
    Measured,
}

/// What a strategy is built from.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The block to execute.
    pub block: &'a Block,
    /// Workers that will ask for work.
    pub workers: u32,
    /// How far to run in hope.
    pub hope: Hope,
    /// What each transaction is expected to read and write; empty where the strategy needs none.
    pub hints: &'a Hints,
    /// Where accounts belong.
    pub shards: &'a shards::Assignment,
}

/// What a strategy must be given beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// It learns what it has to know while it runs.
    Nothing,
    /// What each transaction is expected to read and write.
    Hints,
    /// The block's access list, in the memory from the start.
    List,
}

/// A strategy as the menu and the command line know it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Stable name.
    pub id: &'static str,
    /// Name people know.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// What it must be given beforehand.
    pub needs: Needs,
    /// What the memory has to remember for it.
    pub follow: Follow,
    /// Builds it for a block.
    pub build: for<'a> fn(Plan<'a>) -> Box<dyn Strategy + 'a>,
}

/// All strategies, in the order of the menu.
pub const ALL: &[Entry] = &[
    block_stm::ENTRY,
    block_stm_v2::ENTRY,
    optimistic::ENTRY,
    two_phase::ENTRY,
    dag::ENTRY,
    account_locks::ENTRY,
    block_access_list::ENTRY,
    shards::ENTRY,
    sequential::ENTRY,
];

/// The strategy called `id`.
pub fn find(id: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.id == id)
}

#[cfg(test)]
mod tests {
    use revm::context::TxEnv;

    use super::*;
    use crate::{
        memory::{Conflict, Location},
        switches::Switches,
    };

    const FIRST: WorkerId = WorkerId(0);
    const SECOND: WorkerId = WorkerId(1);

    fn block(txs: usize) -> Block {
        Block {
            txs: vec![TxEnv::default(); txs],
            ..Block::default()
        }
    }

    /// Acts on a strategy for two workers.
    fn with<T>(
        entry: Entry,
        hope: Hope,
        block: &Block,
        act: impl FnOnce(&dyn Strategy, &MvMemory<'_>) -> T,
    ) -> T {
        let memory = MvMemory::new(block, Switches::default(), entry.follow);
        let (hints, shards) = (Hints::default(), shards::Assignment::default());
        let strategy = (entry.build)(Plan {
            block,
            workers: 2,
            hope,
            hints: &hints,
            shards: &shards,
        });
        act(&*strategy, &memory)
    }

    fn version(tx: u32, incarnation: u32) -> Version {
        Version {
            tx: TxIdx(tx),
            incarnation,
        }
    }

    /// Executes and validates what is due until nothing is.
    fn drain(strategy: &dyn Strategy, memory: &MvMemory<'_>) -> Vec<Version> {
        let mut executed = Vec::new();
        loop {
            match strategy.next(SECOND) {
                Task::Execute(version, _) => {
                    executed.push(version);
                    strategy.executed(version, Footprint::default(), memory);
                }
                Task::Validate(version, ticket) => {
                    strategy.validated(version, ticket, Verdict::Valid, memory);
                }
                Task::Wait | Task::Done => return executed,
            }
        }
    }

    #[test]
    fn who_fails_too_often_waits_for_everything_below() {
        for entry in [block_stm::ENTRY, block_stm_v2::ENTRY] {
            with(entry, Hope::Unbounded, &block(2), |strategy, memory| {
                let Task::Execute(first, _) = strategy.next(FIRST) else {
                    panic!("{}: the first transaction is due", entry.id);
                };
                for incarnation in 0..LAST_IN_HOPE {
                    let due = version(1, incarnation);
                    assert_eq!(strategy.next(SECOND), Task::Execute(due, Sees::Lower));
                    strategy.lost(due);
                }
                assert_eq!(strategy.next(SECOND), Task::Wait, "{}", entry.id);
                strategy.executed(first, Footprint::default(), memory);
                let last = version(1, LAST_IN_HOPE);
                assert_eq!(drain(strategy, memory), [last], "{}", entry.id);
                assert_eq!(strategy.next(FIRST), Task::Done, "{}", entry.id);
            });
        }
    }

    #[test]
    fn a_report_of_an_incarnation_that_was_given_up_changes_nothing() {
        let keeps_count = |entry: &&Entry| entry.needs != Needs::List && entry.id != "sequential";
        for entry in ALL.iter().filter(keeps_count) {
            with(*entry, Hope::Unbounded, &block(1), |strategy, memory| {
                let id = entry.id;
                let due = |incarnation| {
                    let task = strategy.next(FIRST);
                    assert_eq!(task.version(), Some(version(0, incarnation)), "{id}");
                };
                due(0);
                strategy.lost(version(0, 0));
                due(1);
                strategy.executed(version(0, 0), Footprint::default(), memory);
                assert_eq!(strategy.next(SECOND), Task::Wait, "{id}");
                strategy.lost(version(0, 0));
                assert_eq!(strategy.next(SECOND), Task::Wait, "{id}");
                strategy.executed(version(0, 1), Footprint::default(), memory);
                assert_eq!(drain(strategy, memory), [], "{id}");
                assert_eq!(strategy.next(FIRST), Task::Done, "{id}");
            });
        }
    }

    #[test]
    fn a_validation_of_an_earlier_incarnation_says_nothing_of_the_next() {
        with(
            block_stm::ENTRY,
            Hope::Unbounded,
            &block(1),
            |strategy, memory| {
                let execute = |incarnation| {
                    let due = version(0, incarnation);
                    assert_eq!(strategy.next(FIRST), Task::Execute(due, Sees::Lower));
                    strategy.executed(due, Footprint::default(), memory);
                };
                execute(0);
                let Task::Validate(first, ticket) = strategy.next(FIRST) else {
                    panic!("it is to be validated");
                };
                let wrong = Verdict::Invalid(Conflict {
                    location: Location::Fees,
                    writer: None,
                });
                assert_eq!(
                    strategy.validated(first, ticket, wrong, memory),
                    Aborted::Yes
                );
                execute(1);
                for late in [Verdict::Valid, wrong] {
                    assert_eq!(strategy.validated(first, ticket, late, memory), Aborted::No);
                    assert_eq!(strategy.committed(), TxIdx(0));
                }
                drain(strategy, memory);
                assert_eq!(strategy.committed(), TxIdx(1));
            },
        );
    }

    #[test]
    fn who_was_blocked_where_nobody_can_be_runs_again() {
        for entry in [sequential::ENTRY, block_access_list::ENTRY] {
            with(entry, Hope::Unbounded, &block(1), |strategy, _| {
                for incarnation in 0..3 {
                    let due = version(0, incarnation);
                    assert_eq!(strategy.next(FIRST), Task::Execute(due, Sees::Lower));
                    strategy.blocked(due, TxIdx(0));
                }
            });
        }
    }

    /// A run that began on final values goes on without validations, unless it loses a transaction.
    #[test]
    fn what_follows_a_lost_transaction_of_a_run_is_validated() {
        let hope = Hope::Measured;
        with(block_stm::ENTRY, hope, &block(64), |strategy, memory| {
            let execute = |worker, tx, incarnation| {
                let due = version(tx, incarnation);
                assert_eq!(strategy.next(worker), Task::Execute(due, Sees::Lower));
                due
            };
            let ends = |version| {
                strategy.executed(version, Footprint::default(), memory);
            };
            ends(execute(FIRST, 0, 0));
            strategy.lost(execute(FIRST, 1, 0));
            assert_eq!(strategy.committed(), TxIdx(1));
            let again = execute(SECOND, 1, 1);
            let above = execute(FIRST, 2, 0);
            ends(above);
            ends(again);
            assert_eq!(strategy.committed(), TxIdx(2));
            let task = strategy.next(SECOND);
            assert!(
                matches!(task, Task::Validate(it, _) if it == above),
                "{task:?}"
            );
        });
    }

    #[test]
    fn of_a_list_workers_take_part_of_their_share_and_the_last_alone() {
        let spare = |strategy: &dyn Strategy| strategy.has_spare();
        let first_of_next = |txs: usize, hope| {
            with(
                block_access_list::ENTRY,
                hope,
                &block(txs),
                |strategy, _| {
                    assert!(spare(strategy));
                    strategy.next(FIRST);
                    strategy.next(SECOND).version().map(|it| it.tx.0)
                },
            )
        };
        assert_eq!(first_of_next(160, Hope::Unbounded), Some(1));
        // A sixteenth of all for each of two workers, at least one and no more than so many.
        assert_eq!(first_of_next(160, Hope::Measured), Some(10));
        assert_eq!(first_of_next(20, Hope::Measured), Some(1));
        assert_eq!(first_of_next(1_000, Hope::Measured), Some(16));
        with(
            block_access_list::ENTRY,
            Hope::Measured,
            &block(1),
            |strategy, _| {
                strategy.next(FIRST);
                assert!(!spare(strategy));
                strategy.lost(version(0, 0));
                assert!(spare(strategy));
            },
        );
    }

    #[test]
    fn who_was_blocked_before_it_was_given_up_does_not_wait() {
        for entry in [block_stm::ENTRY, block_stm_v2::ENTRY] {
            with(entry, Hope::Unbounded, &block(2), |strategy, memory| {
                let id = entry.id;
                let execute = |worker, due| {
                    assert_eq!(
                        strategy.next(worker),
                        Task::Execute(due, Sees::Lower),
                        "{id}"
                    );
                };
                execute(FIRST, version(0, 0));
                execute(SECOND, version(1, 0));
                strategy.lost(version(1, 0));
                execute(SECOND, version(1, 1));
                strategy.blocked(version(1, 0), TxIdx(0));
                for ended in [version(1, 1), version(0, 0)] {
                    strategy.executed(ended, Footprint::default(), memory);
                }
                assert_eq!(drain(strategy, memory), [], "{id}");
                assert_eq!(strategy.next(FIRST), Task::Done, "{id}");
            });
        }
    }
}
